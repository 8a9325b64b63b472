"""Moods of a survey computed again from the sums of weighted answers: fct_sentiment.

Shares and means, their change from wave to wave; limits from the cases, counted again in the delivery (answers.py). Where they
cannot be, effective n and the limits of grades are named as not computed again.
"""

import math
from decimal import Decimal
from typing import Any

from tracing.answers import Tally, effective_n, tally_of, variance_of
from tracing.areas import members
from tracing.cells import LEAST_ANSWERS
from tracing.comparing import Within
from tracing.declared import settings
from tracing.gaps import is_parted
from tracing.limits import Z_AND_POWER, Z, joined, minus, wilson
from tracing.projects import term
from tracing.rows import Row, Rows
from tracing.values import SQUARES

_OUTCOMES = {"optimists": "improve", "pessimists": "worsen"}
_TARGET = ("item_id", "outcome", "area_kind", "area_id", "variant_id", "role", "source_id")
_ROUNDED = 5e-6  # of limits on an effective n of four printed digits


def _measures(row: Row) -> tuple[str, str]:
    """The measures a row is the quotient of."""
    asked = "" if row["outcome"] == "grade" else f"_{_OUTCOMES.get(row['outcome'], row['outcome'])}"
    return f"{row['item_id']}{asked}_weighted_sum", f"{row['item_id']}_weight"


def figures(rows: Rows, row: Row) -> dict[str, Any]:
    """Share or mean of one wave with its limits, unrounded."""
    key = ("sentiment", *(row[name] for name in _TARGET), row["period"])
    if key in rows.memo:
        known: dict[str, Any] = rows.memo[key]
        return known
    upper_id, lower_id = _measures(row)
    sums = {
        measure: rows.find("fct_measure", measure_id=measure, source_id=row["source_id"], period=row["period"])
        for measure in (upper_id, lower_id)
    }
    level = next((one["area_level"] for one in sums[upper_id]), "")
    inside = members(rows, {**row, "territory": "today"}, row["period"], level)
    there = {measure: [one for one in found if one["area_id"] in inside] for measure, found in sums.items()}
    for found in there.values():
        rows.note("fct_measure", found)
    upper, lower = (
        sum((inside[one["area_id"]] * one["value"] for one in there[name]), Decimal(0)) for name in (upper_id, lower_id)
    )
    n = sum(one["n"] or 0 for one in there[upper_id])
    status = "suppressed" if n < LEAST_ANSWERS else "missing" if lower == 0 else "final"
    mean = float(upper) / float(lower) if status == "final" else None
    is_grade = row["outcome"] == "grade"
    delivery_id = max((one["delivery_id"] for one in there[upper_id]), default=None)
    tally = tally_of(rows, row["source_id"], delivery_id, upper_id, row["period"], inside)
    limits = _limits(row, mean, is_grade, tally)
    scaling = 1.0 if is_grade else 100.0
    rows.memo[key] = {
        "value": None if mean is None else scaling * mean, "n": n, "weight_sum": lower, "status": status, **limits,
    }  # fmt: skip
    made: dict[str, Any] = rows.memo[key]
    return made


