"""The comparator does not decide: with exact counts the gap to the city follows from that to the rest, or has no word.

In one city nobody moves, so that the programme area keeps its share of the people; in the other its share grows.
"""

import random
from fractions import Fraction
from typing import Any

import pytest
from dbt_run import Build, built_once
from made_up_worlds import CODES, YEARS, build_world, indicator

NUMBERS = range(10)
WORDS = {"narrowed", "widened", "unchanged", "undecidable"}


def _figures(growth: int) -> dict[str, dict[tuple[str, int], Any]]:
    chance = random.Random(1849)
    people = {
        (code, year): 2000 + 100 * int(code) + (growth * (year - 2015) if code <= "06" else 0)
        for code in CODES
        for year in YEARS
    }
    figures: dict[str, dict[tuple[str, int], Any]] = {"people": people}
    for number in NUMBERS:
        level = {code: chance.uniform(0.05, 0.3) for code in CODES}
        drift = {code: chance.uniform(0.9, 1.2) for code in CODES}
        figures[f"cases_{number}"] = {
            (code, year): round(count * min(level[code] * drift[code] ** (year - 2015), 0.99))
            for (code, year), count in people.items()
        }
    return figures


FIGURES = {"still": _figures(0), "moving": _figures(150)}


def _world(name: str) -> Build:
    catalogue = [indicator(f"share-{number}", f"cases_{number}", is_headline=True) for number in NUMBERS]
    return built_once(f"comparator_{name}", lambda made: build_world(made, catalogue, FIGURES[name]))


def _rows(build: Build, columns: str) -> dict[tuple[str, str, str, str], dict[str, tuple[Any, ...]]]:
    """Rows of rest and city beside each other."""
    found: dict[tuple[str, str, str, str], dict[str, tuple[Any, ...]]] = {}
    for *key, comparator, _ in (
        rows := build.rows(
            f"select indicator_id, variant_id, baseline_id, period, comparator, struct_pack({columns}) "
            "from fct_development_gap where comparator in ('rest', 'city') and period > '2015'"
        )
    ):
        found.setdefault(tuple(key), {})[comparator] = ()
    for *key, comparator, packed in rows:
        found[tuple(key)][comparator] = tuple(packed.values())
    return found


def _share(figures: dict[str, Any], measure: str, codes: Any, year: int) -> Fraction:
    return Fraction(
        sum(figures[measure][code, year] for code in codes), sum(figures["people"][code, year] for code in codes)
    )


@pytest.mark.parametrize("name", ["still", "moving"])
def test_the_conversion_is_derived_from_exact_counts(name: str) -> None:
    """(1 - w)(G - G0) - (w - w0) G0, computed in fractions, is the published change against the city."""
    figures, north, rest = FIGURES[name], CODES[:6], CODES[6:]
    published = _rows(_world(name), "change := change_since_baseline")

    def w(year: int) -> Fraction:
        people = figures["people"]
        return Fraction(sum(people[code, year] for code in north), sum(people[code, year] for code in CODES))

    for number in NUMBERS:

        def gap(year: int, measure: str = f"cases_{number}") -> Fraction:
            return _share(figures, measure, north, year) - _share(figures, measure, rest, year)

        for year in YEARS[1:]:
            change = (1 - w(year)) * (gap(year) - gap(2015)) - (w(year) - w(2015)) * gap(2015)
            direct = (
                _share(figures, f"cases_{number}", north, year) - _share(figures, f"cases_{number}", CODES, year)
            ) - (_share(figures, f"cases_{number}", north, 2015) - _share(figures, f"cases_{number}", CODES, 2015))
            assert change == direct  # exact
            [found] = published[f"share-{number}", "core", "2015", str(year)]["city"]
            assert found == pytest.approx(100 * float(change), abs=1e-6)


def test_where_the_share_stands_still_both_comparators_say_the_same() -> None:
    rows = _rows(
        _world("still"),
        "verdict := verdict, distance := distance_verdict, counted := verdict_as_counted, word := verdict_comparator, "
        "not_widened := is_not_widened, change := change_since_baseline, lower := change_lower, upper := change_upper, margin := margin",
    )
    assert len(rows) > 80
    for sides in rows.values():
        rest, city = sides["rest"], sides["city"]
        assert city[:3] == rest[:3] and city[4] == rest[4]
        assert (rest[3], city[3]) == ("rest", "city")
        parts = {round(one / other, 4) for one, other in zip(city[5:], rest[5:], strict=True) if abs(other) > 0.01}
        assert max(parts) - min(parts) < 0.001  # all of them are 1 - w times those to the rest
    assert len({sides["rest"][0] for sides in rows.values()} & WORDS) >= 3


def test_where_the_share_moves_the_city_has_no_second_word() -> None:
    rows = _rows(
        _world("moving"),
        "verdict := verdict, distance := distance_verdict, counted := verdict_as_counted, process := verdict_as_process, "
        "not_widened := is_not_widened, stable := is_verdict_stable, adjusted := is_widened_adjusted, word := verdict_comparator",
    )
    assert len(rows) > 80
    for sides in rows.values():
        assert sides["rest"][0] in WORDS and sides["rest"][7] == "rest"
        assert sides["city"] == (None,) * 7 + ("rest",)
    families = _world("moving").rows("select distinct comparator from fct_gap_family order by all")
    assert ("city",) not in families and ("rest",) in families


@pytest.mark.parametrize("name", ["still", "moving"])
def test_the_relative_verdict_is_that_against_the_rest(name: str) -> None:
    rows = _rows(
        _world(name),
        "verdict := relative_verdict, tipping := relative_tipping_margin, log := log_change_since_baseline",
    )
    for sides in rows.values():
        assert sides["rest"][0] in WORDS
        assert sides["city"][:2] == (None, None) and sides["city"][2] is not None
