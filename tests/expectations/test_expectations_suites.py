"""The suites built from declarations, and that both ways of running them agree on generated tables."""

import datetime as dt
import random
import subprocess
import sys
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from made_up_rows import FACTS, figure, landed, verdicts

from expectations import direct, runner
from expectations.rules import CheckCrashed, DeliveryFacts, Rule, Seen
from expectations.suites import MartContract, landed_suite, mart_suite
from programmes.loading import load_programme
from programmes.model import Programme
from programmes.sources import LandedTable, Table

NAMES = ["arbeitsagentur__kleinraeumig", "buergerbefragung__faelle", "ehrenamt__meldungen", "projektregister__gebiete"]


@cache
def programme() -> Programme:
    return load_programme("nordwaerts")


def declared(name: str) -> LandedTable:
    return next(table for table in programme().landed_tables() if table.name == name)


def suite(name: str, periods: tuple[str, ...] = ("2019", "2020"), **changes: Any) -> list[Rule]:
    table = declared(name)
    return landed_suite(programme(), table._replace(declared=table.declared.model_copy(update=changes)), periods)


# -- what a suite holds


@pytest.mark.parametrize("name", sorted(name for name, _, _ in load_programme("nordwaerts").landed_tables()))
def test_every_declared_table_is_guarded(name: str) -> None:
    table = declared(name).declared
    rules = suite(name)
    ids = [rule.check_id(name) for rule in rules]
    assert len(ids) == len(set(ids)), "two checks of one name"
    blocking = {(rule.kind, rule.column) for rule in rules if rule.severity == "block"}
    facts = {("fact", fact) for fact in ("rejected_pct", "shrunk_pct", "periods_behind", "age_days", "fewest_rows")}
    assert {("columns", None), ("row_minimum", None), ("unique", None), *facts} <= blocking
    for field in table.canonical_table.fields:
        assert not field.is_required or ("not_null", field.name) in blocking
        assert not field.choices or ("in_set", field.name) in blocking
    assert (("complete", "area_id") in blocking) == (table.completeness is not None)
    for rule in rules:
        assert rule.sentence_de.endswith(".") and rule.sentence_en.endswith(".")
        assert rule.expected


def test_plausibility_warns_and_never_blocks() -> None:
    rules = [rule for name, _, _ in programme().landed_tables() for rule in suite(name)]
    assert {rule.severity for rule in rules if rule.kind == "between"} == {"warn"}
    others = [rule for rule in rules if rule.kind not in ("between", "plausible")]
    assert {rule.column for rule in others if rule.severity != "block"} == {"history_missing"}


def test_completeness_asks_for_every_area_item_and_year_since_delivery() -> None:
    table = declared("statistikportal__unterbezirke").declared
    (complete,) = [rule for rule in suite("statistikportal__unterbezirke", ("2011", "2017")) if rule.kind == "complete"]
    assert len(complete.values) == sum(area.area_level == "unterbezirk" for area in programme().areas)
    assert ("population", "2011") in complete.grid
    assert ("care_places_under_3", "2014") not in complete.grid  # delivered since 2015
    assert ("care_places_under_3", "2015") in complete.grid
    assert ("population", "2018") not in complete.grid  # after the last delivered period
    rare = {item.item for item in table.items if not item.every_period}
    assert rare and not rare & {item for item, _ in complete.grid}


def test_completeness_on_a_level_without_areas_raises_instead_of_passing() -> None:
    table = declared("arbeitsagentur__kleinraeumig").declared
    assert table.completeness is not None
    nowhere = table.completeness.model_copy(update={"level": "planet"})
    rules = suite("arbeitsagentur__kleinraeumig", completeness=nowhere)
    with pytest.raises(CheckCrashed, match="demands nothing"):
        direct.run_suite(Seen("t", "gate_1", landed("area_figure", [])), rules, FACTS)


@pytest.mark.parametrize("name", NAMES)
def test_a_delivery_is_refused_just_beyond_each_bound_and_not_before(name: str) -> None:
    """Bounds as declared for the source; a tenth fewer rows is the most a delivery may shrink by."""
    source = declared(name).source
    at = {
        "rejected_pct": float(source.max_rejected_pct),
        "shrunk_pct": 10.0,
        "periods_behind": 0,
        "age_days": source.max_age_days,
        "fewest_rows": declared(name).declared.minimum_rows,
    }
    rules = [rule for rule in suite(name) if rule.kind == "fact"]

    def failing(**facts: Any) -> list[str | None]:
        results = direct.run_suite(Seen("t", "gate_1", landed("area_figure", [])), rules, DeliveryFacts(**facts))
        return [result.column_name for result in results if not result.is_passed]

    assert failing(**at) == []
    for fact, bound in at.items():
        step = 1 if isinstance(bound, int) else 0.01
        step = -step if fact == "fewest_rows" else step
        assert failing(**at | {fact: bound + step}) == [fact]


def test_every_rule_of_a_mart_blocks() -> None:
    rules = mart_suite(MartContract("m", ("id", "word", "is_synthetic"), ("id",), 1, {"word": ("a",)}))
    assert {(rule.kind, rule.severity) for rule in rules} == {
        (kind, "block") for kind in ("columns", "row_minimum", "not_null", "unique", "in_set")
    }


