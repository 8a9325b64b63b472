"""docs/disclosure.md says what the rule of nordwärts declares: every number with its reason, every mart that has a form."""

import re
from pathlib import Path

from programmes.disclosure import Disclosure, Number
from programmes.loading import load_programme
from release.disclosure import FORMED_MARTS
from trials.disclosure import ALONE

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "disclosure.md").read_text(encoding="utf-8")


def rule() -> Disclosure:
    declared = load_programme("nordwaerts").disclosure
    assert declared
    return declared


def lines_of(declared: Disclosure) -> list[str]:
    """The line of the table every number of a rule must have."""
    return [
        f"| `{name}` | {number.value} | {number.reason_en} | {number.source} |"
        for name, number in declared
        if isinstance(number, Number)
    ]


def test_every_number_stands_there_with_reason_and_source() -> None:
    assert [line for line in lines_of(rule()) if line not in TEXT.splitlines()] == [], "add these lines to the table"


def test_a_number_that_was_changed_is_missed() -> None:
    changed = rule().minimum_population.model_copy(update={"value": 301})
    lines = lines_of(rule().model_copy(update={"minimum_population": changed}))
    assert [line for line in lines if line not in TEXT.splitlines()] == [lines[2]]


def test_every_mart_with_a_form_is_described() -> None:
    table = TEXT.partition("## What each mart shows")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)) == sorted(FORMED_MARTS)


def test_it_says_that_the_rule_is_a_proposal_as_long_as_it_is_one() -> None:
    assert rule().is_proposal == ("For nordwärts it is a proposal of this project" in TEXT)


def test_the_cost_of_every_number_is_counted() -> None:
    assert {name for numbers in ALONE for name in numbers} == rule().numbers.keys()
