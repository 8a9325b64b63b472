"""Which release readers saw when: one span per line of the ledger that switched them.

The ledger alone knows; a release says nothing of when it was published. Days are those of a time zone, and what readers
saw on a day is what they saw at its end. Where a clock was set back the later line counts.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from release import ledger
from release.layout import VarFolder


@dataclass(frozen=True)
class Span:
    """From when until when (UTC) readers saw a release; `until` is None while they see it, the id where they saw none."""

    release_id: str | None
    since: dt.datetime
    until: dt.datetime | None


def spans(var: VarFolder) -> list[Span]:
    """Every span in the order of the ledger; raises LedgerError."""
    switches = [
        (line.says("release_id"), dt.datetime.fromisoformat(line.says("at") or ""))
        for line in ledger.lines(var)
        if line.outcome in ledger.POINTING
    ]
    ends: list[dt.datetime | None] = [*(at for _, at in switches[1:]), None]
    return [Span(release_id, at, end) for (release_id, at), end in zip(switches, ends, strict=False)]


def seen_before(found: Sequence[Span], moment: dt.datetime) -> Span | None:
    """The span readers were in just before a moment; None before the first."""
    return next((span for span in reversed(found) if span.since < moment), None)


def end_of(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """The moment a day ends in a time zone."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
