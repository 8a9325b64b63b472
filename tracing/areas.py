"""Which base areas make up an area or an area set in a period, and with which weight.

An area is made up of all areas that lie in it, by dim_area at the last day of the period: up the main tree, and from any step
of it over to a second division or a unit of publication. An area set is made up of its rows in bridge_area_set.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tracing.rows import Rows

Members = Mapping[str, Decimal]
_STEPS = 6


def period_end(period: str) -> dt.date:
    """The last day of a period."""
    return dt.date(int(period), 12, 31)


def areas_on(rows: Rows, day: dt.date) -> dict[str, dict[str, Any]]:
    """The areas there are on a day, by id."""
    key = ("areas", day)
    if key not in rows.memo:
        rows.memo[key] = {
            row["area_id"]: row
            for row in rows.find("dim_area")
            if row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] >= day)
        }
    found: dict[str, dict[str, Any]] = rows.memo[key]
    return found


def members(rows: Rows, row: Mapping[str, Any], period: str, level: str) -> Members:
    """Members of the area or area set a row is about, at one level, with their weights."""
    if row["area_kind"] == "area":
        return members_of_area(rows, row["area_id"], period, level)
    return members_of_set(rows, row["variant_id"], row["role"], row["territory"], period, level)


def members_of_area(rows: Rows, area_id: str, period: str, level: str) -> Members:
    """Areas of a level that make up an area at the end of a period, each wholly."""
    key = ("inside", period, level)
    if key not in rows.memo:
        inside: dict[str, dict[str, Decimal]] = {}
        there = areas_on(rows, period_end(period))
        for area in there.values():
            if area["area_level"] == level:
                for ancestor in above(area["area_id"], there):
                    inside.setdefault(ancestor, {})[area["area_id"]] = Decimal(1)
        rows.memo[key] = inside
    found: Members = rows.memo[key].get(area_id, {})
    rows.note("dim_area", [areas_on(rows, period_end(period))[area] for area in found])
    return found


def members_of_set(rows: Rows, variant_id: str, role: str, territory: str, period: str, level: str) -> Members:
    """Areas of a level that make up an area set at the end of a period, with their weights."""
    day = period_end(period)
    there = areas_on(rows, day)
    return {
        member["area_id"]: member["weight"]
        for member in rows.of(
            "bridge_area_set", variant_id=variant_id, role=role, territory=territory, area_level=level
        )
        if member["valid_from"] <= day <= member["valid_to"] and member["area_id"] in there
    }


def above(area_id: str, there: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The area, all it lies in by the main tree, and what each of these belongs to besides."""
    path, current = [area_id], area_id
    for _ in range(_STEPS):
        parent = there[current]["parent_id"] if current in there else None
        if parent is None:
            break
        path.append(parent)
        current = parent
    found = set(path)
    for step in path:
        if step in there:
            found |= {there[step][other] for other in ("alternative_parent_id", "publication_unit_id")} - {None}
    return found
