"""Members of area sets computed again from the declared parts: bridge_area_set.

A base area belongs to a part with the largest weight of a declared area it lies in; the rest is what is left of its city, the
city everything. Does not belong here: how members are used (areas.py).
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from tracing.declarations import city_of
from tracing.declared import declared_rows, settings
from tracing.rows import Row, Rows

FIRST, LAST = dt.date(1, 1, 1), dt.date(9999, 12, 31)
_DAY = dt.timedelta(days=1)


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """Weight, span and city of a member of an area set."""
    area_id, variant = row["area_id"], row["variant_id"]
    is_rest = row["role"] in ("rest", "city")
    weight = _weight(rows, variant, "programme" if is_rest else row["role"], area_id, row["valid_to"])
    if row["role"] == "rest":
        weight = 1 - weight
    elif row["role"] == "city":
        weight = Decimal(1)
    return {
        "weight": weight, "area_level": area_id.partition("-")[0], "city_id": city_of(rows, area_id),
        "valid_to": LAST if row["territory"] == "today" else _end(rows, variant, row["valid_from"]),
        "is_default_variant": variant == settings(rows).get("default_variant"),
    }  # fmt: skip


def _parts(rows: Rows, variant: str) -> list[dict[str, Any]]:
    return [
        {**one, "from": dt.date.fromisoformat(one["valid_from"]),
         "to": dt.date.fromisoformat(one["valid_to"]) if one["valid_to"] else LAST}
        for one in declared_rows(rows, "area_sets.csv")
        if one["variant_id"] == variant
    ]  # fmt: skip


def _weight(rows: Rows, variant: str, role: str, area_id: str, day: dt.date) -> Decimal:
    """The largest weight of a declared part a base area lies in on the last day of a stretch."""
    above = _above(rows, area_id)
    weights = [
        Decimal(one["weight"])
        for one in _parts(rows, variant)
        if one["role"] == role and one["area_id"] in above and one["to"] >= day and (day == LAST or one["from"] <= day)
    ]
    return max(weights, default=Decimal(0))


def _end(rows: Rows, variant: str, start: dt.date) -> dt.date:
    """The eve of the next day on which the declared members change."""
    parts = _parts(rows, variant)
    changes = sorted({one["from"] for one in parts} | {one["to"] + _DAY for one in parts if one["to"] < LAST})
    later = [day for day in changes[1:] if day > start]
    return later[0] - _DAY if later else LAST


def _above(rows: Rows, area_id: str) -> set[str]:
    """The area and all that it lies in by any declared parent, whenever."""
    if ("all parents",) not in rows.memo:
        found: dict[str, set[str]] = {}
        for one in declared_rows(rows, "areas.csv"):
            parents = {one[name] for name in ("parent_id", "alternative_parent_id", "publication_unit_id")} - {""}
            found.setdefault(f"{one['area_level']}-{one['area_code']}", set()).update(parents)
        rows.memo[("all parents",)] = found
    parents_of: dict[str, set[str]] = rows.memo[("all parents",)]
    reached, waiting = set(), [area_id]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached.add(current)
            waiting += parents_of.get(current, ())
    return reached
