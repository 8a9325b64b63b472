"""`nordwaerts reproduce`: releases of the tiny city made anew from a copy of var alone, and what stops or changes it is named."""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from pathlib import Path

import pytest
from once import once
from refreshed_city import City
from refreshing import command

from release import ledger, reading
from release.layout import VarFolder

pytestmark = pytest.mark.slow


@pytest.fixture
def lost(tmp_path: Path) -> VarFolder:
    """A copy of var after two publications of which the second replaced a delivery; nothing else of the city."""

    def make(folder: Path) -> None:
        city = City.tiny(folder / "city")
        with (city.place / "statistik" / "synthetisch_viertel.csv").open("a", encoding="utf-8") as handle:
            handle.write("\n")
        assert city.refresh().outcome == "published"
        for name in ("archive", "objects", "releases", "sources"):
            shutil.copytree(city.var.folder / name, folder / "kleinstadt" / name, symlinks=True)
        shutil.copy(city.var.ledger, folder / "kleinstadt")
        shutil.rmtree(folder / "city")

    shutil.copytree(once("reproducible_city", make), tmp_path / "elsewhere", symlinks=True)
    return VarFolder("kleinstadt", tmp_path / "elsewhere")


def _published(var: VarFolder) -> list[str]:
    return [str(entry.release_id) for entry in ledger.read(var) if entry.outcome == "published"]


def test_an_earlier_release_is_made_anew_byte_for_byte_and_nothing_here_changes(lost: VarFolder) -> None:
    """The first of two: the delivery that replaced its own later, and its ledger line, must not count."""
    before = {path: path.stat().st_mtime_ns for path in lost.folder.rglob("*")}
    first, second = _published(lost)
    assert lost.current.readlink().name == second
    done = command("reproduce", first, "--programme", "kleinstadt", var=lost.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Release {first} is the same byte for byte" in done.stdout
    assert "differs" not in done.stdout and "→" not in done.stdout
    assert {path: path.stat().st_mtime_ns for path in lost.folder.rglob("*")} == before


def test_what_differs_is_named_and_all_else_is_equal(lost: VarFolder) -> None:
    """A byte of a published table, and a source archive that somebody put in the place of the release's own."""
    release = reading.release(lost, _published(lost)[-1])
    content = gzip.decompress(lost.source(str(release.manifest.source_sha256)).read_bytes())
    _put_in_place(lost, release, _edited(content, "requirements.lock", b"\nclick==0.0.1\n"))
    path = release.mart_path("fct_indicator_value")
    path.chmod(0o644)
    published = bytearray(path.read_bytes())
    published[len(published) // 2] ^= 1
    path.write_bytes(bytes(published))
    done = command("reproduce", release.release_id, "--programme", "kleinstadt", var=lost.root)
    assert done.returncode == 1, done.stderr
    assert f"Release {release.release_id} differs in: fct_indicator_value, code, inputs." in done.stdout
    assert "click 0.0.1 → " in done.stdout


@pytest.mark.parametrize(
    "what", ["source", "altered source", "delivery", "altered delivery", "line", "no archive named"]
)
def test_what_is_missing_stops_it_and_is_named(lost: VarFolder, what: str) -> None:
    release = reading.release(lost, _published(lost)[-1])
    source, said = lost.source(str(release.manifest.source_sha256)), ".tar.gz is missing or was changed"
    delivery = lost.archive / "objects" / release.manifest.deliveries[0].delivery_id
    if what == "source":
        source.unlink()
    elif what == "altered source":
        source.chmod(0o644)
        source.write_bytes(gzip.compress(gzip.decompress(source.read_bytes()) + b"\0"))
    elif what in ("delivery", "altered delivery"):
        said = f"delivery {delivery.name[:12]} is missing in the archive or was changed"
        delivery.unlink()
        if what == "altered delivery":
            delivery.write_bytes(b"other bytes")
    elif what == "line":
        said = "The ledger does not say when"
        lost.ledger.write_bytes(lost.ledger.read_bytes().splitlines(keepends=True)[0])
    else:
        said = "has no source archive"
        manifest = release.folder / "manifest.json"
        manifest.chmod(0o644)
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "source_sha256": None}))
    done = command("reproduce", release.release_id, "--programme", "kleinstadt", var=lost.root)
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr


def _edited(content: bytes, name: str, more: bytes) -> bytes:
    """A source archive with something added to one of its files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(content)) as old, tarfile.open(fileobj=buffer, mode="w") as new:
        for member in old:
            text = old.extractfile(member).read() + (more if member.name == name else b"")  # type: ignore[union-attr]
            member.size = len(text)
            new.addfile(member, io.BytesIO(text))
    return buffer.getvalue()


def _put_in_place(var: VarFolder, release: reading.Release, content: bytes) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    var.source(sha256).write_bytes(gzip.compress(content))
    path = release.folder / "manifest.json"
    path.chmod(0o644)
    path.write_text(json.dumps({**json.loads(path.read_text()), "source_sha256": sha256}))


def test_an_archive_that_leads_elsewhere_is_none(lost: VarFolder) -> None:
    release, buffer = reading.release(lost, _published(lost)[-1]), io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo("../outside.py")
        member.size = 2
        archive.addfile(member, io.BytesIO(b"1\n"))
    _put_in_place(lost, release, buffer.getvalue())
    done = command("reproduce", release.release_id, "--programme", "kleinstadt", var=lost.root)
    assert (done.returncode, "its source archive is none" in done.stderr) == (1, True)
