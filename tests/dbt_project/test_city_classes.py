"""Classes of the tiny city, computed by hand: who takes part, where areas land, and that a hair does not decide.

Unterbezirke 2016, jobless per cent 20, 10 and 4 (mean 34/3, standard deviation 6.599663) and their change
since 2015 of 0, 0 and -1 points; 012 has too few people. Two districts alone always lie at exactly +1 and -1.
"""

from decimal import Decimal
from typing import Any

import pytest

Rows = list[tuple[Any, ...]]


def test_classes_follow_from_the_figures(built: Any) -> None:
    sql = (
        "select area_id, status_sum, status_index, status_class, dynamics_index, dynamics_class, group_id "
        "from fct_area_class where index_id = 'small' and period = '2016' and is_valid order by 1"
    )
    assert built.rows(sql) == [
        ("unterbezirk-011", 1.313198, 1.313198, "low", 0.707107, "stable", "3+/-"),
        ("unterbezirk-021", -0.202031, -0.202031, "medium", 0.707107, "stable", "2+/-"),
        ("unterbezirk-022", -1.111168, -1.111168, "high", -1.414214, "positive", "1+"),
    ]


def test_components_show_value_change_and_moments(built: Any) -> None:
    sql = (
        "select dimension, start_period, start_value, end_value, value, unit, valid_area_count, mean_value, "
        "standard_deviation, z_value from fct_area_class_component "
        "where index_id = 'small' and period = '2016' and area_id = 'unterbezirk-022' order by 1"
    )
    assert built.rows(sql) == [
        ("dynamics", "2015", 5.0, 4.0, -1.0, "pp", 3, -0.3333333333, 0.4714045208, -1.414214),
        ("status", None, None, 4.0, 4.0, "pct", 3, 11.3333333333, 6.5996632911, -1.111168),
    ]


def test_areas_that_take_no_part_keep_their_row_and_say_why(built: Any) -> None:
    sql = (
        "select period, area_id, reason_code, reason_de, status_sum, status_class, group_id from fct_area_class "
        "where not is_valid and index_id = 'small' order by 1, 2"
    )
    few = ("population_below_minimum", "Weniger als 600 Einwohner*innen.")
    lacking = ("indicator_missing", "Mindestens ein Indikator des Index fehlt.")  # nothing is known of 2014
    empty = (None, None, None)
    assert built.rows(sql) == [
        ("2015", "unterbezirk-011", *lacking, *empty),
        ("2015", "unterbezirk-012", *few, *empty),
        ("2015", "unterbezirk-021", *lacking, *empty),
        ("2015", "unterbezirk-022", "excluded_by_decision", "Neubau im Bezug.", *empty),
        ("2016", "unterbezirk-012", *few, *empty),
    ]
    z = "select count(z_value) from fct_area_class_component where index_id = 'small' and area_id = 'unterbezirk-012'"
    assert built.rows(z) == [(0,)]


def test_population_is_summed_over_the_areas_it_is_delivered_for(built: Any) -> None:
    # the agency's 9999 people per district are another source, and nobody asked for its level
    rows = built.rows(
        "select area_id, population, is_valid from fct_area_class where index_id = 'districts' order by 1"
    )
    assert rows == [("stadtbezirk-1", Decimal(1500), True), ("stadtbezirk-2", Decimal(2000), True)]


def test_exactly_one_is_the_middle(built: Any) -> None:
    sql = "select status_index, status_class, dynamics_index, dynamics_class from fct_area_class where index_id = 'districts'"
    assert sorted(built.rows(sql)) == [(-1.0, "medium", 1.0, "stable"), (1.0, "medium", -1.0, "stable")]


@pytest.mark.parametrize("name", ["fct_area_class", "fct_area_class_component"])
def test_an_area_of_the_past_is_not_classed(built: Any, name: str) -> None:
    assert built.rows(f"select * from {name} where area_id = 'unterbezirk-023'") == []
