"""What deliveries change against the release readers see, in rows of a landed table; figures are compared, never computed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from programmes.canonical import CanonicalTable


@dataclass(frozen=True)
class DeliveryChange:
    """Grain: one delivery of one landed table. Rows it added, changed and removed against the release readers see.

    `periods` are those it holds, `replaces` the deliveries that held them before. Where readers see no such table yet,
    there is nothing to compare with: added, changed and removed are None.
    """

    delivery_id: str
    periods: tuple[str, ...]
    row_count: int
    added: int | None
    changed: int | None
    removed: int | None
    replaces: tuple[str, ...]


def changes(
    table: CanonicalTable, rows: pa.Table, before: pa.Table | None, deliveries: Iterable[str]
) -> tuple[DeliveryChange, ...]:
    """What each of these deliveries changes, in their order; `before` are the rows readers see, None before the first."""
    with duckdb.connect(":memory:") as connection:
        connection.register("now", rows)
        if before is None:
            questions = _questions_of_the_first(table)
        else:
            connection.register("before", before)
            questions = _questions(table)
        counts, removed, replaced, periods = (_by_delivery(connection, sql) for sql in questions)
    no_row = (0, None, None) if before is None else (0, 0, 0)
    return tuple(
        DeliveryChange(
            delivery_id,
            periods=tuple(period for (period,) in periods.get(delivery_id, []) if period),
            row_count=row_count,
            added=added,
            changed=changed,
            removed=None if before is None else removed.get(delivery_id, [(0,)])[0][0],
            replaces=tuple(other for (other,) in replaced.get(delivery_id, [])),
        )
        for delivery_id in deliveries
        for row_count, added, changed in counts.get(delivery_id, [no_row])
    )


def _questions(table: CanonicalTable) -> Sequence[str]:
    """Rows that are there, new and changed; rows that are gone; deliveries replaced; periods: each by delivery."""
    fields = [field.name for field in table.fields]
    held = _held(table)
    same_key = _each(table.key, "is not distinct from", " and ")
    differs = _each([name for name in fields if name not in table.key], "is distinct from", " or ") or "false"
    held_before = "o.period" if "period" in fields else "''"
    return (
        "select n._delivery, count(*), count(*) filter (where o._delivery is null),"
        f" count(*) filter (where o._delivery is not null and ({differs}))"
        f" from now n left join before o on {same_key} group by 1",
        f"select h._delivery, count(*) from before o join {held} h on h.held = {held_before}"
        f" where not exists (select 1 from now n where {same_key}) group by 1",
        f"select distinct h._delivery, o._delivery from before o join {held} h on h.held = {held_before}"
        " where o._delivery <> h._delivery order by all",
        f"select _delivery, held from {held} order by all",
    )


def _questions_of_the_first(table: CanonicalTable) -> Sequence[str]:
    """The same where there is nothing to compare with: how many rows, and periods."""
    nothing = "select _delivery from now limit 0"
    return (
        "select _delivery, count(*), null, null from now group by 1",
        nothing,
        nothing,
        f"select _delivery, held from {_held(table)} order by all",
    )


def _held(table: CanonicalTable) -> str:
    period = "period" if any(field.name == "period" for field in table.fields) else "''"
    return f"(select distinct _delivery, {period} as held from now)"


def _by_delivery(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for delivery_id, *values in connection.execute(sql).fetchall():
        found.setdefault(delivery_id, []).append(tuple(values))
    return found


def _each(names: Iterable[str], operator: str, joined: str) -> str:
    return joined.join(f'n."{name}" {operator} o."{name}"' for name in names)
