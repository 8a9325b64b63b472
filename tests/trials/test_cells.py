"""The comparison of the engines finds every planted difference, and takes nothing for one that is none."""

import duckdb
import pytest

from trials.cells import ROW, Compared, compare, examples

TABLE = "create table {} as select * from (values ('a', 1, 0.5::double, 12.30::decimal(9, 2), true, date '2020-01-01'), ('b', 2, 2e6::double, 4.00::decimal(9, 2), false, null), ('c', null, null, null, null, null)) t(id, n, x, d, is_so, on_day)"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in ("one", "other"):
        connection.execute(TABLE.format(name))
    return connection


def test_equal_tables_are_equal_and_every_cell_is_counted(con: duckdb.DuckDBPyConnection) -> None:
    assert compare(con, "one", "other", ["id"]) == Compared(18, 0, {})


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        pytest.param("update other set x = x + 1e-8 where id = 'a'", {"x": 1}, id="number beyond the tolerance"),
        pytest.param("update other set x = x * (1 + 1e-8) where id = 'b'", {"x": 1}, id="large number beyond it"),
        pytest.param("update other set x = 'nan' where id = 'a'", {"x": 1}, id="not a number"),
        pytest.param("update other set x = 'inf' where id = 'a'", {"x": 1}, id="infinite"),
        pytest.param("update other set x = 0 where id = 'c'", {"x": 1}, id="null became zero"),
        pytest.param("update other set n = 3 where id = 'b'", {"n": 1}, id="count"),
        pytest.param("update other set d = 12.31 where id = 'a'", {"d": 1}, id="decimal"),
        pytest.param("update other set is_so = null where id = 'a'", {"is_so": 1}, id="truth became null"),
        pytest.param("update other set on_day = on_day + 1", {"on_day": 1}, id="date"),
        pytest.param("update other set id = 'A' where id = 'a'", {ROW: 2}, id="another key"),
        pytest.param("delete from other where id = 'c'", {ROW: 1}, id="row gone"),
        pytest.param("alter table other alter n type bigint", {"n": 3}, id="another type"),
        pytest.param("alter table other drop is_so", {"is_so": 3}, id="column gone"),
    ],
)
def test_a_planted_difference_is_found(con: duckdb.DuckDBPyConnection, planted: str, found: dict[str, int]) -> None:
    con.execute(planted)
    assert compare(con, "one", "other", ["id"]).differing == found


def test_differing_cells_are_shown_with_their_key(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update other set n = n + 1, d = null where id <> 'c'")
    assert examples(con, "one", "other", ["id"], "n") == ["a: 1 and 2", "b: 2 and 3"]
    assert examples(con, "one", "other", ["id"], "d", at_most=1) == ["a: Decimal('12.30') and None"]
    assert examples(con, "one", "other", ["id"], "x") == examples(con, "one", "other", ["id"], ROW) == []


def test_last_bits_are_counted_and_no_difference(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update other set x = x + 1e-12 where id = 'a'")
    assert compare(con, "one", "other", ["id"]) == Compared(18, 1, {})


def test_the_same_infinite_numbers_are_equal(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("one", "other"):
        con.execute(f"update {table} set x = 'inf' where id = 'a'; update {table} set x = 'nan' where id = 'b'")
    assert compare(con, "one", "other", ["id"]).differing == {}


def test_rows_never_meet_by_chance(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into other select * from other")
    with pytest.raises(ValueError, match="no key"):
        compare(con, "one", "other", ["id"])
