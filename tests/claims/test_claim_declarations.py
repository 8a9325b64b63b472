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
UP: dict[str, Any] = {"type": "direction", "direction": "up", "baseline": "2015"}
OF_INDICATOR = {"kind": "indicator", "of": "unemployed_pct", "area": "programme"}
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
        ({"metric": None, "needed_de": "x", "needed_en": "x"}, "no data to depend on"),
        ({"dependencies": []}, "'dependencies' must name"),
        ({"type": "share"}, "needs its 'denominator'"),
        ({"type": "growth"}, "cannot be judged by metric kind 'projects'"),
        ({"metric": {"kind": "projects", "of": "ideas"}}, "'ideas' is not counted in projects"),
        ({"metric": {"kind": "projects", "of": "stock", "area": "city"}}, "takes no 'area'"),
        ({"type": "composite", "metric": None, "dependencies": []}, "needs 'legs'"),
        ({"legs": [{"claim": "c"}]}, "takes no 'legs'"),
        ({"margin": 1}, "a 'margin' and its reason"),
        ({"first_on": "2022-01-01"}, "come together"),
        ({**UP, "metric": OF_INDICATOR, "is_strong": True}, "needs a 'margin'"),
        ({**UP, "metric": OF_INDICATOR, "baseline": None}, "needs 'baseline'"),
        ({**UP, "metric": OF_INDICATOR, "is_dated": True}, "'is_dated' needs the 'period'"),
        ({**UP, "metric": {**OF_INDICATOR, "kind": "gap"}}, "needs a 'comparator'"),
        ({**UP, "metric": {"kind": "indicator", "of": "unemployed_pct"}}, "needs an 'area'"),
    ],
)
def test_a_claim_that_lacks_what_its_rule_needs_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        register(COUNT | change)


def test_legs_exist_and_have_no_legs() -> None:
    whole = {**COUNT, "claim_id": "w", "type": "composite", "metric": None, "dependencies": []}
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
    assert register(COUNT | UP | {"metric": OF_INDICATOR, "is_strong": True, "margin": 4.2, **REASONS})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dependencies": ["weather"]}, "claims.yml: claim 'deck_projects_237' depends on 'weather'"),
        ({**UP, "metric": {**OF_INDICATOR, "of": "happiness"}}, "names indicator 'happiness'"),
        ({**UP, "metric": {**OF_INDICATOR, "area": "moon"}}, "names area 'moon'"),
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
