"""Copies of the published sample release to alter, and a second computation of its figures.

The release itself is `published` of tests/conftest.py; what is computed from it is computed once for a run of tests.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from deliveries import drop_one_meeting, one_bad_volunteer_row, without_last_volunteer_row
from once import computed_once
from recomputed_gaps import Gaps
from recomputed_values import Recomputed
from refreshed_city import City
from refreshing import SAMPLE, parsed

from release import ledger, store
from release.layout import VarFolder


@pytest.fixture(scope="session")
def recomputed(published: Path) -> Recomputed:
    """All indicator values of that refresh, computed a second time without the models."""
    found: Recomputed = computed_once("recomputed", lambda: Recomputed(VarFolder("nordwaerts", published).landed))
    return found


@pytest.fixture(scope="session")
def gaps(recomputed: Recomputed) -> Gaps:
    """Gap, family, dispersion and decomposition on those values."""
    found: Gaps = computed_once("gaps", lambda: Gaps(recomputed))
    return found


@pytest.fixture
def city(published: Path, tmp_path: Path) -> City:
    """A copy of the published state, and a copy of the sample deliveries to alter."""
    return City.copied(published, tmp_path)


@pytest.fixture(scope="session")
def night_of_volunteers(published: Path) -> City:
    """The city after a delivery with one bad row and one that replaces an earlier one."""

    def night(city: City) -> None:
        one_bad_volunteer_row(city.place)
        without_last_volunteer_row(city.place)
        assert city.refresh().outcome == "published"

    return City.made_once("night_of_volunteers", published, night)


_READER = """
import duckdb, sys

def tell(connection):
    print(connection.execute("select count(*) from fct_participation_event").fetchall()[0][0], flush=True)

connection = duckdb.connect(sys.argv[1], read_only=True)
tell(connection)
sys.stdin.readline()
tell(connection)
connection.close()
tell(duckdb.connect(sys.argv[1], read_only=True))
"""


@pytest.fixture(scope="session")
def night_of_a_reader(published: Path) -> City:
    """The city after a delivery with one meeting less, published while a process held monitoring.duckdb open.

    `reader_saw.json` beside its var folder: how many events that reader saw before, still, and when it reopened.
    """

    def night(city: City) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", _READER, str(city.var.current / "monitoring.duckdb")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as reader:
            assert reader.stdin is not None and reader.stdout is not None
            saw = [int(reader.stdout.readline())]
            drop_one_meeting(city.place)
            assert city.refresh().outcome == "published"
            reader.stdin.write("\n")
            reader.stdin.close()
            saw += map(int, reader.stdout)
            assert reader.wait(timeout=60) == 0
        city.var.root.with_name("reader_saw.json").write_text(json.dumps(saw), encoding="utf-8")

    return City.made_once("night_of_a_reader", published, night)


@pytest.fixture(scope="session")
def night_after_a_rollback(published: Path, night_of_a_reader: City) -> City:
    """That city rolled back, its meeting delivered again, and then a file of a source that keeps its last good one broken."""

    def night(city: City) -> None:
        good = ledger.read(VarFolder("nordwaerts", published))[-1].release_id
        store.rollback(city.var, str(good), ledger.read(city.var)[-1].at)
        assert city.refresh().outcome == "unchanged"
        (city.place / "ehrenamt" / "ehrenamt_2024.csv").write_bytes(b"traeger_id;unbekannt\n1;2\n")
        assert city.refresh().outcome == "published"

    return City.made_once("night_after_a_rollback", night_of_a_reader.var.root, night)


@pytest.fixture
def empty_city(tmp_path: Path) -> City:
    """A city that never published, with its own copy of the sample deliveries."""
    shutil.copytree(SAMPLE, tmp_path / "deliveries")
    return City(parsed(VarFolder("nordwaerts", tmp_path / "var")), tmp_path / "deliveries")
