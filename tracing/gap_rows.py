"""Rows of fct_development_gap computed again: every column out of the gaps of gaps.py, as the mart prints it.

What a row owes to other rows of the mart (stability over variants and baselines, Holm's correction) stands in
gap_families.py, the change at later weights in decomposition.py.
"""

from typing import Any

from tracing import gap_families
from tracing.cells import breaks_of, indicator_of
from tracing.comparing import Within
from tracing.declared import settings
from tracing.gap_changes import Change, changed, word
from tracing.gaps import RELATIVE_SCALES, Gap, Pair, gap_of, is_parted, readings_of, status_of
from tracing.limits import Z_AND_POWER, Number, Z, minus
from tracing.rows import Row, Rows

_LEAST_PRINTED = 5e-7
_SURVEY = 5e-6  # of limits that rest on figures the release holds rounded


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """All figures of a row of fct_development_gap."""
    indicator = indicator_of(rows, row)
    pair = Pair(indicator, row["variant_id"], row["comparator"])
    period, baseline_id = row["period"], row["baseline_id"]
    readings = readings_of(rows, pair, period)
    reading = next(name for name, decides in readings.items() if decides)
    absolute = changed(rows, pair, baseline_id, period, reading, False)
    relative = changed(rows, pair, baseline_id, period, reading, True)
    assert absolute is not None and relative is not None, row
    is_relative = indicator["scale"] in RELATIVE_SCALES
    found = _shown(indicator, absolute.now, absolute, relative, is_relative)
    found |= _changes(absolute, relative, is_relative)
    found |= _by_reading(rows, pair, baseline_id, period, readings, is_relative)
    found |= _around(rows, pair, period, reading)
    found |= _shock(rows, pair, baseline_id, period, reading)
    found |= gap_families.of_row(rows, row, indicator, pair, absolute)
    found |= {
        "deciding_reading": reading,
        "is_deciding_baseline": baseline_id == indicator["baseline_id"],
        "is_default_variant": row["variant_id"] == settings(rows).get("default_variant"),
    }
    sides = (absolute.now.programme, absolute.now.shown)
    tolerance = 0.5e-6 if all(side.get("is_counted_again", True) for side in sides) else _SURVEY
    return {
        name: Within(value, tolerance) if isinstance(value, float) or (value is None and name in _FIGURES) else value
        for name, value in found.items()
    }


_FIGURES = {"gap_lower", "gap_upper", "change_lower", "change_upper", "tipping_margin"}


def _shown(indicator: Row, gap: Gap, absolute: Change, relative: Change, is_relative: bool) -> dict[str, Any]:
    """The gap itself, with its limits, and what it is of both sides."""
    unit, base = indicator["unit"], absolute.base
    one, other = gap.programme["value"], gap.shown["value"]
    coverage = [side["coverage_pct"] for side in (gap.programme, gap.shown) if side["coverage_pct"] is not None]
    base_gap = base.gap if base is not None else None
    is_certain = (
        base is not None
        and base.gap is not None
        and (
            (base.below is not None and base.gap - base.below > _LEAST_PRINTED)
            or (base.above is not None and base.gap + base.above < -_LEAST_PRINTED)
        )
    )
    is_closed = is_certain and absolute.change is not None and base_gap is not None
    return {
        "programme_value": one, "comparator_value": other, "value_unit": unit,
        "gap_absolute": gap.gap,
        "gap_lower": minus(gap.gap, gap.below) if gap.below is not None else None,
        "gap_upper": None if gap.gap is None or gap.above is None else gap.gap + gap.above,
        "gap_unit": "pp" if unit == "pct" else unit,
        "gap_relative": one / other if is_relative and one is not None and other else None,
        "log_measure": {"share": "log_odds_ratio"}.get(indicator["scale"], "log_ratio") if is_relative else None,
        "gap_log": relative.now.gap,
        "baseline_gap": base_gap,
        "is_gap_reversed": None if base_gap is None or gap.gap is None else base_gap * gap.gap < 0,
        "closed_share": -float(absolute.change or 0) / base_gap if is_closed and base_gap else None,
        "programme_n": gap.programme["n"], "comparator_n": gap.shown["n"],
        "is_full_count": gap.programme["is_full_count"],
        "coverage_pct": Within.digits(min(coverage) if coverage else None, 4),
        "status": status_of(gap),
    }  # fmt: skip


def _changes(absolute: Change, relative: Change, is_relative: bool) -> dict[str, Any]:
    """Change, limits, margin and words of the deciding reading."""
    half = None
    if absolute.change is not None and absolute.below is not None and absolute.above is not None:
        half = (absolute.below + absolute.above) / 2
    low, high = absolute.worse_limits
    is_not_widened = None if high is None or absolute.margin is None else high <= absolute.margin
    certain = [
        None if absolute.lower is None else absolute.lower > 0,
        None if absolute.upper is None else absolute.upper < 0,
    ]
    return {
        "change_since_baseline": absolute.change, "change_lower": absolute.lower, "change_upper": absolute.upper,
        "difference_in_differences": absolute.change, "log_change_since_baseline": relative.change,
        "distance_change": absolute.size, "disadvantage_change": absolute.worse,
        "disadvantage_change_lower": low, "disadvantage_change_upper": high,
        "critical_difference": half,
        "smallest_detectable_change": None if half is None else half * Z_AND_POWER / Z,
        "margin": absolute.margin,
        "verdict": absolute.verdict, "distance_verdict": absolute.distance_verdict,
        "relative_verdict": relative.verdict if is_relative else None,
        "undecidable_reason": _reason(absolute, False),
        "relative_undecidable_reason": _reason(relative, True) if is_relative else None,
        "is_not_widened": is_not_widened if absolute.has_own_verdict else None,
        "is_sign_certain": _either(*certain),
        "tipping_margin": high, "relative_tipping_margin": relative.worse_limits[1],
    }  # fmt: skip


