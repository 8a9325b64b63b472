"""The column descriptions are valid for csvw in both dialects, and spoiled files are found."""

import json
from pathlib import Path

import pytest
from csvw import CSVW

from programmes.settings import ProgrammeSettings
from report.opendata.csvw import NAME, Folder, column_descriptions
from report.opendata.edition import Edition


def described(folder: Path, edition: Edition, settings: ProgrammeSettings, dialect: Folder, *only: str) -> Path:
    """The description beside the CSV files, of all tables or some."""
    body = json.loads(column_descriptions(edition, settings, dialect))
    if only:
        body["tables"] = [table for table in body["tables"] if table["url"].removesuffix(".csv") in only]
    path = folder / dialect / NAME
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


def is_valid(path: Path) -> bool:
    try:
        return CSVW(str(path), validate=True).is_valid
    except ValueError:
        return False


@pytest.mark.parametrize("dialect", ["csv", "csv_de"])
def test_every_table_is_valid(short_copy: Path, edition: Edition, settings: ProgrammeSettings, dialect: Folder) -> None:
    assert is_valid(described(short_copy, edition, settings, dialect))


def test_both_dialects_say_the_same(short_copy: Path, edition: Edition, settings: ProgrammeSettings) -> None:
    paths = [described(short_copy, edition, settings, dialect, "dim_indicator") for dialect in ("csv", "csv_de")]
    plain, german = (list(CSVW(str(path)).tables[0].iterdicts()) for path in paths)
    assert [row["factor"] for row in plain] == [float(row["factor"]) for row in german]


@pytest.mark.parametrize(
    ("dialect", "file", "old", "new"),
    [
        ("csv", "fct_project_status", b",true,", b",maybe,"),
        ("csv", "dim_project", b"2015-12-10", b"10.12.2015"),
        ("csv", "dim_label", b"verdict,supported", b"verdict,superseded"),
        ("csv", "bridge_project_support", b"\n", b"\nnobody"),
        ("csv", "dim_project", b"project_id,", b"number,"),
        ("csv_de", "dim_indicator", b";100,00000000;", b";hundert;"),
    ],
)
def test_a_spoiled_file_is_found(
    short_copy: Path,
    edition: Edition,
    settings: ProgrammeSettings,
    dialect: Folder,
    file: str,
    old: bytes,
    new: bytes,
) -> None:
    path = described(short_copy, edition, settings, dialect, file, "dim_project")
    assert is_valid(path)
    spoiled = short_copy / dialect / f"{file}.csv"
    content = spoiled.read_bytes()
    assert old in content
    spoiled.write_bytes(content.replace(old, new, 1))
    assert not is_valid(path)


def test_the_same_edition_gives_the_same_bytes(edition: Edition, undeclared: ProgrammeSettings) -> None:
    found = column_descriptions(edition, undeclared, "csv")
    assert found == column_descriptions(edition, undeclared, "csv")
    assert b"dc:license" not in found
