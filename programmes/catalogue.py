"""The catalogue of indicators: indicators.csv, breaks.csv and age_strata.csv.

Everything needed to compute, judge and explain a figure, and what stands between its years. The marts of
dbt_project compute from these rows; an indicator is never a model.
"""

import datetime as dt
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from programmes.declaration import Declaration, OptionalDate, OptionalText


class Indicator(Declaration):
    """One row of the catalogue: everything needed to compute, judge and explain an indicator.

    `interval_basis`: a figure on living conditions is one outcome of a process (the default), of what was counted it is
    the count itself; the latter needs its reason. `tolerance` is what the publisher prints or rounds, and nothing else.
    """

    indicator_id: str
    definition_version: int
    name_de: str
    name_en: str
    field_of_action_id: OptionalText = None
    subject_id: str
    kind: Literal["ratio", "weighted_mean", "survey", "level"]
    scale: Literal["share", "ratio", "count", "grade", "balance"]
    numerator_measure_id: str
    subtracted_measure_id: OptionalText = None
    denominator_measure_id: OptionalText = None
    factor: Decimal
    unit: str
    polarity: Literal["higher_is_better", "lower_is_better", "neutral"]
    base_level: str
    permitted_level: str
    permitted_inference_id: str
    tolerance: Decimal = Field(ge=0)
    margin_minimum: Decimal = Field(gt=0)
    margin_pct_of_baseline_gap: Decimal = Field(ge=0)
    baseline_id: str
    is_headline: bool
    declared_on: dt.date
    source_id: str
    reference_date: str
    definition_de: str
    definition_en: str
    caveat_de: str = ""
    caveat_en: str = ""
    valid_from: dt.date
    valid_to: OptionalDate = None
    interval_basis: Literal["process", "counted"] = "process"
    interval_reason_de: str = ""
    interval_reason_en: str = ""

    @model_validator(mode="after")
    def _a_reason_goes_with_what_is_counted(self) -> "Indicator":
        is_counted = self.interval_basis == "counted"
        if any(bool(reason) != is_counted for reason in (self.interval_reason_de, self.interval_reason_en)):
            raise ValueError(
                f"indicator {self.indicator_id}: 'interval_reason_de' and 'interval_reason_en' belong to "
                "interval_basis 'counted' and to no other"
            )
        return self

    @model_validator(mode="after")
    def _denominator_fits_kind(self) -> "Indicator":
        if (self.denominator_measure_id is None) != (self.kind == "level"):
            raise ValueError(
                f"indicator {self.indicator_id}: kind '{self.kind}' needs "
                + ("no denominator" if self.kind == "level" else "a denominator")
            )
        return self

    @model_validator(mode="after")
    def _is_read_for_its_kind(self) -> "Indicator":
        where = f"indicator {self.indicator_id}, kind '{self.kind}'"
        if self.subtracted_measure_id is not None and self.kind != "ratio":
            raise ValueError(
                f"{where}: 'subtracted_measure_id' would not be read, only kind 'ratio' subtracts a measure"
            )
        if self.is_headline and self.kind == "level":
            raise ValueError(f"{where}: 'is_headline' would not be read, a single value has no gap to judge")
        return self


class ComparabilityBreak(Declaration):
    """A period from which figures compare no longer, or less well, with those before it.

    Blocking: no change is stated across it. Tolerance: figures from it on are wider by `added_tolerance`, or, where a
    measure is delivered in multiples of `rounded_to`, by what that does to numerator and denominator. Shock: the period
    was exceptional; nothing changes but the note. Without indicator and measure it holds for all indicators.
    """

    break_id: str
    indicator_id: OptionalText = None
    measure_id: OptionalText = None
    period: int
    kind: Literal["definition", "register", "territory", "rounding", "shock"]
    severity: Literal["blocking", "tolerance", "shock"]
    added_tolerance: Decimal = Field(ge=0)
    rounded_to: Decimal = Field(ge=0, default=Decimal(0))
    note_de: str
    note_en: str
    source: str

    @model_validator(mode="after")
    def _severity_fits(self) -> "ComparabilityBreak":
        if self.indicator_id is not None and self.measure_id is not None:
            raise ValueError(f"break {self.break_id}: name an indicator or a measure, not both")
        if (self.severity == "tolerance") != ((self.added_tolerance > 0) != (self.rounded_to > 0)):
            raise ValueError(
                f"break {self.break_id}: 'added_tolerance' or 'rounded_to' belongs to severity 'tolerance' and to no other"
            )
        if self.rounded_to > 0 and self.measure_id is None:
            raise ValueError(f"break {self.break_id}: 'rounded_to' names the measure that is delivered rounded")
        return self


class AgeStratum(Declaration):
    """An age group of an indicator's numerator and denominator; all strata of an indicator make it up wholly."""

    indicator_id: str
    stratum_id: str
    numerator_measure_id: str
    subtracted_numerator_measure_id: OptionalText = None
    denominator_measure_id: str
