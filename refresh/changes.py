"""What deliveries change against the release readers see, in rows of a landed table; figures are compared, never computed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
    earlier = rows.schema.empty_table() if before is None else before
    with duckdb.connect(":memory:") as connection:
        connection.register("now", rows)
        connection.register("before", earlier)
        return tuple(_change(connection, table, delivery, before is not None) for delivery in deliveries)


def _change(
    connection: duckdb.DuckDBPyConnection, table: CanonicalTable, delivery_id: str, has_before: bool
) -> DeliveryChange:
    fields = [field.name for field in table.fields]
    same_key = _each(table.key, "is not distinct from", " and ")
    differs = _each([name for name in fields if name not in table.key], "is distinct from", " or ") or "false"
    period = "period" if "period" in fields else "''"
    held = f"(select distinct {period} as held from now where _delivery = $delivery)"

    def ask(sql: str) -> Sequence[tuple[str | int, ...]]:
        return connection.execute(sql, {"delivery": delivery_id}).fetchall()

    ((row_count, added, changed),) = ask(
        f"select count(*), count(*) filter (where o._delivery is null),"
        f" count(*) filter (where o._delivery is not null and ({differs}))"
        f" from now n left join before o on {same_key} where n._delivery = $delivery"
    )
    ((removed,),) = ask(
        f"select count(*) from before o where {period} in (select held from {held})"
        f" and not exists (select 1 from now n where {same_key})"
    )
    replaced = ask(
        f"select distinct _delivery from before where {period} in (select held from {held})"
        " and _delivery <> $delivery order by 1"
    )
    periods = ask(f"select held from {held} where held <> '' order by 1")
    return DeliveryChange(
        delivery_id,
        periods=tuple(str(name) for (name,) in periods),
        row_count=int(row_count),
        added=int(added) if has_before else None,
        changed=int(changed) if has_before else None,
        removed=int(removed) if has_before else None,
        replaces=tuple(str(other) for (other,) in replaced),
    )


def _each(names: Iterable[str], operator: str, joined: str) -> str:
    return joined.join(f'n."{name}" {operator} o."{name}"' for name in names)
