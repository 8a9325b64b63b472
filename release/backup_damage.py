"""What is damaged of what a backup is made of, and what of the backup before stands in for it.

Releases are held against their statement and manifest, deliveries and objects against the hash in their name, receipts
against the ledger. What is merely new, or goes while a refresh is at work, is no damage. The ledger itself is not judged here:
without it nothing is backed up.
"""

import errno
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from programmes.stored import PACKED
from release import reading
from release.archive_damage import damage_of_all
from release.atomic import sha256_of
from release.backup_record import Backup, FileEntry
from release.files import changed
from release.finding import Hashes, one_per_file
from release.layout import VarFolder
from release.reason import Reason
from release.verifying_release import damage


def damaged(var: VarFolder, hashes: Hashes) -> list[Reason]:
    """What is not as it was published, recorded or delivered; one reason a file.

    Raises FileNotFoundError where a release went away meanwhile: then it is to be looked at again.
    """
    found: list[Reason] = []
    for release_id in reading.release_ids(var):
        # asked again, for a refresh may have removed the database of an earlier release just then
        told = damage(var, release_id, hashes=hashes) and damage(var, release_id, hashes=hashes)
        if not (var.releases / release_id).is_dir():
            raise FileNotFoundError(errno.ENOENT, "released", str(var.releases / release_id))
        found += told
    for path in sorted(var.objects.glob("*.parquet")):  # also of a release whose manifest cannot be read
        if hashes.of(path) not in (None, path.stem):
            found.append(changed(f"objects/{path.name}"))
    return one_per_file([*found, *damage_of_all(var, hashes)])


def mended(record: Backup, found: Sequence[Reason], before: Backup | None, content: Path) -> Backup:
    """A record with what the backup before holds whole in the place of damaged files; of all others it says what is wrong."""
    if before is None:
        return replace(record, damaged=tuple(found))
    files, folders = dict(record.files), dict(record.folders)
    left: list[Reason] = []
    for reason in found:
        held = _held_whole(reason, record, before, content)
        if held is None:
            left.append(reason)
            continue
        name, files[held[0]] = held
        parents = map(str, PurePath(name).parents)
        folders |= {each: before.folders[each] for each in parents if each in before.folders and each not in folders}
    return replace(record, files=files, folders=folders, damaged=tuple(left))


def _held_whole(reason: Reason, record: Backup, before: Backup, content: Path) -> tuple[str, FileEntry] | None:
    """Name and entry of a damaged file in the backup before; None where it holds none, or the same bytes, or damaged ones."""
    if reason.file in {each.file for each in before.damaged}:
        return None
    stored = f"var/{reason.file}"  # a delivery that is missing is named without how it was stored
    name = next((each for each in (stored, f"{stored}{PACKED}") if each in before.files), None)
    if name is None:
        return None
    entry, now = before.files[name], record.files.get(name)
    path = content / entry.sha256
    is_whole = path.is_file() and sha256_of(path) == entry.sha256
    return (name, entry) if is_whole and (now is None or now.sha256 != entry.sha256) else None
