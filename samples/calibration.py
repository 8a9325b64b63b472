"""Rates of the social measures by Unterbezirk and year, turned into whole counts.

For 2018 and 2024 city, programme area and rest meet the published shares within ±0.05 (percentage points,
or m² per person); other years follow made-up paths with the ratio of programme area to city kept. Printed
shares of Stadtbezirke are approached (±0.5 pp). Where inside a Stadtbezirk a measure is high is made up:
one latent deprivation score per Unterbezirk, shared by all measures, plus noise of its own.
"""

from dataclasses import dataclass

import numpy as np

from samples import published
from samples.population import YEARS, Floats, Ints, Population, along, apportion

# Made-up city paths between and before the two published years (% or m² per person).
_CITY_PATH: dict[str, dict[int, float]] = {
    "unemployed": {
        2011: 12.2, 2012: 12.4, 2013: 12.5, 2014: 12.3, 2015: 11.9, 2016: 11.3, 2017: 10.5,
        2019: 9.6, 2020: 10.9, 2021: 10.5, 2022: 10.4, 2023: 10.9,
    },
    "sgb2_recipients": {
        2011: 17.3, 2013: 17.7, 2015: 18.0, 2016: 18.1, 2017: 17.8, 2019: 16.7, 2020: 16.5,
        2021: 15.9, 2022: 16.1, 2023: 15.9,
    },
    "sgb2_children_under_15": {
        2011: 27.2, 2013: 28.0, 2015: 29.0, 2016: 29.6, 2017: 29.6, 2019: 28.4, 2020: 28.0,
        2021: 27.2, 2022: 28.4, 2023: 28.3,
    },
    "basic_security_65_plus": {2011: 5.0, 2015: 5.9, 2020: 7.1, 2022: 7.7},
    "living_space_m2": {2011: 37.7, 2015: 38.6, 2021: 39.8},
}  # fmt: skip

# Made up: level by Stadtbezirk where nothing is printed; only the proportions count, because the programme
# area and the rest are scaled to their totals afterwards.
_RELATIVE: dict[str, dict[str, float]] = {
    "sgb2_recipients": {"10": 12.8, "30": 11.2, "3": 12.4, "4": 8.6, "5": 14.0, "6": 7.4},
    "sgb2_children_under_15": {
        "20": 56.5, "2": 37.5, "9": 36.0, "1": 34.5, "7": 28.0, "8": 32.0,
        "10": 24.0, "30": 18.5, "3": 20.0, "4": 13.0, "5": 22.5, "6": 11.0,
    },
    "basic_security_65_plus": {
        "20": 23.0, "2": 7.0, "9": 6.5, "1": 6.6, "7": 5.9, "8": 6.2,
        "10": 9.0, "30": 6.4, "3": 4.9, "4": 3.6, "5": 5.4, "6": 3.2,
    },
    "living_space_m2": {
        "20": 29.6, "2": 34.6, "9": 37.0, "1": 36.2, "7": 38.5, "8": 36.6,
        "10": 39.5, "30": 42.5, "3": 42.3, "4": 45.6, "5": 43.2, "6": 47.2,
    },
}  # fmt: skip

# (effect of deprivation, own noise, noise from year to year), in log points.
_SPREAD = {
    "unemployed": (0.27, 0.08, 0.03),
    "sgb2_recipients": (0.34, 0.08, 0.02),
    "sgb2_children_under_15": (0.32, 0.09, 0.03),
    "basic_security_65_plus": (0.46, 0.26, 0.02),
    "living_space_m2": (-0.09, 0.05, 0.003),
}


@dataclass(frozen=True)
class SocialCounts:
    """Counts of Unterbezirk × YEARS; living space in m², the rest in persons."""

    unemployed: Ints
    sgb2_recipients: Ints
    sgb2_children_under_15: Ints
    basic_security_65_plus: Ints
    living_space_m2: Ints


def social_counts(people: Population) -> SocialCounts:
    """The five calibrated measures of one territory."""
    rng = np.random.default_rng([20260302, people.territory.draw, 2])
    children = _counts(people, "sgb2_children_under_15", people.under_15, people.under_15 * 9 // 10, rng)
    recipients = _counts(people, "sgb2_recipients", people.under_65, people.under_65 * 4 // 5, rng)
    return SocialCounts(
        unemployed=_counts(people, "unemployed", people.from_15_to_64, people.from_15_to_64 // 2, rng),
        sgb2_recipients=np.maximum(recipients, children),
        sgb2_children_under_15=children,
        basic_security_65_plus=_counts(people, "basic_security_65_plus", people.over_64, people.over_64 // 2, rng),
        living_space_m2=_counts(people, "living_space_m2", people.total, people.total * 100, rng),
    )


def north_and_rest(measure: str, people: Population, denominator: Ints) -> tuple[Floats, Floats]:
    """Rates of programme area (core) and rest for YEARS, in the unit of published.CITY_NORTH_REST.

    In the published years a third printed figure, the city, is implied by the other two and the share of
    the denominator; the misfit is divided evenly, so each of the three is off by at most half of it.
    """
    anchors = published.CITY_NORTH_REST[measure]
    city = along(_CITY_PATH[measure] | {year: values[0] for year, values in anchors.items()})
    north = city * along({year: values[1] / values[0] for year, values in anchors.items()})
    rest = city * along({year: values[2] / values[0] for year, values in anchors.items()})
    weight = denominator[people.is_core].sum(axis=0) / denominator.sum(axis=0)
    misfit = city - (weight * north + (1 - weight) * rest)
    return north + misfit / 2, rest + misfit / 2


def _counts(people: Population, measure: str, denominator: Ints, caps: Ints, rng: np.random.Generator) -> Ints:
    factor = 1.0 if measure == "living_space_m2" else 0.01
    by_deprivation, own, yearly = _SPREAD[measure]
    spread = np.exp(by_deprivation * people.deprivation + rng.normal(0, own, len(people.deprivation)))
    north, rest = north_and_rest(measure, people, denominator)
    counts = np.zeros_like(denominator)
    for column in range(len(YEARS)):
        weights = denominator[:, column] * spread * np.exp(rng.normal(0, yearly, len(spread)))
        amounts = [
            (group, round(rate[column] * factor * denominator[group, column].sum()))
            for group, rate in ((people.is_core, north), (~people.is_core, rest))
        ]
        for _ in range(25):
            for code in people.territory.stadtbezirke:
                inside = people.stadtbezirk == code
                level = _stadtbezirk_level(measure, code)[column]
                weights[inside] *= level * factor * denominator[inside, column].sum() / weights[inside].sum()
            for group, amount in amounts:
                weights[group] *= amount / weights[group].sum()
        for group, amount in amounts:
            counts[group, column] = apportion(weights[group], amount, caps[group, column], floor=3)
    return counts


def _stadtbezirk_level(measure: str, code: str) -> Floats:
    printed = {"unemployed": published.UNEMPLOYED_BY_STADTBEZIRK, "sgb2_recipients": published.TRANSFER_BY_STADTBEZIRK}
    values = {year: levels[code] for year, levels in printed.get(measure, {}).items() if code in levels}
    return along(values) if values else along({2018: _RELATIVE[measure][code]})
