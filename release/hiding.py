"""Hiding figures of a public form, and what readers are told instead. Nothing else happens to a figure here.

Which rows are hidden is decided by the models (small ones) and by release/suppression (those from which others could be computed).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Place:
    """An area in its hierarchies: its level, how fine that is, and the areas around it."""

    level: str
    level_rank: int
    parents: tuple[str, ...]


def hide(rows: pa.Table, key: Sequence[str], figures: Sequence[str], hidden: Collection[str]) -> pa.Table:
    """The rows of a public form, those with a key in `hidden` emptied of their figures and marked as protected.

    A key is its columns as text, joined by `|`. What the models have hidden keeps the reason they gave.
    """
    if not hidden:
        return rows
    names = [pc.fill_null(pc.cast(rows[column], pa.string()), "") for column in key]
    is_named = pc.is_in(pc.binary_join_element_wise(*names, "|"), pa.array(sorted(hidden), pa.string()))
    is_new = pc.and_(is_named, pc.invert(rows["is_hidden"]))
    columns = {name: rows[name] for name in rows.column_names}
    for name in figures:
        columns[name] = pc.if_else(is_new, pa.scalar(None, rows[name].type), rows[name])
    columns["is_hidden"] = pc.or_(is_named, rows["is_hidden"])
    columns["hidden_reason"] = pc.if_else(is_new, "protected", rows["hidden_reason"])
    if "status" in columns:
        columns["status"] = pc.if_else(is_new, "hidden", rows["status"])
    return pa.table(columns, schema=rows.schema)


def name_next_level(rows: pa.Table, key: Sequence[str], places: Mapping[str, Place]) -> pa.Table:
    """The rows of a public form, each hidden one of an area with the next coarser level at which its figure is shown."""
    others = [name for name in key if name != "area_id"]
    told = rows.select(["area_id", "is_hidden", *others]).to_pylist()

    def address(row: Mapping[str, Any], area_id: str) -> tuple[Any, ...]:
        return (area_id, *(row[name] for name in others))

    shown = {address(row, row["area_id"]) for row in told if not row["is_hidden"]}
    levels = []
    for row in told:
        around = _around(row["area_id"], places) if row["is_hidden"] else []
        levels.append(next((places[area].level for area in around if address(row, area) in shown), None))
    position = rows.column_names.index("shown_at_level")
    return rows.set_column(position, rows.schema.field(position), pa.chunked_array([pa.array(levels, pa.string())]))


def _around(area_id: str | None, places: Mapping[str, Place]) -> list[str]:
    """The areas an area lies in, the finest first."""
    found: set[str] = set()
    todo = [area_id] if area_id in places else []
    while todo:
        for parent in places[todo.pop() or ""].parents:
            if parent in places and parent not in found:
                found.add(parent)
                todo.append(parent)
    return sorted(found, key=lambda each: (-places[each].level_rank, each))
