"""Plausibility: rules that doubt figures which can be but are wrong; found here once, for both ways to run a suite.

A rule is a pure function over what a candidate holds, what was in force before, and limits from declarations. It
answers with doubts, never with figures. What the rows in force raise as well is not raised again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import pyarrow as pa

from expectations import composition, continuity, gaps, registers, sums, surveys, texts
from expectations.doubts import Asked, Compared, Doubt, new_ones
from expectations.figures import Figures, figures_of
from expectations.surveys import Cases, cases_of

T = TypeVar("T")

_OF_FIGURES: dict[str, Callable[[Compared[Figures]], list[Doubt]]] = {
    "continuity": continuity.continuity,
    "repeats": gaps.repeats,
    "blanks": gaps.blanks,
    "gaps": gaps.gaps,
    "newest": gaps.newest,
    "sums": sums.sums,
    "agreements": sums.agreements,
    "reporters": sums.reporters,
    "totals": sums.totals,
}
_OF_CASES: dict[str, Callable[[Compared[Cases]], list[Doubt]]] = {
    "answers": surveys.answers,
    "weights": surveys.weights,
    "respondents": surveys.respondents,
}
_OF_ROWS: dict[str, Callable[[Compared[pa.Table]], list[Doubt]]] = {
    "days": registers.days,
    "path": registers.path,
    "vanished": registers.vanished,
    "identity": registers.identity,
    "texts": texts.texts,
    "composition": composition.composition,
    "references": registers.references,
}
NAMES = frozenset((*_OF_FIGURES, *_OF_CASES, *_OF_ROWS))


@dataclass(frozen=True)
class Forms:
    """One table in the forms rules look at, each made once."""

    rows: pa.Table

    @cached_property
    def figures(self) -> Figures:
        """The figures of a table that has some."""
        return figures_of(self.rows)

    @cached_property
    def cases(self) -> Cases:
        """The respondents of a survey."""
        return cases_of(self.rows)


def doubts_of(name: str, now: Forms, before: Forms | None, asked: Asked) -> list[Doubt]:
    """What the rule of that name doubts, less what the rows in force raise as well.

    Raises KeyError for a name there is no rule of.
    """
    if name in _OF_FIGURES:
        return _asked(_OF_FIGURES[name], lambda forms: forms.figures, now, before, asked)
    if name in _OF_CASES:
        return _asked(_OF_CASES[name], lambda forms: forms.cases, now, before, asked)
    return _asked(_OF_ROWS[name], lambda forms: forms.rows, now, before, asked)


def _asked(
    rule: Callable[[Compared[T]], list[Doubt]],
    form: Callable[[Forms], T],
    now: Forms,
    before: Forms | None,
    asked: Asked,
) -> list[Doubt]:
    if not now.rows.num_rows:
        return []
    if before is None or not before.rows.num_rows:
        return new_ones(rule(Compared(form(now), None, asked)), ())
    found = rule(Compared(form(now), form(before), asked))
    return new_ones(found, rule(Compared(form(before), None, replace(asked, beside={}))) if found else ())
