"""The mark of a refresh: one that died is told by the next start or by whoever looks, and written down once."""

import datetime as dt
import json
import os
from pathlib import Path

import exports
import pytest

from release import ledger, refusal, start_mark, store
from release.layout import VarFolder
from release.lock import refresh_lock
from release.verifying import verified

BEGUN, SEEN = exports.NIGHT, exports.NIGHT + dt.timedelta(minutes=3)
RUN = "1b2ca3a5-9a1c-4b7e-8a2f-0d6f3c9d7e11"
LATER = exports.NIGHT + dt.timedelta(hours=5)


@pytest.fixture
def dead(var: VarFolder) -> VarFolder:
    """A folder in which a refresh died while dbt was at work."""
    mark = start_mark.begin(var, RUN, BEGUN, exports.AS_OF, is_synthetic=True)
    start_mark.reached(var, mark, "dbt_build", SEEN)
    return var


def contents(var: VarFolder) -> dict[str, bytes]:
    files = (path for path in var.folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path): path.read_bytes() for path in files}


@pytest.mark.attack("a refresh that died · one signed, chained line with the phase and the time it was last seen")
def test_the_next_start_writes_the_line_once(dead: VarFolder) -> None:
    store.recover(dead, LATER)
    store.recover(dead, LATER)
    [line] = ledger.read(dead)
    assert (line.outcome, line.at, line.as_of_on, line.is_synthetic) == ("died", LATER, exports.AS_OF, True)
    assert line.last_seen == ledger.LastSeen(RUN, "dbt_build", BEGUN, SEEN)
    [reason] = line.reasons
    assert reason.rule == "refresh_died"
    assert "2026-03-02 at 03:03 UTC while computing tables" in reason.en
    assert "02.03.2026 um 03:03 UTC bei: Tabellen berechnen" in reason.de
    assert not dead.begun.exists()
    assert verified(dead, None).findings == ()
    refusal.follow(dead)
    assert "A refresh ended without a word" in dead.last_refusal.read_text(encoding="utf-8")


def test_whoever_looks_as_the_owner_writes_the_line(dead: VarFolder) -> None:
    assert start_mark.looked_at(dead, LATER) is None
    assert [line.outcome for line in ledger.read(dead)] == ["died"]


@pytest.mark.attack("an auditor who may not write asks for the status · told of the death, nothing is written")
@pytest.mark.parametrize("kept_out_by", ["owner", "rights"])
def test_who_may_not_write_is_told_and_writes_nothing(
    dead: VarFolder, kept_out_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_args: object) -> None:
        raise PermissionError(13, "Permission denied")

    if kept_out_by == "owner":
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
    else:
        monkeypatch.setattr(start_mark, "refresh_lock", closed)
    before = contents(dead)
    begun = start_mark.looked_at(dead, LATER)
    assert begun is not None and not begun.is_running
    assert (begun.seen.phase, begun.seen.seen_at) == ("dbt_build", SEEN)
    assert contents(dead) == before


def test_a_refresh_at_work_is_told_as_such_and_left_alone(dead: VarFolder) -> None:
    with refresh_lock(dead):
        begun = start_mark.looked_at(dead, LATER)
    assert begun is not None and begun.is_running
    assert ledger.read(dead) == []
    assert dead.begun.exists()


@pytest.mark.parametrize("outcome", ["published", "unchanged", "refused", "broken", "died", "stopped"])
def test_one_killed_between_its_line_and_the_end_of_its_mark_is_told_once(
    dead: VarFolder, outcome: ledger.Outcome
) -> None:
    ledger.append(dead, outcome, at=SEEN)
    assert start_mark.looked_at(dead, LATER) is None
    store.recover(dead, LATER)
    assert [line.outcome for line in ledger.read(dead)][:1] == [outcome]
    assert len(ledger.lines(dead)) == 1
    assert not dead.begun.exists()


@pytest.mark.attack(
    "a start mark that was torn, emptied or written by somebody else · the death is told, nothing else of it"
)
@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"x"', "null", '{"seen": 1}', '{"seen": {"run_id": "x"}, "after_line": 0}']
)
def test_a_mark_that_cannot_be_read_tells_of_a_death_too(dead: VarFolder, text: str) -> None:
    dead.begun.write_text(text, encoding="utf-8")
    os.utime(dead.begun, (SEEN.timestamp(), SEEN.timestamp()))
    store.recover(dead, LATER)
    [line] = ledger.read(dead)
    assert line.last_seen == ledger.LastSeen("unknown", "unknown", SEEN, SEEN)
    assert "at 03:03 UTC while in an unknown phase" in line.reasons[0].en


@pytest.mark.parametrize("name", ["run_id", "begun_at", "seen_at"])
def test_what_is_no_word_of_a_mark_is_not_repeated(dead: VarFolder, name: str) -> None:
    body = json.loads(dead.begun.read_text())
    body["seen"][name] = "evil"
    dead.begun.write_text(json.dumps(body), encoding="utf-8")
    store.recover(dead, LATER)
    assert [line.outcome for line in ledger.read(dead)] == ["died"]
    assert "evil" not in dead.ledger.read_text(encoding="utf-8")


def test_a_phase_nobody_knows_is_not_repeated(dead: VarFolder) -> None:
    dead.begun.write_text(dead.begun.read_text().replace("dbt_build", "\\u001b[31mevil"), encoding="utf-8")
    store.recover(dead, LATER)
    assert ledger.read(dead)[0].last_seen == ledger.LastSeen(RUN, "unknown", BEGUN, SEEN)
    assert "evil" not in dead.ledger.read_text(encoding="utf-8")


def test_a_disk_that_is_full_keeps_the_mark_as_it_was(dead: VarFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    mark = start_mark.read(dead)
    assert mark is not None
    monkeypatch.setattr(start_mark, "write_whole", full)
    assert start_mark.reached(dead, mark, "release", LATER).seen.phase == "release"
    assert start_mark.read(dead) == mark
    with pytest.raises(OSError, match="No space"):
        start_mark.begin(dead, RUN, LATER, exports.AS_OF, is_synthetic=True)
