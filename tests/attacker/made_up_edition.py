"""A small public edition made by hand: a city, two districts, four quarters, and what is printed of the people in them.

Quarters have 2, 40, 30 and 50 unemployed of 1000 each, so districts 42 and 80; 54 people volunteer, one of them in the west. Five
events took place in the east, one in the west. It withstands the attacker as it is; what a test alters may not.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, Any]
ALWAYS = {"valid_from": dt.date(2011, 1, 1), "valid_to": None}
PLACES = {
    "city": None, "east": "city", "west": "city", "q1": "east", "q2": "east", "q3": "west", "q4": "west",
}  # fmt: skip
RANKS = {"city": 0, "east": 1, "west": 1}
UNEMPLOYED = {"q1": 2, "q2": 40, "q3": 30, "q4": 50}
RULE = {
    "protection_width": 2, "minimum_count": 3, "minimum_complement": 3, "rounding_base": 5,
}  # fmt: skip
TOLD = ("table_id", "mart", "row_key", "cell_id", "is_hidden", "at_least_count", "at_most_count")
RATES = "indicator/unemployed_pct/1/2020"
VOLUNTEERS = "volunteers/persons_reported/all/counted/2020"
PARTICIPANTS = "participants/2020"


def rate_of(place: str, value: float | None, decimals: int = 0) -> Row:
    """A printed rate of a place or of the programme area of a variant."""
    is_area = place in PLACES
    return {
        "indicator_id": "unemployed_pct", "definition_version": 1, "area_kind": "area" if is_area else "area_set",
        "area_id": place if is_area else None, "variant_id": None if is_area else place,
        "role": None if is_area else "programme", "territory": "today", "period": "2020", "value": value,
        "decimals": decimals, "is_hidden": value is None,
    }  # fmt: skip


def rate_known(place: str, most: int, people: int | None = None) -> Row:
    """How many people are known to be behind a rate, and the sum itself where that is known."""
    kind, area, variant, role = ("area", place, "", "") if place in PLACES else ("area_set", "", place, "programme")
    key = f"unemployed_pct|1|{kind}|{area}|{variant}|{role}|today|2020"
    return {"mart": "fct_indicator_value", "row_key": key, "people_count": people, "at_most_count": most}


def volunteers_in(place: str, value: float | None) -> Row:
    """A printed count of volunteers."""
    return {
        "area_id": place, "period": "2020", "counting_unit": "persons_reported", "scope": "all", "method": "counted",
        "unit": "persons", "value": value,
    }  # fmt: skip


def volunteers_known(place: str, people: int | None = None) -> Row:
    """The count of volunteers of a place, where it is known."""
    key = f"{place}|2020|persons_reported|all|counted|persons"
    return {"mart": "fct_volunteering", "row_key": key, "people_count": people, "at_most_count": None}


def event(number: int, area: str, value: float | None, is_hidden: bool = False) -> Row:
    """A printed number of people at an event."""
    return {
        "source_id": "p", "event_id": str(number), "period": "2020", "area_id": area, "participant_count": value,
        "is_hidden": is_hidden,
    }  # fmt: skip


def present_in(place: str, value: float | None) -> Row:
    """A printed number of people at the events of a place."""
    return {"area_id": place, "period": "2020", "measure_id": "participants", "value": value}


def present_known(place: str, people: int | None = None) -> Row:
    """The people at the events of a place, where their number is known."""
    key = f"{place}|2020|participants"
    return {"mart": "fct_programme_intensity", "row_key": key, "people_count": people, "at_most_count": None}


def told(table: str, cell: str, low: int, high: int) -> Row:
    """What an earlier edition told of a cell."""
    return {
        "table_id": table, "mart": "", "row_key": "", "cell_id": cell, "is_hidden": False, "at_least_count": low,
        "at_most_count": high,
    }  # fmt: skip


@dataclass
class MadeUpEdition:
    """The files by name, to be altered and written."""

    place: Path
    rule: dict[str, int] = field(default_factory=lambda: dict(RULE))
    files: dict[str, list[Row]] = field(
        default_factory=lambda: {
            "dim_area": [
                {
                    "area_id": name, "level_rank": RANKS.get(name, 2), "parent_id": parent,
                    "alternative_parent_id": None, "publication_unit_id": None, **ALWAYS,
                }
                for name, parent in PLACES.items()
            ],
            "bridge_area_set": [
                {"variant_id": variant, "role": "programme", "territory": "today", "area_id": area, **ALWAYS}
                for variant, areas in {"core": ("q1", "q3"), "more": ("q1", "q2", "q3")}.items()
                for area in areas
            ],
            "dim_indicator": [{"indicator_id": "unemployed_pct", "definition_version": 1, "factor": 100}],
            "fct_indicator_value": [
                rate_of("city", 3.05, 2), rate_of("core", 1.6, 2), rate_of("east", 2), rate_of("west", 4),
                *(rate_of(quarter, None) for quarter in UNEMPLOYED),
            ],
            "fct_volunteering": [volunteers_in("city", 55), volunteers_in("east", None), volunteers_in("west", None)],
            "fct_participation_event": [
                event(1, "east", 10), event(2, "east", 20), event(3, "west", 10), event(4, "west", None, True),
                event(5, "west", 5),
            ],
            "fct_programme_intensity": [present_in("city", 48), present_in("east", 30), present_in("west", 20)],
            "assumed": [
                rate_known("city", 4000, 122), rate_known("core", 2000, 32), rate_known("east", 2000),
                rate_known("west", 2000), *(rate_known(quarter, 1000) for quarter in UNEMPLOYED),
                volunteers_known("city", 54), volunteers_known("east"), volunteers_known("west"),
                present_known("city", 48), present_known("east"), present_known("west"),
            ],
            "told_before": [],
        }
    )  # fmt: skip

    @property
    def public(self) -> Path:
        """The folder everybody may read."""
        return self.place / "public"

    @property
    def beside(self) -> Path:
        """The folder of what is known besides."""
        return self.place / "disclosure"

    def change(self, file: str, is_meant: Callable[[Row], bool], **values: Any) -> None:
        """Give some rows of a file other values."""
        meant = [row for row in self.files[file] if is_meant(row)]
        assert meant, f"no row of {file} is meant"
        for row in meant:
            row.update(values)

    def written(self) -> "MadeUpEdition":
        """The same, with its files."""
        for folder in (self.public, self.beside):
            folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.files.items():
            folder = self.beside if name in ("assumed", "told_before") else self.public
            pq.write_table(_table(name, rows), folder / f"{name}.parquet")
        rule: Mapping[str, Any] = {name: {"value": value} for name, value in self.rule.items()}
        (self.public / "disclosure.json").write_text(json.dumps(rule), encoding="utf-8")
        return self


def _table(name: str, rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist(rows) if rows else pa.table({column: [] for column in TOLD})
