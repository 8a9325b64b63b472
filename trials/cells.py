"""Two tables compared cell by cell in DuckDB: numbers within 1e-9, everything else exactly; names, types and rows too.

Knows nothing of engines or releases. Rows meet by the key of the table; a row of one side alone counts as one difference of
the column `ROW`, a column of one side alone, or of another type, as one of each row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

TOLERANCE = 1e-9  # absolute up to 1, beyond it relative
ROW = "(row)"
_NUMBERS = ("DOUBLE", "FLOAT", "DECIMAL")


@dataclass(frozen=True)
class Compared:
    """How many cells were compared, how many of them differ within the tolerance alone, and by column how many beyond it."""

    cells: int
    in_the_last_bits: int
    differing: dict[str, int] = field(default_factory=dict)


def compare(connection: duckdb.DuckDBPyConnection, one: str, other: str, key: Sequence[str]) -> Compared:
    """Compare two relations, named as SQL selects from them, by a key without duplicates on either side.

    Raises ValueError for a key that is empty or not unique, because then rows would meet by chance.
    """
    types, others = _types(connection, one), _types(connection, other)
    rows, other_rows = (_unique_rows(connection, side, key) for side in (one, other))
    shared = [name for name in types if types[name] == others.get(name)]
    differing = dict.fromkeys((types.keys() | others.keys()) - set(shared), max(rows, other_rows, 1))
    if not set(key) <= set(shared):
        return Compared(0, 0, differing)
    meets = " and ".join(f'l."{name}" is not distinct from r."{name}"' for name in key)
    counts = [f"count(*) filter ({_differs(name, types[name])})" for name in shared]
    exact = [f'count(*) filter (l."{name}" is distinct from r."{name}")' for name in shared]
    found = connection.execute(
        f"select count(*), {', '.join(counts + exact)} from {one} l join {other} r on {meets}"
    ).fetchall()[0]
    met, figures = found[0], dict(zip(shared, found[1:], strict=False))
    differing |= {name: count for name, count in figures.items() if count}
    if alone := rows + other_rows - 2 * met:
        differing[ROW] = alone
    last_bits = sum(found[1 + len(shared) :]) - sum(figures.values())
    return Compared(met * len(shared), last_bits, differing)


def examples(
    connection: duckdb.DuckDBPyConnection, one: str, other: str, key: Sequence[str], column: str, at_most: int = 3
) -> list[str]:
    """The first differing cells of a column, each as its key and both values; none where it is not of one type on both sides."""
    kind = _types(connection, one).get(column)
    if kind is None or kind != _types(connection, other).get(column):
        return []
    meets = " and ".join(f'l."{name}" is not distinct from r."{name}"' for name in key)
    named = ", ".join(f'l."{name}"' for name in key)
    rows = connection.execute(
        f'select concat_ws(\' | \', {named}), l."{column}", r."{column}" from {one} l join {other} r on {meets}'
        f" where {_differs(column, kind)} order by all limit {at_most}"
    ).fetchall()
    return [f"{row}: {value!r} and {other_value!r}" for row, value, other_value in rows]


def _types(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in connection.execute(f"describe select * from {relation}").fetchall()}


def _unique_rows(connection: duckdb.DuckDBPyConnection, relation: str, key: Sequence[str]) -> int:
    listed = ", ".join(f'"{name}"' for name in key)
    rows, keys = connection.execute(
        f"select count(*), (select count(*) from (select distinct {listed} from {relation})) from {relation}"
    ).fetchall()[0]
    if rows != keys:
        raise ValueError(f"({listed}) is no key of {relation}: {rows} rows, {keys} keys")
    return int(rows)


def _differs(name: str, kind: str) -> str:
    left, right = f'l."{name}"', f'r."{name}"'
    if not kind.startswith(_NUMBERS):
        return f"{left} is distinct from {right}"
    far = f"abs({left} - {right}) > {TOLERANCE} * greatest(1, abs({left}), abs({right}))"
    # infinite or not a number on both sides: their distance is neither near nor far
    return f"{left} is distinct from {right} and coalesce(not isfinite({left}) or not isfinite({right}) or {far}, true)"
