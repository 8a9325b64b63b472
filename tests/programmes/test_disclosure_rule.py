"""disclosure.yml: what is accepted, and that each mistake is named."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from programmes.disclosure import PRINTING
from programmes.loading import load_programme
from programmes.model import DeclarationError
from refresh.programme_tables import declared_rows

SMALL_CITY = Path(__file__).parents[1] / "recipes" / "tiny_city"

Entry = dict[str, Any]


def _number(value: int) -> Entry:
    return {"value": value, "reason_de": "Darum.", "reason_en": "Because.", "source": "an office"}


def _rule() -> Entry:
    numbers = {"minimum_count": 3, "minimum_complement": 3, "minimum_population": 300, "minimum_organisations": 3}
    numbers |= {"people_per_step": 3, "most_decimals": 2, "rounding_base": 5, "protection_width": 2}
    return {
        "is_proposal": True,
        **{name: _number(value) for name, value in numbers.items()},
        "open_levels": ["city"],
        "rounded_levels": ["viertel"],
        "variants_with_figures": ["norden"],
        "units_of_things": ["m2"],
        "marts": {"fct_sentiment": {"reason_de": "Befragte.", "reason_en": "Answers."}},
    }


def _city(folder: Path, rule: Entry) -> Path:
    shutil.copytree(SMALL_CITY, folder)
    (folder / "disclosure.yml").write_text(yaml.safe_dump(rule, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def test_a_city_without_the_file_has_no_rule_and_lands_none() -> None:
    programme = load_programme(SMALL_CITY)
    assert programme.disclosure is None
    landed = declared_rows(programme)
    assert (landed["programme__disclosure"], landed["programme__disclosure_scope"]) == ([], [])


def test_a_rule_lands_with_its_numbers_and_what_it_names(tmp_path: Path) -> None:
    programme = load_programme(_city(tmp_path / "city", _rule()))
    assert programme.disclosure is not None
    assert programme.disclosure.numbers["protection_width"] == 2
    landed = declared_rows(programme)
    [numbers] = landed["programme__disclosure"]
    assert {name: numbers[name] for name in PRINTING} == {
        name: number for name, number in programme.disclosure.numbers.items() if name != "protection_width"
    }
    assert [(row["scope"], row["code"]) for row in landed["programme__disclosure_scope"]] == [
        ("open_levels", "city"),
        ("rounded_levels", "viertel"),
        ("variants_with_figures", "norden"),
        ("units_of_things", "m2"),
        ("marts", "fct_sentiment"),
    ]


MISTAKES: list[tuple[Callable[[Entry], object], str]] = [
    (lambda rule: rule.update(open_levels=["city", "haus"]), "open_levels names 'haus', which is not declared"),
    (lambda rule: rule.update(rounded_levels=["haus"]), "rounded_levels names 'haus', which is not declared"),
    (lambda rule: rule.update(variants_with_figures=["süden"]), "variants_with_figures names 'süden', which is not"),
    (
        lambda rule: rule.update(open_levels=["city", "viertel"]),
        "'viertel' stands in open_levels and in rounded_levels",
    ),
    (lambda rule: rule.update(people_per_step=_number(2)), "people_per_step must be more than protection_width"),
    (lambda rule: rule.update(rounding_base=_number(4)), "rounding_base must be at least twice minimum_count less one"),
    (lambda rule: rule.update(open_levels=[]), "open_levels"),
    (lambda rule: rule.update(rounding_base=_number(-5)), r"rounding_base\.value"),
    (lambda rule: rule["minimum_count"].update(source=""), r"minimum_count\.source"),
    (lambda rule: rule["marts"]["fct_sentiment"].update(reason_de=""), r"marts\.fct_sentiment\.reason_de"),
    (lambda rule: rule.pop("minimum_organisations"), "minimum_organisations"),
    (lambda rule: rule.update(minimum_people=_number(3)), "minimum_people"),
]


@pytest.mark.parametrize(("make", "said"), MISTAKES)
def test_a_mistake_is_named(tmp_path: Path, make: Callable[[Entry], object], said: str) -> None:
    rule = _rule()
    make(rule)
    with pytest.raises(DeclarationError, match=said):
        load_programme(_city(tmp_path / "city", rule))


def test_two_people_a_step_protect_where_one_is_enough_to_doubt(tmp_path: Path) -> None:
    """The numbers are held against each other, not against a fixed one."""
    rule = _rule() | {"people_per_step": _number(2), "protection_width": _number(1)}
    assert load_programme(_city(tmp_path / "city", rule)).disclosure
