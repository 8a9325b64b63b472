"""The rows a walk went over, told as sections: members, rows behind, deliveries, what is near, checks.

Where figures are sums over cases, counts and sums by delivery stand for them. See telling.py for the rest of a walk.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tracing.rows import Row
from tracing.sections import ROWS_SHOWN, Section, Words, cut, short
from tracing.walking import Trace

_HIDDEN = {"is_synthetic", "delivery_id", "source_id", "row_address", "table_name"}


def members(trace: Trace, say: Words) -> Section | None:
    """Members of the area set with their weights."""
    found = trace.behind.get("bridge_area_set", ())
    if not found:
        return None
    table = [[one["variant_id"], one["role"], one["area_id"], say.cell(one["weight"])] for one in found]
    return Section(
        say(f"Mitglieder des Gebiets ({len(found)})", f"Members of the area set ({len(found)})"),
        heading=[say("Variante", "variant"), say("Teil", "part"), say("Gebiet", "area"), say("Gewicht", "weight")],
        **cut(table, say),
    )


def in_turn(trace: Trace, say: Words) -> Section | None:
    """Rows of computed marts behind, each walked in its turn."""
    links = trace.chain.links
    if not links:
        return None
    table = [
        [link.walk.mart, short(" ".join(str(link.row[name]) for name in link.walk.key if link.row[name] is not None), 96),
         say.cell(sum(cell.outcome == "equal" for cell in link.proof.cells)),
         ", ".join(cell.column for cell in link.proof.failed) or say("alle gleich", "all equal")]
        for link in links
    ]  # fmt: skip
    heading = [say("Tabelle", "table"), say("Zeile", "row"), say("Zellen", "cells"), ""]
    left = trace.chain.left_out
    lines = [say(f"{left} weitere Zeilen derselben Tabellen haben ihren eigenen Prüfweg.", f"{left} more rows of the same tables have walks of their own.")] if left else []  # fmt: skip
    return Section(
        say("Zeilen dahinter, nachgerechnet", "Rows behind, computed again"), lines=lines, heading=heading, table=table
    )


def behind(trace: Trace, say: Words) -> Iterator[Section]:
    """One section a table: its rows, or where they are sums over cases their counts and sums by delivery."""
    for table, found in trace.behind.items():
        if table in ("dim_indicator", "bridge_area_set", "dim_area", "dim_label"):
            continue
        title = say(f"Zeilen dahinter: {table} ({len(found)})", f"Rows behind: {table} ({len(found)})")
        if table == "fct_measure" and any(row["n"] for row in found):
            yield Section(title, **_by_delivery(found, say))
            continue
        names = [name for name in found[0] if name not in _HIDDEN and any(row[name] is not None for row in found)][:7]
        cells = [
            [short(say.cell(row[name])) for name in names] + [str(row.get("row_address") or "")]
            for row in found[:ROWS_SHOWN]
        ]
        yield Section(title, heading=[*names, say("Zeile", "row")], **cut(cells, say, len(found)))


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
    return {"heading": heading, **cut(table, say)}


def delivered(trace: Trace, say: Words) -> Section | None:
    """Deliveries the rows behind stand in, and their lines."""
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


def near(trace: Trace, say: Words) -> Section | None:
    """What was rejected, held, corrected or withheld near it."""
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


def checks(trace: Trace, say: Words) -> Section | None:
    """Checks that covered it, failed ones in words."""
    if not trace.checks:
        return None
    failed = [one for one in trace.checks if not one["is_passed"]]
    gates = Counter(one["gate"] for one in trace.checks)
    facts = [(gate, say(f"{count} Prüfungen", f"{count} checks")) for gate, count in sorted(gates.items())]
    facts.append((say("nicht bestanden", "not passed"), say.cell(len(failed))))
    lines = [f"{one['check_id']}: {one[f'sentence_{say.language}']}" for one in failed[:ROWS_SHOWN]]
    return Section(say("Prüfungen", "Checks"), facts, lines)
