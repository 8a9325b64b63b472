"""Reading every mart of the current release whole, as readers do, and the same bytes as plain Parquet files, in turns.

    python -m benchmarks.reading VAR PROGRAMME RESULT

In one process, so that imports hit neither. Parquet of the release: `current` is resolved once, files are those its manifest
names. Database: the tables of its `monitoring.duckdb`, opened anew. Plain: copies of the same files in a folder. Seconds are the
medians of the turns.
"""

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from release import reading
from release.layout import VarFolder

TURNS = 5


def measured(var: VarFolder) -> dict[str, float]:
    """Seconds of `release`, `database` and `plain`."""
    with tempfile.TemporaryDirectory() as folder:
        release = reading.current(var)
        if release is None:
            raise FileNotFoundError("no release")
        shutil.copytree(release.folder / "internal", Path(folder) / "plain")
        plain = sorted((Path(folder) / "plain").glob("*.parquet"))
        ways: dict[str, Callable[[], int]] = {
            "release": lambda: _of_release(var),
            "database": lambda: _of_database(var),
            "plain": lambda: sum(_parquet(path) for path in plain),
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        rows = {name: way() for name, way in ways.items()}  # once before, so that all find their bytes in memory
        if len(set(rows.values())) != 1:
            raise ValueError(f"not the same rows: {rows}")
        for _ in range(TURNS):
            for name, way in ways.items():
                begun = time.perf_counter()
                way()
                seconds[name].append(time.perf_counter() - begun)
    return {name: statistics.median(found) for name, found in seconds.items()}


def _of_release(var: VarFolder) -> int:
    release = reading.current(var)
    return sum(_parquet(release.mart_path(mart)) for mart in release.manifest.tables) if release else 0


def _of_database(var: VarFolder) -> int:
    release = reading.current(var)
    if release is None:
        return 0
    with duckdb.connect(str(release.database), read_only=True) as connection:
        return sum(connection.execute(f"from {mart}").to_arrow_table().num_rows for mart in release.manifest.tables)


def _parquet(path: Path) -> int:
    with duckdb.connect() as connection:
        return int(connection.read_parquet(str(path)).to_arrow_table().num_rows)


if __name__ == "__main__":
    root, programme, result = sys.argv[1:4]
    Path(result).write_text(json.dumps(measured(VarFolder(programme, Path(root)))), encoding="utf-8")
