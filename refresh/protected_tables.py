"""Which figures must be hidden besides those that are small themselves, table by table, and what was ever told.

Reads what the models conclude (`int_disclosure__*`): for every protected table its pieces, cells and the counts a reader is left
with by what is printed. What earlier public editions told stays known, and a cell once hidden stays hidden. The search itself is
`release.suppression`; its answers are kept by what was asked, so that a table that did not change is not searched again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from sys import intern
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from release.atomic import write_whole
from release.suppression import Cell, Known, Table, Unprotectable

TOLD = pa.schema(
    [
        ("table_id", pa.string()),
        ("mart", pa.string()),
        ("row_key", pa.string()),
        ("cell_id", pa.string()),
        ("is_hidden", pa.bool_()),
        ("at_least_count", pa.int64()),
        ("at_most_count", pa.int64()),
    ]
)
Row = Mapping[str, Any]
Address = tuple[str, str]  # mart and row key
_TABLE_ID = itemgetter("table_id")
_ROWS_AT_ONCE = 10_000
_ANY_COUNT = 10_000_000  # of people, where nobody says how many there are


@dataclass
class ProtectedTable:
    """One table of counts of people that add up: its pieces, its printed cells, and what earlier editions told of it."""

    table_id: str
    pieces: dict[str, tuple[int, int | None]] = field(default_factory=dict)  # people, and how many there can be
    placed: dict[str, set[str]] = field(default_factory=dict)  # cell → its pieces
    rows: list[Row] = field(default_factory=list)
    told: list[Row] = field(default_factory=list)

    def asked(self, width: int) -> Table:
        """The table as the search takes it, which is not asked about cells that are hidden anyway.

        These are small ones, those once hidden, those whose parts do not add up, and rounded ones that tell too much alone.
        """
        members = self._members()
        upper = tuple(
            _ANY_COUNT if most is None else max(most, count)
            for count, most in (self.pieces[piece] for piece in sorted(self.pieces))
        )
        hidden_before = {(row["mart"], row["row_key"]) for row in self.told if row["is_hidden"]}
        revised = self.revised()
        cells, known = [], []
        for row in self.rows:
            adds_up = row["people_count"] == self._people_in(row["cell_id"])
            if row["cell_id"] not in members or (row["is_open"] and not adds_up):
                continue
            low, high = row["at_least_count"], row["concluded_at_most_count"]
            high = _ANY_COUNT if high is None else high
            is_hidden = row["is_hidden"] or not adds_up or _address(row) in hidden_before
            is_hidden |= not row["is_open"] and high - low < width
            is_known = row["is_open"] and not is_hidden
            cost = None if is_known else max(1, row["at_most_count"] or row["people_count"])
            cells.append(Cell("\t".join(_address(row)), members[row["cell_id"]], low, high, cost, must_hide=is_hidden))
        for row in self.told:
            counts = not row["is_hidden"] and self._still_holds(row) and row["cell_id"] not in revised
            if counts and row["cell_id"] in members:
                known.append(Known(members[row["cell_id"]], row["at_least_count"], row["at_most_count"]))
        return Table(upper, tuple(cells), tuple(known))

    def _members(self) -> dict[str, tuple[int, ...]]:
        """Cell → the positions of its pieces, for every cell that has any."""
        position = {piece: number for number, piece in enumerate(sorted(self.pieces))}
        return {
            cell: tuple(sorted(position[piece] for piece in pieces)) for cell, pieces in self.placed.items() if pieces
        }

    def revised(self) -> set[str]:
        """Told cells of which everybody can see that their figures moved: the least open sum around them did."""
        moved = {row["cell_id"] for row in self.told if not row["is_hidden"] and not self._still_holds(row)}
        opened = {row["cell_id"]: self.placed.get(row["cell_id"], set()) for row in self.rows if row["is_open"]}
        if not moved & opened.keys():
            return set()
        sums = sorted(opened, key=lambda cell: (len(opened[cell]), cell))
        return {
            cell
            for cell in {row["cell_id"] for row in self.told}
            if next((each for each in sums if self.placed.get(cell, set()) <= opened[each]), None) in moved
        }

    def _people_in(self, cell_id: str) -> int:
        return sum(self.pieces[piece][0] for piece in self.placed.get(cell_id, ()))

    def _still_holds(self, row: Row) -> bool:
        """Whether what an earlier edition told is true of the figures of today; if not they were revised."""
        return bool(row["at_least_count"] <= self._people_in(row["cell_id"]) <= row["at_most_count"])


def protected_tables(database: Path, told: pa.Table) -> Iterator[ProtectedTable]:
    """The protected tables of a build, ordered by id and read one at a time: those of a large city do not fit in memory together."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set threads = 1; set memory_limit = '1GB'")
        stated = _rows(connection, "int_disclosure__stated", "table_id, mart, row_key")
        counted = _InOrder(_rows(connection, "int_disclosure__counted", "table_id, piece_id"))
        placed = _InOrder(_rows(connection, "int_disclosure__placed", "table_id, cell_id, piece_id"))
        earlier = _InOrder(_rows_of(told.sort_by([(name, "ascending") for name in TOLD.names])))
        for table_id, rows in groupby(stated, _TABLE_ID):
            table = ProtectedTable(table_id, rows=list(rows), told=list(earlier.of(table_id)))
            for row in counted.of(table_id):
                table.pieces[row["piece_id"]] = (row["people_count"], row["at_most_count"])
            for row in placed.of(table_id):  # a piece stands in many cells: its name is kept once
                table.placed.setdefault(row["cell_id"], set()).add(intern(row["piece_id"]))
            yield table


