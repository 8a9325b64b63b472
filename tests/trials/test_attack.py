"""The short form of `make trial-attack`: what tables are like, a hole that is found out, and the section that says so."""

import random

import pytest

from attacker.table import Statement
from trials.attack import SEED, Attacked, Protect, attacked, only_primary_hidden, section
from trials.random_tables import BASE, MINIMUM, Cell, RandomTable, random_table

_SEEDS = range(SEED, SEED + 50)


def _table(counts: tuple[int, ...], denominators: tuple[int, ...], is_rate: bool = False) -> tuple[RandomTable, Cell]:
    cell = Cell("all", tuple(range(len(counts))))
    return RandomTable(counts, denominators, (cell,), is_rate), cell


def test_tables_are_the_same_every_time_and_have_what_makes_hiding_hard() -> None:
    tables = [random_table(random.Random(seed)) for seed in _SEEDS]
    assert tables == [random_table(random.Random(seed)) for seed in _SEEDS]
    kinds = [{cell.name.rpartition(" ")[0] for cell in table.cells} for table in tables]
    assert all({"area", "district", "city", "school area", "area set"} <= each for each in kinds)
    assert 0 < sum("borough" in each for each in kinds) < len(tables)
    assert 0 < sum(table.is_rate for table in tables) < len(tables)
    for table in tables:
        assert 12 <= len(table.counts) <= 60
        members = [frozenset(cell.members) for cell in table.cells]
        assert len(set(members)) == len(members)
        assert any(one & other and one - other and other - one for one in members for other in members)
        assert any(table.is_primary(cell) for cell in table.cells)


def test_what_is_printed_is_true_and_as_the_rule_says() -> None:
    for table in map(random_table, map(random.Random, _SEEDS)):
        for cell in table.cells:
            if not table.is_primary(cell):
                printed = table.printed(cell)
                assert MINIMUM <= printed.low <= table.count(cell) <= printed.high
                assert printed.high <= table.denominator(cell) - MINIMUM


@pytest.mark.parametrize(
    ("count", "denominator", "is_rate", "expected"),
    [
        (12, 5000, False, (8, 12)),
        (4, 5000, False, (3, 7)),
        (96, 100, False, (93, 97)),
        (12, 499, True, (8, 12)),
        (12, 600, True, (9, 15)),
        (12, 6000, True, (9, 15)),
        (124, 60_000, True, (123, 129)),
    ],
)
def test_counts_are_rounded_and_rates_have_decimals_that_stand_for_five_people(
    count: int, denominator: int, is_rate: bool, expected: tuple[int, int]
) -> None:
    table, cell = _table((count,), (denominator,), is_rate)
    assert table.printed(cell) == Statement((0,), *expected)


@pytest.mark.parametrize(("count", "is_primary"), [(2, True), (3, False), (7, False), (8, True)])
def test_the_rule_hides_few_people_and_few_who_are_not_counted(count: int, is_primary: bool) -> None:
    table, cell = _table((count,), (10,))
    assert table.is_primary(cell) == is_primary


def _nothing(table: RandomTable) -> tuple[Statement, ...]:
    return table.published(table.cells)


def _contradicting(table: RandomTable) -> tuple[Statement, ...]:
    return (Statement((0,), 1, 1), Statement((0,), 2, 2))


@pytest.mark.parametrize(
    ("protect", "sentences"),
    [(_nothing, 0), (only_primary_hidden, 1), (_contradicting, len(_SEEDS))],
    ids=["nothing", "primary", "contradicting"],
)
def test_a_publication_is_attacked(protect: Protect, sentences: int) -> None:
    found = [attacked(protect, seed) for seed in _SEEDS]
    assert sum(bool(each.wrong) for each in found) >= sentences
    assert bool(sentences) == any(each.wrong for each in found)
    assert all(0 < each.primary < each.cells for each in found)
    if protect is only_primary_hidden:
        assert all(each.shown + each.primary == each.cells for each in found)


def test_the_section_says_what_failed() -> None:
    one, other = Attacked(8, 2, 5, ()), Attacked(2, 0, 2, ("table 1: city 1 has 3 to 4 people",))
    text = section([one, other], 59)
    assert "**It failed, 1 times:** table 1: city 1 has 3 to 4 people" in text
    assert "20.0 % hidden by the rule itself" in text
    assert "30.0 % in all" in text
    assert "No cell came back." in section([one], 59)
    assert "it took 61 s" in section([one], 61)
    assert f"rounded to {BASE}" in text
