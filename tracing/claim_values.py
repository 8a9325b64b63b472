"""Figures of sentences about indicators and plain measures: values of a period, changes, growth, and ranks among areas.

Changes have limits by MOVER, growth those of a ratio (Donner and Zou 2012), a plain measure none. See claim_figures.py.
"""

import math
from typing import Any

from tracing.areas import period_end
from tracing.cells import LEAST_ANSWERS, LEAST_COVERAGE_PCT
from tracing.claim_figures import Asked, Measured, programme_variants
from tracing.claim_register import Claim
from tracing.claim_spreads import is_blocked
from tracing.limits import Number, joined, minus, printed
from tracing.rows import Row, Rows


def of_indicator(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    """What is measured of an indicator, for every variant where the claim is about the programme area or the rest."""
    variants: list[str | None] = [None]
    if claim.area in ("programme", "rest"):
        variants = list(programme_variants(rows))
    parted = is_blocked(rows, claim, asked)
    return [_one(rows, claim, asked, variant, parted) for variant in variants]


def _value(rows: Rows, claim: Claim, period: str | None, variant: str | None) -> dict[str, Any] | None:
    key = {"indicator_id": claim.of, "definition_version": claim.version, "period": period}
    if variant is not None:
        return rows.one(
            "fct_indicator_value", area_kind="area_set", variant_id=variant, role=claim.area, territory="today", **key
        )
    area = claim.area
    if area == "city":
        area = next((row["city_id"] for row in rows.find("dim_area") if row["city_id"]), None)
    return rows.one("fct_indicator_value", area_kind="area", area_id=area, territory="as_then", **key)


def _unusable(row: Row | None) -> str | None:
    if row is None:
        return "no_data"
    if row["status"] == "suppressed" or (row["n"] is not None and row["n"] < LEAST_ANSWERS):
        return "small_n"
    if row["status"] == "incomplete" or (row["coverage_pct"] is not None and row["coverage_pct"] < LEAST_COVERAGE_PCT):
        return "incomplete"
    if row["value"] is None:
        return "no_data"
    if row["lower"] is None or row["upper"] is None:
        return "withheld"
    return "only_estimated" if row["status"] == "estimated" else None


def _one(rows: Rows, claim: Claim, asked: Asked, variant: str | None, is_parted: bool) -> Measured:
    ended = _value(rows, claim, asked.period, variant)
    begun = _value(rows, claim, claim.baseline_period, variant) if claim.baseline_period else None
    unusable, is_change = _unusable(ended), claim.type in ("direction", "growth")
    ends: tuple[Number, Number, Number] = (None, None, None)
    if ended is not None:
        ends = ended["value"], ended["lower"], ended["upper"]
    if claim.type == "direction":
        ends = _change(ended, begun)
    elif claim.type == "growth":
        ends = _growth(ended, begun)
    unit = None if ended is None else ended["unit"]
    if claim.type == "growth":
        unit = "pct"
    elif claim.type in ("direction", "ranking") and unit == "pct":
        unit = "pp"
    if is_change and unusable is None:
        base_unusable = "missing_baseline" if begun is None else _unusable(begun)
        unusable = base_unusable or ("blocking_break" if is_parted else None)
        if unusable is None and claim.type == "growth" and None in ends[1:]:
            unusable = "baseline_near_zero"
    if claim.type == "ranking":
        ends, problem = _rank(rows, claim, asked, ended)
        unusable = unusable or problem
    now, then = ended or {}, begun or {}
    return Measured(
        variant, asked.to_on, *ends, now.get("value"), then.get("value"), None, now.get("n"), now.get("is_full_count"),
        unit=unit, unusable=unusable,
    )  # fmt: skip


def _change(ended: Row | None, begun: Row | None) -> tuple[Number, Number, Number]:
    if ended is None or begun is None:
        return None, None, None
    change = minus(ended["value"], begun["value"])
    down = joined([minus(ended["value"], ended["lower"]), minus(begun["value"], begun["upper"])])
    up = joined([minus(ended["value"], ended["upper"]), minus(begun["value"], begun["lower"])])
    high = None if change is None or up is None else change + up
    return printed(change), printed(minus(change, down) if down is not None else None), printed(high)


def _growth(ended: Row | None, begun: Row | None) -> tuple[Number, Number, Number]:
    if ended is None or begun is None or ended["value"] is None or not begun["value"]:
        return None, None, None
    x, y = ended["value"], begun["value"]

    def limit(side: int) -> Number:
        own, far = (ended["lower"], begun["upper"]) if side < 0 else (ended["upper"], begun["lower"])
        if None in (own, far, begun["lower"], begun["upper"]) or begun["lower"] <= 0 or begun["upper"] >= 2 * y:
            return None
        below = far * (2 * y - far)
        root = math.sqrt(max((x * y) ** 2 - own * (2 * x - own) * below, 0))
        return printed(100 * ((x * y + side * root) / below - 1))

    return printed(100 * (x / y - 1)), limit(-1), limit(1)


def _rank(
    rows: Rows, claim: Claim, asked: Asked, ended: Row | None
) -> tuple[tuple[Number, Number, Number], str | None]:
    """The smallest distance to any other area of the level, positive where the claim holds."""
    if ended is None:
        return (None, None, None), "no_data"
    sign = 1 if claim.direction == "up" else -1
    levels = {row["area_id"]: row["area_level"] for row in rows.find("dim_area")}
    others = [
        row
        for row in rows.of(
            "fct_indicator_value", indicator_id=claim.of, definition_version=claim.version, area_kind="area",
            territory="as_then", period=asked.period,
        )
        if levels.get(row["area_id"]) == levels.get(ended["area_id"])
        and row["area_id"] != ended["area_id"]
        and claim.comparator in (None, row["area_id"])
    ]  # fmt: skip
    if not others:
        return (None, None, None), "no_data"
    found: list[list[float]] = [[], [], []]
    for other in others:
        distance = minus(ended["value"], other["value"])
        if distance is None:
            continue
        low, high = ("lower", "upper") if sign > 0 else ("upper", "lower")
        down = joined([minus(ended["value"], ended[low]), minus(other["value"], other[high])])
        up = joined([minus(ended["value"], ended[high]), minus(other["value"], other[low])])
        found[0].append(sign * distance)
        found[1] += [] if down is None else [sign * distance - down]
        found[2] += [] if up is None else [sign * distance + up]
    ends = tuple(printed(min(values)) if values else None for values in found)
    is_withheld = any(_is_withheld(other) for other in others)
    return (ends[0], ends[1], ends[2]), "withheld" if is_withheld else None


def _is_withheld(row: Row) -> bool:
    if row["value"] is None:
        return row["denominator"] is None or row["denominator"] != 0
    return row["lower"] is None or row["upper"] is None


def of_measure(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    """A figure as counted, of one area, or of the city as the sum over the finest level that is whole."""
    ended, begun = (
        _figure(rows, claim, period) if period else None for period in (asked.period, claim.baseline_period)
    )
    value: Number = None if ended is None else ended["value"]
    base: Number = None if begun is None else begun["value"]
    estimate = value
    if claim.type == "direction":
        estimate = printed(minus(value, base))
    elif claim.type == "growth":
        estimate = printed(100 * (value / base - 1)) if value is not None and base else None
    estimate = printed(estimate)
    unusable = None
    if ended is None:
        unusable = "no_data"
    elif not ended["is_whole"]:
        unusable = "incomplete"
    elif ended["is_estimated"]:
        unusable = "only_estimated"
    elif claim.type in ("direction", "growth"):
        if base is None:
            unusable = "missing_baseline"
        elif begun is not None and begun["is_estimated"]:
            unusable = "only_estimated"
        elif claim.type == "growth" and base <= 0:
            unusable = "baseline_near_zero"
    unit = None if ended is None else ended["unit"]
    if claim.type == "growth":
        unit = "pct"
    elif claim.type == "direction" and unit == "pct":
        unit = "pp"
    return [
        Measured(
            None,
            asked.to_on,
            estimate,
            estimate,
            estimate,
            value,
            base,
            is_full_count=True,
            unit=unit,
            unusable=unusable,
        )
    ]


def _figure(rows: Rows, claim: Claim, period: str) -> dict[str, Any] | None:
    figures = rows.of("fct_measure", measure_id=claim.of, period=period)
    if claim.area != "city":
        own = sorted((row for row in figures if row["area_id"] == claim.area), key=lambda row: row["source_id"])
        if not own:
            return None
        value = None if own[0]["value"] is None else float(own[0]["value"])
        return {
            "value": value, "unit": own[0]["unit"], "is_whole": value is not None,
            "is_estimated": own[0]["status"] == "estimated",
        }  # fmt: skip
    day, sums = period_end(period), []
    for level, source in sorted({(row["area_level"], row["source_id"]) for row in figures}):
        expected = {
            row["area_id"] for row in rows.find("dim_area")
            if row["area_level"] == level and row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] >= day)
        }  # fmt: skip
        there = [row for row in figures if (row["area_level"], row["source_id"]) == (level, source)]
        known = [row["value"] for row in there if row["value"] is not None]
        is_whole = len(known) == len(expected)
        sums.append(
            (len(expected) != 1, -len(expected), source,
             {"value": float(sum(known)) if is_whole else None, "unit": max(row["unit"] for row in there),
              "is_whole": is_whole, "is_estimated": any(row["status"] == "estimated" for row in there)})
        )  # fmt: skip
    return min(sums, key=lambda one: one[:3])[3] if sums else None
