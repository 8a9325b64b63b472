"""What differs between two sides of a mart: cells, rows that came or went, and what has no counterpart."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from refresh.changed_cells import ROW, note_changed_cells

Rows = list[dict[str, Any]]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def _mart(folder: Path, rows: Rows) -> dict[str, Path]:
    folder.mkdir()
    pq.write_table(pa.Table.from_pylist(rows), folder / "fct_a.parquet")
    return {"fct_a": folder / "fct_a.parquet"}


def _found(connection: duckdb.DuckDBPyConnection, tmp_path: Path, before: Rows, after: Rows) -> list[tuple[Any, ...]]:
    note_changed_cells(
        connection, _mart(tmp_path / "before", before), _mart(tmp_path / "after", after), {"fct_a": ["id", "year"]}
    )
    return connection.execute("select key, column_name, before, after, is_number from cell order by cell_id").fetchall()


def test_cells_and_rows_that_came_or_went(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    before = [{"id": "o'x", "year": None, "v": 1.5, "w": "a"}, {"id": "b", "year": 1, "v": 2.0, "w": None}]
    after = [{"id": "o'x", "year": None, "v": 2.5, "w": "a"}, {"id": "c", "year": 2, "v": 2.0, "w": None}]
    assert _found(connection, tmp_path, before, after) == [
        ('["b","1"]', ROW, "there", None, False),
        ('["c","2"]', ROW, None, "there", False),
        ('["o\'x",null]', "v", "1.5", "2.5", True),
    ]


def test_a_column_of_another_type_is_compared_as_text_and_equal_numbers_are_equal(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    before = [{"id": "a", "year": 1, "v": "hoch", "n": 1, "m": 3}]
    after = [{"id": "a", "year": 1, "v": 0.5, "n": 1.0, "m": 4.5}]
    assert _found(connection, tmp_path, before, after) == [
        ('["a","1"]', "m", "3", "4.5", True),
        ('["a","1"]', "v", "hoch", "0.5", False),
    ]


def test_what_has_no_counterpart_is_named(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    before = _mart(tmp_path / "before", [{"id": "a", "year": 1, "old": 1}])
    after = _mart(tmp_path / "after", [{"id": "a", "year": 1, "new": 1}])
    note_changed_cells(
        connection,
        {**before, "fct_gone": before["fct_a"]},
        {**after, "fct_new": after["fct_a"]},
        {"fct_a": ["id", "new"]},
    )
    assert connection.execute("from uncompared order by all").fetchall() == [
        ("fct_a", "column_gone", ["old"]),
        ("fct_a", "column_new", ["new"]),
        ("fct_a", "other_key", ["id", "new"]),
        ("fct_gone", "mart_gone", []),
        ("fct_new", "mart_new", []),
    ]
    assert connection.execute("from cell").fetchall() == []
