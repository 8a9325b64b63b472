"""`nordwaerts advisories`: what a local copy of advisories says of the packages of a release, and sentences where one is missing."""

import datetime as dt
import json
from pathlib import Path

import exports
import pytest

from release import store
from release.bill_of_materials import FILE, bill_of_materials


@pytest.fixture
def advisories(tmp_path: Path) -> Path:
    folder = tmp_path / "advisories"
    folder.mkdir()
    events = [{"introduced": "0"}, {"fixed": "2.0"}]
    affected = {"package": {"ecosystem": "PyPI", "name": "Weak"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    (folder / "one.json").write_text(json.dumps({"id": "OSV-1", "summary": "leaks", "affected": [affected]}))
    return folder


def _published_with(lock: bytes, office, place: Path) -> Path:
    export = exports.write_export(place / "x", "x", 3)
    meta = exports.meta("x", as_of_on=exports.AS_OF + dt.timedelta(days=9))
    return store.publish(export, meta, office.var, lambda _release: {FILE: bill_of_materials(lock)}).folder


def test_a_known_weakness_is_named_and_ends_with_one(office, run, advisories: Path, tmp_path: Path) -> None:
    _published_with(b"weak==1.9\nstrong==1\n", office, tmp_path)
    done = run("advisories", str(advisories), "--lang", "en")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[0] == "weak 1.9: OSV-1 leaks (fixed in 2.0)"
    assert done.stdout.splitlines()[1].endswith("2 packages held against 1 advisory; 1 known weakness.")


def test_nothing_known_ends_with_zero(office, run, advisories: Path, tmp_path: Path) -> None:
    _published_with(b"weak==2.0\n", office, tmp_path)
    done = run("advisories", str(advisories), "--lang", "de")
    assert done.returncode == 0
    assert done.stdout.endswith("1 Paket gegen 1 Meldung geprüft; 0 bekannte Schwächen.\n")


def test_a_release_without_a_bill_and_a_changed_bill_are_sentences(
    office, run, advisories: Path, tmp_path: Path
) -> None:
    done = run("advisories", str(advisories), "--lang", "en")
    assert done.returncode == 1 and "carries no bill of materials" in done.stderr
    folder = _published_with(b"weak==1.9\n", office, tmp_path)
    path = folder / FILE
    path.chmod(0o600)
    path.write_bytes(bill_of_materials(b"weak==2.0\n"))
    done = run("advisories", str(advisories), "--lang", "en")
    assert done.returncode == 1 and f"{FILE}: the file was changed" in done.stderr
