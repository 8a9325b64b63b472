"""Deliveries of the statistics portal: JSON lines per Unterbezirk and year, and per year for the city.

Population, age groups, living space and basic security come from the calibrated model; housing, land,
care, school entry and noise are made up with plausible levels, a north–rest difference and trends. Keys
appear from the year on in which the measure is delivered; noise is measured in 2017 and 2022 only.
"""

import json
from collections.abc import Iterator

import numpy as np

from samples import published
from samples.calibration import SocialCounts
from samples.city import City
from samples.packing import SYNTHETIC_DE, Delivery
from samples.population import YEARS, Floats, Ints, Population, along, apportion
from samples.territory import Territory

SOURCE_ID = "statistikportal"
_EXTENDED_FROM = 2015
_NOISE_YEARS = (2017, 2022)

# Made up: level in the programme area and in the rest in 2015 and 2024, per cent of the named base.
_CARE_3_5 = {"north": (90.5, 93.0), "rest": (96.0, 97.0)}
_GYMNASIUM = {"north": (33.0, 35.5), "rest": (49.0, 51.0)}
_LANGUAGE = {"north": (37.0, 40.0), "rest": (20.5, 23.0)}
_VACANCY = {"north": (3.6, 2.7), "rest": (2.3, 1.9)}
_NEW_DWELLINGS = {"north": (0.35, 0.55), "rest": (0.60, 0.55)}
_NOISE = {"north": (8.1, 7.4), "rest": (6.3, 6.1)}
_CARE_UNDER_3_CITY = published.CARE_COVERAGE_UNDER_3 | {2016: 32.6, 2018: 31.5, 2021: 34.5, 2024: 37.8}

# Made up: NO2 at the traffic stations (µg/m³) and firms advised, 2015 to 2024.
_NO2 = (44.8, 43.9, 42.1, 40.6, 37.2, 31.9, 31.4, 29.8, 27.6, 26.3)
_FIRMS_ADVISED = (412, 438, 455, 471, 489, 566, 542, 530, 547, 561)


def deliveries(city: City) -> list[Delivery]:
    """Both files of the portal, all territories one after the other."""
    pairs = zip(city.people, city.social, strict=True)
    small = b"".join(line for people, social in pairs for line in _small_area_lines(people, social))
    return [
        Delivery(SOURCE_ID, "kleinraeumig_2011-2024.jsonl", small, "2026-02-09T07:12:40Z", "stand-2026-02-06"),
        Delivery(
            SOURCE_ID,
            "stadtwerte_2015-2024.jsonl",
            _city_lines(city.territories[0]),
            "2026-02-09T07:12:58Z",
            "stand-2026-02-06",
        ),
    ]


