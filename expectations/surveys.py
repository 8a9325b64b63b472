"""Surveys: answers per wave, shares of codes, weights, and whether each respondent counts once."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from expectations.doubts import Compared, Doubt

_NONE = "–"  # no answer code
_NO_COMPANY = {_NONE, "no_answer"}  # codes nothing goes with
_AROUND = 3  # waves on either side that say what is usual
_TWICE = 0.03  # share of respondents that may equal another one in everything
_USED = 0.02  # share of respondents from which on a code that nobody gives any more is doubted
_PROFILE = 0.1  # distance of what goes with an answer from which on it may be another answer's
_SEVERAL = 10  # respondents of an area in each wave near to one, from which on none of it is no chance
_GIVERS = 50  # respondents from which on what goes with an answer is known

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Cases:
    """One row per respondent: positions of wave and area, weight, and per item the position of the answer in its codes."""

    waves: tuple[str, ...]
    items: tuple[str, ...]
    codes: tuple[str, ...]
    areas: tuple[str, ...]
    wave: Ints
    area: Ints
    weight: NDArray[np.float64]
    answers: Ints  # respondent × item

    @cached_property
    def counts(self) -> dict[str, int]:
        """Respondents per wave."""
        return dict(zip(self.waves, np.bincount(self.wave, minlength=len(self.waves)).tolist(), strict=True))

    def shares(self, item: int, is_in: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Shares of all codes of an item among some respondents; zeros where there are none."""
        counts = np.bincount(self.answers[is_in, item], minlength=len(self.codes))
        return np.asarray(counts / max(counts.sum(), 1))


def cases_of(rows: pa.Table) -> Cases:
    """The respondents of a landed survey table."""
    positions, names = {}, {}
    for column in ("period", "case_id", "item_id", "answer", "area_id"):
        positions[column], names[column] = _positions(rows[column])
    key = positions["period"].astype(np.int64) * max(len(names["case_id"]), 1) + positions["case_id"]
    _, first, case = np.unique(key, return_index=True, return_inverse=True)
    codes = names["answer"] if _NONE in names["answer"] else (*names["answer"], _NONE)
    answers = np.full((len(first), len(names["item_id"])), codes.index(_NONE), dtype=np.int64)
    answers[case, positions["item_id"]] = positions["answer"]
    weights = pc.cast(rows["weight"], pa.float64()).to_pandas().to_numpy(dtype=float)
    wave, area = (positions[column][first].astype(np.int64) for column in ("period", "area_id"))
    return Cases(names["period"], names["item_id"], codes, names["area_id"], wave, area, weights[first], answers)


