"""A command that writes the ledger, killed with kill -9 at the moment it would: the next start or `status` says so, once."""

import pytest

from ingest.archive import Archive
from ingest.connectors import AvailableFile
from release import ledger, reading, retention, start_mark
from release.lock import refresh_lock

WHY = ("--because", "b", "--by", "N")
NAME = "Hiltrud Ahornblatt"
# Kills its own process before or after the line of a command, or where it removes what the line says is removed.
KILLING = """
import os, signal, sys
from pathlib import Path
from release import ledger
from cli.main import main

when, append, unlink = sys.argv.pop(1), ledger.append, Path.unlink

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def appended(var, outcome, **more):
    if when == "before" and outcome != "command_died":
        die()
    line = append(var, outcome, **more)
    if when == "after":
        die()
    return line

def unlinked(path, missing_ok=False):
    if when == "removing" and "archive" in path.parts:
        die()
    unlink(path, missing_ok)

ledger.append, Path.unlink = appended, unlinked
main(sys.argv[1:])
"""


@pytest.fixture
def held(office) -> str:
    """A delivery that waits for a person and names somebody."""
    file = AvailableFile("a.csv", "a.csv", "text/csv", f"1;{NAME}\n".encode)
    night = ledger.read(office.var)[-1].at
    receipt = Archive(office.var.archive).receive(file, "register", "internal", night, is_synthetic=True)
    waits = {"register__t": {receipt.delivery_id: ["check"]}}
    ledger.append(office.var, "refused", at=night, release_id=office.new, held=waits)
    return receipt.delivery_id


def commands(office, delivery_id: str) -> dict[str, tuple[str, ...]]:
    """Phase of a command → how it is called."""
    return {
        "rollback": ("rollback", office.old),
        "pin": ("pin", office.old, *WHY),
        "unpin": ("unpin", office.new, *WHY),
        "withdraw": ("withdraw", delivery_id[:12], *WHY),
        "accept": ("accept", delivery_id[:12], *WHY),
        "reject": ("reject", delivery_id[:12], *WHY),
        "forget": ("forget", NAME, *WHY, "--yes"),
    }


@pytest.mark.attack("kill -9 of a command that writes the ledger · the next start or status says so, with the command")
@pytest.mark.parametrize("command", [*start_mark.COMMANDS])
def test_a_killed_command_is_on_the_ledger(command: str, office, held: str, run) -> None:
    retention.pin(office.var, ledger.Pin(office.new, "b"), ledger.read(office.var)[-1].at)
    asked = commands(office, held)[command]
    known = len(ledger.read(office.var))
    assert run("before", *asked, python=("-c", KILLING)).returncode == -9
    assert len(ledger.read(office.var)) == known
    told, again = run("status"), run("status", "--lang", "de")
    assert (told.returncode, again.returncode) == (2, 2)
    assert f"The command 'nordwaerts {command}' that began on" in told.stdout and "ended without a word" in told.stdout
    assert f"Der Befehl „nordwaerts {command}“, der am" in again.stdout
    line = ledger.read(office.var)[-1]
    assert (line.outcome, line.last_seen.phase, line.sequence) == ("command_died", command, known + 1)
    assert run(*asked).returncode == 0, "what it was to do can be done now"
    assert not office.var.begun.exists()
    assert "ended without a word" not in run("status").stdout


def test_a_command_killed_after_its_line_came_to_its_end(office, held: str, run) -> None:
    assert run("after", "pin", office.old, *WHY, python=("-c", KILLING)).returncode == -9
    known = len(ledger.read(office.var))
    assert office.old in retention.pins(office.var)
    assert "ended without a word" not in run("status").stdout
    assert run("unpin", office.old, *WHY).returncode == 0
    assert (len(ledger.read(office.var)), office.var.begun.exists()) == (known + 1, False)


def test_a_killed_rollback_is_told_with_what_readers_see(office, run) -> None:
    assert run("before", "rollback", office.old, python=("-c", KILLING)).returncode == -9
    assert reading.current_id(office.var) == office.old
    assert run("pin", office.old, *WHY).returncode == 0
    assert run("rollback", office.new).returncode == 0
    outcomes = [line.outcome for line in ledger.read(office.var)]
    assert outcomes[-4:] == ["command_died", "pinned", "recovered", "rolled_back"]


@pytest.mark.attack("kill -9 of forget between its line and the removal · told with what is to be done")
def test_forget_killed_while_it_removes(office, held: str, run) -> None:
    stored = next((office.var.archive / "objects").iterdir())
    assert run("removing", "forget", NAME, *WHY, "--yes", python=("-c", KILLING)).returncode == -9
    assert ledger.read(office.var)[-1].outcome == "forgotten" and stored.exists()
    told = run("status")
    assert (told.returncode, "'nordwaerts forget' that began on" in told.stdout) == (2, True)
    assert run("forget", NAME, *WHY, "--yes").returncode == 0
    assert not stored.exists()


def test_a_death_of_a_refresh_is_told_before_a_command_takes_its_mark(office, run) -> None:
    night = ledger.read(office.var)[-1].at
    start_mark.begin(office.var, "1b2ca3a5-9a1c-4b7e-8a2f-0d6f3c9d7e11", night, night.date(), is_synthetic=True)
    assert run("pin", office.old, *WHY).returncode == 0
    assert [line.outcome for line in ledger.read(office.var)][-2:] == ["died", "pinned"]


def test_a_command_that_refuses_leaves_no_mark(office, run) -> None:
    known = len(ledger.read(office.var))
    assert run("unpin", office.old, *WHY).returncode == 1
    assert (len(ledger.read(office.var)), office.var.begun.exists()) == (known, False)


def test_a_command_at_work_is_told_as_such(office, run) -> None:
    with refresh_lock(office.var), start_mark.at_work(office.var, "rollback", ledger.read(office.var)[-1].at):
        told = run("status").stdout
    assert "'nordwaerts rollback' is running since" in told
