"""The source archive: all the code's hash is over and the declarations, the same bytes every time, and nothing else."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from programmes.loading import load_programme
from refresh import fingerprint
from refresh.context import PROJECT_ROOT
from refresh.modelling import project_sha256
from refresh.source_archive import source_archive

TINY_CITY = Path(__file__).parents[1] / "recipes" / "tiny_city"


@pytest.fixture(scope="module")
def archive() -> bytes:
    return source_archive(load_programme(TINY_CITY))


def _unpacked(archive: bytes, place: Path) -> Path:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        opened.extractall(place, filter="data")
    return place


def test_what_is_unpacked_has_the_hash_of_the_code_and_of_the_declarations(
    archive: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, code = _unpacked(archive, tmp_path), fingerprint.code_sha256()
    monkeypatch.setattr(fingerprint, "PROJECT_ROOT", place)
    assert fingerprint.code_sha256() == code
    assert project_sha256(place / "dbt_project") == project_sha256(), (
        "or every night after it would seem to have other models"
    )
    assert (place / "dbt_project" / "analyses" / "split_of_changes.sql").is_file(), "a refresh asks it"
    declared = load_programme(place / "programme")
    assert declared.declarations_hash() == load_programme(TINY_CITY).declarations_hash()


def test_the_same_files_give_the_same_bytes_without_times_and_owners(archive: bytes) -> None:
    assert source_archive(load_programme(TINY_CITY)) == archive
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        members = opened.getmembers()
    assert {(m.mtime, m.uid, m.gid, m.uname, m.gname, m.mode, m.isfile()) for m in members} == {
        (0, 0, 0, "", "", 0o644, True)
    }
    assert [m.name for m in members] == sorted(m.name for m in members)


def test_nothing_but_code_and_this_programme_s_declarations(archive: bytes) -> None:
    """No deliveries, no tests, no other programme, nothing written; small enough to be kept for years."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        names = opened.getnames()
    assert {name.partition("/")[0] for name in names} == {
        "attacker", "dbt_project", "docs", "expectations", "ingest", "orchestration", "programme", "programmes", "pyproject.toml",
        "refresh", "release", "requirements.lock",
    }  # fmt: skip
    assert not [
        name for name in names if "sample" in name or "__pycache__" in name or name.startswith("programmes/nordwaerts")
    ]
    assert [name for name in names if name.startswith("docs/")] == [fingerprint.CERTIFICATE]
    assert len(gzip.compress(archive)) < 700_000


def test_the_packages_of_another_engine_go_along_where_it_computes(archive: bytes) -> None:
    with tarfile.open(fileobj=io.BytesIO(source_archive(load_programme(TINY_CITY), "spark"))) as opened:
        more = set(opened.getnames())
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        assert more - set(opened.getnames()) == {"requirements-spark.lock"}
    assert fingerprint.code_sha256("spark") != fingerprint.code_sha256()


def test_every_file_of_the_running_packages_goes_along(archive: bytes) -> None:
    """What a refresh imports or reads beside Python files: settings of Dagster and dbt, templates."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        names = set(opened.getnames())
    folders = ("attacker", "ingest", "expectations", "refresh", "orchestration", "release", "dbt_project")
    there = {
        path.relative_to(PROJECT_ROOT).as_posix()
        for folder in folders
        for path in (PROJECT_ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not {"target", "logs"} & set(path.parts)
    }
    left_out = there - names - {"dbt_project/.user.yml", "dbt_project/__init__.py"}
    assert not left_out, "A file a refresh may need is not in the source archive: name it in refresh/source_archive.py."
