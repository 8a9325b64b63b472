"""Classes of areas by a composite index computed again: fct_area_class and fct_area_class_component.

The method of the Berlin monitoring (STATISTICS section 2): standardise each indicator over the valid areas with divisor n, sum,
standardise again, cut. Does not belong here: values of the indicators (values.py).
"""

import math
from decimal import Decimal
from typing import Any

from tracing.areas import areas_on, members_of_area, period_end
from tracing.cells import STATUSES, figures_at, indicator_of, rank
from tracing.comparing import Within
from tracing.declared import declared_document
from tracing.gaps import is_parted
from tracing.limits import Number
from tracing.rows import Row, Rows
from tracing.values import value_of

_STATUS = ((-1, "high"), (1, "medium"), (1.5, "low"))
_GROUP = {"high": "1", "medium": "2", "low": "3", "very_low": "4"}
_SIGN = {"positive": "+", "stable": "+/-", "negative": "-"}
_GERMAN = {"high": "hoch", "medium": "mittel", "low": "niedrig", "very_low": "sehr niedrig",
           "positive": "positiv", "stable": "stabil", "negative": "negativ"}  # fmt: skip


def index_of(rows: Rows, index_id: str) -> dict[str, Any]:
    """A composite index as it was declared."""
    declared = declared_document(rows, "class_indices.yml") or {}
    return next(one for one in declared.get("indices") or () if one["index_id"] == index_id)


