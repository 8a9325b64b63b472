"""Spread between areas and convergence computed again from unrounded values of the areas: fct_harmonisation.

Written from STATISTICS C5 to C14 and the papers the mart names: Williamson, Theil, Pitman and Morgan as the correlation of sum
and difference, beta by least squares. Samples have no row. Does not belong here: values of areas (values.py).
"""

import math
from typing import Any

from tracing.areas import areas_on, members_of_set, period_end
from tracing.cells import indicator_of
from tracing.comparing import Within
from tracing.convergence import converged
from tracing.declared import settings
from tracing.gaps import RELATIVE_SCALES, log_scaled
from tracing.limits import Number
from tracing.rows import Row, Rows
from tracing.values import value_of

LEAST_AREAS = 3
_LOG_MEASURES = {"share": "log_odds", "ratio": "log", "count": "log"}


def areas_of(rows: Rows, row: Row, period: str) -> dict[str, dict[str, Any]]:
    """Unrounded figures of the areas of a level, shown or not."""
    key = ("areas of", row["indicator_id"], row["definition_version"], row["area_level"], period)
    if key not in rows.memo:
        there = areas_on(rows, period_end(period))
        rows.memo[key] = {
            one["area_id"]: value_of(rows, one)
            for one in rows.of(
                "fct_indicator_value", indicator_id=row["indicator_id"], definition_version=row["definition_version"],
                area_kind="area", period=period,
            )
            if one["area_id"] in there and there[one["area_id"]]["area_level"] == row["area_level"]
        }  # fmt: skip
    found: dict[str, dict[str, Any]] = rows.memo[key]
    return found


def weights_of(found: dict[str, dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Value and share of the denominator of the areas that have a value."""
    shown = {area: one for area, one in found.items() if one["value"] is not None and one["denominator"] is not None}
    total = math.fsum(float(one["denominator"]) for one in shown.values())
    return {area: (one["value"], float(one["denominator"]) / total) for area, one in shown.items()} if total > 0 else {}


def withheld(found: dict[str, dict[str, Any]]) -> int:
    """Areas without a value although they may have a denominator."""
    return sum(
        one["value"] is None and (one["denominator"] is None or one["denominator"] != 0) for one in found.values()
    )


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_harmonisation."""
    indicator = indicator_of(rows, row)
    key = ("spread", row["indicator_id"], row["definition_version"], row["area_level"], row["period"])
    if key not in rows.memo:
        rows.memo[key] = _dispersed(rows, indicator, row) | _convergence(rows, indicator, row)
    found = dict(rows.memo[key])
    found |= _parted(rows, row, found)
    found |= {
        "is_default_variant": row["variant_id"] is not None
        and row["variant_id"] == settings(rows).get("default_variant")
    }
    return {name: _as_printed(name, value) for name, value in found.items() if not name.startswith("_")}


_EXACT = {"theil", "theil_between", "theil_within"}


def _as_printed(name: str, value: Any) -> Any:
    if name in _EXACT:
        return Within(value, 1e-9)
    if name == "half_life_years":
        return Within.digits(value, 4)
    return Within.digits(value, 6) if isinstance(value, float) else value


def _dispersed(rows: Rows, indicator: Row, row: Row) -> dict[str, Any]:
    found = areas_of(rows, row, row["period"])
    areas = weights_of(found)
    mean = math.fsum(weight * value for value, weight in areas.values())
    is_scaled = indicator["scale"] in RELATIVE_SCALES
    is_relative = is_scaled and min(value for value, _ in areas.values()) >= 0 and mean > 0
    variance = math.fsum(weight * (value - mean) ** 2 for value, weight in areas.values())
    logs = [(log, weight) for value, weight in areas.values() if (log := log_scaled(indicator, value)) is not None]
    held = math.fsum(weight for _, weight in logs)
    centre = math.fsum(log * weight for log, weight in logs) / held if held else 0.0
    spread = math.sqrt(math.fsum(weight * (log - centre) ** 2 for log, weight in logs) / held) if held else None
    return {
        "area_count": len(found), "n": len(areas), "zero_count": sum(value == 0 for value, _ in areas.values()),
        "weighted_mean": mean,
        "coefficient_of_variation": math.sqrt(variance) / mean if is_relative else None,
        "theil": theil(list(areas.values())) if is_relative else None,
        "mean_log_deviation": (
            math.fsum(weight * math.log(mean / value) for value, weight in areas.values() if value > 0)
            if is_relative else None
        ),
        "log_measure": _LOG_MEASURES.get(indicator["scale"]) if is_scaled else None,
        "log_dispersion": spread if is_scaled else None,
        "log_left_out_count": len(areas) - len(logs) if is_scaled else None,
        "_variance": variance, "_is_relative": is_relative, "_is_scaled": is_scaled,
    }  # fmt: skip


def theil(parts: list[tuple[float, float]]) -> float:
    """Theil's T of values with weights that need not sum to one; a zero adds nothing."""
    total = math.fsum(weight for _, weight in parts)
    mean = math.fsum(weight * value for value, weight in parts) / total if total else 0.0
    if mean <= 0:
        return 0.0
    return math.fsum(weight / total * (value / mean) * math.log(value / mean) for value, weight in parts if value > 0)


def _parted(rows: Rows, row: Row, found: dict[str, Any]) -> dict[str, Any]:
    """Inequality between programme area and rest, and within both."""
    blank = dict.fromkeys(("theil_between", "theil_within", "theil_between_share", "variance_between_share"))
    variant = row["variant_id"]
    if variant is None or not found["_is_scaled"]:
        return blank
    areas, mean = weights_of(areas_of(rows, row, row["period"])), found["weighted_mean"]
    between = within = spread = 0.0
    is_there = False
    for role in ("programme", "rest"):
        inside = members_of_set(rows, variant, role, "today", row["period"], row["area_level"])
        parts = [(value, weight * float(inside[area])) for area, (value, weight) in areas.items() if area in inside]
        share = math.fsum(weight for _, weight in parts)
        if not parts or not share:
            continue
        is_there = True
        own = math.fsum(weight * value for value, weight in parts) / share
        spread += share * (own - mean) ** 2
        if mean > 0:
            between += share * own / mean * math.log(own / mean) if own > 0 else 0.0
            within += share * own / mean * theil(parts)
    if not is_there:
        return blank
    variance, whole = found["_variance"], found["theil"]
    blank["variance_between_share"] = spread / variance if variance else None
    if found["_is_relative"]:
        share_between = between / whole if whole else None
        return blank | {"theil_between": between, "theil_within": within, "theil_between_share": share_between}
    return blank


def _convergence(rows: Rows, indicator: Row, row: Row) -> dict[str, Any]:
    def logs(period: str) -> dict[str, Number]:
        found = areas_of(rows, row, period)
        areas = weights_of(found) if len(found) >= LEAST_AREAS else {}
        return {area: log for area, (value, _) in areas.items() if (log := log_scaled(indicator, value)) is not None}

    return converged(rows, indicator, row, logs, lambda period: withheld(areas_of(rows, row, period)))
