"""Which release readers saw when: one span per line of the ledger that switched them.

The ledger alone knows; a release says nothing of when it was published. Days are those of a time zone, and what readers
saw on a day is what they saw at its end. Lines follow each other by their number, whatever the clock said.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from release import chain, ledger
from release.layout import VarFolder


@dataclass(frozen=True)
class Span:
    """From when until when (UTC) readers saw a release; `until` is None while they see it, the id where they saw none."""

    release_id: str | None
    since: dt.datetime
    until: dt.datetime | None


def spans(var: VarFolder) -> list[Span]:
    """Every span in the order of the ledger; raises LedgerError."""
    lines = ledger.lines(var)
    switches = [
        (line.says("release_id"), dt.datetime.fromisoformat(at))
        for line, at in zip(lines, _in_order(lines), strict=True)
        if line.outcome in ledger.POINTING
    ]
    ends: list[dt.datetime | None] = [*(at for _, at in switches[1:]), None]
    return [Span(release_id, at, end) for (release_id, at), end in zip(switches, ends, strict=False)]


def _in_order(lines: Sequence[chain.Line]) -> Iterator[str]:
    """The moment of each line: none before that of an earlier one (a clock set back), none after the last (one that ran ahead)."""
    said = [line.says("at") or "" for line in lines]
    return accumulate((min(at, said[-1]) for at in said), max)


def seen_before(found: Sequence[Span], moment: dt.datetime) -> Span | None:
    """The span readers were in just before a moment; None before the first."""
    return next((span for span in reversed(found) if span.since < moment), None)


def end_of(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """The moment a day ends in a time zone."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