class _InOrder:
    """Rows ordered by table, to be asked for table by table in the same order."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._tables = groupby(rows, _TABLE_ID)
        self._next = next(self._tables, None)

    def of(self, table_id: str) -> Iterable[Row]:
        """The rows of a table; those of tables before it that nobody asked for are passed over."""
        while self._next and self._next[0] < table_id:
            self._next = next(self._tables, None)
        return self._next[1] if self._next and self._next[0] == table_id else ()


def hidden_besides(tables: Iterable[ProtectedTable], width: int, kept: Path) -> dict[str, set[str]]:
    """Mart → keys of the rows to hide: small ones, those once hidden, and those from which others could be computed.

    `kept` holds the answers of the last time. Raises Unprotectable where hiding cannot protect a count.
    """
    before = _kept(kept)
    answers: dict[str, list[str]] = {}
    for table in tables:
        asked = table.asked(width)
        name = hashlib.sha256(f"{width} {asked!r}".encode()).hexdigest()
        answers[name] = before[name] if name in before else _hidden(table.table_id, asked, width)
    write_whole(kept, json.dumps(answers, sort_keys=True).encode())
    found: dict[str, set[str]] = {}
    for each in (cell for cells in answers.values() for cell in cells):
        mart, _, row_key = each.partition("\t")
        found.setdefault(mart, set()).add(row_key)
    return found


def _hidden(table_id: str, asked: Table, width: int) -> list[str]:
    # Not above: SciPy takes a third of a second, which most commands need for nothing.
    from release.suppression.choice import pattern

    try:
        return sorted(pattern(asked, width).hidden)
    except Unprotectable as found:
        raise Unprotectable(tuple(f"{table_id}: {_called(target)}" for target in found.targets)) from None


def _called(target: str | int) -> str:
    """What a count is called that cannot be protected: a cell by the key of its row, a single piece by no name."""
    return target.rpartition("\t")[2] if isinstance(target, str) else "single area"


def told_after(before: pa.Table, tables: Iterable[ProtectedTable], hidden: Mapping[str, set[str]]) -> pa.Table:
    """What is known once an edition is out: what was told before of figures that are not revised, and what it tells of every cell."""
    told, revised = [], set()
    for table in tables:
        told.append(pa.RecordBatch.from_pylist([_tells(row, hidden) for row in table.rows], schema=TOLD))
        revised |= {(table.table_id, cell) for cell in table.revised()}
    now = pa.Table.from_batches(told, schema=TOLD)
    holds = [row["is_hidden"] or (row["table_id"], row["cell_id"]) not in revised for row in _rows_of(before)]
    with duckdb.connect() as connection:
        connection.register("before", before.filter(pa.array(holds, pa.bool_())))
        connection.register("now", now)
        both = connection.execute("select distinct * from (from before union all from now) order by all nulls last")
        return both.to_arrow_table().cast(TOLD)


def _tells(row: Row, hidden: Mapping[str, set[str]]) -> dict[str, Any]:
    is_hidden = row["row_key"] in hidden.get(row["mart"], set())
    return {
        **{name: row[name] for name in ("table_id", "mart", "row_key", "cell_id")},
        "is_hidden": is_hidden,
        "at_least_count": None if is_hidden else row["at_least_count"],
        "at_most_count": None if is_hidden else row["concluded_at_most_count"],
    }


def read_told(path: Path) -> pa.Table:
    """What earlier public editions told, one row per statement; none where there was none."""
    return pq.read_table(path, schema=TOLD) if path.is_file() else TOLD.empty_table()


def _address(row: Row) -> Address:
    return row["mart"], row["row_key"]


def _rows(connection: duckdb.DuckDBPyConnection, table: str, order: str) -> Iterator[Row]:
    found = connection.cursor().execute(f"select * from main.{table} order by {order}").to_arrow_reader(_ROWS_AT_ONCE)
    return (row for batch in found for row in batch.to_pylist())


def _rows_of(table: pa.Table) -> Iterator[Row]:
    return (row for batch in table.to_batches(_ROWS_AT_ONCE) for row in batch.to_pylist())


def _kept(path: Path) -> dict[str, list[str]]:
    try:
        answers = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return answers if isinstance(answers, dict) else {}
