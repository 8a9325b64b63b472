"""Every kind of rule, met and broken, through Great Expectations and through DuckDB."""

import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from made_up_rows import CANARY, FACTS, figure, landed, rule, verdicts

from expectations import direct, runner
from expectations.doubts import Asked
from expectations.rules import CheckCrashed, CheckResult, DeliveryFacts, EmptySuite, Rule, Seen
from programmes.canonical import CANONICAL, PROVENANCE
from programmes.expected import Expected, Sum

COLUMNS = tuple(field.name for field in (*CANONICAL["area_figure"].fields, *PROVENANCE))
KEY = CANONICAL["area_figure"].key
ROWS = [figure("011"), figure("012", value=None), figure("012", 2021, 7.5), figure("013", value=0)]
GRID = (("population", "2020"), ("population", "2021"))
DOUBLE = Expected(sums=(Sum(whole="population", parts=("population", "population")),))
ASKED = Asked(DOUBLE)
AREAS = ("unterbezirk-011", "unterbezirk-012")

RUNNERS = pytest.mark.parametrize(
    "run_suite", [runner.run_suite, direct.run_suite], ids=["great_expectations", "direct"]
)
# One call of Great Expectations takes 0.1 s; the test of the order asks all these rules of it in one call.
ONE_BY_ONE = pytest.mark.parametrize(
    "run_suite",
    [pytest.param(runner.run_suite, marks=pytest.mark.slow), direct.run_suite],
    ids=["great_expectations", "direct"],
)
Run = Callable[..., list[CheckResult]]

MET = [
    rule("columns", columns=tuple(reversed(COLUMNS))),
    rule("row_minimum", minimum=4),
    rule("not_null", "area_id"),
    rule("unique", columns=KEY),
    rule("unique", columns=("_row",)),
    rule("in_set", "status", values=("final", "missing")),
    rule("in_set", "symbol", values=("*",)),  # nulls are the business of not_null
    rule("between", "value", minimum=0, maximum=7.5),
    rule("between", "value", maximum=5, where=(("period", "2020"),)),
    rule("between", "value", minimum=100, where=(("measure_id", "unheard_of"),)),
    rule("complete", "area_id", columns=("measure_id", "period"), values=AREAS, grid=GRID[:1]),
    rule("fact", "rejected_pct", maximum=0.5),
    rule("fact", "shrunk_pct", maximum=10),  # nothing to compare with
    rule("fact", "age_days", maximum=30),
    rule("plausible", name="gaps", asked=ASKED),
]
BROKEN: list[tuple[Rule, int, str]] = [
    (rule("columns", columns=(*COLUMNS[1:], "new")), 2, "measure_id, new"),
    (rule("row_minimum", minimum=5), 1, "4 rows"),
    (rule("not_null", "value"), 1, "1 of 4 rows"),
    (rule("unique", columns=("measure_id", "area_id")), 2, "2 of 4 rows"),
    (rule("unique", columns=("measure_id",)), 4, "4 of 4 rows"),
    (rule("in_set", "status", values=("final",)), 1, "1 of 4 rows"),
    (rule("between", "value", minimum=0.5, maximum=7), 2, "2 of 4 rows"),
    (rule("between", "value", maximum=7.4, where=(("period", "2021"),)), 1, "1 of "),
    (
        rule("complete", "area_id", columns=("measure_id", "period"), values=AREAS, grid=GRID),
        1,
        "population 2021 is missing for unterbezirk-011",
    ),
    (rule("fact", "rejected_pct", maximum=0.4), 1, "0.5"),
    (rule("fact", "periods_behind", minimum=1), 1, "0"),
    (
        rule("plausible", name="sums", asked=ASKED),
        2,
        "parts do not add up to the whole: population 2020 unterbezirk-011, ",
    ),
]


def one(run_suite: Run, checked: Rule, rows: list[dict[str, Any]] = ROWS) -> CheckResult:
    (result,) = run_suite(Seen("t", "gate_1", landed("area_figure", rows)), [checked], FACTS)
    return result


@ONE_BY_ONE
@pytest.mark.parametrize("checked", MET, ids=lambda r: r.check_id("t"))
def test_a_rule_that_is_met_passes(run_suite: Run, checked: Rule) -> None:
    result = one(run_suite, checked)
    assert (result.is_passed, result.failed_count) == (True, 0)
    assert result.check_id == checked.check_id("t")


