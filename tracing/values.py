"""Values of indicators computed again from delivered figures: fct_indicator_value out of fct_measure.

Second implementation: written from the descriptions of the marts and STATISTICS, sums in exact decimals member by member.
`value_of` gives figures unrounded, for what rests on them; `computed` says how each cell is printed.
"""

from typing import Any

from tracing.areas import members
from tracing.cells import breaks_of, cells_of, figures_at, indicator_of, note_used, process_of, rounded_to, tolerance_at
from tracing.comparing import Unknown, Within
from tracing.rows import Row, Rows
from tracing.sums import summed

_SEVERITY = ("shock", "tolerance", "blocking")
SQUARES = Unknown(
    "Dazu braucht es die Gewichte der einzelnen Fälle; sie stehen nur in der Lieferung, die sich hier nicht auszählen lässt.",
    "That needs the weights of single cases; only the delivery holds them, which cannot be counted again here.",
)


def value_of(rows: Rows, row: Row) -> dict[str, Any]:
    """The figures of a row of fct_indicator_value, unrounded; effective_n of a survey is taken as published."""
    indicator = indicator_of(rows, row)
    key = ("value", *(row[name] for name in _TARGET), row["indicator_id"], row["definition_version"], row["period"])
    if key not in rows.memo:
        cells = cells_of(rows, indicator, row["period"])
        if indicator["kind"] == "level":
            rows.memo[key] = _level(rows, indicator, row)
        else:
            inside = members(rows, row, row["period"], indicator["base_level"])
            there = {area: cells[area] for area in inside if area in cells}
            note_used(rows, indicator, row["period"], there)
            rows.memo[key] = summed(rows, indicator, row, inside, there, process_of(indicator, cells))
    found: dict[str, Any] = rows.memo[key]
    return found


_TARGET = ("area_kind", "area_id", "variant_id", "role", "territory")


def _level(rows: Rows, indicator: Row, row: Row) -> dict[str, Any]:
    key = ("figures", indicator["numerator_measure_id"], indicator["source_id"], indicator["base_level"], row["period"])
    figures_at(rows, *key[1:])
    known = rows.memo[key]
    figure = known.get(row["area_id"])
    if figure is None:
        return {}
    rows.note("fct_measure", [figure])
    factor = float(indicator["factor"])
    value = None if figure["value"] is None else factor * float(figure["value"])
    half = sum(one // 2 for one in rounded_to(rows, indicator, row["period"])["upper"])
    bound = tolerance_at(rows, indicator, row["period"]) + factor * half
    low, high = (None, None) if value is None else (value - bound, value + bound)
    return {
        "value": value, "lower": low, "upper": high, "lower_as_counted": low, "upper_as_counted": high,
        "lower_as_process": None, "upper_as_process": None,
        "interval_method": None if value is None else "rounding_bound",
        "numerator": None, "denominator": None, "n": None, "effective_n": None, "is_full_count": True,
        "coverage_pct": 0.0 if value is None else 100.0, "symbol": figure["symbol"], "status": figure["status"],
        "reference_on": figure["reference_on"], "member_count": 1, "expected_member_count": 1,
    }  # fmt: skip


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """Every figure of a row of fct_indicator_value as it should be printed."""
    indicator, found = indicator_of(rows, row), dict(value_of(rows, row))
    is_survey = indicator["kind"] == "survey"
    for name in (
        "value",
        "lower",
        "upper",
        "lower_as_counted",
        "upper_as_counted",
        "lower_as_process",
        "upper_as_process",
    ):
        found[name] = Within.digits(found.get(name), 6)
    if is_survey and not found.pop("is_counted_again"):
        if indicator["scale"] != "share":
            found |= {"lower": SQUARES, "upper": SQUARES}
        else:  # from an effective n of four printed digits
            found |= {end: Within(found[end].value, 2e-6) for end in ("lower", "upper")}
        found["effective_n"] = SQUARES if row["effective_n"] is not None else None
    else:
        found["effective_n"] = Within.digits(found.get("effective_n"), 4)
    found["coverage_pct"] = Within.digits(found.get("coverage_pct"), 4)
    ranks = [_SEVERITY.index(one["severity"]) for one in breaks_of(rows, row) if one["period"] == row["period"]]
    found["comparability_break"] = _SEVERITY[max(ranks)] if ranks else None
    return found | {"unit": indicator["unit"], "source_id": indicator["source_id"]}
