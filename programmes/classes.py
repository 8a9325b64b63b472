"""Composite indices that put areas into classes: class_indices.yml, and who is left out (see exceptions.py)."""

from typing import Annotated

from pydantic import Field, model_validator

from programmes.declaration import Declaration

Period = Annotated[str, Field(pattern=r"^\d{4}$")]


class ClassPopulation(Declaration):
    """Which figure says how many people live in an area, the level it is delivered at, and how many it takes."""

    measure_id: str
    source_id: str
    level: str
    minimum: int = Field(ge=0)


class ClassIndex(Declaration):
    """A composite index that puts areas into status and dynamics classes (Berlin MSS method).

    Dynamics are either indicators of their own or the change of the status indicators over some years. With
    `frozen_period` means and standard deviations of that period hold for all periods. `periods` are listed one
    by one, since validity and exceptions are decided edition by edition.
    """

    index_id: str
    name_de: str
    name_en: str
    area_level: str
    periods: tuple[Period, ...] = Field(min_length=1)
    population: ClassPopulation
    status: tuple[str, ...] = Field(min_length=1)
    dynamics: tuple[str, ...] = ()
    change_over_years: int | None = Field(default=None, ge=1)
    frozen_period: Period | None = None

    @property
    def components(self) -> tuple[tuple[str, str, int | None], ...]:
        """Dimension, indicator and, where its change counts, the years of the change."""
        moving = self.dynamics or self.status
        return (
            *(("status", indicator_id, None) for indicator_id in self.status),
            *(("dynamics", indicator_id, self.change_over_years) for indicator_id in moving),
        )

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> "ClassIndex":
        if bool(self.dynamics) == (self.change_over_years is not None):
            raise ValueError(f"index '{self.index_id}' needs either 'dynamics' or 'change_over_years'")
        for name in ("periods", "status", "dynamics"):
            given = getattr(self, name)
            if len(set(given)) < len(given):
                raise ValueError(f"index '{self.index_id}' names an entry of '{name}' twice")
        if self.frozen_period is not None and self.frozen_period not in self.periods:
            raise ValueError(f"index '{self.index_id}' has frozen_period '{self.frozen_period}', not in its periods")
        return self


class ClassException(Declaration):
    """An area left out of an index in one period by decision, with the reason readers see."""

    index_id: str
    period: Period
    area_id: str
    reason_de: str = Field(min_length=1)
    reason_en: str = Field(min_length=1)


class ClassIndices(Declaration):
    """class_indices.yml: the indices, empty where a city has none."""

    indices: tuple[ClassIndex, ...] = ()
