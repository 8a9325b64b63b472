"""Another account on the machine: what it can read, tried as that account."""

import hashlib
import json
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import exports
import pytest

from release import ledger, public_edition, reading, rights, store
from release.files import ReleaseDamaged
from release.layout import VarFolder
from release.public_edition import EditionRefused
from release.reading import Release
from release.rights import ReadersUnknown

OTHER, GROUP = "nobody", "nogroup"
as_another = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another account")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder every account may pass, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="nordwaerts-rights-"))
    folder.chmod(0o755)
    before = os.umask(0)
    yield folder
    os.umask(before)
    shutil.rmtree(folder)


def lay(place: Path, label: str = "first", figure: int = 1) -> tuple[VarFolder, Release]:
    """A programme's folder with a release, and something of everything else, made without any umask but the refresh's."""
    var = VarFolder("nordwaerts", place / "var").create()
    with rights.closed():
        meta = replace(exports.meta(label), source=b"code")
        found = store.publish(exports.write_export(place / "export" / label, label, figure), meta, var)
        ledger.append(var, "published", at=exports.NIGHT, release_id=found.release_id, is_synthetic=True)
        for kept in (var.archive, var.rejected, var.landed, var.build, var.dagster):
            (kept / "kept").write_text("delivered")
    return var, found


def readable(folder: Path) -> list[Path]:
    """What another account that knows every name can read or list."""
    named = [str(path) for path in (folder, *folder.rglob("*")) if not path.is_symlink()]
    asked = ["find", *named, "-maxdepth", "0", "-readable", "-print0"]
    done = subprocess.run(asked, user=OTHER, group=GROUP, extra_groups=[], cwd="/", capture_output=True, check=False)
    return [Path(os.fsdecode(name)) for name in done.stdout.split(b"\0") if name]


def open_to_others(folder: Path) -> list[Path]:
    return [path for path in (folder, *folder.rglob("*")) if not path.is_symlink() and path.stat().st_mode & 0o077]


def test_everything_is_closed_and_releases_are_for_reading(place: Path) -> None:
    var, found = lay(place)
    assert open_to_others(var.root) == []
    assert {stat.S_IMODE(path.stat().st_mode) for path in found.folder.rglob("*") if path.is_file()} == {0o400}


@as_another
@pytest.mark.attack(
    "another account of the machine reads releases, deliveries or the ledger · it can read and list nothing"
)
def test_another_account_reads_nothing(place: Path) -> None:
    var, _ = lay(place)
    assert readable(var.root) == []


