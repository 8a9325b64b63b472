"""Parts a change of a value is made of, computed again from delivered figures: fct_change_decomposition.

The value of an area set is a sum over areas and age groups of share times age structure times rate (Das Gupta 1993); here each
effect is the mean over the orders in which the three factors can move. Also the baseline at later denominators.
"""

import math
from collections import defaultdict
from itertools import permutations, product
from typing import Any

from tracing.areas import members_of_set, period_end
from tracing.cells import cells_of, figures_at, indicator_of
from tracing.comparing import Within
from tracing.declared import baselines, declared_rows
from tracing.gap_changes import Change, word_of_change
from tracing.gaps import Pair, is_parted, side
from tracing.rows import Row, Rows

_FACTORS = ("share", "age", "rate")
_COMPONENTS = {"within": "rate", "mix": "share", "age": "age"}
Groups = dict[tuple[str, str], tuple[float, float]]  # area and age group → numerator and denominator


def groups_of(rows: Rows, indicator: Row, period: str) -> Groups:
    """Numerator and denominator by area and age group of the base level, where both are known."""
    key = ("groups", indicator["indicator_id"], indicator["definition_version"], period)
    if key in rows.memo:
        known: Groups = rows.memo[key]
        return known
    strata = [one for one in declared_rows(rows, "age_strata.csv") if one["indicator_id"] == indicator["indicator_id"]]
    found: Groups = {}
    if not strata:
        for area, cell in cells_of(rows, indicator, period).items():
            if cell.upper is not None and cell.lower is not None:
                found[area, "all"] = float(cell.upper), float(cell.lower)
    valid_to = indicator["valid_to"]
    is_valid = indicator["valid_from"] <= period_end(period) and (valid_to is None or period_end(period) <= valid_to)
    for one in strata if is_valid else ():
        level, own = indicator["base_level"], indicator["source_id"]
        upper = figures_at(rows, one["numerator_measure_id"], own, level, period)
        lower = figures_at(rows, one["denominator_measure_id"], indicator["denominator_source_id"], level, period)
        taken = one.get("subtracted_numerator_measure_id") or None
        less = figures_at(rows, taken, own, level, period) if taken else {}
        for area, part in upper.items():
            below, minus = lower.get(area), less.get(area)
            if part.value is None or below is None or below.value is None:
                continue
            if taken and (minus is None or minus.value is None):
                continue
            off = float(minus.value) if minus is not None and minus.value is not None else 0.0
            found[area, one["stratum_id"]] = float(part.value) - off, float(below.value)
    rows.memo[key] = found
    return found


def effects_of(rows: Rows, pair: Pair, variant_id: str, role: str, period: str) -> dict[str, float] | None:
    """Effects of share, age and rate since the deciding baseline; None where there is no single year, or no pair."""
    key = ("effects", pair.key[:2], variant_id, role, period)
    if key not in rows.memo:
        rows.memo[key] = _effects(rows, pair.indicator, variant_id, role, period)
    found: dict[str, float] | None = rows.memo[key]
    return found


def _effects(rows: Rows, indicator: Row, variant_id: str, role: str, period: str) -> dict[str, float] | None:
    first, last, _ = baselines(rows).get(indicator["baseline_id"], ("", "-", True))
    if first != last or period <= first or is_parted(rows, indicator, first, period):
        return None
    if indicator["kind"] not in ("ratio", "weighted_mean"):
        return None
    early, late = groups_of(rows, indicator, first), groups_of(rows, indicator, period)
    inside = members_of_set(rows, variant_id, role, "today", period, indicator["base_level"])
    both = [key for key in late if key in early and key[0] in inside]
    if not both:
        return None
    whole = [_areas(early, both), _areas(late, both)]
    weight = {area: float(inside[area]) for area in inside}
    total = [math.fsum(weight[area] * one[area] for area in one) for one in whole]
    states: dict[str, tuple[dict[Any, float], dict[Any, float]]] = {name: ({}, {}) for name in _FACTORS}
    for area, group in both:
        key = (area, group)
        pairs = [early[key], late[key]]
        ages = [_divided(one[1], whole[time][area]) for time, one in enumerate(pairs)]
        rates = [_divided(*one) for one in pairs]
        for time in (0, 1):
            states["share"][time][key] = weight[area] * whole[time][area] / total[time] if total[time] else 0.0
            states["age"][time][key] = _first(ages[time], ages[1 - time])
            states["rate"][time][key] = _first(rates[time], rates[1 - time])

    def at(moved: tuple[int, ...]) -> float:
        parts = [states[name][time] for name, time in zip(_FACTORS, moved, strict=True)]
        return math.fsum(parts[0][key] * parts[1][key] * parts[2][key] for key in both)

    corner = {moved: at(moved) for moved in product((0, 1), repeat=3)}
    effects = dict.fromkeys(_FACTORS, 0.0)
    orders = list(permutations(range(3)))
    for order in orders:
        moved = [0, 0, 0]
        for place in order:
            before = corner[tuple(moved)]
            moved[place] = 1
            effects[_FACTORS[place]] += (corner[tuple(moved)] - before) / len(orders)
    factor = float(indicator["factor"])
    return {
        **{name: factor * effect for name, effect in effects.items()},
        "at_later_weights": factor * corner[1, 0, 0],
        "groups": float(len({group for _, group in both})),
    }


def _areas(groups: Groups, both: list[tuple[str, str]]) -> dict[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    for key in both:
        found[key[0]].append(groups[key][1])
    return {area: math.fsum(parts) for area, parts in found.items()}


def _divided(one: float, other: float) -> float | None:
    return one / other if other else None


def _first(*values: float | None) -> float:
    return next((value for value in values if value is not None), 0.0)


def later_weights(rows: Rows, pair: Pair, period: str, change: Change) -> tuple[float, str | None] | None:
    """Change since the deciding baseline with the later denominators held in both, and its word; None where there is none."""
    if change.worse is None or change.now.gap is None:
        return None
    own = effects_of(rows, pair, pair.variant_id, "programme", period)
    is_set = pair.comparator not in ("rest", "city")
    variant, role = (pair.comparator, "comparison") if is_set else (pair.variant_id, pair.comparator)
    other = effects_of(rows, pair, variant, role, period)
    if own is None or other is None:
        return None
    moved = change.now.gap - (own["at_later_weights"] - other["at_later_weights"])
    return moved, word_of_change(change, moved)


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_change_decomposition."""
    indicator = indicator_of(rows, row)
    pair = Pair(indicator, row["variant_id"], row["role"])
    effects = effects_of(rows, pair, row["variant_id"], row["role"], row["period"])
    sides = [side(rows, pair, row["variant_id"], row["role"], year) for year in (row["baseline_period"], row["period"])]
    assert effects is not None and sides[0] is not None and sides[1] is not None, row
    change = sides[1]["value"] - sides[0]["value"]
    if row["component"] == "not_observed":
        effect = change - sum(effects[name] for name in _FACTORS)
    else:
        effect = effects[_COMPONENTS[row["component"]]]
    return {
        "effect": Within(effect, 1e-9), "change": Within(change, 1e-9),
        "change_unit": "pp" if indicator["unit"] == "pct" else indicator["unit"],
    }  # fmt: skip
