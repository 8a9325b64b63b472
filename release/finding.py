"""What verification finds: one sentence each, with file, rule and remedy, and the hashes it asks for, each file read once.

A finding is a `Reason`. Which rules there are stands where they are asked (`verifying_*.py`); nothing here reads a release.
"""

from collections.abc import Iterable
from pathlib import Path

from programmes.stored import PACKED, delivered
from release.atomic import sha256_of
from release.reason import Reason

RESTORE = (
    "Spielen Sie die Datei aus der Datensicherung zurück und gehen Sie der Änderung nach.",
    "Restore the file from the backup and find out who changed it.",
)
REBUILD = (
    "Löschen Sie die Datei und rufen Sie „nordwaerts rollback“ mit diesem Stand auf: Sie wird aus Parquet neu gemacht.",
    "Delete the file and call 'nordwaerts rollback' with this release: it is made anew from Parquet.",
)


def finding(rule: str, file: str, de: str, en: str, remedy: tuple[str, str] = RESTORE) -> Reason:
    """A finding about one file, named by its path below the programme's folder; the sentences go on after the name."""
    return Reason(f"{file}: {de}", f"{file}: {en}", *remedy, file=file, rule=rule)


def one_per_file(found: Iterable[Reason]) -> list[Reason]:
    """The first finding about each file and rule kind: a changed file is told once, not by every rule that notices."""
    told: dict[str | None, Reason] = {}
    for each in found:
        told.setdefault(each.file, each)
    return list(told.values())


class Hashes:
    """SHA-256 of files; hard links of one file are read once, a file whose size, time or place on disk changed again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], str] = {}

    def of(self, path: Path) -> str | None:
        """The hash of a file; None where it is missing, a link or no file."""
        if path.is_symlink() or not path.is_file():
            return None
        seen = path.stat()
        key = (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
        if key not in self._known:
            self._known[key] = sha256_of(path)
        return self._known[key]

    def is_delivered(self, path: Path) -> bool:
        """Whether a file of the archive holds the delivery it is named for."""
        if path.suffix != PACKED:
            return self.of(path) == path.name
        return self.of(path) is not None and delivered(path) is not None

    def __len__(self) -> int:
        return len(self._known)
