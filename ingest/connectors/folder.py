"""The drop folder: files an office puts into `<inbox>/<source>/`, and the sample set, which looks the same.

Whatever lies in the inbox is either available to a source or passed over for a reason that can be told, half-copied and
system files among them. A `receipts.csv` beside the source folders states when sample deliveries were received, so that
a refresh from them is repeatable.
"""

import csv
import datetime as dt
import fnmatch
import mimetypes
import os
import time
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from ingest.connectors import AvailableFile, FolderClosed, Look
from ingest.findings import PassedOver
from programmes.sources import Source

RECEIPTS = "receipts.csv"
_THE_SAMPLE_SETS_OWN = (RECEIPTS, "README.md")
_NOT_A_DELIVERY = ("~$*", ".*", "*.tmp", "*.part", "*.crdownload", "thumbs.db", "desktop.ini")
# Files written to within the last minute are looked at twice: who still copies is waited for until the next run.
_FRESH_SECONDS, _BETWEEN_LOOKS = 60, 0.3


def look(source: Source, inbox: Path) -> Look:
    """Files a source takes, oldest stated receipt first, then by name; and what else lies in its folder, by name.

    Raises FolderClosed where its folder cannot be opened.
    """
    paths = _entries(inbox / source.source_id)
    receipts = _stated_receipts(inbox / RECEIPTS, source.source_id)
    growing = _growing(path for path in paths if _name(path) not in receipts)  # a stated receipt: it is whole
    available, passed_over = [], []
    for path in paths:
        name = _name(path)
        rule = _rule_against(path, source, path in growing)
        if rule:
            passed_over.append(PassedOver(f"{source.source_id}/{name}", *rule))
            continue
        received_at, version = receipts.get(name, (None, None))
        available.append(
            AvailableFile(
                name=name,
                locator=f"{source.source_id}/{name}",
                media_type=_media_type(name),
                read=path.read_bytes,
                received_at=received_at,
                publisher_version=version,
                changed_at=_changed_at(path),
            )
        )
    earliest = dt.datetime.min.replace(tzinfo=dt.UTC)
    return Look(sorted(available, key=lambda file: (file.received_at or earliest, file.name)), passed_over)


def beside_the_sources(source_ids: Iterable[str], inbox: Path, is_sample: bool) -> list[PassedOver]:
    """Files in the root of the inbox and folders of no source, by name; of a sample set without its receipts and README.

    Where the inbox itself cannot be listed, that is all there is to say.
    """
    expected = _THE_SAMPLE_SETS_OWN if is_sample else ()
    declared = sorted(source_ids)
    try:
        entries = _entries(inbox)
    except FolderClosed:
        return [PassedOver(str(inbox), "inbox_closed")]
    return [
        PassedOver(path.name, "inbox_unknown_source" if path.is_dir() else "inbox_root", ", ".join(declared))
        for path in entries
        if not (path.name in expected or (path.is_dir() and path.name in declared))
    ]


def _rule_against(path: Path, source: Source, is_growing: bool) -> tuple[str, str] | None:
    """Rule and detail of what speaks against taking a file; None if nothing does."""
    name = _name(path)
    patterns = sorted(
        {table.files or source.connector.files for table in source.tables.values()} or {source.connector.files}
    )
    if path.is_dir():
        return "inbox_subfolder", source.source_id
    if any(fnmatch.fnmatchcase(name.lower(), pattern) for pattern in _NOT_A_DELIVERY):
        return "inbox_temporary", ""
    if not path.is_file() or not os.access(path, os.R_OK):
        return "inbox_unreadable", ""
    if not matches(name, source.connector.files) or not any(matches(name, pattern) for pattern in patterns):
        return "inbox_pattern", ", ".join(patterns)
    return ("inbox_growing", "") if is_growing else None


def _growing(paths: Iterable[Path]) -> set[Path]:
    """Files whose size or time differs between two looks; files at rest are looked at once."""
    first = {path: _size_and_time(path) for path in paths}
    fresh = {path: seen for path, seen in first.items() if seen and time.time() - seen[1] / 1e9 < _FRESH_SECONDS}
    if fresh:
        time.sleep(_BETWEEN_LOOKS)
    return {path for path, seen in fresh.items() if _size_and_time(path) != seen}


def _size_and_time(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _changed_at(path: Path) -> dt.datetime | None:
    seen = _size_and_time(path)
    return dt.datetime.fromtimestamp(seen[1] // 10**9, dt.UTC) if seen else None


def _entries(folder: Path) -> list[Path]:
    try:
        found = sorted(folder.iterdir())
        for path in found[:1]:
            path.lstat()  # a folder may be listed and not be entered
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError:
        raise FolderClosed(folder) from None
    return found


def _name(path: Path) -> str:
    """macOS hands over names with decomposed umlauts; the declared pattern and the receipts are composed."""
    return unicodedata.normalize("NFC", path.name)


def matches(file_name: str, pattern: str | None) -> bool:
    """Whether a file is meant by a declared pattern; upper and lower case are the same, as on office computers."""
    return fnmatch.fnmatchcase(file_name.lower(), (pattern or "*").lower())


def _media_type(name: str) -> str:
    if name.lower().endswith(".jsonl"):
        return "application/x-ndjson"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _stated_receipts(path: Path, source_id: str) -> dict[str, tuple[dt.datetime, str | None]]:
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as handle:
        return {
            unicodedata.normalize("NFC", row["file_name"]): (
                dt.datetime.fromisoformat(row["received_at"]),
                row["publisher_version"] or None,
            )
            for row in csv.DictReader(handle, delimiter=";")
            if row["source_id"] == source_id
        }
