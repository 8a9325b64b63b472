"""Which rules a table is held to: suites built from declarations, for gate 1 a landed table's and for gate 2 a mart's.

A new rule that holds for every table is one line here; what a rule is and how it answers stands in rules.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from expectations.doubts import SENTENCES, asked_of
from expectations.rules import Rule
from programmes.canonical import PROVENANCE
from programmes.model import Programme
from programmes.sources import LandedTable, Table


def landed_suite(programme: Programme, landed: LandedTable, periods: Sequence[str]) -> list[Rule]:
    """Rules of gate 1 for one landed table; `periods` are those it holds."""
    _, source, table = landed
    target = table.canonical_table
    names = tuple(f.name for f in (*target.fields, *PROVENANCE))
    rules = [
        Rule("columns", None, "block", "Spalten sind genau die vereinbarten.", "Columns are exactly the agreed ones.", columns=names),
        Rule("row_minimum", None, "block", "Die Lieferung hat genügend Zeilen: vollständig neu liefern, sonst Mindestzahl in der Quelle anpassen.", "The delivery has enough rows: deliver it whole, or mend the minimum in the source.", minimum=table.minimum_rows),
        Rule("unique", None, "block", "Jeder Schlüssel kommt nur einmal vor.", "Each key occurs once.", columns=target.key),
        *(
            Rule("not_null", f.name, "block", "Pflichtangaben sind gefüllt.", "Required entries are filled.")
            for f in target.fields
            if f.is_required
        ),
        *(
            Rule("in_set", f.name, "block", "Nur vereinbarte Wörter kommen vor.", "Only agreed words occur.", values=f.choices)
            for f in target.fields
            if f.choices
        ),
        Rule("fact", "fewest_rows", "block", "Jede einzelne Lieferung hat genügend Zeilen: vollständig neu liefern, sonst Mindestzahl in der Quelle anpassen.", "Each single delivery has enough rows: deliver it whole, or mend the minimum in the source.", minimum=table.minimum_rows),
        Rule("fact", "rejected_pct", "block", "Höchstens der zulässige Anteil der Zeilen ist abgewiesen, auch in keinem Zeitraum mehr: die abgewiesenen Zeilen berichtigen und neu liefern.", "At most the permitted share of rows is rejected, and in no period more: correct the rejected rows and deliver again.", maximum=float(source.max_rejected_pct)),
        Rule("fact", "shrunk_pct", "block", "Die Lieferung ist nicht um mehr als ein Zehntel kleiner als die geltende: vollständig neu liefern.", "The delivery is not smaller than the one in force by more than a tenth: deliver it whole.", maximum=10),
        Rule("fact", "periods_behind", "block", "Der letzte Zeitraum ist nicht älter als der geltende: den richtigen Jahrgang liefern.", "The last period is not older than the one in force: deliver the right year.", maximum=0),
        Rule("fact", "age_days", "block", "Die geltende Lieferung ist nicht älter als vereinbart: neue Lieferung anfordern.", "The delivery in force is not older than agreed: ask for a new delivery.", maximum=source.max_age_days),
        Rule("fact", "history_missing", "hold", "Die Lieferung lässt sich mit der geltenden vergleichen: selbst vergleichen, dann entscheiden.", "The delivery can be compared with the one in force: compare it yourself, then decide.", maximum=0),
    ]  # fmt: skip
    if table.completeness:
        rules.append(_completeness(programme, table, periods))
    for range_ in table.plausibility:
        rules.append(
            Rule(
                "between",
                range_.column,
                "warn",
                "Werte liegen im üblichen Bereich.",
                "Values lie in the usual range.",
                minimum=None if range_.minimum is None else float(range_.minimum),
                maximum=None if range_.maximum is None else float(range_.maximum),
                where=((str(target.item_field), range_.item),) if range_.item else (),
            )
        )
    asked = asked_of(table)
    for name, severity in table.rules.items():
        rules.append(Rule("plausible", None, severity, *SENTENCES[name], name=name, asked=asked))
    return rules


def _completeness(programme: Programme, table: Table, periods: Sequence[str]) -> Rule:
    assert table.completeness is not None
    last = max((int(period) for period in periods), default=table.completeness.first_period)
    grid = tuple(
        (item.item, str(year))
        for item in table.items
        if item.every_period
        for year in range(max(item.since or 0, table.completeness.first_period), last + 1)
    )
    names = {a.area_id: a.area_name for a in programme.areas if a.area_level == table.completeness.level}
    areas = tuple(sorted(names))
    return Rule(
        "complete",
        "area_id",
        "block",
        "Jedes Gebiet kommt in jedem Zeitraum vor: die fehlenden Gebiete nachliefern.",
        "Every area occurs in every period: deliver the missing areas.",
        columns=(str(table.canonical_table.item_field), "period"),
        values=areas,
        labels=tuple(f"{area} ({names[area]})" for area in areas),
        grid=grid,
    )


@dataclass(frozen=True)
class MartContract:
    """What a mart promises its readers, as declared in its dbt YAML."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    minimum_rows: int
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)


def mart_suite(mart: MartContract) -> list[Rule]:
    """Rules of gate 2 for one exported mart."""
    return [
        Rule("columns", None, "block", "Spalten sind genau die versprochenen.", "Columns are exactly the promised ones.", columns=mart.columns),
        Rule("row_minimum", None, "block", "Die Tabelle ist nicht leer.", "The table is not empty.", minimum=mart.minimum_rows),
        Rule("not_null", "is_synthetic", "block", "Jede Zeile sagt, ob sie synthetisch ist.", "Each row says whether it is synthetic."),
        *([Rule("unique", None, "block", "Jeder Schlüssel kommt nur einmal vor.", "Each key occurs once.", columns=mart.key)] if mart.key else []),
        *(
            Rule("in_set", column, "block", "Nur vereinbarte Wörter kommen vor.", "Only agreed words occur.", values=values)
            for column, values in sorted(mart.choices.items())
        ),
    ]  # fmt: skip
