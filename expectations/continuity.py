"""Continuity: a figure against its neighbours in time and against the same figure as published before.

Three sizes of the same question, on a logarithmic scale: one cell, a whole item of a period, and the order of the
areas. Limits learn from the series: a figure is doubted when it lies beyond `deviations` times what is usual for its
item and beyond a declared floor. Whatever the neighbours suggest counts as near: their median, and the straight line
through the two before or after, so that trends and series that begin at nothing raise no doubt.
"""

import numpy as np

from expectations.doubts import Asked, Compared, Doubt
from expectations.exchanges import exchanged
from expectations.figures import Bools, Figures, Floats, quiet

_FEW = 8  # places from which on the median over places says something about the item
_TO_SIGMA = 1.4826  # from a median of absolute deviations to a standard deviation
_DISORDER = 2.5  # how many times the usual scatter over areas is no scatter any more
_LEAST_DISORDER = 0.08
_SUGGESTIONS = 4
_OFTEN, _SMALL = 0.1, 10  # zeros of a share of all places, or beside figures as small as that, are no jumps


def continuity(compared: Compared[Figures]) -> list[Doubt]:
    """Doubts on whole items of a period, on the order of their areas, and on single figures."""
    now, before, asked = compared.now, compared.before, compared.asked
    logs = _logs(now)
    scale = _usual(now, logs)
    suggested = _suggested(logs)
    found = _doubts(now, logs, suggested, scale, asked, "", 3)
    found += exchanged(now, logs, suggested[0], scale)
    if before is not None:
        published = _logs_like(now, before.aligned_to(now))
        found += _doubts(now, logs, published[None], scale, asked, " against what was published", 0)
        found += exchanged(now, logs, published, scale)
    return found


def _doubts(
    now: Figures, logs: Floats, suggested: Floats, scale: Floats, asked: Asked, against: str, least_periods: int
) -> list[Doubt]:
    deviations = float(asked.expected.deviations)
    off = logs[None] - suggested  # suggestion × item × place × period
    common = quiet(np.nanmedian, off, 2)
    item_off = _nearest(common)
    own = off - np.where(_is_many(off), common, 0)[:, :, None, :]
    cell_off = _nearest(own)
    disorder = _nearest(quiet(np.nanmedian, np.abs(own), 2))
    found: list[Doubt] = []
    for i, item in enumerate(now.items):
        places = (~np.isnan(cell_off[i])).sum(axis=0)
        item_floor, cell_floor = asked.floors(item)
        usual = _TO_SIGMA * _median(np.abs(item_off[i])) if not against else 0
        limit = max(item_floor, deviations * usual)
        jumping = np.abs(item_off[i]) > limit
        jumping &= (places >= 1) & (np.isfinite(item_off[i]).sum() >= least_periods)
        usual_disorder = scale_of_order = _median(disorder[i]) if not against else _median(scale[i])
        mixed = (disorder[i] > max(_LEAST_DISORDER, _DISORDER * usual_disorder)) & (places >= _FEW)
        if against:
            mixed |= (disorder[i] > _LEAST_DISORDER) & (disorder[i] > scale_of_order) & (places >= _FEW)
        mixed &= ~jumping
        cell_limit = np.maximum(cell_floor, deviations * scale[i])
        cells = (np.abs(cell_off[i]) > cell_limit) & ~(jumping | mixed)[None, :] & (places >= _FEW)[None, :]
        for name, periods in (("jump", jumping), ("disorder", mixed)):
            found += [Doubt(name + against, item, now.periods[t]) for t in np.flatnonzero(periods)]
        found += [Doubt("cell" + against, item, now.periods[t], now.places[p]) for p, t in np.argwhere(cells)]
    return found


def _logs(figures: Figures) -> Floats:
    """Logarithms; a zero is left to the rules of shares unless every other figure of its series is well above it."""
    return _logs_like(figures, figures)


def _logs_like(base: Figures, figures: Figures) -> Floats:
    """Logarithms of figures as the items of `base` are scaled: counts by one, other units by a part of their size."""
    size = quiet(np.nanmedian, np.abs(base.values), (1, 2))
    unit = np.where(base.is_whole, 1.0, np.maximum(np.nan_to_num(size) / 100, 1e-9))[:, None, None]
    with np.errstate(all="ignore"):
        logs = np.log(np.abs(figures.values) + unit) - np.log(unit)
    logs = np.where(figures.values < 0, -logs, logs)
    is_often_zero = quiet(np.nanmean, (base.values == 0).astype(float), 1)[:, None, :] > _OFTEN  # per item and period
    is_small = quiet(np.nanmedian, np.abs(base.values), 2)[:, :, None] < _SMALL * unit
    return np.where((figures.values == 0) & (is_often_zero | is_small), np.nan, logs)


def _suggested(logs: Floats) -> Floats:
    """What the neighbours in time suggest: their median and the lines through them; suggestion × the block."""
    count = logs.shape[2]
    suggestions = np.full((_SUGGESTIONS, *logs.shape), np.nan)
    for t in range(count):
        around = [n for n in (t - 2, t - 1, t + 1, t + 2) if 0 <= n < count]
        if len(around) < 3:
            around = [n for n in range(max(0, t - 3), min(count, t + 4)) if n != t]
        if around:
            suggestions[0, :, :, t] = quiet(np.nanmedian, logs[:, :, around], 2)
        for which, (near, far) in ((1, (t - 1, t - 2)), (2, (t + 1, t + 2))):
            if 0 <= near < count and 0 <= far < count:
                level = np.exp(logs[:, :, near]) * 2 - np.exp(logs[:, :, far])
                with np.errstate(all="ignore"):
                    suggestions[which, :, :, t] = np.log(np.where(level > 0, level, np.nan))
        if 0 < t < count - 1:
            suggestions[3, :, :, t] = (logs[:, :, t - 1] + logs[:, :, t + 1]) / 2
    return suggestions


def _usual(figures: Figures, logs: Floats) -> Floats:
    """How far a figure of this item and size usually lies from what its neighbours suggest: a standard deviation."""
    suggested = _suggested(logs)[:1]
    off = logs[None] - suggested
    own = (off - np.where(_is_many(off), quiet(np.nanmedian, off, 2), 0)[:, :, None, :])[0]
    chance = np.where(figures.is_whole[:, None, None], 1 / np.maximum(np.exp(suggested[0]), 1), 0)  # of a count
    with np.errstate(all="ignore"):
        standard = _TO_SIGMA * quiet(np.nanmedian, np.abs(own) / np.sqrt(1e-6 + chance), (1, 2))
        steady = _TO_SIGMA * quiet(np.nanmedian, np.abs(own), (1, 2))
    # Small counts jump by chance, large ones by the noise of the item: whichever is larger, never less than chance.
    by_chance = np.sqrt(chance * np.maximum(1, np.minimum(standard, 3)[:, None, None] ** 2))
    return np.asarray(np.sqrt(steady[:, None, None] ** 2 + by_chance**2))


def _is_many(off: Floats) -> Bools:
    return np.asarray((~np.isnan(off)).sum(axis=2) >= _FEW)


def _nearest(off: Floats) -> Floats:
    """Over the suggestions the one that lies nearest, with its sign; nan where there is none."""
    distance = np.where(np.isnan(off), np.inf, np.abs(off))
    chosen = np.take_along_axis(off, distance.argmin(axis=0)[None], axis=0)[0]
    return np.asarray(chosen)


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0
