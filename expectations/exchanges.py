"""Exchanges: two areas, or two items, that bear each other's figures in a period.

Each alone may look like a jump within its limits; that both lie where the other was before is no chance.
"""

from itertools import combinations

import numpy as np

from expectations.doubts import Doubt
from expectations.figures import Bools, Figures, Floats, quiet

_ITEMS = 3  # items from which on an area has a profile
_PLACES = 8  # places from which on an item has one
_APART = 3.0  # mean distance, in usual deviations, from which on an area is looked at
_OFF = 0.05  # mean distance of logarithms from which on an item is looked at
_CROSSED = 0.35  # share of the distance that may be left when both are exchanged
_MOST = 40  # areas looked at in a period; more of them out of order is no exchange of two


def exchanged(now: Figures, logs: Floats, suggested: Floats, scale: Floats) -> list[Doubt]:
    """Areas and items that fit each other's place; figures as logarithms, what neighbours in time suggest, deviations."""
    found: list[Doubt] = []
    for t, period in enumerate(now.periods):
        is_known = ~np.isnan(logs[:, :, t]) & ~np.isnan(suggested[:, :, t])
        common = quiet(np.nanmedian, logs[:, :, t] - suggested[:, :, t], 1)
        found += [
            Doubt("exchanged", "", period, now.places[p])
            for pair in _areas(
                logs[:, :, t] - common[:, None],
                suggested[:, :, t],
                0.02 + quiet(np.nanmedian, scale[:, :, t], 1),
                is_known,
            )
            for p in pair
        ]
        found += [
            Doubt("exchanged", now.items[i], period)
            for pair in _items(logs[:, :, t], suggested[:, :, t], is_known)
            for i in pair
        ]
    return found


def _areas(logs: Floats, suggested: Floats, scale: Floats, is_known: Bools) -> list[tuple[int, int]]:
    def distance(one: int, other: int) -> float:
        off = np.abs(logs[:, one] - suggested[:, other]) / scale
        known = is_known[:, one] & is_known[:, other]
        return float(off[known].mean()) if known.sum() >= _ITEMS else np.inf

    if len(scale) < _ITEMS or logs.shape[1] < _PLACES:
        return []
    own = quiet(np.nanmean, np.abs(logs - suggested) / scale[:, None], 0)
    apart = np.flatnonzero((np.nan_to_num(own) > _APART) & (is_known.sum(axis=0) >= _ITEMS))
    if len(apart) > _MOST:
        return []
    return [
        (p, q)
        for p, q in combinations(apart.tolist(), 2)
        if distance(p, q) + distance(q, p) < _CROSSED * (distance(p, p) + distance(q, q))
    ]


def _items(logs: Floats, suggested: Floats, is_known: Bools) -> list[tuple[int, int]]:
    def distance(one: int, other: int) -> float:
        known = is_known[one] & is_known[other]
        return float(np.median(np.abs(logs[one] - suggested[other])[known])) if known.sum() >= _PLACES else np.inf

    off = [i for i in range(len(logs)) if is_known[i].sum() >= _PLACES and distance(i, i) > _OFF]
    return [
        (i, j)
        for i, j in combinations(off, 2)
        if distance(i, j) + distance(j, i) < _CROSSED * (distance(i, i) + distance(j, j))
    ]
