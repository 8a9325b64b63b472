"""What must be hidden besides: tables put together of what models conclude, of what was told before, and of answers kept."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from refresh import protected_tables
from refresh.protected_tables import TOLD, ProtectedTable, hidden_besides, read_told, told_after
from release.suppression import Known, Unprotectable, choice
from release.suppression.choice import Pattern

MART = "fct_volunteering"
PIECES: dict[str, tuple[int, int | None]] = {"east": (2, None), "north": (40, None), "south": (30, None)}


def stated(cell_id: str, people: int, **changes: Any) -> dict[str, Any]:
    """A cell as models state it: rounded to 5 unless it is open or hidden."""
    nearest = (people + 2) // 5 * 5
    return {
        "table_id": "t", "mart": MART, "row_key": f"{cell_id}|2020", "cell_id": cell_id, "is_open": False,
        "is_hidden": False, "people_count": people, "at_most_count": None, "at_least_count": max(nearest - 2, 3),
        "concluded_at_most_count": nearest + 2, **changes,
    }  # fmt: skip


def open_cell(people: int = 72) -> dict[str, Any]:
    """The city, which everybody knows."""
    return stated("city", people, is_open=True, at_least_count=people, concluded_at_most_count=people)


def small() -> dict[str, Any]:
    """The district with two people."""
    return stated("east", 2, is_hidden=True, at_least_count=0, concluded_at_most_count=None)


def told(cell_id: str, low: int | None, high: int | None, table_id: str = "t") -> dict[str, Any]:
    """What an earlier edition told of a cell; hidden where there are no limits."""
    return {
        "table_id": table_id, "mart": MART, "row_key": f"{cell_id}|2020", "cell_id": cell_id, "is_hidden": low is None,
        "at_least_count": low, "at_most_count": high,
    }  # fmt: skip


def table(
    *rows: dict[str, Any], earlier: tuple[dict[str, Any], ...] = (), **pieces: tuple[int, int | None]
) -> ProtectedTable:
    """Three districts that add up to the city."""
    placed = {"city": set(PIECES), **{piece: {piece} for piece in PIECES}}
    return ProtectedTable("t", {**PIECES, **pieces}, placed, list(rows), list(earlier))


def districts() -> tuple[dict[str, Any], ...]:
    """All cells there are."""
    return open_cell(), small(), stated("north", 40), stated("south", 30)


def names(asked: Any) -> dict[str, Any]:
    """The cells of a table that is asked about, by their own name."""
    return {cell.name.partition("\t")[2].partition("|")[0]: cell for cell in asked.cells}


def test_a_cell_is_asked_about_as_a_reader_sees_it() -> None:
    cells = names(table(*districts()).asked(2))
    assert [(cells[name].members, cells[name].low, cells[name].high) for name in ("city", "north")] == [
        ((0, 1, 2), 72, 72),
        ((1,), 38, 42),
    ]
    assert {name: cell.must_hide for name, cell in cells.items()} == {
        "city": False,
        "east": True,
        "north": False,
        "south": False,
    }


def test_an_open_cell_is_never_offered_and_others_cost_their_people() -> None:
    cells = names(table(*districts()[:3], stated("south", 30, at_most_count=500)).asked(2))
    assert {name: cell.cost for name, cell in cells.items()} == {"city": None, "east": 2, "north": 40, "south": 500}


def test_a_piece_can_be_as_many_as_it_is_where_less_is_said() -> None:
    assert table(*districts(), north=(40, 39), south=(30, 500)).asked(2).upper[1:] == (40, 500)


def test_where_parts_do_not_add_up_a_cell_is_hidden_and_an_open_one_tells_nothing() -> None:
    cells = names(table(open_cell(people=90), small(), stated("north", 41), stated("south", 30)).asked(2))
    assert {name: cell.must_hide for name, cell in cells.items()} == {"east": True, "north": True, "south": False}


def test_a_cell_without_pieces_is_not_asked_about() -> None:
    assert "west" not in names(table(*districts(), stated("west", 9)).asked(2))


def test_what_was_hidden_once_stays_hidden_even_where_the_cell_is_open_now() -> None:
    cells = names(table(*districts(), earlier=(told("south", None, None), told("city", None, None))).asked(2))
    assert (cells["south"].must_hide, cells["city"].must_hide, cells["north"].must_hide) == (True, True, False)
    assert cells["city"].cost == 72, "the search takes no cell that must be hidden and has no cost"


def test_what_was_told_before_is_known_as_long_as_it_holds() -> None:
    earlier = (told("north", 38, 42), told("south", 33, 37), told("east", None, None), told("west", 0, 9))
    assert table(*districts(), earlier=earlier).asked(2).known == (Known((1,), 38, 42),)


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables that were searched, by the names of their cells."""
    seen: list[str] = []
    search: Callable[..., Pattern] = choice.pattern

    def spied(asked: Any, width: int) -> Pattern:
        seen.append(asked.cells[0].name)
        return search(asked, width)

    monkeypatch.setattr(choice, "pattern", spied)
    return seen


