"""A person is forgotten: all files with the name go, the ledger says so, everything still verifies; else nothing goes."""

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import exports
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.archive import Archive
from ingest.connectors import AvailableFile
from release import decisions, forgetting, ledger, reading, store
from release.forgetting import ForgettingRefused
from release.layout import VarFolder
from release.ledger import Decision
from release.manifest import DeliveryInForce
from release.standing import standing
from release.text_search import occurrences, plain
from release.verifying import verified

NAME = "Hiltrud Ahornblatt"
TABLE = "register__projects"
LATER = exports.NIGHT + dt.timedelta(days=3)


@dataclass(frozen=True)
class Office:
    """A folder in which one delivery and the release that rests on it name a person, and those after it do not."""

    var: VarFolder
    named: str
    clean: str
    old: str
    new: str

    @property
    def sources(self) -> dict[str, tuple[str, ...]]:
        return {self.named: ("register",), self.clean: ("register",)}

    def forget(self, pattern: str = NAME, because: str = "Antrag 7/2026", by: str = "Datenschutz") -> forgetting.Found:
        return forgetting.forget(self.var, pattern, because, by, self.sources, LATER)[0]

    def places(self) -> list[str]:
        """Files that name the person, the key apart."""
        files = [path for path in self.var.folder.rglob("*") if path.is_file() and not path.is_symlink()]
        found = [path for path in files if occurrences(plain(NAME), path)]
        return sorted(path.relative_to(self.var.folder).as_posix() for path in found)

    def hashes(self) -> dict[str, str]:
        files = [path for path in self.var.folder.rglob("*") if path.is_file()]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path != self.var.lock}


def _received(var: VarFolder, name: str, content: bytes, source_id: str = "register") -> str:
    file = AvailableFile(name, name, "text/csv", lambda: content)
    return Archive(var.archive).receive(file, source_id, "internal", exports.NIGHT, is_synthetic=True).delivery_id


def _published(var: VarFolder, place: Path, number: int, title: str, in_force: str, before: list[str]) -> str:
    marts = {"dim_project": pa.table({"project_id": ["1"], "project_name": [title], "is_synthetic": [True]})}
    export = exports.write_export(place / str(number), str(number), number, marts)
    delivery = DeliveryInForce(TABLE, in_force, "register", dt.date(2026, 2, 1))
    meta = replace(
        exports.meta(str(number), as_of_on=exports.AS_OF + dt.timedelta(days=number)), deliveries=(delivery,)
    )
    found = store.publish(export, meta, var)
    ledger.append(
        var,
        "published",
        at=exports.NIGHT + dt.timedelta(days=number),
        release_id=found.release_id,
        inputs_sha256=found.inputs_sha256,
        in_force={TABLE: [in_force]},
        superseded={TABLE: before} if before else None,
        as_of_on=found.manifest.as_of_on,
        is_synthetic=True,
    )
    return found.release_id


@pytest.fixture
def office(tmp_path: Path) -> Office:
    var = VarFolder("nordwaerts", tmp_path / "var").create()
    named = _received(var, "1.csv", f"1;Frau {NAME}\n".encode("cp1252"))
    old = _published(var, tmp_path, 1, f"Frau {NAME}", named, [])
    clean = _received(var, "2.csv", b"1;Umweltamt\n")
    new = _published(var, tmp_path, 2, "Umweltamt", clean, [named])
    var.vintages.mkdir()
    pq.write_table(pa.table({"text": [NAME]}), var.vintages / "v.parquet")
    pq.write_table(pa.table({"text": ["other"]}), var.vintages / "w.parquet")
    var.log.mkdir()
    (var.log / "refresh.jsonl").write_text(f'{{"text": "{NAME.upper()}"}}\n', encoding="utf-8")
    return Office(var, named, clean, old, new)


