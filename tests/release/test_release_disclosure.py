"""Every mart the project builds has a decision on whether it leaves the office; what must be hidden is hidden."""

from pathlib import Path

import pyarrow as pa
import pytest

from release import disclosure, hiding
from release.disclosure import FORMED_MARTS, INTERNAL_MARTS, PUBLIC_MARTS
from release.hiding import Place

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"


def test_every_mart_is_decided_once() -> None:
    built = {path.stem for path in MODELS.rglob("*.sql") if path.name.startswith(("bridge_", "dim_", "fct_"))}
    decided = [*PUBLIC_MARTS, *FORMED_MARTS, *INTERNAL_MARTS]
    assert sorted(decided) == sorted(built), "release/disclosure.py decides on every mart, each once"


def test_a_mart_has_a_public_form_where_it_is_decided_so() -> None:
    forms = {path.stem.removeprefix("public_") for path in MODELS.rglob("public_*.sql")}
    assert forms == set(FORMED_MARTS)


def test_no_unknown_or_internal_mart_may_be_public() -> None:
    assert not disclosure.may_be_public("fct_new_idea")
    assert not any(map(disclosure.may_be_public, INTERNAL_MARTS))
    assert all(map(disclosure.may_be_public, [*PUBLIC_MARTS, *FORMED_MARTS]))


def test_marts_that_count_people_are_not_public_as_they_are() -> None:
    counting = {"fct_measure", "fct_volunteering", "fct_participation_event", "fct_sentiment", "fct_development_gap"}
    assert not counting & PUBLIC_MARTS.keys()


ROWS = pa.table(
    {
        "area_id": ["city", "north", "n1", "n2", None],
        "period": ["2020"] * 5,
        "value": [5.0, 4.0, None, 3.0, 2.0],
        "status": ["final", "final", "hidden", "final", "final"],
        "is_hidden": [False, False, True, False, False],
        "hidden_reason": [None, None, "small_group", None, None],
        "shown_at_level": pa.nulls(5, pa.string()),
    }
)
KEY = ("area_id", "period")
PLACES = {
    "city": Place("city", 0, ()),
    "north": Place("district", 1, ("city",)),
    "n1": Place("quarter", 2, ("north",)),
    "n2": Place("quarter", 2, ("north", "ring")),
    "ring": Place("ring", 1, ("city",)),
}


def test_hiding_empties_the_figures_of_the_rows_named_and_of_no_other() -> None:
    found = hiding.hide(ROWS, KEY, ("value",), {"n2|2020", "n1|2020"}).to_pylist()
    assert [row["value"] for row in found] == [5.0, 4.0, None, None, 2.0]
    assert [row["status"] for row in found] == ["final", "final", "hidden", "hidden", "final"]
    assert [row["is_hidden"] for row in found] == [False, False, True, True, False]
    assert [row["hidden_reason"] for row in found] == [None, None, "small_group", "protected", None]


def test_a_key_with_nothing_in_it_is_a_key() -> None:
    assert hiding.hide(ROWS, KEY, ("value",), {"|2020"})["is_hidden"].to_pylist() == [False, False, True, False, True]


def test_nothing_to_hide_leaves_every_row() -> None:
    assert hiding.hide(ROWS, KEY, ("value",), ()).equals(ROWS)
    assert hiding.hide(ROWS, KEY, ("value",), {"n3|2020"}).equals(ROWS)


@pytest.mark.parametrize(
    ("hidden", "levels"),
    [
        ((), [None, None, "district", None, None]),
        (("north|2020",), [None, "city", "city", None, None]),
        (("n2|2020", "north|2020"), [None, "city", "city", "city", None]),
        (("city|2020", "north|2020"), [None, None, None, None, None]),
    ],
)
def test_a_hidden_figure_names_the_next_level_that_shows_it(hidden: tuple[str, ...], levels: list[str | None]) -> None:
    rows = hiding.hide(ROWS, KEY, ("value",), hidden)
    assert hiding.name_next_level(rows, KEY, PLACES)["shown_at_level"].to_pylist() == levels
