"""The mark a refresh leaves when it begins, `begun.json`, so that none vanishes: whichever way it ends, a line says so.

It says which refresh, since when, and which phase it reached last. Whoever writes the line of a refresh takes its mark
away. A mark that still lies there when nobody holds the lock is of a refresh that died: the next start, or `status`, writes the
line it could not write. Commands that write the ledger leave one too (`at_work`), with their name for a phase.
"""

import datetime as dt
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import Literal

from release import ledger, refresh_page, refusal
from release.atomic import write_whole
from release.layout import VarFolder
from release.lock import is_running, refresh_lock
from release.reason import Reason, ReleaseError

PHASES = {  # a refresh is in one of them from its first to its last moment
    "receiving": ("Lieferungen entgegennehmen", "receiving deliveries"),
    "imports": ("Programme laden", "loading programs"),
    "definitions": ("Schritte vorbereiten", "preparing steps"),
    "archive": ("Lieferungen archivieren", "archiving deliveries"),
    "landing": ("Lieferungen lesen", "reading deliveries"),
    "gate_1": ("Lieferungen prüfen", "checking deliveries"),
    "dbt_build": ("Tabellen berechnen", "computing tables"),
    "catalogue": ("Tabellen beschreiben", "describing tables"),
    "export": ("Tabellen ablegen", "storing tables"),
    "gate_2": ("Tabellen prüfen", "checking tables"),
    "release": ("Stand veröffentlichen", "publishing the release"),
    "unknown": ("unbekannter Abschnitt", "in an unknown phase"),
}
COMMANDS: dict[str, tuple[ledger.Outcome, ...]] = {  # command → lines with which it has come to its end
    "rollback": ("rolled_back",),
    "pin": ("pinned",),
    "unpin": ("unpinned",),
    "withdraw": ("withdrawn", "reinstated"),
    "accept": ("accepted",),
    "reject": ("rejected",),
    "forget": (),  # what it removes goes after its line
}
Unended = Literal["died", "stopped"]


@dataclass(frozen=True)
class StartMark:
    """Which refresh began when, after which line of the ledger, and where it was seen last."""

    seen: ledger.LastSeen
    after_line: int
    as_of_on: dt.date | None = None
    is_synthetic: bool | None = None


@dataclass(frozen=True)
class Begun:
    """A refresh, or command, that began and has no line yet: at work, or dead where `status` may not write that down."""

    is_running: bool
    seen: ledger.LastSeen


def begin(var: VarFolder, run_id: str, at: dt.datetime, as_of_on: dt.date, is_synthetic: bool) -> StartMark:
    """Leave the mark of a refresh that begins now; the caller holds `refresh_lock`. Raises OSError, LedgerError."""
    seen = ledger.LastSeen(run_id, next(iter(PHASES)), _whole_seconds(at), _whole_seconds(at))
    mark = StartMark(seen, len(ledger.lines(var)), as_of_on, is_synthetic)
    _write(var, mark)
    return mark


@contextmanager
def at_work(var: VarFolder, command: str, at: dt.datetime) -> Iterator[None]:
    """A with block in which a command writes the ledger; killed within it, it is told as a refresh would be.

    The caller holds `refresh_lock`. A death nobody wrote down yet is written first. Raises OSError, LedgerError.
    """
    settle(var, "died", at)
    seen = ledger.LastSeen(str(uuid.uuid4()), command, _whole_seconds(at), _whole_seconds(at))
    _write(var, StartMark(seen, len(ledger.lines(var))))
    try:
        yield
    finally:
        take_away(var)


def reached(var: VarFolder, mark: StartMark, phase: str, at: dt.datetime) -> StartMark:
    """The mark with the phase the refresh is in now; where it cannot be written, the one before stands."""
    mark = replace(mark, seen=replace(mark.seen, phase=phase, seen_at=_whole_seconds(at)))
    with suppress(OSError):
        _write(var, mark)
    return mark


def read(var: VarFolder) -> StartMark | None:
    """The mark of a refresh that has no line yet; None where there is none, or where its line stands already.

    One that cannot be read is of a refresh of which nothing else is known than when it was seen last.
    """
    try:
        written = dt.datetime.fromtimestamp(var.begun.stat().st_mtime, dt.UTC)
        content = var.begun.read_bytes()
    except FileNotFoundError:
        return None
    try:
        body = json.loads(content)
        seen = ledger.last_seen_of(body["seen"])
        uuid.UUID(seen.run_id)
        of_refresh = (
            (None, None)
            if seen.phase in COMMANDS
            else (dt.date.fromisoformat(body["as_of_on"]), bool(body["is_synthetic"]))
        )
        mark = StartMark(seen, int(body["after_line"]), *of_refresh)
    except (ValueError, TypeError, KeyError):
        unknown = ledger.LastSeen("unknown", "unknown", _whole_seconds(written), _whole_seconds(written))
        return StartMark(unknown, len(ledger.lines(var)))
    ended_by = COMMANDS.get(mark.seen.phase, ledger.REFRESHES)
    if any(line.outcome in ended_by for line in ledger.lines(var)[mark.after_line :]):
        return None
    known = mark.seen.phase if mark.seen.phase in PHASES or mark.seen.phase in COMMANDS else "unknown"
    return replace(mark, seen=replace(mark.seen, phase=known))


