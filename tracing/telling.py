"""A walk as sections for people, in German or English: what the command prints and the page shows.

Plain words, short lines; codes by the labels of release/labels.py. Tables of rows are cut to what is read at a glance, JSON has
all. Does not belong here: how a terminal or a page looks.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from release.labels import label
from release.reason import Language
from tracing.rows import Row
from tracing.walking import Trace

ROWS_SHOWN = 12
_WIDEST = 48  # signs of a cell of a table
_VALUE = ("value", "estimate", "gap_absolute", "verdict", "started_or_done_pct", "item_count", "effect")
_LIMITS = (("lower", "upper"), ("gap_lower", "gap_upper"))
_UNITS = ("unit", "value_unit", "gap_unit", "change_unit")
_HIDDEN = {"is_synthetic", "delivery_id", "source_id", "row_address", "table_name"}


@dataclass(frozen=True)
class Section:
    """One part of a walk: facts with a label each, sentences, and a table with headings; any may be empty."""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    lines: Sequence[str] = ()
    heading: Sequence[str] = ()
    table: Sequence[Sequence[str]] = field(default=())


class Words:
    """Texts, figures and days in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, de: str, en: str) -> str:
        return de if self.language == "de" else en

    def cell(self, value: Any) -> str:
        """A cell as people read it: decimal comma in German, a dash for null."""
        if value is None:
            return "–"
        if isinstance(value, bool):
            return self("ja", "yes") if value else self("nein", "no")
        if isinstance(value, dt.datetime):
            return f"{self.cell(value.date())} {value:%H:%M} UTC"
        if isinstance(value, dt.date):
            return value.strftime("%d.%m.%Y") if self.language == "de" else value.isoformat()
        if isinstance(value, (float, Decimal)):
            text = f"{value:,.6f}".rstrip("0").rstrip(".")
            return text.translate(str.maketrans(",.", ".,")) if self.language == "de" else text
        if isinstance(value, int):
            return f"{value:,}".replace(",", ".") if self.language == "de" else f"{value:,}"
        return str(value)

    def label(self, subject: str, code: Any) -> str:
        """The name of a code."""
        return self.cell(code) if code is None else self(*label(subject, str(code)))


def sections(trace: Trace, language: Language, column: str | None = None) -> list[Section]:
    """All parts of a walk in their order; with `column` only that cell of the row is set against its recomputation."""
    say = Words(language)
    found = [
        _published(trace, say), _formula(trace, say), _cells(trace, say, column), _members(trace, say),
        *_behind(trace, say), _delivered(trace, say), _near(trace, say), _checks(trace, say), _made(trace, say),
    ]  # fmt: skip
    return [one for one in found if one is not None]


def outcome(trace: Trace, language: Language, column: str | None = None) -> str:
    """What came of the walk, in one sentence."""
    say = Words(language)
    cells = [cell for cell in trace.proof.cells if column in (None, cell.column)]
    counts = Counter(cell.outcome for cell in cells)
    bad = [cell.column for cell in cells if cell.outcome in ("differs", "lost", "unwalked")]
    open_ = counts["unproven"]
    rest = "" if not open_ else say(f" {open_} nicht nachgerechnet, Gründe unten.", f" {open_} not computed again, reasons below.")  # fmt: skip
    if bad:
        return say(
            f"Der Prüfweg geht NICHT auf bei: {', '.join(bad)}.{rest}", f"The walk does NOT come out for: {', '.join(bad)}.{rest}"
        )  # fmt: skip
    return say(
        f"Der Prüfweg geht auf: {counts['equal']} Zellen nachgerechnet und gleich, {counts['reached']} in der Lieferung belegt.{rest}",
        f"The walk comes out: {counts['equal']} cells computed again and equal, {counts['reached']} found in the delivery.{rest}",
    )