def _line(record: dict[str, object]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _city_lines(territory: Territory) -> bytes:
    """One line a year; the committed sample shows the figures above, every other seed varies them."""
    years = range(_EXTENDED_FROM, 2025)
    rng = np.random.default_rng([20260302, territory.draw, 7])
    spread = rng.normal(0, 0.02 if territory.seed else 0, (2, len(years)))
    return b"".join(
        _line(
            {
                "ags": "05913",
                "jahr": year,
                "stichtag": f"{year}-12-31",
                "no2_jahresmittel": round(no2 * float(np.exp(air)), 1),
                "beratene_unternehmen": round(firms * float(np.exp(advice))),
                "hinweis": SYNTHETIC_DE,
            }
        )
        for year, no2, firms, air, advice in zip(years, _NO2, _FIRMS_ADVISED, *spread, strict=True)
    )


def _small_area_lines(people: Population, social: SocialCounts) -> Iterator[bytes]:
    core: dict[str, Ints] = {
        "hauptwohnsitzbevoelkerung": people.total,
        "bev_unter_15": people.under_15,
        "bev_15_bis_64": people.from_15_to_64,
        "bev_unter_65": people.under_65,
        "bev_65_und_aelter": people.over_64,
        "wohnflaeche_qm": social.living_space_m2,
        "grundsicherung_65_und_aelter": social.basic_security_65_plus,
    }
    extended = _extended(people)
    noise = extended.pop("bev_laerm_ueber_65_dba")
    for row, area in enumerate(people.territory.unterbezirke):
        for column, year in enumerate(YEARS):
            record: dict[str, object] = {
                "unterbezirk_nr": people.territory.code(area.code),
                "unterbezirk": area.name,
                "jahr": year,
                "stichtag": f"{year}-12-31",
            }
            record |= {key: int(values[row, column]) for key, values in core.items()}
            if year >= _EXTENDED_FROM:
                record |= {key: int(values[row, column]) for key, values in extended.items()}
            if year in _NOISE_YEARS:
                record["bev_laerm_ueber_65_dba"] = int(noise[row, column])
            record["hinweis"] = "synthetisch"
            yield _line(record)


def _extended(people: Population) -> dict[str, Ints]:
    rng = np.random.default_rng([20260302, people.territory.draw, 3])

    def share(base: Ints, levels: dict[str, tuple[float, float]], tilt: float, own: float, yearly: float) -> Ints:
        """Counts as a share of the base: level of the group of areas, deprivation, noise; never above it."""
        first, last = (
            np.where(people.is_core, levels["north"][position], levels["rest"][position]) for position in (0, 1)
        )
        steps = np.clip((np.array(YEARS) - _EXTENDED_FROM) / 9, 0, None)
        rate = (first[:, None] + (last - first)[:, None] * steps) / 100
        spread = np.exp(tilt * people.deprivation + rng.normal(0, own, len(first)))[:, None]
        wobble = np.exp(rng.normal(0, yearly, base.shape))
        return np.minimum(np.round(base * rate * spread * wobble).astype(np.int64), base)

    dwellings = np.round(people.total / rng.uniform(1.82, 2.08, len(people.total))[:, None]).astype(np.int64)
    # Of many copies one would draw a Stadtbezirk with less than 300 of a year: the rule hides it, its open neighbours and the city
    # give it away, and the refresh is rightly refused. So copies have a quarter more of them.
    more = 1.25 if people.territory.copy else 1.0
    transitions = np.round(people.under_15 * 0.061 * more * np.exp(rng.normal(0, 0.06, people.total.shape)))
    entrants = np.round(people.under_15 * 0.066 * more * np.exp(rng.normal(0, 0.06, people.total.shape)))
    counts = {
        "bev_unter_3": people.under_3,
        "bev_3_bis_5": people.from_3_to_5,
        "bev_15_bis_24": people.from_15_to_24,
        "wohnungen": dwellings,
        "wohnungen_leer": share(dwellings, _VACANCY, 0.10, 0.25, 0.06),
        "wohnungen_fertiggestellt": share(dwellings, _NEW_DWELLINGS, -0.15, 0.45, 0.45),
        "gruenflaeche_erreichbar_qm": _green(people, rng),
        "bev_laerm_ueber_65_dba": share(people.total, _NOISE, 0.12, 0.5, 0.02),
        **_land(people, rng),
        "betreuungsplaetze_u3": _care_under_3(people, rng),
        "betreuungsplaetze_ue3": share(people.from_3_to_5, _CARE_3_5, -0.005, 0.02, 0.01),
        "uebergaenge_gesamt": transitions.astype(np.int64),
        "einschulungen": entrants.astype(np.int64),
    }
    counts["uebergaenge_gymnasium"] = share(counts["uebergaenge_gesamt"], _GYMNASIUM, -0.14, 0.06, 0.05)
    counts["einschulungen_sprachfoerderbedarf"] = share(counts["einschulungen"], _LANGUAGE, 0.16, 0.08, 0.05)
    return counts


def _care_under_3(people: Population, rng: np.random.Generator) -> Ints:
    city = along({year: float(value) for year, value in _CARE_UNDER_3_CITY.items()})
    relative = np.exp(-0.06 * people.deprivation + rng.normal(0, 0.08, len(people.total)))
    relative *= np.where(people.stadtbezirk == "20", 0.78, np.where(people.is_core, 0.95, 1.08))
    places = np.zeros_like(people.under_3)
    for column in range(len(YEARS)):
        children = people.under_3[:, column]
        places[:, column] = apportion(children * relative, round(city[column] / 100 * children.sum()), children)
    return places


def _green(people: Population, rng: np.random.Generator) -> Ints:
    hectares = np.array([area.area_ha for area in people.territory.unterbezirke])
    per_head = 14 + 26 * np.sqrt(hectares / hectares.mean()) * rng.uniform(0.6, 1.4, len(hectares))
    gain: Floats = 1 + np.where(people.is_core, 0.009, 0.004)[:, None] * (np.array(YEARS) - 2015)
    green: Ints = np.round(people.total[:, [YEARS.index(2015)]] * per_head[:, None] * gain).astype(np.int64)
    return green


def _land(people: Population, rng: np.random.Generator) -> dict[str, Ints]:
    """Land in m²: reactivated and remaining brownfield add up to the brownfield of 2015."""
    areas = len(people.total)
    land = np.round(np.array([area.area_ha for area in people.territory.unterbezirke]) * 10_000)[:, None]
    years_since = np.clip(np.array(YEARS) - 2015, 0, None)[None, :]
    has_brownfield = rng.random(areas) > 0.06
    share = np.where(people.is_core, 0.045, 0.018) * rng.uniform(0.3, 1.9, areas) * has_brownfield
    brownfield_2015 = np.round(land * share[:, None])
    pace = np.where(people.is_core, 0.034, 0.024) * rng.uniform(0.3, 1.6, areas)
    reactivated = np.round(brownfield_2015 * np.minimum(pace[:, None] * years_since, 0.9))
    density = people.total[:, [YEARS.index(2015)]] / (land / 10_000)
    sealed = np.clip(0.22 + 0.0055 * density + rng.normal(0, 0.04, (areas, 1)), 0.12, 0.86)
    housing = np.round(land * rng.uniform(0.001, 0.009, (areas, 1)) * (1 - 0.03 * years_since))
    business = np.round(land * rng.uniform(0.000, 0.010, (areas, 1)) * (1 - 0.025 * years_since))
    columns = {
        "flaeche_qm": land + 0 * years_since,
        "flaeche_versiegelt_qm": np.round(land * sealed * (1 + 0.002 * years_since)),
        "brachflaeche_qm": brownfield_2015 - reactivated,
        "brachflaeche_2015_qm": brownfield_2015 + 0 * years_since,
        "flaeche_reaktiviert_qm": reactivated,
        "bauland_wohnen_qm": housing,
        "bauland_gewerbe_qm": business,
    }
    return {key: values.astype(np.int64) for key, values in columns.items()}
