"""Ctrl-C, SIGTERM and kill -9 sent to real processes: whole or not at all, and each ends with exactly one ledger line."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from nightly_office import NightlyOffice, before_the_second_night

from cli.refresh import tell_stopped
from refresh.stopping import Door, Stopped
from release import ledger, reading, start_mark
from release.verifying import verified

HERE = Path(__file__).parent
AT_MOST = 10  # seconds between a signal and the end; two when nothing else is at work
PHASES = [("begun", "receiving"), ("landed", "gate_1"), ("exported", "gate_1"), ("switching", "release")]


@dataclass
class Ended:
    """How a night ended that met a signal: its exit code, what it said, after how many seconds, and the line it left."""

    code: int
    said: str
    seconds: float
    line: ledger.Entry | None


@pytest.fixture
def office(tmp_path: Path) -> NightlyOffice:
    return before_the_second_night(tmp_path)


def night_that_meets(office: NightlyOffice, number: int, step: str, seconds: float = 60) -> Ended:
    """A night as a process of its own, sent a signal while it is at a step."""
    paths = [str(HERE.parents[1]), str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
    lines = len(ledger.lines(office.var))
    with subprocess.Popen(
        [sys.executable, str(HERE / "one_night.py"), str(office.folder.parent), step, str(seconds)],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        first = process.stdout.readline().strip()
        assert first == step, process.stderr.read()
        begun = time.monotonic()
        process.send_signal(number)
        code = process.wait(120)
        took, said = time.monotonic() - begun, process.stdout.read() + process.stderr.read()
        assert list(in_session(process.pid)) == [], "no process of it is left"
    new = ledger.read(office.var)[lines:]
    assert len(new) < 2, "never more than one line"
    return Ended(code, said, took, new[0] if new else None)


def in_session(session: int) -> Iterator[int]:
    """Processes of a session that are still there."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(rest[3]) == session and rest[0] != "Z":
            yield int(stat.parent.name)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("step", "phase"), PHASES)
@pytest.mark.attack(
    "Ctrl-C or SIGTERM at any phase before readers are switched · a line, a sentence, nothing published"
)
def test_a_refresh_that_is_stopped_publishes_nothing_and_says_so(
    office: NightlyOffice, number: signal.Signals, step: str, phase: str
) -> None:
    before = reading.current(office.var)
    ended = night_that_meets(office, number, step)
    assert ended.code == 128 + number
    assert ended.said == "Stopped: nothing was published, the ledger says so.\n"
    assert ended.seconds < AT_MOST
    assert ended.line is not None and ended.line.last_seen is not None
    assert (ended.line.outcome, ended.line.last_seen.phase) == ("stopped", phase)
    assert reading.current(office.var) == before
    assert not office.var.begun.exists()
    assert office.night().outcome == "published", "the next start makes up for it"
    assert verified(office.var, None).findings == ()


@pytest.mark.slow
@pytest.mark.parametrize("step", ["switched", "noted"])
@pytest.mark.attack("SIGTERM once readers are switched · the publication is finished, line and all")
def test_who_stops_too_late_gets_the_whole_publication(office: NightlyOffice, step: str) -> None:
    before = reading.current(office.var)
    ended = night_that_meets(office, signal.SIGTERM, step, seconds=2)
    assert ended.code == 0
    assert "Stopped" not in ended.said
    assert ended.line is not None and ended.line.outcome == "published"
    assert reading.current(office.var) != before
    assert verified(office.var, None).findings == ()


@pytest.mark.slow
@pytest.mark.parametrize(("step", "phase"), PHASES)
@pytest.mark.attack("kill -9 at any phase · the next start writes the line, with the phase it died in")
def test_a_refresh_that_was_killed_is_on_the_ledger_after_the_next_start(
    office: NightlyOffice, step: str, phase: str
) -> None:
    ended = night_that_meets(office, signal.SIGKILL, step)
    assert (ended.code, ended.line) == (-signal.SIGKILL, None)
    assert office.night().outcome == "published"
    died = ledger.read(office.var)[1]
    assert died.last_seen is not None
    assert (died.outcome, died.last_seen.phase) == ("died", phase)
    assert [line.outcome for line in ledger.read(office.var)] == ["published", "died", "published"]
    assert not office.var.begun.exists()
    assert verified(office.var, None).findings == ()


@pytest.mark.slow
@pytest.mark.attack("kill -9 between the switch of readers and its line · both are told at the next start")
def test_one_killed_after_the_switch_died_and_its_release_is_recovered(office: NightlyOffice) -> None:
    assert night_that_meets(office, signal.SIGKILL, "switched").line is None
    assert office.night().outcome == "unchanged"
    assert [line.outcome for line in ledger.read(office.var)] == ["published", "died", "recovered", "unchanged"]
    assert verified(office.var, None).findings == ()


@pytest.mark.slow
def test_one_killed_after_its_line_has_that_line_alone(office: NightlyOffice) -> None:
    line = night_that_meets(office, signal.SIGKILL, "noted").line
    assert line is not None and line.outcome == "published"
    assert start_mark.read(office.var) is None
    assert office.night().outcome == "unchanged"


TOLD_TO_ANOTHER_THREAD = """
import signal, sys, threading, time
from refresh.stopping import Door, stoppable

def work():
    time.sleep(0.5)  # the main thread waits by now
    signal.pthread_kill(threading.get_ident(), int(sys.argv[1]))
    time.sleep(30)
    return 0

sys.exit(stoppable(work, Door(), lambda _stopped: None))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_heard_whichever_thread_the_system_gives_it_to(number: signal.Signals) -> None:
    begun = time.monotonic()
    command = [sys.executable, "-c", TOLD_TO_ANOTHER_THREAD, str(int(number))]
    assert subprocess.run(command, cwd=HERE.parents[1], check=False).returncode == 128 + number
    assert time.monotonic() - begun < AT_MOST


def full_disk() -> bool:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("note_stop", "came_to"),
    [
        pytest.param(None, Stopped(has_begun=False), id="nothing had begun"),
        pytest.param(lambda: True, Stopped(), id="a line"),
        pytest.param(full_disk, Stopped(has_line=False), id="no room for a line"),
        pytest.param(lambda: False, None, id="over already"),
    ],
)
def test_what_stopping_comes_to(note_stop: Callable[[], bool] | None, came_to: Stopped | None) -> None:
    assert Door(note_stop).shut() == came_to


def test_a_door_that_is_held_opens_with_the_line_and_who_stops_then_is_too_late() -> None:
    door, came_to = Door(lambda: True), []
    door.hold()
    stopping = Thread(target=lambda: came_to.append(door.shut()), daemon=True)
    stopping.start()
    stopping.join(0.2)
    assert stopping.is_alive(), "it waits for the line"
    door.let_go()
    stopping.join(10)
    assert came_to == [None]
    with door.passing():
        pass


@pytest.mark.parametrize(
    ("stopped", "sentence"),
    [
        (Stopped(has_begun=False), "Stopped: nothing had begun.\n"),
        (Stopped(), "Stopped: nothing was published, the ledger says so.\n"),
        (
            Stopped(has_line=False),
            "Stopped: nothing was published; the ledger could not be written, the next start makes up for it.\n",
        ),
    ],
)
def test_stopping_is_told_in_one_sentence(
    stopped: Stopped, sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "C")
    tell_stopped(stopped)
    assert capsys.readouterr().err == sentence