def _positions(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Of every row the position of its text among all texts in order, which are kept once."""
    texts = column.to_pandas(strings_to_categorical=True).array
    names = sorted({*texts.categories, *([_NONE] if column.null_count else [])})
    codes = texts.set_categories(names).codes.astype(np.int32)
    if column.null_count:
        codes[codes < 0] = names.index(_NONE)
    return codes, tuple(names)


def answers(compared: Compared[Cases]) -> list[Doubt]:
    """Waves with clearly fewer or more respondents than all waves near to them, and items whose codes are shared out as never before."""
    now, before, limits = compared.now, compared.before, compared.asked.expected
    fewer, more = 1 - float(limits.fewer_pct) / 100, 1 + float(limits.more_pct) / 100
    published = before.counts if before is not None else {}
    found = []
    for n, (wave, count) in enumerate(now.counts.items()):
        near = [now.counts[now.waves[other]] for other in _near(now, n)]
        if (near and count < fewer * min(near)) or count < fewer * published.get(wave, 0):
            found.append(Doubt("fewer_answers", "", wave))
        elif near and count > more * max(near):
            found.append(Doubt("more_answers", "", wave))
    return found + _left_out(now) + _shares(now, float(limits.share_points) / 100) + _unused(now) + _swapped(now)


def weights(compared: Compared[Cases]) -> list[Doubt]:
    """Waves whose weights have no mean of 1, or are spread unlike those of the other waves."""
    now, off = compared.now, float(compared.asked.expected.weight_mean_off)
    found, spread = [], []
    for n, wave in enumerate(now.waves):
        of_wave = now.weight[(now.wave == n) & ~np.isnan(now.weight)]
        spread.append(float(of_wave.std()) if len(of_wave) else 0.0)
        if not len(of_wave) or abs(of_wave.mean() - 1) > off:
            found.append(Doubt("weight_mean", "", wave))
    for n, wave in enumerate(now.waves):
        usual = float(np.median(spread[:n] + spread[n + 1 :])) if len(spread) > 1 else 0.0
        is_unusual = usual > 0 and not 0.5 * usual <= spread[n] <= 2 * usual
        if is_unusual or (len(spread) == 1 and spread[n] == 0):
            found.append(Doubt("weight_spread", "", wave))
    return found


def respondents(compared: Compared[Cases]) -> list[Doubt]:
    """Waves in which many respondents equal another one, of this wave or another, in area, weight and all answers."""
    now = compared.now
    is_full = (now.answers != now.codes.index(_NONE)).all(axis=1)
    everything = np.column_stack([now.area, np.round(now.weight * 1e6), now.answers])
    _, inverse, counts = np.unique(everything, axis=0, return_inverse=True, return_counts=True)
    is_twice = (counts[inverse.reshape(-1)] > 1) & is_full
    share = [float(is_twice[now.wave == n].mean()) for n in range(len(now.waves))]
    limit = max(_TWICE, 3 * float(np.median(share)))
    return [Doubt("twice", "", wave) for wave, found in zip(now.waves, share, strict=True) if found > limit]


def _shares(now: Cases, limit: float) -> list[Doubt]:
    """Items and waves whose shares lie far from those of every wave near to it."""
    found = []
    for i, item in enumerate(now.items):
        share = [now.shares(i, now.wave == n) for n in range(len(now.waves))]
        for n, wave in enumerate(now.waves):
            distances = [np.abs(share[n] - share[other]).sum() / 2 for other in _near(now, n)]
            if distances and min(distances) > limit:
                found.append(Doubt("shares", item, wave))
    return found


def _left_out(now: Cases) -> list[Doubt]:
    """Waves without any respondent of an area that several came from in every wave near to it."""
    counts = np.zeros((len(now.waves), len(now.areas)), dtype=np.int64)
    np.add.at(counts, (now.wave, now.area), 1)
    return [
        Doubt("gone_area", "", wave, now.areas[area])
        for n, wave in enumerate(now.waves)
        for area in np.flatnonzero(counts[n] == 0)
        if (near := _near(now, n)) and counts[near, area].min() >= _SEVERAL
    ]


def _unused(now: Cases) -> list[Doubt]:
    """Items and waves without a code that a fair share of respondents gave in every wave near to it."""
    found = []
    for i, item in enumerate(now.items):
        share = [now.shares(i, now.wave == n) for n in range(len(now.waves))]
        for n, wave in enumerate(now.waves):
            near = [share[other] for other in _near(now, n)]
            if near and ((np.min(near, axis=0) > _USED) & (share[n] == 0)).any():
                found.append(Doubt("unused", item, wave))
    return found


def _near(now: Cases, wave: int) -> list[int]:
    last = min(len(now.waves), wave + _AROUND + 1)
    return [other for other in range(max(0, wave - _AROUND), last) if other != wave]


def _swapped(now: Cases) -> list[Doubt]:
    """Items and waves in which two codes keep each other's company: what their givers answer to the other items."""
    found = []
    for i, item in enumerate(now.items if len(now.items) > 1 else ()):
        profiles = [_profiles(now, i, wave) for wave in range(len(now.waves))]
        for n, wave in enumerate(now.waves):
            near = [profiles[other] for other in _near(now, n)]
            pairs = combinations(sorted(set(profiles[n]) - _NO_COMPANY), 2)
            if any(_is_swapped(profiles[n], near, a, b) for a, b in pairs):
                found.append(Doubt("swapped", item, wave))
    return found


def _profiles(now: Cases, item: int, wave: int) -> dict[str, NDArray[np.float64]]:
    """Per code of the item the shares of the codes of all other items among those who gave it."""
    is_in, others = now.wave == wave, [other for other in range(len(now.items)) if other != item]
    profiles = {}
    for n, code in enumerate(now.codes):
        givers = is_in & (now.answers[:, item] == n)
        if givers.sum() >= _GIVERS:
            profiles[code] = np.concatenate([now.shares(other, givers) for other in others]) / len(others)
    return profiles


def _is_swapped(
    mine: dict[str, NDArray[np.float64]], near: list[dict[str, NDArray[np.float64]]], a: str, b: str
) -> bool:
    def distance(code: str, other: str) -> float:
        return float(np.median([np.abs(mine[code] - theirs[other]).sum() / 2 for theirs in known]))

    known = [theirs for theirs in near if a in theirs and b in theirs]
    if not known:
        return False
    straight, crossed = distance(a, a) + distance(b, b), distance(a, b) + distance(b, a)
    return straight > 1.5 * crossed and straight > _PROFILE
