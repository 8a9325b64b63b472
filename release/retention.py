"""Which releases are kept, and for what: a rule over the ledger and a clock, declared per programme.

All that readers saw in the last days, what they saw when each month and each year ended, and whatever is pinned: the
current release and the one before it, what readers saw on the day a public sentence was said, what a person pins. Nothing
is removed here (`release.store` does). What no line of the ledger ever showed readers has no age, and is kept.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from release import ledger, reading
from release.layout import VarFolder
from release.reason import Reason, ReleaseError
from release.seen import Span, end_of, seen_before, spans

_LEAP = dt.timedelta(days=31)  # since the last line of the ledger; the next night is believed
Ground = Literal["current", "before", "person", "claim", "recent", "month_end", "year_end", "unknown"]


@dataclass(frozen=True)
class Rule:
    """For how many days everything is kept, and month ends; year ends are kept for good. Days are those of `zone`."""

    all_for_days: int
    month_ends_for_days: int
    zone: dt.tzinfo
    said_on: tuple[dt.date, ...] = ()  # the days public sentences were said


class PinMissed(ReleaseError):
    """The pin says nothing new, or no reason was given."""


def kept(var: VarFolder, rule: Rule, now: dt.datetime, pending: str | None = None) -> dict[str, list[Ground]]:
    """Release there is → why it is kept; without a reason it may go. `pending` was just published, its line not written."""
    found = spans(var)
    if pending and (not found or found[-1].release_id != pending):
        found = [*found, Span(pending, now, None)]
    reasons: dict[str, list[Ground]] = {release_id: [] for release_id in reading.release_ids(var)}

    def keep(release_id: str | None, ground: Ground) -> None:
        if release_id in reasons and ground not in reasons[release_id]:
            reasons[release_id].append(ground)

    keep(reading.current_id(var), "current")
    for release_id in list(dict.fromkeys(span.release_id for span in reversed(found) if span.release_id))[:2]:
        keep(release_id, "before")
    for release_id in pins(var):
        keep(release_id, "person")
    for day in rule.said_on:
        keep(_at(found, end_of(day, rule.zone), now), "claim")
    begin = now - dt.timedelta(days=rule.all_for_days)
    for span in found:
        if span.until is None or span.until >= begin:
            keep(span.release_id, "recent")
    for moment, is_year in _ends(found, now, rule.zone):
        if is_year:
            keep(_at(found, moment, now), "year_end")
        if moment >= now - dt.timedelta(days=rule.month_ends_for_days):
            keep(_at(found, moment, now), "month_end")
    known = {span.release_id for span in found}
    for release_id in reasons.keys() - known:
        keep(release_id, "unknown")
    return reasons


def due(var: VarFolder, rule: Rule, now: dt.datetime, pending: str | None = None) -> list[str]:
    """Releases nothing keeps any longer, in order; none where the clock leapt, for a wrong one would let all of them go."""
    last = ledger.last(var)
    if last is None or now - last.at > _LEAP:
        return []
    return sorted(release_id for release_id, grounds in kept(var, rule, now, pending).items() if not grounds)


def pins(var: VarFolder) -> dict[str, ledger.Pin]:
    """Release → what a person said who pins it now, whether it is there or not; raises LedgerError."""
    found: dict[str, ledger.Pin] = {}
    for entry in reversed(list(ledger.newest(var, "pinned", "unpinned"))):
        if entry.pin and entry.outcome == "pinned":
            found[entry.pin.release_id] = entry.pin
        elif entry.pin:
            found.pop(entry.pin.release_id, None)
    return found


def pin(var: VarFolder, asked: ledger.Pin, at: dt.datetime) -> ledger.Entry:
    """Keep a release whatever its age; the caller holds `refresh_lock`. Raises ReleaseMissing, PinMissed."""
    reading.release(var, asked.release_id)
    if asked.release_id in pins(var):
        raise _missed(asked, "ist schon festgehalten", "is pinned already")
    return _note(var, "pinned", asked, at)


def unpin(var: VarFolder, asked: ledger.Pin, at: dt.datetime) -> ledger.Entry:
    """Let the rule decide on a release again; the caller holds `refresh_lock`. Raises PinMissed."""
    if asked.release_id not in pins(var):
        raise _missed(asked, "ist nicht festgehalten", "is not pinned")
    return _note(var, "unpinned", asked, at)


def let_go(var: VarFolder) -> list[str]:
    """Releases the ledger says are kept no longer, and neither readers nor a person came back to since; there or not."""
    gone: dict[str, None] = {}
    for line in ledger.lines(var):
        if line.outcome in ledger.POINTING:
            gone.pop(line.says("release_id") or "", None)
        if line.outcome == "pinned" and (pinned := ledger.entry_of(line).pin):
            gone.pop(pinned.release_id, None)
        if b'"let_go":[' in line.text:
            gone |= dict.fromkeys(ledger.entry_of(line).let_go)
    return sorted(gone)


def _at(found: list[Span], moment: dt.datetime, now: dt.datetime) -> str | None:
    span = seen_before(found, moment) if moment <= now else None
    return span.release_id if span else None


def _ends(found: Iterable[Span], now: dt.datetime, zone: dt.tzinfo) -> Iterator[tuple[dt.datetime, bool]]:
    """Moments at which months ended since the first publication, and whether a year ended with them."""
    first = min((span.since for span in found), default=now).astimezone(zone).date()
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        moment = dt.datetime(year, month, 1, tzinfo=zone)
        if moment > now:
            return
        yield moment, month == 1


def _note(var: VarFolder, outcome: ledger.Outcome, asked: ledger.Pin, at: dt.datetime) -> ledger.Entry:
    if not asked.because.strip() or (asked.by is not None and not asked.by.strip()):
        raise PinMissed(
            Reason(
                "Ein Stand wird nicht ohne Grund festgehalten oder freigegeben.",
                "A release is neither pinned nor unpinned without a reason.",
                "Mit --because den Grund nennen, mit --by, wer das entscheidet.",
                "Give the reason with --because, and with --by who decides.",
            )
        )
    return ledger.append(var, outcome, at=at, release_id=reading.current_id(var), pin=asked)


def _missed(asked: ledger.Pin, de: str, en: str) -> PinMissed:
    return PinMissed(
        Reason(
            f"Der Stand {asked.release_id} {de}.",
            f"Release {asked.release_id} {en}.",
            "„nordwaerts releases“ zeigt, was festgehalten ist und warum.",
            "'nordwaerts releases' shows what is pinned and why.",
        )
    )
