"""The drop folder: files an office puts into `<inbox>/<source>/`, and the sample set, which looks the same.

Half-copied and system files are passed over. A `receipts.csv` beside the source folders states when
sample deliveries were received, so that a refresh from them is repeatable.
"""

import csv
import datetime as dt
import fnmatch
import mimetypes
import unicodedata
from pathlib import Path

from ingest.connectors import AvailableFile
from programmes.sources import Source

_NOT_A_DELIVERY = ("~$*", ".*", "*.tmp", "*.part", "*.crdownload", "thumbs.db", "desktop.ini")


def available_files(source: Source, inbox: Path) -> list[AvailableFile]:
    """Files of a source that match its declared pattern, oldest stated receipt first, then by name."""
    receipts = _stated_receipts(inbox / "receipts.csv", source.source_id)
    folder = inbox / source.source_id
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    found = []
    for path in paths:
        # macOS hands over names with decomposed umlauts; the declared pattern and the receipts are composed.
        name = unicodedata.normalize("NFC", path.name)
        ignored = any(fnmatch.fnmatchcase(name.lower(), pattern) for pattern in _NOT_A_DELIVERY)
        if ignored or not path.is_file() or not matches(name, source.connector.files):
            continue
        received_at, version = receipts.get(name, (None, None))
        found.append(
            AvailableFile(
                name=name,
                locator=f"{source.source_id}/{name}",
                media_type=_media_type(name),
                read=path.read_bytes,
                received_at=received_at,
                publisher_version=version,
            )
        )
    earliest = dt.datetime.min.replace(tzinfo=dt.UTC)
    return sorted(found, key=lambda file: (file.received_at or earliest, file.name))


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
