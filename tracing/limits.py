"""Limits of estimates and how figures are printed: a second implementation, beside the macros of the models.

Written from the papers STATISTICS names (Wilson 1927, Byar in Breslow and Day 1987, Zou and Donner 2008), in other forms
than the macros where there are any. Does not belong here: which figures are put in.
"""

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Z = 1.959963984540054
Z_AND_POWER = 2.801585218  # 97.5 % point plus 80 % point
Number = float | None


def wilson(share: float, n: float) -> tuple[float, float]:
    """Both roots of (p - share)^2 = z^2 p (1 - p) / n."""
    a, b, c = 1 + Z**2 / n, -(2 * share + Z**2 / n), share**2
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def byar(cases: float) -> tuple[float, float]:
    """Limits of the expectation of a Poisson count."""

    def cube(count: float, z: float) -> float:
        return count * float(max(1 - 1 / (9 * count) + z / (3 * math.sqrt(count)), 0.0) ** 3)

    return (cube(cases, -Z) if cases > 0 else 0.0), cube(cases + 1, Z)


def minus(one: Any, other: Any) -> Number:
    """The difference, None where a side is."""
    return None if one is None or other is None else float(one) - float(other)


def joined(distances: Iterable[Number]) -> Number:
    """Distance of the limit of a sum of independent estimates from the distances of their limits."""
    parts = list(distances)
    if any(part is None for part in parts):
        return None
    return math.sqrt(sum(part * part for part in parts if part is not None))


def printed(value: Any, digits: int = 6) -> Number:
    """A figure as a mart prints it: half away from zero."""
    if value is None or value != value:
        return None
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
