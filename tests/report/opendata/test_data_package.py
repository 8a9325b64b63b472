"""The data package of the sample is valid for frictionless, and each kind of damage to a file is found."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package

from programmes.settings import ProgrammeSettings
from report.opendata.data_package import data_package
from report.opendata.edition import Edition


def faults(folder: Path, package: bytes, tables: Iterable[str], is_cut: bool = True) -> list[tuple[str, str]]:
    """Resource and kind of every fault; bytes and hashes are left out where the files were cut."""
    body = json.loads(package)
    kept: list[dict[str, Any]] = [each for each in body["resources"] if each["name"] in set(tables)]
    for resource in kept if is_cut else ():
        del resource["bytes"], resource["hash"]
    report = Package.from_descriptor({**body, "resources": kept}, basepath=str(folder)).validate()
    return [(task.name, error.type) for task in report.tasks for error in task.errors] + [
        ("", error.type) for error in report.errors
    ]


def test_the_package_is_valid(short_copy: Path, edition: Edition, settings: ProgrammeSettings) -> None:
    package = data_package(edition, settings)
    assert faults(short_copy, package, [table.name for table in edition.tables]) == []


def test_whole_files_have_the_bytes_and_the_hash_it_tells(
    laid: Path, edition: Edition, settings: ProgrammeSettings
) -> None:
    package = data_package(edition, settings)
    assert faults(laid, package, ["dim_label", "dim_project", "fct_project_status"], is_cut=False) == []
    for resource in json.loads(package)["resources"]:
        content = (laid / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource.get("bytes", len(content)) == len(content)


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("fct_project_status", b",true,", b",maybe,", "type-error"),
        ("dim_project", b"2015-12-10", b"10.12.2015", "type-error"),
        ("dim_project", b"project_id,", b"number,", "incorrect-label"),
        ("bridge_project_support", b"\n", b"\nnobody", "foreign-key"),
        ("dim_label", b"verdict,supported", b"verdict,superseded", "primary-key"),
    ],
)
def test_a_spoiled_file_is_found(
    short_copy: Path, edition: Edition, settings: ProgrammeSettings, file: str, old: bytes, new: bytes, fault: str
) -> None:
    path = short_copy / "csv" / f"{file}.csv"
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    found = faults(short_copy, data_package(edition, settings), {file, "dim_project"})
    assert (file, fault) in found


def test_a_changed_byte_is_found(short_copy: Path, edition: Edition, settings: ProgrammeSettings) -> None:
    path = short_copy / "csv" / "dim_label.csv"
    path.write_bytes(path.read_bytes().replace(b"Damals", b"damals"))
    assert faults(short_copy, data_package(edition, settings), ["dim_label"], is_cut=False) == [
        ("dim_label", "hash-count")
    ]


def test_it_tells_release_day_licence_and_sources(edition: Edition, settings: ProgrammeSettings) -> None:
    body = json.loads(data_package(edition, settings))
    assert body["version"] == edition.release_id
    assert body["created"] == f"{edition.as_of_on}T00:00:00Z"
    assert [licence["path"] for licence in body["licenses"]] == ["http://dcat-ap.de/def/licenses/dl-by-de/2.0"]
    assert len(body["sources"]) == len(edition.sources) > 3
    assert body["description"].startswith("SYNTHETIC SAMPLE")


def test_a_programme_that_declares_nothing_has_a_package_without_licence(
    edition: Edition, undeclared: ProgrammeSettings
) -> None:
    assert {"licenses", "contributors", "homepage"} & set(json.loads(data_package(edition, undeclared))) == set()


def test_the_same_edition_gives_the_same_bytes(edition: Edition, settings: ProgrammeSettings) -> None:
    assert data_package(edition, settings) == data_package(edition, settings)
