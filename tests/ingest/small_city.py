"""A made-up city with six areas and one declared table per kind of delivery, and how to land a text with it.

Everything here is synthetic. `CANARY` stands for personal data: tests put it where it must not come out.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.areas import locality_of
from ingest.landing import Landed, land
from ingest.opened import OpenedDelivery
from programmes.areas import Area
from programmes.model import Programme
from programmes.settings import Level, ProgrammeSettings
from programmes.sources import Connector, LandedTable, Source, Table

CANARY = "KANARIENVOGEL"

_LEVELS = (
    Level(level="city", name_de="Stadt", name_en="city", code_length=5),
    Level(level="bezirk", name_de="Stadtbezirk", name_en="district"),
    Level(level="unterbezirk", name_de="Unterbezirk", name_en="sub-district", code_length=3),
)


def area(level: str, code: str, name: str, aliases: str = "") -> Area:
    """An area that has always existed."""
    return Area(area_level=level, area_code=code, area_name=name, aliases=aliases, valid_from=dt.date(2000, 1, 1))


def _areas() -> Iterator[Area]:
    with (Path(__file__).parent / "city" / "areas.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter=";"):
            assert row.pop("why"), f"say why {row['area_name']} is there"
            yield area(row["area_level"], row["area_code"], row["area_name"], row["aliases"])


AREAS = tuple(_areas())


def city(areas: tuple[Area, ...] = AREAS) -> Programme:
    """The made-up programme; only its areas matter here."""
    settings = ProgrammeSettings(
        programme_id="muster",
        name="Muster",
        city="Musterstadt",
        description_de="synthetisch",
        description_en="synthetic",
        starts_on=dt.date(2015, 1, 1),
        ends_on=dt.date(2025, 12, 31),
        levels=_LEVELS,
    )
    return Programme(folder=Path("muster"), settings=settings, areas=areas, area_sets=(), indicators=(), sources={})


def source(files: str = "*.csv", source_id: str = "quelle") -> Source:
    """A source that delivers through the drop folder; it declares no table."""
    return Source(
        source_id=source_id,
        name_de="Quelle",
        name_en="source",
        publisher="Musteramt",
        licence="CC0-1.0",
        cadence="yearly",
        max_age_days=400,
        on_failure="block",
        connector=Connector(protocol="folder", files=files),
        tables={},
    )


def table(canonical: str, columns: list[dict[str, Any]], **more: Any) -> Table:
    """A declared table, a CSV snapshot unless said otherwise."""
    given = {"format": {"kind": "csv"}, "mode": "snapshot", "minimum_rows": 1} | more
    texts = {"description_de": "synthetisch", "description_en": "synthetic"}
    return Table.model_validate({"canonical": canonical, "columns": columns} | texts | given)


def figures(**more: Any) -> Table:
    """Area figures, wide: population always, unemployed from 2015 on."""
    items = [
        {"from": "einwohner", "item": "population", "unit": "persons"},
        {"from": "arbeitslose", "item": "unemployed", "unit": "persons", "since": 2015},
    ]
    columns: list[dict[str, Any]] = [
        {"from": "stichtag", "to": "reference_on", "type": "reference_date"},
        {"from": "nr", "to": "area_id", "type": "area", "level": "unterbezirk"},
    ]
    return table("area_figure", more.pop("columns", columns), **({"items": items} | more))


def volunteers(**more: Any) -> Table:
    """Case data with figures: counts reported by organisations."""
    columns: list[dict[str, Any]] = [
        {"from": "traeger", "to": "organisation_id"},
        {"from": "bezirk", "to": "area_id", "type": "area", "level": "bezirk"},
        {"from": "stichtag", "to": "reference_on", "type": "reference_date"},
        {"from": "art", "to": "method", "type": "choice", "values": {"gezählt": "counted", "geschätzt": "estimated"}},
    ]
    items = [
        {"from": "aktive", "item": "active_persons", "unit": "persons"},
        {"from": "stunden", "item": "reported_hours", "unit": "hours"},
    ]
    return table("volunteer_count", columns, **({"items": items} | more))


def landed_table(declared: Table) -> LandedTable:
    """A table of the made-up source."""
    return LandedTable("quelle__tabelle", source(), declared)


def land_it(content: str | bytes, declared: Table, file_name: str = "lieferung.csv") -> Landed:
    """Land one made-up delivery."""
    data = content.encode() if isinstance(content, str) else content
    return land(OpenedDelivery(data, file_name), "delivery", landed_table(declared), locality_of(city()))


def rows(landed: Landed, *names: str) -> list[tuple[Any, ...]]:
    """The accepted rows, cut to some columns."""
    return [tuple(row[name] for name in names) for row in landed.accepted.to_pylist()]


def found(landed: Landed) -> list[tuple[str, str | None, str]]:
    """The findings as (address, column, rule)."""
    return [(finding.row_address, finding.column_name, finding.rule_id) for finding in landed.findings]
