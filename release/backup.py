"""Backing up: what cannot be made anew, and the inbox, into a folder that is added to and never torn.

Contents are only added, read back, and then `backup.json` is replaced, so that a backup that breaks off leaves the one
before it as it was. Neither waits for a refresh nor keeps one waiting: its order of reading makes it one moment.
"""

import datetime as dt
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from release import chain, ledger, ledger_head
from release.atomic import PARTIAL, copy_partial, sha256_of, sync_folder, write_whole
from release.backup_damage import damaged, mended
from release.backup_record import CONTENT, RECORD, Backup, FileEntry, load, verify
from release.finding import Hashes
from release.layout import VarFolder
from release.lock import alone
from release.reason import Reason, ReleaseError

KEPT = 10
_LOOKS = 5


class BackupRefused(ReleaseError):
    """No backup was made; the last one stays as it was."""


@dataclass(frozen=True)
class Written:
    """What came of a backup: its record, the contents that were not there before (count, bytes), what could not be read.

    `damaged` says what is wrong with files as they lie there; in the backup those are damaged that its record names.
    `left_out` names entries of the inbox that are closed to this user, lead in a circle or to a folder elsewhere.
    """

    record: Backup
    added_count: int
    added_bytes: int
    damaged: tuple[Reason, ...] = ()
    left_out: tuple[str, ...] = ()


def backup(var: VarFolder, inbox: Path, target: Path, at: dt.datetime) -> Written:
    """Back up a programme's folder and inbox into `<target>/<programme>`, also while a refresh runs.

    Everything but what can be deleted: deliveries, ledger, all releases with their objects, small files. The last `KEPT`
    records stay, with what they refer to. A damaged file costs itself alone: what the backup before holds of it stays. Raises
    BackupRefused, LedgerError, and BackupDamaged where what is read back is not what was written; then the last backup stands.
    """
    folder = target / var.programme_id
    _refuse_place(var, inbox, folder)
    for place in (target, folder, folder / CONTENT):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    lock = folder / "backup.lock"
    lock.touch(mode=0o600)
    with alone(lock, _another_runs):
        earlier = [(path, load(path)) for path in _records(folder)]
        if earlier:
            _refuse_another_ledger(earlier[-1][1], var)
        there = {path.name for path in (folder / CONTENT).iterdir()}
        record, found = _of_one_moment(var, inbox, folder / CONTENT, at)
        record = mended(record, found, earlier[-1][1] if earlier else None, folder / CONTENT)
        sync_folder(folder / CONTENT)
        verify(record, folder)
        if earlier:
            path, last = earlier[-1]
            _write(folder / f"backup-{last.at:%Y%m%dT%H%M%SZ}.json", path.read_bytes())
        _write(folder / RECORD, record.dump())
        _clear(folder)
    added = {entry.sha256: entry.size_bytes for entry in record.files.values() if entry.sha256 not in there}
    left_out = tuple(sorted(path.relative_to(inbox).as_posix() for path in _closed(inbox)))
    return Written(record, len(added), sum(added.values()), tuple(found), left_out)


def _of_one_moment(var: VarFolder, inbox: Path, content: Path, at: dt.datetime) -> tuple[Backup, list[Reason]]:
    """Store what is there, and say what of it is damaged; where the ledger went on or a file went away, look again."""
    changed, hashes = var.ledger.name, Hashes()
    for _ in range(_LOOKS):
        try:
            before, lines = _ledger_bytes(var), ledger.lines(var)
            if lines and lines[-1].says("key") and ledger_head.content(var) is None:
                raise BackupRefused(ledger_head.missing())
            record, found = _stored(var, inbox, content, at, lines, hashes), damaged(var, hashes)
            if _ledger_bytes(var) == before:
                return record, found
        except FileNotFoundError as error:
            changed = str(error.filename)
    raise BackupRefused(
        Reason(
            de=f"Was zu sichern ist, ändert sich während der Sicherung immer wieder: {changed}.",
            en=f"What is to be backed up keeps changing meanwhile: {changed}.",
            remedy_de="Ist es ein Verweis, der ins Leere führt, entfernen Sie ihn. Sonst sichern Sie später noch einmal.",
            remedy_en="If it is a link that leads nowhere, remove it. Otherwise back up again later.",
            rule="backup_of_one_moment",
        )
    )


def _stored(
    var: VarFolder, inbox: Path, content: Path, at: dt.datetime, lines: Sequence[chain.Line], hashes: Hashes
) -> Backup:
    folders: dict[str, str] = {}
    files: dict[str, FileEntry] = {}
    for name, path in _found(var, inbox):
        seen = path.stat()
        mode = f"{stat.S_IMODE(seen.st_mode):04o}"
        if stat.S_ISDIR(seen.st_mode):
            folders[name] = mode
        elif stat.S_ISREG(seen.st_mode):
            sha256 = _store(path, seen.st_size, content, hashes)
            files[name] = FileEntry(sha256, (content / sha256).stat().st_size, mode, seen.st_mtime_ns)
    # not the link: it is switched before the ledger says so
    last = next((line.says("release_id") for line in reversed(lines) if line.outcome in ledger.POINTING), None)
    current = last if f"var/releases/{last}" in folders else None
    return Backup(var.programme_id, at.astimezone(dt.UTC).replace(microsecond=0), len(lines), current, folders, files)


