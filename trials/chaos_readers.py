"""Readers of the trial of chaos: they look a release up once, as the guides say, and hold every table against the others.

The deliveries of a publication carry its number (trials/chaos_office.py), so each table of a release tells from which one it
is. Here: reading that number from every table of a release, from Parquet and from its database, and readers that do
so in a loop until they are told to stop. A read fails if it raises; it is mixed if two tables, the manifest or its
hashes disagree.
"""

import hashlib
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from release import reading
from release.layout import VarFolder
from release.reading import CHECKS, Release

Pause = Callable[[], None]
# So many that the gate takes no publication after a rollback to an early one for a jump: it holds what grew by half.
FIRST_POPULATION, FIRST_PLACES = 2000, 100_000


class MixedRead(Exception):
    """What was opened as one release holds figures or bytes of another."""


@dataclass
class Told:
    """What one reader, or all of them, met; a read that saw the link move meanwhile is counted as `spanning`."""

    parquet: int = 0
    database: int = 0
    spanning: int = 0
    failed: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)


def looked_up(var: VarFolder) -> Release:
    """The release readers see, looked up once."""
    release = reading.current(var)
    assert release is not None, "readers begin after the first publication"
    return release


def figure_of(mart: str, table: pa.Table) -> int:
    """The number of the publication a table is from, by a figure in it."""
    rows: list[dict[str, Any]] = table.to_pylist()
    if mart == "fct_delivery":
        return max(int(row["file_name"].partition(".")[0]) for row in rows)
    if mart == "fct_vereine__plaetze":
        return min(int(row["value"]) for row in rows) - FIRST_PLACES
    [population] = [
        row["value"]
        for row in rows
        if (row["area_id"], str(row["period"]), row["measure_id"]) == ("viertel-01", "2020", "population")
    ]
    return int(population) - FIRST_POPULATION


def parquet_figure(release: Release, pause: Pause) -> int:
    """The number of the publication a release is from, by its Parquet; raises MixedRead."""
    found = {}
    for mart, entry in release.manifest.tables.items():
        content = release.mart_path(mart).read_bytes()
        _agree({mart: hashlib.sha256(content).hexdigest(), "its hash in the manifest": entry.sha256})
        found[mart] = figure_of(mart, pq.read_table(pa.BufferReader(content), use_threads=False))
        pause()
    checks = hashlib.sha256((release.folder / CHECKS).read_bytes()).hexdigest()
    _agree({CHECKS: checks, "its hash in the manifest": release.manifest.checks_sha256})
    return int(_agree(found))


def database_figure(release: Release, pause: Pause) -> int:
    """The number of the publication a release is from, by its database, opened once; raises MixedRead."""
    found = {}
    with duckdb.connect(str(release.database), read_only=True, config={"threads": "1"}) as connection:
        for mart, entry in release.manifest.tables.items():
            table = connection.execute(f"select * from {mart}").to_arrow_table()
            _agree({f"rows of {mart}": table.num_rows, "rows by the manifest": entry.row_count})
            found[mart] = figure_of(mart, table)
            pause()
        said = connection.execute("select release_id, inputs_sha256 from release").fetchall()
    _agree({"database": said, "manifest": [(release.release_id, release.inputs_sha256)]})
    return int(_agree(found))


def read_on(var: VarFolder, seed: str, stop: Path) -> Told:
    """Read in a loop until the file `stop` is there or the trial is gone; what was met."""
    os.nice(5)  # many readers on two cores must not keep refreshes waiting
    told, chance, trial = Told(), random.Random(seed), os.getppid()
    while not stop.exists() and os.getppid() == trial:
        # One read in eight is slow: it holds what it opened over several publications.
        longest = chance.choice((0.0, 0.0, 0.0, 0.05, 0.05, 0.2, 0.2, 1.5))
        is_database = chance.random() < 0.5

        def pause(most: float = longest) -> None:
            time.sleep(0 if stop.exists() else chance.uniform(0, most))

        _read(var, told, is_database, pause)
        time.sleep(chance.uniform(0.2, 2))
    return told


def _read(var: VarFolder, told: Told, is_database: bool, pause: Pause) -> None:
    way = "database" if is_database else "parquet"
    seen = "nothing"
    try:
        release = looked_up(var)
        seen = release.release_id
        (database_figure if is_database else parquet_figure)(release, pause)
        told.spanning += var.current.readlink().name != seen
    except MixedRead as mixed:
        told.mixed.append(f"{way} of {seen}: {mixed}")
    except Exception as error:  # whatever a reader meets is counted, none ends the loop
        told.failed.append(f"{way} of {seen}: {type(error).__name__}: {error}"[:300])
    setattr(told, way, getattr(told, way) + 1)


def _agree(found: dict[str, Any]) -> Any:
    """What all of them say; raises MixedRead."""
    first, *others = found.values()
    if any(other != first for other in others):
        raise MixedRead(", ".join(f"{name} says {value}" for name, value in found.items()))
    return first