def test_pages_with_the_name_go_whole_with_their_pictures(office: Office) -> None:
    for site, text in ((office.var.site, NAME), (office.var.internal_site, "Umweltamt")):
        (site / office.old).mkdir(parents=True)
        (site / office.old / "index.html").write_text(f"<p>{text}</p>", encoding="utf-8")
        (site / office.old / "picture.png").write_bytes(b"PNG")
    assert f"site/{office.old}" in office.forget().work
    assert not (office.var.site / office.old).exists()
    assert (office.var.internal_site / office.old / "picture.png").exists()


@pytest.mark.attack(
    "a person asks to be forgotten · every file with the name is gone, the ledger names it, verify passes"
)
def test_all_files_with_the_name_go_and_everything_still_verifies(office: Office) -> None:
    places = office.places()
    assert {place.split("/")[0] for place in places} == {"archive", "releases", "objects", "vintages", "log"}
    receipts = sorted(path.name for path in office.var.archive.rglob("*.json"))
    manifest = hashlib.sha256((office.var.releases / office.old / reading.MANIFEST).read_bytes()).hexdigest()
    found = office.forget()
    assert office.places() == []
    assert (set(found.deliveries), set(found.releases)) == ({office.named}, {office.old})
    assert set(found.work) == {"vintages/v.parquet", "log/refresh.jsonl"}
    assert not (office.var.releases / office.old).exists()
    assert (office.var.vintages / "w.parquet").is_file()
    assert sorted(path.name for path in office.var.archive.rglob("*.json")) == receipts
    checked = verified(office.var, None)
    assert checked.findings == ()
    (line,) = checked.forgotten
    assert line.forgotten == ledger.Forgotten(
        "Antrag 7/2026", "Datenschutz", {office.named: ("register",)}, {office.old: manifest}, 2
    )
    seen = reading.current(office.var)
    assert seen is not None and seen.release_id == office.new
    assert (office.var.archive / "objects" / office.clean).is_file()


def test_the_ledger_does_not_hold_what_was_searched_for(office: Office) -> None:
    office.forget("ahornblatt")
    text = office.var.ledger.read_text(encoding="utf-8").casefold()
    assert "ahornblatt" not in text
    assert hashlib.sha256(b"ahornblatt").hexdigest() not in text


def test_a_release_without_the_name_stays_and_verifies_though_its_delivery_is_gone(office: Office) -> None:
    """As where the name stood in a column nobody declared."""
    archived = _received(office.var, "3.csv", f"1;Park;{NAME}\n".encode())
    third = _published(office.var, office.var.root, 3, "Park", archived, [office.clean])
    ledger.append(office.var, "withdrawn", at=LATER, decision=Decision("register", archived, "b", "N."))
    sources = {**office.sources, archived: ("register",)}
    forgetting.forget(office.var, NAME, "b", "N.", sources, LATER)
    assert (office.var.releases / third).is_dir()
    assert verified(office.var, None).findings == ()


@pytest.mark.attack("forgetting a delivery that counts · refused with a sentence, nothing removed")
def test_what_is_in_force_is_not_forgotten(office: Office) -> None:
    store.rollback(office.var, office.old, LATER)
    before = office.hashes()
    with pytest.raises(ForgettingRefused, match=f"still in force: register/{office.named[:12]}"):
        office.forget()
    assert office.hashes() == before


def test_what_readers_see_is_not_forgotten(office: Office) -> None:
    store.rollback(office.var, office.old, LATER)
    decisions.withdraw(office.var, Decision("register", office.named, "b", "N."), LATER)
    before = office.hashes()
    with pytest.raises(ForgettingRefused, match=f"readers see the text in release {office.old}"):
        office.forget()
    assert office.hashes() == before


@pytest.mark.parametrize(
    ("pattern", "because", "by", "sentence"),
    [
        ("Ann", "b", "N.", "fewer than 4 characters"),
        (NAME, " ", "N.", "without a reason and a name"),
        (NAME, "b", " ", "without a reason and a name"),
        (NAME, f"Antrag von  {NAME.upper()}", "N.", "would stay on the ledger"),
        (NAME, "b", NAME, "would stay on the ledger"),
    ],
)
def test_a_reason_that_names_the_person_or_nothing_is_refused(
    office: Office, pattern: str, because: str, by: str, sentence: str
) -> None:
    before = office.hashes()
    with pytest.raises(ForgettingRefused, match=sentence):
        office.forget(pattern, because, by)
    assert office.hashes() == before