def test_small_rows_are_hidden_and_those_that_give_them_away(tmp_path: Path) -> None:
    """East is the city less north, which everybody knows, less 32 to 34 people of south: nobody."""
    north = stated("north", 40, is_open=True, at_least_count=40, concluded_at_most_count=40)
    south = stated("south", 32, at_least_count=32, concluded_at_most_count=34)
    east = stated("east", 0, is_hidden=True, at_least_count=0, concluded_at_most_count=None)
    asked = [table(open_cell(), east, north, south, east=(0, None), south=(32, None))]
    assert hidden_besides(asked, 2, tmp_path / "kept.json") == {MART: {"east|2020", "south|2020"}}


def test_a_rounded_row_that_tells_too_much_by_itself_is_hidden(tmp_path: Path) -> None:
    nearly = stated("north", 40, at_least_count=40, concluded_at_most_count=41)
    asked = [table(open_cell(82), stated("east", 12), nearly, stated("south", 30), east=(12, None))]
    assert hidden_besides(asked, 2, tmp_path / "kept.json") == {MART: {"north|2020"}}
    assert hidden_besides(asked, 1, tmp_path / "kept.json") == {}


def test_a_table_that_did_not_change_is_not_searched_again(tmp_path: Path, searched: list[str]) -> None:
    other = ProtectedTable("u", {"a": (9, None)}, {"a": {"a"}}, [{**stated("a", 9), "mart": "fct_programme_intensity"}])
    tables = [table(*districts()), other]
    first = hidden_besides(tables, 2, tmp_path / "kept.json")
    assert len(searched) == 2
    searched.clear()
    assert hidden_besides(tables, 2, tmp_path / "kept.json") == first
    assert searched == []
    tables[0].rows[3] = stated("south", 30, at_most_count=31)
    assert hidden_besides(tables, 2, tmp_path / "kept.json") == first
    assert searched == [f"{MART}\tcity|2020"], "the table that changed, and no other"


def test_another_width_or_another_past_is_another_question(tmp_path: Path, searched: list[str]) -> None:
    kept = tmp_path / "kept.json"
    for width, earlier in ((2, ()), (3, ()), (3, (told("south", None, None),))):
        hidden_besides([table(*districts(), earlier=earlier)], width, kept)
    assert len(searched) == 3


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_a_damaged_file_of_answers_is_searched_anew_and_mended(
    tmp_path: Path, searched: list[str], content: bytes
) -> None:
    kept = tmp_path / "kept.json"
    kept.write_bytes(content)
    assert "east|2020" in hidden_besides([table(*districts())], 2, kept)[MART]
    assert len(searched) == 1
    assert len(json.loads(kept.read_bytes())) == 1


def test_answers_of_tables_that_are_gone_are_not_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    hidden_besides([table(*districts())], 2, kept)
    hidden_besides([], 2, kept)
    assert json.loads(kept.read_bytes()) == {}


def test_what_is_known_afterwards_is_what_was_told_and_what_is_told_now() -> None:
    before = pa.Table.from_pylist(
        [told("city", 72, 72), told("north", 33, 37), told("old", 5, 9, table_id="a")], schema=TOLD
    )
    found = told_after(before, [table(*districts())], {MART: {"east|2020", "south|2020"}})
    assert found.schema.equals(TOLD)
    assert [(row["table_id"], row["cell_id"], row["at_least_count"], row["at_most_count"]) for row in found.to_pylist()] == [
        ("a", "old", 5, 9),
        ("t", "city", 72, 72),
        ("t", "east", None, None),
        ("t", "north", 33, 37),
        ("t", "north", 38, 42),
        ("t", "south", None, None),
    ]  # fmt: skip
    assert [row["cell_id"] for row in found.to_pylist() if row["is_hidden"]] == ["east", "south"]


