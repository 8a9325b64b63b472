"""What single areas bring into a value of an indicator: figures of its parts, as delivered and corrected, in one period.

Also how far such figures may be rounded and how chance makes them. Sums over areas stand in sums.py. Does not belong here:
limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tracing.areas import period_end
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


def note_used(rows: Rows, indicator: Row, period: str, areas: Mapping[str, Any]) -> None:
    """Say which delivered figures were used."""
    for part, source in (
        ("numerator", "source_id"), ("subtracted", "source_id"), ("denominator", "denominator_source_id"),
    ):  # fmt: skip
        key = ("figures", indicator[f"{part}_measure_id"], indicator[source], indicator["base_level"], period)
        known = rows.memo.get(key, {})
        rows.note("fct_measure", [known[area] for area in areas if area in known])
