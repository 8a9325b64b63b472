"""Four tiny cities of one state, as landed Parquet: the tiny city, and three that share its ids and differ in everything else.

`elmstedt` is the tiny city. `birkenau` has other figures, in other years, another default variant and another rule of
disclosure. `ahorn` has fewer deliveries, breaks and baselines that hold for all its indicators, and no rule. `linde` has no
programme area at all. Names and figures are made up.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from landed_city import city_rows, landed_schemas

from refresh.state import landed_together

Row = dict[str, Any]
Change = Callable[[str, list[Row]], list[Row]]
SAID = {
    "type": "level", "said_first_on": dt.date(2018, 2, 1), "said_last_on": dt.date(2018, 2, 1), "is_date_assumed": False,
    "is_leg": False, "is_checkable": True, "definition_version": 1, "is_dated": False, "is_strong": False,
    "declared_on": dt.date(2011, 1, 1), "expected": Decimal(4), "rounding_unit": Decimal(1), "publisher": "city",
}  # fmt: skip
DAYS = {"first_on": dt.date(2015, 6, 1), "last_on": dt.date(2017, 12, 31)}
CLAIMS: tuple[Row, ...] = (  # one of each family that the tiny city has no claim of
    {
        "type": "non_widening",
        "metric_kind": "gap",
        "metric_of": "jobless_pct",
        "area": "programme",
        "comparator": "city",
    },
    {"metric_kind": "gap", "metric_of": "jobless_pct", "area": "programme", "comparator": "outside"},
    {"metric_kind": "indicator", "metric_of": "jobless_pct", "area": "programme"},
    {
        "type": "direction",
        "metric_kind": "indicator",
        "metric_of": "jobless_pct",
        "area": "stadtbezirk-1",
        "direction": "up",
    },
    {
        "type": "ranking",
        "metric_kind": "indicator",
        "metric_of": "jobless_pct",
        "area": "unterbezirk-011",
        "direction": "up",
    },
    {"metric_kind": "measure", "metric_of": "people", "area": "city"},
    {"metric_kind": "measure", "metric_of": "projects_in_stock", "area": "city"},
    {
        "type": "direction",
        "metric_kind": "harmonisation",
        "metric_of": "jobless_pct",
        "area": "unterbezirk",
        "direction": "down",
    },
    {
        "type": "class",
        "metric_kind": "area_class",
        "metric_of": "small",
        "area": "unterbezirk-011",
        "expected_class": "medium",
    },
    {"type": "count", "metric_kind": "participation", "metric_of": "people", **DAYS},
    {"type": "count", "metric_kind": "participation", "metric_of": "events", **DAYS},
    {"type": "share", "metric_kind": "projects", "metric_of": "done", **DAYS},
    {
        "type": "growth",
        "metric_kind": "volunteering",
        "metric_of": "persons",
        "area": "stadtbezirk-1",
        "method": "counted",
    },
    {"type": "growth", "metric_kind": "volunteering", "metric_of": "persons", "area": "city", "method": "counted"},
)
YEAR = ("period", "first_period", "last_period", "frozen_period", "baseline", "baseline_id", "round_id")


def write_cities(folder: Path) -> tuple[str, ...]:
    """Write `<folder>/<city>/landed` for each, and `<folder>/state/landed` of all together; the cities' names."""
    for name, change in CITIES.items():
        for table, schema in landed_schemas().items():
            rows = city_rows(table) + (_claims() if table == "programme__claim" else [])
            rows = change(table, rows)
            (folder / name / "landed" / table).mkdir(parents=True)
            pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / name / "landed" / table / "rows.parquet")
    landed_together({name: folder / name / "landed" for name in CITIES}, folder / "state" / "landed")
    return tuple(CITIES)


def _claims() -> list[Row]:
    """The claims of every family, in both ways of asking for a time; later sentences on the same among them."""
    provenance = {name: value for name, value in city_rows("programme__claim")[0].items() if name.startswith("_")}
    first = [
        {**SAID, "baseline": "2015", **provenance, **claim, "claim_id": f"said_{n}"} for n, claim in enumerate(CLAIMS)
    ]
    later = dt.date(2019, 2, 1)
    return first + [
        {**row, "claim_id": f"{row['claim_id']}_again", "said_first_on": later, "said_last_on": later} for row in first
    ]


def _same(table: str, rows: list[Row]) -> list[Row]:
    return rows


def _birkenau(table: str, rows: list[Row]) -> list[Row]:
    rows = [{name: _later(name, value) for name, value in row.items()} for row in rows]
    figures = {
        "area_figure": "value",
        "volunteer_count": "value",
        "event": "participant_count",
        "survey_case": "weight",
    }
    for number, row in enumerate(rows):
        if (name := figures.get(table)) and row[name] is not None:
            row[name] = row[name] * 3 + number % 5
    if table == "programme__programme":
        rows[0] |= {"default_variant": "narrow"}
    if table == "programme__disclosure":
        rows[0] |= {"minimum_count": 2, "rounding_base": 3, "people_per_step": 1, "most_decimals": 1}
    if table == "programme__disclosure_scope":
        rows = [row for row in rows if row["code"] not in ("fct_sentiment", "places")]
    return rows


def _ahorn(table: str, rows: list[Row]) -> list[Row]:
    if table == "programme__break":
        rows[0] |= {"indicator_id": None, "measure_id": None}
    if table == "programme__baseline":
        rows += [{**rows[0], "baseline_id": "other", "first_period": 2016, "last_period": 2016, "is_for_all": True}]
    if table in ("event", "contribution", "volunteer_count", "survey_case"):
        rows = rows[1:]
    if table in ("project", "project_event", "register_entry", "assessment"):
        rows = [row for row in rows if "P1" not in (row.get("project_id"), row.get("entry_id"))]
    if table == "programme__programme":
        rows[0] |= {"starts_on": dt.date(2016, 1, 1), "ends_on": dt.date(2017, 12, 31)}
    if table.startswith("programme__disclosure"):
        rows = []
    return rows


def _linde(table: str, rows: list[Row]) -> list[Row]:
    if table in (
        "programme__variant",
        "programme__area_set",
        "programme__claim",
        "programme__claim_leg",
        "refresh__known",
    ):
        return []
    if table == "area_figure":
        rows = [row for row in rows if row["period"] != "2016"]
    if table == "programme__programme":
        rows[0] |= {"default_variant": None}
    return rows


def _later(name: str, value: Any) -> Any:
    """The same a year later."""
    if isinstance(value, dt.datetime | dt.date):
        return value.replace(year=value.year + 1)
    if name in YEAR and value is not None and str(value).isdigit():
        return type(value)(int(value) + 1)
    return value


CITIES: dict[str, Change] = {"elmstedt": _same, "birkenau": _birkenau, "ahorn": _ahorn, "linde": _linde}
