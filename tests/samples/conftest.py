"""Readers of the committed sample deliveries, written for these tests: nothing of ingest or samples is used.

They read what a person would see in the file: header rows, rows up to the first blank one, German dates.
"""

import csv
import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

PROGRAMME = Path(__file__).parents[2] / "programmes" / "nordwaerts"
Row = dict[str, Any]


def _csv(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def _workbook_rows(path: Path, sheet: str, first: str, header_rows: int) -> list[Row]:
    """Rows below the header that starts with `first`, named `group | sub`, up to the first blank row."""
    rows = list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))
    start = next(index for index, row in enumerate(rows) if row[0] == first)
    group, names = "", []
    for position, top in enumerate(rows[start]):
        group = top or group
        sub = rows[start + 1][position] if header_rows == 2 else None
        names.append(f"{group} | {sub}" if sub else group)
    found = []
    for row in rows[start + header_rows :]:
        if not any(row):
            break
        found.append(dict(zip(names, row, strict=True)))
    return found


def _as_date(cell: object) -> dt.date:
    """A date cell or a German date text."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    return dt.datetime.strptime(str(cell), "%d.%m.%Y").date()


@pytest.fixture(scope="session")
def sample() -> Path:
    """The committed sample folder."""
    return PROGRAMME / "sample"


@pytest.fixture(scope="session")
def places() -> dict[str, tuple[str, str, bool]]:
    """Unterbezirk code → (Stadtbezirk code, Statistischer Bezirk code, is in the variant core)."""
    areas = {
        f"{row['area_level']}-{row['area_code']}": row
        for row in _csv((PROGRAMME / "areas.csv").read_text(encoding="utf-8"))
    }
    sets = _csv((PROGRAMME / "area_sets.csv").read_text(encoding="utf-8"))
    core = {row["area_id"] for row in sets if row["variant_id"] == "core"}
    found = {}
    for area_id, row in areas.items():
        if row["area_level"] == "unterbezirk":
            statistical = row["parent_id"]
            district = areas[statistical]["parent_id"]
            is_core = bool(core & {area_id, statistical, district})
            found[row["area_code"]] = (district.split("-")[1], statistical.split("-")[1], is_core)
    return found


@pytest.fixture(scope="session")
def portal(sample: Path) -> list[Row]:
    """Rows of the statistics portal, one per Unterbezirk and year."""
    text = (sample / "statistikportal" / "kleinraeumig_2011-2024.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="session")
def labour(sample: Path) -> list[Row]:
    """Rows of the labour agency's workbook with `jahr` and `code` added."""
    path = sample / "arbeitsagentur" / "akg_dortmund_2011-2024.xlsx"
    rows = _workbook_rows(path, "Daten", "Stichtag", 2)
    return [row | {"jahr": _as_date(row["Stichtag"]).year, "code": row["Unterbezirk"][:3]} for row in rows]


@pytest.fixture(scope="session")
def register(sample: Path) -> dict[str, list[Row]]:
    """The four sheets of the project register, dates read."""
    path = sample / "projektregister" / "teilprojekte_register.xlsx"
    layout = {
        "Teilprojekte": ("Projekt-Nr.", 2, "Ratsbeschluss"),
        "Statusverlauf": ("Projekt-Nr.", 1, "Datum"),
        "Bewertung": ("Vorschlag-Nr.", 2, "Empfehlung | Datum"),
        "Verzeichnis": ("Nr.", 2, "Laufzeit | von"),
    }
    return {
        sheet: [
            row | {day: _as_date(row[day]) if row[day] else None}
            for row in _workbook_rows(path, sheet, first, header_rows)
        ]
        for sheet, (first, header_rows, day) in layout.items()
    }


@pytest.fixture(scope="session")
def platform(sample: Path) -> dict[str, list[Row]]:
    """The entities of the participation platform by name."""
    found = {}
    with zipfile.ZipFile(sample / "beteiligungsplattform" / "nordwaerts-open-data.zip") as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                entity = name.removeprefix("nordwaerts.example-open-data-").removesuffix(".csv")
                found[entity] = _csv(archive.read(name).decode("utf-8"))
    return found


@pytest.fixture(scope="session")
def official(sample: Path) -> dict[str, list[Row]]:
    """GENESIS tables by code."""
    found = {}
    for path in sorted((sample / "regionalstatistik").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            code = path.name.removesuffix("_de_flat.zip")
            found[code] = _csv(archive.read(f"{code}_de_flat.csv").decode("utf-8-sig"))
    return found


@pytest.fixture(scope="session")
def volunteers(sample: Path) -> dict[int, list[Row]]:
    """Reports of the organisations by year."""
    paths = sorted((sample / "ehrenamt").glob("*.csv"))
    return {int(path.stem[-4:]): _csv(path.read_bytes().decode("cp1252")) for path in paths}


@pytest.fixture(scope="session")
def survey(sample: Path) -> dict[int, list[Row]]:
    """Cases of the citizen survey by wave, with the weight as a number."""
    found = {}
    for path in sorted((sample / "buergerbefragung").glob("*.csv")):
        rows = _csv(path.read_bytes().decode("utf-8-sig"))
        found[int(path.stem[-4:])] = [row | {"gewicht": float(row["gewicht"].replace(",", "."))} for row in rows]
    return found
