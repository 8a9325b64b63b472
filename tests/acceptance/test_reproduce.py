"""`nordwaerts reproduce` and `diff`: releases of the tiny city made anew from a copy of var alone, and what stops, changes or
differs is named.
"""

import base64
import gzip
import hashlib
import io
import json
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from once import once
from refreshed_city import City
from refreshing import TINY_CITY, command

from programmes.loading import load_programme
from programmes.stored import stored_at
from refresh import difference, reproduction
from refresh.context import refresh_context
from release import files, ledger, reading
from release.envelope import sealed, subjects_of
from release.layout import VarFolder
from release.signing import signer

pytestmark = pytest.mark.slow


@pytest.fixture
def lost(tmp_path: Path) -> VarFolder:
    """A copy of var after two publications of which the second replaced a delivery; nothing else of the city."""

    def make(folder: Path) -> None:
        city = City.tiny(folder / "city")
        delivered = city.place / "statistik" / "synthetisch_viertel.csv"
        text = delivered.read_text(encoding="utf-8")
        delivered.write_text(text.replace("01;31.12.2020;2.000;1.200;150;", "01;31.12.2020;2.000;1.200;180;"), "utf-8")
        assert city.refresh().outcome == "published"
        for name in ("archive", "objects", "releases", "sources"):
            shutil.copytree(city.var.folder / name, folder / "kleinstadt" / name, symlinks=True)
        shutil.copy(city.var.ledger, folder / "kleinstadt")
        shutil.copytree(city.var.build / "landings", folder / "landings")
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
    delivery = stored_at(lost.archive / "objects", release.manifest.deliveries[0].delivery_id)
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
        _name_another_source(lost, release, None)
    done = command("reproduce", release.release_id, "--programme", "kleinstadt", var=lost.root)
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_release_says_what_it_changed(lost: VarFolder) -> None:
    """The share of unemployed rose from 150 to 180 of 1,200, and the notes say so without asking anything."""
    first, second = _published(lost)
    done = command("releases", second, "--programme", "kleinstadt", var=lost.root)
    assert done.returncode == 0, done.stderr
    assert f"Changed against {first}: 1 indicator, 0 public sentences with another verdict, " in done.stdout
    assert "unemployed: 4 changed values; most Hafen 2020: 12.5 → 15 % (revised deliveries).\n" in done.stdout
    page = (lost.releases / second / "release_notes.md").read_text(encoding="utf-8")
    assert "Arbeitslose: 4 geänderte Werte; am stärksten Hafen 2020: 12,5 → 15 % (geänderte Lieferungen)." in page
    done = command("releases", first, "--programme", "kleinstadt", var=lost.root)
    assert (done.returncode, "it was the first" in done.stdout) == (1, True)


def test_a_difference_is_told_cell_by_cell_and_a_landing_that_is_lost_is_made_anew(lost: VarFolder) -> None:
    """Of one of the two the landed tables are kept; the other is made anew. The split is that of the night."""
    first, second = _published(lost)
    kept = reading.release(lost, second).inputs_sha256
    shutil.copytree(lost.root / "landings" / kept, lost.build / "landings" / kept)
    done = command("diff", first, second, "fct_indicator_value", "--json", "--programme", "kleinstadt", var=lost.root)
    assert done.returncode == 0, done.stderr
    assert f"Making release {first} anew" in done.stderr and second not in done.stderr
    told = json.loads(done.stdout)
    hafen = ["unemployed_pct", "1", "area", "viertel-01", None, None, "as_then", "2020"]
    [cell] = [row for row in told if row["key"] == hafen and row["column_name"] == "value"]
    assert cell == {
        "mart": "fct_indicator_value", "key": hafen, "column_name": "value", "before": "12.5", "after": "15.0",
        "change": 2.5, "cause": "revised", "part": 2.5, "share": 1.0,
    }  # fmt: skip
    assert {row["cause"] for row in told} == {"revised"}
    assert not list(lost.build.glob("difference-*"))


def test_a_difference_of_what_is_no_table_and_no_sentence_is_refused(lost: VarFolder) -> None:
    first, second = _published(lost)
    shutil.copytree(lost.root / "landings", lost.build / "landings")
    done = command("diff", first, second, "fct_nothing", "--programme", "kleinstadt", var=lost.root)
    assert (done.returncode, "'fct_nothing' is neither a table nor a public sentence" in done.stderr) == (1, True)
    done = command("diff", second, first, "--programme", "kleinstadt", "--lang", "de", var=lost.root)
    assert (
        "Arbeitslose: 4 geänderte Werte; am stärksten Hafen 2020: 15 → 12,5 % (geänderte Lieferungen)." in done.stdout
    )


def test_without_landed_tables_and_code_a_difference_is_told_without_its_cause(
    lost: VarFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first night after an upgrade from a release whose source archive is lost; and what a killed comparison left."""
    first, second = (reading.release(lost, each) for each in _published(lost))
    shutil.rmtree(lost.sources)
    shutil.copytree(lost.root / "landings", lost.build / "landings")
    stale = lost.build / "difference-4194305-killed"
    stale.mkdir()
    monkeypatch.setattr(difference, "code_sha256", lambda _engine: "another")
    context = refresh_context(load_programme(TINY_CITY), lost, is_sample=True)
    notes = difference.notes_at_night(context, first, second)
    assert notes is not None and (notes.causes, notes.is_split) == (("unknown",), False)
    assert "Ursachen: nicht bestimmt, gelandete Tabellen fehlen" in notes.head("de")
    assert "unemployed: 4 changed values; most Hafen 2020: 12.5 → 15 %" in "".join(one.en for one in notes.told)
    assert not stale.exists()


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
    _name_another_source(var, release, sha256)


def _name_another_source(var: VarFolder, release: reading.Release, sha256: str | None) -> None:
    """As whoever can sign would do it: in the manifest and in the statement about it."""
    path, provenance = release.folder / reading.MANIFEST, release.folder / files.PROVENANCE
    path.chmod(0o644)
    path.write_text(json.dumps({**json.loads(path.read_text()), "source_sha256": sha256}))
    statement = json.loads(base64.b64decode(json.loads(provenance.read_bytes())["payload"]))
    subjects = subjects_of(statement) | {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
    provenance.chmod(0o644)
    provenance.write_bytes(sealed(statement["predicateType"], statement["predicate"], subjects, signer(var)))


def test_an_archive_that_leads_elsewhere_is_none(lost: VarFolder) -> None:
    release, buffer = reading.release(lost, _published(lost)[-1]), io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo("../outside.py")
        member.size = 2
        archive.addfile(member, io.BytesIO(b"1\n"))
    _put_in_place(lost, release, buffer.getvalue())
    done = command("reproduce", release.release_id, "--programme", "kleinstadt", var=lost.root)
    assert (done.returncode, "its source archive is none" in done.stderr) == (1, True)


def test_a_public_edition_that_alone_differs_is_named(lost: VarFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    release = reading.release(lost, _published(lost)[-1])
    tables = release.manifest.tables
    other = {**tables, "dim_area": replace(tables["dim_area"], public_sha256="0" * 64)}
    made = reading.Release(release.folder, replace(release.manifest, tables=other))
    monkeypatch.setattr(reading, "current", lambda _: made)
    found = reproduction.differences(release, SimpleNamespace(var=lost))  # type: ignore[arg-type]
    assert [name for name, difference in found.items() if difference] == ["dim_area"]
    assert str(found["dim_area"]).startswith(str(tables["dim_area"].public_sha256)[:12])
