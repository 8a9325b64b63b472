"""Rows of the gap mart chosen by hand, each with the reason it is in the golden file, compared column by column.

The file was printed from a release whose gap mart test_second_gaps.py had met in full. A failure names the reason.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from release.layout import VarFolder

GOLDEN = Path(__file__).parent / "golden" / "development_gap.csv"
KEY = ("indicator_id", "variant_id", "comparator", "baseline_id", "period")
with GOLDEN.open(encoding="utf-8", newline="") as _handle:
    ROWS = list(csv.DictReader(_handle, delimiter=";"))


@pytest.fixture(scope="module")
def release(published: Path) -> Iterator[Any]:
    with duckdb.connect(
        str(VarFolder("nordwaerts", published).current / "monitoring.duckdb"), read_only=True
    ) as connection:
        yield connection


def as_written(cell: Any) -> str:
    """A cell as the golden file writes it."""
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(row[column] for column in KEY))
def test_row_is_as_it_was(release: Any, row: dict[str, str]) -> None:
    where = " and ".join(f"{column} = ?" for column in KEY)
    cursor = release.execute(f"select * from fct_development_gap where {where}", [row[column] for column in KEY])
    columns = [column[0] for column in cursor.description]
    [found] = cursor.fetchall()
    assert [*columns, "comment"] == list(row)
    differing = {
        column: (as_written(cell), row[column])
        for column, cell in zip(columns, found, strict=True)
        if as_written(cell) != row[column]
    }
    assert not differing, row["comment"]


@pytest.mark.parametrize(
    "column",
    [
        "variant_id", "comparator", "baseline_id", "verdict", "distance_verdict", "relative_verdict", "log_measure",
        "undecidable_reason", "is_full_count", "is_gap_reversed", "is_not_widened", "is_sign_certain",
        "is_verdict_stable", "is_widened_adjusted", "shock_period", "deciding_reading", "has_differing_readings",
        "verdict_as_counted", "verdict_as_process",
    ],
)  # fmt: skip
def test_every_value_that_occurs_has_a_row(release: Any, column: str) -> None:
    found = {
        as_written(cell) for (cell,) in release.execute(f"select distinct {column} from fct_development_gap").fetchall()
    }
    assert {row[column] for row in ROWS} == found


def test_verdicts_that_part_have_a_row() -> None:
    """Cases a careless change would miss: polarity against distance, absolute against relative, count against process."""
    parted = {
        (row["verdict"], row["distance_verdict"]) for row in ROWS if row["verdict"] not in ("", row["distance_verdict"])
    }
    assert ("narrowed", "widened") in parted
    readings = {(row["verdict_as_counted"], row["verdict_as_process"]) for row in ROWS}
    assert {("unchanged", "undecidable"), ("widened", "undecidable"), ("widened", "widened")} <= readings
    assert any(row["verdict"] == "widened" and float(row["change_since_baseline"]) < 0 for row in ROWS)
    assert any(row["verdict"] == "widened" and row["relative_verdict"] == "unchanged" for row in ROWS)
    assert all(row["comment"] for row in ROWS)
    assert len({row["comment"] for row in ROWS}) == len(ROWS) >= 25
