"""Sums: declared parts against their whole, items against those of another source, rows that are the sum of all others, and how many places report."""

import numpy as np

from expectations.doubts import Compared, Doubt
from expectations.figures import Figures, Floats, figures_of, quiet

_FEW = 8  # places from which on a sum of the others is one
_AROUND = 2  # periods on either side that say what is usual


def sums(compared: Compared[Figures]) -> list[Doubt]:
    """Areas and periods in which declared parts do not make the whole, beyond the rounding the publisher applies."""
    now, asked = compared.now, compared.asked
    at = {item: n for n, item in enumerate(now.items)}
    found = []
    for declared in asked.expected.sums:
        if declared.whole not in at or not all(part in at for part in declared.parts):
            continue  # what is missing is the business of completeness
        parts = now.values[[at[part] for part in declared.parts]].sum(axis=0)
        tolerance = float(declared.rounding) / 2 * (len(declared.parts) + 1) + 1e-6
        with np.errstate(all="ignore"):
            is_unequal = np.abs(parts - now.values[at[declared.whole]]) > tolerance
        found += [Doubt("unequal", declared.whole, now.periods[t], now.places[p]) for p, t in np.argwhere(is_unequal)]
    return found


def agreements(compared: Compared[Figures]) -> list[Doubt]:
    """Areas and periods in which another source tells something else of the same quantity, beyond the declared band."""
    now, found = compared.now, []
    for declared in compared.asked.expected.agreements:
        rows = compared.asked.published.get(declared.table)
        if rows is None or not rows.num_rows or declared.item not in now.items:
            continue
        other = figures_of(rows)
        mine = now.values[now.items.index(declared.item)]
        places = now.places
        if declared.area is not None:
            is_whole = ~np.isnan(mine).any(axis=0)
            mine = np.where(is_whole, mine.sum(axis=0), np.nan)[None, :]
            places = (declared.area,)
        theirs = _in(other, declared.other_item, places, now.periods)
        with np.errstate(all="ignore"):
            is_off = np.abs(mine - theirs) > float(declared.band_pct) / 100 * np.abs(theirs)
        found += [Doubt("disagreeing", declared.item, now.periods[t], places[p]) for p, t in np.argwhere(is_off)]
    return found


def _in(figures: Figures, item: str, places: tuple[str, ...], periods: tuple[str, ...]) -> Floats:
    """Figures of an item in these places and periods; nan where there is none."""
    values = np.full((len(places), len(periods)), np.nan)
    if item in figures.items:
        block = figures.values[figures.items.index(item)]
        for p, place in enumerate(places):
            for t, period in enumerate(periods):
                if place in figures.places and period in figures.periods:
                    values[p, t] = block[figures.places.index(place), figures.periods.index(period)]
    return values


def totals(compared: Compared[Figures]) -> list[Doubt]:
    """Rows that hold the sum of all other rows of their period, in most of their items."""
    now = compared.now
    found = []
    for t, period in enumerate(now.periods):
        block = now.values[:, :, t]
        known = (~np.isnan(block)).sum(axis=1) >= _FEW
        block = block[known]
        if not len(block):
            continue
        others = quiet(np.nansum, block, 1)[:, None] - block
        with np.errstate(all="ignore"):
            is_sum = (np.abs(block - others) <= np.maximum(0.5, 0.005 * others)) & (block > 0)
        places = np.flatnonzero(is_sum.sum(axis=0) >= max(1, (len(block) + 1) // 2))
        found += [Doubt("total_row", "", period, now.places[p]) for p in places]
    return found


def reporters(compared: Compared[Figures]) -> list[Doubt]:
    """Periods in which fewer or more places report than in those around, or than published for the same period."""
    now, before, asked = compared.now, compared.before, compared.asked
    counts = (now.is_row.any(axis=0)).sum(axis=0).astype(float)
    limits = asked.expected
    lowest, highest = 1 - float(limits.fewer_pct) / 100, 1 + float(limits.more_pct) / 100
    old = {} if before is None else dict(zip(before.periods, before.is_row.any(axis=0).sum(axis=0), strict=True))
    found = []
    for t, period in enumerate(now.periods):
        around = [counts[n] for n in range(max(0, t - _AROUND), min(len(counts), t + _AROUND + 1)) if n != t]
        known = ([float(np.median(around))] if around else []) + ([float(old[period])] if period in old else [])
        if any(counts[t] < lowest * usual for usual in known):
            found.append(Doubt("fewer", "", period))
        elif any(counts[t] > highest * usual for usual in known if usual):
            found.append(Doubt("more", "", period))
    return found