def _published(trace: Trace, say: Words) -> Section:
    row = trace.row
    facts = [(column, say.cell(value)) for column, value in trace.key.items() if value is not None]
    unit = next((row[name] for name in _UNITS if row.get(name)), None)
    named = next((name for name in _VALUE if row.get(name) is not None), None)
    if named is not None:
        value = say.label("verdict", row[named]) if named == "verdict" else say.cell(row[named])
        facts.append((say("veröffentlicht", "published"), f"{value} {say.label('unit', unit) if unit else ''}".strip()))
    if row.get("estimate") is not None and named != "estimate":
        facts.append((say("Zahl", "figure"), say.cell(row["estimate"])))
    for lower, upper in _LIMITS:
        if row.get(lower) is not None or row.get(upper) is not None:
            facts.append((say("Grenzen (95 %)", "limits (95 %)"), f"{say.cell(row[lower])} … {say.cell(row[upper])}"))
    if row.get("status"):
        facts.append(("Status", say.label("status", row["status"])))
    for name in ("wording", "reason", "definition"):
        text = row.get(f"{name}_{say.language}")
        if text:
            facts.append(
                ({"wording": say("Satz", "sentence"), "reason": say("Grund", "reason")}.get(name, name), str(text))
            )
    facts.append((say("Stand", "release"), trace.manifest.release_id))
    lines = []
    if trace.manifest.is_synthetic:
        lines.append(
            say("SYNTHETISCHE MUSTERDATEN, keine amtlichen Angaben.", "SYNTHETIC SAMPLE DATA, no official figures.")
        )
    if trace.is_public:
        lines.append(say("Öffentliche Fassung.", "Public edition."))
    return Section(say("Veröffentlicht", "Published"), facts, lines)


def _formula(trace: Trace, say: Words) -> Section | None:
    text = say(trace.walk.formula_de, trace.walk.formula_en)
    if not text:
        return None
    put_in = {name: _named(say, name, value) for name, value in trace.row.items()}
    facts = []
    for one in trace.behind.get("dim_indicator", ())[:1]:
        facts = [
            (say("Definition", "definition"), str(one[f"definition_{say.language}"])),
            (say("Zähler", "numerator"), str(one["numerator_measure_id"])),
            (say("abgezogen", "subtracted"), str(one["subtracted_measure_id"] or "–")),
            (say("Nenner", "denominator"), str(one["denominator_measure_id"] or "–")),
            (say("Faktor", "factor"), say.cell(one["factor"])),
        ]
    return Section(say("Rechenweg", "Formula"), facts, [text.format_map(_Blank(put_in))])


_LABELLED = {"unit": "unit", "verdict": "verdict", "status": "status", "role": "role"}


def _named(say: Words, name: str, value: Any) -> str:
    """A cell in a sentence: codes by their labels."""
    return say.label(_LABELLED[name], value) if name in _LABELLED else say.cell(value)


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def _cells(trace: Trace, say: Words, column: str | None) -> Section:
    words = {
        "equal": say("gleich", "equal"), "differs": say("VERSCHIEDEN", "DIFFERS"), "reached": say("belegt", "found"),
        "lost": say("NICHT GEFUNDEN", "NOT FOUND"), "unproven": say("nicht nachgerechnet", "not computed again"),
        "unwalked": say("KEIN PRÜFWEG", "NO WALK"),
    }  # fmt: skip
    asked = [cell for cell in trace.proof.cells if cell.outcome != "key" and column in (None, cell.column)]
    told = [cell for cell in asked if column or cell.published is not None or cell.outcome not in ("equal", "reached")]
    table = [
        [cell.column, _short(say.cell(cell.published)),
         _short(say.cell(cell.computed)) if cell.outcome in ("equal", "differs") else "", words[cell.outcome]]
        for cell in told
    ]  # fmt: skip
    empty = len(asked) - len(told)
    whys = dict.fromkeys(say(*cell.why) for cell in trace.proof.cells if cell.why and column in (None, cell.column))
    return Section(
        say("Nachgerechnet", "Computed again"),
        lines=[
            *whys,
            *(
                [
                    say(
                        f"{empty} weitere Zellen sind leer, wie sie es sein sollen.",
                        f"{empty} more cells are empty, as they should be.",
                    )
                ]
                if empty
                else []
            ),
        ],
        heading=[
            say("Spalte", "column"),
            say("veröffentlicht", "published"),
            say("nachgerechnet", "computed again"),
            "",
        ],
        table=table,
    )


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _members(trace: Trace, say: Words) -> Section | None:
    found = trace.behind.get("bridge_area_set", ())
    if not found:
        return None
    table = [[one["variant_id"], one["role"], one["area_id"], say.cell(one["weight"])] for one in found]
    return Section(
        say(f"Mitglieder des Gebiets ({len(found)})", f"Members of the area set ({len(found)})"),
        heading=[say("Variante", "variant"), say("Teil", "part"), say("Gebiet", "area"), say("Gewicht", "weight")],
        **_cut(table, say),
    )


