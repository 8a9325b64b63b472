"""Deliveries of the citizen survey: one CSV of cases with weights per wave, 2013 to 2022.

Weighted shares of valid answers and weighted mean grades round to the published cells; everything else
(other waves, Stadtbezirke not printed, the outlook for the own neighbourhood) is made up. Answers follow
a latent mood per Stadtbezirk; cuts and single shifts then calibrate the weighted figures.
"""

import random

import numpy as np
from numpy.typing import NDArray

from samples import published, vocabulary
from samples.city import City
from samples.packing import Delivery, csv_bytes
from samples.population import YEARS as POPULATION_YEARS
from samples.population import Floats, Ints, Population

SOURCE_ID = "buergerbefragung"
WAVES = tuple(range(2013, 2023))
_HEADER = (
    "fall_nr", "welle", "unterbezirk_nr", "gewicht", "f01_zukunft_dortmund", "f02_zukunft_wohnviertel",
    "f03_note_dortmund", "f04_note_wohnviertel", "freitext", "hinweis",
)  # fmt: skip

# Made up: waves without a published number of answers, and cells without a published share or grade.
_CASES = {2014: 2_990, 2015: 2_905, 2016: 2_870, 2017: 2_910, 2021: 2_700} | published.SURVEY_CASES
_CITY_OUTLOOK = {
    2013: (18.0, 40.0), 2014: (17.2, 39.6), 2015: (17.0, 39.0), 2016: (18.1, 39.9), 2017: (20.1, 41.2),
    2018: (22.0, 42.0), 2019: (21.4, 42.3), 2020: (23.2, 41.7), 2021: (23.8, 42.2), 2022: (19.0, 35.0),
}  # fmt: skip
_CITY_GRADE = {2013: 3.18, 2014: 3.15, 2015: 3.16, 2016: 3.13} | published.CITY_GRADE
_OWN_GRADE = {2013: 2.82, 2014: 2.81, 2015: 2.80, 2016: 2.79, 2017: 2.77} | published.NEIGHBOURHOOD_GRADE
_BEST_AND_WORST = dict.fromkeys(range(2013, 2018), (2.28, 3.92)) | published.HOMBRUCH_AND_INNENSTADT_NORD_GRADE
_OWN_GRADE_LEVEL = {
    "6": 2.3, "4": 2.42, "30": 2.50, "5": 2.55, "3": 2.58, "10": 2.72, "7": 2.85, "8": 2.88, "9": 2.95,
    "2": 3.05, "1": 3.08, "20": 3.9,
}  # fmt: skip

# Made up apart from 2020 (Innenstadt-Nord 32 highest, lowest 10): own neighbourhood, % improve in 2020.
_OWN_IMPROVE_2020 = {
    "20": 32.0, "1": 22.0, "2": 21.0, "8": 20.0, "9": 19.5, "7": 17.0, "10": 17.5, "5": 15.5, "30": 13.0,
    "3": 12.5, "6": 11.5, "4": 10.0,
}  # fmt: skip
_OWN_MOOD = {
    2013: 0.72, 2014: 0.73, 2015: 0.74, 2016: 0.79, 2017: 0.85, 2018: 0.92, 2019: 0.96, 2020: 1.0,
    2021: 0.98, 2022: 0.84,
}  # fmt: skip
_OWN_WORSEN = {"20": 27.0, "1": 25.0, "2": 26.0, "8": 24.0, "9": 25.5, "7": 24.0}


def deliveries(city: City) -> list[Delivery]:
    """One file per wave; every territory adds its cases to the same files."""
    made = []
    for wave in WAVES:
        rows = [row for population in city.people for row in _cases(population, wave)]
        content = csv_bytes(_HEADER, rows, encoding="utf-8-sig", line_end="\r\n")
        received_at = f"{wave + 1}-0{5 + wave % 3}-14T08:45:00Z"
        made.append(Delivery(SOURCE_ID, f"befragung_{wave}.csv", content, received_at, f"Welle {wave}"))
    return made


