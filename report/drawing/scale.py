"""From values to places on a sheet: round steps for an axis, and where a value lies on it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """An axis from its first to its last round value, drawn between two places."""

    ticks: tuple[float, ...]
    decimals: int
    first: float
    last: float

    def at(self, value: float) -> float:
        """Where a value lies."""
        share = (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])
        return self.first + share * (self.last - self.first)


def scale(values: Iterable[float], first: float, last: float, steps: int = 5) -> Scale:
    """An axis that holds all values, in steps of 1, 2 or 5 times a power of ten."""
    found = list(values) or [0.0]
    low, high = min(found), max(found)
    if low == high:
        low, high = low - 1, high + 1
    power = math.floor(math.log10((high - low) / steps))
    step = next(base * 10**power for base in (1, 2, 5, 10) if base * 10**power * steps >= high - low)
    begin, end = math.floor(low / step), math.ceil(high / step)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return Scale(tuple(round(n * step, decimals) for n in range(begin, end + 1)), decimals, first, last)
