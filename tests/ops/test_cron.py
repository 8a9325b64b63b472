"""The lines for cron: silent where nothing is to be done, else a mail in German; the channels are told after the refresh."""

import datetime as dt
import re
import subprocess

import pytest
from machine import OPS, Machine

from release import ledger
from release.layout import VarFolder

TEXT = (OPS / "cron.example").read_text(encoding="utf-8")
LINES = re.findall(r"^\S+ \S+ \S+ \S+ \S+ +(\w+) +(.+)$", re.sub(r"^#.*$", "", TEXT, flags=re.M), flags=re.M)


def mail(machine: Machine, word: str, by: str = "06:00") -> str:
    """What cron would mail of the line that holds a word, run as cron runs it: by sh, with the file's variables alone.

    A test runs at any hour: `by` is put in place of the one at which a night must be over.
    """
    [command] = [command for user, command in LINES if word in command and user == "nordwaerts"]
    variables = dict(re.findall(r"^(\w+)=(.*)$", machine.placed(TEXT), flags=re.M))
    own = {"PATH": "/usr/bin:/bin", "PYTHONPATH": machine.environment()["PYTHONPATH"], "TZ": "UTC"}
    done = subprocess.run(
        ["/bin/sh", "-c", machine.placed(command.replace("--by 06:00", f"--by {by}"))],
        cwd=machine.root,
        env={**variables, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def stand_in(machine: Machine, code: int) -> None:
    """Put a command in the place of `nordwaerts` that says a line in the language asked for and ends with a code."""
    venv = machine.root / "opt/nordwaerts/.venv"
    venv.unlink()
    (venv / "bin").mkdir(parents=True)
    command = venv / "bin" / "nordwaerts"
    command.write_text(f'#!/bin/sh\necho "$LANG $1"\necho "umask $(umask)" >&2\nexit {code}\n')
    command.chmod(0o755)


def test_there_are_two_lines_and_no_per_cent_sign_cron_would_cut_at() -> None:
    assert [command.split()[-1] for _, command in LINES] == ["done", "--notify"]
    assert not any("%" in command for _, command in LINES)
    assert "MAILTO=" in TEXT


@pytest.mark.parametrize("code", [1, 2, 3, 4])
def test_a_night_with_something_to_do_is_mailed_in_german(machine: Machine, code: int) -> None:
    stand_in(machine, code)
    told = "de_DE.UTF-8 {}\numask 0077\n"
    assert mail(machine, "refresh") == told.format("refresh") + told.format("notify")


def test_a_good_night_is_not_mailed(machine: Machine) -> None:
    stand_in(machine, 0)
    assert mail(machine, "refresh") == ""


def test_a_refresh_that_cannot_work_is_mailed_in_german(machine: Machine) -> None:
    var = VarFolder("nordwaerts", machine.root / "var/lib/nordwaerts/var").create()
    var.ledger.write_text("half a line")
    assert "ledger.jsonl, Zeile 1: Die Zeile ist abgeschnitten." in mail(machine, "refresh")


def test_the_watchdog_is_mailed_where_no_refresh_ended(machine: Machine) -> None:
    assert "hat keine Aktualisierung von „nordwaerts“ geendet" in mail(machine, "watchdog", by="00:00")
    var = VarFolder("nordwaerts", machine.root / "var/lib/nordwaerts/var").create()
    ledger.append(var, "unchanged", at=dt.datetime.now(dt.UTC))
    assert mail(machine, "watchdog", by="00:00") == ""
