"""Which rule judges a claim, by its type and what it measures, and what that rule reads.

Belongs here: for every pair of type and metric kind the keys the rule needs and those it also reads. Whatever else a claim
declares nobody would read; it is refused with the list of what is possible. The rules themselves stand in dbt_project
(int_claim__judged), the checks in `programmes.claims`.
"""

from dataclasses import dataclass
from typing import Literal

ClaimType = Literal[
    "count",
    "share",
    "level",
    "growth",
    "direction",
    "two_legged",
    "non_widening",
    "composite",
    "threshold",
    "ranking",
    "class",
    "causal",
    "awareness",
    "normative",
]
MetricKind = Literal[
    "projects", "participation", "volunteering", "indicator", "gap", "measure", "harmonisation", "area_class"
]

AreaClass = Literal["high", "medium", "low", "very_low", "positive", "stable", "negative"]

LEGGED = ("two_legged", "composite")
NEVER_CHECKABLE = ("causal", "awareness", "normative")
WHAT_IS_COUNTED = {
    "projects": ("stock", "ever_adopted", "started_or_done", "started", "done", "planned"),
    "participation": ("events", "people", "ideas"),
}
# What every claim says of itself, whatever judges it.
_OF_EVERY_CLAIM = frozenset(
    ("claim_id", "document", "page", "wording_de", "wording_en", "type", "is_leg", "declared_on", "note_de", "note_en")
)


@dataclass(frozen=True)
class Rule:
    """What one rule needs and what it also reads, keys of the metric as `metric.<key>`."""

    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()

    def __add__(self, other: "Rule") -> "Rule":
        return Rule(self.needs + other.needs, self.reads + other.reads)

    @property
    def possible(self) -> tuple[str, ...]:
        """All it reads, what it needs first."""
        return self.needs + self.reads

    def is_read(self, name: str) -> bool:
        """Whether a key has a reader in a claim judged by this rule."""
        return name in _OF_EVERY_CLAIM or name in self.possible


# What decides nothing by itself: parts of other sentences, and what would be needed where no data decide.
OF_LEGS = Rule(needs=("legs",))
UNMEASURED = Rule(needs=("needed_de", "needed_en"))

_METRIC = Rule(needs=("metric", "dependencies"), reads=("is_dated",))
_ROUNDED = Rule(needs=("expected", "rounding_unit"), reads=("second_rounding_unit",))
_CHANGE = Rule(needs=("direction", "baseline"), reads=("is_strong", "margin", "margin_reason_de", "margin_reason_en"))
_BOUND = Rule(needs=("expected",), reads=("direction", "is_bound_included"))
_OF_KIND: dict[str, Rule] = {
    "projects": _METRIC + Rule(reads=("first_on", "last_on")),
    "participation": _METRIC + Rule(reads=("first_on", "last_on", "metric.counted_from_on")),
    "volunteering": _METRIC + Rule(needs=("metric.area", "metric.method")),
    "indicator": _METRIC + Rule(needs=("metric.area",), reads=("period", "metric.definition_version")),
    "gap": _METRIC + Rule(needs=("metric.area", "comparator"), reads=("period", "metric.definition_version")),
    "measure": _METRIC + Rule(needs=("metric.area",), reads=("period",)),
    "harmonisation": _METRIC + Rule(needs=("metric.area",), reads=("period", "metric.definition_version")),
    "area_class": _METRIC + Rule(needs=("metric.area",), reads=("period",)),
}
_OF_TYPE: dict[tuple[str, str], Rule] = {
    ("count", "projects"): _ROUNDED,
    ("count", "participation"): _ROUNDED,
    ("share", "projects"): _ROUNDED + Rule(needs=("denominator",)),
    ("share", "indicator"): _ROUNDED,
    ("level", "indicator"): _ROUNDED,
    ("level", "gap"): _ROUNDED,
    ("level", "measure"): _ROUNDED,
    ("growth", "volunteering"): _ROUNDED + Rule(needs=("baseline", "period")),
    ("growth", "indicator"): _ROUNDED + Rule(needs=("baseline",)),
    ("growth", "measure"): _ROUNDED + Rule(needs=("baseline",)),
    ("direction", "measure"): _CHANGE,
    ("direction", "indicator"): _CHANGE,
    ("direction", "gap"): _CHANGE,
    ("direction", "harmonisation"): _CHANGE,
    ("non_widening", "gap"): Rule(needs=("baseline",), reads=("margin", "margin_reason_de", "margin_reason_en")),
    ("threshold", "projects"): _BOUND,
    ("threshold", "participation"): _BOUND,
    ("threshold", "indicator"): _BOUND,
    ("threshold", "gap"): _BOUND,
    ("threshold", "measure"): _BOUND,
    ("class", "area_class"): Rule(needs=("expected_class",)),
    ("ranking", "indicator"): Rule(needs=("direction", "period"), reads=("comparator",)),
}
RULES: dict[tuple[str, str], Rule] = {
    (claim_type, kind): _OF_KIND[kind] + rule for (claim_type, kind), rule in _OF_TYPE.items()
}


def kinds_of(claim_type: str) -> tuple[str, ...]:
    """The metric kinds a type of claim can be judged by."""
    return tuple(kind for of, kind in RULES if of == claim_type)
