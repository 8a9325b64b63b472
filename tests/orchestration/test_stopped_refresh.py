"""A real refresh that is stopped while Dagster and dbt are at work ends in seconds, and no process of it is left."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from release import ledger, reading, start_mark
from release.layout import VarFolder

ROOT = Path(__file__).resolve().parents[2]
PATIENCE, AT_MOST = 500, 15  # seconds until a phase begins on a busy machine, and from the signal to the end


def children_of(marker: str) -> list[str]:
    """What is at work with this text among its environment, by command."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # gone meanwhile, or somebody else's
            continue
    return found


def wait_for(what: str, var: VarFolder, process: subprocess.Popen[str]) -> None:
    """Until a refresh has reached a phase."""
    until = time.monotonic() + PATIENCE
    while not ((mark := start_mark.read(var)) and mark.seen.phase == what):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until, f"never reached {what}"
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize(("phase", "number"), [("definitions", signal.SIGINT), ("dbt_build", signal.SIGTERM)])
@pytest.mark.attack("Ctrl-C or SIGTERM while Dagster or dbt is at work · ends in seconds, no process of it is left")
def test_no_process_is_left_and_nothing_is_published(phase: str, number: signal.Signals, tmp_path: Path) -> None:
    city = shutil.copytree(ROOT / "tests" / "recipes" / "tiny_city", tmp_path / "kleinstadt")
    var = VarFolder("kleinstadt", tmp_path / "var")
    command = [sys.executable, "-m", "cli.main", "refresh", "--sample", "--programme", str(city), "--lang", "de"]
    environment = {**os.environ, "NORDWAERTS_VAR": str(var.root), "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        wait_for(phase, var, process)
        time.sleep(1)  # into the phase
        asked = time.monotonic()
        process.send_signal(number)
        said = process.communicate(timeout=PATIENCE)
        took = time.monotonic() - asked
    assert process.returncode == 128 + number
    assert said[1] == "Gestoppt: veröffentlicht ist nichts, das Ledger sagt es.\n"
    assert took < AT_MOST
    until = time.monotonic() + 5
    while (left := children_of(f"NORDWAERTS_VAR={var.root}")) and time.monotonic() < until:
        time.sleep(0.1)  # dbt's resource tracker ends when it notices that nobody is left to track for
    assert left == []
    [line] = ledger.read(var)
    assert line.last_seen is not None
    assert (line.outcome, line.last_seen.phase) == ("stopped", phase)
    assert reading.current(var) is None
    assert not var.begun.exists()
