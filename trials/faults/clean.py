"""Clean deliveries: what the sample generators make of a seed, and the edition that came before.

Another seed is another city with the same published figures. One source is made at a time, and kept as long as the
process works on it.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from openpyxl.worksheet.worksheet import Worksheet

from samples.__main__ import generators
from samples.city import City, city_of
from trials.faults.editing import (
    Row,
    WorkbookRow,
    changed_members,
    changed_records,
    changed_rows,
    changed_sheet,
    data_rows,
    rewritten,
    text_of,
    year_of,
)

PORTAL = "statistikportal/kleinraeumig_2011-2024.jsonl"
CITY = "statistikportal/stadtwerte_2015-2024.jsonl"
LABOUR = "arbeitsagentur/akg_dortmund_2011-2024.xlsx"
PLATFORM = "beteiligungsplattform/nordwaerts-open-data.zip"
SURVEY = "buergerbefragung/befragung_2022.csv"
VOLUNTEERS = "ehrenamt/ehrenamt_2024.csv"
REGISTER = "projektregister/teilprojekte_register.xlsx"
OFFICIAL = "regionalstatistik/{}_de_flat.zip"
POPULATION, EMPLOYED = OFFICIAL.format("12411-01-01-4"), OFFICIAL.format("13111-01-03-4")
RATE, LEAVERS = OFFICIAL.format("13211-02-05-4"), OFFICIAL.format("21111-02-06-4")
BUILDINGS, BUSINESSES = OFFICIAL.format("31121-01-02-4"), OFFICIAL.format("52311-01-04-4")

_LAST = 2024


@dataclass(frozen=True)
class Clean:
    """The clean deliveries of one source in one city; `file` is the one an entry changes."""

    source: str
    seed: int
    files: Mapping[str, bytes]
    file: str

    @property
    def content(self) -> bytes:
        """The bytes of the file that is about to arrive."""
        return self.files[self.file]

    @property
    def rng(self) -> random.Random:
        """Random numbers of this city, the same for every entry."""
        return random.Random(self.seed)


@lru_cache(maxsize=1)
def _city(seed: int) -> City:
    return city_of(1, seed)


@lru_cache(maxsize=2)
def clean_files(source: str, seed: int) -> Mapping[str, bytes]:
    """File name → bytes of a source in the city of a seed."""
    return {each.file_name: each.content for each in generators()[source].deliveries(_city(seed))}


def before(source: str, file: str, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """What was accepted before `file` came: its earlier edition beside the other files, or only these where it is new."""
    others = {name: content for name, content in files.items() if name != file}
    earlier = _EDITIONS.get(source)
    if earlier is None:  # a file a year: the newest has no earlier edition
        return others
    name = file.replace(f"-{_LAST}.", f"-{_LAST - 1}.")
    return {**others, name: earlier(files[file])}


def _without_last_year(content: bytes) -> bytes:
    return changed_records(content, lambda records: [each for each in records if each["jahr"] != _LAST])


def _workbook_without_last_year(content: bytes) -> bytes:
    def cut(sheet: Worksheet) -> None:
        rows = data_rows(sheet, 7)
        rewritten(sheet, rows, [_values(row) for row in rows if year_of(row[0].value) != _LAST])

    return changed_sheet(content, "Daten", cut)


def _official_without_last_year(content: bytes) -> bytes:
    def cut(member: bytes) -> bytes:
        return changed_rows(member, lambda rows: [row for row in rows if int(row["time"][:4]) < _LAST])

    return changed_members(content, "_flat.csv", cut)


def _platform_before(content: bytes) -> bytes:
    """The export of a month before: the last ideas and the last event were not there yet."""
    shortened = changed_members(content, "proposals.csv", lambda member: changed_rows(member, lambda rows: rows[:-8]))
    is_newest = max(row["start_time"][:10] for row in _meetings(content) if row["start_time"].startswith("20"))
    return changed_members(
        shortened,
        "meetings.csv",
        lambda member: changed_rows(
            member, lambda rows: [r for r in rows if not r["start_time"].startswith(is_newest)]
        ),
    )


def _meetings(content: bytes) -> list[Row]:
    found: list[Row] = []

    def read(rows: list[Row]) -> None:
        found.extend(rows)

    changed_members(content, "meetings.csv", lambda member: changed_rows(member, read))
    return found


def _register_before(content: bytes) -> bytes:
    """The register of last summer: no status after June 2025."""

    def cut(sheet: Worksheet) -> None:
        rows = data_rows(sheet, 6)
        kept = [_values(row) for row in rows if text_of(row[2].value)[:7] <= "2025-06"]
        rewritten(sheet, rows, kept)

    return changed_sheet(content, "Statusverlauf", cut)


def _values(row: WorkbookRow) -> list[object]:
    return [cell.value for cell in row]


_EDITIONS = {
    "statistikportal": _without_last_year,
    "arbeitsagentur": _workbook_without_last_year,
    "regionalstatistik": _official_without_last_year,
    "beteiligungsplattform": _platform_before,
    "projektregister": _register_before,
}
