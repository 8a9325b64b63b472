"""Figures of the tiny city, computed by hand, against what dbt built.

Every expected number has its sum beside it, in the terms of landed_city.py. What the marts must refuse
(sums with a hole, ratios of grades, growth across methods) stands here as null beside its reason.
"""

from decimal import Decimal
from typing import Any

import pytest

STADTBEZIRK_1 = "area_id = 'stadtbezirk-1'"
CORE = "variant_id = 'core' and role = 'programme'"
REST = "variant_id = 'core' and role = 'rest'"
CITY = "variant_id = 'core' and role = 'city'"


def test_build_passes_every_dbt_test(built: Any) -> None:
    bad = {name: status for name, status in built.results.items() if status not in ("pass", "success")}
    assert bad == {}
    assert sum(status == "pass" for status in built.results.values()) > 100


@pytest.mark.parametrize(
    ("indicator", "target", "period", "value", "status"),
    [
        # the office corrected the people of 011 in 2015: what rests on them is revised
        # 100 * (200 + 50 + .25*80) / (1000 + 500 + .25*800) = 100 * 270 / 1700
        ("jobless_pct", CORE, 2015, 15.882353, "revised"),
        # 100 * (60 + .75*80) / (1200 + .75*800) = 100 * 120 / 1800
        ("jobless_pct", REST, 2015, 6.666667, "final"),
        # 100 * 390 / 3500
        ("jobless_pct", CITY, 2015, 11.142857, "revised"),
        ("jobless_pct", "area_id = 'city-1'", 2015, 11.142857, "revised"),
        # Sozialraum across both districts: 100 * (200 + 80) / (1000 + 800)
        ("jobless_pct", "area_id = 'sozialraum-1'", 2015, 15.555556, "revised"),
        # one suppressed cell: its own area says so, every sum over it is incomplete, others stand
        ("jobless_pct", "area_id = 'unterbezirk-012'", 2016, None, "suppressed"),
        ("jobless_pct", STADTBEZIRK_1, 2016, None, "incomplete"),
        ("jobless_pct", CORE, 2016, None, "incomplete"),
        ("jobless_pct", REST, 2016, 6.103896, "final"),  # 100 * (50 + .75*90) / (1250 + .75*900)
        # Unterbezirk 022 was never measured
        ("noisy_pct", CORE, 2015, 8.823529, "revised"),  # 100 * 150 / 1700: 022 is no part of it
        ("noisy_pct", REST, 2015, None, "incomplete"),
        # no pupils in 011: no value there, but no hole in the sum either
        ("pupils_up_pct", "area_id = 'unterbezirk-011'", 2015, None, "missing"),
        ("pupils_up_pct", STADTBEZIRK_1, 2015, 25.0, "final"),
        # (60*1000 + 80*500) / 1500
        ("flat_size_m2", STADTBEZIRK_1, 2015, 66.666667, "revised"),
        # 1000 * (90 - 70) / 4000
        ("net_firms_per_1000", "area_id = 'city-1'", 2015, 5.0, "final"),
        ("no2_ug_per_m3", "area_id = 'city-1'", 2015, 33.4, "final"),
        ("no2_ug_per_m3", "area_id = 'city-1'", 2016, None, "missing"),
        # (1.5*2 + .5*4 + 1*3 + .25*2*5) / (1.5 + .5 + 1 + .25*2)
        ("grade", CORE, 2015, 3.0, "final"),
        # nobody in 022 graded: the district rests on 021 alone
        ("grade", "area_id = 'stadtbezirk-2'", 2015, 5.0, "final"),
    ],
)
def test_indicator_value(
    built: Any, indicator: str, target: str, period: int, value: float | None, status: str
) -> None:
    rows = built.rows(
        f"select value, status from fct_indicator_value where indicator_id = '{indicator}' "
        f"and period = '{period}' and {target}"
    )
    assert rows == [(value, status)]


def test_a_period_nobody_delivered_has_no_row(built: Any) -> None:
    assert built.rows("select * from fct_indicator_value where indicator_id = 'noisy_pct' and period = '2016'") == []


def test_survey_figures_carry_their_unweighted_answers(built: Any) -> None:
    assert built.rows(f"select n from fct_indicator_value where indicator_id = 'grade' and {CORE}") == [(120,)]


def test_denominator_is_read_from_the_source_that_has_it_at_the_base_level(built: Any) -> None:
    sql = "select source_id, denominator_source_id from dim_indicator where indicator_id = 'jobless_pct'"
    assert built.rows(sql) == [("agency", "statistics")]


def test_gap_of_the_programme_area(built: Any) -> None:
    rows = built.rows(
        "select comparator, gap_absolute, gap_unit, gap_relative, change_since_baseline from fct_development_gap "
        "where indicator_id = 'jobless_pct' and variant_id = 'core' and period = '2015' order by comparator"
    )
    # at the baseline itself there is no change to state; Unterbezirk 022 alone is 100 * 60 / 1200 = 5
    assert rows == [
        ("city", 4.739496, "pp", 1.425339, None),
        ("outside", 10.882353, "pp", 3.176471, None),
        ("rest", 9.215686, "pp", 2.382353, None),
    ]


