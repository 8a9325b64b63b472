"""What the descriptions know of an edition: every public mart has a title, and keys and types are those of the files."""

from pathlib import Path

import duckdb
import pytest

from release.disclosure import FORMED_MARTS, PUBLIC_MARTS
from report.opendata.edition import Edition, Reference, titles


def test_every_public_mart_has_a_title_and_no_other() -> None:
    assert set(titles()) == {*PUBLIC_MARTS, *FORMED_MARTS}
    assert all(title.de and title.en and title.description_de.endswith(".") for title in titles().values())


def test_every_table_of_the_edition_is_told_with_every_column(edition: Edition, laid: Path) -> None:
    assert [table.name for table in edition.tables] == sorted(path.stem for path in laid.glob("*.parquet"))
    for table in edition.tables:
        found = duckdb.read_parquet(str(laid / f"{table.name}.parquet"))
        assert [column.name for column in table.columns] == found.columns
        assert table.row_count == len(found)
        assert all(column.description for column in table.columns), table.name


def test_a_key_is_primary_only_where_no_cell_of_it_is_empty(edition: Edition, laid: Path) -> None:
    for table in edition.tables:
        assert table.key
        found = duckdb.read_parquet(str(laid / f"{table.name}.parquet"))
        empty = found.filter(" or ".join(f"{name} is null" for name in table.key))
        assert table.is_key_filled is (len(empty) == 0), table.name
        assert len(found.project(", ".join(table.key)).distinct()) == len(found), table.name


def test_rows_are_named_by_whole_keys_alone(edition: Edition) -> None:
    references = {reference for table in edition.tables for reference in table.references}
    assert references == {
        Reference(("indicator_id", "definition_version"), "dim_indicator"),
        Reference(("project_id",), "dim_project"),
        Reference(("register_id", "entry_id"), "dim_register_entry"),
    }


@pytest.mark.parametrize(("table", "years"), [("dim_area", None), ("dim_label", None)])
def test_a_table_without_periods_tells_no_years(edition: Edition, table: str, years: None) -> None:
    assert {each.name: each.years for each in edition.tables}[table] is years
