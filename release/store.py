"""Publication: from a checked export to the release readers see, whole or not at all.

Parquet lies once under its hash in `objects`; a release is a folder of hard links, built under a partial
name and renamed; readers are switched by replacing the link `current`. Publication, recovery after a
crash, rollback and clearing up live here; reading is in `release.reading`. The caller of every function
holds `refresh_lock`, and the caller of `publish` ends its refresh with the one ledger line.
"""

import datetime as dt
import filecmp
import gzip
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from release import ledger, manifest, provenance, reading, refusal, retention, rights, start_mark, whole
from release.atomic import partial_name, point, remove_partials, sync_file, sync_folder, write_whole
from release.database import build_database
from release.files import DATABASE, DATABASE_PROVENANCE, PROVENANCE, ReleaseDamaged
from release.gate import PUBLIC, CheckedExport, ReleaseRefused, admit
from release.layout import VarFolder
from release.manifest import Manifest, MartText, ReleaseMeta, TableEntry
from release.reading import CHECKS, Release
from release.reason import Reason
from release.seen import spans
from release.signing import Signer, signer
from release.verifying_release import require_whole

_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")
_BLOCK = 4096  # what the smallest file takes on disk
CERTIFICATE = "fault-certificate.json"
Beside = Callable[[Release], Mapping[str, bytes]]


def nothing_beside(_release: Release) -> Mapping[str, bytes]:
    """No further files."""
    return {}


def publish(
    export: Path,
    meta: ReleaseMeta,
    var: VarFolder,
    beside: Beside = nothing_beside,
    before_switch: Callable[[], None] = lambda: None,
) -> Release:
    """Publish the marts of an export folder and switch readers to them.

    `export` holds `<mart>.parquet`, `checks.parquet` and `export.json` (see `release.gate`); its files are moved, not
    copied, so that an export is published once. Returns the release now current; equal bytes from the same inputs
    give the same release. `beside` is asked for further files, by name, once all marts of a new release lie in its folder:
    all files are signed together, nothing is added later. `before_switch` is called once all is ready. The ledger line is the
    caller's to write; `recover` makes up for one a crash prevented. Raises ReleaseRefused, ReleaseDamaged where the release is
    there already with other bytes than it was published with, and LedgerError on a broken ledger; then readers keep what they
    have.
    """
    var.create()
    ledger.verify_chain(var)
    admitted = admit(export, meta.inputs_sha256, meta.is_synthetic)
    earlier = reading.published_from(var, meta.inputs_sha256)
    if earlier and earlier.as_of_on != meta.as_of_on:  # the same inputs are one release, on whatever day
        before_switch()
        return switch(var, earlier.release_id or "")
    planned, key = _plan(admitted, meta), signer(var)
    folder = var.releases / planned.release_id
    if folder.exists():
        require_whole(var, folder.name)
        _same_figures(planned, manifest.load(folder / reading.MANIFEST))
        _restore_database(folder, planned, key)
    else:
        if meta.source:
            _store_source(meta.source, var)
        _assemble(admitted, planned, meta, folder, var, key, beside)
    whole.confirm(var, folder.name)
    before_switch()
    point(var.current, folder.name)
    return reading.release(var, folder.name)


def switch(var: VarFolder, release_id: str) -> Release:
    """Switch readers to a release there is, its database made anew where it is missing; the ledger line is the caller's.

    Raises ReleaseMissing, and ReleaseDamaged where it is not whole as it was published.
    """
    target = reading.release(var, release_id)
    ledger.verify_chain(var)
    require_whole(var, release_id)
    _restore_database(target.folder, target.manifest, signer(var))
    whole.confirm(var, release_id)
    point(var.current, release_id)
    return target


def rollback(var: VarFolder, release_id: str, at: dt.datetime) -> Release:
    """Switch readers back to an earlier release and say so in the ledger; raises ReleaseMissing, ReleaseDamaged.

    What a crash left behind is cleared first, so that the ledger knows every release readers saw.
    """
    recover(var, at)
    with start_mark.at_work(var, "rollback", at):
        target = switch(var, release_id)
        _note_pointer(var, target, "rolled_back", at)
        refusal.follow(var)
    return target


def recover(var: VarFolder, at: dt.datetime) -> list[Path]:
    """Clear what a crash left behind, at the start of a refresh or rollback; returns the paths removed.

    A refresh that died gets its line. If readers see another release than the ledger last said, a `recovered` line brings
    the ledger level. A release that was whole but never shown goes: no line would ever tell of it. A link to a release that
    is gone is removed. Raises LedgerError on a broken ledger.
    """
    folders = [path for path in var.releases.glob("*") if path.is_dir() and not path.is_symlink()]
    places = (var.folder, var.rejected, var.objects, var.sources, var.releases, *folders)
    removed = [path for place in places for path in remove_partials(place)]
    start_mark.settle(var, "died", at)
    if var.current.is_symlink() and not var.current.exists():
        var.current.unlink()
        sync_folder(var.releases)
        removed.append(var.current)
    known = ledger.last(var, *ledger.POINTING)
    if reading.current_id(var) != (known.release_id if known else None):
        _note_pointer(var, reading.current(var), "recovered", at)
    removed += _remove_never_shown(var)
    var.announced.unlink(missing_ok=True)
    refusal.follow(var)
    return removed


