"""A walk as sections for people, in German or English: what the command prints and the page shows.

Plain words, short lines; codes by the labels of release/labels.py. Tables of rows are cut to what is read at a glance, JSON has
all. Does not belong here: how a terminal or a page looks.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from release.reason import Language
from tracing.rows import Row
from tracing.sections import Section, Words, short
from tracing.telling_rows import behind, checks, delivered, in_turn, members, near
from tracing.walking import IN_A_FORM, Trace

_VALUE = ("value", "estimate", "gap_absolute", "verdict", "started_or_done_pct", "item_count", "effect")
_LIMITS = (("lower", "upper"), ("gap_lower", "gap_upper"))
_UNITS = ("unit", "value_unit", "gap_unit", "change_unit")


def sections(trace: Trace, language: Language, column: str | None = None) -> list[Section]:
    """All parts of a walk in their order; with `column` only that cell of the row is set against its recomputation."""
    say = Words(language)
    found = [
        _published(trace, say), *_computed(trace, say, column), members(trace, say), in_turn(trace, say),
        *behind(trace, say), delivered(trace, say), near(trace, say), checks(trace, say), _made(trace, say),
    ]  # fmt: skip
    return [one for one in found if one is not None]


def outcome(trace: Trace, language: Language, column: str | None = None) -> str:
    """What came of the walk, in one sentence."""
    say = Words(language)
    if trace.is_form:
        return say(*IN_A_FORM)
    cells = [cell for cell in trace.proof.cells if column in (None, cell.column)]
    counts = Counter(cell.outcome for cell in cells)
    bad = [cell.column for cell in cells if cell.outcome in ("differs", "lost", "unwalked")]
    open_ = counts["unproven"]
    rest = "" if not open_ else say(f" {open_} nicht nachgerechnet, Gründe unten.", f" {open_} not computed again, reasons below.")  # fmt: skip
    bad += [f"{link.walk.mart}.{cell.column}" for link in trace.chain.links for cell in link.proof.failed]
    bad += trace.chain.lost
    why = "".join(f" {say(*one)}" for one in trace.damage)
    if bad:
        return say(f"Der Prüfweg geht NICHT auf bei: {', '.join(bad)}.{why}{rest}", f"The walk does NOT come out for: {', '.join(bad)}.{why}{rest}")  # fmt: skip
    if why:
        return say(f"Der Prüfweg geht NICHT auf:{why}{rest}", f"The walk does NOT come out:{why}{rest}")
    own = say(
        f"{counts['equal']} Zellen nachgerechnet und gleich, {counts['reached']} in der gelieferten Zeile gefunden",
        f"{counts['equal']} cells computed again and equal, {counts['reached']} found in the delivered line",
    )
    below = say(
        f"dahinter {len(trace.chain.links)} Zeilen nachgerechnet, {trace.chain.ends} in ihrer gelieferten Zeile gefunden",
        f"behind it {len(trace.chain.links)} rows computed again, {trace.chain.ends} found in their delivered line",
    )
    return say(f"Der Prüfweg geht auf: {own}; {below}.{rest}", f"The walk comes out: {own}; {below}.{rest}")


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
    if row.get("is_hidden"):
        facts += _hidden(row, say)
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


def _hidden(row: Row, say: Words) -> list[tuple[str, str]]:
    """What a reader of a hidden figure gets: why, where the next coarser one is shown, and who may see this one."""
    level = row.get("shown_at_level")
    return [
        (say("nicht veröffentlicht, weil", "not published, because"), say.label("hidden_reason", row["hidden_reason"])),
        (say("gröber gezeigt auf der Ebene", "shown at the coarser level"), level or say("keiner", "none")),
        (
            say("einsehen darf sie", "who may see it"),
            say("wer im Haus die interne Fassung lesen darf", "whoever may read the internal edition in the office"),
        ),
    ]


def _computed(trace: Trace, say: Words, column: str | None) -> list[Section | None]:
    return [] if trace.is_form else [_formula(trace, say), _cells(trace, say, column)]


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
        [cell.column, short(say.cell(cell.published)),
         short(say.cell(cell.computed)) if cell.outcome in ("equal", "differs") else "", words[cell.outcome]]
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
        "behind": _json(trace.behind),
        "in_turn": [
            {"mart": link.walk.mart, "key": _json({name: link.row[name] for name in link.walk.key}),
             "failed": [cell.column for cell in link.proof.failed]}
            for link in trace.chain.links
        ], "deliveries": _json(trace.deliveries),
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