def test_marts_must_say_whether_they_are_synthetic() -> None:
    contract = MartContract("m", ("id", "word", "is_synthetic"), ("id",), 1, {"word": ("a", "b")})
    rows: dict[str, list[Any]] = {"id": ["1", "2"], "word": ["a", None], "is_synthetic": [True, True]}
    assert all(
        result.is_passed for result in runner.run_suite(Seen("m", "gate_2", pa.table(rows)), mart_suite(contract))
    )
    cases: list[tuple[dict[str, list[Any]], str]] = [
        ({"is_synthetic": [True, None]}, "not_null"),
        ({"id": ["1", "1"]}, "unique"),
        ({"word": ["a", "c"]}, "in_set"),
        ({"more": ["x", "y"]}, "columns"),
    ]
    for changes, kind in cases:
        results = runner.run_suite(Seen("m", "gate_2", pa.table(rows | changes)), mart_suite(contract))
        assert [result.rule_id for result in results if not result.is_passed] == [kind]


# -- parity on generated tables


def _cell(canonical_name: str, field: Any, table: Table, dice: random.Random) -> Any:
    if dice.random() < 0.15:
        return None
    if field.choices:
        return dice.choice((*field.choices, "unheard_of"))
    match field.type:
        case "decimal":
            return Decimal(dice.choice(("0", "0.1", "10", "10.00000001", "-3", "500", "25000", "25000.5")))
        case "integer":
            return dice.choice((0, 5, 2001, -1))
        case "date":
            return dt.date(2020, 12, dice.randint(1, 3))
        case "boolean":
            return dice.random() < 0.5
    if field.name == "area_id":
        return f"unterbezirk-{dice.choice(('001', '002', '999'))}"
    if field.name == table.canonical_table.item_field:
        return dice.choice([*(item.item for item in table.items), "unheard_of"])
    return dice.choice(("2019", "2020", "a", "b", "Größe'; --"))


def _generated(name: str, seed: int) -> pa.Table:
    dice = random.Random(f"{name}{seed}")
    table = declared(name).declared
    fields = table.canonical_table.fields
    rows = [{f.name: _cell(table.canonical, f, table, dice) for f in fields} for _ in range(dice.choice((0, 1, 5, 40)))]
    if rows and dice.random() < 0.5:
        rows += rows[:3]
    result = landed(table.canonical, rows)
    return result.drop_columns(["_row"]) if dice.random() < 0.2 else result


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))])
@pytest.mark.parametrize("name", NAMES)
def test_both_ways_of_running_agree(name: str, seed: int) -> None:
    dice = random.Random(seed)
    facts = DeliveryFacts(
        rejected_pct=dice.choice((0.0, 1.0, 1.01)),
        shrunk_pct=dice.choice((None, -5.0, 10.0, 10.5)),
        periods_behind=dice.choice((None, -1, 0, 1)),
        age_days=dice.choice((0, 500, 501, 9999)),
        fewest_rows=dice.choice((1, 5, 41)),
    )
    table = _generated(name, seed)
    rules = suite(name, minimum_rows=dice.choice((1, 5, 41)))
    through_gx = runner.run_suite(Seen(name, "gate_1", table), rules, facts)
    through_duckdb = direct.run_suite(Seen(name, "gate_1", table), rules, facts)
    assert verdicts(through_gx) == verdicts(through_duckdb)
    for first, second in zip(through_gx, through_duckdb, strict=True):
        if first.rule_id not in ("between",):  # which counts among the rows its restriction leaves
            assert first.observed == second.observed


def test_generated_tables_break_rules_and_keep_some() -> None:
    seen = set()
    for name in NAMES:
        for seed in range(5):
            for result in direct.run_suite(
                Seen(name, "gate_1", _generated(name, seed)), suite(name, minimum_rows=5), FACTS
            ):
                seen.add((result.rule_id, result.is_passed))
    for kind in ("columns", "row_minimum", "not_null", "unique", "in_set", "between"):
        assert {(kind, True), (kind, False)} <= seen, kind


def test_a_complete_and_clean_table_passes_both_ways() -> None:
    table = declared("arbeitsagentur__kleinraeumig").declared
    areas = [area.area_code for area in programme().areas if area.area_level == "unterbezirk"]
    items = [item.item for item in table.items]
    rows = [figure(code, year, 1, measure_id=item) for code in areas for item in items for year in range(2011, 2016)]
    rules = suite("arbeitsagentur__kleinraeumig", ("2011", "2015"), minimum_rows=10)
    for run_suite in (runner.run_suite, direct.run_suite):
        assert [
            r.check_id
            for r in run_suite(Seen("t", "gate_1", landed("area_figure", rows)), rules, FACTS)
            if not r.is_passed
        ] == []
        (failed,) = [
            r for r in run_suite(Seen("t", "gate_1", landed("area_figure", rows[:-1])), rules, FACTS) if not r.is_passed
        ]
        assert (failed.rule_id, failed.observed) == (
            "complete",
            f"{items[-1]} 2015 is missing for unterbezirk-960 (Westerfilde)",
        )


# -- Great Expectations only when needed


def _in_new_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


@pytest.mark.slow
def test_neither_rules_nor_the_self_check_import_great_expectations() -> None:
    code = "import sys, expectations.rules, expectations.direct, expectations.runner; print('great_expectations' in sys.modules)"
    assert _in_new_process(code) == "False"


@pytest.mark.attack("telemetry of a library · off before it is loaded")
@pytest.mark.slow
def test_telemetry_is_off_before_great_expectations_is_imported() -> None:
    code = (
        "import os, sys\n"
        "os.environ['GX_ANALYTICS_ENABLED'] = 'true'\n"
        "class Watch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'great_expectations':\n"
        "            print(os.environ['GX_ANALYTICS_ENABLED']); raise ImportError('seen')\n"
        "sys.meta_path.insert(0, Watch())\n"
        "from expectations import runner\n"
        "try:\n"
        "    runner._great_expectations()\n"
        "except ImportError:\n"
        "    pass\n"
    )
    assert _in_new_process(code) == "false"
