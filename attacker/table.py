"""What an attacker knows: atoms, each with an unknown count of people, and the statements a publication makes about them."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Statement:
    """low ≤ sum of coefficient × count over the members ≤ high, in people; a coefficient is 1 where none are given.

    Members are positions of atoms. A limit may be infinite. An exact count has two equal limits, one rounded to 5 lies within 2
    of what was printed, a rate in per cent of a known denominator within half its last digit, and the rule that a shown
    cell has at least so many people narrows them all.
    """

    members: tuple[int, ...]
    low: float | Fraction
    high: float | Fraction
    coefficients: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Table:
    """Each atom's largest possible count of people, None where none is known, and what was published about them."""

    upper: tuple[float | None, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Target:
    """A sum of counts nobody may learn: a hidden cell, a rounded one, a single atom."""

    name: str
    members: tuple[int, ...]
