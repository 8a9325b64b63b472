"""What a backup says of itself, `backup.json`, and whether its contents are still what that says.

`<folder>/content/` holds every content once, under its SHA-256; a record maps paths to contents. Writing a backup is in
`release.backup`, putting one back in `release.restore`.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from release.atomic import sha256_of
from release.reason import Reason, ReleaseError

RECORD, CONTENT = "backup.json", "content"


class BackupDamaged(ReleaseError):
    """A backup is not what it was: its record is unreadable, or contents are missing or altered."""


@dataclass(frozen=True)
class FileEntry:
    """One file as it was: SHA-256 of its bytes, size in bytes, rights in octal digits, last change in ns since 1970."""

    sha256: str
    size_bytes: int
    mode: str
    modified_at_ns: int


@dataclass(frozen=True)
class Backup:
    """One backup: grain of `files` is one path below `var/` or `inbox/`; `folders` maps paths to rights in octal digits.

    `at` is UTC; `current` is the release readers saw when the ledger had `ledger_line_count` lines, None if there was none.
    `damaged` says of files that they were damaged when they were backed up, and no backup before held them whole.
    """

    programme_id: str
    at: dt.datetime
    ledger_line_count: int
    current: str | None
    folders: Mapping[str, str]
    files: Mapping[str, FileEntry]
    damaged: tuple[Reason, ...] = ()

    def dump(self) -> bytes:
        """The record as bytes, with a digest of itself; the same for the same record."""
        body = {**asdict(self), "at": self.at.isoformat()}
        return (json.dumps({**body, "digest": _digest(body)}, sort_keys=True, indent=1) + "\n").encode()


def load(path: Path) -> Backup:
    """Read a record; raises BackupDamaged if it is unreadable or was changed."""
    try:
        body: dict[str, Any] = json.loads(path.read_bytes())
        if body.pop("digest") != _digest(body):
            raise ValueError
        files = {name: FileEntry(**entry) for name, entry in body["files"].items()}
        damaged = tuple(Reason.from_json(each) for each in body.get("damaged", ()))
        return Backup(**{**body, "at": dt.datetime.fromisoformat(body["at"]), "files": files, "damaged": damaged})
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BackupDamaged(
            Reason(
                de=f"Das Verzeichnis einer Datensicherung, {path}, ist nicht lesbar oder wurde verändert.",
                en=f"The record of a backup, {path}, is not readable or was changed.",
                remedy_de="Legen Sie die Datei beiseite; die vorletzte Sicherung ist die jüngste backup-….json daneben: "
                "Kopieren Sie sie nach backup.json.",
                remedy_en="Put the file aside; the backup before it is the newest backup-….json beside it: "
                "copy that to backup.json.",
                file=path.name,
                rule="backup_whole",
            )
        ) from None


def verify(record: Backup, folder: Path) -> None:
    """Read every content of a backup and compare it with its hash; raises BackupDamaged, which names file by file."""
    contents = {entry.sha256: folder / CONTENT / entry.sha256 for entry in record.files.values()}
    missing = {sha256 for sha256, path in contents.items() if not path.is_file()}
    altered = {sha256 for sha256 in contents.keys() - missing if sha256_of(contents[sha256]) != sha256}

    def listed(is_missing: str, is_altered: str) -> str:
        return "".join(
            f"\n  {is_missing if entry.sha256 in missing else is_altered}: {name} ({CONTENT}/{entry.sha256})"
            for name, entry in sorted(record.files.items())
            if entry.sha256 in missing | altered
        )

    if missing or altered:
        raise BackupDamaged(
            Reason(
                de=f"Die Datensicherung in {folder} ist beschädigt:{listed('fehlt', 'verändert')}\n",
                en=f"The backup in {folder} is damaged:{listed('missing', 'altered')}\n",
                remedy_de="Prüfen Sie den Datenträger. Ist das Gesicherte noch da, legen Sie die genannten Dateien aus content/ "
                "beiseite und sichern Sie neu; ist es verloren, nehmen Sie eine andere Sicherung.",
                remedy_en="Check the disk. If what was backed up is still there, put the named files of content/ aside and "
                "back up again; if it is lost, take another backup.",
                rule="backup_whole",
            )
        )


def _digest(body: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
