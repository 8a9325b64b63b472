"""kill -9 at random moments of a refresh, then a refresh: published, ledger whole, readers never torn.

Two kills of a tiny city in `make test-long`, ten of nordwärts in `make trial-kill`. The moments are spread over the length of a refresh
and drawn with a fixed seed; every refresh is a process of its own, and the signal goes to it and to nothing else.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
import refreshing
from refreshed_city import TINY_CITY, City

from release import ledger, reading

FORKING = Path(__file__).with_name("forked_refreshes.py")
Refresh = Callable[..., int]


@pytest.fixture
def city(request: pytest.FixtureRequest, tmp_path: Path) -> City:
    """The tiny city; nordwärts where `--kills` says how often."""
    if request.config.getoption("--kills") is None:
        return City.tiny(tmp_path)
    return City.copied(request.getfixturevalue("published"), tmp_path)


@pytest.fixture
def refreshes(city: City) -> Iterator[Refresh]:
    """Refreshes of the city in processes of their own; each gives its exit code, -9 where it was killed."""
    with subprocess.Popen(
        [sys.executable, FORKING, city.var.programme_id, city.var.root, city.place, city.programme],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(refreshing.__file__).parent), *sys.path])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def refresh(killed_after: float | None = None) -> int:
            print("" if killed_after is None else killed_after, file=asked, flush=True)
            return int(answers.readline())

        yield refresh
        asked.close()


def _deliver_something_new(city: City) -> None:
    delivery = {TINY_CITY: "statistik/synthetisch_viertel.csv"}.get(
        Path(city.programme), "statistikportal/stadtwerte_2015-2024.jsonl"
    )
    with (city.place / delivery).open("a", encoding="utf-8") as handle:
        handle.write("\n")


def _assert_readers_see_a_whole_release(city: City) -> None:
    release = reading.current(city.var)
    assert release is not None
    with duckdb.connect(str(release.database), read_only=True) as connection:
        for mart, table in release.manifest.tables.items():
            count = connection.execute(f"select count(*) from {mart}").fetchall()[0][0]
            assert count == table.row_count, mart


@pytest.mark.slow
@pytest.mark.long
def test_killed_refreshes_leave_readers_and_ledger_whole(
    city: City, refreshes: Refresh, request: pytest.FixtureRequest
) -> None:
    random_moments = random.Random(20151210)
    _deliver_something_new(city)
    begun = time.monotonic()
    assert refreshes() == 0
    whole = time.monotonic() - begun
    kills = request.config.getoption("--kills") or 2
    codes = []
    for number in range(1, kills + 1):
        _deliver_something_new(city)
        # One moment in each equal part of the time, the last ones late: around export and release.
        codes.append(refreshes(killed_after=whole * (number - 1 + random_moments.random()) / kills))
        _assert_readers_see_a_whole_release(city)
        assert ledger.verify_chain(city.var) >= 1
    assert codes[0] == -signal.SIGKILL and set(codes) <= {-signal.SIGKILL, 0}
    assert refreshes() == 0
    entries = ledger.read(city.var)
    assert entries[-1].outcome in ("published", "unchanged")
    assert entries[-1].release_id == city.var.current.readlink().name
    _assert_readers_see_a_whole_release(city)
    leftovers = [p.name for p in city.var.folder.rglob("*partial*") if city.var.build not in p.parents]
    assert not leftovers