def _cut(table: list[list[str]], say: Words) -> dict[str, Any]:
    more = len(table) - ROWS_SHOWN
    lines = (
        []
        if more <= 0
        else [say(f"… und {more} weitere (--json zeigt alle).", f"… and {more} more (--json shows all).")]
    )
    return {"table": table[:ROWS_SHOWN], "lines": lines}


def _behind(trace: Trace, say: Words) -> Iterator[Section]:
    """One section a table: its rows, or where they are sums over cases their counts and sums by delivery."""
    for table, found in trace.behind.items():
        if table in ("dim_indicator", "bridge_area_set", "dim_area", "dim_label"):
            continue
        title = say(f"Zeilen dahinter: {table} ({len(found)})", f"Rows behind: {table} ({len(found)})")
        if table == "fct_measure" and any(row["n"] for row in found):
            yield Section(title, **_by_delivery(found, say))
            continue
        names = [name for name in found[0] if name not in _HIDDEN and any(row[name] is not None for row in found)][:7]
        cells = [[_short(say.cell(row[name])) for name in names] + [str(row.get("row_address") or "")] for row in found]
        yield Section(title, heading=[*names, say("Zeile", "row")], **_cut(cells, say))


def _by_delivery(found: Sequence[Row], say: Words) -> dict[str, Any]:
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in found:
        groups.setdefault((row["delivery_id"], row["measure_id"], row["period"]), []).append(row)
    table = [
        [delivery[:12], measure, period, say.cell(len(rows)), say.cell(sum(row["n"] or 0 for row in rows)),
         say.cell(sum((row["value"] or 0) for row in rows))]
        for (delivery, measure, period), rows in groups.items()
    ]  # fmt: skip
    heading = [say("Lieferung", "delivery"), say("Größe", "measure"), say("Jahr", "year"), say("Gebiete", "areas"), say("Fälle", "cases"), say("Summe", "sum")]  # fmt: skip
    return {"heading": heading, **_cut(table, say)}


def _delivered(trace: Trace, say: Words) -> Section | None:
    if not trace.deliveries:
        return None
    table = []
    for one in trace.deliveries:
        addresses = one["row_addresses"]
        where = ", ".join(addresses[:3]) + (say(f" und {len(addresses) - 3} weitere", f" and {len(addresses) - 3} more") if len(addresses) > 3 else "")  # fmt: skip
        whole = say.cell(one["is_intact"]) if "is_intact" in one else "–"
        table.append(
            [one["source_id"], str(one.get("file_name") or "–"), where or "–", str(one.get("publisher") or "–"),
             str(one.get("licence") or "–"), say.cell(one.get("received_at")), whole, one["delivery_id"]]
        )  # fmt: skip
    heading = [
        say("Quelle", "source"), say("Datei", "file"), say("Zeile", "row"), say("Herausgeber", "publisher"), say("Lizenz", "licence"),
        say("Eingang", "received"), say("unverändert", "unchanged"), "SHA-256",
    ]  # fmt: skip
    lines = [f"{address}: {text}" for address, text in trace.lines]
    return Section(say("Lieferungen", "Deliveries"), lines=lines, heading=heading, table=table)