def test_the_same_edition_told_again_tells_nothing_new_in_whatever_order_it_comes() -> None:
    hidden = {MART: {"east|2020"}}
    once = told_after(TOLD.empty_table(), [table(*districts())], hidden)
    assert told_after(once, [table(*reversed(districts()))], hidden).equals(once)


def test_what_nobody_told_is_an_empty_table(tmp_path: Path) -> None:
    assert read_told(tmp_path / "told.parquet").equals(TOLD.empty_table())


def test_tables_are_read_from_a_build_with_what_was_told_of_each(tmp_path: Path) -> None:
    database = tmp_path / "build.duckdb"
    with duckdb.connect(str(database)) as connection:
        rows = pa.Table.from_pylist(list(districts()))
        pieces = pa.Table.from_pylist(
            [{"table_id": "t", "piece_id": name, "people_count": n, "at_most_count": None} for name, (n, _) in PIECES.items()]
        )  # fmt: skip
        placed = pa.Table.from_pylist(
            [{"table_id": "t", "cell_id": cell, "piece_id": piece} for cell, piece in (("city", "north"), ("city", "east"))]
        )  # fmt: skip
        for name, content in (("stated", rows), ("counted", pieces), ("placed", placed)):
            connection.register(name, content)
            connection.execute(f"create table int_disclosure__{name} as from {name}")
    earlier = pa.Table.from_pylist([told("north", 38, 42), told("gone", 5, 9, table_id="gone")], schema=TOLD)
    [found] = protected_tables.protected_tables(database, earlier)
    assert found.table_id == "t"
    assert found.pieces == PIECES
    assert found.placed == {"city": {"north", "east"}}
    assert [row["cell_id"] for row in found.rows] == ["city", "east", "north", "south"]
    assert found.told == [told("north", 38, 42)]


@pytest.mark.parametrize("rows_at_once", [1, 2, 1000])
def test_each_table_has_its_own_parts_whatever_others_lack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    """Of four tables one has nothing but rows, one no past, and a past is left of one that is gone."""
    monkeypatch.setattr(protected_tables, "_ROWS_AT_ONCE", rows_at_once)
    database = tmp_path / "build.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create table int_disclosure__stated as from (values ('d', 'm', 'd1'), ('a', 'm', 'a2'), ('b', 'm', 'b1'), ('c', 'm', 'c1'),"
            " ('a', 'm', 'a1')) as stated(table_id, mart, row_key)"
        )
        connection.execute(
            "create table int_disclosure__counted as from (values ('d', 'p', 4, null), ('a', 'q', 2, 9), ('a', 'p', 1, 9), ('c', 'p', 3, 9))"
            " as counted(table_id, piece_id, people_count, at_most_count)"
        )
        connection.execute(
            "create table int_disclosure__placed as from (values ('d', 'x', 'p'), ('a', 'x', 'p'), ('a', 'x', 'q'), ('c', 'y', 'p'))"
            " as placed(table_id, cell_id, piece_id)"
        )
    earlier = [told("x", 1, 2, table_id=name) for name in ("d", "b-gone", "a")] + [told("w", 1, 2, table_id="a")]
    found = list(protected_tables.protected_tables(database, pa.Table.from_pylist(earlier, schema=TOLD)))
    assert [(one.table_id, [row["row_key"] for row in one.rows]) for one in found] == [
        ("a", ["a1", "a2"]), ("b", ["b1"]), ("c", ["c1"]), ("d", ["d1"]),
    ]  # fmt: skip
    assert [one.pieces for one in found] == [{"p": (1, 9), "q": (2, 9)}, {}, {"p": (3, 9)}, {"p": (4, None)}]
    assert [one.placed for one in found] == [{"x": {"p", "q"}}, {}, {"y": {"p"}}, {"x": {"p"}}]
    assert [sorted(row["cell_id"] for row in one.told) for one in found] == [["w", "x"], [], [], ["x"]]


def test_what_cannot_be_protected_is_named_with_its_table(tmp_path: Path) -> None:
    """East is hidden, and the city less two districts everybody knows."""
    north, south = (
        stated(name, people, is_open=True, at_least_count=people, concluded_at_most_count=people)
        for name, people in (("north", 40), ("south", 30))
    )
    with pytest.raises(Unprotectable) as found:
        hidden_besides([table(open_cell(), small(), north, south)], 2, tmp_path / "kept.json")
    assert found.value.targets == ("t: east|2020",)
