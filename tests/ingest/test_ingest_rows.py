"""Which rows of a delivery a table is declared for: texts, prefixes, ranges and patterns of a column.

So one delivery may hold several cities, and one column areas of two levels: each is a table of its own.
"""

from typing import Any

import pytest
from small_city import figures, land_it, rows

from ingest.findings import DeliveryRefused
from programmes.sources import Rows

HEAD = "ags;ebene;stichtag;nr;einwohner;arbeitslose\n"
CITIES = HEAD + "05999011;U;2020;011;1;1\n05999012;U;2020;012;2;2\n05334011;U;2020;011;9;9\n"
LEVELS = "stichtag;nr;einwohner;arbeitslose\n2020;011;1;1\n2020;012;2;2\n2020;20;3;3\n2020;05999;6;6\n"
DISTRICTS: list[dict[str, Any]] = [
    {"from": "stichtag", "to": "reference_on", "type": "reference_date"},
    {"from": "nr", "to": "area_id", "type": "area", "level": "bezirk"},
]


@pytest.mark.parametrize(
    "where",
    [
        {"prefixes": ["05999"]},
        {"first": "05999000", "last": "05999999"},
        {"pattern": "05999[0-9]{3}"},
        ["05999011", "05999012"],
    ],
)
def test_of_several_cities_in_one_delivery_one_is_read(where: Any) -> None:
    landed = land_it(CITIES, figures(where={"ags": where}))
    assert rows(landed, "area_id", "value") == [
        ("unterbezirk-011", 1), ("unterbezirk-012", 2), ("unterbezirk-011", 1), ("unterbezirk-012", 2),
    ]  # fmt: skip
    assert landed.findings == () and landed.count.equation == "4 = 1 + 1 + 0 + 2 + 0"


def test_areas_of_two_levels_in_one_column_are_told_apart_by_their_code() -> None:
    small = land_it(LEVELS, figures(where={"nr": {"pattern": "[0-9]{3}"}}))
    large = land_it(LEVELS, figures(where={"nr": {"pattern": "[0-9]{2}"}}, columns=DISTRICTS))
    assert {row[0] for row in rows(small, "area_id")} == {"unterbezirk-011", "unterbezirk-012"}
    assert rows(large, "area_id", "area_level", "value") == [("bezirk-20", "bezirk", 3), ("bezirk-20", "bezirk", 3)]
    assert small.findings == large.findings == ()


def test_areas_of_two_levels_in_one_column_are_told_apart_by_another_column() -> None:
    delivery = HEAD + "05999;U;2020;011;1;1\n05999;B;2020;20;3;3\n"
    large = land_it(delivery, figures(where={"ebene": ["B"]}, columns=DISTRICTS))
    assert rows(large, "area_id", "value") == [("bezirk-20", 3), ("bezirk-20", 3)]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"prefixes": ["06"]}, "'ags' (06…)"),
        ({"first": "06000000", "last": "06999999"}, "'ags' (06000000 – 06999999)"),
        ({"texts": ["x"], "pattern": "06.*"}, "'ags' (x, 06.*)"),
    ],
)
def test_a_delivery_without_such_rows_is_refused_with_what_was_asked_for(where: dict[str, Any], said: str) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        land_it(CITIES, figures(where={"ags": where}))
    assert (refused.value.rule_id, refused.value.detail) == ("no_agreed_code", said)


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [("2015", True), ("2020", True), ("2014", False), ("2021", False), ("20150", False), ("15", False)],
)
def test_a_range_holds_codes_of_its_length_with_both_ends(text: str, is_taken: bool) -> None:
    assert Rows(first="2015", last="2020").take(text) is is_taken


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({}, "rows need one of"),
        ({"first": "1"}, "come together"),
        ({"first": "10", "last": "9"}, "codes of one length, in order"),
        ({"first": "20", "last": "10"}, "codes of one length, in order"),
        ({"prefix": "05"}, "Extra inputs"),
    ],
)
def test_rows_that_say_nothing_or_nonsense_are_refused(declared: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Rows.model_validate(declared)
