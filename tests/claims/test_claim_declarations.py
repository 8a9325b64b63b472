"""claims.yml is strictly parsed: what a type needs, what it names, and a sentence for every fault."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from programmes.claims import ClaimRegister
from programmes.loading import PROGRAMMES_DIR, load_programme
from programmes.model import DeclarationError

COUNT: dict[str, Any] = {
    "claim_id": "c", "document": "d", "wording_de": "237", "wording_en": "237", "type": "count",
    "metric": {"kind": "projects", "of": "stock"}, "expected": 237, "rounding_unit": 1,
    "dependencies": ["project_event"], "declared_on": "2026-03-02",
}  # fmt: skip
DOCUMENT = {
    "document_id": "d", "title": "t", "publisher": "p", "first_on": "2022-02-01", "last_on": "2022-12-31", "found_at": "f",
}  # fmt: skip
OF_INDICATOR: dict[str, Any] = {"kind": "indicator", "of": "unemployed_pct", "area": "programme"}
NO_FIGURE: dict[str, Any] = {"expected": None, "rounding_unit": None}
UP: dict[str, Any] = {**NO_FIGURE, "type": "direction", "direction": "up", "baseline": "2015", "metric": OF_INDICATOR}
OF_GAP: dict[str, Any] = {
    **NO_FIGURE, "type": "non_widening", "comparator": "city", "baseline": "2015", "metric": {**OF_INDICATOR, "kind": "gap"},
}  # fmt: skip
RANK: dict[str, Any] = {
    **NO_FIGURE, "type": "ranking", "direction": "up", "period": "2020", "metric": {**OF_INDICATOR, "area": "stadtbezirk-20"},
}  # fmt: skip
OF_MEASURE: dict[str, Any] = {"kind": "measure", "of": "population", "area": "city"}
GRADE_GROWTH: dict[str, Any] = {
    "type": "growth", "baseline": "2015", "metric": {**OF_INDICATOR, "of": "city_quality_of_life_grade"},
}  # fmt: skip
GROWTH: dict[str, Any] = {
    "type": "growth", "baseline": "2016", "period": "2020",
    "metric": {"kind": "volunteering", "of": "active_persons", "area": "city", "method": "counted"},
}  # fmt: skip
SPREAD: dict[str, Any] = {
    **UP, "direction": "down", "metric": {**OF_INDICATOR, "kind": "harmonisation", "area": "unterbezirk"},
}  # fmt: skip
CLASS: dict[str, Any] = {
    **NO_FIGURE, "type": "class", "expected_class": "low",
    "metric": {"kind": "area_class", "of": "social_situation", "area": "stadtbezirk-20"},
}  # fmt: skip
REASONS = {"margin_reason_de": "weil", "margin_reason_en": "because"}


def register(*claims: dict[str, Any]) -> ClaimRegister:
    return ClaimRegister.model_validate({"documents": [DOCUMENT], "claims": claims})


def test_a_claim_without_fault_is_taken() -> None:
    assert register(COUNT).claims[0].is_checkable


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"expected": None}, "type 'count' needs 'expected'"),
        ({"rounding_unit": 0}, "greater than 0"),
        ({"surprise": 1}, "Extra inputs"),
        ({"type": "opinion"}, "Input should be"),
        ({"document": "x"}, "names document 'x'"),
        ({"type": "causal"}, "never checkable"),
        ({"metric": None, "dependencies": []}, "'needed_de' and 'needed_en' must say what would"),
        (
            {"metric": None, "needed_de": "x", "needed_en": "x"},
            "'expected' would not be read: a sentence nothing decides",
        ),
        ({"dependencies": []}, "needs 'dependencies'"),
        ({"type": "share"}, "needs 'denominator'"),
        ({"type": "growth"}, "cannot be judged by metric kind 'projects'"),
        ({"metric": {"kind": "projects", "of": "ideas"}}, "'ideas' is not counted in projects"),
        ({"metric": {"kind": "projects", "of": "stock", "area": "city"}}, "'metric.area' would not be read"),
        ({"type": "composite", "metric": None, "dependencies": []}, "needs 'legs'"),
        ({"legs": [{"claim": "c"}]}, "takes no 'legs'"),
        ({**OF_GAP, "margin": 1}, "a 'margin' and its reason"),
        ({"first_on": "2022-01-01"}, "come together"),
        ({**UP, "is_strong": True}, "needs a 'margin'"),
        ({**UP, "baseline": None}, "needs 'baseline'"),
        ({**UP, "is_dated": True}, "'is_dated' needs the 'period'"),
        ({**UP, "metric": {**OF_INDICATOR, "kind": "gap"}}, "needs 'comparator'"),
        ({**UP, "metric": {"kind": "indicator", "of": "unemployed_pct"}}, "needs 'metric.area'"),
        ({**CLASS, "expected_class": None}, "needs 'expected_class'"),
        ({**CLASS, "expected_class": "awful"}, "Input should be"),
        ({**CLASS, "metric": {**CLASS["metric"], "area": "city"}}, "a class is that of one area"),
        ({**SPREAD, "baseline": None}, "needs 'baseline'"),
    ],
)
def test_a_claim_that_lacks_what_its_rule_needs_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        register(COUNT | change)


@pytest.mark.parametrize(
    ("base", "key", "value"),
    [
        ({}, "denominator", 249),
        ({}, "baseline", "2015"),
        ({}, "period", "2020"),
        ({}, "direction", "down"),
        ({}, "comparator", "rest"),
        ({}, "margin", 5),
        ({}, "needed_de", "x"),
        ({"type": "threshold", "rounding_unit": None}, "rounding_unit", 10),
        ({"type": "threshold", "rounding_unit": None}, "second_rounding_unit", 10),
        (UP, "expected", 5),
        (UP, "comparator", "city"),
        (UP, "first_on", "2020-01-01"),
        (UP, "margin", 5),
        (RANK, "baseline", "2015"),
        (RANK, "margin", 5),
        (OF_GAP, "direction", "down"),
        (CLASS, "expected", 3),
        (CLASS, "baseline", "2015"),
        (SPREAD, "expected_class", "low"),
        (SPREAD, "comparator", "rest"),
        (OF_GAP, "rounding_unit", 1),
        (GROWTH, "direction", "up"),
        (GROWTH, "denominator", 5),
    ],
)
def test_what_no_rule_would_read_is_refused_with_what_is_possible(base: dict[str, Any], key: str, value: Any) -> None:
    kept = COUNT | base
    assert register(kept)
    reasons = REASONS if key == "margin" else {}
    last = {"last_on": value} if key == "first_on" else {}
    with pytest.raises(ValueError, match=f"'{key}' would not be read") as refused:
        register(kept | {key: value} | reasons | last)
    assert "reads metric, dependencies" in str(refused.value) or "only where 'is_strong'" in str(refused.value)


@pytest.mark.parametrize(
    ("base", "key", "value"),
    [
        ({}, "method", "counted"),
        ({}, "counted_from_on", "2015-01-01"),
        ({}, "definition_version", 2),
        (UP, "method", "counted"),
        (GROWTH, "definition_version", 2),
    ],
)
def test_what_no_rule_would_read_of_a_metric_is_refused(base: dict[str, Any], key: str, value: Any) -> None:
    kept = COUNT | base
    with pytest.raises(ValueError, match=f"'metric.{key}' would not be read"):
        register(kept | {"metric": {**kept["metric"], key: value}})


def test_a_gap_is_of_the_programme_area_and_a_ranking_of_one_area() -> None:
    with pytest.raises(ValueError, match="a gap is that of the programme area"):
        register(COUNT | OF_GAP | {"metric": {**OF_INDICATOR, "kind": "gap", "area": "city"}})
    with pytest.raises(ValueError, match="a ranking is among the areas of one level"):
        register(COUNT | RANK | {"metric": OF_INDICATOR})


@pytest.mark.parametrize(
    "change",
    [
        {"type": "threshold", "rounding_unit": None, "direction": "down", "is_bound_included": True},
        {"type": "threshold", "rounding_unit": None, "metric": OF_MEASURE},
        {"type": "threshold", "rounding_unit": None, "metric": {**OF_INDICATOR, "kind": "gap"}, "comparator": "city"},
        {"type": "level", "metric": OF_INDICATOR},
        {"type": "level", "metric": {**OF_INDICATOR, "kind": "gap"}, "comparator": "rest"},
        {"type": "level", "metric": OF_MEASURE, "period": "2020"},
        {"type": "growth", "metric": OF_INDICATOR, "baseline": "2015"},
        {"type": "growth", "metric": OF_MEASURE, "baseline": "2015"},
        {**UP, "metric": OF_MEASURE},
        {**RANK, "comparator": "stadtbezirk-10"},
        SPREAD,
        {**SPREAD, "is_strong": True, "margin": 10, **REASONS},
        {**CLASS, "period": "2020"},
    ],
)
def test_levels_bounds_growths_pairs_of_areas_classes_and_spreads_can_be_said(change: dict[str, Any]) -> None:
    assert register(COUNT | change)


def test_a_measure_has_a_city_or_one_area() -> None:
    with pytest.raises(ValueError, match="a measure is that of the city or of one area"):
        register(COUNT | {"type": "level", "metric": {**OF_MEASURE, "area": "programme"}})
    with pytest.raises(ValueError, match="'is_bound_included' would not be read"):
        register(COUNT | {"is_bound_included": True})


def test_legs_exist_and_have_no_legs() -> None:
    whole = {**COUNT, **NO_FIGURE, "claim_id": "w", "type": "composite", "metric": None, "dependencies": []}
    assert register(COUNT, {**whole, "legs": [{"claim": "c"}]})
    with pytest.raises(ValueError, match="names leg 'x', which is not declared"):
        register(COUNT, {**whole, "legs": [{"claim": "x"}]})
    with pytest.raises(ValueError, match="which has legs itself"):
        register(COUNT, {**whole, "legs": [{"claim": "c"}]}, {**whole, "claim_id": "v", "legs": [{"claim": "w"}]})
    with pytest.raises(ValueError, match="at least one leg must be necessary"):
        register(COUNT, {**whole, "legs": [{"claim": "c", "is_necessary": False}]})


def test_ids_are_declared_once_and_days_are_in_order() -> None:
    with pytest.raises(ValueError, match="claim 'c' is declared twice"):
        register(COUNT, COUNT)
    with pytest.raises(ValueError, match="last_on lies before first_on"):
        ClaimRegister.model_validate({"documents": [{**DOCUMENT, "last_on": "2021-01-01"}]})


def test_no_register_chooses_its_own_level_of_error() -> None:
    with pytest.raises(ValueError, match="alpha_pct"):
        ClaimRegister.model_validate({"alpha_pct": 10})
    assert register(COUNT | UP | {"is_strong": True, "margin": 4.2, **REASONS})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dependencies": ["weather"]}, "claims.yml: claim 'deck_projects_237' depends on 'weather'"),
        ({**UP, "metric": {**OF_INDICATOR, "of": "happiness"}}, "names indicator 'happiness'"),
        ({**UP, "metric": {**OF_INDICATOR, "area": "moon"}}, "names area 'moon'"),
        ({**UP, "metric": {**OF_INDICATOR, "definition_version": 9}}, "names version 9 of 'unemployed_pct'"),
        ({"type": "level", "metric": {**OF_MEASURE, "of": "moons"}}, "names measure 'moons', which no source delivers"),
        ({**RANK, "comparator": "moon"}, "names area 'moon', which is not in areas.csv"),
        ({**GRADE_GROWTH}, "a grade such as 'city_quality_of_life_grade' has no growth in per cent"),
        ({**OF_GAP, "baseline": "1999"}, "names baseline '1999'"),
        ({**SPREAD, "metric": {**SPREAD["metric"], "of": "happiness"}}, "names indicator 'happiness'"),
        (
            {**SPREAD, "metric": {**SPREAD["metric"], "area": "moon"}},
            "names level 'moon', which is not declared; possible: ",
        ),
        ({**SPREAD, "baseline": "2013"}, "names baseline '2013', but 'unemployed_pct' is judged from '2015'"),
        (
            {**CLASS, "metric": {**CLASS["metric"], "of": "mood"}},
            "names index 'mood', which is not in class_indices.yml",
        ),
        ({**OF_GAP, "comparator": "moon"}, "names comparator 'moon'; possible: city, rest"),
        ({"rounding_unit": None}, r"claims.yml, line \d+, claims.0: .*needs 'rounding_unit'"),
    ],
)
def test_claims_are_checked_against_the_rest_of_the_folder(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    folder = tmp_path / "nordwaerts"
    shutil.copytree(PROGRAMMES_DIR / "nordwaerts", folder, ignore=shutil.ignore_patterns("sample"))
    declared = yaml.safe_load((folder / "claims.yml").read_text(encoding="utf-8"))
    declared["claims"][0] |= change
    (folder / "claims.yml").write_text(yaml.safe_dump(declared), encoding="utf-8")
    with pytest.raises(DeclarationError, match=said):
        load_programme(folder)


def test_a_city_without_claims_has_an_empty_register(tmp_path: Path) -> None:
    folder = tmp_path / "nordwaerts"
    shutil.copytree(PROGRAMMES_DIR / "nordwaerts", folder, ignore=shutil.ignore_patterns("sample", "claims.yml"))
    assert load_programme(folder).claim_register.claims == ()
