"""Sums over the members of an area or area set and the quotient of two of them, with its limits: one value of an indicator.

The rules are those the description of fct_indicator_value gives; see values.py for where the figures come from.
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tracing.answers import Tally, effective_n, tally_of, variance_of
from tracing.areas import members_of_area
from tracing.cells import LEAST_ANSWERS, LEAST_COVERAGE_PCT, STATUSES, Cell, rank, rounded_to, tolerance_at, whole_of
from tracing.limits import Z, byar, wilson
from tracing.rows import Row, Rows


def summed(
    rows: Rows, indicator: Row, row: Row, inside: Mapping[str, Decimal], there: Mapping[str, Cell], process: str | None
) -> dict[str, Any]:
    """All figures of one value, unrounded."""
    is_survey = indicator["kind"] == "survey"
    covered = {area: cell for area, cell in there.items() if cell.is_covered}
    upper = sum((inside[area] * cell.upper for area, cell in covered.items() if cell.upper is not None), Decimal(0))
    lower = sum((inside[area] * cell.lower for area, cell in covered.items() if cell.lower is not None), Decimal(0))
    known = [(inside[area], cell.lower) for area, cell in there.items() if cell.lower is not None]
    known_sum = sum((weight * value for weight, value in known), Decimal(0))
    coverage = 100.0
    if not is_survey:
        share = len(known) / len(inside) if inside else 0.0
        coverage = 100.0 * share * (float(lower) / float(known_sum) if known_sum else 1.0) if known else 0.0
    answers = [cell.n for cell in there.values() if cell.n is not None]
    n = sum(answers) if answers and is_survey else None
    only = _only(rows, indicator, row, there)
    status = _status(is_survey, n, coverage, covered, lower, only)
    is_stated = status not in ("incomplete", "suppressed", "missing") and covered and lower != 0
    mean = float(upper) / float(lower) if is_stated else None
    squares = sum(float(inside[area] * (cell.lower or 0)) ** 2 for area, cell in covered.items())
    is_short = len(known) != len(inside) or (lower if covered else Decimal(0)) != known_sum
    found: dict[str, Any] = dict.fromkeys(
        ("lower", "upper", "lower_as_counted", "upper_as_counted", "lower_as_process", "upper_as_process",
         "interval_method", "effective_n")
    )  # fmt: skip
    factor = float(indicator["factor"])
    if is_survey:
        found |= _sampled(rows, indicator, row, mean, factor, inside)
    elif mean is not None:
        weights = [float(inside[area]) for area in covered]
        bound = None
        if not is_short:
            bound = _bound(rows, indicator, row["period"], weights, mean, float(lower), squares)
        found |= _counted(indicator, process, factor, mean, float(lower), bound)
    is_shown = status not in ("incomplete", "suppressed") or only is not None
    references = [cell.reference_on for cell in there.values() if cell.reference_on is not None]
    return found | {
        "value": None if mean is None else factor * mean,
        "numerator": upper if is_shown and covered else None,
        "denominator": lower if is_shown and covered else None,
        "n": n, "is_full_count": not is_survey, "coverage_pct": coverage,
        "symbol": _symbol(only, is_survey), "status": status,
        "reference_on": max(references) if references and not is_survey else None,
        "member_count": len(there), "expected_member_count": None if is_survey else len(inside),
    }  # fmt: skip


def _only(rows: Rows, indicator: Row, row: Row, there: Mapping[str, Cell]) -> Cell | None:
    """The cell of an area of the base level itself, which tells what was delivered for it."""
    area = row["area_id"]
    is_single = row["area_kind"] == "area" and area in members_of_area(
        rows, area, row["period"], indicator["base_level"]
    )
    return there.get(area) if is_single else None


def _status(
    is_survey: bool, n: int | None, coverage: float, covered: Mapping[str, Cell], lower: Decimal, only: Cell | None
) -> str:
    if only is not None and only.hole is not None and not is_survey:
        return only.hole.status
    if is_survey and (n or 0) < LEAST_ANSWERS:
        return "suppressed"
    if coverage < LEAST_COVERAGE_PCT:
        return "incomplete"
    if covered and lower == 0:
        return "missing"
    worst = max((rank(part.status) for cell in covered.values() for part in cell.parts), default=len(STATUSES))
    return [*STATUSES, "incomplete"][worst] if not is_survey or covered else "incomplete"


def _symbol(only: Cell | None, is_survey: bool) -> str | None:
    if only is None or is_survey:
        return None
    hole = only.hole
    return hole.symbol if hole is not None else next((part.symbol for part in only.parts if part.symbol), None)


def _bound(
    rows: Rows, indicator: Row, period: str, weights: list[float], mean: float, lower: float, squares: float
) -> float | None:
    """How far rounding may move the value: independent errors of single areas, never more than the worst case."""
    multiples = rounded_to(rows, indicator, period)
    spread, total = math.fsum(weight * weight for weight in weights), math.fsum(weights)

    def error(side: str) -> float:
        variance = sum((one * one - 1) / 12 for one in multiples[side])
        worst = sum(one // 2 for one in multiples[side])
        return float(min(Z * math.sqrt(variance * spread), worst * total))

    areas = lower * lower / squares if squares else 0.0
    printed = tolerance_at(rows, indicator, period) * (min(Z / math.sqrt(3 * areas), 1) if areas else 1)
    off, off_below = error("upper"), error("lower")
    if lower <= off_below:
        return None
    return float(printed + float(indicator["factor"]) * (off + abs(mean) * off_below) / (lower - off_below))


def _counted(
    indicator: Row, process: str | None, factor: float, mean: float, lower: float, bound: float | None
) -> dict[str, Any]:
    """Limits of a full count: by rounding alone, and as one outcome of a process."""
    value, whole = factor * mean, whole_of(indicator)
    decides = process is not None and indicator["deciding_reading"] == "process"
    is_share = process == "binomial" and 0 <= value / whole <= 1
    method = ("wilson_process" if is_share else "byar_process") if decides else "rounding_bound"
    found: dict[str, Any] = {"interval_method": method}
    if bound is None:
        return found
    found |= {"lower_as_counted": value - bound, "upper_as_counted": value + bound}
    if process is not None:
        chance: tuple[float, float] | None = None
        if is_share:
            low, high = wilson(value / whole, lower)
            chance = (whole * low, whole * high)
        elif indicator["kind"] == "ratio" and mean * lower >= 0:
            low, high = byar(mean * lower)
            chance = (factor * low / lower, factor * high / lower)
        if chance is not None:
            found["lower_as_process"] = value - math.hypot(value - chance[0], bound)
            found["upper_as_process"] = value + math.hypot(value - chance[1], bound)
    reading = "process" if decides else "counted"
    return found | {end: found.get(f"{end}_as_{reading}") for end in ("lower", "upper")}


def _sampled(
    rows: Rows, indicator: Row, row: Row, mean: float | None, factor: float, inside: Mapping[str, Decimal]
) -> dict[str, Any]:
    """Limits of a survey from its cases, counted again in the delivery; else on the published effective n."""
    if mean is None:
        return {"is_counted_again": True}
    is_share = indicator["scale"] == "share"
    tally = _tally(rows, indicator, row["period"], inside)
    effective = row["effective_n"] if tally is None else effective_n(mean, tally, is_share)
    found: dict[str, Any] = {"effective_n": effective, "is_counted_again": tally is not None}
    if is_share:
        low, high = wilson(mean, float(effective)) if effective else (None, None)
        ends = {"lower": None if low is None else factor * low, "upper": None if high is None else factor * high}
        return found | ends | {"interval_method": "wilson_effective_n"}
    if tally is None:
        return found | {"lower": row["lower"], "upper": row["upper"], "interval_method": "linearised"}
    variance = variance_of(mean, tally)
    far = None if variance is None else factor * Z * math.sqrt(variance)
    ends = {
        "lower": None if far is None else factor * mean - far,
        "upper": None if far is None else factor * mean + far,
    }
    return found | ends | {"interval_method": "linearised"}


def _tally(rows: Rows, indicator: Row, period: str, inside: Mapping[str, Decimal]) -> Tally | None:
    """All answers of the members of an area, with their weights in it; None where they cannot be counted again."""
    measure_id, source_id, level = indicator["numerator_measure_id"], indicator["source_id"], indicator["base_level"]
    figures = rows.memo.get(("figures", measure_id, source_id, level, period), {})
    delivery_id = next((one["delivery_id"] for one in figures.values()), None)
    return tally_of(rows, source_id, delivery_id, measure_id, period, inside)
