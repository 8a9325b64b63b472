"""The drill: back up, destroy, restore at another path as another user, compare byte for byte, refresh.

And with a refresh at work meanwhile: a backup in the middle of a publication, and a publication in the middle of a backup.
"""

import datetime as dt
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from refreshed_city import TINY_CITY, City
from refreshing import command

from release import backup as backing_up
from release import ledger, reading, restore
from release.backup import backup
from release.layout import VarFolder

MADE_ANEW = {"staging", "landed", "rejected", "vintages", "build", "dagster", "refresh.lock", "signing"}
ANOTHER_USER = 65534
# all is imported first: the other user need not be able to read this Python
AS_ANOTHER_USER = f"""
import os, sys, encodings.ascii
import cli.main, cli.restore
os.setgroups([]); os.setgid({ANOTHER_USER}); os.setuid({ANOTHER_USER})
cli.main.main(sys.argv[1:])
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder another user can reach, which those of pytest are not."""
    folder = Path(tempfile.mkdtemp(prefix="nordwaerts-drill-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City.tiny(tmp_path)


def _save(city: City, target: Path) -> backing_up.Written:
    return backup(city.var, city.place, target, dt.datetime.now(dt.UTC))


def _tree(root: Path) -> dict[str, Any]:
    """Bytes and rights of every file below a folder, targets of links; not what is made anew."""
    found: dict[str, Any] = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = path.readlink()
        elif path.is_file() and name.split("/")[0] not in MADE_ANEW:
            found[name] = (stat.S_IMODE(path.stat().st_mode), path.read_bytes())
    return found


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_destroyed_and_restored_elsewhere_by_another_user(city: City, open_folder: Path) -> None:
    safe, home = open_folder / "safe", open_folder / "home"
    _save(city, safe)
    before, delivered = _tree(city.var.folder), _tree(city.place)
    shutil.rmtree(city.var.root)
    shutil.rmtree(city.place)
    home.mkdir()
    for path in [home, safe, *safe.rglob("*")]:
        os.chown(path, ANOTHER_USER, ANOTHER_USER)
    places = {"NORDWAERTS_VAR": str(home / "var"), "NORDWAERTS_INBOX": str(home / "inbox")}
    done = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER_USER, "restore", str(safe), "--programme", "kleinstadt"],
        env={**os.environ, **places, "LANG": "en_GB.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    restored = City(VarFolder("kleinstadt", home / "var"), home / "inbox" / "kleinstadt", TINY_CITY)
    assert {path.stat().st_uid for path in restored.var.folder.rglob("*") if path.is_file()} == {ANOTHER_USER}
    assert _tree(restored.var.folder) == before
    assert _tree(restored.place) == delivered
    seen = reading.current(restored.var)
    assert seen is not None
    for mart, table in seen.manifest.tables.items():
        assert seen.mart_path(mart).samefile(restored.var.objects / f"{table.sha256}.parquet")
    assert restored.refresh().outcome == "unchanged"
    assert [entry.outcome for entry in ledger.read(restored.var)] == ["published", "unchanged"]


def test_the_command_brings_the_command_s_own_backup_back(city: City, tmp_path: Path) -> None:
    places = {"NORDWAERTS_INBOX": str(tmp_path / "inbox")}
    done = command("backup", str(tmp_path / "safe"), "--programme", str(TINY_CITY), var=city.var.root, **places)
    assert done.returncode == 0, done.stderr
    before = _tree(city.var.folder)
    shutil.rmtree(city.var.folder)
    done = command("restore", str(tmp_path / "safe"), "--programme", str(TINY_CITY), var=city.var.root, **places)
    assert done.returncode == 0, done.stderr
    assert _tree(city.var.folder) == before
    assert city.refresh().outcome == "unchanged"


@pytest.mark.slow
def test_with_a_refresh_at_work_a_backup_is_of_one_moment(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup begins, a refresh publishes in its middle, and in the middle of that, readers just switched, another one."""
    first, first_ledger = city.reader_files(), city.var.ledger.read_bytes()
    with (city.place / "statistik" / "synthetisch_viertel.csv").open("a", encoding="utf-8") as handle:
        handle.write("\n")
    real_store, real_append, done = backing_up._store, ledger.append, []

    def during_the_backup(path: Path, *arguments: Any) -> str:
        if not done:
            done.append("refreshing")
            done.append(city.refresh().outcome)
        return real_store(path, *arguments)

    def during_the_refresh(*arguments: Any, **named: Any) -> Any:
        if arguments[1] == "published":
            _save(city, tmp_path / "inner")
        return real_append(*arguments, **named)

    monkeypatch.setattr(backing_up, "_store", during_the_backup)
    monkeypatch.setattr(ledger, "append", during_the_refresh)
    outer = _save(city, tmp_path / "outer").record
    monkeypatch.undo()
    assert done == ["refreshing", "published"]

    def brought_back(name: str) -> City:
        var, inbox = VarFolder("kleinstadt", tmp_path / name / "var"), tmp_path / name / "inbox"
        restore.restore(tmp_path / name, var, inbox)
        return City(var, inbox, TINY_CITY)

    inner = brought_back("inner")
    assert inner.reader_files() == first
    assert inner.var.ledger.read_bytes() == first_ledger
    assert len(reading.all_releases(inner.var)) == 2, "the release on its way is there too, and not in force"

    shutil.rmtree(tmp_path / "inner")
    restored = brought_back("outer")
    assert outer.current == city.var.current.readlink().name != next(iter(first)).split("/")[0]
    assert _tree(restored.var.folder) == _tree(city.var.folder)
    assert restored.refresh().outcome == "unchanged"
