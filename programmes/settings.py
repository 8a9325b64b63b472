"""programme.yml: the programme itself, its levels, variants, baselines and vocabularies; `publication` is publication.py."""

import datetime as dt
from typing import Literal

from pydantic import Field, model_validator

from programmes.declaration import Declaration
from programmes.publication import Publication

Engine = Literal["duckdb", "spark"]  # what computes the tables


class Level(Declaration):
    """A level of the area hierarchy, coarse to fine in programme.yml."""

    level: str
    name_de: str
    name_en: str
    code_length: int | None = None


class Term(Declaration):
    """One entry of a classification or vocabulary, with the official German word."""

    id: str
    name_de: str
    name_en: str


class Vocabularies(Declaration):
    """The classifications of sub-projects, the words of the procedure, and what figures are about."""

    fields_of_action: tuple[Term, ...] = ()
    families: tuple[Term, ...] = ()
    criteria: tuple[Term, ...] = ()
    path_steps: tuple[Term, ...] = ()
    support_types: tuple[Term, ...] = ()
    registers: tuple[Term, ...] = ()
    survey_items: tuple[Term, ...] = ()
    counting_units: tuple[Term, ...] = ()
    subjects: tuple[Term, ...] = ()
    permitted_inferences: tuple[Term, ...] = ()


# Fields of canonical tables whose words a programme declares, where a source names them.
VOCABULARY_OF_FIELD = {
    "path_step_id": "path_steps",
    "counting_unit": "counting_units",
    "criterion_id": "criteria",
    "family_id": "families",
}


class SummedMeasure(Declaration):
    """A measure that is the sum of delivered ones of one source, area by area; without one of them there is no sum."""

    measure_id: str
    unit: str
    parts: tuple[str, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _names_each_part_once(self) -> "SummedMeasure":
        if len(set(self.parts)) < len(self.parts):
            raise ValueError(f"measure '{self.measure_id}' names a part twice")
        return self


class Baseline(Declaration):
    """A point changes are counted from: one period, or the mean of all periods from first to last.

    One that is not for all indicators serves those that name it, because they begin later.
    """

    baseline_id: str
    name_de: str
    name_en: str
    first_period: int
    last_period: int
    is_for_all: bool = True

    @model_validator(mode="after")
    def _is_a_stretch_of_time(self) -> "Baseline":
        if self.first_period > self.last_period:
            raise ValueError(f"baseline {self.baseline_id}: first_period lies after last_period")
        return self


class Variant(Declaration):
    """A named area set: a version of the programme area, a part of it looked at alone, or areas to compare with."""

    variant_id: str
    name_de: str
    name_en: str
    purpose: Literal["programme", "part", "comparison"]


class Retention(Declaration):
    """For how many days every release is kept, and those readers saw at the end of a month; year ends stay for good.

    What a person or the day of a public sentence pins stays whatever its age.
    """

    all_for_days: int = Field(default=90, ge=1)
    month_ends_for_days: int = Field(default=730, ge=0)


class SampleSet(Declaration):
    """What the sample deliveries claim about themselves, so that a refresh from them is repeatable."""

    as_of_on: dt.date
    note_de: str
    note_en: str


class ProgrammeSettings(Declaration):
    """programme.yml: name, levels, vocabularies, default variant of the programme area."""

    programme_id: str
    name: str
    city: str
    description_de: str
    description_en: str
    starts_on: dt.date
    ends_on: dt.date
    time_zone: str = "Europe/Berlin"
    engine: Engine = "duckdb"  # what a refresh computes with, unless it is told otherwise
    levels: tuple[Level, ...]
    default_variant: str | None = None
    variants: tuple[Variant, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    summed_measures: tuple[SummedMeasure, ...] = ()
    # residents that activity is set against, and the level sub-projects and events are placed at
    population_measure_id: str | None = None
    activity_level: str | None = None
    vocabularies: Vocabularies = Vocabularies()
    retention: Retention = Retention()
    publication: Publication | None = None
    sample: SampleSet | None = None
