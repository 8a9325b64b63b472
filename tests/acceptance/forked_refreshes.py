"""Refreshes of one city that can be killed like any other, begun by a process that has imported all they need.

Run as a program with programme id, var root, place of the deliveries and programme. For every line it reads it forks a
process of its own for one refresh, and answers with its exit code: 0 where it was published or nothing was new. Where the
line names seconds, the refresh is killed (SIGKILL) after them, if it has not ended by then.
"""

import os
import signal
import sys
import time
from pathlib import Path

import dbt.adapters.duckdb.connections
import dbt.cli.main
import great_expectations
from refreshed_city import City

import orchestration.definitions
from release.layout import VarFolder

IMPORTED = (dbt, great_expectations, orchestration)  # a refresh would import them when it first needs them


def main(programme_id: str, root: str, place: str, programme: str) -> None:
    """Refresh once per line of the standard input."""
    city = City(VarFolder(programme_id, Path(root)), Path(place), programme)
    for line in sys.stdin:
        if not (child := os.fork()):
            os._exit(0 if city.refresh().outcome in ("published", "unchanged") else 1)
        if moment := line.strip():
            time.sleep(float(moment))
            os.kill(child, signal.SIGKILL)  # nobody waited for it yet, so it is this one, alive or dead
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
