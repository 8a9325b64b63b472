"""Where things stand in the sample deliveries: the rows of a year in a sheet, the records of a district, a member's rows.

So that an entry says only what it changes.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from samples.territory import territories
from trials.faults.clean import Clean
from trials.faults.editing import (
    Record,
    Row,
    WorkbookRow,
    changed_members,
    changed_records,
    changed_rows,
    changed_sheet,
    data_rows,
    year_of,
)

LAST = 2024
AREA, UNEMPLOYED, YOUNG, LONG_TERM, SGB2, SGB2_CHILDREN, EMPLOYED = range(1, 8)  # columns of the labour agency, from 0
REGISTER_FIRST_ROW = {"Teilprojekte": 7, "Statusverlauf": 6, "Bewertung": 7, "Verzeichnis": 7}
PERSONS = ("hauptwohnsitzbevoelkerung", "bev_unter_15", "bev_15_bis_64", "bev_unter_65", "bev_65_und_aelter")


def portal(clean: Clean, change: Callable[[Record], object], year: int | None = LAST) -> bytes:
    """The portal's file after a change of every record of a year, or of all years."""

    def of_year(records: list[Record]) -> None:
        for record in records:
            if year in (None, record["jahr"]):
                change(record)

    return changed_records(clean.content, of_year)


def records_of(records: Iterable[Record], year: int = LAST) -> list[Record]:
    """The records of a year, in the order of the areas."""
    return [record for record in records if record["jahr"] == year]


def labour(clean: Clean, change: Callable[[list[WorkbookRow]], object], year: int | None = LAST) -> bytes:
    """The labour agency's workbook after a change of the rows of a year, or of all rows."""

    def of_year(sheet: Worksheet) -> None:
        change([row for row in data_rows(sheet, 7) if year in (None, year_of(row[0].value))])

    return changed_sheet(clean.content, "Daten", of_year)


def register(clean: Clean, sheet: str, change: Callable[[list[WorkbookRow]], object]) -> bytes:
    """The register's workbook after a change of the rows of a sheet."""
    first = REGISTER_FIRST_ROW[sheet]

    def of_sheet(found: Worksheet) -> None:
        change(data_rows(found, first))

    return changed_sheet(clean.content, sheet, of_sheet)


def official(clean: Clean, change: Callable[[Row], object], years: Iterable[int] = (LAST,)) -> bytes:
    """A table of the official statistics after a change of the city's own rows in these years."""
    wanted = {str(year) for year in years}

    def of_city(rows: list[Row]) -> None:
        for row in rows:
            if row["1_variable_attribute_code"] == "05913" and row["time"][:4] in wanted:
                change(row)

    return changed_members(clean.content, "_flat.csv", lambda member: changed_rows(member, of_city))


def platform(clean: Clean, entity: str, change: Callable[[list[Row]], Iterable[Row] | None]) -> bytes:
    """The platform's ZIP after a change of the rows of one component."""
    return changed_members(clean.content, f"{entity}.csv", lambda member: changed_rows(member, change))


def table(clean: Clean, change: Callable[[list[Row]], Iterable[Row] | None]) -> bytes:
    """A CSV delivery after a change of its rows."""
    return changed_rows(clean.content, change)


def each(change: Callable[[Row], object]) -> Callable[[list[Row]], None]:
    """The same change of every row."""

    def all_rows(rows: list[Row]) -> None:
        for row in rows:
            change(row)

    return all_rows


@cache
def district_of() -> dict[str, str]:
    """Unterbezirk code → code of its Stadtbezirk."""
    return {area.code: area.stadtbezirk for area in territories(1)[0].unterbezirke}


def code_of(row: WorkbookRow) -> str:
    """The code of the area in a row of the labour agency."""
    return str(row[AREA].value).partition(" ")[0]


def scaled(value: object, factor: float) -> object:
    """A whole number times a factor, whole again; a sign stays."""
    return round(value * factor) if isinstance(value, int) else value


def swap(row: dict[str, Any], first: str, second: str) -> None:
    """Exchange two entries of a row."""
    row[first], row[second] = row[second], row[first]
