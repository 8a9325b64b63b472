"""The city all generators draw from: its copies, the people in each, and their social counts.

A scale of 1 is the city itself. A generator is a module of this package that names its SOURCE_ID and gives
`deliveries(city)`; __main__ finds it by that.
"""

from dataclasses import dataclass

from samples.calibration import SocialCounts, social_counts
from samples.population import Population, population
from samples.territory import Territory, territories


@dataclass(frozen=True)
class City:
    """The copies of the city, and per copy its people and their social counts, all in the same order."""

    territories: tuple[Territory, ...]
    people: tuple[Population, ...]
    social: tuple[SocialCounts, ...]


def city_of(scale: int, seed: int = 0) -> City:
    """The city `scale` times over; every seed but 0 is another city with the same published figures.

    Raises ValueError below 1.
    """
    if scale < 1:
        raise ValueError("scale must be at least 1")
    copies = territories(scale, seed)
    people = tuple(population(territory) for territory in copies)
    return City(copies, people, tuple(social_counts(each) for each in people))
