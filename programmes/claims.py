"""The register of public claims: what was said, by whom and when, and by which rule it is judged.

`claims.yml` of a programme folder lists documents and the statements in them. A record fixes beforehand what
decides: metric, area, comparator, baseline, rounding, margin with its reason, and the landed data it rests on.
A statement that no data can decide says what would be needed. The rules themselves stand in dbt_project
(int_claim__judged); here each type is only held to what its rule needs.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from programmes.declaration import Declaration

ClaimType = Literal[
    "count",
    "share",
    "growth",
    "direction",
    "two_legged",
    "non_widening",
    "composite",
    "threshold",
    "ranking",
    "causal",
    "awareness",
    "normative",
]
MetricKind = Literal["projects", "participation", "volunteering", "indicator", "gap"]

LEGGED = ("two_legged", "composite")
NEVER_CHECKABLE = ("causal", "awareness", "normative")
METRICS_OF_TYPE: dict[str, tuple[str, ...]] = {
    "count": ("projects", "participation"),
    "share": ("projects", "indicator"),
    "growth": ("volunteering",),
    "direction": ("indicator", "gap"),
    "non_widening": ("gap",),
    "threshold": ("projects", "participation", "indicator"),
    "ranking": ("indicator",),
}
WHAT_IS_COUNTED = {
    "projects": ("stock", "ever_adopted", "started_or_done", "started", "done", "planned"),
    "participation": ("events", "people", "ideas"),
}
NEEDS: dict[str, tuple[str, ...]] = {
    "count": ("expected", "rounding_unit"),
    "share": ("expected", "rounding_unit"),
    "growth": ("expected", "rounding_unit", "baseline", "period"),
    "direction": ("direction", "baseline"),
    "non_widening": ("comparator", "baseline"),
    "threshold": ("expected",),
    "ranking": ("direction", "period"),
}


class ClaimDocument(Declaration):
    """Where sentences stand: one document with its publisher and the day, or the days, it may be from."""

    document_id: str
    title: str
    publisher: str
    first_on: dt.date
    last_on: dt.date
    is_date_assumed: bool = False
    found_at: str

    @model_validator(mode="after")
    def _days_in_order(self) -> "ClaimDocument":
        if self.last_on < self.first_on:
            raise ValueError(f"document '{self.document_id}': last_on lies before first_on")
        return self


class Metric(Declaration):
    """The figure a claim is about: `of` names what is counted, the counting unit, or the indicator.

    `area` is programme (judged for every variant of purpose programme), city, rest, or the id of one area; sub-projects and
    events are counted without one. `counted_from_on` begins a sum of events.
    """

    kind: MetricKind
    of: str
    definition_version: int = 1
    area: str | None = None
    method: Literal["counted", "estimated", "projected"] | None = None
    counted_from_on: dt.date | None = None


class ClaimLeg(Declaration):
    """A part of a composite or two-legged claim; a necessary one can fell the whole."""

    claim: str
    is_necessary: bool = True


class Claim(Declaration):
    """One public statement, and what decides about it.

    `is_leg` marks a part that we split off a sentence and that nobody published by itself. `period` is the
    one the sentence names; `is_dated` says that it speaks of that time only, so that newer data do not
    touch it. `first_on`/`last_on` are the days it speaks of where these are not the days it was said on.
    """

    claim_id: str
    document: str
    page: str = ""
    wording_de: str
    wording_en: str
    type: ClaimType
    is_leg: bool = False
    metric: Metric | None = None
    comparator: str | None = None
    baseline: str | None = None
    period: str | None = None
    is_dated: bool = False
    first_on: dt.date | None = None
    last_on: dt.date | None = None
    expected: Decimal | None = None
    rounding_unit: Decimal | None = Field(default=None, gt=0)
    second_rounding_unit: Decimal | None = Field(default=None, gt=0)
    denominator: int | None = Field(default=None, gt=0)
    direction: Literal["up", "down"] | None = None
    is_strong: bool = False
    margin: Decimal | None = Field(default=None, ge=0)
    margin_reason_de: str = ""
    margin_reason_en: str = ""
    legs: tuple[ClaimLeg, ...] = ()
    dependencies: tuple[str, ...] = ()
    declared_on: dt.date
    needed_de: str = ""
    needed_en: str = ""
    note_de: str = ""
    note_en: str = ""

    @property
    def is_checkable(self) -> bool:
        """Whether data of this system decide about it, directly or through its legs."""
        return self.metric is not None or bool(self.legs)

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> "Claim":
        for fault in self._faults():
            raise ValueError(f"claim '{self.claim_id}': {fault}")
        return self

    def _faults(self) -> list[str]:
        found = []
        if self.type in NEVER_CHECKABLE and self.is_checkable:
            found.append(f"type '{self.type}' is never checkable and takes neither 'metric' nor 'legs'")
        if (self.type in LEGGED) != bool(self.legs):
            found.append(f"type '{self.type}' " + ("needs 'legs'" if self.type in LEGGED else "takes no 'legs'"))
        if self.legs and not any(leg.is_necessary for leg in self.legs):
            found.append("at least one leg must be necessary")
        if not self.is_checkable and not (self.needed_de and self.needed_en):
            found.append("no metric decides about it, so 'needed_de' and 'needed_en' must say what would")
        if self.is_strong and (self.type != "direction" or self.margin is None):
            found.append("'is_strong' belongs to type 'direction' and needs a 'margin'")
        if (self.margin is None) != (not self.margin_reason_de or not self.margin_reason_en):
            found.append("a 'margin' and its reason, German and English, come together")
        if (self.first_on is None) != (self.last_on is None):
            found.append("'first_on' and 'last_on' come together")
        return found + self._faults_of_metric()

    def _faults_of_metric(self) -> list[str]:
        if self.metric is None:
            return ["without 'metric' there are no data to depend on"] if self.dependencies else []
        found = []
        kind, of = self.metric.kind, self.metric.of
        if kind not in METRICS_OF_TYPE.get(self.type, ()):
            found.append(f"type '{self.type}' cannot be judged by metric kind '{kind}'")
        if kind in WHAT_IS_COUNTED and of not in WHAT_IS_COUNTED[kind]:
            found.append(f"'{of}' is not counted in {kind}; choose one of {', '.join(WHAT_IS_COUNTED[kind])}")
        if (kind in WHAT_IS_COUNTED) == (self.metric.area is not None):
            found.append(f"metric kind '{kind}' " + ("takes no 'area'" if self.metric.area else "needs an 'area'"))
        if kind == "volunteering" and self.metric.method is None:
            found.append("metric kind 'volunteering' needs a 'method'")
        if kind == "gap" and self.comparator is None:
            found.append("metric kind 'gap' needs a 'comparator'")
        found += [
            f"type '{self.type}' needs '{name}'" for name in NEEDS.get(self.type, ()) if getattr(self, name) is None
        ]
        if self.type == "share" and kind == "projects" and self.denominator is None:
            found.append("a share of sub-projects needs its 'denominator'")
        if self.is_dated and kind not in WHAT_IS_COUNTED and self.period is None:
            found.append("'is_dated' needs the 'period' it speaks of")
        if not self.dependencies:
            found.append("'dependencies' must name the landed data the metric rests on")
        return found


class ClaimRegister(Declaration):
    """claims.yml: the documents, and the claims in them. Verdicts rest on two-sided 95 % intervals."""

    documents: tuple[ClaimDocument, ...] = ()
    claims: tuple[Claim, ...] = ()

    @model_validator(mode="after")
    def _references_exist(self) -> "ClaimRegister":
        documents = _unique([document.document_id for document in self.documents], "document")
        _unique([claim.claim_id for claim in self.claims], "claim")
        claims = {claim.claim_id: claim for claim in self.claims}
        for claim in self.claims:
            where = f"claim '{claim.claim_id}'"
            if claim.document not in documents:
                raise ValueError(f"{where} names document '{claim.document}', which is not declared")
            for leg in claim.legs:
                if leg.claim not in claims:
                    raise ValueError(f"{where} names leg '{leg.claim}', which is not declared")
                if claims[leg.claim].legs:
                    raise ValueError(f"{where} names leg '{leg.claim}', which has legs itself; name those")
        return self

    def document_of(self, claim: Claim) -> ClaimDocument:
        """The document a claim stands in."""
        return next(document for document in self.documents if document.document_id == claim.document)

    def faults(self, data: Sequence[str], indicators: Sequence[str], areas: Sequence[str]) -> list[str]:
        """What claims name that the rest of the programme does not have.

        `data` are landed inputs as '<canonical table>' or '<canonical table>/<item>'.
        """
        found = []
        for claim in self.claims:
            where = f"claim '{claim.claim_id}'"
            unknown = [name for name in claim.dependencies if name not in data]
            found += [f"{where} depends on '{name}', which no source delivers" for name in unknown]
            if claim.metric is None:
                continue
            if claim.metric.kind in ("indicator", "gap") and claim.metric.of not in indicators:
                found.append(f"{where} names indicator '{claim.metric.of}', which is not in indicators.csv")
            if claim.metric.area not in (None, "programme", "city", "rest", *areas):
                found.append(f"{where} names area '{claim.metric.area}', which is not in areas.csv")
        return found


def _unique(names: list[str], what: str) -> frozenset[str]:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{what} '{name}' is declared twice")
    return frozenset(names)
