"""Whether the archive is what came: bytes that have their hash, receipts as the ledger saw them, nothing missing or foreign.

Reads receipts as the JSON they are: their meaning is `ingest.archive`'s. A receipt the ledger has not named came after its
last refresh; it is a finding, for it may as well have been put there.
"""

import json
from collections.abc import Mapping, Set
from pathlib import Path

from programmes.stored import delivery_of
from release.finding import Hashes, finding
from release.layout import VarFolder
from release.reason import Reason

_FOREIGN = (
    "Legen Sie die Datei beiseite. Ist sie von einer Aktualisierung, die abbrach, hält die nächste sie fest.",
    "Put the file aside. If it is of a refresh that broke off, the next one records it.",
)


def archive_findings(
    var: VarFolder, recorded: Mapping[str, str], forgotten: Set[str], hashes: Hashes, is_recorded: bool
) -> list[Reason]:
    """What is wrong in the archive; `recorded` is what the ledger names, `is_recorded` whether it names anything at all.

    `forgotten` are deliveries whose bytes were removed, as the ledger says; their receipts stay.
    """
    files = {
        path.relative_to(var.archive).as_posix(): path
        for path in sorted(var.archive.rglob("*"))
        if path.is_symlink() or not path.is_dir()
    }
    found = receipt_findings(var.archive, recorded, hashes)
    named: set[str] = set()
    for name, path in files.items():
        parts = name.split("/")
        if parts[0] == "receipts" and len(parts) in (3, 4) and name.endswith(".json"):
            named |= _delivered(path) if len(parts) == 3 else set()
            if is_recorded and name not in recorded:
                found.append(_foreign(name, "Der Ledger kennt sie nicht.", "the ledger does not know it."))
        elif parts[0] != "objects" or len(parts) != 2:
            found.append(_foreign(name, "Das gehört nicht ins Archiv.", "it does not belong into the archive."))
    objects = {name: path for name, path in files.items() if name.startswith("objects/") and name.count("/") == 1}
    for name, path in objects.items():
        if delivery_of(path.name) not in named:
            found.append(
                _foreign(name, "Zu diesen Bytes gibt es keine Quittung.", "there is no receipt of these bytes.")
            )
        elif delivery_of(path.name) in forgotten:
            found.append(_still_there(name))
        elif not hashes.is_delivered(path):
            found.append(changed(name))
    there = {delivery_of(path.name) for path in objects.values()}
    return [*found, *(missing(f"objects/{delivery_id}") for delivery_id in sorted(named - there - forgotten))]


def receipt_findings(archive: Path, recorded: Mapping[str, str], hashes: Hashes) -> list[Reason]:
    """Receipts and notes, by path below the archive, that have no longer the SHA-256 the ledger names."""
    found: list[Reason] = []
    for name, sha256 in recorded.items():
        path = archive / name
        if hashes.of(path) != sha256:
            found.append(changed(name) if path.exists() or path.is_symlink() else missing(name))
    return found


def _delivered(receipt: Path) -> set[str]:
    """The delivery a receipt is of."""
    try:
        body = json.loads(receipt.read_bytes())
        return {str(body["delivery_id"])}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def missing(name: str) -> Reason:
    """That a file of the archive is not there."""
    return finding("archive_complete", f"archive/{name}", "Die Datei fehlt.", "the file is missing.")


def changed(name: str) -> Reason:
    """That a file of the archive is not what it was."""
    return finding("archive_unaltered", f"archive/{name}", "Die Datei wurde verändert.", "the file was changed.")


def _still_there(name: str) -> Reason:
    de, en = (
        "Laut Ledger ist sie gelöscht, und sie liegt noch da.",
        "by the ledger it is removed, and it still lies there.",
    )
    remedy = ("Rufen Sie „nordwaerts forget“ noch einmal auf.", "Run 'nordwaerts forget' once more.")
    return finding("archive_forgotten", f"archive/{name}", de, en, remedy)


def _foreign(name: str, de: str, en: str) -> Reason:
    return finding("archive_only_received", f"archive/{name}", de, en, _FOREIGN)
