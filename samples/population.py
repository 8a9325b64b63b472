"""Population by Unterbezirk and year, with age groups: the denominators every source shares.

City and printed Stadtbezirk values are met exactly; years between are interpolated; how a Stadtbezirk
divides into Unterbezirke is made up, guided by the few published sizes of Statistische Bezirke. The
programme area's share of children and of the old is steered, because its children weigh 48.9 % while
its inhabitants weigh about 42 % of the city.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from samples import published
from samples.territory import Territory

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

YEARS = tuple(range(2011, 2025))

# Made up where published.CITY_POPULATION has no value.
_CITY = {2011: 578_620, 2012: 581_240, 2013: 584_310, 2014: 589_280, 2015: 596_590, 2017: 601_870}
_CITY |= {2018: 602_500, 2020: 603_240, **published.CITY_POPULATION}

# 2023 by difference: only the sum of the three is known; 2023 is printed to 5, the jitter sums to zero.
_SPLIT_2023 = {"3": 56_530, "7": 48_690, "9": 39_510}
_UNROUNDED_2023 = {"10": 1, "20": -2, "30": 2, "1": -1, "2": 0, "4": 2, "5": -2, "6": 1, "8": -1}

# Made up: share of the city in 2011 relative to 2023, for Stadtbezirke without an early printed value.
_SHARE_2011 = {"10": 0.985, "30": 0.99, "1": 1.0, "3": 1.0, "4": 1.02, "5": 0.99, "6": 1.005}
_SHARE_2011 |= {"7": 1.03, "8": 1.01, "9": 1.0}

# Made up: sizes about 2023 that keep known dwarfs small and the two cut pieces of Innenstadt-West right.
_STATISTISCHER_BEZIRK = {"13": 980, "55": 1_720, "76": 3_440, "81": 1_880, "95": 760}
_UNTERBEZIRK = {"013": 5_800, "023": 1_700}

# Made up: age structure of the city (shares), and the programme area's part of each age group.
_UNDER_15 = {2011: 0.1312, 2018: 0.1347, 2024: 0.1412}
_OVER_64 = {2011: 0.2010, 2018: 0.2038, 2024: 0.2065}
_NORTH_OF_UNDER_15 = {2011: 0.4820, 2018: 0.4888, 2024: 0.4936}
_NORTH_OF_OVER_64 = {2011: 0.3550, 2018: 0.3600, 2024: 0.3655}
_YOUNG = {"20": 1.16, "2": 1.06, "10": 0.82, "30": 0.84, "6": 0.98, "4": 1.04}
_OLD = {"20": 0.55, "10": 0.84, "30": 0.94, "6": 1.14, "4": 1.15, "3": 1.08}


def along(anchors: dict[int, float], years: tuple[int, ...] = YEARS) -> Floats:
    """The anchors interpolated to these years, constant beyond the first and last."""
    known = sorted(anchors)
    return np.interp(years, known, [anchors[year] for year in known])


def apportion(weights: Floats | Ints, total: int, caps: Ints | None = None, floor: int = 0) -> Ints:
    """Whole numbers in proportion to the weights that sum to `total`, each within floor and its cap.

    Raises ValueError when floor and caps leave no room for the total.
    """
    low = np.full(len(weights), float(floor))
    high = np.full(len(weights), np.inf) if caps is None else caps.astype(float)
    if not low.sum() <= total <= high.sum():
        raise ValueError(f"{total} does not fit between {low.sum():.0f} and {high.sum():.0f}")
    exact = weights * (total / weights.sum())
    for _ in range(60):
        exact = np.clip(exact, low, high)
        gap = total - exact.sum()
        if abs(gap) < 1e-9:
            break
        free = (exact < high) if gap > 0 else (exact > low)
        exact[free] += gap * exact[free] / exact[free].sum()
    exact = np.clip(exact, low, high)
    whole: Ints = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    missing = total - int(whole.sum())
    for index in order:
        if missing <= 0:
            break
        if whole[index] + 1 <= high[index]:
            whole[index] += 1
            missing -= 1
    return whole


@dataclass(frozen=True)
class Population:
    """Counts of one territory: arrays of Unterbezirk × YEARS, in the order of the territory."""

    territory: Territory
    is_core: NDArray[np.bool_]
    stadtbezirk: NDArray[np.str_]
    total: Ints
    under_15: Ints
    over_64: Ints
    under_3: Ints
    from_3_to_5: Ints
    from_15_to_24: Ints
    deprivation: Floats = field(repr=False)

    @property
    def from_15_to_64(self) -> Ints:
        """Persons of 15 to under 65."""
        return self.total - self.under_15 - self.over_64

    @property
    def under_65(self) -> Ints:
        """Persons under 65."""
        return self.total - self.over_64


def population(territory: Territory) -> Population:
    """The population of one copy of the city; copies have their own Unterbezirk sizes and ages."""
    rng = np.random.default_rng([20260302, territory.draw, 1])
    areas = territory.unterbezirke
    stadtbezirk = np.array([area.stadtbezirk for area in areas])
    is_core = np.array([area.is_core for area in areas])
    deprivation = rng.normal(0, 1, len(areas))
    total = _unterbezirk_population(territory, stadtbezirk, rng)

    def age(shares: dict[int, float], north: dict[int, float], factors: dict[str, float], tilt: float) -> Ints:
        relative = np.array([factors.get(code, 1.0) for code in stadtbezirk])
        relative *= np.exp(tilt * deprivation + rng.normal(0, 0.07, len(areas)))
        counts = np.zeros_like(total)
        for column in range(len(YEARS)):
            city = round(along(shares)[column] * total[:, column].sum())
            of_north = round(along(north)[column] * city)
            for group, amount in ((is_core, of_north), (~is_core, city - of_north)):
                persons = total[group, column]
                counts[group, column] = apportion(persons * relative[group], amount, persons // 2)
        return counts

    under_15 = age(_UNDER_15, _NORTH_OF_UNDER_15, _YOUNG, 0.06)
    over_64 = age(_OVER_64, _NORTH_OF_OVER_64, _OLD, -0.08)
    of_working_age = total - under_15 - over_64
    share_under_3 = dict.fromkeys(YEARS, 0.214) | {2011: 0.203, 2024: 0.207}
    under_3, from_3_to_5, from_15_to_24 = (np.zeros_like(total) for _ in range(3))
    for column, year in enumerate(YEARS):
        children = under_15[:, column]
        city_under_3 = round(along(share_under_3)[column] * children.sum())
        if year == 2015:
            city_under_3 = published.CHILDREN_UNDER_3_2015
        under_3[:, column] = apportion(children * np.exp(0.02 * deprivation), city_under_3, children // 2)
        from_3_to_5[:, column] = apportion(children.astype(float), round(0.203 * children.sum()), children // 3)
        young = of_working_age[:, column]
        from_15_to_24[:, column] = apportion(young * np.exp(0.05 * deprivation), round(0.166 * young.sum()))
    return Population(
        territory, is_core, stadtbezirk, total, under_15, over_64, under_3, from_3_to_5, from_15_to_24, deprivation
    )


def stadtbezirk_population() -> dict[str, Ints]:
    """Register population of the twelve Stadtbezirke for YEARS; sums to the city in every year."""
    printed_2023 = {
        code: value + _UNROUNDED_2023[code] for code, value in published.STADTBEZIRK_POPULATION_2023.items()
    } | _SPLIT_2023
    hard = {year: dict(values) for year, values in published.STADTBEZIRK_POPULATION.items()} | {2023: printed_2023}
    approximate = published.STADTBEZIRK_POPULATION_2024_APPROXIMATE
    shares = {}
    for code in approximate:
        points = {year: values[code] / _CITY[year] for year, values in hard.items() if code in values}
        points[2024] = approximate[code] / sum(approximate.values())
        if code in _SHARE_2011:
            points[2011] = points[2023] * _SHARE_2011[code]
        shares[code] = along(points)
    result = {code: np.zeros(len(YEARS), dtype=np.int64) for code in approximate}
    for column, year in enumerate(YEARS):
        fixed = hard.get(year, {})
        free = [code for code in approximate if code not in fixed]
        rest = _CITY[year] - sum(fixed.values())
        for code, value in fixed.items():
            result[code][column] = value
        if free:
            spread = apportion(np.array([shares[code][column] for code in free]), rest)
            for code, share in zip(free, spread, strict=True):
                result[code][column] = share
    return result


def _unterbezirk_population(territory: Territory, stadtbezirk: NDArray[np.str_], rng: np.random.Generator) -> Ints:
    areas = territory.unterbezirke
    sizes = np.array([area.area_ha**0.3 for area in areas]) * np.exp(rng.normal(0, 0.35, len(areas)))
    drift = rng.normal(0, 0.04, len(areas))
    known = published.STATISTISCHER_BEZIRK_POPULATION_2023 | _STATISTISCHER_BEZIRK
    statistical = np.array([area.statistischer_bezirk for area in areas])
    codes = np.array([area.code for area in areas])
    total = np.zeros((len(areas), len(YEARS)), dtype=np.int64)
    for code, persons in stadtbezirk_population().items():
        inside = stadtbezirk == code
        _rake(sizes, inside, statistical, known, float(persons[YEARS.index(2023)]))
        for part in set(statistical[inside]):
            within = inside & (statistical == part)
            _rake(sizes, within, codes, _UNTERBEZIRK, float(sizes[within].sum()))
        if territory.copy:
            persons = np.round(persons * (1 + 0.02 * rng.standard_normal())).astype(np.int64)
        for column, year in enumerate(YEARS):
            weights = sizes[inside] * np.exp(drift[inside] * (year - 2023) / 12)
            total[inside, column] = apportion(weights, int(persons[column]), floor=60)
    return total


def _rake(
    sizes: Floats, inside: NDArray[np.bool_], keys: NDArray[np.str_], known: dict[str, int], total: float
) -> None:
    """Scales the sizes inside so that known keys have their size and the sum is `total`."""
    free = inside.copy()
    for key in set(keys[inside]) & set(known):
        members = inside & (keys == key)
        sizes[members] *= known[key] / sizes[members].sum()
        free &= ~members
        total -= known[key]
    if free.any():
        sizes[free] *= total / sizes[free].sum()
