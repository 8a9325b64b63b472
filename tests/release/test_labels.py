"""One glossary of labels: every code a reader can meet has a name in both languages, declared once."""

import csv
from pathlib import Path

import yaml

from programmes.laws import LAWS
from programmes.loading import load_programme
from release.labels import label, labels

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "dbt_project" / "seeds"
with (SEEDS / "label.csv").open(encoding="utf-8", newline="") as handle:
    DECLARED = list(csv.DictReader(handle))
with (SEEDS / "reason.csv").open(encoding="utf-8", newline="") as handle:
    REASONS = [row for row in csv.DictReader(handle) if row["subject"] == "claim"]


def _accepted(model: str, column: str) -> set[str]:
    [path] = (ROOT / "dbt_project" / "models").rglob(f"{model}.yml")
    [found] = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    [described] = [each for each in found["columns"] if each["name"] == column]
    [values] = [
        test["accepted_values"]["arguments"]["values"] for test in described["data_tests"] if "accepted_values" in test
    ]
    return set(values)


def test_every_label_is_said_in_both_languages_and_once() -> None:
    keys = [(row["subject"], row["code"]) for row in DECLARED]
    assert len(keys) == len(set(keys))
    assert all(row["text_de"] and row["text_en"] for row in DECLARED)


def test_units_statuses_roles_and_verdicts_all_have_one() -> None:
    programme = load_programme("nordwaerts")
    items = {item.unit for _, _, table in programme.landed_tables() for item in table.items if item.unit}
    units = (
        {indicator.unit for indicator in programme.indicators} | items | LAWS.keys() | {"projects", "people", "ideas"}
    )
    assert units - labels("unit").keys() == set()
    assert _accepted("fct_measure", "status") - labels("status").keys() == set()
    assert {row["verdict"] for row in REASONS} == labels("verdict").keys()
    assert {"programme", "rest", "city", "comparison"} == labels("role").keys()


def test_a_remedy_is_that_of_a_reason_that_leaves_a_claim_open() -> None:
    known = {row["reason_code"] for row in REASONS}
    assert labels("remedy").keys() - known == set()


def test_a_code_of_a_citys_own_is_told_as_it_is() -> None:
    assert label("unit", "trees") == ("trees", "trees")
    assert label("verdict", "supported") == ("trifft zu", "holds")
