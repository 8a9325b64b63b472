"""A maker of a site that is killed leaves no process behind that writes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

MAKER = """
import sys, time
from pathlib import Path
from report.downloads import Derived, deriving
if __name__ == "__main__":
    site = Path(sys.argv[1])
    with deriving(site, None) as derive:
        derive([Derived("figures", "one", "png")])
        while not (site / "figures" / "one.png").exists():
            time.sleep(0.1)
        print("made", flush=True)
        time.sleep(120)
"""


def _children(process_id: int) -> list[int]:
    told = Path(f"/proc/{process_id}/task/{process_id}/children").read_text(encoding="ascii")
    return [int(one) for one in told.split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the system does not tell of child processes")
def test_processes_of_a_killed_maker_end(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "one.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    script = tmp_path / "maker.py"
    script.write_text(MAKER, encoding="utf-8")
    with subprocess.Popen([sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, text=True) as maker:
        try:
            assert maker.stdout and maker.stdout.readline() == "made\n"
            left = _children(maker.pid)
        finally:
            maker.send_signal(signal.SIGKILL)
    assert left
    waited_until = time.monotonic() + 20
    while left and time.monotonic() < waited_until:
        time.sleep(0.2)
        left = [one for one in left if Path(f"/proc/{one}").exists()]
    for one in left:
        os.kill(one, signal.SIGKILL)
    assert left == []
