"""The geography authority: names in every spelling, codes exactly, and no guess between two areas."""

import pytest
import small_city

from ingest.areas import locality_of
from ingest.findings import BrokenRule
from programmes.model import DeclarationError

INDEX = locality_of(small_city.city()).areas


@pytest.mark.parametrize(
    "name",
    [
        "Innenstadt-Nord",
        "Innenstadt Nord",
        "INNENSTADT-NORD",
        " innenstadt – nord ",
        "Innenstadt\u00a0Nord",
        "Nordstadt",
    ],
)
def test_spellings_and_aliases_of_a_name_are_one_area(name: str) -> None:
    assert INDEX.resolve(name, "bezirk", "name") == "bezirk-20"


@pytest.mark.parametrize("name", ["Hörde", "Ho\u0308rde", "HÖRDE"])
def test_umlauts_composed_or_not_are_one_name(name: str) -> None:
    assert INDEX.resolve(name, "bezirk", "name") == "bezirk-5"


def test_sharp_s_and_double_s_are_one_name() -> None:
    assert INDEX.resolve("GROSSER BUSCH", "unterbezirk", "name") == "unterbezirk-111"


def test_a_name_counts_on_its_level_only() -> None:
    with pytest.raises(BrokenRule) as broken:
        INDEX.resolve("Hafen", "bezirk", "name")
    assert (broken.value.rule_id, broken.value.detail) == ("area_unknown", "Stadtbezirk")


def test_codes_are_exact_text() -> None:
    assert INDEX.resolve("011", "unterbezirk", "code") == "unterbezirk-011"
    assert INDEX.resolve("5", "bezirk", "code") == "bezirk-5"
    for code in ("0011", "11a", "Hafen", "05"):
        with pytest.raises(BrokenRule) as broken:
            INDEX.resolve(code, "unterbezirk", "code") if code != "05" else INDEX.resolve(code, "bezirk", "code")
        assert broken.value.rule_id == "area_unknown"


def test_a_lost_leading_zero_is_named_and_never_filled_up() -> None:
    for code, level, length in (("11", "unterbezirk", "3"), ("5999", "city", "5")):
        with pytest.raises(BrokenRule) as broken:
            INDEX.resolve(code, level, "code")
        assert (broken.value.rule_id, broken.value.detail) == ("leading_zero_lost", length)


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize(("aliases_of_hafen", "aliases_of_nordmarkt"), [("Mitte", "MITTE"), ("Nordmarkt", "")])
def test_an_alias_of_two_areas_is_an_error_of_the_declaration(
    aliases_of_hafen: str, aliases_of_nordmarkt: str, is_reversed: bool
) -> None:
    areas = (
        small_city.area("unterbezirk", "011", "Hafen", aliases_of_hafen),
        small_city.area("unterbezirk", "012", "Nordmarkt", aliases_of_nordmarkt),
    )
    with pytest.raises(DeclarationError, match=r"unterbezirk-011.*unterbezirk-012") as error:
        locality_of(small_city.city(areas[::-1] if is_reversed else areas))
    assert "steht für" in error.value.german


def test_two_areas_of_one_name_are_an_error_only_where_the_name_is_used() -> None:
    areas = (small_city.area("unterbezirk", "011", "Hafen"), small_city.area("unterbezirk", "012", "HAFEN"))
    index = locality_of(small_city.city(areas)).areas
    assert index.resolve("012", "unterbezirk", "code") == "unterbezirk-012"
    with pytest.raises(BrokenRule) as broken:
        index.resolve("Hafen", "unterbezirk", "name")
    assert broken.value.rule_id == "area_ambiguous"


def test_an_alias_may_repeat_the_name_of_its_own_area() -> None:
    index = locality_of(small_city.city((small_city.area("bezirk", "5", "Hörde", "hörde|Hörder Land"),))).areas
    assert index.resolve("Hörder-Land", "bezirk", "name") == "bezirk-5"


def test_every_area_of_the_real_programme_is_found_by_code_and_name() -> None:
    from programmes.loading import load_programme

    programme = load_programme("nordwaerts")
    index = locality_of(programme).areas
    for area in programme.areas:
        assert index.resolve(area.area_code, area.area_level, "code") == area.area_id
        for name in (area.area_name, area.area_name.upper(), *filter(None, area.aliases.split("|"))):
            assert index.resolve(name, area.area_level, "name") == area.area_id
