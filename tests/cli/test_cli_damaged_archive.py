"""Every kind of file of the archive changed, removed or replaced, one at a time: each command that uses it says so.

The table below says which command uses which; what a command does not use must not keep it from answering. Refreshes are in
tests/refresh/test_damaged_archive.py.
"""

import datetime as dt
import io
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import exports
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from cli.main import main
from ingest.archive import Archive
from ingest.connectors import AvailableFile
from programmes.stored import stored_at
from release import ledger, store
from release.layout import VarFolder
from release.ledger import Forgotten
from release.manifest import DeliveryInForce
from watch.notices import notices

SAMPLE = Path(__file__).resolve().parents[2] / "programmes" / "nordwaerts" / "sample" / "ehrenamt"
EVENT = "T-0001"
DECISION = "--because b --by N"
# Command → the kinds of files of the archive it uses; those that decide come last, for they change the ledger.
USES = {
    "status": ("receipt", "note"),
    "metrics --out PLACE/out.prom": ("receipt", "note"),
    "deliveries --all": ("receipt", "note"),
    f"check {SAMPLE}/ehrenamt_2019.csv --source ehrenamt --against current": ("receipt", "note", "delivery"),
    f"trace fct_participation_event ehrenamt {EVENT}": ("receipt", "note", "delivery"),
    "reproduce RELEASE": ("receipt", "note", "delivery"),
    "verify": ("receipt", "note", "delivery"),
    "backup PLACE/safe": ("receipt", "note", "delivery"),
    "forget Zeisighuber --because b --by N": ("receipt", "note", "delivery"),
    "releases": (),
    "path": (),
    "history": (),
    f"accept DELIVERY {DECISION}": ("receipt", "note"),
    f"reject DELIVERY {DECISION}": ("receipt", "note"),
    f"withdraw DELIVERY {DECISION}": ("receipt", "note"),
}


@dataclass(frozen=True)
class Office:
    """A folder with one release that rests on one of two deliveries, and the id of that delivery."""

    var: VarFolder
    release_id: str
    delivery_id: str

    def file(self, kind: str) -> Path:
        """The file of a kind that is about the delivery in force."""
        short = self.delivery_id[:12]
        receipts = self.var.archive / "receipts" / "ehrenamt"
        if kind == "delivery":
            found = stored_at(self.var.archive / "objects", self.delivery_id)
            assert found
            return found
        return next((receipts / "names" if kind == "note" else receipts).glob(f"*{short}*.json"))

    def call(self, command: str, place: Path) -> Result:
        words = command.replace("PLACE", str(place)).replace("RELEASE", self.release_id)
        words = words.replace("DELIVERY", self.delivery_id[:12])
        return CliRunner().invoke(main, [*words.split(), "--lang", "en"], prog_name="nordwaerts")


