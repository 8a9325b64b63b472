"""Whether a value computed again is the published one.

Exact where a cell holds text, a date, a truth or a count; figures that are printed rounded may differ by half of the
last printed digit, which `Within` says, and by 1e-9 of themselves, the noise of doubles. Does not belong here: arithmetic.
"""

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

NOISE = 1e-9


@dataclass(frozen=True)
class Within:
    """A figure computed again, and how far the printed one may lie from it."""

    value: float | None
    tolerance: float

    @classmethod
    def digits(cls, value: Any, digits: int) -> "Within":
        """One that is printed with so many digits."""
        return cls(None if value is None else float(value), 0.5 * 10.0**-digits)


@dataclass(frozen=True)
class Unknown:
    """A cell that cannot be computed again, and why, in German and English."""

    de: str
    en: str


class _Delivered:
    """The mark of a cell that ends at the delivered row, where others of its column are computed."""


DELIVERED = _Delivered()


def same(published: Any, computed: Any) -> bool:
    """Whether a published cell is what was computed."""
    tolerance = 0.0
    if isinstance(computed, Within):
        computed, tolerance = computed.value, computed.tolerance
    if published is None or computed is None:
        return published is None and computed is None
    if isinstance(published, bool) or isinstance(computed, bool):
        return bool(published == computed)
    if isinstance(published, (int, float, Decimal)) and isinstance(computed, (int, float, Decimal)):
        if isinstance(published, Decimal) and isinstance(computed, Decimal) and tolerance == 0:
            return published == computed
        one, other = float(published), float(computed)
        return math.isclose(one, other, rel_tol=NOISE, abs_tol=max(tolerance, NOISE) * (1 + NOISE) + NOISE)
    if isinstance(published, dt.datetime) != isinstance(computed, dt.datetime):
        return False
    return bool(published == computed)
