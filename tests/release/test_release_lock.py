"""One writer at a time, and no lock that outlives its process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from release.layout import VarFolder
from release.lock import RefreshRunning, refresh_lock

HOLD = """
import sys, time
from pathlib import Path
from release.layout import VarFolder
from release.lock import refresh_lock
with refresh_lock(VarFolder("nordwaerts", Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_holder_is_told_who_holds_it(tmp_path: Path) -> None:
    var = VarFolder("nordwaerts", tmp_path)
    with refresh_lock(var):
        with pytest.raises(RefreshRunning, match=rf"process {os.getpid()}\)") as running, refresh_lock(var):
            pass
        assert "läuft schon" in running.value.reason.de
        with refresh_lock(VarFolder("essen", tmp_path)):
            pass
    with refresh_lock(var):
        assert var.lock.read_text() == f"{os.getpid()}\n"
    assert var.lock.read_text() == ""


def test_an_error_inside_releases_it(tmp_path: Path) -> None:
    var = VarFolder("nordwaerts", tmp_path)
    with pytest.raises(ZeroDivisionError), refresh_lock(var):
        raise ZeroDivisionError
    with refresh_lock(var):
        pass


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    var = VarFolder("nordwaerts", tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(RefreshRunning, match=f"process {holder.pid}"), refresh_lock(var):
            pass
        holder.kill()
        holder.wait()
    with refresh_lock(var):
        pass