def collect(var: VarFolder) -> list[Path]:
    """Remove releases the ledger let go, objects no release refers to, and databases of releases before the last.

    Returns their paths. What a crash leaves of it the next night removes. Figures of the releases that stay do stay: their
    database is rebuilt from Parquet when they are rolled back to.
    """
    ids = reading.release_ids(var)
    gone = sorted(set(retention.let_go(var)).intersection(ids) - {reading.current_id(var)})
    for release_id in gone:
        _remove(var, release_id)
    idle = _unused(var, is_anything_gone=bool(gone))
    kept = {*_last_two_current(var), *gone}
    idle += [path for each in ids if each not in kept and (path := var.releases / each / DATABASE).exists()]
    for path in idle:
        path.unlink()
    return [*(var.releases / release_id for release_id in gone), *idle]


def _remove_never_shown(var: VarFolder) -> list[Path]:
    """Remove the release of the publication that broke off before readers were switched to it.

    Only the one that was announced: another release the ledger does not know may be one whose lines were lost.
    """
    said = ledger.announced(var)
    inputs = said.inputs_sha256 if said else None
    ids = [each for each in reading.release_ids(var) if inputs and each.endswith(f"-{inputs[:8]}")]
    removed = []
    for release_id in ids:
        is_named = any(entry.release_id == release_id for entry in ledger.newest(var, naming=release_id))
        if not is_named and _is_of(var, release_id, inputs):
            _remove(var, release_id)
            removed.append(var.releases / release_id)
    return removed


def _is_of(var: VarFolder, release_id: str, inputs_sha256: str | None) -> bool:
    """Whether a release says it is of these inputs; one whose manifest is damaged says nothing and stays."""
    try:
        return reading.release(var, release_id).inputs_sha256 == inputs_sha256
    except (ReleaseDamaged, manifest.ManifestError):
        return False


def _remove(var: VarFolder, release_id: str) -> None:
    """Remove a release; readers meet it whole or not at all."""
    partial = partial_name(var.releases / release_id)
    (var.releases / release_id).rename(partial)
    sync_folder(var.releases)
    shutil.rmtree(partial)


def _unused(var: VarFolder, is_anything_gone: bool) -> list[Path]:
    """Objects without a link from any release, unless a manifest names them: a copy of the folder may have lost the links.

    And source archives that none names, which can be only where a release is gone.
    """
    idle = [Path(entry.path) for entry in os.scandir(var.objects) if entry.stat().st_nlink == 1]
    named: set[str] = set()
    for release_id in reading.release_ids(var) if idle or is_anything_gone else ():
        with suppress(FileNotFoundError):  # manifests are searched, not parsed: also a damaged one keeps what it names
            named.update(_SHA256.findall((var.releases / release_id / reading.MANIFEST).read_text("utf-8", "replace")))
    objects = [path for path in idle if path.suffix == ".parquet" and path.stem not in named]
    sources = var.sources.glob("*.tar.gz") if is_anything_gone else ()
    return sorted([*objects, *(path for path in sources if path.name.partition(".")[0] not in named)])


def _plan(admitted: CheckedExport, meta: ReleaseMeta) -> Manifest:
    return Manifest(
        release_id=manifest.release_id(meta.as_of_on, meta.inputs_sha256),
        inputs_sha256=meta.inputs_sha256,
        as_of_on=meta.as_of_on,
        is_synthetic=meta.is_synthetic,
        code_sha256=meta.code_sha256,
        deliveries=meta.deliveries,
        due_on=meta.due_on,
        expected_on=meta.expected_on,
        tables={
            mart: TableEntry(
                sha256=sha256,
                row_count=admitted.row_counts[mart],
                is_public=mart in admitted.public,
                text=meta.texts.get(mart, MartText()),
                public_sha256=admitted.public.get(mart),
                public_row_count=admitted.public_row_counts.get(mart),
            )
            for mart, sha256 in sorted(admitted.tables.items())
        },
        checks_sha256=admitted.checks_sha256,
        certificate_sha256=hashlib.sha256(meta.certificate).hexdigest() if meta.certificate else None,
        source_sha256=hashlib.sha256(meta.source).hexdigest() if meta.source else None,
        engine=meta.engine,
    )


