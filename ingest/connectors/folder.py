"""The drop folder: files an office puts into `<inbox>/<source>/`, and the sample set, which looks the same.

Whatever lies in the inbox is either available to a source or passed over for a reason that can be told, half-copied and
system files among them. Only a file that lies in the folder itself is taken: links, devices and the like are told and never
opened, and bytes come from one descriptor that was looked at after it was opened. Beside the sample deliveries a
`receipts.csv` states when they were received, so that a refresh from them is repeatable.
"""

import csv
import datetime as dt
import errno
import fnmatch
import mimetypes
import os
import stat
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from ingest import limits
from ingest.connectors import AvailableFile, FolderClosed, Look, NotTaken
from ingest.findings import PassedOver, shown
from programmes.sources import Source

RECEIPTS = "receipts.csv"
_THE_SAMPLE_SETS_OWN = (RECEIPTS, "README.md")
_NOT_A_DELIVERY = ("~$*", ".*", "*.tmp", "*.part", "*.crdownload", "thumbs.db", "desktop.ini")
# Control, invisible and undecodable characters, and ends of lines.
_NOT_IN_A_NAME = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Files written to within the last minute are looked at twice: who still copies is waited for until the next run.
_FRESH_SECONDS, _BETWEEN_LOOKS = 60, 0.3


def look(source: Source, inbox: Path, is_sample: bool = False) -> Look:
    """Files a source takes, oldest stated receipt first, then by name; and what else lies in its folder, by name.

    Raises FolderClosed where its folder cannot be opened.
    """
    folder = inbox / source.source_id
    if (itself := _looked_at(folder)) and stat.S_ISLNK(itself.st_mode):
        return Look([], [PassedOver(source.source_id, "inbox_link")])
    paths = _entries(folder)
    receipts = _stated_receipts(inbox / RECEIPTS, source.source_id) if is_sample else {}
    seen = {path: found for path in paths if (found := _looked_at(path))}
    names_here = Counter(map(_identity, seen.values()))
    growing = _growing({path: found for path, found in seen.items() if _name(path) not in receipts})  # those are whole
    available, passed_over = [], []
    for path, found in seen.items():
        name = _name(path)
        locator = f"{source.source_id}/{shown(name)}"
        is_linked_elsewhere = found.st_nlink > names_here[_identity(found)] and not is_sample  # installers link samples
        rule = _rule_against(path, source, found, is_linked_elsewhere) or (path in growing and ("inbox_growing", ""))
        if rule:
            passed_over.append(PassedOver(locator, *rule))
            continue
        received_at, version = receipts.get(name, (None, None))
        available.append(
            AvailableFile(
                name=name,
                locator=locator,
                media_type=_media_type(name),
                read=partial(_read, path, found, locator),
                received_at=received_at,
                publisher_version=version,
                changed_at=dt.datetime.fromtimestamp(found.st_mtime_ns // 10**9, dt.UTC),
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
        PassedOver(shown(path.name), "inbox_unknown_source" if path.is_dir() else "inbox_root", ", ".join(declared))
        for path in entries
        if not (path.name in expected or (path.is_dir() and path.name in declared))
    ]


def _rule_against(
    path: Path, source: Source, found: os.stat_result, is_linked_elsewhere: bool
) -> tuple[str, str] | None:
    """Rule and detail of what speaks against taking a file; None if nothing does."""
    name = _name(path)
    patterns = sorted(
        {table.files or source.connector.files for table in source.tables.values()} or {source.connector.files}
    )
    if stat.S_ISDIR(found.st_mode):
        return "inbox_subfolder", source.source_id
    if rule := _no_file(found):
        return rule, ""
    if any(unicodedata.category(letter) in _NOT_IN_A_NAME for letter in name):
        return "inbox_name", ""
    if any(fnmatch.fnmatchcase(name.lower(), pattern) for pattern in _NOT_A_DELIVERY):
        return "inbox_temporary", ""
    if is_linked_elsewhere:
        return "inbox_hard_link", ""
    if not os.access(path, os.R_OK):
        return "inbox_unreadable", ""
    if not matches(name, source.connector.files) or not any(matches(name, pattern) for pattern in patterns):
        return "inbox_pattern", ", ".join(patterns)
    return ("file_too_large", limits.in_words(limits.LARGEST_FILE)) if found.st_size > limits.LARGEST_FILE else None


def _no_file(found: os.stat_result) -> str | None:
    """The rule against what is neither file nor folder."""
    if stat.S_ISLNK(found.st_mode):
        return "inbox_link"
    return None if stat.S_ISREG(found.st_mode) else "inbox_special"


def _read(path: Path, seen: os.stat_result, locator: str) -> bytes:
    """The bytes of the file that was looked at, from one descriptor; raises NotTaken where it is another or changes."""
    try:
        found = path.lstat()
        rule = "inbox_link" if path.parent.is_symlink() else _no_file(found)
        if not rule:
            with _opened(path) as file:
                before = os.fstat(file.fileno())
                content = _whole(file)
                after = os.fstat(file.fileno())
            if _identity(before) == _identity(seen) and before.st_nlink == seen.st_nlink and _at_rest(before, after):
                return content
            rule = "inbox_growing"
    except OSError as error:
        rules = {errno.EACCES: "inbox_unreadable", errno.ELOOP: "inbox_link", errno.ENOTDIR: "inbox_link"}
        rule = rules.get(error.errno or 0, "inbox_growing")
    raise NotTaken(PassedOver(locator, rule))


def _opened(path: Path) -> BinaryIO:
    """A file that lies in the folder itself: neither of the two is a link. Never waits for anybody to write."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        return os.fdopen(os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder), "rb")
    finally:
        os.close(folder)


def _whole(file: BinaryIO) -> bytes:
    return file.read(limits.LARGEST_FILE + 1)  # one that grew beyond is not at rest


def _growing(first: dict[Path, os.stat_result]) -> set[Path]:
    """Files whose size or time differs between two looks; files at rest are looked at once."""
    fresh = {path: seen for path, seen in first.items() if time.time() - seen.st_mtime < _FRESH_SECONDS}
    if fresh:
        time.sleep(_BETWEEN_LOOKS)
    return {path for path, seen in fresh.items() if not _at_rest(seen, _looked_at(path))}


def _at_rest(one: os.stat_result, other: os.stat_result | None) -> bool:
    return other is not None and (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)


def _looked_at(path: Path) -> os.stat_result | None:
    """What lies under a name, links not followed; None if nothing does any more."""
    try:
        return path.lstat()
    except OSError:
        return None


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


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
