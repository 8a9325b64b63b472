"""What earlier editions told counts as long as the sums everybody knows around it are what they were."""

from typing import Any

import pyarrow as pa
import pytest

from attacker.edition import Attacked
from refresh.protected_tables import TOLD, ProtectedTable, told_after
from release.suppression import Known

MART = "fct_indicator_value"
PLACED = {"city": {"a", "b", "c", "d"}, "west": {"a", "b"}, "east": {"c", "d"}, "a": {"a"}, "c": {"c"}}


def row(cell_id: str, people: int, is_open: bool = False) -> dict[str, Any]:
    """A cell as models state it: exact where it is open, else within two people."""
    low, high = (people, people) if is_open else (people - 2, people + 2)
    return {
        "table_id": "t", "mart": MART, "row_key": cell_id, "cell_id": cell_id, "is_open": is_open, "is_hidden": False,
        "people_count": people, "at_most_count": 90, "at_least_count": low, "concluded_at_most_count": high,
    }  # fmt: skip


def told(cell_id: str, low: int, high: int) -> dict[str, Any]:
    return {
        "table_id": "t", "mart": MART, "row_key": cell_id, "cell_id": cell_id, "is_hidden": False,
        "at_least_count": low, "at_most_count": high,
    }  # fmt: skip


def table(west: int, *earlier: dict[str, Any]) -> ProtectedTable:
    """Two districts of two quarters each, that of `a` with so many people; all sums of districts are known."""
    pieces: dict[str, tuple[int, int | None]] = {"a": (20, 90), "b": (west - 20, 90), "c": (30, 90), "d": (40, 90)}
    rows = [row("city", west + 70, True), row("west", west, True), row("east", 70, True), row("a", 20), row("c", 30)]
    return ProtectedTable("t", pieces, PLACED, rows, list(earlier))


EARLIER = (told("city", 120, 120), told("west", 50, 50), told("east", 70, 70), told("a", 20, 24), told("c", 30, 34))


def test_it_counts_where_the_district_around_is_what_it_was() -> None:
    known = table(50, *EARLIER).asked(2).known
    assert Known((0,), 20, 24) in known
    assert Known((2,), 30, 34) in known


def test_it_counts_no_more_where_the_district_moved_and_goes_on_counting_beside() -> None:
    known = table(47, *EARLIER).asked(2).known
    assert Known((0,), 20, 24) not in known, "of the district that moved"
    assert Known((2,), 30, 34) in known, "of the other"


def test_told_begins_anew_where_figures_moved_and_what_was_hidden_stays() -> None:
    hidden = {**told("b", 0, 0), "is_hidden": True, "at_least_count": None, "at_most_count": None}
    before = pa.Table.from_pylist([*EARLIER, hidden], schema=TOLD)
    found = told_after(before, [table(47, *EARLIER, hidden)], {})
    by_cell: dict[str, list[Any]] = {}
    for each in found.to_pylist():
        by_cell.setdefault(each["cell_id"], []).append((each["at_least_count"], each["at_most_count"]))
    assert by_cell == {
        "city": [(117, 117)],
        "west": [(47, 47)],
        "east": [(70, 70)],
        "a": [(18, 22)],
        "b": [(None, None)],
        "c": [(28, 32), (30, 34)],
    }


def attacked(west: int, c_before: tuple[int, int], a_before: tuple[int, int]) -> Attacked:
    """The same table as an attacker sees it, both quarters hidden now."""
    table = Attacked(
        "t", upper=dict.fromkeys("abcd", 90.0), cells={name: tuple(sorted(of)) for name, of in PLACED.items()}
    )
    table.exact = {"city": west + 70, "west": west, "east": 70}
    table.earlier = [("city", 120, 120), ("west", 50, 50), ("a", *a_before), ("c", *c_before)]
    return table


@pytest.mark.parametrize(
    ("west", "c_before", "a_before", "found"),
    [
        (50, (30, 30), (10, 40), {"c"}),  # shown once, hidden now, nothing moved
        (50, (10, 40), (20, 20), {"a"}),
        (47, (10, 40), (20, 20), set()),  # whose district moved
        (47, (30, 30), (10, 40), {"c"}),  # whose district did not
    ],
)
def test_an_attacker_takes_it_the_same_way(
    west: int, c_before: tuple[int, int], a_before: tuple[int, int], found: set[str]
) -> None:
    assert {each.target.name for each in attacked(west, c_before, a_before).found(2)} == found