def _found(var: VarFolder, inbox: Path) -> Iterator[tuple[str, Path]]:
    """Folders and files with their names in the backup; what refers to others comes before them, so none is lacking."""
    made_anew = {
        var.begun,
        var.staging,
        var.landed,
        var.rejected,
        var.vintages,
        var.build,
        var.dagster,
        var.lock,
        var.current,
    }
    left_out = {*made_anew, var.signing}  # who holds a backup must not be able to sign

    def is_left_out(path: Path) -> bool:
        return path in left_out or PARTIAL in path.name or path.name.startswith(".")

    for place in (var.releases, var.objects, var.archive / "receipts", var.folder):
        for path in _below(place, is_left_out) if place.exists() else ():
            yield str("var" / path.relative_to(var.folder)), path
        left_out.add(place)
    closed = _closed(inbox)
    for path in _below(inbox, lambda path: path in closed) if inbox.exists() else ():
        yield str("inbox" / path.relative_to(inbox)), path


def _below(place: Path, is_left_out: Callable[[Path], bool]) -> Iterator[Path]:
    yield place
    if stat.S_ISDIR(place.stat().st_mode):
        for path in sorted(place.iterdir()):
            if not is_left_out(path):
                yield from _below(path, is_left_out)


def _closed(folder: Path) -> set[Path]:
    """What of an inbox cannot be read, and links to folders: an office may put anything there, the backup goes on."""
    found: set[Path] = set()
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            mode = path.stat().st_mode
            if stat.S_ISDIR(mode):
                found |= {path} if path.is_symlink() else _closed(path)
            elif not os.access(path, os.R_OK):
                found.add(path)
        except FileNotFoundError:
            continue  # it went away, or leads nowhere: whoever stores it sees
        except OSError:
            found.add(path)
    return found


def _store(path: Path, size_bytes: int, content: Path, hashes: Hashes) -> str:
    """Have a file's bytes among the contents, closed to others; their SHA-256."""
    sha256 = hashes.of(path) or sha256_of(path)  # also of what a link in the inbox leads to
    stored = content / sha256
    if not stored.is_file() or stored.stat().st_size != size_bytes:
        partial, sha256 = copy_partial(path, stored)  # of what was copied: the file may have grown
        partial.chmod(0o600)
        partial.replace(content / sha256)
    return sha256


def _records(folder: Path) -> list[Path]:
    """Records in a backup folder, the newest last."""
    newest = folder / RECORD
    return [*sorted(folder.glob("backup-*.json")), *([newest] if newest.exists() else [])]


def _write(path: Path, content: bytes) -> None:
    write_whole(path, content)
    path.chmod(0o600)


def _clear(folder: Path) -> None:
    """Remove records before the last `KEPT`, and contents none of those left refers to."""
    records = _records(folder)
    for path in records[:-KEPT]:
        path.unlink()
    wanted = {entry.sha256 for path in records[-KEPT:] for entry in load(path).files.values()}
    for path in (folder / CONTENT).iterdir():
        if path.name not in wanted:
            path.unlink()


def _ledger_bytes(var: VarFolder) -> bytes:
    return var.ledger.read_bytes() if var.ledger.exists() else b""


def _refuse_place(var: VarFolder, inbox: Path, folder: Path) -> None:
    if not var.ledger.exists() and not var.archive.exists():
        raise BackupRefused(
            Reason(
                de=f"In {var.folder} ist nichts zu sichern.",
                en=f"There is nothing to back up in {var.folder}.",
                remedy_de="Prüfen Sie NORDWAERTS_VAR und --programme.",
                remedy_en="Check NORDWAERTS_VAR and --programme.",
            )
        )
    for origin in (var.root, inbox):
        if folder.resolve().is_relative_to(origin.resolve()):
            raise BackupRefused(
                Reason(
                    de=f"Die Datensicherung darf nicht in {origin} liegen: Sie ginge mit dem Gesicherten verloren.",
                    en=f"The backup must not lie in {origin}: it would be lost together with what it saves.",
                    remedy_de="Nennen Sie einen Ordner auf einem anderen Datenträger.",
                    remedy_en="Name a folder on another disk.",
                )
            )


def _refuse_another_ledger(last: Backup, var: VarFolder) -> None:
    """Raise BackupRefused where the ledger does not go on from the one backed up last: lines lost, or another folder."""
    known = last.files.get(f"var/{var.ledger.name}")
    if known and hashlib.sha256(_ledger_bytes(var)[: known.size_bytes]).hexdigest() != known.sha256:
        raise BackupRefused(
            Reason(
                de=f"Nicht gesichert: {var.ledger} setzt das nicht fort, was zuletzt gesichert wurde "
                f"({last.ledger_line_count} Zeilen); es fehlen Zeilen, oder es ist ein anderer Arbeitsordner.",
                en=f"Not backed up: {var.ledger} does not go on from what was backed up last "
                f"({last.ledger_line_count} lines); lines are missing, or it is another working folder.",
                remedy_de="Fehlen Zeilen, stellen Sie die letzte Sicherung wieder her. Ist es mit Absicht ein anderer "
                "Ordner, sichern Sie ihn an einen anderen Ort.",
                remedy_en="If lines are missing, restore the last backup. If it is another folder on purpose, back it up "
                "to another place.",
                rule="backup_goes_on",
            )
        )


def _another_runs(process: str) -> BackupRefused:
    return BackupRefused(
        Reason(
            de=f"In diesen Ordner wird gerade schon gesichert (Prozess {process}).",
            en=f"Another backup into this folder is running (process {process}).",
            remedy_de="Warten Sie, bis sie fertig ist.",
            remedy_en="Wait until it has finished.",
        )
    )
