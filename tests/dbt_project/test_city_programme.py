"""What the programme did in the tiny city, computed by hand: stock, assessment, registers, intensity.

The terms are those of landed_city.py. P3 is adopted long before its first status, P2 is merged, P1 lies in
two districts, P3 and P4 in none; one event has no head count, one lies in an Unterbezirk, one is online.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("day", "generation", "statuses", "stock", "ever"),
    [
        # (initiated, idea store, started, done, merged, without status)
        ("2015-12-10", "all", (2, 1, 0, 0, 0, 1), (4, 0.0), (4, 0.0)),
        ("2016-12-31", "all", (1, 1, 1, 0, 0, 1), (4, 25.0), (4, 25.0)),
        ("2017-01-01", "all", (1, 1, 2, 0, 0, 0), (4, 50.0), (4, 50.0)),  # P3: planned and started on one day
        ("2017-02-28", "all", (1, 1, 2, 0, 0, 0), (4, 50.0), (4, 50.0)),
        ("2017-03-01", "all", (0, 1, 2, 0, 1, 0), (3, 66.666667), (4, 50.0)),  # P2 leaves the stock
        ("2025-12-31", "all", (0, 1, 1, 1, 1, 0), (3, 66.666667), (4, 50.0)),
        ("2017-03-01", "1", (0, 0, 1, 0, 1, 0), (1, 100.0), (2, 50.0)),
        ("2016-12-31", "2", (0, 1, 0, 0, 0, 1), (2, 0.0), (2, 0.0)),
    ],
)
def test_stock_and_ever_adopted_on_any_day(
    built: Any, day: str, generation: str, statuses: tuple[int, ...], stock: Any, ever: Any
) -> None:
    rows = built.rows(
        "select denominator_id, initiated_count, idea_store_count, started_count, done_count, merged_count, "
        "without_status_count, denominator_count, started_or_done_pct from fct_project_stock "
        f"where generation_id = '{generation}' and date '{day}' between valid_from "
        "and coalesce(valid_to, date '9999-12-31') order by denominator_id desc"
    )
    assert rows == [("stock", *statuses, *stock), ("ever_adopted", *statuses, *ever)]


def test_before_the_first_adoption_there_is_no_stock(built: Any) -> None:
    assert built.rows("select min(valid_from) from fct_project_stock") == [(dt.date(2015, 12, 10),)]


def test_assessment_keeps_what_was_turned_down_and_its_place_on_the_path(built: Any) -> None:
    rows = built.rows(
        "select proposal_id, criterion_id, criterion_name_en, is_met, is_recommended, reason, decided_by, "
        "path_step_id, path_step_rank, path_step_name_de, project_id, adopted_on from fct_project_assessment "
        "where criterion_id = 'useful' order by 1"
    )
    step = ("board", "recommendation", 2, "recommendation de")
    adopted_on = dt.date(2015, 12, 10)
    assert rows == [
        ("V1", "useful", "useful en", True, True, None, *step, "P1", adopted_on),
        ("V2", "useful", "useful en", True, True, None, *step, "P2", adopted_on),
        ("V3", "useful", "useful en", False, False, "not new", "office", "office_check", 1, "office_check de")
        + (None, None),
    ]
    assert built.rows("select count(*) from fct_project_assessment") == [(6,)]


def test_support_of_a_project(built: Any) -> None:
    rows = built.rows(
        "select project_id, support_type_id, support_type_name_de from bridge_project_support order by 1, 2"
    )
    assert rows == [("P1", "financial", "financial de"), ("P1", "ideational", "ideational de")]


def test_which_body_belongs_to_which_field_and_area(built: Any) -> None:
    entries = built.rows(
        "select entry_id, register_name_en, entry_name, valid_from, field_of_action_count, area_count, is_city_wide "
        "from dim_register_entry order by 1"
    )
    assert entries == [
        ("B1", "body en", "Board", dt.date(2016, 11, 1), 1, 2, False),
        ("B2", "body en", "Circle", None, 0, 0, True),
    ]
    links = built.rows(
        "select entry_id, link_kind, field_of_action_name_de, area_id from bridge_register_entry order by all"
    )
    assert links == [
        ("B1", "area", None, "stadtbezirk-1"),
        ("B1", "area", None, "stadtbezirk-2"),
        ("B1", "field_of_action", "jobs de", None),
    ]


@pytest.mark.parametrize(
    ("area", "period", "measure", "value", "status", "unreported", "per_1000"),
    [
        # P1 lies in both districts and counts in each, once in the city; P3 and P4 for the city alone
        ("stadtbezirk-1", "2016", "sub_projects_in_stock", 2, "final", 0, 1.25),  # 1000 * 2 / (1100 + 500)
        ("stadtbezirk-2", "2016", "sub_projects_in_stock", 1, "final", 0, 0.465116),  # 1000 * 1 / (900 + 1250)
        ("city-1", "2016", "sub_projects_in_stock", 4, "final", 0, 1.066667),  # 1000 * 4 / 3750
        ("stadtbezirk-1", "2016", "sub_projects_started", 1, "final", 0, 0.625),
        ("city-1", "2016", "sub_projects_done", 0, "final", 0, 0.0),
        ("stadtbezirk-2", "2018", "sub_projects_done", 1, "final", 0, None),  # residents of 2018 not delivered
        ("stadtbezirk-1", "2017", "sub_projects_in_stock", 1, "final", 0, None),  # P2 was merged in March
        # an event without a head count: no sum of people, but an event
        ("stadtbezirk-1", "2015", "participants", None, "incomplete", 1, None),
        ("stadtbezirk-1", "2015", "events", 2, "final", 0, 1.333333),  # 1000 * 2 / 1500
        ("stadtbezirk-2", "2015", "participants", 25, "final", 0, 12.5),  # in Unterbezirk 021: 1000 * 25 / 2000
        ("city-1", "2015", "participants", None, "incomplete", 1, None),
        ("city-1", "2015", "events", 4, "final", 0, 1.142857),
        ("stadtbezirk-2", "2016", "participants", 0, "final", 0, 0.0),  # no event is no participant
        ("stadtbezirk-1", "2015", "ideas", 1, "final", 0, 0.666667),
        ("city-1", "2015", "ideas", 5, "final", 0, 1.428571),
        # nobody delivers money: unknown is not zero
        ("city-1", "2015", "approved_eur", None, "missing", 0, None),
    ],
)
def test_intensity(
    built: Any,
    area: str,
    period: str,
    measure: str,
    value: int | None,
    status: str,
    unreported: int,
    per_1000: float | None,
) -> None:
    rows = built.rows(
        "select value, status, event_without_figure_count, value_per_1000 from fct_programme_intensity "
        f"where area_id = '{area}' and period = '{period}' and measure_id = '{measure}'"
    )
    assert rows == [(None if value is None else Decimal(value), status, unreported, per_1000)]


def test_intensity_has_every_area_year_and_measure_and_says_that_it_proves_nothing(built: Any) -> None:
    rows = built.rows(
        "select area_level, count(distinct area_id), count(distinct period), count(distinct measure_id), count(*), "
        "bool_and(is_descriptive), bool_and(interpretation_de like '%nicht ursächlich%'), "
        "bool_and(interpretation_en like '%not causal%') from fct_programme_intensity group by 1 order by 1"
    )
    assert rows == [("city", 1, 4, 7, 28, True, True, True), ("stadtbezirk", 2, 4, 7, 56, True, True, True)]
    assert built.rows("select count(value) from fct_programme_intensity where measure_id = 'approved_eur'") == [(0,)]
