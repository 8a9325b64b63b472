"""Delivery of the coordination office: the workbook of sub-projects with four sheets.

Title rows and blank lines above, merged header cells, footnotes below a blank row, German dates as text
and as real dates, district names as clerks type them (without hyphen, in capitals, decomposed umlauts,
trailing blanks). Contact persons and deputies are canaries in columns nobody declared.
"""

import datetime as dt
import random
import unicodedata

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from samples import vocabulary
from samples.city import City
from samples.directory import ENTRIES
from samples.packing import SYNTHETIC_DE, Delivery, german_date, workbook_bytes, write_two_row_header
from samples.projects import FIELDS, Project, Proposal, projects, proposals
from samples.territory import Territory

SOURCE_ID = "projektregister"
_PROJECT_HEADER = [
    ("Projekt-Nr.", []),
    ("Titel des Teilprojekts", []),
    ("Einordnung", ["Generation", "Runde", "Projektfamilie"]),
    ("Handlungsfeld", ["Umwelt & Lebensqualität", "Flächenpotenziale", "Arbeitsplätze", "Qualifizierung & Bildung"]),
    ("Stadtbezirke", []),
    ("federführender Fachbereich", []),
    ("Unterstützung", ["ideell", "finanziell", "organisatorisch"]),
    ("Ratsbeschluss", []),
    ("Ansprechperson", []),
]
_DIRECTORY_HEADER = [
    ("Nr.", []),
    ("Art", []),
    ("Name", []),
    ("Laufzeit", ["von", "bis"]),
    _PROJECT_HEADER[3],
    ("Stadtbezirke", []),
    ("Vertretung", []),
]
_SUPPORT = (0.7, 0.45, 0.6)  # share of sub-projects with each kind of support
_ASSESSMENT_HEADER = [
    ("Vorschlag-Nr.", []),
    ("Projekt-Nr.", []),
    ("Runde", []),
    ("Kriterium erfüllt", list(vocabulary.CRITERIA)),
    ("Empfehlung", ["empfohlen", "Begründung", "entschieden durch", "Datum"]),
]


def deliveries(city: City) -> list[Delivery]:
    """The workbook; every territory adds its own sub-projects and proposals."""
    rng = random.Random(20260304 + city.territories[0].draw)
    workbook = Workbook()
    project_sheet = workbook.active
    project_sheet.title = "Teilprojekte"
    status_sheet = workbook.create_sheet("Statusverlauf")
    assessment_sheet = workbook.create_sheet("Bewertung")
    directory_sheet = workbook.create_sheet("Verzeichnis")
    found = [(territory, projects(territory.draw)) for territory in city.territories]
    _write_projects(project_sheet, found, rng)
    _write_events(status_sheet, found, rng)
    _write_assessments(
        assessment_sheet,
        [(territory, proposals(territory.draw, adopted)) for territory, adopted in found],
        rng,
    )
    _write_directory(directory_sheet, city.territories[0], random.Random(20260310 + city.territories[0].draw))
    content = workbook_bytes(workbook)
    return [Delivery(SOURCE_ID, "teilprojekte_register.xlsx", content, "2026-02-16T13:31:05Z", "Stand 13.02.2026")]


def project_number(territory: Territory, number: int) -> str:
    """Number of the sub-project as printed, such as NW-007; copies carry their own number inside."""
    return f"NW-{territory.code(f'{number:03d}')}"


def _title(sheet: Worksheet, text: str) -> None:
    sheet["A1"] = SYNTHETIC_DE
    sheet["A2"] = text
    sheet["A3"] = "Stand: 13. Februar 2026"


def _footnotes(sheet: Worksheet, row: int, *notes: str) -> None:
    for offset, note in enumerate((*notes, f"{SYNTHETIC_DE}."), start=1):
        sheet.cell(row + offset, 1, note)


def _date(day: dt.date, rng: random.Random) -> dt.date | str:
    return day if rng.random() < 0.35 else german_date(day.isoformat())


def _as_typed(name: str, rng: random.Random) -> str:
    """The district name as a clerk may have typed it; one in seven differs from the official spelling."""
    if rng.random() > 0.15:
        return name
    variants = [name.upper(), f"{name} ", f"{name}\u00a0", unicodedata.normalize("NFD", name)]
    if "-" in name:
        variants += [name.replace("-", " "), name.replace("-", "\u00a0")]
    return rng.choice(variants)


