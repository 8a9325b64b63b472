"""Delivery of the labour agency: one workbook, one row per Unterbezirk and reference date.

Two header rows with merged cells, title rows above, footnotes below; reference dates alternate between
German text and real dates. Cells of 1 or 2 are `*` in the two columns of parts (under 25, long-term);
the totals and both SGB II columns are never suppressed. The split into parts and employment is made up.
"""

import datetime as dt

import numpy as np
from openpyxl import Workbook

from samples.calibration import SocialCounts
from samples.city import City
from samples.packing import SYNTHETIC_DE, Delivery, german_date, workbook_bytes, write_two_row_header
from samples.population import YEARS, Ints, Population

SOURCE_ID = "arbeitsagentur"
_PARTS_FROM = 2015
_REAL_DATE_YEARS = (2013, 2018, 2021)
_HEADER = [
    ("Stichtag", []),
    ("Unterbezirk", []),
    ("Arbeitslose", ["insgesamt", "unter 25 Jahre", "langzeitarbeitslos"]),
    ("Leistungsberechtigte SGB II", ["insgesamt", "unter 15 Jahre"]),
    ("Beschäftigte am Wohnort", []),
]
_FOOTNOTES = (
    "* steht für ein oder zwei Fälle, die zum Schutz der Personen nicht genannt werden.",
    "Leere Felder: Merkmal wird erst ab dem Berichtsjahr 2015 geliefert.",
    f"{SYNTHETIC_DE}; erzeugt für Tests der Verarbeitungskette.",
)


def deliveries(city: City) -> list[Delivery]:
    """The workbook with all territories and years 2011 to 2024."""
    workbook = Workbook()
    cover = workbook.active
    cover.title = "Impressum"
    cover.append([SYNTHETIC_DE])
    cover.append(["Arbeitsmarkt in kleinräumiger Gliederung, Sonderauswertung nach städtischem Straßenraster"])
    sheet = workbook.create_sheet("Daten")
    sheet["A1"] = SYNTHETIC_DE
    sheet["A2"] = "Arbeitslose, Leistungsberechtigte und Beschäftigte nach Unterbezirken, jeweils 31. Dezember"
    sheet["A3"] = "Gebietsstand: 170 Unterbezirke"
    write_two_row_header(sheet, 5, _HEADER)
    row = 7
    for column, year in enumerate(YEARS):
        for people, social in zip(city.people, city.social, strict=True):
            parts = _parts(people, social)
            for index, area in enumerate(people.territory.unterbezirke):
                iso = f"{year}-12-31"
                reference = dt.date.fromisoformat(iso) if year in _REAL_DATE_YEARS else german_date(iso)
                sheet.cell(row, 1, reference)
                sheet.cell(row, 2, f"{people.territory.code(area.code)} {area.name}")
                sheet.cell(row, 3, int(social.unemployed[index, column]))
                if year >= _PARTS_FROM:
                    sheet.cell(row, 4, _suppressed(parts["young"][index, column]))
                    sheet.cell(row, 5, _suppressed(parts["long_term"][index, column]))
                    sheet.cell(row, 8, int(parts["employed"][index, column]))
                sheet.cell(row, 6, int(social.sgb2_recipients[index, column]))
                sheet.cell(row, 7, int(social.sgb2_children_under_15[index, column]))
                row += 1
    for offset, note in enumerate(_FOOTNOTES, start=1):
        sheet.cell(row + offset, 1, note)
    content = workbook_bytes(workbook)
    return [Delivery(SOURCE_ID, "akg_dortmund_2011-2024.xlsx", content, "2026-02-11T09:03:17Z", "AkG 202412")]


def _suppressed(count: np.int64) -> int | str:
    return "*" if count in (1, 2) else int(count)


def _parts(people: Population, social: SocialCounts) -> dict[str, Ints]:
    rng = np.random.default_rng([20260302, people.territory.draw, 4])
    shape = social.unemployed.shape
    young = rng.binomial(social.unemployed, np.clip(0.092 + rng.normal(0, 0.012, shape), 0.02, 0.3))
    trend = np.interp(YEARS, (2011, 2015, 2019, 2021, 2024), (0.42, 0.43, 0.37, 0.44, 0.42))
    long_term = rng.binomial(
        social.unemployed, np.clip(trend + 0.03 * people.deprivation[:, None] + rng.normal(0, 0.02, shape), 0.1, 0.8)
    )
    north, rest = ((47.5, 54.6), (54.5, 61.0))
    steps = (np.array(YEARS) - 2015) / 9
    level = np.where(
        people.is_core[:, None], north[0] + (north[1] - north[0]) * steps, rest[0] + (rest[1] - rest[0]) * steps
    )
    rate = level / 100 * np.exp(-0.05 * people.deprivation[:, None] + rng.normal(0, 0.006, shape))
    employed = np.round(people.from_15_to_64 * np.clip(rate, 0.2, 0.8)).astype(np.int64)
    return {"young": np.minimum(young, people.from_15_to_24), "long_term": long_term, "employed": employed}
