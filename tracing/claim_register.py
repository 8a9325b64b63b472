"""The register of public sentences as it was declared for a release: claims.yml, read from the archive.

One record a claim, with what its rule reads. Does not belong here: judging (claim_rules.py), figures (claim_figures.py).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracing.declared import baselines, declared_document
from tracing.rows import Rows

CLASS_NUMBERS = {"high": 1, "medium": 2, "low": 3, "very_low": 4, "positive": 1, "stable": 2, "negative": 3}
RUNNING = ("projects", "participation")  # kinds that count all that happened until a day


@dataclass(frozen=True)
class Claim:
    """One sentence, what is measured for it, and what its rule compares with."""

    claim_id: str
    body: Mapping[str, Any]
    document: Mapping[str, Any]
    metric: Mapping[str, Any]
    baseline_period: str | None

    def __getattr__(self, name: str) -> Any:
        """A field as declared, None where it is not."""
        if name.startswith("__"):
            raise AttributeError(name)
        value = self.body.get(name)
        return None if value == "" else value

    @property
    def kind(self) -> str | None:
        """What kind of figure decides; None where none does."""
        return self.metric.get("kind")

    @property
    def of(self) -> str | None:
        """What is counted, the counting unit, the indicator or the index."""
        return self.metric.get("of")

    @property
    def version(self) -> int | None:
        """Version of the definition."""
        return self.metric.get("definition_version", 1) if self.metric else None

    @property
    def area(self) -> str | None:
        """Area the figure is for."""
        return self.metric.get("area")

    @property
    def base(self) -> str | None:
        """The declared baseline or year."""
        return None if self.body.get("baseline") is None else str(self.body["baseline"])

    @property
    def is_checkable(self) -> bool:
        """Whether data decide about it, directly or through its legs."""
        return bool(self.metric) or bool(self.body.get("legs"))

    @property
    def names_a_time(self) -> bool:
        """Whether it speaks of one day or year."""
        return bool(self.body.get("is_dated")) or self.period is not None or self.body.get("first_on") is not None

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """First and last day it is about."""
        return self.body.get("first_on") or self.document["first_on"], self.body.get("last_on") or self.document[
            "last_on"
        ]

    @property
    def expected_value(self) -> float | None:
        """The figure stated, or the number of the class stated."""
        if self.body.get("expected") is not None:
            return float(self.body["expected"])
        return None if self.expected_class is None else float(CLASS_NUMBERS[self.expected_class])

    def window(self, unit: str) -> tuple[float | None, float | None]:
        """The figures that round to the one stated, by one of its rounding units."""
        width = self.body.get(unit)
        if self.expected_value is None or width is None:
            return None, None
        return self.expected_value - float(width) / 2, self.expected_value + float(width) / 2

    @property
    def necessary_legs(self) -> list[str]:
        """Claims that must hold for it."""
        return [leg["claim"] for leg in self.body.get("legs") or () if leg.get("is_necessary", True)]

    def told(self, measured_to_on: dt.date | None) -> dict[str, Any]:
        """What the register says of it, by the columns of fct_claim_verdict."""
        document, body = self.document, self.body
        texts = (
            "wording_de",
            "wording_en",
            "margin_reason_de",
            "margin_reason_en",
            "needed_de",
            "needed_en",
            "note_de",
            "note_en",
        )
        return {
            "claim_type": self.type, "is_leg": bool(self.is_leg), "document_title": document["title"],
            "page_reference": self.page, "publisher": document["publisher"], "said_first_on": document["first_on"],
            "said_last_on": document["last_on"], "is_date_assumed": bool(document.get("is_date_assumed")),
            "metric_kind": self.kind, "metric_of": self.of, "definition_version": self.version, "area": self.area,
            "comparator": self.comparator, "baseline_id": self.base, "expected_value": self.expected_value,
            "expected_class": self.expected_class, "second_rounding_unit": self.second_rounding_unit,
            "stated_denominator": self.denominator, "direction": self.direction,
            "is_bound_included": bool(self.is_bound_included), "is_strong": bool(self.is_strong),
            "declared_on": self.declared_on,
            "is_post_hoc": self.declared_on > (measured_to_on or document["last_on"]),
            **{name: body.get(name) or None for name in texts},
        }  # fmt: skip


def register(rows: Rows) -> dict[str, Claim]:
    """All claims by id, in the order they are declared in."""
    if ("register",) not in rows.memo:
        declared = declared_document(rows, "claims.yml") or {}
        documents = {one["document_id"]: one for one in declared.get("documents") or ()}
        rows.memo[("register",)] = {
            body["claim_id"]: _claim(rows, body, documents[body["document"]]) for body in declared.get("claims") or ()
        }
    found: dict[str, Claim] = rows.memo[("register",)]
    return found


def _claim(rows: Rows, body: Mapping[str, Any], document: Mapping[str, Any]) -> Claim:
    metric = body.get("metric") or {}
    base = None if body.get("baseline") is None else str(body["baseline"])
    if base is not None and metric.get("kind") in ("gap", "harmonisation"):
        base = baselines(rows).get(base, (base, base, True))[1]
    return Claim(body["claim_id"], body, document, metric, base)