def _either(*truths: bool | None) -> bool | None:
    """Whether one is true, where some may not be known."""
    if True in truths:
        return True
    return None if None in truths else False


def _reason(change: Change, relative: bool) -> str | None:
    """Why a change is undecidable, the gravest first."""
    now, (low, high) = change.now, change.worse_limits
    if not change.is_later:
        return None
    if change.is_blocked:
        return "blocking_break"
    if "suppressed" in (now.programme["status"], now.shown["status"]):
        return "small_n"
    if now.gap is None:
        is_open = not relative or None in (now.programme["value"], now.shown["value"])
        return "incomplete" if is_open else "no_logarithm"
    if change.base is None:
        return "missing_baseline"
    if now.is_short or change.base.is_short:
        return "withheld"
    if not change.has_own_verdict:
        return None
    if relative and None in (change.below, change.above):
        return "no_logarithm"
    return "interval_spans_margin" if word(low, high, change.margin) == "undecidable" else None


def _by_reading(
    rows: Rows, pair: Pair, baseline_id: str, period: str, readings: dict[str, bool], is_relative: bool
) -> dict[str, Any]:
    """What each reading of a full count says."""
    found: dict[str, Any] = {"process_half_width": None}
    words: dict[tuple[str, bool], str | None] = {}
    for reading in ("counted", "process"):
        own = changed(rows, pair, baseline_id, period, reading, False) if reading in readings else None
        log = changed(rows, pair, baseline_id, period, reading, True) if reading in readings and is_relative else None
        words[reading, False] = None if own is None else own.verdict
        words[reading, True] = None if log is None else log.verdict
        found |= {
            f"change_lower_as_{reading}": own and own.lower, f"change_upper_as_{reading}": own and own.upper,
            f"verdict_as_{reading}": words[reading, False], f"relative_verdict_as_{reading}": words[reading, True],
        }  # fmt: skip
        is_wide = own is not None and own.change is not None and own.below is not None and own.above is not None
        if reading == "process" and own is not None and is_wide:
            found["process_half_width"] = (float(own.below or 0) + float(own.above or 0)) / 2
    differ = [
        None
        if None in (words["counted", log], words["process", log])
        else words["counted", log] != words["process", log]
        for log in ((False, True) if is_relative else (False,))
    ]
    return found | {"has_differing_readings": _either(*differ)}


def _around(rows: Rows, pair: Pair, period: str, reading: str) -> dict[str, Any]:
    """The period before, and the trend before the programme."""
    gaps = {
        year: gap.gap
        for year in _periods(rows, pair)
        if (gap := gap_of(rows, pair, year, reading, False)) is not None and gap.gap is not None
    }
    before = [year for year in gaps if year < period] if period in gaps else []
    previous = before[-1] if before else None
    change = None
    if previous is not None and not is_parted(rows, pair.indicator, previous, period):
        change = gaps[period] - gaps[previous]
    start = int(str(settings(rows)["starts_on"])[:4])
    early = [year for year in gaps if int(year) < start]
    alike = [year for year in early if not is_parted(rows, pair.indicator, year, early[-1])]
    return {
        "previous_period": previous, "change_since_previous": change,
        "pre_period_trend_per_year": _slope([(int(year), gaps[year]) for year in alike]),
    }  # fmt: skip


def _periods(rows: Rows, pair: Pair) -> list[str]:
    key = ("periods", pair.key)
    if key not in rows.memo:
        found = rows.find(
            "fct_indicator_value", indicator_id=pair.indicator["indicator_id"],
            definition_version=pair.indicator["definition_version"], area_kind="area_set", variant_id=pair.variant_id,
            role="programme", territory="today",
        )  # fmt: skip
        rows.memo[key] = sorted({one["period"] for one in found})
    known: list[str] = rows.memo[key]
    return known


def _slope(points: list[tuple[int, float]]) -> Number:
    """Slope of the least squares line, none of a single point."""
    if len(points) < 2:
        return None
    middle = sum(x for x, _ in points) / len(points)
    spread = sum((x - middle) ** 2 for x, _ in points)
    return sum((x - middle) * y for x, y in points) / spread if spread else None


def _shock(rows: Rows, pair: Pair, baseline_id: str, period: str, reading: str) -> dict[str, Any]:
    shocks = [one["period"] for one in breaks_of(rows, pair.indicator) if one["severity"] == "shock"]
    shock = min(shocks, default=None)
    if shock is None or period < shock:
        return {"shock_period": None, "change_before_shock": None}
    before = changed(rows, pair, baseline_id, str(int(shock) - 1), reading, False)
    return {"shock_period": shock, "change_before_shock": before.change if before is not None else None}
