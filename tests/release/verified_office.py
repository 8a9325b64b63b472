"""A var folder worth verifying: an archive with receipts, two releases, a ledger of fifty lines; and the two verifiers.

`full` asks what `nordwaerts verify --all` asks, `alone` the file that lies in every release, both for findings.
"""

import datetime as dt
import importlib.util
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import exports

from ingest.archive import Archive
from ingest.connectors import AvailableFile
from release import ledger, store
from release.layout import VarFolder
from release.manifest import DeliveryInForce
from release.reason import Reason
from release.verifying import verified

LINES = 50
BESIDE = {
    "refresh.html": b"<p>page</p>",
    "release_notes.json": b'{"summary": {"de": "Nichts", "en": "Nothing"}, "told": []}\n',
}


@dataclass(frozen=True)
class Office:
    """A programme's folder and the ids of its releases, the older first."""

    var: VarFolder
    old: str
    new: str

    def copy(self, place: Path) -> "Office":
        """The same at another path."""
        shutil.copytree(self.var.root, place, symlinks=True)
        return replace(self, var=VarFolder(self.var.programme_id, place))

    def full(self) -> list[Reason]:
        """Findings of the full verification of everything."""
        return list(verified(self.var, None).findings)

    def alone(self, release_id: str | None = None) -> list[str]:
        """Findings of the file that lies in a release, with the ledger."""
        folder = self.var.releases / (release_id or self.new)
        script = loaded(folder / "verify.py") if (folder / "verify.py").is_file() else loaded(SHIPPED)
        try:
            keys = [script.public_key(str(folder / "public_key.pem"))]
        except (OSError, ValueError):
            keys = []
        return [*script.files(folder, keys), *script.ledger(self.var.ledger, folder, keys)]


SHIPPED = Path(store.__file__).with_name("verify.py")
_loaded: dict[bytes, ModuleType] = {}


def loaded(path: Path) -> Any:
    """The verifier as a module, from the bytes that were shipped."""
    content = SHIPPED.read_bytes()  # damaged bytes are found, not run
    if content not in _loaded:
        spec = importlib.util.spec_from_file_location("verify_alone", SHIPPED)
        assert spec and spec.loader
        _loaded[content] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(_loaded[content])
    return _loaded[content]


def make(place: Path) -> Office:
    """The folder, made as refreshes make it; of two deliveries one is packed."""
    var = VarFolder("nordwaerts", place / "var").create()
    archive = Archive(var.archive)
    receipts = []
    for number, content in enumerate([b"area;value\n1;2\n", b"area;value\n" + b"1;3\n" * 40]):
        offer = place / f"delivery_{number}.csv"
        offer.write_bytes(content)
        file = AvailableFile(offer.name, str(offer), "text/csv", lambda content=content: content)  # type: ignore[misc]
        receipts.append(archive.receive(file, "ehrenamt", "internal", exports.NIGHT, is_synthetic=True))
    archive.offered_again(receipts[0], "renamed.csv", exports.NIGHT)
    ids = []
    for night, label in enumerate(["first", "second"]):
        export = exports.write_export(place / label, label, night)
        delivery = DeliveryInForce("ehrenamt__counts", receipts[night].delivery_id, "ehrenamt", dt.date(2026, 2, 1))
        meta = replace(
            exports.meta(label),
            deliveries=(delivery,),
            certificate=b"{}\n",
            made_by={"requirements.lock": "1" * 64},
            source=b"code of both",
        )
        found = store.publish(export, meta, var, lambda _: BESIDE)
        _line(var, "published", found.release_id, found.inputs_sha256)
        ids.append(found.release_id)
    kinds: list[ledger.Outcome] = ["unchanged", "refused", "accepted", "broken"]
    for number in range(LINES - 2):
        _line(var, kinds[number % 4], ids[-1], None)
    return Office(var, *ids)


def _line(var: VarFolder, outcome: ledger.Outcome, release_id: str, inputs_sha256: str | None) -> None:
    is_refusal = outcome in ledger.FAILED
    ledger.append(
        var,
        outcome,
        at=exports.NIGHT,
        release_id=release_id,
        inputs_sha256=inputs_sha256,
        reasons=[Reason("Zeile „ä“ fehlt", "a line is missing", rule="number", file="a.csv")] if is_refusal else (),
        in_force={"ehrenamt__counts": ["a" * 64]},
        superseded={"ehrenamt__counts": ["b" * 64]} if outcome == "published" else None,
        replaced_by={"ehrenamt__counts": {"b" * 64: ["a" * 64]}} if outcome == "published" else None,
        refused={"ehrenamt__counts": ["c" * 64]} if is_refusal else None,
        held={"ehrenamt__counts": {"d" * 64: ["check"]}} if is_refusal else None,
        counts={"ehrenamt__counts": {"a" * 64: {"accepted": 3}}} if outcome == "published" else None,
        decision=ledger.Decision("ehrenamt", "d" * 64, "angesehen", "N. N.", ("check",))
        if outcome == "accepted"
        else None,
        as_of_on=exports.AS_OF,
        is_synthetic=True,
    )


def loosen(path: Path) -> None:
    """Let a test change a file that is closed to writing."""
    path.chmod(0o644)
