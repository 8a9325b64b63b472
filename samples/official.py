"""Deliveries of the official regional statistics: six GENESIS tables as flat CSV, each in its own ZIP.

UTF-8 with BOM, `value_q` filled where a number stands, other Kreise and higher levels in the same file,
`-` for a dissolved Kreis. The newest reference date of table 13111 carries numbers for Germany and North
Rhine-Westphalia and `-` for every Kreis. Dortmund's printed values are met; all other figures are made up.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

import numpy as np

from samples import published
from samples.city import City
from samples.packing import SYNTHETIC_DE, Delivery, csv_bytes, zip_bytes

SOURCE_ID = "regionalstatistik"
_YEARS = range(2011, 2025)

# Region, its size relative to Dortmund, and its level.
_KREISE = (
    ("05911", "Bochum, kreisfreie Stadt", 0.62),
    ("05913", "Dortmund, kreisfreie Stadt", 1.0),
    ("05914", "Hagen, kreisfreie Stadt", 0.32),
    ("05915", "Hamm, kreisfreie Stadt", 0.305),
    ("05978", "Unna, Kreis", 0.67),
)
_DISSOLVED = ("05313", "Aachen, kreisfreie Stadt (bis 2009)", 0.0)
_UPPER = (("DINSG", "Deutschland", "DG", "Deutschland", 141.0), ("DLAND", "Länder", "05", "Nordrhein-Westfalen", 30.4))

# Made up between the published values (official update; the rate by interpolation).
_POPULATION = {
    2011: 571_420, 2012: 572_090, 2013: 575_940, 2014: 580_510, 2015: 586_180, 2016: 585_810,
    2017: 586_600, 2019: 588_250, 2020: 587_700, 2022: 599_240, 2023: 601_310,
} | published.OFFICIAL_POPULATION  # fmt: skip
_RATE = {
    2011: 13.1, 2012: 13.0, 2014: 12.7, 2016: 11.8, 2017: 11.0, 2020: 11.4, 2021: 11.1,
    2022: 10.9, 2024: 11.9,
} | published.UNEMPLOYMENT_RATE_BA  # fmt: skip
_EMPLOYED = {2011: 206_400, 2015: 221_900, 2019: 243_700, 2020: 243_100, 2024: 256_800}
_REGISTERED = {2011: 5_420, 2015: 5_010, 2019: 4_760, 2020: 4_310, 2024: 5_130}
_DEREGISTERED = {2011: 4_980, 2015: 4_720, 2019: 4_510, 2020: 3_880, 2024: 4_560}
_BUILDINGS = {2011: 610, 2015: 655, 2019: 702, 2022: 640, 2024: 540}
_LEAVERS = {2011: 6_480, 2015: 6_020, 2020: 5_610, 2024: 5_730}
_WITHOUT_CERTIFICATE = {2011: 505, 2015: 438, 2020: 412, 2024: 486}

Series = Mapping[int, float]
Dimension = tuple[str, str, str, str]
_SEXES: tuple[tuple[str, str, float], ...] = (
    ("", "Insgesamt", 1.0),
    ("GESM", "männlich", 0.4936),
    ("GESW", "weiblich", 0.0),
)


def deliveries(city: City) -> list[Delivery]:
    """The six ZIPs; they hold the city only and do not grow with the scale. Seeds but 0 vary what is made up."""
    draw = city.territories[0].draw
    rng = np.random.default_rng([20260302, draw, 8])

    def drawn(anchors: Series, spread: float, printed: Collection[int] = ()) -> Series:
        if not draw:
            return anchors
        years = range(min(anchors), max(anchors) + 1)
        noise = {year: 0.0 if year in printed else rng.normal(0, spread) for year in years}
        return {year: _at(anchors, year) * float(np.exp(noise[year])) for year in years}

    leavers, buildings = drawn(_LEAVERS, 0.015), drawn(_BUILDINGS, 0.06)
    tables = {
        "12411-01-01-4": (
            _population(drawn(_POPULATION, 0.002, published.OFFICIAL_POPULATION)),
            "2026-02-10T05:00:11Z",
        ),
        "13111-01-03-4": (_employees(drawn(_EMPLOYED, 0.005)), "2026-02-10T05:00:26Z"),
        "52311-01-04-4": (_businesses(drawn(_REGISTERED, 0.02), drawn(_DEREGISTERED, 0.02)), "2026-02-10T05:00:39Z"),
        "31121-01-02-4": (_buildings(buildings), "2026-02-10T05:00:52Z"),
        "21111-02-06-4": (_leavers(leavers, drawn(_WITHOUT_CERTIFICATE, 0.03)), "2026-02-10T05:01:07Z"),
        "13211-02-05-4": (
            _unemployment(drawn(_RATE, 0.01, published.UNEMPLOYMENT_RATE_BA)),
            "2026-02-10T05:01:21Z",
        ),
    }
    made = []
    for code, (rows, received_at) in tables.items():
        members = {f"{code}_de_flat.csv": _flat_csv(code, list(rows)), "HINWEIS.txt": SYNTHETIC_DE.encode()}
        made.append(Delivery(SOURCE_ID, f"{code}_de_flat.zip", zip_bytes(members), received_at, "Stand 2026-01-30"))
    return made


Row = tuple[tuple[str, str, str], tuple[Dimension, ...], str, str, tuple[str, str], str]

_STATISTICS = {
    "12411": "Fortschreibung des Bevölkerungsstandes",
    "13111": "Statistik der sozialversicherungspflichtig Beschäftigten",
    "52311": "Gewerbeanzeigenstatistik",
    "31121": "Statistik der Baufertigstellungen",
    "21111": "Statistik der allgemeinbildenden Schulen",
    "13211": "Arbeitsmarktstatistik der Bundesagentur für Arbeit",
}


def _flat_csv(code: str, rows: list[Row]) -> bytes:
    dimensions = len(rows[0][1])
    header = ["statistics_code", "statistics_label", "time_code", "time_label", "time"]
    for number in range(1, dimensions + 1):
        header += [f"{number}_variable_{part}" for part in ("code", "label", "attribute_code", "attribute_label")]
    header += ["value", "value_unit", "value_variable_code", "value_variable_label", "value_q"]
    statistic = code.split("-")[0]
    lines = [
        [statistic, _STATISTICS[statistic], *time, *(cell for dimension in found for cell in dimension),
         value, unit, *variable, quality]
        for time, found, value, unit, variable, quality in rows
    ]  # fmt: skip
    return csv_bytes(header, lines, encoding="utf-8-sig")


def _at(anchors: Series, year: int) -> float:
    known = sorted(anchors)
    if year <= known[0]:
        return anchors[known[0]]
    for first, last in pairwise(known):
        if year <= last:
            return anchors[first] + (anchors[last] - anchors[first]) * (year - first) / (last - first)
    return anchors[known[-1]]


def _regions() -> Iterator[tuple[Dimension, float]]:
    for level, label, code, name, size in _UPPER:
        yield (level, label, code, name), size
    for code, name, size in (*_KREISE, _DISSOLVED):
        yield ("KREISE", "Kreise und kreisfreie Städte", code, name), size


def _cell(value: float, year: int) -> tuple[str, str]:
    if value == 0:
        return "-", ""
    return str(round(value)), {2024: "p", 2022: "r"}.get(year, "e")


def _by_sex(total: float, sex: float, male: float) -> float:
    return round(total) if sex == 1.0 else (round(total * male) if sex else round(total) - round(total * male))


def _population(persons: Series) -> Iterator[Row]:
    for year in _YEARS:
        for region, size in _regions():
            for code, label, part in _SEXES:
                value, quality = _cell(_by_sex(persons[year] * size, part, 0.4936), year)
                dimensions = (region, ("GES", "Geschlecht", code, label))
                variable = ("BEVSTD", "Bevölkerungsstand")
                yield ("STAG", "Stichtag", f"{year}-12-31"), dimensions, value, "Anzahl", variable, quality


def _employees(employed: Series) -> Iterator[Row]:
    variable = ("ERW032", "Sozialversicherungspfl. Beschäftigte (Arbeitsort)")
    for year in range(2011, 2026):
        for region, size in _regions():
            for nationality, label, part in (("", "Insgesamt", 1.0), ("NATA", "ausländisch", 0.14)):
                for code, sex_label, sex in _SEXES:
                    total = _at(employed, year) * size * part
                    not_loaded = year == 2025 and region[0] == "KREISE"
                    value, quality = _cell(0 if not_loaded else _by_sex(total, sex, 0.535), year)
                    dimensions = (
                        region,
                        ("NAT", "Nationalität", nationality, label),
                        ("GES", "Geschlecht", code, sex_label),
                    )
                    yield ("STAG", "Stichtag", f"{year}-06-30"), dimensions, value, "Anzahl", variable, quality


def _yearly(values: Mapping[tuple[str, str], Series]) -> Iterator[Row]:
    for year in _YEARS:
        for region, size in _regions():
            for variable, anchors in values.items():
                value, quality = _cell(_at(anchors, year) * size, year)
                yield ("JAHR", "Jahr", str(year)), (region,), value, "Anzahl", variable, quality


def _businesses(registered: Series, deregistered: Series) -> Iterator[Row]:
    return _yearly({("GEW001", "Gewerbeanmeldungen"): registered, ("GEW002", "Gewerbeabmeldungen"): deregistered})


def _buildings(buildings: Series) -> Iterator[Row]:
    dwellings = {year: value * 2 for year, value in buildings.items()}
    return _yearly(
        {("BAU005", "Gebäude (Fertigstellungen)"): buildings, ("BAU006", "Wohnungen (Fertigstellungen)"): dwellings}
    )


def _leavers(total: Series, without: Series) -> Iterator[Row]:
    for year in _YEARS:
        for region, size in _regions():
            for code, label, anchors in (
                ("", "Insgesamt", total),
                ("ABSCHL01", "ohne Hauptschulabschluss", without),
                ("ABSCHL02", "mit Hauptschulabschluss", {y: v * 2 for y, v in without.items()}),
            ):
                value, quality = _cell(_at(anchors, year) * size, year)
                dimensions = (region, ("SCHABS", "Schulabschluss", code, label))
                variable = ("BIL003", "Absolventen und Abgänger")
                yield ("JAHR", "Jahr", str(year)), dimensions, value, "Anzahl", variable, quality


def _unemployment(rate: Series) -> Iterator[Row]:
    """The rate with decimal comma beside the number of unemployed; `.` where no rate is published."""
    rates = {"DG": 0.55, "05": 0.68, "05911": 0.84, "05913": 1.0, "05914": 0.98, "05915": 0.83, "05978": 0.71}
    for year in _YEARS:
        for region, size in _regions():
            count, quality = _cell(rate[year] * 2_980 * size, year)
            time = ("JAHR", "Jahr", str(year))
            yield time, (region,), count, "Anzahl", ("ERWP01", "Arbeitslose"), quality
            factor = rates.get(region[2])
            value = "." if factor is None else f"{rate[year] * factor:.1f}".replace(".", ",")
            variable = ("ERWP06", "Arbeitslosenquote bez. auf alle zivilen Erwerbspersonen")
            yield time, (region,), value, "Prozent", variable, "" if factor is None else "e"
