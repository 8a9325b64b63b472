"""What is not there, or is there twice: shares of missing, suppressed, zero and repeated figures per item and period.

Each share is held against the other periods of the same delivery and against the same period as published before.
Something delivered before and now wholly absent is a matter of its own (`blanks`): no night brings that by right.
"""

from collections.abc import Callable
from decimal import Decimal
from itertools import combinations

import numpy as np

from expectations.doubts import Compared, Doubt
from expectations.figures import Bools, Figures, Floats, Ints, any_of, quiet

_TWO = 2  # figures from which on their absence is more than a missing cell
_AT_LEAST = 3  # cells from which on a share is one
_FEW = 8  # places, or items, from which on a copy is none of chance
_WEIGHT_OF_A_COPY = 18.0  # sum of logarithms of the figures of one area from which on equality is no chance
_WEIGHT_OF_ONE = 5.0  # the same of one item, where the place it stood at has changed in the same night
_COPIES = 3  # areas from which on copies are doubted
_STEP = 3  # a count that usually changes by less may stay the same by chance
_ALL = 0.9  # share of figures that stay the same when a column is delivered again
_PART = 0.75  # the same among figures that usually move
_MOVING = 0.2  # share of figures that usually stay the same, below which an item moves


def blanks(compared: Compared[Figures]) -> list[Doubt]:
    """Periods, items and areas without any figure, or gone altogether, that others or the published ones have."""
    now, before = compared.now, compared.before
    is_figure = ~np.isnan(now.values) | now.is_suppressed
    found = []
    for axes, names, what in _axes(now):
        is_untold = any_of(now.is_blank, axes) & ~any_of(is_figure, axes) & (now.is_row.sum(axis=axes) >= _TWO)
        found += [_at(f"blank_{what}", what, names[n]) for n in np.flatnonzero(is_untold)]
    told_of, blank_of = any_of(is_figure, 1), any_of(now.is_blank, 1)
    for i, item in enumerate(now.items):  # an item without any figure in one period that has some in others
        for t in np.flatnonzero(~told_of[i] & blank_of[i]):
            if told_of[i].any() and told_of[:, t].any():
                found.append(Doubt("blank_item", item, now.periods[t]))
    return found + (_gone(now, before, is_figure) if before is not None else [])


def _axes(figures: Figures) -> list[tuple[tuple[int, int], tuple[str, ...], str]]:
    """Periods, items and areas, each with the two other axes; organisations come and go by right."""
    found = [((0, 1), figures.periods, "period"), ((1, 2), figures.items, "item"), ((0, 2), figures.places, "area")]
    return found if figures.is_area else found[:2]


def _at(reason: str, axis: str, name: str) -> Doubt:
    return Doubt(
        reason,
        item=name if axis == "item" else "",
        period=name if axis == "period" else "",
        place=name if axis == "area" else "",
    )


def _gone(now: Figures, before: Figures, is_figure: Bools) -> list[Doubt]:
    """What was published and has no figure any more."""
    was_figure = ~np.isnan(before.values) | before.is_suppressed
    here = now.aligned_to(before)
    has = ~np.isnan(here.values) | here.is_suppressed
    found: list[Doubt] = []
    for axes, names, what in _axes(before):
        gone = any_of(was_figure, axes) & ~any_of(has, axes) & (was_figure.sum(axis=axes) >= _TWO)
        found += [_at(f"gone_{what}", what, names[n]) for n in np.flatnonzero(gone)]
    of_item = any_of(was_figure, 1) & ~any_of(has, 1)
    periods = any_of(has, (0, 1))
    found += [
        Doubt("gone_item", before.items[i], before.periods[t])
        for i, t in np.argwhere(of_item)
        if periods[t] and has[i].any()
    ]
    # An area that was published in the year before, and has no figure in a new one.
    new = [t for t, period in enumerate(now.periods) if period not in before.periods]
    for t in new:
        if t and is_figure[:, :, t].any():
            places = any_of(is_figure[:, :, t - 1], 0) & ~any_of(is_figure[:, :, t], 0)
            if now.is_area and now.is_row[:, places, t].any():
                found += [Doubt("gone_area", "", now.periods[t], now.places[p]) for p in np.flatnonzero(places)]
    return found


