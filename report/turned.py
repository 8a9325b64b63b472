"""Verdicts that turned: between two editions, and within the history an edition tells.

Belongs here: comparing rows of `fct_claim_verdict`. What a verdict is, why, and what it is called stands in the rows and in
`dim_label`; nothing is judged here. Parts we split off a sentence (`is_leg`) nobody said, so they do not turn in public.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Turned:
    """A sentence whose verdict is another one: both as codes of `verdict`, and why it is the later one.

    `since` is the first period of data that gives the later verdict, as far as the edition tells; None where none decides.
    """

    claim_id: str
    wording_de: str
    wording_en: str
    before: str
    after: str
    reason_de: str
    reason_en: str
    since: str | None


def turned_between(earlier: Iterable[Row], current: Sequence[Row]) -> list[Turned]:
    """Sentences whose present verdict differs between an earlier edition and this one, in order of id.

    Both are all rows of `fct_claim_verdict`. A sentence only one of them judges has not turned.
    """
    before = {row["claim_id"]: row["verdict"] for row in _of(earlier, "current")}
    return [
        _turned(before[row["claim_id"]], row, _since(row, current))
        for row in _of(current, "current")
        if before.get(row["claim_id"], row["verdict"]) != row["verdict"]
    ]


def turned_in_history(rows: Iterable[Row]) -> list[Turned]:
    """Every turn from one period of the data to the next, in order of id and period."""
    return [
        _turned(before["verdict"], after, after["period"])
        for before, after in pairwise(_of(rows, "history"))
        if before["claim_id"] == after["claim_id"] and before["verdict"] != after["verdict"]
    ]


def _of(rows: Iterable[Row], evaluation: str) -> list[Row]:
    found = [row for row in rows if row["evaluation"] == evaluation and not row["is_leg"]]
    return sorted(found, key=lambda row: (row["claim_id"], row["period"] or ""))


def _since(row: Row, rows: Iterable[Row]) -> str | None:
    """Where the mart says when a sentence was overtaken, that; else where the last run of the same verdict begins."""
    if row["superseded_since"]:
        return str(row["superseded_since"])
    since = row["period"]
    for past in reversed([each for each in _of(rows, "history") if each["claim_id"] == row["claim_id"]]):
        if past["verdict"] != row["verdict"]:
            break
        since = past["period"]
    return since if since is None else str(since)


def _turned(before: str, row: Row, since: str | None) -> Turned:
    return Turned(
        claim_id=row["claim_id"],
        wording_de=row["wording_de"],
        wording_en=row["wording_en"],
        before=before,
        after=row["verdict"],
        reason_de=row["reason_de"] or "",
        reason_en=row["reason_en"] or "",
        since=since,
    )
