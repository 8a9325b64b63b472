"""Rows that break a test or stop a model are named by key and delivery, in both languages, without a figure."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from refresh.failing import aborting_key, failing_keys, is_about_data, rule_in_words

ROWS = """
create table fct_measure as select * from (values
    ('inhabitants', 'area-1', '2020', 'final', 'd1d1d1d1d1d1d1d1', 5),
    ('inhabitants', 'area-1', '2020', 'final', 'd2d2d2d2d2d2d2d2', 6),
    ('inhabitants', null, '2021', 'odd', 'd3d3d3d3d3d3d3d3', 987654)
) t(measure_id, area_id, period, status, delivery_id, value);
create table dim_area as select 'area-2' as area_id
"""
KEY = ("measure_id", "area_id", "period")


def data_test(kind: str, compiled: str = "", **arguments: Any) -> dict[str, Any]:
    return {"test_metadata": {"name": kind, "kwargs": arguments}, "compiled_code": compiled, "config": {"meta": {}}}


@pytest.mark.parametrize(
    ("test", "german", "keys"),
    [
        (
            data_test("not_null", column_name="area_id"),
            "Spalte area_id ist gefüllt",
            "measure_id=inhabitants, area_id=None, period=2021, delivery_id=d3d3d3d3d3d3",
        ),
        (
            data_test("accepted_values", column_name="status", values=["final", "it's"]),
            "Spalte status enthält nur vereinbarte Wörter",
            "measure_id=inhabitants, area_id=None, period=2021, delivery_id=d3d3d3d3d3d3",
        ),
        (
            data_test("relationships", column_name="area_id", to="ref('dim_area')", field="area_id"),
            "jeder Wert der Spalte area_id steht in dim_area.area_id",
            "measure_id=inhabitants, area_id=area-1, period=2020, delivery_id=d1d1d1d1d1d1; "
            "measure_id=inhabitants, area_id=area-1, period=2020, delivery_id=d2d2d2d2d2d2",
        ),
        (
            data_test(
                "unique_combination",
                "select measure_id, area_id, period, count(*) from fct_measure group by all having count(*) > 1",
                columns=list(KEY),
            ),
            "measure_id, area_id, period kommt zusammen nur einmal vor",
            "measure_id=inhabitants, area_id=area-1, period=2020",
        ),
    ],
)
def test_every_kind_of_data_test_names_rule_and_keys(test: dict[str, Any], german: str, keys: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(ROWS)
        assert rule_in_words(test)[0] == german
        found = failing_keys(connection, "fct_measure", KEY, test)
    assert found == keys
    assert "987654" not in found


def test_rows_without_any_key_give_no_key() -> None:
    with duckdb.connect() as connection:
        connection.execute(ROWS)
        singular = data_test("", "select value from fct_measure")
        assert failing_keys(connection, "fct_measure", KEY, singular) == ""


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A build database whose figure of one area and period is too large to be squared."""
    path = tmp_path / "monitoring.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table stg_figure as select 'area-' || (i % 7) as area_id, cast(2015 + i // 7 as varchar) as period,"
            " cast(case when i = 31 then 9e17 else i end as bigint) as value from range(70) t(i);"
            'create view int_figure as select * from "monitoring"."main"."stg_figure"'
        )
    return path


def test_a_model_that_aborts_is_narrowed_down_to_its_key(built: Path) -> None:
    sql = 'select area_id, period, value * value as squared from "monitoring"."main"."int_figure"'
    assert aborting_key(built, sql, ["int_figure"]) == "period=2019, area_id=area-3"


def test_a_model_that_aborts_on_a_period_as_a_whole_names_no_area(built: Path) -> None:
    """Up to 2017 the figures of a period add up to 119 at most, those of 2018 to 168."""
    sql = 'select cast(sum(value) as tinyint) as total from "monitoring"."main"."int_figure" where value < 9e16'
    assert aborting_key(built, sql, ["int_figure"]) == "period=2018"


def test_a_model_that_aborts_on_no_single_key_names_none(built: Path) -> None:
    """All figures together are too many for three digits, those of one period or one area are not."""
    sql = 'select cast(sum(value) as decimal(3, 0)) as total from "monitoring"."main"."int_figure" where value < 9e16'
    assert aborting_key(built, sql, ["int_figure"]) == ""
    assert aborting_key(built, "select * from no_such_table", ["int_figure"]) == ""


def test_only_messages_about_rows_are_about_data() -> None:
    assert is_about_data("Runtime Error in model x\n  Out of Range Error: Overflow in multiplication")
    assert not is_about_data("Runtime Error\n  Binder Error: column y not found")
    assert not is_about_data(None)