def _same_figures(planned: Manifest, existing: Manifest) -> None:
    differing = sorted(
        mart
        for mart in planned.tables.keys() | existing.tables.keys()
        if mart not in planned.tables
        or mart not in existing.tables
        or planned.tables[mart].sha256 != existing.tables[mart].sha256
    )
    if differing or planned.inputs_sha256 != existing.inputs_sha256:
        names = ", ".join(differing) or "inputs_sha256"
        raise ReleaseRefused(
            Reason(
                de=f"Der Stand {planned.release_id} besteht schon, mit anderen Zahlen in: {names}.",
                en=f"Release {planned.release_id} exists already, with other figures in: {names}.",
                remedy_de="Dieselben Eingaben müssen dieselben Zahlen ergeben: Melden Sie dies der Entwicklung.",
                remedy_en="The same inputs must give the same figures: report this to the developers.",
                rule="same_inputs_same_bytes",
            )
        )


def _assemble(
    admitted: CheckedExport,
    planned: Manifest,
    meta: ReleaseMeta,
    folder: Path,
    var: VarFolder,
    key: Signer,
    beside: Beside,
) -> None:
    partial = partial_name(folder)
    if partial.exists():
        shutil.rmtree(partial)
    internal, public = partial / "internal", partial / PUBLIC
    for place in (partial, internal, public):
        place.mkdir()
    for mart, table in planned.tables.items():
        file_name = f"{mart}.parquet"
        stored = _store_object(admitted.folder / file_name, table.sha256, var)
        (internal / file_name).hardlink_to(stored)
        if table.public_sha256:
            stored = _store_object(admitted.folder / PUBLIC / file_name, table.public_sha256, var)
            (public / file_name).hardlink_to(stored)
    (admitted.folder / CHECKS).replace(partial / CHECKS)
    if meta.certificate:
        _lay(partial, CERTIFICATE, meta.certificate, var)
    build_database(partial / DATABASE, internal, partial / CHECKS, planned)
    provenance.state_database(partial / DATABASE, partial, planned, key)
    write_whole(partial / reading.MANIFEST, planned.dump())
    for name, content in beside(Release(partial, planned)).items():
        _lay(partial, name, content, var)
    provenance.lay_verifier(partial, key)
    provenance.state(partial, planned, meta, var, key)
    rights.hand_over(partial)
    for path in sorted(partial.rglob("*")):
        if path.is_file():
            sync_file(path)
    for place in (var.objects, internal, public, partial):
        sync_folder(place)
    partial.rename(folder)
    sync_folder(var.releases)


def _lay(folder: Path, name: str, content: bytes, var: VarFolder) -> None:
    """Write a file of a release; one that readers' release has byte for byte serves both, where that saves room."""
    seen = var.current.resolve() / name
    if len(content) >= _BLOCK and seen.is_file() and not seen.is_symlink() and seen.read_bytes() == content:
        (folder / name).hardlink_to(seen)
    else:
        write_whole(folder / name, content)


def _store_object(source: Path, sha256: str, var: VarFolder) -> Path:
    """Move an admitted file among the objects; one that is there already, byte for byte, stays and serves both."""
    stored = var.objects / f"{sha256}.parquet"
    if stored.is_file() and filecmp.cmp(source, stored, shallow=False):
        source.unlink()
    else:
        source.replace(stored)
    return stored


def _store_source(content: bytes, var: VarFolder) -> None:
    """Keep the code a release is made with, compressed, once for all releases made with it."""
    stored = var.source(hashlib.sha256(content).hexdigest())
    if not stored.is_file():
        var.sources.mkdir(exist_ok=True)
        write_whole(stored, gzip.compress(content, mtime=0))
        stored.chmod(0o400)


def _restore_database(folder: Path, contents: Manifest, key: Signer) -> None:
    if (folder / DATABASE).exists():
        return
    partial = partial_name(folder / DATABASE)
    build_database(partial, folder / "internal", folder / CHECKS, contents)
    rights.hand_over(partial)
    sync_file(partial)
    if (folder / PROVENANCE).exists():  # a release from before signing stays as it was
        provenance.state_database(partial, folder, contents, key)
        rights.hand_over(folder / DATABASE_PROVENANCE)
    partial.replace(folder / DATABASE)
    sync_folder(folder)


def _note_pointer(var: VarFolder, found: Release | None, outcome: ledger.Outcome, at: dt.datetime) -> ledger.Entry:
    if found is None:
        return ledger.append(var, outcome, at=at)
    said = ledger.announced(var) if outcome == "recovered" else None
    if said and said.inputs_sha256 != found.inputs_sha256:
        said = None
    return ledger.append(
        var,
        outcome,
        at=at,
        release_id=found.release_id,
        inputs_sha256=found.inputs_sha256,
        reasons=said.reasons if said else (),
        in_force=found.manifest.in_force,
        superseded=said.superseded if said else None,
        replaced_by=said.replaced_by if said else None,
        refused=said.refused if said else None,
        held=said.held if said else None,
        counts=said.counts if said else None,
        as_of_on=found.manifest.as_of_on,
        is_synthetic=found.manifest.is_synthetic,
    )


def _last_two_current(var: VarFolder) -> list[str]:
    named = list(dict.fromkeys(span.release_id for span in reversed(spans(var)) if span.release_id))
    seen = reading.current_id(var)
    return [*([seen] if seen else []), *named[:2]]
