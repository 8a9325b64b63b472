"""kill -9 at random moments of a refresh, then a refresh: published, ledger whole, readers never torn.

Three kills of a tiny city in `make test`, ten of nordwärts in `make trial-kill`. The moments are spread over the length of a refresh
and drawn with a fixed seed; the signal goes to the process group of the command and to nothing else.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
import refreshing
from refreshed_city import TINY_CITY, City

from release import ledger, reading


@pytest.fixture
def city(request: pytest.FixtureRequest, tmp_path: Path) -> City:
    """The tiny city; nordwärts where `--kills` says how often."""
    if request.config.getoption("--kills") is None:
        return City.tiny(tmp_path)
    return City.copied(request.getfixturevalue("published"), tmp_path)


def _start(city: City) -> "subprocess.Popen[bytes]":
    code = (
        "import sys; from pathlib import Path\n"
        "from refreshed_city import City\n"
        "from release.layout import VarFolder\n"
        "programme_id, root, place, programme = sys.argv[1:]\n"
        "done = City(VarFolder(programme_id, Path(root)), Path(place), programme).refresh()\n"
        "sys.exit(0 if done.outcome in ('published', 'unchanged') else 1)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, city.var.programme_id, city.var.root, city.place, city.programme],
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(refreshing.__file__).parent), *sys.path])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


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
def test_killed_refreshes_leave_readers_and_ledger_whole(city: City, request: pytest.FixtureRequest) -> None:
    random_moments = random.Random(20151210)
    begun = time.monotonic()
    _deliver_something_new(city)
    assert _start(city).wait(timeout=300) == 0
    whole = time.monotonic() - begun
    kills = request.config.getoption("--kills") or 3
    for number in range(1, kills + 1):
        _deliver_something_new(city)
        process = _start(city)
        # One moment in each equal part of the time, the last ones late: around export and release.
        time.sleep(whole * (number - 1 + random_moments.random()) / kills)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        _assert_readers_see_a_whole_release(city)
        assert ledger.verify_chain(city.var) >= 1
    assert _start(city).wait(timeout=300) == 0
    entries = ledger.read(city.var)
    assert entries[-1].outcome in ("published", "unchanged")
    assert entries[-1].release_id == city.var.current.readlink().name
    _assert_readers_see_a_whole_release(city)
    leftovers = [p.name for p in city.var.folder.rglob("*partial*") if city.var.build not in p.parents]
    assert not leftovers