@ONE_BY_ONE
@pytest.mark.parametrize(
    ("checked", "failed", "observed"), BROKEN, ids=lambda v: v.check_id("t") if isinstance(v, Rule) else ""
)
def test_a_rule_that_is_broken_fails_and_says_how_often(
    run_suite: Run, checked: Rule, failed: int, observed: str
) -> None:
    result = one(run_suite, checked)
    assert (result.is_passed, result.failed_count) == (False, failed)
    assert result.observed.startswith(observed)


@RUNNERS
@pytest.mark.parametrize(("severity", "is_blocking"), [("block", True), ("warn", False)])
def test_only_a_broken_rule_that_blocks_refuses(run_suite: Run, severity: Any, is_blocking: bool) -> None:
    assert one(run_suite, rule("row_minimum", minimum=5, severity=severity)).is_blocking_failure is is_blocking
    assert not one(run_suite, rule("row_minimum", minimum=4, severity=severity)).is_blocking_failure


def test_every_kind_is_tried_both_ways() -> None:
    from typing import get_args

    from expectations.rules import Kind

    assert {checked.kind for checked in MET} == {checked.kind for checked, _, _ in BROKEN} == set(get_args(Kind))


@RUNNERS
def test_results_come_in_the_order_of_the_rules(run_suite: Run) -> None:
    rules = [*MET, *(checked for checked, _, _ in BROKEN)]
    results = run_suite(Seen("t", "gate_1", landed("area_figure", ROWS)), rules, FACTS)
    assert [result.check_id for result in results] == [checked.check_id("t") for checked in rules]
    assert verdicts(results) == [(r.check_id("t"), True, 0) for r in MET] + [
        (r.check_id("t"), False, n) for r, n, _ in BROKEN
    ]


@RUNNERS
def test_an_empty_table_fails_the_row_minimum_although_row_rules_pass(run_suite: Run) -> None:
    rules = [rule("row_minimum", minimum=1), rule("not_null", "value"), rule("unique", columns=KEY)]
    results = run_suite(Seen("t", "gate_1", landed("area_figure", [])), rules, FACTS)
    assert [result.is_passed for result in results] == [False, True, True]


@RUNNERS
def test_a_table_that_may_be_empty_passes_without_rows(run_suite: Run) -> None:
    result = one(run_suite, rule("row_minimum", minimum=0), [])
    assert (result.is_passed, result.failed_count, result.observed) == (True, 0, "0 rows")


@RUNNERS
def test_a_table_that_is_wholly_absent_is_not_complete(run_suite: Run) -> None:
    checked = rule("complete", "area_id", columns=("measure_id", "period"), values=AREAS, grid=GRID)
    result = one(run_suite, checked, [])
    assert (result.failed_count, result.observed) == (
        2,
        "population 2020 is missing for unterbezirk-011, unterbezirk-012",
    )


# -- failing closed


@RUNNERS
def test_an_empty_suite_raises(run_suite: Run) -> None:
    with pytest.raises(EmptySuite, match="'t'"):
        run_suite(Seen("t", "gate_1", landed("area_figure", ROWS)), [], FACTS)


@RUNNERS
@pytest.mark.parametrize(
    "checked",
    [
        rule("not_null", "valeu"),
        rule("in_set", "valeu", values=("a",)),
        rule("between", "valeu", minimum=0),
        rule("between", "value", minimum=0, where=(("valeu", "a"),)),
        rule("unique", columns=("area_id", "valeu")),
        rule("complete", "valeu", columns=("measure_id", "period"), values=AREAS, grid=GRID),
        rule("complete", "area_id", columns=("measure_id", "valeu"), values=AREAS, grid=GRID),
        rule("fact", "valeu", maximum=1),
    ],
    ids=lambda r: r.kind,
)
def test_a_misspelt_column_raises_and_is_named(run_suite: Run, checked: Rule) -> None:
    with pytest.raises(CheckCrashed, match="'valeu'"):
        one(run_suite, checked)


@RUNNERS
@pytest.mark.parametrize(
    "checked",
    [
        rule("columns"),
        rule("row_minimum"),
        rule("not_null"),
        rule("unique"),
        rule("in_set", "status"),
        rule("between", "value"),
        rule("complete", "area_id", columns=("measure_id", "period"), grid=GRID),
        rule("complete", "area_id", columns=("measure_id", "period"), values=AREAS),
        rule("fact", "age_days"),
        rule("plausible", name="sums"),
        rule("plausible", name="unheard_of", asked=ASKED),
    ],
    ids=lambda r: r.kind,
)
def test_a_rule_that_demands_nothing_raises(run_suite: Run, checked: Rule) -> None:
    with pytest.raises(CheckCrashed, match="demands nothing"):
        one(run_suite, checked)


