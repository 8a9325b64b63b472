"""The drop folder: what an office put there, no half-copied files, names as they are meant."""

import datetime as dt
from pathlib import Path

import pytest
from small_city import source

from ingest.connectors import folder


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "quelle").mkdir()
    return tmp_path


def put(inbox: Path, name: str, content: bytes = b"a;b\n") -> None:
    (inbox / "quelle" / name).write_bytes(content)


def names(inbox: Path, files: str = "*.csv") -> list[str]:
    return [file.name for file in folder.available_files(source(files), inbox)]


def test_a_missing_folder_holds_nothing(tmp_path: Path) -> None:
    assert folder.available_files(source(), tmp_path) == []


def test_only_matching_files_are_available_in_order_of_name(inbox: Path) -> None:
    for name in ("b.csv", "a.csv", "c.xlsx"):
        put(inbox, name)
    (inbox / "quelle" / "ordner.csv").mkdir()
    files = folder.available_files(source(), inbox)
    assert [(file.name, file.locator, file.media_type) for file in files] == [
        ("a.csv", "quelle/a.csv", "text/csv"),
        ("b.csv", "quelle/b.csv", "text/csv"),
    ]


@pytest.mark.parametrize(
    "name",
    ["~$mappe.xlsx", ".versteckt.xlsx", ".DS_Store", "x.tmp", "x.part", "x.crdownload", "Thumbs.db", "desktop.ini"],
)
def test_half_copied_and_system_files_are_passed_over(inbox: Path, name: str) -> None:
    put(inbox, name)
    put(inbox, "mappe.xlsx")
    assert names(inbox, "*") == ["mappe.xlsx"]


def test_bytes_are_read_only_when_asked_for(inbox: Path) -> None:
    put(inbox, "a.csv", b"alt")
    (file,) = folder.available_files(source(), inbox)
    put(inbox, "a.csv", b"neu")
    assert file.read() == b"neu"


def test_stated_receipts_give_moment_version_and_order(inbox: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        put(inbox, name)
    lines = ["source_id;file_name;received_at;publisher_version"]
    lines += ["quelle;a.csv;2024-02-01T08:00:00+00:00;v2", "quelle;b.csv;2024-01-01T08:00:00+00:00;"]
    lines += ["andere;c.csv;2020-01-01T08:00:00+00:00;v9"]
    (inbox / "receipts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = folder.available_files(source(), inbox)
    assert [(file.name, file.publisher_version) for file in files] == [
        ("c.csv", None),
        ("b.csv", None),
        ("a.csv", "v2"),
    ]
    assert files[1].received_at == dt.datetime(2024, 1, 1, 8, tzinfo=dt.UTC)
    assert files[0].received_at is None


def test_names_with_decomposed_umlauts_are_found_under_their_composed_name(inbox: Path) -> None:
    put(inbox, "Ho\u0308rde.csv", b"NFD")
    receipts = "source_id;file_name;received_at;publisher_version\nquelle;Hörde.csv;2024-01-01T08:00:00+00:00;v1\n"
    (inbox / "receipts.csv").write_text(receipts, encoding="utf-8")
    (file,) = folder.available_files(source("Hörde*.csv"), inbox)
    assert file.name == "Hörde.csv"
    assert file.publisher_version == "v1"
    assert file.read() == b"NFD"
