"""Published figures the samples reproduce, each with its source; nothing here is made up.

Sources, as collected in the programme's domain notes: statistikportal.dortmund.de, dortmund.de pages on
nordwärts and on the citizen survey, press, IT.NRW, and shares of the Statistikatlas Dortmund 2018 and
2024 rounded as printed or recomputed. What is interpolated or invented stands in population.py and
calibration.py.
"""

# Register population (Hauptwohnsitz, 31.12.). statistikportal.dortmund.de; 2019 and 2021: press.
CITY_POPULATION = {
    2010: 576_704,
    2016: 601_150,
    2019: 603_609,
    2021: 602_713,
    2022: 609_546,
    2023: 612_065,
    2024: 614_495,
}

# Register population of whole Stadtbezirke by register code, as printed (Dortmunder Statistik).
STADTBEZIRK_POPULATION: dict[int, dict[str, int]] = {
    2012: {"20": 53_164},
    2013: {"2": 44_223},
    2018: {"20": 59_502, "7": 48_840},
    2019: {"20": 59_604},
    2020: {"20": 59_380},
    2021: {"10": 52_526, "2": 46_396, "3": 56_141, "5": 56_547, "6": 56_955, "7": 48_134},
    2022: {"20": 60_641, "7": 48_530},
}

# 2023, printed in multiples of 5; Brackel, Lütgendortmund and Mengede are known by difference only.
STADTBEZIRK_POPULATION_2023 = {
    "10": 54_215,
    "20": 61_065,
    "30": 58_520,
    "1": 39_405,
    "2": 47_185,
    "4": 55_685,
    "5": 57_315,
    "6": 57_380,
    "8": 36_565,
}
BRACKEL_LUETGENDORTMUND_MENGEDE_2023 = 144_730

# 2024, recomputed from densities of the Statistikatlas; sums to 613,861, so only a soft target (±1.3 %).
STADTBEZIRK_POPULATION_2024_APPROXIMATE = {
    "10": 54_301,
    "20": 61_595,
    "30": 58_990,
    "1": 39_548,
    "2": 47_260,
    "3": 56_572,
    "4": 55_593,
    "5": 57_450,
    "6": 57_756,
    "7": 48_762,
    "8": 36_522,
    "9": 39_512,
}

# Sizes of single Statistische Bezirke about 2023 (mirrors citing Dortmunder Statistik): soft.
STATISTISCHER_BEZIRK_POPULATION_2023 = {
    "00": 10_470,
    "03": 14_560,
    "05": 28_100,
    "12": 22_300,
    "24": 7_280,
    "71": 5_795,
    "74": 9_680,
}

# Unemployed share (% of 15 to under 65) by Stadtbezirk, Statistikatlas, one decimal: soft (±0.5 pp).
UNEMPLOYED_BY_STADTBEZIRK: dict[int, dict[str, float]] = {
    2018: {
        "20": 19.4, "2": 11.0, "1": 11.5, "9": 10.8, "7": 10.1, "8": 10.3,
        "10": 8.6, "5": 8.9, "30": 7.6, "3": 7.7, "4": 5.6, "6": 5.0,
    },
    2024: {
        "20": 22.4, "2": 13.0, "1": 12.9, "9": 12.8, "7": 12.2, "8": 12.0,
        "10": 10.3, "5": 10.0, "30": 9.2, "3": 8.7, "4": 6.6, "6": 6.0,
    },
}  # fmt: skip

# Transfer payments (% of under 65), same source; the other six Stadtbezirke are not printed.
TRANSFER_BY_STADTBEZIRK: dict[int, dict[str, float]] = {
    2018: {"20": 39.6, "2": 20.4, "9": 19.8, "1": 19.8, "7": 17.1, "8": 17.6},
    2024: {"20": 34.3, "2": 19.6, "9": 18.2, "1": 18.0, "7": 17.2, "8": 16.3},
}

# City, programme area (variant core) and rest, recomputed from the Statistikatlas: hard within ±0.05.
CITY_NORTH_REST: dict[str, dict[int, tuple[float, float, float]]] = {
    "unemployed": {2018: (9.789, 13.320, 7.244), 2024: (11.364, 15.273, 8.537)},
    "sgb2_recipients": {2018: (17.238, 25.198, 11.155), 2024: (15.726, 22.500, 10.496)},
    "sgb2_children_under_15": {2018: (29.277, 40.402, 18.653), 2024: (28.081, 38.346, 18.081)},
    "basic_security_65_plus": {2018: (6.622, 9.262, 5.145), 2024: (8.334, 11.423, 6.549)},
    "living_space_m2": {2018: (39.292, 34.218, 42.937), 2024: (40.356, 35.047, 44.224)},
}

# Care: 33.5 % of 16,789 children under three (31.12.2015), 31.9 % (end of 2017); press.
CHILDREN_UNDER_3_2015 = 16_789
CARE_COVERAGE_UNDER_3 = {2015: 33.5, 2017: 31.9}

# Population of the official update (IT.NRW), and the BA's rate of all civilian labour force (annual mean).
OFFICIAL_POPULATION = {2018: 587_010, 2021: 586_852, 2024: 603_462}
UNEMPLOYMENT_RATE_BA = {2013: 13.2, 2015: 12.5, 2018: 10.3, 2019: 10.1, 2023: 11.5}

# Participation: events and people (dortmund.de); about 10,000 people by the end of 2018 (press).
EVENTS_AND_PEOPLE = {2015: (50, 2_230), 2016: (53, 2_516)}
PEOPLE_BY_END_OF_2018 = 10_000
IDEAS_2015, IDEAS_BY_2020 = 2_000, 2_500

# Sub-projects: council decision of 10 December 2015, press of 2020 and the final rounds.
GENERATIONS = {"1. Generation": 87, "2. Generation": 59, "3. Generation": 53}
ROUND_2019_SUBMITTED, ROUND_2019_RECOMMENDED = 46, 28

# Citizen survey: answers received; shares of valid answers; school grades (city, own neighbourhood).
SURVEY_CASES = {2013: 3_071, 2018: 2_960, 2019: 2_880, 2020: 2_819, 2022: 2_480}
CITY_OUTLOOK_PCT: dict[int, dict[str, int]] = {
    2015: {"worsen": 44},
    2016: {"worsen": 42},
    2018: {"improve": 22, "unchanged": 42, "worsen": 36},
    2021: {"worsen": 34},
    2022: {"improve": 19, "worsen": 46},
}
CITY_GRADE = {2017: 3.10, 2018: 3.12, 2019: 3.17, 2020: 3.07, 2021: 3.16, 2022: 3.29}
NEIGHBOURHOOD_GRADE = {2018: 2.76, 2019: 2.74, 2020: 2.72, 2021: 2.73, 2022: 2.74}
HOMBRUCH_AND_INNENSTADT_NORD_GRADE = {
    2018: (2.27, 3.92),
    2019: (2.34, 3.95),
    2020: (2.3, 3.8),
    2021: (2.22, 3.65),
    2022: (2.28, 3.98),
}
NEIGHBOURHOOD_IMPROVE_2020 = {"innenstadt_nord": 32, "lowest": 10}

# Volunteering: +25 % from 2016 to 2020 is only claimed; these two sums reproduce it in one unit.
ACTIVE_PERSONS_COUNTED = {2016: 4_640, 2020: 5_800}
