"""Deliveries of the volunteer agency: one Windows-1252 CSV a year with a row per reporting organisation.

The sum of active persons reported as counted is met exactly in 2016 and 2020; everything else is made up.
Three bad rows are planted, in years without a published figure: `1.5` as a count, the unknown Stadtbezirk 77,
an exact duplicate.
"""

import random

import numpy as np

from samples import published, vocabulary
from samples.city import City
from samples.packing import Delivery, csv_bytes, german_decimal
from samples.population import along, apportion
from samples.territory import Territory

SOURCE_ID = "ehrenamt"
YEARS = tuple(range(2016, 2025))
_HEADER = (
    "stichtag", "traeger_id", "stadtbezirk_nr", "statistischer_bezirk_nr", "engagierte_aktiv",
    "davon_neu", "stunden_gemeldet", "angebote_offen", "quelle", "erhebungsart", "kontakt_mail",
    "hinweis",
)  # fmt: skip
_ORGANISATIONS = 520
_METHODS = ("gezählt", "geschätzt", "hochgerechnet")

# Made up between and after the two published figures: active persons, method `gezählt`.
_COUNTED = {2018: 5_180, 2019: 5_490, 2021: 5_610, 2022: 5_730, 2023: 5_880, 2024: 5_960}
BAD_COUNT_YEAR, UNKNOWN_AREA_YEAR, DUPLICATE_YEAR = 2019, 2021, 2023


def deliveries(city: City) -> list[Delivery]:
    """One file a year; every territory adds its organisations to the same files."""
    rows: dict[int, list[list[object]]] = {year: [] for year in YEARS}
    for territory in city.territories:
        for year, found in _reports(territory).items():
            rows[year] += found
    _plant_dirt(rows)
    return [
        Delivery(
            SOURCE_ID,
            f"ehrenamt_{year}.csv",
            csv_bytes(_HEADER, rows[year], encoding="cp1252", line_end="\r\n"),
            f"{year + 1}-03-1{year % 10}T10:24:00Z" if year < 2024 else "2025-06-12T10:24:00Z",
            f"Meldebogen {year}",
        )
        for year in YEARS
    ]


def _reports(territory: Territory) -> dict[int, list[list[object]]]:
    rng = np.random.default_rng([20260302, territory.draw, 5])
    texts = random.Random(20260302 + territory.draw)
    seats = rng.choice(len(territory.unterbezirke), _ORGANISATIONS)
    methods = rng.choice(3, _ORGANISATIONS, p=(0.62, 0.26, 0.12))
    sizes = rng.lognormal(2.5, 0.6, _ORGANISATIONS)
    first = np.where(rng.random(_ORGANISATIONS) < 0.94, 2016, rng.integers(2017, 2021, _ORGANISATIONS))
    last = np.where(rng.random(_ORGANISATIONS) < 0.95, 2024, rng.integers(2021, 2024, _ORGANISATIONS))
    counted_totals = along(
        {**_COUNTED, **{year: float(total) for year, total in published.ACTIVE_PERSONS_COUNTED.items()}}, YEARS
    )
    reports: dict[int, list[list[object]]] = {}
    for position, year in enumerate(YEARS):
        reporting = np.flatnonzero((first <= year) & (year <= last))
        wave = sizes[reporting] * np.exp(rng.normal(0, 0.08, len(reporting)))
        is_counted = methods[reporting] == 0
        active = np.maximum(np.round(wave), 3).astype(np.int64)
        active[is_counted] = apportion(wave[is_counted], round(counted_totals[position]), floor=3)
        growth = 0.5 if year in (2020, 2021) else 1.0
        rows: list[list[object]] = []
        for organisation, persons in zip(reporting, active, strict=True):
            area = territory.unterbezirke[seats[organisation]]
            new = int(rng.binomial(persons, 0.12 * growth))
            hours = float(persons) * rng.uniform(38, 110) * (0.8 if year in (2020, 2021) else 1.0)
            rows.append(
                [
                    f"31.12.{year}",
                    f"T-{territory.code(f'{organisation + 1:04d}')}",
                    territory.code(area.stadtbezirk),
                    territory.code(area.statistischer_bezirk),
                    int(persons),
                    new,
                    german_decimal(round(hours * 2) / 2, 1).removesuffix(",0"),
                    int(rng.poisson(2.4)),
                    texts.choice(("Meldebogen", "Telefonat", "Sammelmeldung Verband")),
                    _METHODS[methods[organisation]],
                    vocabulary.mail(texts),
                    "synthetisch",
                ]
            )
        reports[year] = rows
    return reports


def _plant_dirt(rows: dict[int, list[list[object]]]) -> None:
    """One bad row each in three years without a published figure; the duplicated row stays accepted once."""
    bad_count = list(rows[BAD_COUNT_YEAR][7])
    bad_count[1], bad_count[4] = "T-9001", "1.5"
    rows[BAD_COUNT_YEAR].insert(40, bad_count)
    unknown_area = list(rows[UNKNOWN_AREA_YEAR][11])
    unknown_area[1], unknown_area[2] = "T-9002", "77"
    rows[UNKNOWN_AREA_YEAR].insert(60, unknown_area)
    rows[DUPLICATE_YEAR].insert(90, list(rows[DUPLICATE_YEAR][89]))
