"""Whether what a command is about to use of the archive is what came: receipts as the ledger saw them, a delivery with its hash.

Asked where it is used. A receipt the ledger has not named yet is of a refresh that broke off or is at work, and believed; what is
foreign harms nobody here and is found by `verify`.
"""

from collections.abc import Mapping

from programmes.stored import delivered, stored_at
from release import ledger
from release.archive_record import recorded
from release.finding import Hashes
from release.layout import VarFolder
from release.reason import Reason, ReleaseError
from release.verifying_archive import archive_findings, changed, missing, receipt_findings

_DAMAGE = ("archive_complete", "archive_unaltered")


class ArchiveDamaged(ReleaseError):
    """Files of the archive are not those that were received; `reasons` names each."""


def require_receipts(var: VarFolder) -> None:
    """Raise ArchiveDamaged with every receipt that is missing or was changed; LedgerError where nobody can say."""
    if found := receipt_damage(var):
        raise ArchiveDamaged(*found)


def receipt_damage(var: VarFolder) -> list[Reason]:
    """Every receipt, or note of a later offer, that the ledger named and that is missing or was changed."""
    return receipt_findings(var.archive, named(var), Hashes())


def damage_of_all(var: VarFolder, hashes: Hashes) -> list[Reason]:
    """Every receipt, note and delivery of the archive that is missing or was changed, and not removed on the ledger's word."""
    lines = ledger.lines(var)
    forgotten = ledger.forgotten_deliveries(ledger.entry_of(line) for line in lines if line.outcome == "forgotten")
    found = archive_findings(var, named(var), forgotten, hashes, is_recorded=False)
    return [each for each in found if each.rule in _DAMAGE]


def named(var: VarFolder) -> dict[str, str]:
    """Path of every receipt or note below the archive that the ledger named → the SHA-256 it had."""
    return recorded(map(ledger.archived_by, ledger.lines(var)))


def delivery_damage(var: VarFolder, source_id: str, delivery_id: str, known: Mapping[str, str]) -> Reason | None:
    """Why nobody can look a delivery up as it came; None where one can. `known` is what `named` gives."""
    path, short = stored_at(var.archive / "objects", delivery_id), delivery_id[:12]
    if path is None:
        return ledger.why_forgotten(var, delivery_id) or missing(f"objects/{delivery_id}")
    if delivered(path) is None:
        return changed(f"objects/{path.name}")
    of_it = {
        name: sha256
        for name, sha256 in known.items()
        if name.startswith(f"receipts/{source_id}/") and f"-{short}" in name
    }
    if not of_it and not any((var.archive / "receipts" / source_id).glob(f"*-{short}.json")):
        return missing(f"receipts/{source_id}/…-{short}.json")
    return next(iter(receipt_findings(var.archive, of_it, Hashes())), None)
