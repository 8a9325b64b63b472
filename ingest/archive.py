"""The archive: what was delivered, byte for byte, and the receipt that says when and from whom.

Bytes lie under their SHA-256, packed where that saves room (`programmes.stored`), and are never changed. A receipt is written
once per source and content: the same bytes again are not a new delivery, and that they were offered again, maybe under
another name, is noted beside the receipt. The number of a receipt is the order in which deliveries count; clocks may be wrong.
Readable by its owner alone, because deliveries may hold what must not be published.
"""

import datetime as dt
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from programmes.errors import StatedError
from programmes.stored import PACKED, delivered, packed, stored_at

if TYPE_CHECKING:  # commands that list receipts answer at once, without what reads deliveries
    from ingest.connectors import AvailableFile
    from ingest.opened import OpenedDelivery

_OFFERS = "names"  # notes of later offers, of which most bring another name
_NOTED = ("earlier_names", "offered_again_at")  # of a receipt, what notes say
_NOTED_AFTER = dt.timedelta(days=7)
_AGAIN_AFTER = dt.timedelta(days=1)  # clocks of offices and of the machine differ
MARGIN = dt.timedelta(days=31)  # a clock that is wrong by more is not believed
_INCOMING = ".incoming-"  # begins the name of a file that is not whole yet
_HELD = 64 * 2**20  # bytes of new deliveries kept in memory until they are opened; more are read from the archive again


class ArchiveError(StatedError):
    """The archive is not what it was: a file is missing or its bytes were changed."""


@dataclass(frozen=True)
class Receipt:
    """One delivery: grain is one file content per source; `received_at` is UTC, `file_name` its name when last offered."""

    source_id: str
    number: int
    delivery_id: str
    file_name: str
    locator: str
    parameters: dict[str, str]
    media_type: str
    size_bytes: int
    received_at: str
    publisher_version: str | None
    licence: str
    is_synthetic: bool
    archived_at: str = ""  # which may be later than a stated receipt; unknown in receipts from before 2026-11-25
    earlier_names: tuple[str, ...] = ()
    offered_again_at: tuple[str, ...] = ()  # UTC

    def is_as_old_as(self, other: "Receipt") -> bool:
        """Whether two deliveries were received at one moment and found by one refresh: neither is the later."""
        moment = (self.received_at, self.archived_at)
        return bool(self.archived_at) and moment == (other.received_at, other.archived_at)

    @property
    def first_name(self) -> str:
        """The name it came under first, which no later offer changes."""
        return (*self.earlier_names, self.file_name)[0]

    @property
    def seen_at(self) -> dt.datetime:
        """When it was last offered anew; what merely goes on lying in the inbox is not offered."""
        return dt.datetime.fromisoformat((self.received_at, *self.offered_again_at)[-1])

    def is_offered_again(self, file: "AvailableFile", now: dt.datetime) -> bool:
        """Whether a file with these bytes was put there since it was last seen; noted once a week at most.

        What is said to have been seen long after now was not: then it is seen now. A file written after now says nothing.
        """
        is_stated = self.archived_at not in (
            "",
            self.received_at,
        )  # then only another statement tells, as in a sample set
        put_at = file.received_at or (None if is_stated else file.changed_at)
        if self.seen_at > now + MARGIN:
            return file.received_at is None
        is_new = put_at is not None and self.seen_at + _AGAIN_AFTER <= put_at <= now
        return is_new and now - self.seen_at >= _NOTED_AFTER

    @property
    def received_on(self) -> dt.date:
        """The day of receipt (UTC)."""
        return dt.datetime.fromisoformat(self.received_at).date()