@RUNNERS
def test_a_fact_nobody_stated_raises(run_suite: Run) -> None:
    with pytest.raises(CheckCrashed, match="facts"):
        run_suite(Seen("t", "gate_1", landed("area_figure", ROWS)), [rule("fact", "age_days", maximum=1)], None)


@RUNNERS
def test_a_check_that_cannot_be_carried_out_raises_without_quoting_a_row(run_suite: Run) -> None:
    rows = [figure(symbol=CANARY)]
    with pytest.raises(CheckCrashed) as crashed:
        run_suite(
            Seen("t", "gate_1", landed("area_figure", rows)), [rule("between", "symbol", minimum=0, maximum=1)], FACTS
        )
    assert CANARY not in str(crashed.value)
    assert crashed.value.__cause__ is None
    # what went wrong is named all the same, or nobody could mend it
    assert re.search(r"\((\w*Error|\w*Exception)\)", str(crashed.value))


@RUNNERS
def test_results_repeat_no_value_of_a_row(run_suite: Run) -> None:
    rows = [
        figure(value=987654, status=CANARY, symbol=CANARY, area_id=CANARY, unit=CANARY, measure_id=CANARY),
        figure(value=987654, status=CANARY, symbol=CANARY, area_id=CANARY, unit=None, measure_id=CANARY),
    ]
    rules = [
        rule("row_minimum", minimum=9),
        rule("not_null", "unit"),
        rule("unique", columns=KEY),
        rule("in_set", "status", values=("final",)),
        rule("between", "value", minimum=0, maximum=1),
        rule("complete", "area_id", columns=("measure_id", "period"), values=AREAS, grid=GRID),
    ]
    results = run_suite(Seen("t", "gate_1", landed("area_figure", rows)), rules, FACTS)
    assert not any(result.is_passed for result in results)
    assert CANARY not in repr(results)
    assert "987654" not in repr(results)


# -- nulls


@RUNNERS
def test_keys_with_a_null_are_compared_and_keys_of_nulls_alone_are_left_to_not_null(run_suite: Run) -> None:
    entries = [("a", None, None), ("a", None, None), ("b", None, "x"), (None, None, None), (None, None, None)]
    names = ("entry_id", "item_id", "area_id")
    table = landed("register_entry", [dict(zip(names, entry, strict=True)) for entry in entries])
    (result,) = run_suite(Seen("t", "gate_1", table), [rule("unique", columns=names)], FACTS)
    assert (result.is_passed, result.failed_count) == (False, 2)


@RUNNERS
def test_facts_that_are_not_known_yet_pass(run_suite: Run) -> None:
    facts = DeliveryFacts(rejected_pct=0, shrunk_pct=None, periods_behind=None, age_days=0, fewest_rows=9)
    rules = [rule("fact", "shrunk_pct", maximum=10), rule("fact", "periods_behind", maximum=0)]
    results = run_suite(Seen("t", "gate_1", landed("area_figure", ROWS)), rules, facts)
    assert [(result.is_passed, result.observed) for result in results] == [(True, "within bounds")] * 2


def test_of_many_missing_areas_the_first_are_named_and_the_others_counted() -> None:
    areas = tuple(f"viertel-{number:02}" for number in range(1, 8))
    rule = Rule(
        "complete", "area_id", "block", "Regel.", "Rule.", columns=("item", "period"), values=areas,
        labels=tuple(f"{area} (V{area[-1]})" for area in areas), grid=(("people", "2021"),),
    )  # fmt: skip
    rows = pa.table({"area_id": ["viertel-02"], "item": ["people"], "period": ["2021"]})
    result = direct.run_suite(Seen("t", "gate_1", rows), [rule])[0]
    assert result.observed == "people 2021 is missing for viertel-01 (V1), viertel-03 (V3), viertel-04 (V4) and 3 more"
    assert result.figures("de") == (
        "gefunden: people 2021 fehlt für viertel-01 (V1), viertel-03 (V3), viertel-04 (V4) und 3 weitere; "
        "verlangt: 7 Gebiete je für 1 Größen und Zeiträume"
    )


def test_figures_are_told_in_german_word_by_word() -> None:
    asked = rule("complete", "area_id", columns=("item", "period"), values=("a", "b"), grid=(("i", "2020"),))
    observed = "buildings_completed 2020 is missing for a, b and 3 more"
    result = asked.answered(Seen("t", "gate_1", landed("area_figure", ROWS)), False, 1, observed)
    assert "buildings_completed 2020 fehlt für a, b und 3 weitere" in result.figures("de")
