"""The attacker on small editions made by hand: what it lets pass, every hole it must find, and what it need not try again."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from made_up_edition import (
    PARTICIPANTS,
    RATES,
    VOLUNTEERS,
    MadeUpEdition,
    event,
    present_in,
    rate_known,
    rate_of,
    told,
)

import attacker.edition
from attacker.edition import Attack, Attacked, attack


@pytest.fixture
def edition(tmp_path: Path) -> MadeUpEdition:
    return MadeUpEdition(tmp_path)


def attacked(edition: MadeUpEdition, withstood: frozenset[str] = frozenset()) -> Attack:
    edition.written()
    return attack(edition.public, edition.beside, withstood)


def found(edition: MadeUpEdition) -> dict[str, dict[str, tuple[int, int]]]:
    """Table → target → what is known of it."""
    came = attacked(edition)
    assert came.unfit == ()
    return {table: {each.target.name: (each.low, each.high) for each in all_} for table, all_ in came.findings.items()}


def of(place: str) -> Callable[[dict[str, Any]], bool]:
    return lambda row: row.get("area_id") == place


def test_an_edition_that_hides_what_it_must_withstands(edition: MadeUpEdition) -> None:
    assert found(edition) == {}
    assert len(attacked(edition).withstood) == 3


def test_a_hidden_cell_that_is_shown_is_found_with_those_it_gives_away(edition: MadeUpEdition) -> None:
    edition.change("fct_volunteering", of("east"), value=55.0)
    assert found(edition) == {VOLUNTEERS: {"east": (53, 54), "west": (0, 1)}}


def test_a_single_area_that_is_shown_is_found(edition: MadeUpEdition) -> None:
    edition.change("fct_indicator_value", of("q2"), value=4.0, decimals=1)
    assert found(edition) == {RATES: {"q2": (40, 40), "q4": (50, 50)}}


def test_a_district_that_is_the_city_less_the_only_other_is_found(edition: MadeUpEdition) -> None:
    edition.change("assumed", lambda row: row["row_key"].startswith("city|2020|persons"), people_count=40)
    edition.change("fct_volunteering", of("west"), value=35.0)
    assert found(edition) == {}, "33 to 37 in the west, 3 to 7 in the east"
    edition.files["told_before"] = [told(VOLUNTEERS, "west", 37, 37)]
    edition.change("fct_volunteering", of("west"), value=None)
    assert found(edition) == {VOLUNTEERS: {"east": (3, 3), "west": (37, 37)}}


def test_a_rate_with_too_many_decimals_is_found(edition: MadeUpEdition) -> None:
    edition.change("fct_indicator_value", of("east"), value=2.1, decimals=2)
    assert found(edition)[RATES] == {"east": (42, 42), "west": (80, 80)}


def test_a_second_variant_that_differs_by_one_area_is_found(edition: MadeUpEdition) -> None:
    edition.files["fct_indicator_value"].append(rate_of("more", 2.4, 2))
    edition.files["assumed"].append(rate_known("more", 3000, 72))
    assert found(edition)[RATES] == {"q2": (40, 40), "q4": (50, 50)}


def test_a_printed_rate_whose_people_nobody_told_is_not_vouched_for(edition: MadeUpEdition) -> None:
    edition.files["fct_indicator_value"].append(rate_of("more", 2.4, 2))
    came = attacked(edition)
    assert came.unfit == ("unemployed_pct|1|area_set||more|programme|today|2020",)
    assert len(came.withstood) == 2, "the table is tried again the next time"
    edition.change("fct_indicator_value", lambda row: row["variant_id"] == "more", value=None)
    assert attacked(edition).unfit == ()


def test_an_earlier_edition_that_told_what_is_hidden_now_is_remembered(edition: MadeUpEdition) -> None:
    edition.files["told_before"] = [told(VOLUNTEERS, "east", 53, 57)]
    assert found(edition) == {VOLUNTEERS: {"east": (53, 54), "west": (0, 1)}}


@pytest.mark.parametrize(
    ("cell", "count", "known"),
    [
        ("east", 42, {"east": (42, 42), "west": (80, 80)}),
        ("more/programme", 72, {"q2": (40, 40), "q4": (50, 50)}),
        ("q2", 40, {"q2": (40, 40), "q4": (50, 50)}),
    ],
)
def test_whatever_an_earlier_edition_told_is_remembered(
    edition: MadeUpEdition, cell: str, count: int, known: dict[str, tuple[int, int]]
) -> None:
    edition.files["assumed"].append(rate_known("more", 3000))
    edition.files["told_before"] = [told(RATES, cell, count, count)]
    edition.change("fct_indicator_value", of("east"), value=None)
    assert found(edition)[RATES].items() >= known.items()


@pytest.mark.parametrize("limits", [(60, 64), (10, 12)])
def test_a_revised_figure_contradicts_what_was_told_and_is_believed(
    edition: MadeUpEdition, limits: tuple[int, int]
) -> None:
    edition.files["told_before"] = [told(VOLUNTEERS, "city", *limits), told(VOLUNTEERS, "east", *limits)]
    edition.change("assumed", lambda row: row["row_key"].startswith("city|2020|persons"), people_count=9)
    assert found(edition) == {}


def test_what_was_hidden_before_tells_nothing(edition: MadeUpEdition) -> None:
    edition.files["told_before"] = [{**told(VOLUNTEERS, "east", 54, 54), "is_hidden": True}]
    assert found(edition) == {}


def test_an_event_alone_in_its_district_is_found_where_the_others_tell_of_it(edition: MadeUpEdition) -> None:
    edition.files["fct_participation_event"] = [
        event(1, "east", 10),
        event(2, "east", 20),
        event(3, "west", None, True),
    ]
    edition.files["fct_programme_intensity"] = [present_in("city", 48), present_in("east", 35), present_in("west", 15)]
    edition.files["fct_participation_event"].append(event(4, "west", None))  # nobody counted: no people of the 48
    # 48 people in all: 33 to 34 of them in the east, so 14 to 15 in the west, where there was one event
    known = found(edition)[PARTICIPANTS]
    assert (known["west"], known["p:3"]) == ((14, 15), (14, 15))


def test_a_small_count_that_is_printed_fits_no_counts_and_is_not_vouched_for(edition: MadeUpEdition) -> None:
    edition.change("fct_volunteering", of("west"), value=0.0)
    came = attacked(edition)
    assert came.unfit == (VOLUNTEERS,)
    assert len(came.withstood) == 2


@pytest.mark.parametrize(("number", "value"), [("protection_width", 60), ("minimum_count", 29)])
def test_another_rule_is_another_attack(edition: MadeUpEdition, number: str, value: int) -> None:
    before = attacked(edition).withstood
    edition.rule[number] = value
    came = attacked(edition, before)
    assert came.findings or came.unfit


def test_a_table_that_withstood_is_not_tried_again_until_it_changes(
    edition: MadeUpEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    withstood = attacked(edition).withstood
    tried: list[str] = []
    genuine = Attacked.found

    def spied(table: Attacked, width: int) -> Any:
        tried.append(table.name)
        return genuine(table, width)

    monkeypatch.setattr(Attacked, "found", spied)
    assert attacked(edition, withstood).withstood == withstood
    assert tried == []
    edition.change("fct_volunteering", of("east"), value=55.0)
    assert VOLUNTEERS in attacked(edition, withstood).findings
    assert tried == [VOLUNTEERS]
    tried.clear()
    edition.change("fct_volunteering", of("east"), value=None)
    edition.files["told_before"] = [told(RATES, "q2", 40, 40)]
    assert RATES in attacked(edition, withstood).findings
    assert tried == [RATES], "what was told before is part of the table"


def test_a_mart_that_is_not_public_has_no_tables(edition: MadeUpEdition) -> None:
    edition.written()
    (edition.public / "fct_volunteering.parquet").unlink()
    assert len(attack(edition.public, edition.beside).withstood) == 2


@pytest.mark.parametrize(("city", "is_known"), [(54, True), (60, False)])
def test_what_was_told_counts_until_the_sum_around_it_moves(edition: MadeUpEdition, city: int, is_known: bool) -> None:
    edition.files["told_before"] = [told(VOLUNTEERS, "city", city, city), told(VOLUNTEERS, "east", 53, 57)]
    assert found(edition) == ({VOLUNTEERS: {"east": (53, 54), "west": (0, 1)}} if is_known else {})


def test_where_hardly_anybody_lives_nobody_needs_an_edition_to_know_them(edition: MadeUpEdition) -> None:
    edition.change("assumed", lambda row: "|core|" in row["row_key"], people_count=None)
    edition.change("fct_indicator_value", lambda row: row["variant_id"] == "core", value=None)
    edition.change("assumed", lambda row: "|q1|" in row["row_key"], at_most_count=1)
    assert found(edition) == {}


@pytest.mark.parametrize(("value", "known"), [(1.0, (3, 4)), (99.0, (316, 317))])
def test_that_a_figure_is_shown_at_all_says_it_is_neither_small_nor_of_nearly_all(
    edition: MadeUpEdition, value: float, known: tuple[int, int]
) -> None:
    edition.change("assumed", lambda row: "|city|" in row["row_key"], people_count=None)
    edition.change("fct_indicator_value", lambda row: row["area_id"] in ("city", "west"), value=None)
    edition.change("fct_indicator_value", of("east"), value=value)
    edition.change("assumed", lambda row: "|east|" in row["row_key"], at_most_count=320)
    assert found(edition)[RATES]["east"] == known


def test_an_area_is_where_it_was_in_that_year(edition: MadeUpEdition) -> None:
    [quarter] = filter(of("q2"), edition.files["dim_area"])
    [member] = [
        row for row in edition.files["bridge_area_set"] if (row["variant_id"], row["area_id"]) == ("core", "q1")
    ]
    later = {"valid_from": dt.date(2021, 1, 1)}
    edition.files["dim_area"].append({**quarter, "parent_id": "west", **later})
    edition.files["bridge_area_set"].append({**member, "area_id": "q2", **later})
    edition.change("fct_indicator_value", of("east"), value=2.1, decimals=2)
    assert found(edition) == {RATES: {"east": (42, 42), "west": (80, 80)}}


def test_an_area_that_ended_in_that_year_is_one_all_the_same(edition: MadeUpEdition) -> None:
    edition.change("dim_area", of("q4"), valid_to=dt.date(2020, 6, 30))
    edition.change("fct_indicator_value", lambda _: True, value=None)
    edition.change("assumed", lambda _: True, people_count=None)
    edition.files["told_before"] = [told(RATES, "q4", 50, 50)]
    assert found(edition) == {RATES: {"q4": (50, 50)}}


def test_another_attacker_has_to_try_anew(edition: MadeUpEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    withstood = attacked(edition).withstood
    monkeypatch.setattr(attacker.edition, "_own_code", lambda: "of tomorrow")
    assert not withstood & attacked(edition, withstood).withstood
