"""Figures of the gap of one indicator: over time against the rest and the whole city, and in every variant of the programme area."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from release.spoken import words
from report.drawing import series
from report.drawing.canvas import Drawing
from report.edition import Edition, Row
from report.figure import Cell, Figure, Table, about, cell, head
from report.notation import MISSING, shown
from report.page import Material
from report.pages.names import comparator_name, described, source_of, variant_names

_KEY = "indicator_id, definition_version"
_SYMBOLS = {"narrowed": "↘", "unchanged": "→", "widened": "↗", "undecidable": "?"}


def gap_figures(material: Material, sheet: Row) -> Iterator[Figure]:
    """All figures of the gap of an indicator; none where it has none."""
    edition = material.edition
    if not sheet["is_gap_available"] or not edition.has("fct_development_gap"):
        return
    shown_columns = (
        f"{_KEY}, variant_id, comparator, baseline_id, period, programme_value, comparator_value, gap_absolute, gap_lower, gap_upper,"
        " gap_unit, gap_relative, change_since_baseline, change_lower, change_upper, margin, verdict, distance_verdict, relative_verdict,"
        " tipping_margin, decimals, programme_n, is_hidden, hidden_reason, status, is_synthetic"
    )
    over_time = edition.table(
        f"select {shown_columns} from fct_development_gap where indicator_id = ? and definition_version = ?"
        " and is_default_variant and is_deciding_baseline and comparator in ('rest', 'city')"
        " order by case comparator when 'rest' then 0 else 1 end, period",
        sheet["indicator_id"],
        sheet["definition_version"],
    )
    yield _gap_series(edition, sheet, over_time)
    newest = edition.table(
        f"select {shown_columns} from fct_development_gap where indicator_id = ? and definition_version = ? and is_deciding_baseline"
        " and period = (select max(period) from fct_development_gap where indicator_id = ? and definition_version = ?)"
        " order by is_default_variant desc, variant_id, case comparator when 'rest' then 0 when 'city' then 1 else 2 end, comparator",
        sheet["indicator_id"],
        sheet["definition_version"],
        sheet["indicator_id"],
        sheet["definition_version"],
    )
    yield _gap_variants(material, sheet, newest)


def _gap_series(edition: Edition, sheet: Row, data: pa.Table) -> Figure:
    rows = data.to_pylist()
    unit = edition.label("unit", rows[0]["gap_unit"]) if rows else ""
    periods = sorted({row["period"] for row in rows})
    by_comparator: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_comparator.setdefault(row["comparator"], {})[row["period"]] = row
    lines = [
        series.Series(
            words(f"gegen {edition.label('role', name)}", f"against {edition.label('role', name)}"),
            [
                (row["gap_absolute"], row["gap_lower"], row["gap_upper"])
                if (row := found.get(period))
                else (None, None, None)
                for period in periods
            ],
        )
        for name, found in by_comparator.items()
    ]
    chart = series.Chart(periods, lines, unit, has_zero=True)
    heads = [
        words("Vergleich", "Comparator"),
        words("Jahr", "Year"),
        words("Abstand", "Gap"),
        words("untere Grenze", "lower limit"),
        words("obere Grenze", "upper limit"),
        words("Änderung", "Change"),
        words("Urteil", "Verdict"),
    ]
    cells = [
        [
            head(edition.label("role", row["comparator"])),
            *(
                cell(rows, n, column)
                for column in ("period", "gap_absolute", "gap_lower", "gap_upper", "change_since_baseline")
            ),
            gap_verdict(edition, rows, n),
        ]
        for n, row in enumerate(rows)
    ]
    return Figure(
        figure_id=f"{sheet['indicator_id']}-gap",
        mart="fct_development_gap",
        title=words("Abstand des Programmgebiets", "Gap of the programme area"),
        sentence=_gap_sentence(edition, rows, unit),
        data=data,
        table=Table(
            words(
                f"Abstand je Vergleich und Jahr, Änderung seit {sheet['baseline_id']}",
                f"Gap by comparator and year, change since {sheet['baseline_id']}",
            ),
            heads,
            cells,
        ),
        drawing=Drawing(described(lines, periods, unit), lambda is_narrow: series.drawn(chart, is_narrow))
        if periods
        else None,
        notes=[
            words(
                "Der Abstand zur Gesamtstadt ist kleiner als der zum Rest, weil das Programmgebiet in der Gesamtstadt mitzählt.",
                "The gap to the whole city is smaller than that to the rest, because the programme area counts in the whole city.",
            )
        ],
        about=about(unit, source_of(sheet), edition.as_of_on, [edition.label("status", row["status"]) for row in rows]),
    )


def _gap_sentence(edition: Edition, rows: Sequence[Row], unit: str) -> str:
    newest = [row for row in rows if row["comparator"] == "rest"][-1:] or list(rows[-1:])
    if not newest or newest[0]["gap_absolute"] is None:
        return words(
            "Der Abstand ist nicht veröffentlicht oder nicht bekannt.", "The gap is not published or not known."
        )
    row = newest[0]
    gap, other = shown(row["gap_absolute"], row["decimals"]), edition.label("role", row["comparator"])
    told = words(
        f"Abstand {row['period']} ({other}): {gap} {unit}.", f"Gap in {row['period']} ({other}): {gap} {unit}."
    )
    if row["verdict"] is None:
        return told
    verdict = edition.label("gap_verdict", row["verdict"])
    return words(
        f"{told} Nachteil seit {row['baseline_id']}: {verdict}.",
        f"{told} Disadvantage since {row['baseline_id']}: {verdict}.",
    )


def gap_verdict(edition: Edition, rows: Sequence[Row], n: int, column: str = "verdict") -> Cell:
    """A verdict on a gap as symbol and word; where there is none another comparator has it, and nothing is hidden."""
    verdict = rows[n][column]
    if verdict is None:
        return Cell(MISSING, "missing", f"{n}.{column}")
    return Cell(f"{_SYMBOLS[verdict]} {edition.label('gap_verdict', verdict)}", "verdict", f"{n}.{column}")


def _gap_variants(material: Material, sheet: Row, data: pa.Table) -> Figure:
    edition, rows = material.edition, data.to_pylist()
    names = variant_names(material)
    heads = [
        words("Fassung des Gebiets", "Variant of the area"),
        words("Vergleich", "Comparator"),
        words("Abstand", "Gap"),
        words("relativ", "relative"),
        words("Änderung", "Change"),
        words("Urteil", "Verdict"),
        words("relatives Urteil", "relative verdict"),
    ]
    cells = [
        [
            head(names.get(row["variant_id"], row["variant_id"])),
            Cell(comparator_name(material, row["comparator"]), source=f"{n}.comparator"),
            cell(rows, n, "gap_absolute"),
            cell(rows, n, "gap_relative", (row["decimals"] or 0) + 2),  # relative to one, as it is published
            cell(rows, n, "change_since_baseline"),
            gap_verdict(edition, rows, n),
            gap_verdict(edition, rows, n, "relative_verdict"),
        ]
        for n, row in enumerate(rows)
    ]
    period = rows[0]["period"] if rows else ""
    return Figure(
        figure_id=f"{sheet['indicator_id']}-variants",
        mart="fct_development_gap",
        title=words("In jeder Fassung des Programmgebiets", "In every variant of the programme area"),
        sentence=words(
            f"Welche Unterbezirke zum Programmgebiet zählen, ist nicht genau veröffentlicht; so fiele das Ergebnis {period} je nach Fassung aus.",
            f"Which sub-districts belong to the programme area is not exactly published; so the result of {period} would be in each variant.",
        ),
        data=data,
        table=Table(
            words(f"Abstand {period} je Fassung und Vergleich", f"Gap {period} by variant and comparator"), heads, cells
        ),
        notes=[
            words(
                "Das Urteil gegen die Gesamtstadt steht beim Vergleich, der entscheidet; wo keines steht, entscheidet der andere.",
                "The verdict stands with the comparator that decides; where there is none, the other decides.",
            )
        ],
        about=about(edition.label("unit", rows[0]["gap_unit"]) if rows else "", source_of(sheet), edition.as_of_on),
    )