@pytest.mark.attack("a folder an earlier version left open to every account · closed by the next refresh")
def test_what_was_open_is_closed(place: Path) -> None:
    var, _ = lay(place)
    for path in (var.folder, *var.folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    var.create()
    assert open_to_others(var.folder) == []


@as_another
@pytest.mark.attack(
    "a reader of releases looks for deliveries, rejected rows, ledger or key · it reads releases and nothing else"
)
@pytest.mark.parametrize("is_declared_first", [True, False])
def test_declared_readers_read_releases_and_nothing_else(
    place: Path, monkeypatch: pytest.MonkeyPatch, is_declared_first: bool
) -> None:
    if is_declared_first:
        monkeypatch.setenv("NORDWAERTS_READERS", GROUP)
    var, first = lay(place)
    monkeypatch.setenv("NORDWAERTS_READERS", GROUP)
    var, second = lay(place, "second", 2)
    own = [path for each in (first, second) for path in (each.folder, *each.folder.rglob("*"))]
    assert sorted(readable(var.root)) == sorted([var.releases, *own])
    seen = subprocess.run(
        ["cat", str(var.current / "manifest.json")],
        user=OTHER, group=GROUP, extra_groups=[], cwd="/", capture_output=True, check=True,
    )  # fmt: skip
    assert seen.stdout == (second.folder / "manifest.json").read_bytes()
    assert not [path for path in own if path.is_file() and path.stat().st_mode & 0o222]


@as_another
def test_readers_who_are_no_longer_declared_read_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORDWAERTS_READERS", GROUP)
    var, _ = lay(place)
    monkeypatch.delenv("NORDWAERTS_READERS")
    var.create()
    assert readable(var.root) == []
    assert open_to_others(var.folder) == []


def test_a_group_that_is_not_there_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORDWAERTS_READERS", "no-such-group")
    with pytest.raises(ReadersUnknown, match="'no-such-group' of NORDWAERTS_READERS does not exist"):
        VarFolder("nordwaerts", place / "var").create()


def test_a_group_the_account_may_not_give_anything_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORDWAERTS_READERS", GROUP)

    def not_permitted(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", not_permitted)
    with pytest.raises(ReadersUnknown, match="is no group of this account"):
        VarFolder("nordwaerts", place / "var").create()
    assert open_to_others(place / "var") == []


@as_another
@pytest.mark.attack(
    "the account of a web server looks past the public edition · it reads the edition laid out for it and nothing else"
)
def test_the_public_edition_can_be_served_by_another_account(place: Path) -> None:
    var, found = lay(place)
    with rights.closed():
        laid = public_edition.lay(found, place / "web")
    public = sorted(mart for mart, table in found.manifest.tables.items() if table.is_public)
    assert public and len(public) < len(found.manifest.tables)
    tables = [laid / each.format(mart) for mart in public for each in ("{}.parquet", "csv/{}.csv", "csv_de/{}.csv")]
    others = [laid / "csv", laid / "csv_de", laid / "public.duckdb", laid / "edition.json"]
    assert sorted(readable(place / "web")) == sorted([place / "web", laid, *tables, *others])
    assert readable(var.root) == []
    for mart in public:
        assert (place / "web" / "current" / f"{mart}.parquet").read_bytes() == found.mart_path(mart).read_bytes()


def test_the_public_edition_is_laid_out_as_parquet_csv_and_a_database(place: Path) -> None:
    _, found = lay(place)
    laid = public_edition.lay(found, place / "web")
    assert (laid / "csv" / "dim_project.csv").read_bytes().startswith(b"project_id,is_synthetic\n001,true")
    assert (laid / "csv_de" / "dim_project.csv").read_bytes().startswith(b"\xef\xbb\xbfproject_id;is_synthetic\n")
    with duckdb.connect(str(laid / "public.duckdb"), read_only=True) as connection:
        assert connection.execute("select project_id from dim_project order by all").fetchall() == [("001",), ("002",)]
        assert connection.execute("select release_id from release").fetchall() == [(found.release_id,)]
        tables = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert tables == {"dim_project", "release"}
    about = json.loads((laid / "edition.json").read_bytes())
    for name, told in about["files"].items():
        content = (laid / name).read_bytes()
        assert (told["sha256"], told["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
    files = {path.relative_to(laid).as_posix() for path in laid.rglob("*") if path.is_file()}
    assert about["files"].keys() == files - {"edition.json"}


def test_the_public_edition_follows_the_release_readers_see(place: Path) -> None:
    var, first = lay(place)
    public_edition.lay(first, place / "web")
    _, second = lay(place, "second", 2)
    (place / "web" / "note.txt").write_text("of the office")
    (place / "web" / f"{second.release_id}.partial").mkdir()
    public_edition.lay(second, place / "web")
    assert sorted(path.name for path in (place / "web").iterdir()) == sorted(["current", "note.txt", second.release_id])
    public_edition.lay(reading.release(var, first.release_id), place / "web")
    assert (place / "web" / "current").readlink() == Path(first.release_id)
    assert not (place / "web" / second.release_id).exists()


@pytest.mark.attack(
    "a public table altered inside var before it is laid out · refused with a sentence, the edition before stays"
)
def test_an_altered_table_is_not_laid_out(place: Path) -> None:
    _, first = lay(place)
    public_edition.lay(first, place / "web")
    _, second = lay(place, "second", 2)
    altered = next(path for path in (second.folder / "public").iterdir())
    altered.chmod(0o600)
    altered.write_bytes(b"PAR1")
    with pytest.raises(ReleaseDamaged, match=f"public/{altered.name}: the file was changed"):
        public_edition.lay(second, place / "web")
    assert (place / "web" / "current").readlink() == Path(first.release_id)


def test_the_folder_of_the_programme_is_no_place_for_the_public_edition(place: Path) -> None:
    var, found = lay(place)
    before = sorted(var.folder.rglob("*"))
    for folder in (var.folder, var.releases / "web"):
        with pytest.raises(EditionRefused, match="stays closed to others"):
            public_edition.lay(found, folder)
    assert sorted(var.folder.rglob("*")) == before