def newest(compared: Compared[Figures]) -> list[Doubt]:
    """The newest period where it has rows with signs alone: official tables come so before a year is loaded."""
    now = compared.now
    told = any_of(~np.isnan(now.values) | now.is_suppressed, (0, 1))
    is_empty = len(told) > 1 and bool(told[:-1].any()) and not told[-1] and not now.is_blank[:, :, -1].any()
    return [Doubt("blank_period", "", now.periods[-1])] if is_empty else []


def gaps(compared: Compared[Figures]) -> list[Doubt]:
    """Item and period with clearly more missing, suppressed or zero figures than its other periods or than published."""
    now, before, limits = compared.now, compared.before, compared.asked.expected
    found = []
    asked: tuple[tuple[str, Decimal, Callable[[Figures], Bools]], ...] = (
        ("missing", limits.missing_points, lambda figures: figures.is_missing),
        ("suppressed", limits.suppressed_points, lambda figures: figures.is_suppressed),
        ("zero", limits.zero_points, lambda figures: np.asarray(figures.values == 0)),
    )
    for reason, points, marks in asked:
        rows = now.is_row.sum(axis=1)
        share, count = _shares(marks(now), now.is_row)
        usual = _of_others(share)
        known = None
        if before is not None:
            old = before.aligned_to(now)
            known = _shares(marks(old), old.is_row)[0]
            known = np.where(np.isnan(known), usual, known)
        for i, t in np.argwhere((count >= _AT_LEAST) & (rows >= _FEW)):
            limit = float(points) / 100
            is_unusual = share[i, t] > _or_zero(usual[i, t]) + limit and _is_no_trend(share[i], t, limit)
            is_unlike = known is not None and share[i, t] > _or_zero(known[i, t]) + limit
            if is_unusual or is_unlike:
                found.append(Doubt(reason, now.items[i], now.periods[t]))
    return found


def _shares(marked: Bools, is_row: Bools) -> tuple[Floats, Ints]:
    rows, count = is_row.sum(axis=1), (marked & is_row).sum(axis=1)
    with np.errstate(all="ignore"):
        return np.where(rows > 0, count / np.maximum(rows, 1), np.nan), count


def _of_others(share: Floats) -> Floats:
    """Per period the largest share among the two periods next to it on either side."""
    periods = share.shape[1]
    usual = np.full(share.shape, np.nan)
    for t in range(periods):
        around = [n for n in (t - 2, t - 1, t + 1, t + 2) if 0 <= n < periods]
        if around:
            usual[:, t] = quiet(np.nanmedian, share[:, around], 1)
    return usual


def _is_no_trend(share: Floats, t: int, limit: float) -> bool:
    """Whether neither neighbour is as high: the first years of a series that begins at nothing differ by right."""
    neighbours = [share[n] for n in (t - 1, t + 1) if 0 <= n < len(share) and not np.isnan(share[n])]
    is_edge = bool(np.isnan(share[:t]).all())
    return bool(neighbours) and not is_edge and share[t] > max(neighbours) + limit


def _or_zero(value: float) -> float:
    return 0.0 if np.isnan(value) else float(value)


def repeats(compared: Compared[Figures]) -> list[Doubt]:
    """Figures of the period before under this period's name, and areas with the figures of another."""
    now, asked = compared.now, compared.asked
    found = _frozen(now, float(asked.expected.repeated_points) / 100)
    copies = [] if found else _copied(now)
    return found + copies + ([] if compared.before is None else _exchanged_periods(now, compared.before))