def _limits(row: Row, mean: float | None, is_grade: bool, tally: Tally | None) -> dict[str, Any]:
    """Limits, standard error and effective n: from the cases, else as published and on the published effective n."""
    found: dict[str, Any] = dict.fromkeys(("lower", "upper", "error", "effective_n")) | {
        "is_counted_again": tally is not None
    }
    if mean is None:
        return found
    effective = row["effective_n"] if tally is None else effective_n(mean, tally, not is_grade)
    found["effective_n"] = effective
    if is_grade and tally is None:
        low, high = row["lower"], row["upper"]
        return found | {"lower": low, "upper": high, "error": None if low is None else (high - low) / (2 * Z)}
    if is_grade and tally is not None:
        variance = variance_of(mean, tally)
        error = None if variance is None else math.sqrt(variance)
        far = None if error is None else Z * error
        return found | {"lower": minus(mean, far), "upper": None if far is None else mean + far, "error": error}
    if not effective:
        return found
    low, high = wilson(mean, effective)
    error = 100 * math.sqrt(mean * (1 - mean) / effective)
    return found | {"lower": 100 * low, "upper": 100 * high, "error": error}


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_sentiment."""
    own, is_grade = figures(rows, row), row["outcome"] == "grade"
    item = term(rows, "survey_items", row["item_id"])
    found: dict[str, Any] = {
        "item_name_de": item.get("name_de"), "item_name_en": item.get("name_en"),
        "value": Within.digits(own["value"], 6), "n": own["n"], "weight_sum": own["weight_sum"], "status": own["status"],
        "unit": "grade_1_to_6" if is_grade else "pct", "change_unit": "grade_1_to_6" if is_grade else "pp",
        **_printed(own, is_grade),
        "delivery_id": max((one["delivery_id"] for one in _answers(rows, row)), default=None),
    }  # fmt: skip
    waves = {one["period"]: one for one in rows.find("fct_sentiment", **{name: row[name] for name in _TARGET})}
    earlier = [wave for wave in waves if wave < row["period"]]
    start = str(settings(rows)["starts_on"])[:4]
    bases = {"from_previous": max(earlier, default=None), "since_baseline": start if row["period"] > start else None}
    for suffix, wave in bases.items():
        base = waves.get(wave) if wave is not None and not _is_parted(rows, row, wave) else None
        found["previous_period" if suffix == "from_previous" else "baseline_period"] = None if base is None else wave
        found |= _change(own, None if base is None else figures(rows, base), suffix)
    return found


def _printed(own: dict[str, Any], is_grade: bool) -> dict[str, Any]:
    """Limits and effective n as a cell prints them, or why they cannot be computed again."""
    if own["is_counted_again"] or own["value"] is None:
        ends: dict[str, Any] = {end: Within.digits(own[end], 6) for end in ("lower", "upper")}
        return ends | {"effective_n": Within.digits(own["effective_n"], 4)}
    return {end: SQUARES if is_grade else Within(own[end], _ROUNDED) for end in ("lower", "upper")} | {
        "effective_n": SQUARES
    }


def _answers(rows: Rows, row: Row) -> list[dict[str, Any]]:
    upper_id, _ = _measures(row)
    found = rows.find("fct_measure", measure_id=upper_id, source_id=row["source_id"], period=row["period"])
    level = next((one["area_level"] for one in found), "")
    inside = members(rows, {**row, "territory": "today"}, row["period"], level)
    return [one for one in found if one["area_id"] in inside]


def _is_parted(rows: Rows, row: Row, wave: str) -> bool:
    upper_id, _ = _measures(row)
    made = [
        one for one in rows.find("dim_indicator") if one["kind"] == "survey" and one["numerator_measure_id"] == upper_id
    ]
    return any(is_parted(rows, one, wave, row["period"]) for one in made)


def _change(own: dict[str, Any], base: dict[str, Any] | None, suffix: str) -> dict[str, Any]:
    change = low = high = error = None
    if base is not None:
        change = minus(own["value"], base["value"])
        down = joined([minus(own["value"], own["lower"]), minus(base["value"], base["upper"])])
        up = joined([minus(own["value"], own["upper"]), minus(base["value"], base["lower"])])
        low = minus(change, down) if down is not None else None
        high = None if change is None or up is None else change + up
        error = joined([own["error"], base["error"]]) or None
    return {
        f"change_{suffix}": Within.digits(change, 6),
        f"change_{suffix}_lower": Within(low, _ROUNDED), f"change_{suffix}_upper": Within(high, _ROUNDED),
        f"critical_difference_{suffix}": Within(None if error is None else Z * error, _ROUNDED),
        f"smallest_detectable_change_{suffix}": Within(None if error is None else Z_AND_POWER * error, _ROUNDED),
    }  # fmt: skip
