"""Answers of a survey counted again: numbers, sums of weights and of their squares, by area and answer of one wave.

What the limits of a survey rest on and no mart holds. Counts and sums alone leave this module. Does not belong here: the formulas
(sums.py, sentiment.py).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tracing.cases import cases_of
from tracing.limits import Number
from tracing.rows import Rows

_OUTLOOKS = ("improve", "unchanged", "worsen")
_GRADES = ("1", "2", "3", "4", "5", "6")


@dataclass(frozen=True)
class Tally:
    """Answers of one item in one area: how many, weights, and what is asked of them times weights and their squares."""

    n: int = 0
    weight: Decimal = Decimal(0)
    score: Decimal = Decimal(0)
    square: Decimal = Decimal(0)
    cross: Decimal = Decimal(0)
    score_square: Decimal = Decimal(0)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.n + other.n, self.weight + other.weight, self.score + other.score, self.square + other.square,
            self.cross + other.cross, self.score_square + other.score_square,
        )  # fmt: skip

    def times(self, share: Decimal) -> "Tally":
        """The part of it a weight of the area lets in; answers count whole."""
        twice = share * share
        weighted = self.weight * share, self.score * share
        return Tally(self.n, *weighted, self.square * twice, self.cross * twice, self.score_square * twice)


def asked_of(measure_id: str) -> tuple[str, str | None]:
    """Item and outlook a measure of weighted answers asks for; no outlook of grades and of weights."""
    item = measure_id.removesuffix("_weighted_sum").removesuffix("_weight")
    for outlook in _OUTLOOKS:
        if item.endswith(f"_{outlook}"):
            return item.removesuffix(f"_{outlook}"), outlook
    return item, None


def tallies(rows: Rows, source_id: str, delivery_id: str, measure_id: str, period: str) -> Mapping[str, Tally] | None:
    """Tallies of a measure by area, in one wave of one delivery; None where the delivery cannot be counted again."""
    item, outlook = asked_of(measure_id)
    key = ("tallies", source_id, delivery_id, item, outlook, period)
    if key not in rows.memo:
        answers = _answers(rows, source_id, delivery_id)
        if answers is None:
            rows.memo[key] = None
        else:
            found: dict[str, Tally] = defaultdict(Tally)
            for area, answer, weight in answers.get((item, period), ()):
                score = Decimal(int(answer == outlook)) if answer in _OUTLOOKS else Decimal(answer)
                square = weight * weight
                found[area] += Tally(1, weight, weight * score, square, square * score, square * score * score)
            rows.memo[key] = dict(found)
    known: Mapping[str, Tally] | None = rows.memo[key]
    return known


def tally_of(
    rows: Rows, source_id: str, delivery_id: str | None, measure_id: str, period: str, inside: Mapping[str, Decimal]
) -> Tally | None:
    """The tally of an area or area set out of those of its members; None where the delivery cannot be counted again."""
    found = None if delivery_id is None else tallies(rows, source_id, delivery_id, measure_id, period)
    if found is None:
        return None
    whole = Tally()
    for area, weight in inside.items():
        if area in found:
            whole += found[area].times(weight)
    return whole


def _answers(
    rows: Rows, source_id: str, delivery_id: str
) -> dict[tuple[str, str], list[tuple[str, str, Decimal]]] | None:
    key = ("answers", source_id, delivery_id)
    if key not in rows.memo:
        cases = cases_of(rows, source_id, "survey_case", delivery_id)
        found: dict[tuple[str, str], list[tuple[str, str, Decimal]]] = defaultdict(list)
        for case in cases or ():
            answer, area, weight = case.get("answer"), case.get("area_id"), case.get("weight")
            if answer in (*_OUTLOOKS, *_GRADES) and area and weight:
                found[str(case["item_id"]), str(case["period"])].append((area, str(answer), Decimal(weight)))
        rows.memo[key] = None if cases is None else dict(found)
    known: dict[tuple[str, str], list[tuple[str, str, Decimal]]] | None = rows.memo[key]
    return known


def variance_of(mean: float, tally: Tally) -> Number:
    """Linearised variance of a weighted mean; None of a single answer."""
    if tally.n < 2 or not tally.weight:
        return None
    spread = float(tally.score_square) - 2 * mean * float(tally.cross) + mean * mean * float(tally.square)
    return tally.n / (tally.n - 1) * max(spread, 0.0) / float(tally.weight) ** 2


def effective_n(mean: float, tally: Tally, is_share: bool) -> Number:
    """Answers of equal weight that would be as precise: Kish's, of a share at most what the linearised variance implies."""
    if not tally.square:
        return None
    kish = float(tally.weight) ** 2 / float(tally.square)
    variance = variance_of(mean, tally)
    return min(kish, mean * (1 - mean) / variance) if is_share and variance else kish