def _cases(people: Population, wave: int) -> list[list[object]]:
    rng = np.random.default_rng([20260302, people.territory.draw, 6, wave])
    texts = random.Random(wave * 100 + people.territory.draw)
    size = _CASES[wave]
    inhabitants = people.total[:, POPULATION_YEARS.index(wave)].astype(float)
    response = np.where(people.stadtbezirk == "20", 0.78, 1.0) * np.exp(rng.normal(0, 0.05, len(inhabitants)))
    home = np.sort(rng.choice(len(inhabitants), size, p=inhabitants * response / (inhabitants * response).sum()))
    district = people.stadtbezirk[home]
    weight = _weights(people, inhabitants, district, rng)
    mood = rng.normal(0, 1, size) + 0.25 * people.deprivation[home]

    def missing() -> NDArray[np.bool_]:
        return rng.random(size) < 0.045

    def valid(answers: Ints, absent: NDArray[np.bool_]) -> list[str]:
        blank = rng.random(size) < 0.4
        return [
            ("" if is_blank else "9") if is_absent else str(answer)
            for answer, is_absent, is_blank in zip(answers, absent, blank, strict=True)
        ]

    absent_city, absent_own, absent_grade, absent_own_grade = missing(), missing(), missing(), missing()
    improve, unchanged = _CITY_OUTLOOK[wave]
    city = _cut(mood + rng.normal(0, 1, size), weight * ~absent_city, (improve, improve + unchanged))
    own = np.ones(size, dtype=np.int64)
    for code in people.territory.stadtbezirke:
        inside = district == code
        share = _OWN_IMPROVE_2020[code] * _OWN_MOOD[wave]
        worsen = _OWN_WORSEN.get(code, 22.0) * (2 - _OWN_MOOD[wave])
        score = -mood[inside] + rng.normal(0, 1, inside.sum())
        own[inside] = _cut(score, (weight * ~absent_own)[inside], (share, 100 - worsen))
    grade = _calibrated_grades(mood, rng, weight * ~absent_grade, np.ones(size, dtype=bool), _CITY_GRADE[wave])
    own_grade = _own_grades(people, wave, district, weight * ~absent_own_grade, mood, rng)
    columns = (valid(city, absent_city), valid(own, absent_own), valid(grade, absent_grade))
    own_grades = valid(own_grade, absent_own_grade)
    return [
        [
            f"{wave}-{people.territory.code(f'{number + 1:05d}')}",
            wave,
            people.territory.code(people.territory.unterbezirke[home[number]].code),
            f"{weight[number]:.3f}".replace(".", ","),
            *(column[number] for column in columns),
            own_grades[number],
            f"Rückruf bei {vocabulary.person(texts)}, {vocabulary.mail(texts)}" if number % 37 == 5 else "",
            "synthetisch",
        ]
        for number in range(size)
    ]


def _weights(people: Population, inhabitants: Floats, district: NDArray[np.str_], rng: np.random.Generator) -> Floats:
    """Case weights with mean 1 and a coefficient of variation of about 0.5, three decimals."""
    weight = np.clip(rng.lognormal(-0.11, 0.47, len(district)), 0.25, 3.6)
    for code in people.territory.stadtbezirke:
        inside = district == code
        share = inhabitants[people.stadtbezirk == code].sum() / inhabitants.sum()
        weight[inside] *= share * len(district) / weight[inside].sum()
    return np.round(weight, 3)


def _cut(score: Floats, weight: Floats, limits: tuple[float, float]) -> Ints:
    """Answers 1, 2, 3 in order of the score, cut where the cumulative weight comes closest to the limits."""
    order = np.argsort(score, kind="stable")
    cumulative = np.cumsum(weight[order])
    answer = np.full(len(score), 3, dtype=np.int64)
    first, second = (int(np.argmin(np.abs(cumulative - cumulative[-1] * limit / 100))) + 1 for limit in limits)
    answer[order[:second]] = 2
    answer[order[:first]] = 1
    return answer


def _own_grades(
    people: Population,
    wave: int,
    district: NDArray[np.str_],
    weight: Floats,
    mood: Floats,
    rng: np.random.Generator,
) -> Ints:
    best, worst = _BEST_AND_WORST[wave]
    grades = np.zeros(len(district), dtype=np.int64)
    between = np.ones(len(district), dtype=bool)
    for code in people.territory.stadtbezirke:
        inside = district == code
        target = {"6": best, "20": worst}.get(code, _OWN_GRADE_LEVEL[code])
        grades[inside] = _calibrated_grades(
            mood[inside], rng, weight[inside], np.ones(int(inside.sum()), dtype=bool), target
        )
        if code in ("6", "20"):
            between &= ~inside
    return _calibrate(grades, weight, between, _OWN_GRADE[wave], rng)


def _calibrated_grades(
    mood: Floats, rng: np.random.Generator, weight: Floats, movable: NDArray[np.bool_], target: float
) -> Ints:
    latent = target + 0.35 * mood + rng.normal(0, 0.85, len(mood))
    return _calibrate(np.clip(np.round(latent), 1, 6).astype(np.int64), weight, movable, target, rng)


def _calibrate(
    grades: Ints, weight: Floats, movable: NDArray[np.bool_], target: float, rng: np.random.Generator
) -> Ints:
    """Shifts single grades by one until the weighted mean is within 0.001 of the target."""
    total = weight.sum()
    for _ in range(2_000):
        needed = target * total - float((grades * weight).sum())
        if abs(needed) < 0.001 * total:
            break
        step = 1 if needed > 0 else -1
        open_cases = movable & (weight > 0) & (grades + step >= 1) & (grades + step <= 6)
        # A case whose weight exceeds what is missing overshoots; the last shifts take the closest weight.
        fitting = np.flatnonzero(open_cases & (weight <= abs(needed)))
        if len(fitting) == 0:
            candidates = np.flatnonzero(open_cases)
            chosen = candidates[np.argmin(weight[candidates])]
        elif abs(needed) > 6:
            chosen = fitting[rng.integers(len(fitting))]
        else:
            chosen = fitting[np.argmax(weight[fitting])]
        grades[chosen] += step
    return grades
