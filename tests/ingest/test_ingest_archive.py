"""The archive: bytes once and for ever, receipts in order, readable by the owner alone."""

import datetime as dt
import errno
import gzip
import hashlib
import json
import os
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import small_city

from ingest import archive as archive_module
from ingest.archive import Archive, ArchiveError, Receipt, came_on
from ingest.connectors import AvailableFile, Connector, Look, connector_for
from programmes.model import Source
from programmes.sources import Connector as Declared
from programmes.stored import PACKED, packed, stored_at

NOW = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)


def available(content: bytes, name: str = "datei.csv", read: Callable[[], bytes] | None = None) -> AvailableFile:
    return AvailableFile(name=name, locator=f"quelle/{name}", media_type="text/csv", read=read or (lambda: content))


def receive(
    archive: Archive,
    content: bytes,
    name: str = "datei.csv",
    source: str = "quelle",
    fetch: Callable[[], bytes] | None = None,
) -> Receipt:
    return archive.receive(available(content, name, fetch), source, "CC0-1.0", NOW, is_synthetic=True)


def test_the_same_bytes_are_one_delivery(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    first = receive(archive, b"a;b\n")
    assert receive(archive, b"a;b\n", "umbenannt.csv") == first
    assert archive.receipts("quelle") == [first]
    assert archive.read(first.delivery_id) == b"a;b\n"
    assert first.delivery_id == hashlib.sha256(b"a;b\n").hexdigest()
    assert (first.size_bytes, first.received_on, first.is_synthetic) == (4, dt.date(2026, 3, 2), True)


def test_the_same_bytes_from_another_source_are_another_delivery(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    receive(archive, b"a")
    assert receive(archive, b"a", source="andere").source_id == "andere"
    assert [len(archive.receipts(source)) for source in ("quelle", "andere", "keine")] == [1, 1, 0]


def test_receipts_keep_the_order_of_receipt_beyond_nine(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for number in range(12):
        receive(archive, f"Lieferung {number}".encode(), f"{99 - number}.csv")
    receipts = Archive(tmp_path).receipts("quelle")
    assert [receipt.number for receipt in receipts] == list(range(1, 13))
    assert [archive.read(receipt.delivery_id).decode() for receipt in receipts] == [f"Lieferung {n}" for n in range(12)]


def test_a_stated_moment_of_receipt_counts_and_is_kept_in_utc(tmp_path: Path) -> None:
    stated = dt.datetime.fromisoformat("2024-01-01T00:30:00+01:00")
    file = AvailableFile("a.csv", "a", "text/csv", lambda: b"a", received_at=stated)
    receipt = Archive(tmp_path).receive(file, "quelle", "CC0-1.0", NOW, False)
    assert receipt.received_at == "2023-12-31T23:30:00+00:00"


def test_missing_and_changed_bytes_are_errors_that_name_the_remedy(tmp_path: Path) -> None:
    receipt = receive(Archive(tmp_path), b"Wahrheit")
    archive = Archive(tmp_path)
    path = tmp_path / "objects" / receipt.delivery_id
    path.chmod(0o600)
    path.write_bytes(b"Luege!!!")
    with pytest.raises(ArchiveError, match="changed") as changed:
        archive.open(receipt)
    path.unlink()
    with pytest.raises(ArchiveError, match="missing") as missing:
        archive.open(receipt)
    for error in (changed.value, missing.value):
        assert "Restore" in error.english
        assert "wiederherstellen" in error.german
        assert "Luege" not in str(error)


def test_only_the_owner_can_read(tmp_path: Path) -> None:
    receive(Archive(tmp_path / "neu" / "archive"), b"vertraulich")
    for path in (tmp_path / "neu").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o400), path
    assert (tmp_path / "neu").stat().st_mode & 0o777 == 0o700


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the archive took a SHA-256 of, in order."""
    taken: list[bytes] = []
    original = hashlib.sha256

    def counting(content: bytes) -> "hashlib._Hash":
        taken.append(content)
        return original(content)

    monkeypatch.setattr(archive_module.hashlib, "sha256", counting)
    return taken


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files read, in order."""
    taken: list[str] = []
    for name in ("read_bytes", "read_text"):
        original = getattr(Path, name)

        def counting(path: Path, *arguments: str, original: Callable[..., Any] = original, **named: str) -> Any:
            taken.append(path.name)
            return original(path, *arguments, **named)

        monkeypatch.setattr(Path, name, counting)
    return taken


def test_a_delivery_is_read_and_hashed_once_however_many_tables_it_feeds(
    tmp_path: Path, hashed: list[bytes], read: list[str]
) -> None:
    (tmp_path / "datei.csv").write_bytes(b"a;b\n")
    archive = Archive(tmp_path / "archive")
    receipt = receive(archive, b"", fetch=(tmp_path / "datei.csv").read_bytes)
    assert (hashed, read) == ([b"a;b\n"], ["datei.csv"])
    opened = [archive.open(receipt) for _ in range(8)]
    assert all(one is opened[0] for one in opened)
    assert opened[0].file_name == "datei.csv"
    assert (hashed, read) == ([b"a;b\n"], ["datei.csv"]), "received just now: known to be the bytes"
    later = Archive(tmp_path / "archive")
    assert all(later.open(receipt) is later.open(receipt) for _ in range(8))
    assert (hashed, read[-1]) == ([b"a;b\n"] * 2, receipt.delivery_id), "the archive's bytes are verified, once"


def test_more_new_bytes_than_memory_is_given_to_are_read_from_the_archive_again_and_verified(
    tmp_path: Path, hashed: list[bytes], read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "_HELD", 4)
    archive = Archive(tmp_path)
    held, beyond = receive(archive, b"a;b\n"), receive(archive, b"c;d\n", "weitere.csv")
    hashed.clear()
    assert [archive.open(receipt).content for receipt in (held, beyond)] == [b"a;b\n", b"c;d\n"]
    assert (hashed, read) == ([b"c;d\n"], [beyond.delivery_id])
    third = receive(archive, b"e;f\n", "dritte.csv")
    assert archive.open(third).content == b"e;f\n" and read == [beyond.delivery_id], "room again once opened"


def test_receipts_are_read_once(tmp_path: Path, read: list[str]) -> None:
    for number in range(3):
        receive(Archive(tmp_path), f"Lieferung {number}".encode())
    read.clear()
    archive = Archive(tmp_path)
    before = archive.receipts("quelle")
    archive.receipts("quelle").clear()
    newest = receive(archive, b"neu")
    assert receive(archive, b"Lieferung 1") == before[1]
    assert archive.receipts("quelle") == [*before, newest] == Archive(tmp_path).receipts("quelle")
    kept = sorted(path.name for path in (tmp_path / "receipts" / "quelle").iterdir())
    assert read == kept[:3] + kept


def test_the_archive_keeps_the_deliveries_of_one_source_open(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first, second = (archive.open(receive(archive, content)) for content in (b"a", b"b"))
    other = archive.open(receive(archive, b"a", "andere.csv", source="andere"))
    assert (other.file_name, first.file_name) == ("andere.csv", "datei.csv")
    opened = [weakref.ref(one) for one in (first, second, other)]
    del first, second, other
    assert [one() is None for one in opened] == [True, True, False]


@pytest.mark.parametrize("crashed_at", ["objects", "receipts"])
def test_a_crash_while_writing_leaves_no_delivery_and_the_next_try_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crashed_at: str
) -> None:
    die_writing(crashed_at, monkeypatch)
    archive = Archive(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        receive(archive, b"a")
    assert archive.receipts("quelle") == []
    monkeypatch.undo()
    receipt = receive(archive, b"a")
    assert archive.receipts("quelle") == [receipt]
    assert archive.read(receipt.delivery_id) == b"a"


def die_writing(folder: str, patch: pytest.MonkeyPatch) -> None:
    """Die before a file of that folder of the archive gets its name."""
    replace = Path.replace

    def die(path: Path, target: Path) -> Path:
        if folder in path.parts:
            raise KeyboardInterrupt
        return replace(path, target)

    patch.setattr(Path, "replace", die)


@pytest.mark.parametrize("crashed_at", ["objects", "receipts"])
def test_bytes_without_a_receipt_go_with_what_broke_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crashed_at: str
) -> None:
    """They may not be on offer again, and then nobody would ever say whose they are."""
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        die_writing(crashed_at, patch)
        receive(Archive(tmp_path), b"a")
    Archive(tmp_path).remove_half_written()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_bytes_another_source_delivered_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = receive(Archive(tmp_path), b"a", source="andere")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        die_writing("receipts", patch)
        receive(Archive(tmp_path), b"a")
    archive = Archive(tmp_path)
    archive.remove_half_written()
    assert archive.all_receipts() == [receipt]
    assert archive.read(receipt.delivery_id) == b"a"


def test_bytes_whose_receipt_is_lost_stay(tmp_path: Path) -> None:
    """A refresh that broke off leaves its receipt half-written; here nothing says that one did."""
    receipt = receive(Archive(tmp_path), b"a")
    [path] = (tmp_path / "receipts" / "quelle").glob("*.json")
    path.unlink()
    archive = Archive(tmp_path)
    archive.remove_half_written()
    assert archive.read(receipt.delivery_id) == b"a"


def test_half_written_files_are_never_receipts(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    receive(archive, b"a")
    (tmp_path / "receipts" / "quelle" / ".incoming-x").write_text("{")
    assert len(archive.receipts("quelle")) == 1


def test_what_a_killed_refresh_was_writing_is_removed_and_nothing_else(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    receive(archive, b"a")
    whole = {path for path in tmp_path.rglob("*") if path.is_file()}
    for folder in ("objects", "receipts/quelle"):
        (tmp_path / folder / ".incoming-x").write_text("{")
    archive.remove_half_written()
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == whole


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        receive(Archive(tmp_path), b"a")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_download_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    def fails() -> bytes:
        raise TimeoutError

    archive = Archive(tmp_path)
    with pytest.raises(TimeoutError):
        archive.receive(available(b"", read=fails), "quelle", "CC0-1.0", NOW, False)
    assert not any(tmp_path.iterdir())


# -- a protocol beyond the folder


def fake_portal(asked: list[Mapping[str, str]]) -> Connector:
    """Stands for a web interface: parameters in the question, a version marker in the answer."""
    parameters = {"name": "12411-01-01-4", "regionalkey": "05999"}

    def read() -> bytes:
        asked.append(parameters)
        return b"PK synthetic"

    def look(source: Source, inbox: Path) -> Look:
        file = AvailableFile(
            name="12411-01-01-4_de_flat.zip",
            locator="portal/data/tablefile",
            media_type="application/zip",
            read=read,
            publisher_version="Stand 13.02.2026",
            parameters=parameters,
        )
        return Look([file])

    return look


def test_a_web_source_goes_through_the_same_door(tmp_path: Path) -> None:
    asked: list[Mapping[str, str]] = []
    (file,) = fake_portal(asked)(small_city.source(source_id="portal"), tmp_path).available
    assert asked == []  # looking alone fetches nothing
    archive = Archive(tmp_path / "archive")
    receipt = archive.receive(file, "portal", "dl-de/by-2.0", NOW, False)
    assert len(asked) == 1
    kept = json.loads(next((tmp_path / "archive" / "receipts" / "portal").iterdir()).read_text(encoding="utf-8"))
    assert kept["parameters"] == {"name": "12411-01-01-4", "regionalkey": "05999"}
    assert kept["publisher_version"] == "Stand 13.02.2026"
    assert (kept["media_type"], kept["locator"]) == ("application/zip", "portal/data/tablefile")
    assert kept["licence"] == "dl-de/by-2.0"
    assert archive.receipts("portal") == [receipt]
    assert archive.read(receipt.delivery_id) == b"PK synthetic"


def test_every_declarable_protocol_has_a_connector() -> None:
    declared = small_city.source()
    for protocol in get_args(Declared.model_fields["protocol"].annotation):
        connector = declared.connector.model_copy(update={"protocol": protocol})
        assert callable(connector_for(declared.model_copy(update={"connector": connector})))


TABLE = b"nr;jahr;wert\n" + b"011;2024;100\n" * 400
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "one bit": lambda small: small[:40] + bytes([small[40] ^ 1]) + small[41:],
    "another header": lambda small: b"\x1f\x8b\x08\x08" + small[4:],
    "something behind it": lambda small: small + b"\0",
    "something else behind it": lambda small: small + gzip.compress(b"more"),
    "cut off": lambda small: small[:-9],
    "nothing": lambda _: b"",
    "as it came under the name of a packed one": lambda _: TABLE,
    "another table": lambda _: packed(TABLE.replace(b"100", b"101")) or b"",
}


def test_a_table_is_kept_packed_and_what_is_compressed_as_it_came(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    table, compressed = receive(archive, TABLE), receive(archive, gzip.compress(os.urandom(4000)), "anlage.gz")
    names = {path.name: path.stat().st_size for path in (tmp_path / "objects").iterdir()}
    assert names.keys() == {f"{table.delivery_id}{PACKED}", compressed.delivery_id}
    assert names[f"{table.delivery_id}{PACKED}"] < len(TABLE) // 20
    assert (table.size_bytes, table.delivery_id) == (len(TABLE), hashlib.sha256(TABLE).hexdigest())
    later = Archive(tmp_path)
    assert later.read(table.delivery_id) == TABLE
    assert not later.lacks("quelle", table.delivery_id)
    path = stored_at(tmp_path / "objects", table.delivery_id)
    assert path and gzip.decompress(path.read_bytes()) == TABLE, "any gzip reads it"


def test_an_archive_from_before_is_read_and_gets_nothing_twice(tmp_path: Path) -> None:
    receipt = receive(Archive(tmp_path), TABLE)
    (tmp_path / "objects" / f"{receipt.delivery_id}{PACKED}").unlink()
    (tmp_path / "objects" / receipt.delivery_id).write_bytes(TABLE)
    archive = Archive(tmp_path)
    assert archive.read(receipt.delivery_id) == TABLE
    receive(archive, TABLE, source="andere")
    assert [path.name for path in (tmp_path / "objects").iterdir()] == [receipt.delivery_id]


def test_a_table_of_two_sources_is_kept_once(tmp_path: Path) -> None:
    for source in ("quelle", "andere"):
        receive(Archive(tmp_path), TABLE, source=source)
    assert len(list((tmp_path / "objects").iterdir())) == 1


@pytest.mark.attack("a packed delivery altered in the archive · refused with a sentence")
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_packed_delivery_that_was_changed_is_no_delivery(tmp_path: Path, damage: str) -> None:
    receipt = receive(Archive(tmp_path), TABLE)
    [path] = (tmp_path / "objects").iterdir()
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(DAMAGES[damage](content))
    with pytest.raises(ArchiveError, match="was changed in the archive"):
        Archive(tmp_path).read(receipt.delivery_id)
    path.unlink()
    with pytest.raises(ArchiveError, match="is missing in the archive"):
        Archive(tmp_path).read(receipt.delivery_id)


@pytest.mark.parametrize("crashed_at", ["objects", "receipts"])
def test_packed_bytes_without_a_receipt_go_with_what_broke_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crashed_at: str
) -> None:
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        die_writing(crashed_at, patch)
        receive(Archive(tmp_path), TABLE)
    Archive(tmp_path).remove_half_written()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.attack("a clock set back or ahead at a receipt · a later delivery is no older than an earlier one")
def test_deliveries_came_in_their_order_whatever_the_clock_said(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for number, moment in enumerate(["2026-03-02", "2020-01-01", "2099-01-01", "2026-03-05", "2026-03-04"]):
        now = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
        archive.receive(available(str(number).encode()), "quelle", "CC0-1.0", now, is_synthetic=False)
    came = came_on(archive.receipts("quelle"), dt.date(2026, 3, 6))
    assert [day.isoformat() for day in came.values()] == [
        "2026-03-02", "2026-03-02", "2099-01-01", "2026-03-05", "2026-03-05",
    ]  # fmt: skip


def test_an_offer_is_new_by_the_time_it_was_put_there(tmp_path: Path) -> None:
    receipt = receive(Archive(tmp_path), b"a")

    def is_new(put: str, now: str) -> bool:
        put_at, moment = (dt.datetime.fromisoformat(f"{day}T04:00:00+00:00") for day in (put, now))
        return receipt.is_offered_again(replace(available(b"a"), changed_at=put_at), moment)

    assert is_new("2026-04-01", "2026-04-02")
    assert not is_new("2026-03-02", "2026-04-02"), "it has lain there since"
    assert not is_new("2026-04-03", "2026-04-02"), "nobody wrote it tomorrow"
    assert not is_new("2026-03-05", "2026-03-06"), "noted once a week"
    assert is_new("2026-03-05", "2026-03-09")
    assert is_new("1999-01-01", "2026-01-01"), "it is said to be seen after now, and is seen now"
    assert not receipt.is_offered_again(available(b"a"), NOW + dt.timedelta(days=400)), "without a time nothing is said"


def test_offers_and_names_are_kept_apart(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    receipt = receive(archive, b"a", "eins.csv")
    for days, name in enumerate(["eins.csv", "zwei.csv", "zwei.csv", "eins.csv"], start=1):
        receipt = archive.offered_again(receipt, name, NOW + dt.timedelta(days=days))
    assert [receipt] == archive.receipts("quelle") == Archive(tmp_path).receipts("quelle")
    assert (receipt.file_name, receipt.earlier_names) == ("eins.csv", ("eins.csv", "zwei.csv"))
    assert (len(receipt.offered_again_at), receipt.seen_at) == (4, NOW + dt.timedelta(days=4))
    assert (receipt.first_name, receipt.received_on) == ("eins.csv", NOW.date())