class Archive:
    """Content-addressed store of one programme's deliveries with their receipts.

    For one refresh: what was read once of receipts and of the deliveries of the source at work is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._objects = folder / "objects"
        self._receipts = folder / "receipts"
        self._known: dict[str, list[Receipt]] = {}
        self._opened: dict[tuple[str, str], OpenedDelivery] = {}
        self._new: dict[str, bytes] = {}  # received just now, not opened yet; as many as _HELD allows

    def receive(
        self, file: "AvailableFile", source_id: str, licence: str, now: dt.datetime, is_synthetic: bool
    ) -> Receipt:
        """Store what a connector found; the known receipt if this source delivered the same bytes before."""
        content = file.read()
        delivery_id = hashlib.sha256(content).hexdigest()
        known = self.receipts(source_id)
        for receipt in known:
            if receipt.delivery_id == delivery_id:
                return receipt
        moment = (file.received_at or now).astimezone(dt.UTC).isoformat(timespec="seconds")
        receipt = Receipt(
            source_id=source_id,
            number=known[-1].number + 1 if known else 1,
            delivery_id=delivery_id,
            file_name=file.name,
            locator=file.locator,
            parameters=dict(file.parameters),
            media_type=file.media_type,
            size_bytes=len(content),
            received_at=moment,
            publisher_version=file.publisher_version,
            licence=licence,
            is_synthetic=is_synthetic,
            archived_at=now.astimezone(dt.UTC).isoformat(timespec="seconds"),
        )
        written = {name: value for name, value in asdict(receipt).items() if name not in _NOTED}
        _write_once(
            self._receipts / source_id / f"{_stem(receipt)}.json",
            _json(written),
            once_it_is_whole=lambda: self._store(delivery_id, content),
        )
        self._known[source_id] = [*known, receipt]
        if len(content) + sum(map(len, self._new.values())) <= _HELD:
            self._new[delivery_id] = content
        return receipt

    def _store(self, delivery_id: str, content: bytes) -> None:
        path = self._objects / delivery_id
        small = None if path.exists() else packed(content)  # archives from before 2026-11-29 hold all of it as it came
        if small is None:
            _write_once(path, content)
        else:
            _write_once(path.with_name(f"{delivery_id}{PACKED}"), small)

    def offered_again(self, receipt: Receipt, file_name: str, moment: dt.datetime) -> Receipt:
        """Note that the same bytes are offered again, and under which name; it counts from now on, earlier ones are kept."""
        note = {"file_name": file_name, "offered_at": moment.astimezone(dt.UTC).isoformat("T", "seconds")}
        noted = _offered(receipt, note)
        name = f"{_stem(receipt)}-{len(noted.offered_again_at):05d}.json"
        _write_once(self._receipts / receipt.source_id / _OFFERS / name, _json(note))
        known = self.receipts(receipt.source_id)
        self._known[receipt.source_id] = [noted if each.number == receipt.number else each for each in known]
        return noted

    def remove_half_written(self) -> None:
        """Remove what a refresh that broke off was writing; the caller holds the lock of the refresh.

        That may be the bytes of a delivery whose receipt was whole, but did not stand yet: nobody has received them.
        """
        for path in self._objects.glob(f"{_INCOMING}*"):
            path.unlink()
        for path in sorted(self._receipts.rglob(f"{_INCOMING}*")):
            with suppress(ValueError, KeyError, TypeError):  # a torn one, or the note of a name
                delivery_id = _content(path)["delivery_id"]
                stored = stored_at(self._objects, delivery_id)
                if stored and all(receipt.delivery_id != delivery_id for receipt in self.all_receipts()):
                    stored.unlink()
            path.unlink()

    def receipts(self, source_id: str) -> list[Receipt]:
        """All receipts of a source in the order of receipt."""
        if source_id not in self._known:
            folder = self._receipts / source_id
            later: dict[str, list[dict[str, Any]]] = {}
            for path in sorted((folder / _OFFERS).glob("*.json")):
                later.setdefault(path.stem.rpartition("-")[0], []).append(_content(path))
            paths = sorted(folder.glob("*.json"))
            self._known[source_id] = [_receipt(_content(path), later.get(path.stem, [])) for path in paths]
        return list(self._known[source_id])

    def all_receipts(self) -> list[Receipt]:
        """All receipts of all sources, by source and in the order of receipt."""
        sources = sorted(path.name for path in self._receipts.glob("*") if path.is_dir())
        return [receipt for source_id in sources for receipt in self.receipts(source_id)]

    def lacks(self, source_id: str, delivery_id: str, are_bytes_needed: bool = True) -> bool:
        """Whether receipt or bytes of a delivery are not there; that the bytes still have their hash shows on reading."""
        receipts = {receipt.delivery_id for receipt in self.receipts(source_id)}
        return delivery_id not in receipts or (are_bytes_needed and stored_at(self._objects, delivery_id) is None)

    def open(self, receipt: Receipt) -> "OpenedDelivery":
        """A delivery under the file name it came by, read once for all tables of its source; raises ArchiveError.

        Opening a delivery of another source closes those of the one before, so memory holds one source, and the bytes of
        deliveries received just now, which need not be read and verified again.
        """
        from ingest.opened import OpenedDelivery

        key = (receipt.source_id, receipt.delivery_id)
        if key not in self._opened:
            if any(source_id != receipt.source_id for source_id, _ in self._opened):
                self._opened.clear()
            content = self._new.pop(receipt.delivery_id, None)
            self._opened[key] = OpenedDelivery(content or self.read(receipt.delivery_id), receipt.file_name)
        return self._opened[key]

    def read(self, delivery_id: str) -> bytes:
        """The delivered bytes; raises ArchiveError if they are gone or no longer have their hash."""
        path = stored_at(self._objects, delivery_id)
        if path is None:
            raise ArchiveError(
                f"Lieferung {delivery_id[:12]} fehlt im Archiv. Archiv aus der Datensicherung wiederherstellen.",
                f"Delivery {delivery_id[:12]} is missing in the archive. Restore the archive from its backup.",
            )
        content = delivered(path)
        if content is None:
            raise ArchiveError(
                f"Lieferung {delivery_id[:12]} wurde im Archiv verändert. Archiv aus der Datensicherung wiederherstellen.",
                f"Delivery {delivery_id[:12]} was changed in the archive. Restore the archive from its backup.",
            )
        return content


def came_on(receipts: Iterable[Receipt], today: dt.date) -> dict[str, dt.date]:
    """Delivery → the day by which it had come, of receipts in their order: none came before an earlier one.

    So a clock set back makes nothing older than it is; a day after `today` is believed of no other delivery.
    """
    found: dict[str, dt.date] = {}
    latest = dt.date.min
    for receipt in receipts:
        latest = max(latest, receipt.received_on) if receipt.received_on <= today else latest
        found[receipt.delivery_id] = max(latest, receipt.received_on)
    return found


def _stem(receipt: Receipt) -> str:
    return f"{receipt.number:05d}-{receipt.delivery_id[:12]}"


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _content(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _receipt(content: dict[str, Any], later: Iterable[dict[str, Any]]) -> Receipt:
    receipt = Receipt(**content)
    for note in later:
        receipt = _offered(receipt, note)
    return receipt


def _offered(receipt: Receipt, note: dict[str, Any]) -> Receipt:
    """A receipt after one more offer of its bytes."""
    name, earlier = note["file_name"], receipt.earlier_names
    return replace(
        receipt,
        file_name=name,
        earlier_names=earlier if name == receipt.file_name else (*earlier, receipt.file_name),
        offered_again_at=(*receipt.offered_again_at, note["offered_at"]),
    )


def _write_once(path: Path, content: bytes, once_it_is_whole: Callable[[], None] = lambda: None) -> None:
    """Write a file that is there whole or not at all; what is done in between is on disk before it is."""
    if path.exists() and path.stat().st_size == len(content):
        once_it_is_whole()
        return
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_INCOMING)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # the disk is full: what is there of it would take room for nothing
        Path(temporary).unlink(missing_ok=True)
        raise
    once_it_is_whole()
    Path(temporary).chmod(0o400)
    Path(temporary).replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
