"""Values of indicators computed again from delivered figures: fct_indicator_value out of fct_measure.

Second implementation: written from the descriptions of the marts and STATISTICS, sums in exact decimals member by member.
`value_of` gives figures unrounded, for what rests on them; `computed` says how each cell is printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tracing.areas import members, period_end
from tracing.comparing import Unknown, Within
from tracing.declared import declared_rows
from tracing.rows import Row, Rows

STATUSES = ("final", "revised", "provisional", "estimated")  # best first
LEAST_COVERAGE_PCT = 95
LEAST_ANSWERS = 30
NOT_COUNTED = {
    "m2", "ha", "km2", "hours", "years", "eur", "ug_per_m3", "pct", "pp", "per_1000", "m2_per_inhabitant",
    "persons_per_ha", "inhabitants_per_ha", "weighted_answers",
}  # fmt: skip
_WHOLE = {"pct": 100.0, "per_1000": 1000.0, "per_10000": 10000.0}
_SEVERITY = ("shock", "tolerance", "blocking")
SQUARES = Unknown(
    "Dazu braucht es die Quadrate der Gewichte je Fall; der Stand führt sie nicht, sie stehen in der Lieferung.",
    "That needs the squares of the weights of the cases; the release does not hold them, the delivery does.",
)


def rank(status: str | None) -> int:
    """How bad a status is."""
    return STATUSES.index(status) if status in STATUSES else len(STATUSES)


def indicator_of(rows: Rows, row: Row) -> dict[str, Any]:
    """The definition a row is made by."""
    found = rows.one("dim_indicator", indicator_id=row["indicator_id"], definition_version=row["definition_version"])
    assert found is not None, row
    return found


def breaks_of(rows: Rows, row: Row) -> list[dict[str, Any]]:
    """Breaks that hold for the indicator of a row."""
    return rows.of(
        "dim_comparability_break", indicator_id=row["indicator_id"], definition_version=row["definition_version"]
    )


def whole_of(indicator: Row) -> float:
    """The value of a share of which nothing is left out."""
    return _WHOLE.get(indicator["unit"], float(indicator["factor"]))


@dataclass(frozen=True)
class Part:
    """One figure of one member area."""

    value: Decimal | None
    status: str
    symbol: str | None
    unit: str | None = None
    reference_on: Any = None
    n: int | None = None


_NOTHING = Part(Decimal(0), "final", None)
_ABSENT = Part(None, "missing", None)


@dataclass(frozen=True)
class Cell:
    """What one member brings in: parts in the order in which the first without a figure explains the cell."""

    parts: tuple[Part, ...]
    upper: Decimal | None
    lower: Decimal | None
    reference_on: Any
    n: int | None

    @property
    def hole(self) -> Part | None:
        """The first part without a figure."""
        return next((part for part in self.parts if part.value is None), None)

    @property
    def is_covered(self) -> bool:
        """Whether both sides of the quotient are known."""
        return self.upper is not None and self.lower is not None


def figures_at(rows: Rows, measure_id: str, source_id: str | None, level: str, period: str) -> dict[str, Part]:
    """Figures of a measure by area, of one source, level and period."""
    key = ("figures", measure_id, source_id, level, period)
    if key not in rows.memo:
        rows.memo[key] = {
            row["area_id"]: row
            for row in rows.find(
                "fct_measure", measure_id=measure_id, source_id=source_id, area_level=level, period=period
            )
        }
    found: dict[str, Any] = rows.memo[key]
    parts = ("parts", *key[1:])
    if parts not in rows.memo:
        rows.memo[parts] = {
            area: Part(row["value"], row["status"], row["symbol"], row["unit"], row["reference_on"], row["n"])
            for area, row in found.items()
        }
    made: dict[str, Part] = rows.memo[parts]
    return made


def cells_of(rows: Rows, indicator: Row, period: str) -> dict[str, Cell]:
    """What every area of the base level brings in, in one period."""
    key = ("cells", indicator["indicator_id"], indicator["definition_version"], period)
    if key in rows.memo:
        known: dict[str, Cell] = rows.memo[key]
        return known
    valid_to = indicator["valid_to"]
    is_valid = indicator["valid_from"] <= period_end(period) and (valid_to is None or period_end(period) <= valid_to)
    level, own = indicator["base_level"], indicator["source_id"]
    upper = figures_at(rows, indicator["numerator_measure_id"], own, level, period) if is_valid else {}
    lower = figures_at(rows, indicator["denominator_measure_id"], indicator["denominator_source_id"], level, period)
    taken = indicator["subtracted_measure_id"]
    less = figures_at(rows, taken, own, level, period) if taken else {}
    found = {}
    for area, part in upper.items():
        below = lower.get(area, _ABSENT)
        minus = less.get(area, _ABSENT) if taken else _NOTHING
        if indicator["kind"] == "weighted_mean":
            parts: tuple[Part, ...] = (part, below)
            numerator = None if None in (part.value, below.value) else _times(part.value, below.value)
        else:
            parts = (part, minus, below)
            numerator = None if part.value is None or minus.value is None else part.value - minus.value
        if indicator["kind"] == "survey":
            parts = (part, below)
        found[area] = Cell(parts, numerator, below.value, part.reference_on, part.n)
    rows.memo[key] = found
    return found


def _times(one: Decimal | None, other: Decimal | None) -> Decimal:
    assert one is not None and other is not None
    return one * other


def process_of(indicator: Row, cells: Mapping[str, Cell]) -> str | None:
    """How chance makes the counts: binomial, poisson, or None where nothing is counted."""
    if indicator["kind"] in ("survey", "level"):
        return None
    lower = next((cell.parts[-1].unit for cell in cells.values() if cell.parts[-1].unit), None)
    upper = next((cell.parts[0].unit for cell in cells.values() if cell.parts[0].unit), None)
    if indicator["scale"] == "share" and lower is not None and lower not in NOT_COUNTED:
        return "binomial"
    is_rate = indicator["kind"] == "ratio" and indicator["scale"] == "ratio"
    return "poisson" if is_rate and upper is not None and upper not in NOT_COUNTED else None


def tolerance_at(rows: Rows, indicator: Row, period: str) -> float:
    """How far a value may lie from the true one: what is declared, and what breaks added up to the period."""
    added = sum(
        float(one["added_tolerance"])
        for one in breaks_of(rows, indicator)
        if one["severity"] == "tolerance" and one["period"] <= period
    )
    return float(indicator["tolerance"]) + added


def rounded_to(rows: Rows, indicator: Row, period: str) -> dict[str, list[float]]:
    """Multiples that figures of the numerator and of the denominator are delivered in, where they are rounded."""
    known = {one["break_id"] for one in breaks_of(rows, indicator)}
    found: dict[str, list[float]] = {"upper": [], "lower": []}
    declared = declared_rows(rows, "breaks.csv") if known else []
    for part, side in (("numerator", "upper"), ("subtracted", "upper"), ("denominator", "lower")):
        measure_id = indicator[f"{part}_measure_id"]
        multiples = [
            float(one["rounded_to"] or 0)
            for one in declared
            if measure_id and one["measure_id"] == measure_id and one["period"] <= period
        ]
        if max(multiples, default=0) > 0:
            found[side].append(max(multiples))
    return found


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
            _note(rows, indicator, row["period"], there)
            rows.memo[key] = _summed(rows, indicator, row, inside, there, process_of(indicator, cells))
    found: dict[str, Any] = rows.memo[key]
    return found


_TARGET = ("area_kind", "area_id", "variant_id", "role", "territory")


def _note(rows: Rows, indicator: Row, period: str, areas: Mapping[str, Any]) -> None:
    """Say which delivered figures were used."""
    for part, source in (
        ("numerator", "source_id"), ("subtracted", "source_id"), ("denominator", "denominator_source_id"),
    ):  # fmt: skip
        key = ("figures", indicator[f"{part}_measure_id"], indicator[source], indicator["base_level"], period)
        known = rows.memo.get(key, {})
        rows.note("fct_measure", [known[area] for area in areas if area in known])


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


def _summed(
    rows: Rows, indicator: Row, row: Row, inside: Mapping[str, Decimal], there: Mapping[str, Cell], process: str | None
) -> dict[str, Any]:
    from tracing.sums import summed

    return summed(rows, indicator, row, inside, there, process)


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
    if is_survey and found["lower"].value is not None:
        # from an effective n of four printed digits
        found |= {end: Within(found[end].value, 2e-6) for end in ("lower", "upper")}
        if indicator["scale"] != "share":
            found |= {"lower": SQUARES, "upper": SQUARES}
    found["effective_n"] = SQUARES if is_survey and row["effective_n"] is not None else None
    found["coverage_pct"] = Within.digits(found.get("coverage_pct"), 4)
    ranks = [_SEVERITY.index(one["severity"]) for one in breaks_of(rows, row) if one["period"] == row["period"]]
    found["comparability_break"] = _SEVERITY[max(ranks)] if ranks else None
    return found | {"unit": indicator["unit"], "source_id": indicator["source_id"]}