def _near(trace: Trace, say: Words) -> Section | None:
    if trace.is_public:
        return None
    names = {
        "rejected": say("abgewiesen", "rejected"), "held": say("angehalten oder abgelehnt", "held or refused"),
        "corrected": say("berichtigt", "corrected"), "withheld": say("ohne Zahl", "without a figure"),
    }  # fmt: skip
    facts = [(names[kind], say.cell(len(found))) for kind, found in trace.near.items()]
    lines = [
        f"{row['row_address']}: {row[f'sentence_{say.language}']}"
        for row in trace.near.get("rejected", ())[:ROWS_SHOWN]
    ]
    lines += [
        f"{row['correction_id']}: {row[f'reason_{say.language}']}"
        for row in trace.near.get("corrected", ())[:ROWS_SHOWN]
    ]
    return Section(say("In der Nähe", "Near it"), facts, lines)


def _checks(trace: Trace, say: Words) -> Section | None:
    if not trace.checks:
        return None
    failed = [one for one in trace.checks if not one["is_passed"]]
    gates = Counter(one["gate"] for one in trace.checks)
    facts = [(gate, say(f"{count} Prüfungen", f"{count} checks")) for gate, count in sorted(gates.items())]
    facts.append((say("nicht bestanden", "not passed"), say.cell(len(failed))))
    lines = [f"{one['check_id']}: {one[f'sentence_{say.language}']}" for one in failed[:ROWS_SHOWN]]
    return Section(say("Prüfungen", "Checks"), facts, lines)


def _made(trace: Trace, say: Words) -> Section:
    facts = [
        (say("Rechnung (SQL)", "model (SQL)"), str(trace.code.get("sql") or "–")),
        ("code_sha256", str(trace.code["code_sha256"])),
        (say("Datei der Tabelle", "file of the table"), str(trace.code["table_sha256"])),
        ("inputs_sha256", trace.manifest.inputs_sha256),
    ]
    if trace.ledger is not None:
        line = trace.ledger
        told = say(
            f"Zeile {line['sequence']} vom {say.cell(line['at'])}: {line['outcome']}",
            f"line {line['sequence']} of {say.cell(line['at'])}: {line['outcome']}",
        )
        facts.append((say("Protokoll", "ledger"), told))
    if not trace.walk.is_of_release:
        note = say("Der Stand ist älter als die Prüfwege: gegangen wird der von heute.", "The release is older than walks: that of today is walked.")  # fmt: skip
        return Section(say("Herkunft", "Origin"), facts, [note])
    return Section(say("Herkunft", "Origin"), facts)


def plain(trace: Trace) -> dict[str, Any]:
    """The whole walk as one JSON object."""
    return {
        "mart": trace.walk.mart, "key": _json(trace.key), "release_id": trace.manifest.release_id,
        "is_synthetic": trace.manifest.is_synthetic, "is_public": trace.is_public, "is_whole": trace.is_whole,
        "row": _json(trace.row),
        "cells": [
            {"column": cell.column, "published": _json(cell.published), "computed": _json(cell.computed),
             "outcome": cell.outcome, "why_de": cell.why and cell.why[0], "why_en": cell.why and cell.why[1]}
            for cell in trace.proof.cells
        ],
        "formula_de": trace.walk.formula_de, "formula_en": trace.walk.formula_en,
        "behind": _json(trace.behind), "deliveries": _json(trace.deliveries),
        "delivered_lines": [{"row_address": address, "cells": text} for address, text in trace.lines], "near": _json(trace.near),
        "checks": _json(trace.checks), "ledger": _json(trace.ledger), "code": _json(trace.code),
    }  # fmt: skip


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _json(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(one) for one in value]
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
