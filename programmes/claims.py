"""The register of public claims: what was said, by whom and when, and by which rule it is judged.

`claims.yml` of a programme folder lists documents and the statements in them. A record fixes beforehand what
decides: metric, area, comparator, baseline, rounding, margin with its reason, and the landed data it rests on.
A statement that no data can decide says what would be needed. The rules themselves stand in dbt_project
(int_claim__judged); here each claim is only held to what its rule needs and reads (`claim_rules.py`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from programmes.catalogue import Indicator
from programmes.claim_rules import (
    LEGGED,
    NEVER_CHECKABLE,
    OF_LEGS,
    RULES,
    UNMEASURED,
    WHAT_IS_COUNTED,
    AreaClass,
    ClaimType,
    MetricKind,
    Rule,
    kinds_of,
)
from programmes.declaration import Declaration


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

    `area` is programme (judged for every variant of purpose programme), city, rest, or the id of one area; a measure has its
    city or one area, a class that of one area, harmonisation the level of the areas that grow alike or apart; sub-projects
    and events are counted without one. `counted_from_on` begins a sum of events.
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
    one the sentence names, `first_on`/`last_on` are the days it speaks of where these are not the days it was
    said on; `is_dated` says that it speaks of the days it was said on. What names a time is judged for that time
    only, so that newer data do not touch it. A threshold is more than `expected`, or with direction down less;
    `is_bound_included` says "at least" or "at most". A ranking is among all areas of the level, or against the one area
    that `comparator` names. A level or threshold of a gap is its size, whichever side is ahead. A direction of harmonisation
    is that of the spread between areas: down says that they grew alike. `expected_class` is a class of status (high to
    very_low) or of dynamics.
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
    expected_class: AreaClass | None = None
    rounding_unit: Decimal | None = Field(default=None, gt=0)
    second_rounding_unit: Decimal | None = Field(default=None, gt=0)
    denominator: int | None = Field(default=None, gt=0)
    direction: Literal["up", "down"] | None = None
    is_bound_included: bool = False
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

    @property
    def names_a_time(self) -> bool:
        """Whether it speaks of one day or year, which later years cannot turn."""
        return self.is_dated or self.period is not None or self.first_on is not None

    @model_validator(mode="after")
    def _has_what_its_rule_reads(self) -> "Claim":
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
        if self.metric is not None and (self.type, self.metric.kind) not in RULES:
            possible = ", ".join(kinds_of(self.type)) or "none"
            found.append(
                f"type '{self.type}' cannot be judged by metric kind '{self.metric.kind}'; possible: {possible}"
            )
        return found or self._faults_of_keys() + self._faults_of_metric()

    def _faults_of_keys(self) -> list[str]:
        rule, judged_by = self._rule()
        unread = [name for name in self._declared() if not rule.is_read(name)]
        found = [f"type '{self.type}' needs '{name}'" for name in rule.needs if name not in self._declared()]
        found += [
            f"'{name}' would not be read: {judged_by} reads {', '.join(rule.possible)}, and what every claim has"
            for name in unread
        ]
        if self.is_strong and self.margin is None:
            found.append("'is_strong' needs a 'margin'")
        if self.margin is not None and self.type == "direction" and not self.is_strong:
            found.append("'margin' would not be read: a direction has one only where 'is_strong' says that it is clear")
        if (self.margin is None) != (not self.margin_reason_de or not self.margin_reason_en):
            found.append("a 'margin' and its reason, German and English, come together")
        if (self.first_on is None) != (self.last_on is None):
            found.append("'first_on' and 'last_on' come together")
        return found

    def _rule(self) -> tuple[Rule, str]:
        if self.metric is not None:
            return RULES[self.type, self.metric.kind], f"a '{self.type}' of '{self.metric.kind}'"
        return (OF_LEGS, "a sentence with legs") if self.legs else (UNMEASURED, "a sentence nothing decides")

    def _declared(self) -> list[str]:
        """What was declared of the claim and its metric, keys of the metric as `metric.<key>`."""
        metric = self.metric
        own = [f"metric.{name}" for name in Metric.model_fields if metric and metric.declares(name)]
        return [name for name in Claim.model_fields if self.declares(name)] + [
            name for name in own if name not in ("metric.kind", "metric.of")
        ]

    def _faults_of_metric(self) -> list[str]:
        if self.metric is None:
            return []
        found = []
        kind, of, area = self.metric.kind, self.metric.of, self.metric.area
        if kind in WHAT_IS_COUNTED and of not in WHAT_IS_COUNTED[kind]:
            found.append(f"'{of}' is not counted in {kind}; choose one of {', '.join(WHAT_IS_COUNTED[kind])}")
        if kind == "gap" and area != "programme":
            found.append(f"'metric.area' is '{area}', but a gap is that of the programme area: 'programme'")
        if kind == "measure" and area in ("programme", "rest"):
            found.append(f"'metric.area' is '{area}', but a measure is that of the city or of one area")
        if kind == "area_class" and area in ("programme", "rest", "city"):
            found.append(f"'metric.area' is '{area}', but a class is that of one area: name it")
        if self.type == "ranking" and area in ("programme", "rest", "city"):
            found.append(f"'metric.area' is '{area}', but a ranking is among the areas of one level: name one of them")
        if self.names_a_time and not self.is_dated and "is_dated" in self.model_fields_set:
            found.append(
                "'is_dated: false' would not be read: a sentence that names a period or days speaks of that time"
            )
        if self.is_dated and kind not in WHAT_IS_COUNTED and self.period is None:
            found.append("'is_dated' needs the 'period' it speaks of")
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

    def faults(
        self,
        data: Sequence[str],
        indicators: Mapping[tuple[str, int], Indicator],
        class_indices: Sequence[str],
        areas: Sequence[str],
        levels: Sequence[str],
        baselines: Sequence[str],
        comparators: Sequence[str],
    ) -> list[str]:
        """What claims name that the rest of the programme does not have.

        `data` are landed inputs as '<canonical table>' or '<canonical table>/<item>', `indicators` those by id and version.
        """
        found = []
        ids = {indicator_id for indicator_id, _ in indicators}
        for claim in self.claims:
            where = f"claim '{claim.claim_id}'"
            unknown = [name for name in claim.dependencies if name not in data]
            found += [f"{where} depends on '{name}', which no source delivers" for name in unknown]
            if claim.metric is None:
                continue
            metric = claim.metric
            if metric.kind in ("indicator", "gap", "harmonisation"):
                if metric.of not in ids:
                    found.append(f"{where} names indicator '{metric.of}', which is not in indicators.csv")
                elif (metric.of, metric.definition_version) not in indicators:
                    found.append(
                        f"{where} names version {metric.definition_version} of '{metric.of}', which there is not"
                    )
            indicator = indicators.get((metric.of, metric.definition_version))
            if (
                claim.type == "growth"
                and metric.kind == "indicator"
                and indicator
                and indicator.scale in ("grade", "balance")
            ):
                found.append(
                    f"{where}: a {indicator.scale} such as '{metric.of}' has no growth in per cent; say a 'direction'"
                )
            if metric.kind == "harmonisation":
                if indicator and claim.baseline != indicator.baseline_id:
                    found.append(
                        f"{where} names baseline '{claim.baseline}', but '{metric.of}' is judged from '{indicator.baseline_id}'"
                    )
                if metric.area not in levels:
                    found.append(
                        f"{where} names level '{metric.area}', which is not declared; possible: {', '.join(levels)}"
                    )
                continue
            if metric.kind == "area_class" and metric.of not in class_indices:
                found.append(f"{where} names index '{metric.of}', which is not in class_indices.yml")
            if metric.kind == "measure" and not any(name.endswith(f"/{metric.of}") for name in data):
                found.append(f"{where} names measure '{metric.of}', which no source delivers")
            if claim.type == "ranking" and claim.comparator not in (None, *areas):
                found.append(f"{where} names area '{claim.comparator}', which is not in areas.csv")
            if metric.kind == "gap" and claim.baseline not in (None, *baselines):
                found.append(f"{where} names baseline '{claim.baseline}', which is not in programme.yml")
            if metric.kind == "gap" and claim.comparator not in comparators:
                possible = ", ".join(comparators)
                found.append(f"{where} names comparator '{claim.comparator}'; possible: {possible}")
            if metric.area not in (None, "programme", "city", "rest", *areas):
                found.append(f"{where} names area '{metric.area}', which is not in areas.csv")
        return found


def _unique(names: list[str], what: str) -> frozenset[str]:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{what} '{name}' is declared twice")
    return frozenset(names)
