"""One contender once: a whole fresh process, its wall and CPU seconds and its peak memory.

CPU seconds include every process the contender started and waited for; peak memory is that of the largest
single one among them. A contender that fails stops the benchmark with the end of what it wrote; one that is given a
ceiling is also looked at twice a second with all its processes together: beyond the ceiling it is ended, and what it wrote last is kept.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What would make a process slower or change its output without being part of any contender.
_DROPPED = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPATH", "DAGSTER_HOME", "DBT_TARGET_PATH")


class ContenderFailed(Exception):
    """A contender ended with another exit code than 0; the message is the end of its output."""


@dataclass(frozen=True)
class Measured:
    """One run: seconds on the clock, seconds of CPU, MiB of the largest process; where it had a ceiling also the last line if
    it was ended, and MiB of all its processes together.
    """

    wall: float
    cpu: float
    peak_mib: float
    ended_at: str | None = None
    together_mib: float = 0.0


@dataclass(frozen=True)
class Spread:
    """Several runs of one quantity: median, least and greatest."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of at least one value."""
        return cls(statistics.median(values), min(values), max(values))

    def text(self, digits: int = 2) -> str:
        """Median with range, such as `1.20 (1.15–1.31)`."""
        return f"{self.median:.{digits}f} ({self.least:.{digits}f}–{self.greatest:.{digits}f})"


def measure(
    arguments: Sequence[str],
    log: Path,
    environment: Mapping[str, str],
    ceiling_mib: float | None = None,
    root: Path = ROOT,
) -> Measured:
    """Run this Python with the arguments in a fresh process; raises ContenderFailed with the end of its log.

    If it and those it began hold more than `ceiling_mib` together, it is killed and told as ended, not as failed. `root`
    is the folder whose packages run.
    """
    with log.open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(environment, root),
            cwd=root,
        )
        together = 0.0 if ceiling_mib is None else _watched(process.pid, ceiling_mib)
        is_ended = ceiling_mib is not None and together > ceiling_mib
        if is_ended:
            process.kill()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    written = log.read_text(encoding="utf-8", errors="replace")
    if process.returncode != 0 and not is_ended:
        raise ContenderFailed(f"{' '.join(arguments)} ended with {process.returncode}:\n{written[-2000:]}")
    last = (written.strip().splitlines() or [""])[-1].strip() if is_ended else None
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, last, together)


def _watched(pid: int, ceiling_mib: float) -> float:
    """Watch a process until it ends or all of its processes hold more than the ceiling; the most they held, in MiB. It stays to be waited for."""
    most = 0.0
    while most <= ceiling_mib and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        most = max(most, sum(map(_held_mib, _with_descendants(pid))))
        time.sleep(0.5)
    return most


def _with_descendants(pid: int) -> list[int]:
    found = [pid]
    for each in found:  # grows while it is walked through
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, children.read_text(encoding="ascii").split())
    return found


def _held_mib(pid: int) -> float:
    """What a process holds; of what it shares with others its part. 0 if it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _environment(own: Mapping[str, str], root: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in _DROPPED and not k.startswith("NORDWAERTS_")}
    tools = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    silent = {"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "GX_ANALYTICS_ENABLED": "false"}
    return {**kept, **silent, "PATH": tools, "PYTHONPATH": str(root), "LANG": "en_GB.UTF-8", **own}
