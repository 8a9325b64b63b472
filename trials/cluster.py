"""A worker of a Spark cluster killed in mid build, three times: the build ends, and every published table is equal.

The cluster is that of ops/spark-cluster.sh, a master and two workers on this machine. The tiny city is refreshed on DuckDB,
then on a fresh cluster as often as asked; once a number of tables is there, another one each time, a worker and its
executors are killed with signal 9. Writes its section of docs/trials.md. Exit code 1 if a refresh fails or a cell differs.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from benchmarks.measuring import ContenderFailed
from trials.document import REPORT, ROOT, replaced
from trials.engines import Refreshed, compared, refreshed

HEADING = "## A worker killed in mid build (`make trial-cluster`)"
CITY = ROOT / "tests" / "recipes" / "tiny_city"
SCRIPT = ROOT / "ops" / "spark-cluster.sh"
KILLED_AT = (20, 60, 100)  # tables there


@contextmanager
def cluster(folder: Path, port: int) -> Iterator[str]:
    """A cluster for a with block; what `spark.master` has to be."""
    own = {**os.environ, "PYTHON": sys.executable}
    try:
        started = subprocess.run(
            [SCRIPT, "start", folder, str(port)], env=own, stdout=subprocess.PIPE, text=True, check=True
        )
        yield started.stdout.strip()
    finally:
        subprocess.run([SCRIPT, "stop", folder], check=True)


class Killer(Thread):
    """Kills a worker once so many tables are there; `found` is how many there were, 0 if it came too late."""

    def __init__(self, worker: Path, tables: Path, at: int) -> None:
        super().__init__(daemon=True)
        self.worker, self.tables, self.at, self.found, self.is_over = worker, tables, at, 0, Event()

    def run(self) -> None:
        """Watch and kill."""
        while not self.is_over.wait(0.2):
            count = len(list(self.tables.glob("*/_SUCCESS")))
            if count >= self.at:
                os.killpg(int(self.worker.read_text(encoding="ascii")), signal.SIGKILL)
                self.found = count
                return


def killed_refresh(folder: Path, work: Path, port: int, at: int) -> tuple[Refreshed, int]:
    """A refresh on a fresh cluster that loses a worker, and how many tables were there by then."""
    work.mkdir()
    warehouse = work / "warehouse"
    with cluster(work / "cluster", port) as master:
        killer = Killer(work / "cluster" / "worker-1.pid", warehouse / "main.db", at)
        killer.start()
        settings = {"NORDWAERTS_SPARK_MASTER": master, "NORDWAERTS_SPARK_WAREHOUSE": str(warehouse)}
        try:
            done = refreshed(folder, "spark", work, settings)
        finally:
            killer.is_over.set()
            killer.join()
    return done, killer.found


def main() -> int:
    """Refresh, kill, compare, write; the exit code."""
    parser = argparse.ArgumentParser(description="Kill a worker in mid build and see that nothing differs.")
    parser.add_argument("--port", type=int, default=17077)
    parser.add_argument("--date", help="day to state in the document")
    chosen = parser.parse_args()
    lines: list[str] = []
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="nordwaerts-cluster-") as place:
        work = Path(place)
        folder = work / "kleinstadt"
        shutil.copytree(CITY, folder)
        alone = refreshed(folder, "duckdb", work, {})
        for number, at in enumerate(KILLED_AT):
            begun = time.monotonic()
            try:
                done, tables = killed_refresh(folder, work / str(number), chosen.port + number, at)
            except ContenderFailed as failed:
                lines, wrong = [*lines, f"- kill {number + 1}: the refresh FAILED: {failed}"], wrong + 1
                continue
            found = compared(alone, done)
            differing = {table: each.differing for table, each in found.items() if each.differing}
            wrong += bool(differing) or not tables
            cells = sum(each.cells for each in found.values())
            what = f"{cells:,} cells compared, {differing or 'none differs'}" if tables else "the kill came TOO LATE"
            lines.append(
                f"- a worker killed with {tables} tables there: published, {what}; {time.monotonic() - begun:.0f} s"
            )
            print(lines[-1], flush=True)
    told = "\n".join(
        [
            HEADING,
            "",
            "The tiny city of the tests, refreshed on DuckDB and on a cluster of a master and two workers on this machine"
            f"{f' ({chosen.date})' if chosen.date else ''}:",
            "",
            *lines,
        ]
    )
    REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), told), encoding="utf-8")
    print(told)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