def _code() -> bytes:
    """A source archive, of which nothing can be made anew."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("empty.txt"))
    return packed.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    place = tmp_path_factory.mktemp("office")
    var = VarFolder("nordwaerts", place / "var").create()
    archive, receipts = Archive(var.archive), []
    for year in (2017, 2018):
        path = SAMPLE / f"ehrenamt_{year}.csv"
        file = AvailableFile(path.name, path.name, "text/csv", path.read_bytes)
        receipts.append(archive.receive(file, "ehrenamt", "internal", exports.NIGHT, is_synthetic=True))
    archive.offered_again(receipts[1], "ehrenamt_2018_neu.csv", exports.NIGHT)
    delivery_id = receipts[1].delivery_id
    named = {"source_id": ["ehrenamt"], "delivery_id": [delivery_id], "is_synthetic": [True]}
    columns = ("event_format", "area_id", "participant_count", "idea_count")
    event = {
        **dict.fromkeys(columns, pa.array([None], pa.string())),
        "event_on": [dt.date(2018, 1, 1)],
        "period": ["2018"],
    }
    receipt = {"file_name": ["ehrenamt_2018.csv"], "verdict": ["in_force"]}
    marts = {
        "fct_participation_event": pa.table({**named, **event, "event_id": [EVENT], "row_address": ["line 2"]}),
        "fct_delivery": pa.table({**named, **receipt}),
    }
    meta = replace(
        exports.meta("one"),
        deliveries=(DeliveryInForce("ehrenamt__meldungen", delivery_id, "ehrenamt", dt.date(2026, 2, 1)),),
        source=_code(),
    )
    found = store.publish(exports.write_export(place / "one", "one", marts=marts), meta, var)
    exports.note_published(var, found)
    return Office(var, found.release_id, delivery_id)


@pytest.fixture
def office(made: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    subprocess.run(["cp", "-a", made.var.root, tmp_path / "var"], check=True)  # hard links stay hard links
    monkeypatch.setenv("NORDWAERTS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("NORDWAERTS_INBOX", str(tmp_path / "inbox"))
    monkeypatch.delenv("NORDWAERTS_CHANNELS", raising=False)
    return replace(made, var=VarFolder(made.var.programme_id, tmp_path / "var"))


def _change(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content + b"\n")


def _replace(path: Path) -> None:
    """By a file of the same kind, or of a kind there is more than one of."""
    others = [*path.parent.iterdir(), *path.parents[1].glob("*.json")]
    content = next(each.read_bytes() for each in others if each.is_file() and each.read_bytes() != path.read_bytes())
    path.unlink()
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], None]] = {"changed": _change, "removed": Path.unlink, "replaced": _replace}


@pytest.mark.attack(
    "a delivery, receipt or note of the archive changed, removed or replaced · each command that uses it names it"
)
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("kind", ["delivery", "receipt", "note"])
def test_a_damaged_file_of_the_archive_is_named(kind: str, how: str, office: Office, tmp_path: Path) -> None:
    path = office.file(kind)
    DAMAGES[how](path)
    for command, kinds in USES.items():
        done = office.call(command, tmp_path)
        assert done.exception is None or isinstance(done.exception, SystemExit), (command, done.exception)
        told = done.output + (done.stderr if done.stderr_bytes else "")
        name = office.delivery_id[:12] if kind == "delivery" else path.name
        is_named = name in told and ("missing" if how == "removed" else "changed") in told
        assert not is_named or done.exit_code, command
        assert is_named == (kind in kinds), (command, told)
    assert any(path.name in each.en for each in notices(office.var)) == (kind != "delivery")
    assert not (tmp_path / "out.prom").exists() or kind == "delivery"


@pytest.mark.attack("the ledger or its head damaged · each command that holds the archive against it names it")
@pytest.mark.parametrize("name", ["ledger.jsonl", "ledger_head.json"])
def test_a_damaged_ledger_is_named(name: str, office: Office, tmp_path: Path) -> None:
    path = office.var.folder / name
    path.write_bytes(path.read_bytes()[:-2])
    for command, kinds in USES.items():
        done = office.call(command, tmp_path)
        told = done.output + (done.stderr if done.stderr_bytes else "")
        if kinds:
            assert (done.exit_code, "ledger" in told) == (1, True), (command, told)


@pytest.mark.attack("trace of a release whose delivery was forgotten · says when, why and by whom it was removed")
def test_trace_says_that_a_delivery_was_forgotten(office: Office, tmp_path: Path) -> None:
    said = Forgotten("Antrag 7/2026", "Datenschutz", {office.delivery_id: ("ehrenamt",)}, {}, 0)
    ledger.append(office.var, "forgotten", at=exports.NIGHT, release_id=office.release_id, forgotten=said)
    office.file("delivery").unlink()
    short, command = office.delivery_id[:12], f"trace fct_participation_event ehrenamt {EVENT}"
    done = office.call(command, tmp_path)
    sentence = f"Delivery {short} was removed on 2026-03-02, because it told of a person: Antrag 7/2026 (Datenschutz)."
    assert (done.exit_code, sentence in done.output) == (1, True), done.output
    assert "backup" not in done.output
    assert f"Lieferung {short} wurde am 02.03.2026 gelöscht" in office.call(f"{command} --json", tmp_path).output