def test_gap_of_grades_is_never_a_ratio(built: Any) -> None:
    rows = built.rows(
        "select gap_absolute, gap_relative, programme_n, comparator_n from fct_development_gap "
        "where indicator_id = 'grade' and variant_id = 'core' and comparator = 'rest'"
    )
    assert rows == [(-2.0, None, 120, 30)]


def test_indicators_of_the_city_alone_have_no_gap_and_say_why(built: Any) -> None:
    rows = built.rows(
        "select indicator_id, gap_unavailable_reason_de is not null, gap_unavailable_reason_en is not null "
        "from dim_indicator where not is_gap_available order by indicator_id"
    )
    assert rows == [("net_firms_per_1000", True, True), ("no2_ug_per_m3", True, True)]
    assert built.rows("select count(*) from fct_development_gap where indicator_id like 'n%s_per%'") == [(0,)]


def test_area_sets_reach_down_to_the_base_level(built: Any) -> None:
    rows = built.rows("select role, area_id, weight from bridge_area_set where variant_id = 'core' order by 1, 2")
    quarter, whole = Decimal("0.25"), Decimal(1)
    assert rows == [
        *[("city", f"unterbezirk-{code}", whole) for code in ("011", "012", "021", "022", "023")],
        ("programme", "unterbezirk-011", whole),
        ("programme", "unterbezirk-012", whole),
        ("programme", "unterbezirk-021", quarter),
        ("rest", "unterbezirk-021", 1 - quarter),
        ("rest", "unterbezirk-022", whole),
        ("rest", "unterbezirk-023", whole),
    ]


def test_figures_lead_back_to_delivery_and_row(built: Any) -> None:
    rows = built.rows(
        "select is_derived, count(*), count(delivery_id), count(row_address) from fct_measure group by 1 order by 1"
    )
    assert [(derived, total == deliveries, addresses) for derived, total, deliveries, addresses in rows] == [
        (False, True, rows[0][1]),
        (True, True, 0),
    ]


@pytest.mark.parametrize(
    ("day", "stock", "going"),
    [
        ("2015-12-09", 0, 0),
        ("2016-12-31", 3, 1),
        ("2017-02-28", 4, 2),
        ("2017-03-01", 3, 2),  # P2 was merged that day
        ("2020-01-01", 3, 2),
    ],
)
def test_projects_on_any_day_are_one_where_clause(built: Any, day: str, stock: int, going: int) -> None:
    rows = built.rows(
        "select count(*) filter (where is_in_stock), count(*) filter (where is_started_or_done) "
        f"from fct_project_status where valid_from <= date '{day}' and (valid_to is null or valid_to >= date '{day}')"
    )
    assert rows == [(stock, going)]


def test_project_counts_its_fields_and_areas(built: Any) -> None:
    rows = built.rows(
        "select project_id, field_of_action_count, area_count, is_city_wide, family_name_de from dim_project order by 1"
    )
    assert rows == [
        ("P1", 2, 2, False, "economy de"),
        ("P2", 1, 1, False, "economy de"),
        ("P3", 0, 0, True, "economy de"),
        ("P4", 0, 0, True, "economy de"),
    ]


def test_funnel_tells_nothing_known_from_zero(built: Any) -> None:
    rows = built.rows("select round_id, item_count from fct_participation_funnel order by round_id, stage_rank")
    assert rows == [("2015", n) for n in (5, 3, 2, 2, 1)] + [("2016", n) for n in (None, None, None, 1, 1)]


def test_event_without_a_head_count_is_not_an_event_without_people(built: Any) -> None:
    assert built.rows("select participant_count, period from fct_participation_event order by event_id") == [
        (40, "2015"),
        (None, "2015"),
        (25, "2015"),
        (10, "2015"),
    ]


def test_volunteering_grows_within_one_unit_and_method_only(built: Any) -> None:
    rows = built.rows(
        "select area_id, counting_unit, method, value, status, growth_pct from fct_volunteering "
        "where period = '2016' and area_id in ('city-1', 'stadtbezirk-1') order by 1, 2, 3"
    )
    assert rows == [
        ("city-1", "hours", "counted", 800, "final", None),
        ("city-1", "persons", "counted", None, "incomplete", None),  # organisation c gave no figure
        ("city-1", "persons", "estimated", 500, "final", None),
        ("stadtbezirk-1", "hours", "counted", 800, "final", None),
        ("stadtbezirk-1", "persons", "counted", 125, "final", 25.0),  # (50 + 75) / (40 + 60)
        ("stadtbezirk-1", "persons", "estimated", 500, "final", None),
    ]


