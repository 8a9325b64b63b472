"""What arrived, in words: the same lines in the summary of a refresh and in `status`.

Rows are those of `release.last_refresh`: one per file on offer, one per file or folder passed over.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from cli.language import labelled, rows_in_words
from release.spoken import current_language, day, number, words

Row = Mapping[str, Any]
_LABELS = {True: ("neu eingegangen", "newly arrived"), False: ("bekannt", "known already")}


def arrival_lines(arrivals: Iterable[Row], passed_over: Iterable[Row]) -> list[str]:
    """Every file and folder of the inbox: new, known already, or passed over and why."""
    rows = list(arrivals)
    told_alone = [row for row in rows if _is_compared(row) or _standing(row)]
    lines = [line for row in told_alone for line in _alone(row)]
    for is_new in (True, False):
        by_source: dict[str, list[str]] = {}
        for row in rows:
            if row["is_new"] is is_new and row not in told_alone:
                by_source.setdefault(row["source_id"], []).append(_named(row))
        lines += [
            labelled(words(*_LABELS[is_new]), f"{source_id}: {', '.join(names)}")
            for source_id, names in by_source.items()
        ]
    language = current_language()
    return lines + [labelled(words("nicht gelesen", "not read"), one["sentence_" + language]) for one in passed_over]


def _is_compared(row: Row) -> bool:
    """Whether a file counts from this refresh on, and readers saw an earlier state of what it delivers."""
    return any(table["added"] is not None for table in row["tables"])


def _alone(row: Row) -> list[str]:
    found = [labelled(words(*_LABELS[row["is_new"]]), f"{row['source_id']}: {_named(row)}{_standing(row)}")]
    return found + [f"      {_table(table)}" for table in row["tables"]]


def _table(table: Row) -> str:
    rows, rejected = rows_in_words(table["row_count"]), number(table["rejected_count"])
    text = f"{table['table']}: {_periods(table['periods'])}"
    text += words(f"{rows}, {rejected} abgewiesen", f"{rows}, {rejected} rejected")
    if table["added"] is not None:
        added, changed, removed = (number(table[name]) for name in ("added", "changed", "removed"))
        text += words(
            f"; gegen den bisherigen Stand {added} neu, {changed} geändert, {removed} entfallen",
            f"; against the previous release {added} new, {changed} changed, {removed} gone",
        )
    replaced = _files(table["replaces"])
    return text + (words(f"; ersetzt {replaced}", f"; replaces {replaced}") if replaced else "")


def _standing(row: Row) -> str:
    """Why a file that lies in the inbox does not count, and what makes it count; empty where it does."""
    if row["state"] == "superseded":
        return _superseded(row["replaced_by"])
    if row["state"] == "withdrawn":
        because = row["withdrawn_because"]
        command = f"nordwaerts withdraw {row['delivery_id'][:12]} --undo --because …"
        return words(
            f": zurückgezogen ({because}). Soll sie wieder zählen: {command}",
            f": withdrawn ({because}). To let it count again: {command}",
        )
    if row["state"] == "rejected":
        command = f"nordwaerts accept {row['delivery_id'][:12]} --because … --by …"
        return words(
            f": verworfen. Soll sie doch zählen: {command}", f": rejected. To let it count after all: {command}"
        )
    if row["state"] == "held":
        return words(": angehalten, wartet auf eine Entscheidung", ": held, waits for a decision")
    return words(": nicht übernommen", ": not taken over") if row["state"] == "refused" else ""


def _superseded(replaced_by: list[Row]) -> str:
    """By what a delivery was replaced; the command only where one delivery alone stands in its place."""
    others = _files(replaced_by)
    if len(replaced_by) != 1:
        return words(
            f": liegt vor, zählt aber nicht, weil andere danach kamen ({others}).",
            f": lies there, but does not count, because others came after it ({others}).",
        )
    command = f"nordwaerts withdraw {replaced_by[0]['delivery_id'][:12]} --because …"
    return words(
        f": liegt vor, zählt aber nicht, weil {others} danach kam. Soll sie wieder zählen: {command}",
        f": lies there, but does not count, because {others} came after it. To let it count again: {command}",
    )


def _named(row: Row) -> str:
    """The name on offer now, and those the same bytes came under before."""
    names = ", ".join(dict.fromkeys(row["other_names"]))
    return str(row["file_name"]) + (words(f" (kam schon als {names})", f" (came before as {names})") if names else "")


def _periods(periods: list[str]) -> str:
    return f"{'–'.join(dict.fromkeys([periods[0], periods[-1]]))}; " if periods else ""


def _files(rows: Iterable[Row]) -> str:
    """Other deliveries by name and day of receipt."""
    return ", ".join(f"{each['file_name']} ({day(dt.date.fromisoformat(each['received_on']))})" for each in rows)