def components_of(index: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    """Dimension, indicator and, where its change counts, over how many years."""
    moving = index.get("dynamics") or index["status"]
    years = index.get("change_over_years")
    return [("status", one, None) for one in index["status"]] + [("dynamics", one, years) for one in moving]


def piece(
    rows: Rows, index: dict[str, Any], dimension: str, indicator_id: str, area_id: str, period: str
) -> dict[str, Any]:
    """What one indicator brings in for one area: value, start and end, status; empty where it has none."""
    key = ("piece", index["index_id"], dimension, indicator_id, area_id, period)
    if key not in rows.memo:
        years = next(each for name, one, each in components_of(index) if (name, one) == (dimension, indicator_id))
        rows.memo[key] = _piece(rows, indicator_id, area_id, period, years)
    found: dict[str, Any] = rows.memo[key]
    return found


def _read_ahead(rows: Rows, index: dict[str, Any], period: str) -> None:
    """What all areas of an index rest on: one query a table instead of one for each indicator and year."""
    components = components_of(index)
    ends = {period, str(index.get("frozen_period") or period)}
    periods = ends | {str(int(end) - years) for end in ends for _, _, years in components if years is not None}
    indicators = tuple(sorted({indicator_id for _, indicator_id, _ in components}))
    rows.read_ahead("fct_indicator_value", indicator_id=indicators, area_kind=("area",), period=tuple(sorted(periods)))
    rests_on = rows.find("dim_indicator", indicator_id=indicators)
    measures = {one[f"{place}_measure_id"] for one in rests_on for place in ("numerator", "denominator", "subtracted")}
    measures |= {index["population"]["measure_id"]}
    rows.read_ahead("fct_measure", measure_id=tuple(sorted(measures - {None})), period=tuple(sorted(periods)))


def _piece(rows: Rows, indicator_id: str, area_id: str, period: str, years: int | None) -> dict[str, Any]:
    def at(year: str) -> list[dict[str, Any]]:
        return rows.of("fct_indicator_value", indicator_id=indicator_id, area_kind="area", area_id=area_id, period=year)

    ended = max(at(period), key=lambda one: one["definition_version"], default=None)
    if ended is None:
        return {}
    end = value_of(rows, ended)
    found: dict[str, Any] = {
        "definition_version": ended["definition_version"], "end_value": end["value"], "value": end["value"],
        "start_period": None, "start_value": None, "is_broken": False, "rank": rank(end["status"]), "_row": ended,
    }  # fmt: skip
    if years is None:
        return found
    start_period = str(int(period) - years)
    begun = next((one for one in at(start_period) if one["definition_version"] == ended["definition_version"]), None)
    start = None if begun is None else value_of(rows, begun)
    is_broken = is_parted(rows, indicator_of(rows, ended), start_period, period)
    change = None
    if start is not None and not is_broken and end["value"] is not None and start["value"] is not None:
        change = end["value"] - start["value"]
    worst = max(rank(end["status"]), rank(start["status"] if start is not None else "missing"))
    return found | {
        "start_period": start_period, "start_value": start and start["value"], "value": change, "is_broken": is_broken,
        "rank": worst,
    }  # fmt: skip


def judged(rows: Rows, index: dict[str, Any], area_id: str, period: str) -> tuple[Decimal | None, str | None]:
    """Residents of an area, and why it cannot be put into a class; None where it can."""
    key = ("judged", index["index_id"], area_id, period)
    if key not in rows.memo:
        rows.memo[key] = _judged(rows, index, area_id, period)
    found: tuple[Decimal | None, str | None] = rows.memo[key]
    return found


def _exceptions(rows: Rows) -> dict[tuple[str, str, str], dict[str, Any]]:
    declared = declared_document(rows, "exceptions.yml") or {}
    listed = declared.get("class_exceptions") or declared.get("exceptions") or ()
    return {(one["index_id"], str(one["period"]), one["area_id"]): one for one in listed if "index_id" in one}


def _judged(rows: Rows, index: dict[str, Any], area_id: str, period: str) -> tuple[Decimal | None, str | None]:
    population = index["population"]
    parts = figures_at(rows, population["measure_id"], population["source_id"], population["level"], period)
    inside = members_of_area(rows, area_id, period, population["level"])
    values = [parts[area].value for area in inside if area in parts and parts[area].value is not None]
    residents = None
    if inside and len(values) == len(inside):
        residents = sum((value for value in values if value is not None), Decimal(0))
    pieces = [piece(rows, index, name, one, area_id, period) for name, one, _ in components_of(index)]
    reason = None
    if (index["index_id"], period, area_id) in _exceptions(rows):
        reason = "excluded_by_decision"
    elif residents is None:
        reason = "population_missing"
    elif residents < population["minimum"]:
        reason = "population_below_minimum"
    elif any(one.get("is_broken") for one in pieces):
        reason = "not_comparable"
    elif any(one.get("value") is None for one in pieces):
        reason = "indicator_missing"
    return residents, reason


def _areas(rows: Rows, index: dict[str, Any], period: str) -> list[str]:
    return [
        one for one, area in areas_on(rows, period_end(period)).items() if area["area_level"] == index["area_level"]
    ]


def moments(
    rows: Rows, index: dict[str, Any], dimension: str, indicator_id: str, version: int, period: str
) -> tuple[int, Number, Number]:
    """Number, mean and standard deviation (divisor n) of an indicator over the valid areas of a period."""
    key = ("moments", index["index_id"], dimension, indicator_id, version, period)
    if key not in rows.memo:
        values = []
        for area in _areas(rows, index, period):
            one = piece(rows, index, dimension, indicator_id, area, period)
            if judged(rows, index, area, period)[1] is None and one.get("definition_version") == version:
                values.append(one["value"])
        rows.memo[key] = _moments(values)
    found: tuple[int, Number, Number] = rows.memo[key]
    return found


def _moments(values: list[float]) -> tuple[int, Number, Number]:
    if not values:
        return 0, None, None
    mean = math.fsum(values) / len(values)
    return len(values), mean, math.sqrt(math.fsum((one - mean) ** 2 for one in values) / len(values))


def z_of(rows: Rows, index: dict[str, Any], dimension: str, indicator_id: str, area_id: str, period: str) -> Number:
    """An indicator of an area in standard deviations from the mean, more being worse; None where there is none."""
    one = piece(rows, index, dimension, indicator_id, area_id, period)
    if not one or judged(rows, index, area_id, period)[1] is not None:
        return None
    frozen = str(index.get("frozen_period") or period)
    indicator = indicator_of(rows, one["_row"])
    _, mean, deviation = moments(rows, index, dimension, indicator_id, one["definition_version"], frozen)
    if mean is None or not deviation or is_parted(rows, indicator, min(frozen, period), max(frozen, period)):
        return None
    sign = -1 if indicator["polarity"] == "higher_is_better" else 1
    return float(sign * (one["value"] - mean) / deviation)


def sum_of(rows: Rows, index: dict[str, Any], dimension: str, area_id: str, period: str) -> Number:
    """Sum over the indicators of a dimension; None without one of them."""
    parts = [
        z_of(rows, index, name, one, area_id, period) for name, one, _ in components_of(index) if name == dimension
    ]
    return None if None in parts else math.fsum(part for part in parts if part is not None)


def index_value(rows: Rows, index: dict[str, Any], dimension: str, area_id: str, period: str) -> Number:
    """The sum standardised once more over the areas that have one."""
    own, frozen = sum_of(rows, index, dimension, area_id, period), str(index.get("frozen_period") or period)
    key = ("index moments", index["index_id"], dimension, frozen)
    if key not in rows.memo:
        sums = [sum_of(rows, index, dimension, area, frozen) for area in _areas(rows, index, frozen)]
        rows.memo[key] = _moments([one for one in sums if one is not None])
    _, mean, deviation = rows.memo[key]
    return None if own is None or mean is None or not deviation else (own - mean) / deviation


def _class(value: Number, dimension: str) -> str | None:
    """The class of an index, compared at twelve digits."""
    if value is None:
        return None
    cut = round(value, 12)
    if dimension == "dynamics":
        return "positive" if cut < -1 else "stable" if cut <= 1 else "negative"
    if cut < -1:
        return "high"
    return next((name for bound, name in _STATUS[1:] if cut <= bound), "very_low")


def component(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_area_class_component."""
    index, area, period = index_of(rows, row["index_id"]), row["area_id"], row["period"]
    dimension, indicator_id = row["dimension"], row["indicator_id"]
    one = piece(rows, index, dimension, indicator_id, area, period)
    names = ("definition_version", "start_period")
    if not one:
        blank = dict.fromkeys((*names, "start_value", "end_value", "value", "unit", "polarity", "valid_area_count",
                               "mean_value", "standard_deviation", "z_value"))  # fmt: skip
        return blank | {"status": "missing"}
    indicator = indicator_of(rows, one["_row"])
    frozen = str(index.get("frozen_period") or period)
    n, mean, deviation = moments(rows, index, dimension, indicator_id, one["definition_version"], frozen)
    is_change = one["start_period"] is not None
    return {
        **{name: one[name] for name in names},
        **{name: Within.digits(one[name], 6) for name in ("start_value", "end_value", "value")},
        "unit": "pp" if is_change and indicator["unit"] == "pct" else indicator["unit"],
        "status": [*STATUSES, "incomplete"][one["rank"]], "polarity": indicator["polarity"],
        "valid_area_count": n or None, "mean_value": Within.digits(mean, 10),
        "standard_deviation": Within.digits(deviation, 10),
        "z_value": Within.digits(z_of(rows, index, dimension, indicator_id, area, period), 6),
    }  # fmt: skip


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_area_class."""
    index, area, period = index_of(rows, row["index_id"]), row["area_id"], row["period"]
    _read_ahead(rows, index, period)
    residents, reason = judged(rows, index, area, period)
    found: dict[str, Any] = {}
    for dimension in ("status", "dynamics"):
        value = index_value(rows, index, dimension, area, period)
        found |= {
            f"{dimension}_sum": Within.digits(sum_of(rows, index, dimension, area, period), 6),
            f"{dimension}_index": Within.digits(value, 6), f"{dimension}_class": _class(value, dimension),
        }  # fmt: skip
    status, dynamics = found["status_class"], found["dynamics_class"]
    is_grouped = status is not None and dynamics is not None
    if reason is None and not is_grouped:
        reason = "not_standardisable"
    return found | {
        "index_name_de": index["name_de"], "index_name_en": index["name_en"], "area_level": index["area_level"],
        "population": residents, "minimum_population": index["population"]["minimum"], "is_valid": reason is None,
        "reason_code": reason, **_reasons(rows, index, area, period, reason),
        "group_id": _GROUP[status] + _SIGN[dynamics] if is_grouped else None,
        "group_name_de": f"Status {_GERMAN[status]}, Dynamik {_GERMAN[dynamics]}" if is_grouped else None,
        "group_name_en": f"status {status.replace('_', ' ')}, dynamics {dynamics}" if is_grouped else None,
        "frozen_period": index.get("frozen_period") and str(index["frozen_period"]),
        "is_frozen": index.get("frozen_period") is not None,
    }  # fmt: skip


def _reasons(rows: Rows, index: dict[str, Any], area: str, period: str, reason: str | None) -> dict[str, Any]:
    if reason == "excluded_by_decision":
        decided = _exceptions(rows)[index["index_id"], period, area]
        return {f"reason_{language}": decided[f"reason_{language}"] for language in ("de", "en")}
    label = rows.one("dim_label", subject="reason_area_class", code=reason) if reason else None
    minimum = str(index["population"]["minimum"])
    return {
        f"reason_{language}": label and label[f"text_{language}"].replace("{minimum_population}", minimum)
        for language in ("de", "en")
    }