def test_nothing_found_writes_no_line(office: Office) -> None:
    before = office.hashes()
    assert not office.forget("Gundolf Birkhahn").is_anything_to_go
    assert office.hashes() == before


def test_a_forgotten_delivery_counts_no_more_and_cannot_be_taken_back(office: Office) -> None:
    office.forget()
    assert standing(office.var).state("register", office.named) == "withdrawn"
    with pytest.raises(decisions.DecisionMissed, match="was removed because it told of a person"):
        decisions.reinstate(office.var, Decision("register", office.named, "b", "N."), LATER)
    assert _received(office.var, "1.csv", f"1;Frau {NAME}\n".encode("cp1252")) == office.named
    assert not (office.var.archive / "objects" / office.named).exists()


@pytest.mark.attack("forgetting breaks off between ledger and removal · verify says so, a second run ends it")
def test_what_breaks_off_is_a_finding_until_it_is_done(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    remove = Path.unlink

    def break_off(path: Path, missing_ok: bool = False) -> None:
        if office.var.archive in path.parents:
            raise OSError("disk")
        remove(path, missing_ok)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "unlink", break_off)
        with pytest.raises(OSError, match="disk"):
            office.forget()
    assert [each.rule for each in verified(office.var, None).findings] == ["archive_forgotten"]
    office.forget()
    assert (verified(office.var, None).findings, office.places()) == ((), [])


@pytest.mark.attack("archived bytes removed by hand, with no line that says so · verify finds them missing")
def test_bytes_that_are_gone_without_a_line_are_still_a_finding(office: Office) -> None:
    (office.var.archive / "objects" / office.named).unlink()
    assert {each.rule for each in verified(office.var, None).findings} == {"archive_complete"}


def test_what_cannot_be_removed_or_read_is_named(office: Office) -> None:
    ledger.append(office.var, "accepted", at=LATER, decision=Decision("register", office.clean, f"laut {NAME}", "N."))
    (office.var.log / "torn.zip").write_bytes(b"PK\x03\x04")
    found = office.forget()
    assert (dict(found.staying), found.unread) == ({"ledger.jsonl": 1}, ("log/torn.zip",))


def test_declarations_are_mended_where_they_are_declared(office: Office) -> None:
    declared = _received(office.var, "claims.yml", f"speaker: {NAME}".encode(), "programme")
    sources = {**office.sources, declared: ("programme",)}
    found, _ = forgetting.forget(office.var, NAME, "b", "N.", sources, LATER)
    assert (set(found.deliveries), dict(found.staying)) == ({office.named}, {f"archive/objects/{declared}": 1})
    assert (office.var.archive / "objects" / declared).is_file()


def test_what_is_closed_in_the_inbox_is_named(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, search, walk = tmp_path / "inbox", forgetting.occurrences, os.walk
    (inbox / "register").mkdir(parents=True)
    for name in ("theirs.csv", "ours.csv"):
        (inbox / "register" / name).write_text(NAME, encoding="utf-8")

    def closed_file(wanted: str, path: Path) -> int:
        if path.name == "theirs.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return search(wanted, path)

    def closed_folder(folder: Path, onerror: Callable[[OSError], None]) -> Iterator[tuple[str, list[str], list[str]]]:
        if folder == inbox:
            onerror(PermissionError(13, "Permission denied", str(inbox / "closed")))
        return walk(folder, onerror=onerror)

    monkeypatch.setattr(forgetting, "occurrences", closed_file)
    monkeypatch.setattr(os, "walk", closed_folder)
    found = forgetting.find(office.var, NAME, office.sources, inbox)
    assert dict(found.inbox) == {"register/ours.csv": 1}
    assert found.unread == ("inbox/closed", "inbox/register/theirs.csv")
    assert forgetting.find(office.var, NAME, office.sources, tmp_path / "nowhere").unread == ()
