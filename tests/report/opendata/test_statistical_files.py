"""Files for SPSS and Stata: names fit, cells come back, the same bytes at any time. Written only where the extra is there."""

import datetime as dt
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from report.opendata.edition import Edition, Table
from report.statistical_files import LONGEST, NoStatisticalFiles, Program, short_names, statistical_file

# What cannot be the name of a variable in one of the two programs.
RESERVED = {
    *["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"],
    *[
        "_all",
        "_b",
        "byte",
        "_coef",
        "_cons",
        "double",
        "float",
        "if",
        "in",
        "int",
        "long",
        "_pi",
        "_pred",
        "_rc",
        "_skip",
        "strl",
        "using",
    ],
}


def names_of(table: Table) -> list[str]:
    return [short_names().get(column.name, column.name) for column in table.columns]


def faults(names: list[str]) -> list[str]:
    """Names a program does not take: too long, reserved, or told apart by capitals alone."""
    taken = [name.lower() for name in names]
    return [
        name
        for name in names
        if len(name) > LONGEST or not name.isidentifier() or name.lower() in RESERVED or taken.count(name.lower()) > 1
    ]


def test_every_public_column_has_a_name_that_fits(edition: Edition) -> None:
    assert {table.name: faults(names_of(table)) for table in edition.tables if faults(names_of(table))} == {}


def test_no_short_name_is_declared_in_vain() -> None:
    assert [name for name in short_names() if len(name) <= LONGEST] == []
    assert len(set(short_names().values())) == len(short_names())


def test_names_that_do_not_fit_are_found() -> None:
    assert faults(["a" * 33, "with", "A", "a", "b c", "fine"]) == ["a" * 33, "with", "A", "a", "b c"]


def test_without_the_extra_a_sentence_says_so(laid: Path, edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("report.statistical_files.is_available", lambda: False)
    with pytest.raises(NoStatisticalFiles, match=r"\.\[statistics\]"):
        statistical_file("sav", laid / "dim_label.parquet", edition.tables[0], edition.as_of_on)


@pytest.fixture(scope="module")
def pyreadstat() -> Any:
    return pytest.importorskip("pyreadstat", reason="the extra `statistics` is not installed (pyreadstat)")


@pytest.mark.parametrize("program", ["sav", "dta"])
@pytest.mark.parametrize("name", ["dim_area", "dim_project", "fct_area_class", "bridge_area_set", "fct_claim_verdict"])
def test_cells_come_back(
    laid: Path, edition: Edition, pyreadstat: Any, tmp_path: Path, name: str, program: Program
) -> None:
    table = next(table for table in edition.tables if table.name == name)
    source = laid / f"{name}.parquet"
    (tmp_path / f"x.{program}").write_bytes(statistical_file(program, source, table, edition.as_of_on))
    read = pyreadstat.read_sav if program == "sav" else pyreadstat.read_dta
    frame, about = read(str(tmp_path / f"x.{program}"))
    assert list(frame.columns) == names_of(table)
    assert about.file_label == table.title.en
    assert about.creation_time == dt.datetime.combine(edition.as_of_on, dt.time())
    expected = duckdb.read_parquet(str(source)).fetchall()
    found = [tuple(None if _is_empty(cell) else cell for cell in row) for row in frame.itertuples(index=False)]
    assert found == [tuple(_as_told(cell) for cell in row) for row in expected]


def test_the_same_table_gives_the_same_bytes_at_any_time(laid: Path, edition: Edition, pyreadstat: Any) -> None:
    table = next(table for table in edition.tables if table.name == "dim_label")

    def written() -> list[bytes]:
        source = laid / "dim_label.parquet"
        return [
            statistical_file("sav", source, table, edition.as_of_on),
            statistical_file("dta", source, table, edition.as_of_on),
        ]

    first = written()
    time.sleep(1.1)
    assert written() == first


def _is_empty(cell: Any) -> bool:
    return cell is None or cell == "" or cell != cell


def _as_told(cell: Any) -> Any:
    """Numbers as floating ones, truth as 0 and 1, a day neither program holds as text."""
    if isinstance(cell, dt.date):
        return cell.isoformat() if cell.year == 1 else cell
    return cell if cell is None or isinstance(cell, str) else float(cell)