def settle(var: VarFolder, outcome: Unended, at: dt.datetime) -> ledger.Entry | None:
    """Write the line of a refresh or command that died, or is stopped, in its stead, and take its mark away; None if it has one.

    The caller holds `refresh_lock`. Raises OSError, LedgerError; then the mark stays for the next start.
    """
    mark = read(var)
    line = None
    if mark:
        stayed = ledger.last(var, *ledger.POINTING)
        line = ledger.append(
            var,
            "command_died" if mark.seen.phase in COMMANDS else outcome,
            at=at,
            release_id=stayed.release_id if stayed else None,
            reasons=[_stop(mark.seen) if outcome == "stopped" else death(mark.seen)],
            as_of_on=mark.as_of_on,
            is_synthetic=mark.is_synthetic,
            last_seen=mark.seen,
        )
    take_away(var)
    if line:
        refusal.follow(var)
        refresh_page.follow(var)
    return line


def take_away(var: VarFolder) -> None:
    """Remove the mark of a refresh whose line is written."""
    var.begun.unlink(missing_ok=True)


def looked_at(var: VarFolder, at: dt.datetime) -> Begun | None:
    """What a mark tells whoever looks: a refresh at work, or one that died; None once the ledger tells.

    The owner of the folder writes down a death nobody wrote down yet; anybody else is told, and nothing is written.
    """
    if (mark := read(var)) is None:
        return None
    with suppress(OSError, ReleaseError):
        if not is_running(var) and var.folder.stat().st_uid == os.geteuid():
            with refresh_lock(var):
                settle(var, "died", at)
            return None
    return Begun(is_running(var), mark.seen)


def _stop(seen: ledger.LastSeen) -> Reason:
    de, en = PHASES[seen.phase]
    return Reason(
        f"Die Aktualisierung wurde gestoppt; sie war bei: {de}. Veröffentlicht hat sie nichts.",
        f"The refresh was stopped while {en}; it published nothing.",
        "Noch einmal starten.",
        "Start it again.",
        rule="refresh_stopped",
    )


def death(seen: ledger.LastSeen) -> Reason:
    """That a refresh died, and where it was seen last; or a command."""
    if seen.phase in COMMANDS:
        return Reason(
            f"Der Befehl „nordwaerts {seen.phase}“, der am {seen.begun_at:%d.%m.%Y um %H:%M UTC} begann, endete ohne ein Wort.",
            f"The command 'nordwaerts {seen.phase}' that began on {seen.begun_at:%Y-%m-%d at %H:%M UTC} ended without a word.",
            "Er wurde beendet, oder der Strom fiel aus. Noch einmal aufrufen: Was er nicht mehr tat, wird dann getan.",
            "It was killed, or the power failed. Call it again: what it did not come to is done then.",
            rule="command_died",
        )
    de, en = PHASES[seen.phase]
    return Reason(
        f"Die Aktualisierung, die am {seen.begun_at:%d.%m.%Y um %H:%M UTC} begann, endete ohne ein Wort; zuletzt gesehen am "
        f"{seen.seen_at:%d.%m.%Y um %H:%M UTC} bei: {de}.",
        f"The refresh that began on {seen.begun_at:%Y-%m-%d at %H:%M UTC} ended without a word, last seen on "
        f"{seen.seen_at:%Y-%m-%d at %H:%M UTC} while {en}.",
        "Sie wurde beendet, der Strom fiel aus, oder Platz oder Arbeitsspeicher waren zu Ende. Danach sehen und noch einmal starten.",
        "It was killed, the power failed, or disk or memory were used up. See to that and start it again.",
        rule="refresh_died",
    )


def _write(var: VarFolder, mark: StartMark) -> None:
    write_whole(var.begun, json.dumps({**asdict(mark), "seen": mark.seen.to_json()}, default=str, indent=1).encode())


def _whole_seconds(at: dt.datetime) -> dt.datetime:
    return at.astimezone(dt.UTC).replace(microsecond=0)
