"""Growth of reported volunteering computed again: fct_volunteering and fct_volunteering_panel.

What single organisations report is no mart: sums and numbers of organisations end at the delivery, which the walk says. Growth,
panel shares and the year before follow from the published rows.
"""

from decimal import Decimal
from typing import Any

from tracing.comparing import Within
from tracing.rows import Row, Rows

_WAY = ("area_id", "counting_unit", "scope", "method", "unit")
_TAKEN = (
    "growth_pct", "panel_growth_pct", "panel_organisation_count", "panel_coverage_pct", "entered_organisation_count",
    "left_organisation_count",
)  # fmt: skip


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """What a row of fct_volunteering owes to the year before."""
    way = {name: row[name] for name in _WAY}
    before = [one["period"] for one in rows.of("fct_volunteering", **way) if one["period"] < row["period"]]
    previous = max(before, default=None)
    pair = rows.one("fct_volunteering_panel", **way, period=row["period"], base_period=previous) if previous else None
    return {"previous_period": previous, **{name: pair and pair[name] for name in _TAKEN}}


def panel(rows: Rows, row: Row) -> dict[str, Any]:
    """What a row of fct_volunteering_panel makes of the reports of two years."""
    way = {name: row[name] for name in _WAY}
    ended = rows.one("fct_volunteering", **way, period=row["period"])
    begun = rows.one("fct_volunteering", **way, period=row["base_period"])
    assert ended is not None and begun is not None, row
    either = row["organisation_count"] + row["left_organisation_count"]
    return {
        "value": ended["value"], "base_value": begun["value"],
        "organisation_count": ended["organisation_count"], "base_organisation_count": begun["organisation_count"],
        "entered_organisation_count": row["organisation_count"] - row["panel_organisation_count"],
        "left_organisation_count": row["base_organisation_count"] - row["panel_organisation_count"],
        "growth_pct": _growth(ended["value"], begun["value"]),
        "panel_growth_pct": _growth(row["panel_value"], row["panel_base_value"]),
        "panel_coverage_pct": Within.digits(100 * row["panel_organisation_count"] / either, 4),
    }  # fmt: skip


def _growth(value: Decimal | None, base: Decimal | None) -> Within:
    return Within.digits(None if value is None or not base else 100 * (float(value) / float(base) - 1), 6)
