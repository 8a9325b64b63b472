"""Files of a release: names, with which bytes they were published, and whether they still have them.

Whoever reads a file asks here first. The bytes are hashed anew in every process: nothing is kept on disk that could lie.
Whether the statements are truly signed, and whether a release is whole, asks `release.verifying_release`.
"""

from pathlib import Path

from release.envelope import opened, subjects_of
from release.finding import REBUILD, RESTORE, Hashes, finding
from release.reason import Reason, ReleaseError

TOLD_BEFORE = "told_before.parquet"  # what earlier public editions told
DATABASE = "monitoring.duckdb"
PROVENANCE = "provenance.dsse.json"
DATABASE_PROVENANCE = "monitoring.dsse.json"
PUBLIC_KEY = "public_key.pem"
VERIFIER = "verify.py"
APART = (PROVENANCE, DATABASE, DATABASE_PROVENANCE)  # files the statement of a release is not about
_SIGNED = (PROVENANCE, DATABASE_PROVENANCE, PUBLIC_KEY, VERIFIER)  # what tells a signed release from one of before
_hashes = Hashes()


class ReleaseDamaged(ReleaseError):
    """Files of a release are not those that were published; `reasons` names each."""


def place_of(folder: Path, name: str) -> str:
    """How a file of a release is called in sentences."""
    return f"releases/{folder.name}/{name}".rstrip("/")


def fault(path: Path, named: str, sha256: str, hashes: Hashes = _hashes) -> Reason | None:
    """What is wrong with a file that was published with this hash; None where nothing is."""
    found = hashes.of(path)
    if found is None:
        return missing(named)
    return changed(named) if found != sha256 else None


def as_published(folder: Path, name: str, sha256: str) -> Path:
    """A file of a release, if it has the bytes of this hash; raises ReleaseDamaged."""
    if reason := fault(folder / name, place_of(folder, name), sha256):
        raise ReleaseDamaged(reason)
    return folder / name


def as_stated(folder: Path, name: str) -> Path | None:
    """A file of a release, if it has the bytes its statement names; as it is in a release from before statements.

    None where none was published. Raises ReleaseDamaged, also where the statement itself is missing or changed.
    """
    is_there = (folder / name).exists()
    if not any((folder / each).exists() for each in _SIGNED):
        return folder / name if is_there else None
    path = folder / PROVENANCE
    try:
        envelope = opened(path.read_bytes())
        statement = envelope.statement if envelope else {}
        subjects = subjects_of(statement)
        is_own = statement["predicate"]["runDetails"]["metadata"]["invocationId"] == folder.name
    except FileNotFoundError:
        raise ReleaseDamaged(missing(place_of(folder, PROVENANCE))) from None
    except (ValueError, KeyError, TypeError):
        is_own = False
    if not is_own:
        raise ReleaseDamaged(changed(place_of(folder, PROVENANCE)))
    if name in subjects:
        return as_published(folder, name, subjects[name])
    if is_there:
        raise ReleaseDamaged(foreign(place_of(folder, name)))
    return None


def missing(named: str) -> Reason:
    """That a file is not there."""
    return finding("release_complete", named, "Die Datei fehlt.", "the file is missing.", _remedy(named))


def changed(named: str) -> Reason:
    """That a file has other bytes than it was published with."""
    return finding("release_unaltered", named, "Die Datei wurde verändert.", "the file was changed.", _remedy(named))


def foreign(named: str) -> Reason:
    """That nobody published a file."""
    de, en = "Die Datei gehört nicht zum Stand.", "the file does not belong to the release."
    return finding("release_only_published", named, de, en, ("Legen Sie sie beiseite.", "Put it aside."))


def _remedy(named: str) -> tuple[str, str]:
    return REBUILD if named.endswith(f"/{DATABASE}") else RESTORE
