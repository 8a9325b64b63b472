"""What a gap owes to other gaps: the same word for all variants, baselines and weightings, and Holm's correction.

Works on the printed words and limits of fct_development_gap itself, as its readers can. Does not belong here: single gaps.
"""

from statistics import NormalDist
from typing import Any

from tracing.comparing import Within
from tracing.declared import settings
from tracing.decomposition import later_weights
from tracing.gap_changes import Change, changed
from tracing.gaps import Pair, readings_of
from tracing.limits import Z
from tracing.rows import Row, Rows

ONE_SIDED_ERROR = 0.025
_BEYOND = 1e9
_WORDS = ("narrowed", "unchanged", "widened", "undecidable")


def of_row(rows: Rows, row: Row, indicator: Row, pair: Pair, change: Change) -> dict[str, Any]:
    """Columns of a row of fct_development_gap that other rows have a say in."""
    later = later_weights(rows, pair, row["period"], change) if row["baseline_id"] == indicator["baseline_id"] else None
    is_asked = change.is_later and change.has_own_verdict
    return {
        "verdict_comparator": row["comparator"] if change.has_own_verdict else "rest",
        "change_at_later_weights": None if later is None else later[0],
        "is_verdict_stable": _is_stable(rows, row, indicator, pair) if is_asked else None,
        "is_widened_adjusted": _adjusted(rows, row).get(row["indicator_id"]) if indicator["is_headline"] else None,
    }


def _asked_together(rows: Rows, variant_id: str) -> list[str]:
    purposes = {one["variant_id"]: one["purpose"] for one in settings(rows)["variants"]}
    if purposes[variant_id] != "programme":
        return [variant_id]
    return [variant for variant, purpose in purposes.items() if purpose == "programme"]


def _is_stable(rows: Rows, row: Row, indicator: Row, pair: Pair) -> bool | None:
    """Whether all that were asked say the same; None where none said anything."""
    together = tuple(_asked_together(rows, row["variant_id"]))
    key = ("stable", pair.key[:2], together, row["comparator"], row["period"])
    if key in rows.memo:
        known: bool | None = rows.memo[key]
        return known
    said = {
        one["verdict"]
        for one in rows.of(
            "fct_development_gap", indicator_id=row["indicator_id"], definition_version=row["definition_version"],
            comparator=row["comparator"], period=row["period"], variant_id=together,
        )
        if one["verdict"] is not None
    }  # fmt: skip
    readings = readings_of(rows, pair, row["period"])
    reading = next(name for name, decides in readings.items() if decides)
    for variant in together:
        other = Pair(indicator, variant, row["comparator"])
        change = changed(rows, other, indicator["baseline_id"], row["period"], reading, False)
        later = None if change is None else later_weights(rows, other, row["period"], change)
        if later is not None and later[1] is not None:
            said.add(later[1])
    rows.memo[key] = len(said) == 1 if said else None
    found: bool | None = rows.memo[key]
    return found


def _family(rows: Rows, row: Row) -> list[dict[str, Any]]:
    """Headline gaps of one variant, comparator, baseline and period that have a word."""
    headlines = {one["indicator_id"] for one in rows.find("dim_indicator") if one["is_headline"]}
    return [
        one
        for one in rows.of(
            "fct_development_gap", variant_id=row["variant_id"], comparator=row["comparator"],
            baseline_id=row["baseline_id"], period=row["period"],
        )
        if one["indicator_id"] in headlines and one["verdict"] is not None
    ]  # fmt: skip


def _adjusted(rows: Rows, row: Row) -> dict[str, bool | None]:
    """Holm (1979): the furthest beyond its margin is asked with the strictest error, and the first that fails ends it."""
    key = ("holm", row["variant_id"], row["comparator"], row["baseline_id"], row["period"])
    if key in rows.memo:
        known: dict[str, bool | None] = rows.memo[key]
        return known
    family = _family(rows, row)
    lengths = {one["indicator_id"]: _beyond(one) for one in family}
    ordered = sorted(family, key=lambda one: (-_or_least(lengths[one["indicator_id"]]), one["indicator_id"]))
    found: dict[str, bool | None] = {}
    holds = True
    for position, one in enumerate(ordered):
        z = lengths[one["indicator_id"]]
        critical = NormalDist().inv_cdf(1 - ONE_SIDED_ERROR / (len(ordered) - position))
        holds = holds and z is not None and z > critical
        found[one["indicator_id"]] = None if z is None else holds
    rows.memo[key] = found
    return found


def _or_least(z: float | None) -> float:
    return -2 * _BEYOND if z is None else z


def _beyond(row: Row) -> float | None:
    """Standard errors a change lies beyond its margin."""
    change, lower, margin = row["disadvantage_change"], row["disadvantage_change_lower"], row["margin"]
    if change is None or lower is None:
        return None
    if change > lower:
        return float((change - margin) * Z / (change - lower))
    return _BEYOND if change > margin else -_BEYOND


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_gap_family: its members counted by their words."""
    family = _family(rows, row)
    tested = sum(one["disadvantage_change"] is not None for one in family)
    return {
        "headline_count": len(family), "tested_count": tested,
        **{f"{name}_count": sum(one["verdict"] == name for one in family) for name in _WORDS},
        "widened_adjusted_count": sum(one["is_widened_adjusted"] is True for one in family),
        "widened_expected_by_chance": Within.digits(ONE_SIDED_ERROR * tested, 6),
    }  # fmt: skip