def _write_projects(sheet: Worksheet, found: list[tuple[Territory, list[Project]]], rng: random.Random) -> None:
    _title(sheet, "Register der nordwärts-Teilprojekte, jemals beschlossen")
    write_two_row_header(sheet, 5, _PROJECT_HEADER)
    row = 7
    support = random.Random(20260309 + found[0][0].draw)
    for territory, adopted in found:
        for project in adopted:
            names = [territory.name(territory.stadtbezirke[code]) for code in project.districts]
            cells: list[object] = [
                project_number(territory, project.number),
                project.title,
                project.generation,
                project.round,
                project.family,
                *("x" if name in project.fields else None for name in FIELDS),
                ", ".join(_as_typed(name, rng) for name in names) or None,
                project.office,
                *("x" if support.random() < share else None for share in _SUPPORT),
                _date(project.adopted_on, rng),
                vocabulary.person(rng),
            ]
            _write_row(sheet, row, cells)
            row += 1
    _footnotes(sheet, row, "Ohne Angabe bei Stadtbezirke: Das Teilprojekt wirkt gesamtstädtisch.")


def _write_events(sheet: Worksheet, found: list[tuple[Territory, list[Project]]], rng: random.Random) -> None:
    _title(sheet, "Statusverlauf der nordwärts-Teilprojekte")
    _write_row(sheet, 5, ["Projekt-Nr.", "Status", "Datum", "entschieden durch"])
    row = 6
    for territory, adopted in found:
        for project in adopted:
            for status, day, body in project.events:
                number = project_number(territory, project.number)
                _write_row(sheet, row, [number, status, _date(day, rng), body or None])
                row += 1
    _footnotes(sheet, row, "Ein Status gilt vom genannten Tag an bis zum nächsten Eintrag.")


def _write_assessments(sheet: Worksheet, found: list[tuple[Territory, list[Proposal]]], rng: random.Random) -> None:
    _title(sheet, "Bewertung der Projektvorschläge nach vier Kriterien")
    write_two_row_header(sheet, 5, _ASSESSMENT_HEADER)
    row = 7
    for territory, assessed in found:
        for proposal in assessed:
            cells: list[object] = [
                f"V-{proposal.round}-{territory.code(f'{proposal.number:03d}')}",
                project_number(territory, proposal.project) if proposal.project else None,
                proposal.round,
                *("nein" if criterion in proposal.unmet else "ja" for criterion in vocabulary.CRITERIA),
                "nein" if proposal.unmet else "ja",
                vocabulary.reason(list(proposal.unmet)) if proposal.unmet else None,
                proposal.decided_by,
                _date(proposal.decided_on, rng),
            ]
            _write_row(sheet, row, cells)
            row += 1
    _footnotes(sheet, row, "Empfohlen wird, wer alle vier Kriterien erfüllt; der Rat entscheidet.")


def _write_directory(sheet: Worksheet, city: Territory, rng: random.Random) -> None:
    _title(sheet, "Gremien, Forschungskooperationen und begleitete Großprojekte")
    write_two_row_header(sheet, 5, _DIRECTORY_HEADER)
    row = 7
    for entry in ENTRIES:
        names = [city.name(city.stadtbezirke[code]) for code in entry.districts]
        cells: list[object] = [
            entry.number,
            entry.kind,
            entry.name,
            *(_date(day, rng) if day else None for day in (entry.begins_on, entry.ends_on)),
            *("x" if name in entry.fields else None for name in FIELDS),
            ", ".join(names) or None,
            vocabulary.person(rng),
        ]
        _write_row(sheet, row, cells)
        row += 1
    _footnotes(
        sheet,
        row,
        "Ohne Angabe bei Stadtbezirke: gesamtstädtisch. Ohne Laufzeit: nicht bekannt.",
        "Zuordnungen zu Handlungsfeldern und Stadtbezirken sowie alle Großprojekte sind erfunden.",
    )


def _write_row(sheet: Worksheet, row: int, cells: list[object]) -> None:
    for column, value in enumerate(cells, start=1):
        if value is not None:
            sheet.cell(row, column, value)