def _exchanged_periods(now: Figures, before: Figures) -> list[Doubt]:
    """Items of which two periods bear each other's figures, as they were published, in every place.

    A period that is new has none published: it bears those of another one that is no longer as it was.
    """
    old, found = before.aligned_to(now).values, []
    is_new = np.array([period not in before.periods for period in now.periods])
    for one, other in combinations(range(len(now.periods)), 2):
        is_known = ~np.isnan(old[:, :, one]) & (~np.isnan(old[:, :, other]) | is_new[other])
        is_crossed = (now.values[:, :, other] == old[:, :, one]) & (
            (now.values[:, :, one] == old[:, :, other]) | is_new[other]
        )
        moved = (now.values[:, :, one] != old[:, :, one]) & is_known
        weight = np.where(moved, np.log1p(np.abs(np.nan_to_num(old[:, :, one]))), 0).sum(axis=1)
        is_exchanged = (weight > np.where(is_new[other], _WEIGHT_OF_ONE, 0)) & (is_crossed | ~is_known).all(axis=1)
        found += [Doubt("periods exchanged", now.items[i], now.periods[other]) for i in np.flatnonzero(is_exchanged)]
    return found


def _frozen(now: Figures, points: float) -> list[Doubt]:
    """Items and periods in which more figures than usual equal those of the period before."""
    steps = np.abs(np.diff(now.values, axis=2))
    is_pair = ~np.isnan(steps) & (now.values[:, :, 1:] != 0)
    is_moving = quiet(np.nanmedian, steps, 2)[:, :, None] >= np.where(now.is_whole, _STEP, 0)[:, None, None]
    share, usual, pairs = _same(is_pair, steps)
    found = set(map(tuple, np.argwhere((pairs >= _FEW) & (share >= np.maximum(_ALL, usual[:, None] + points)))))
    in_part, usual_part, pairs_part = _same(is_pair & is_moving, steps)
    limit = np.maximum(_PART, usual_part[:, None] + points)
    found |= set(map(tuple, np.argwhere((pairs_part >= _FEW) & (in_part >= limit))))
    # Few places: all items that usually move stand still in the same period.
    if len(now.places) < _FEW:
        moving = np.nan_to_num(usual, nan=1.0) < _MOVING
        for t in range(len(now.periods) - 1):
            asked_items = moving & (pairs[:, t] > 0)
            weight = np.log1p(np.abs(np.nan_to_num(now.values[asked_items, :, t + 1]))).sum()
            if asked_items.any() and (share[asked_items, t] == 1).all() and weight > _WEIGHT_OF_A_COPY / 2.5:
                found |= {(int(i), t) for i in np.flatnonzero(asked_items)}
    return [Doubt("frozen", now.items[i], now.periods[t + 1]) for i, t in sorted(found)]


def _same(is_pair: Bools, steps: Floats) -> tuple[Floats, Floats, Ints]:
    """Share of pairs of neighbouring periods that are equal, what is usual for the item, and how many pairs there are."""
    pairs = is_pair.sum(axis=1)
    with np.errstate(all="ignore"):
        share = np.where(pairs > 0, (is_pair & (steps == 0)).sum(axis=1) / np.maximum(pairs, 1), np.nan)
    return share, quiet(np.nanmedian, share, 1), pairs


def _copied(now: Figures) -> list[Doubt]:
    """Areas whose figures, all items that move together, are those of another area or period."""
    if len(now.places) < _FEW:
        return []
    values = now.values
    moves = quiet(np.nanmean, (values[:, :, 1:] != values[:, :, :-1]).astype(float), (1, 2)) > _MOVING
    block = values[moves]
    seen: dict[bytes, tuple[int, int]] = {}
    copies: dict[int, list[int]] = {}
    for t in range(len(now.periods)):
        for p in range(len(now.places)):
            figures = block[:, p, t]
            known = figures[~np.isnan(figures)]
            if len(known) < 3 or np.log1p(np.abs(known)).sum() < _WEIGHT_OF_A_COPY:
                continue
            if (first := seen.setdefault(figures.tobytes(), (p, t))) != (p, t):
                copies.setdefault(t, []).append(p)
                del first
    return [
        Doubt("copied", "", now.periods[t], now.places[p])
        for t, places in copies.items()
        if len(places) >= _COPIES
        for p in places
    ]
