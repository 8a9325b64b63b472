"""exceptions.yml: areas left out of an index by decision, and doubts of gate 1 that hold no delivery for a while.

An exception of the gate names one rule that doubts, the landed table and, if it is narrower, the item, area or period it
is about; it says why, since when and until when. Past its last day it excuses nothing, and refuses what the rule doubts.
"""

import datetime as dt
from fnmatch import fnmatchcase

from pydantic import Field, model_validator

from programmes.classes import ClassException, Period
from programmes.declaration import Declaration


class GateException(Declaration):
    """One doubt that is known and explained: `rule` is the id of its check, also a pattern, without the table's name."""

    rule: str = Field(min_length=1)
    table: str
    item: str | None = None
    area_id: str | None = None
    period: Period | None = None
    reason_de: str = Field(min_length=1)
    reason_en: str = Field(min_length=1)
    since: dt.date
    expires: dt.date

    @property
    def key(self) -> str:
        """All that decides what it excuses, in one line."""
        return " ".join(
            map(str, (self.table, self.rule, self.item, self.area_id, self.period, self.since, self.expires))
        )

    @property
    def scope(self) -> dict[str, str]:
        """What it is narrowed to: `item`, `area_id`, `period`; empty where it is about the whole table."""
        found = {"item": self.item, "area_id": self.area_id, "period": self.period}
        return {name: value for name, value in found.items() if value is not None}

    def is_about(self, check_id: str) -> bool:
        """Whether it names this check of its table."""
        return fnmatchcase(check_id, f"{self.table}:{self.rule.removeprefix(f'{self.table}:')}")

    def applies_on(self, day: dt.date) -> bool:
        """Whether it excuses on this day; both `since` and `expires` are days on which it does."""
        return self.since <= day <= self.expires

    def is_over_on(self, day: dt.date) -> bool:
        """Whether its last day has passed."""
        return day > self.expires

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "GateException":
        if self.expires < self.since:
            raise ValueError(f"'expires' {self.expires} lies before 'since' {self.since}")
        return self


class Exceptions(Declaration):
    """exceptions.yml: `exceptions` of indices, `gate` for doubts of deliveries; empty where a city has none."""

    exceptions: tuple[ClassException, ...] = ()
    gate: tuple[GateException, ...] = ()
