"""Whether one release is the one that was published: signed, whole, nothing foreign, and as its manifest and the ledger say.

The signed statement names every file; manifest, objects, checks and database are asked besides, so that a release from before
signing is verified as far as its manifest reaches. `release/verify.py`, which lies in every release, asks the first half of
this by itself; tests hold the two together.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from programmes.stored import stored_at
from release import files, ledger, manifest, reading
from release.envelope import Envelope, opened, subjects_of
from release.files import DATABASE, ReleaseDamaged, changed, fault, foreign, missing
from release.finding import Hashes, finding, one_per_file
from release.layout import VarFolder
from release.ledger import SignedLine
from release.manifest import Manifest
from release.reading import CHECKS, Release
from release.reason import Reason
from release.signing import is_signed, public_of
from release.verifying_database import content_findings

_SAID = ("published", "recovered")
_BEFORE_SIGNING = {
    reading.MANIFEST,
    DATABASE,
    "refresh.html",
    "fault-certificate.json",
}  # beside what the manifest names
_CRASH = (
    "Brach gerade eine Veröffentlichung ab, trägt die nächste Aktualisierung ihn nach. Sonst legen Sie den Ordner beiseite.",
    "If a publication just broke off, the next refresh makes up for it. Otherwise put the folder aside.",
)


def release_findings(
    var: VarFolder, release_id: str, keys: Sequence[str], lines: Sequence[SignedLine] | None, hashes: Hashes
) -> list[Reason]:
    """What is wrong with a release, at most one sentence a file. Nothing is raised for damage.

    `lines` is None where the ledger cannot be read; then nothing is said of what it says, and the key in the folder serves.
    """
    folder = var.releases / release_id
    place = f"releases/{release_id}"
    if lines is None:
        return _by_itself(var, folder, keys or _own_key(folder), hashes)
    envelope = _envelope(folder / files.PROVENANCE, keys)
    found = [*_signed(folder, place, envelope, keys, lines, hashes)]
    try:
        contents = manifest.load(folder / reading.MANIFEST)
    except manifest.ManifestError as unreadable:
        return one_per_file([*found, unreadable.reason])
    found += _as_declared(var, folder, place, contents, hashes)
    if not envelope and not _is_signed_era(release_id, lines):
        found += _foreign(folder, place, {*_declared(contents), *_BEFORE_SIGNING})
    found += _on_the_ledger(place, release_id, contents, envelope, lines)
    found += _archived(var, place, contents, lines)
    if reading_link(var) == release_id and not (folder / DATABASE).is_file():
        found.append(missing(f"{place}/{DATABASE}"))
    if not found:  # what is known to be damaged need not be opened
        found += content_findings(Release(folder, contents), place)
    return one_per_file(found)


def require_whole(var: VarFolder, release_id: str) -> None:
    """Raise ReleaseDamaged with all that `damage` finds but a missing database, which can be made anew from the rest."""
    if found := damage(var, release_id, is_database_needed=False):
        raise ReleaseDamaged(*found)


def damage(
    var: VarFolder, release_id: str, is_database_needed: bool = True, hashes: Hashes | None = None
) -> list[Reason]:
    """What is wrong with a release by what it says of itself, every file read anew: what is asked before readers are
    switched to it, or left with it. Ledger and archive are not asked, nor whose the key is.

    A database is needed only in the release readers see. `hashes` are those of files read before, for who asks of many releases.
    """
    folder = var.releases / release_id
    found = _by_itself(var, folder, _own_key(folder), hashes or Hashes())
    if is_database_needed and reading_link(var) == release_id and not (folder / DATABASE).is_file():
        found.append(missing(files.place_of(folder, DATABASE)))
    return one_per_file(found)


def _by_itself(var: VarFolder, folder: Path, keys: Sequence[str], hashes: Hashes) -> list[Reason]:
    place = f"releases/{folder.name}"
    envelope = _envelope(folder / files.PROVENANCE, keys)
    found = [*_signed(folder, place, envelope, keys, (), hashes)]
    try:
        contents = manifest.load(folder / reading.MANIFEST)
    except manifest.ManifestError as unreadable:
        return one_per_file([*found, unreadable.reason])
    found += _as_declared(var, folder, place, contents, hashes)
    if envelope is None and not keys:
        found += _foreign(folder, place, {*_declared(contents), *_BEFORE_SIGNING})
    return one_per_file(found)


def _own_key(folder: Path) -> tuple[str, ...]:
    """The key a release says it is signed with: in its file, or where that is damaged in its statement."""
    path, statement = folder / files.PUBLIC_KEY, folder / files.PROVENANCE
    key = public_of(path.read_bytes()) if path.is_file() else None
    if key is None and statement.is_file():
        envelope = opened(statement.read_bytes())
        key = envelope.key if envelope else None
    return (key,) if key else ()


def reading_link(var: VarFolder) -> str | None:
    """The name of the release the link `current` leads to, whether it is there or not; None also where it is no link."""
    try:
        return reading.current_id(var)
    except ReleaseDamaged:
        return None


def _is_signed_era(release_id: str, lines: Sequence[SignedLine]) -> bool:
    """Whether the ledger says by a signed line that this release was published."""
    return any(line.key and line.entry.release_id == release_id and line.entry.outcome in _SAID for line in lines)


def _envelope(path: Path, keys: Sequence[str]) -> Envelope | None:
    """The envelope in a file, if one of the keys signed it."""
    found = opened(path.read_bytes()) if path.is_file() and not path.is_symlink() else None
    return found if found and found.key in keys and is_signed(found.key, found.signature, found.message) else None


def _signed(
    folder: Path,
    place: str,
    envelope: Envelope | None,
    keys: Sequence[str],
    lines: Sequence[SignedLine],
    hashes: Hashes,
) -> Iterator[Reason]:
    """Statement, every file it names, files nobody named, and the statement on the database."""
    if envelope is None:
        if _is_signed_era(folder.name, lines) or (folder / files.PROVENANCE).exists() or keys:
            yield _unsigned(f"{place}/{files.PROVENANCE}")
        return
    statement = envelope.statement
    subjects = subjects_of(statement)
    if statement["predicate"]["runDetails"]["metadata"]["invocationId"] != folder.name:
        de, en = "Die Unterschrift gilt einem anderen Stand.", "the signature is of another release."
        yield finding("release_signed", f"{place}/{files.PROVENANCE}", de, en)
    database = _envelope(folder / files.DATABASE_PROVENANCE, keys)
    if database is None or database.statement["predicate"].get("release_id") != folder.name:
        yield _unsigned(f"{place}/{files.DATABASE_PROVENANCE}")
    elif (folder / DATABASE).is_file():
        subjects |= subjects_of(database.statement)
    for name, sha256 in subjects.items():
        yield from _file(folder / name, f"{place}/{name}", sha256, hashes)
    key_file = folder / files.PUBLIC_KEY
    if key_file.is_file() and public_of(key_file.read_bytes()) != envelope.key:
        yield changed(f"{place}/{files.PUBLIC_KEY}")
    yield from _foreign(folder, place, {*subjects, *files.APART})


def _file(path: Path, named: str, sha256: str, hashes: Hashes) -> Iterator[Reason]:
    if reason := fault(path, named, sha256, hashes):
        yield reason


def _foreign(folder: Path, place: str, known: set[str]) -> Iterator[Reason]:
    folders = {folder / parent for name in {*known, "public/*"} for parent in Path(name).parents}  # which may be empty
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name not in known and (path not in folders or path.is_symlink()):
            yield foreign(f"{place}/{name}")


def _declared(contents: Manifest) -> dict[str, str | None]:
    """Files of a release its manifest knows, with their hash."""
    files = {f"internal/{mart}.parquet": table.sha256 for mart, table in contents.tables.items()}
    files |= {
        f"public/{mart}.parquet": table.edition(True)[0] for mart, table in contents.tables.items() if table.is_public
    }
    known: dict[str, str | None] = {**files, CHECKS: contents.checks_sha256}
    if contents.certificate_sha256:
        known["fault-certificate.json"] = contents.certificate_sha256
    return known


def _as_declared(var: VarFolder, folder: Path, place: str, contents: Manifest, hashes: Hashes) -> Iterator[Reason]:
    """Manifest against folder name, files and objects."""
    named = manifest.release_id(contents.as_of_on, contents.inputs_sha256)
    if (contents.release_id, folder.name) != (named, named):
        yield changed(f"{place}/{reading.MANIFEST}")
    for name, sha256 in _declared(contents).items():
        if sha256:
            yield from _file(folder / name, f"{place}/{name}", sha256, hashes)
    for sha256 in sorted(
        {table.edition(side)[0] for table in contents.tables.values() for side in {False, table.is_public}}
    ):
        yield from _file(var.objects / f"{sha256}.parquet", f"objects/{sha256}.parquet", sha256, hashes)
    if contents.source_sha256:
        yield from source_findings(var, contents.source_sha256)


def source_findings(var: VarFolder, sha256: str) -> Iterator[Reason]:
    """Whether a source archive holds the bytes it is named for; its hash is that of what was compressed."""
    path = var.source(sha256)
    name = f"sources/{path.name}"
    if path.is_symlink() or not path.is_file():
        yield missing(name)
        return
    try:
        is_own = hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest() == sha256
    except (OSError, EOFError, zlib.error):
        is_own = False
    if not is_own:
        yield changed(name)


def _on_the_ledger(
    place: str, release_id: str, contents: Manifest, envelope: Envelope | None, lines: Sequence[SignedLine]
) -> Iterator[Reason]:
    """Whether the ledger tells of this publication, of these inputs, and went on from where it then ended."""
    said = [line.entry for line in lines if line.entry.release_id == release_id and line.entry.outcome in _SAID]
    if not said:
        de, en = "Der Ledger kennt diesen Stand nicht.", "the ledger does not know this release."
        yield finding("release_on_the_ledger", place, de, en, _CRASH)
    elif any(entry.inputs_sha256 not in (None, contents.inputs_sha256) for entry in said):
        de, en = "Der Ledger nennt andere Eingaben.", "the ledger names other inputs."
        yield finding("release_on_the_ledger", f"{place}/{reading.MANIFEST}", de, en)
    if envelope is None:
        return
    end = envelope.statement["predicate"]["buildDefinition"]["internalParameters"]["ledger"]
    count = end["line_count"]
    texts = [line.text for line in lines[count - 1 : count]] if count else []
    if count and [hashlib.sha256(text.encode()).hexdigest() for text in texts] != [end["head_sha256"]]:
        de = f"Am Ende fehlen Zeilen, oder es sind andere: {release_id} nennt Zeile {count}."
        en = f"lines at the end are missing, or others: {release_id} names line {count}."
        yield finding("ledger_head", "ledger.jsonl", de, en)


def _archived(var: VarFolder, place: str, contents: Manifest, lines: Sequence[SignedLine]) -> Iterator[Reason]:
    """Deliveries of a release that the archive no longer has, and the ledger does not say they were removed."""
    forgotten = ledger.forgotten_deliveries(line.entry for line in lines)
    for delivery_id in sorted({delivery.delivery_id for delivery in contents.deliveries} - forgotten):
        if stored_at(var.archive / "objects", delivery_id) is None:
            de = f"Die Lieferung fehlt, auf der {place} beruht."
            en = f"the delivery {place} rests on is missing."
            yield finding("archive_complete", f"archive/objects/{delivery_id}", de, en)


def _unsigned(file: str) -> Reason:
    return finding(
        "release_signed", file, "Die Unterschrift fehlt oder gilt nicht.", "the signature is missing or not valid."
    )