def test_sentiment_is_weighted_and_keeps_n(built: Any) -> None:
    rows = built.rows(
        "select outcome, value, unit, n, weight_sum, status from fct_sentiment "
        f"where item_id = 'outlook' and period = '2015' and {CORE} order by outcome"
    )
    # thirty times: weights 1.5 + .25*1 improve, 1 unchanged, .5 + .25*2 worsen, of 3.75
    assert rows == [
        ("optimists", 46.666667, "pct", 150, Decimal("112.5"), "final"),
        ("pessimists", 26.666667, "pct", 150, Decimal("112.5"), "final"),
        ("unchanged", 26.666667, "pct", 150, Decimal("112.5"), "final"),
    ]


def test_sentiment_below_thirty_answers_shows_their_number_and_nothing_else(built: Any) -> None:
    figures = "value, lower, upper, effective_n, change_from_previous, change_since_baseline_upper"
    rows = built.rows(
        f"select status, n, {figures} from fct_sentiment "
        "where period = '2016' and area_id = 'stadtbezirk-2' and outcome = 'optimists'"
    )
    assert rows == [("suppressed", 29, None, None, None, None, None, None)]


def test_sentiment_changes_from_wave_to_wave_with_limits(built: Any) -> None:
    rows = built.rows(
        "select period, value, effective_n, previous_period, change_from_previous, baseline_period, "
        "change_since_baseline, change_since_baseline_lower, change_since_baseline_upper, "
        "critical_difference_since_baseline, smallest_detectable_change_since_baseline, change_unit "
        "from fct_sentiment where area_id = 'stadtbezirk-1' and outcome = 'optimists' order by period"
    )
    # 2015: 1.5 of 3. Kish 90^2 / 105; linearised: .25 * 90^2 over 90/89 * (30 * (1.5^2 + .5^2 + 1^2) / 4)
    kish, linearised = 8100 / 105, 0.25 * 8100 / (90 / 89 * 30 * 3.5 / 4)
    assert rows[0] == ("2015", 50.0, round(min(kish, linearised), 4), *[None] * 8, "pp")
    # 2016: 40 of 100 with equal weights. Kish 100, linearised 99; limits by Wilson, then MOVER
    before, after = _wilson(0.5, min(kish, linearised)), _wilson(0.4, 99)
    error = (0.25 / linearised + 0.24 / 99) ** 0.5
    assert rows[1][:7] == ("2016", 40.0, 99.0, "2015", -10.0, "2015", -10.0)
    assert rows[1][7:11] == pytest.approx(
        (
            -10 - 100 * ((0.4 - after[0]) ** 2 + (before[1] - 0.5) ** 2) ** 0.5,
            -10 + 100 * ((after[1] - 0.4) ** 2 + (0.5 - before[0]) ** 2) ** 0.5,
            195.9964 * error,
            280.1585 * error,
        ),
        abs=1e-4,
    )


def _wilson(share: float, n: float) -> tuple[float, float]:
    z = 1.959963984540054
    middle, spread = share + z * z / (2 * n), z * (share * (1 - share) / n + (z / (2 * n)) ** 2) ** 0.5
    return (middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n)


def test_sentiment_stays_above_small_areas(built: Any) -> None:
    rows = built.rows("select distinct area_id from fct_sentiment where area_kind = 'area' order by 1")
    assert rows == [("city-1",), ("stadtbezirk-1",), ("stadtbezirk-2",)]


def test_claims_are_judged_then_and_now(built: Any) -> None:
    rows = built.rows(
        "select claim_id, evaluation, verdict, reason_code, superseded_since, estimate from fct_claim_verdict "
        "where evaluation <> 'history' order by 1, 2"
    )
    assert rows == [
        ("both", "as_of", "not_supported", "leg_fails", None, None),
        ("both", "current", "not_supported", "leg_fails", None, None),
        ("four_projects", "as_of", "supported", "inside_window", None, 4.0),
        ("four_projects", "current", "superseded", "data_turned", "2017", 3.0),
        ("good", "as_of", "not_checkable", "normative", None, None),
        ("good", "current", "not_checkable", "normative", None, None),
        ("three_projects", "as_of", "not_supported", "outside_window", None, 4.0),
        ("three_projects", "current", "supported", "inside_window", None, 3.0),
    ]


def test_a_correction_stands_beside_what_was_delivered_and_in_everything_computed(built: Any) -> None:
    assert built.rows(
        "select correction_id, value::int, delivered_value::int, is_delivered from fct_correction order by 1"
    ) == [("lost_nought", 1000, 100, True), ("never_delivered", 7, None, False)]
    assert built.rows(
        "select value::int, delivered_value::int, status, correction_id from fct_measure "
        "where measure_id = 'people' and area_id = 'unterbezirk-011' and period = '2015'"
    ) == [(1000, 100, "revised", "lost_nought")]
    assert built.rows("select count(*) from fct_measure where value <> delivered_value") == [(1,)]
