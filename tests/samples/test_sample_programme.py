"""Targets of the sources about the programme itself: projects, participation, survey, volunteering.

Every number names where it is published; expected values stand here as literals.
"""

import datetime as dt
from collections import Counter
from typing import Any

import pytest

Row = dict[str, Any]
Places = dict[str, tuple[str, str, bool]]
EXITS = {"zusammengelegt", "an Fachbereich übergeben", "zurückgestellt"}

# Council paper of 10.12.2015; press 2017 and 2018; Ruhr Nachrichten Feb 2020; 221 + 28 later in 2020.
STOCK = {
    dt.date(2015, 12, 10): 199,
    dt.date(2017, 12, 31): 230,
    dt.date(2018, 10, 15): 240,
    dt.date(2020, 2, 29): 221,
}


@pytest.fixture(scope="module")
def lives(register: dict[str, list[Row]]) -> dict[str, list[tuple[dt.date, str]]]:
    """Status events of each project in order of date."""
    found: dict[str, list[tuple[dt.date, str]]] = {}
    for row in register["Statusverlauf"]:
        found.setdefault(row["Projekt-Nr."], []).append((row["Datum"], row["Status"]))
    return {number: sorted(events) for number, events in found.items()}


def _on(lives: dict[str, list[tuple[dt.date, str]]], day: dt.date) -> Counter[str]:
    """Number of projects by status on that day, exits left out."""
    last = [[status for begin, status in events if begin <= day] for events in lives.values()]
    return Counter(found[-1] for found in last if found and found[-1] not in EXITS)


@pytest.mark.parametrize(("day", "stock"), STOCK.items())
def test_stock_of_projects(day: dt.date, stock: int, lives: dict[str, list[tuple[dt.date, str]]]) -> None:
    assert _on(lives, day).total() == stock


def test_generations_of_december_2015(register: dict[str, list[Row]]) -> None:
    """Council decision of 10 December 2015: 87 + 59 + 53; later rounds 31, 10 and 28."""
    generations = Counter(row["Einordnung | Generation"] for row in register["Teilprojekte"])
    assert generations == {
        "1. Generation": 87,
        "2. Generation": 59,
        "3. Generation": 53,
        "Runde 2016": 31,
        "Runde 2017": 10,
        "Runde 2019": 28,
    }
    early = [row for row in register["Teilprojekte"] if row["Einordnung | Generation"][1] == "."]
    assert {row["Ratsbeschluss"] for row in early} == {dt.date(2015, 12, 10)}


def test_status_in_february_2020(lives: dict[str, list[tuple[dt.date, str]]]) -> None:
    """Ruhr Nachrichten, Feb 2020: 221, of which 43 done, 99 started, 52 planned; 27 without statement."""
    found = _on(lives, dt.date(2020, 2, 29))
    assert (found["umgesetzt"], found["gestartet"], found["geplant"]) == (43, 99, 52)
    assert found["in Qualifizierung"] + found["Themenspeicher"] == 27


def test_249_projects_after_the_last_round(lives: dict[str, list[tuple[dt.date, str]]]) -> None:
    """221 in stock plus 28 of round 2019, adopted after February 2020."""
    assert max(_on(lives, dt.date(2020, 3, 1) + dt.timedelta(days=day)).total() for day in range(300)) == 249


def test_70_per_cent_of_237_on_every_day_of_the_declared_window(lives: dict[str, list[tuple[dt.date, str]]]) -> None:
    """The deck: about 70 % of 237 sub-projects are done or started."""
    for day in range(334):
        found = _on(lives, dt.date(2022, 2, 1) + dt.timedelta(days=day))
        assert (found.total(), found["umgesetzt"] + found["gestartet"]) == (237, 166)


def test_268_projects_were_ever_adopted_and_each_is_placed(
    register: dict[str, list[Row]], lives: dict[str, list[tuple[dt.date, str]]]
) -> None:
    """dortmund-nordwaerts.de, 2025: more than 250."""
    numbers = [row["Projekt-Nr."] for row in register["Teilprojekte"]]
    assert numbers == [f"NW-{number:03d}" for number in range(1, 269)]
    assert set(lives) == set(numbers)
    for row in register["Teilprojekte"]:
        marks = [value for name, value in row.items() if name.startswith("Handlungsfeld | ")]
        assert 1 <= marks.count("x") <= 3
        assert lives[row["Projekt-Nr."]][0][0] == row["Ratsbeschluss"]
    assert 0 < sum(row["Stadtbezirke"] is None for row in register["Teilprojekte"]) < 40
    assert 900 <= len(register["Statusverlauf"]) <= 1_100


def test_support_is_marked_for_most_projects_and_not_for_all(register: dict[str, list[Row]]) -> None:
    """Made up: no figures on support are published."""
    marks = [
        [value for name, value in row.items() if name.startswith("Unterstützung | ")]
        for row in register["Teilprojekte"]
    ]
    assert {cell for row in marks for cell in row} == {"x", None}
    assert {len(row) for row in marks} == {3}
    assert 0 < sum("x" not in row for row in marks) < 40


def test_directory_names_only_what_is_published_or_says_that_it_is_invented(register: dict[str, list[Row]]) -> None:
    """Bodies and cooperations of DOMAIN 3.3 and 6; DoNaPart ran from 11/2016 to 12/2019."""
    rows = register["Verzeichnis"]
    assert Counter(row["Art"] for row in rows) == {"Gremium": 8, "Forschungskooperation": 6, "Großprojekt": 4}
    assert all(row["Name"].endswith("(erfunden)") == (row["Art"] == "Großprojekt") for row in rows)
    dated = [row for row in rows if row["Art"] != "Großprojekt" and row["Laufzeit | von"]]
    assert [(row["Name"], row["Laufzeit | von"]) for row in dated] == [
        ("Wuppertal Institut (DoNaPart)", dt.date(2016, 11, 1))
    ]
    assert len({row["Nr."] for row in rows}) == len(rows)


def test_assessment_of_round_2019(register: dict[str, list[Row]]) -> None:
    """echt-nordstadt 367 and 1319: 46 submitted, 28 proposed for adoption, 18 not."""
    rows = register["Bewertung"]
    last = [row for row in rows if row["Runde"] == "2019"]
    assert Counter(row["Empfehlung | empfohlen"] for row in last) == {"ja": 28, "nein": 18}
    assert len(rows) >= 400
    for row in rows:
        criteria = [value for name, value in row.items() if name.startswith("Kriterium")]
        recommended = row["Empfehlung | empfohlen"] == "ja"
        assert recommended == all(value == "ja" for value in criteria)
        assert recommended == (row["Projekt-Nr."] is not None)
        assert recommended == (row["Empfehlung | Begründung"] is None)


def test_participation_meets_the_published_years(platform: dict[str, list[Row]]) -> None:
    """dortmund.de: 50 events / 2,230 people (2015), 53 / 2,516 (2016); rundblick 2018: about 10,000 people."""
    events, people = Counter[str](), Counter[str]()
    for row in platform["meetings"]:
        if row["start_time"][:4].isdigit() and row["start_time"][5:7] <= "12":
            events[row["start_time"][:4]] += 1
            people[row["start_time"][:4]] += int(row["attendees"])
    assert (events["2015"], people["2015"]) == (50, 2_230)
    assert (events["2016"], people["2016"]) == (53, 2_516)
    assert sum(people[year] for year in ("2015", "2016", "2017", "2018")) == 10_000
    assert events.total() == 303


def test_ideas_are_2000_in_2015_and_2500_by_2020(platform: dict[str, list[Row]]) -> None:
    """dortmund.de: about 2,000 ideas in 2015; lokalkompass a1370589: 2,500 by November 2020."""
    years = Counter(row["published_at"][:4] for row in platform["proposals"])
    assert years["2015"] == 2_000
    assert years.total() == 2_500
    assert max(row["published_at"] for row in platform["proposals"]) < "2020-11-30"
    taken_down = sum(int(row["contributions"]) for row in platform["meetings"] if row["start_time"][:4] == "2015")
    assert 1_950 <= taken_down <= 2_050


def test_every_project_has_one_result(platform: dict[str, list[Row]], register: dict[str, list[Row]]) -> None:
    references = [row["reference"].removeprefix("DO-RESU-") for row in platform["results"]]
    assert references == [row["Projekt-Nr."] for row in register["Teilprojekte"]]


def test_growth_of_volunteering_is_25_per_cent_in_one_unit(volunteers: dict[int, list[Row]]) -> None:
    """The deck claims +25 % from 2016 to 2020; the sample reproduces it as counted active persons."""
    counted = {
        year: sum(int(row["engagierte_aktiv"]) for row in rows if row["erhebungsart"] == "gezählt")
        for year, rows in volunteers.items()
        if year in (2016, 2020)
    }
    assert counted == {2016: 4_640, 2020: 5_800}
    assert sorted(volunteers) == list(range(2016, 2025))
    assert all(480 <= len(rows) <= 530 for rows in volunteers.values())


def _shares(rows: list[Row], item: str) -> dict[str, float]:
    valid = [row for row in rows if row[item] in ("1", "2", "3")]
    total = sum(row["gewicht"] for row in valid)
    return {
        answer: 100 * sum(row["gewicht"] for row in valid if row[item] == answer) / total for answer in ("1", "2", "3")
    }


def _grade(rows: list[Row], item: str) -> float:
    valid = [row for row in rows if row[item] in ("1", "2", "3", "4", "5", "6")]
    return sum(row["gewicht"] * int(row[item]) for row in valid) / sum(row["gewicht"] for row in valid)


def _in(rows: list[Row], places: Places, district: str) -> list[Row]:
    return [row for row in rows if places[row["unterbezirk_nr"]][0] == district]


# Optimists (1) and pessimists (3), unchanged (2): pptde 54108, rundblick 2019-06-13, dortmund.de newsroom 2022.
OUTLOOK = [
    (2018, "1", 22), (2022, "1", 19), (2015, "3", 44), (2016, "3", 42), (2018, "3", 36), (2021, "3", 34),
    (2022, "3", 46), (2018, "2", 42),
]  # fmt: skip


@pytest.mark.parametrize(("wave", "answer", "printed"), OUTLOOK)
def test_city_outlook_rounds_to_the_known_cells(
    wave: int, answer: str, printed: int, survey: dict[int, list[Row]]
) -> None:
    assert round(_shares(survey[wave], "f01_zukunft_dortmund")[answer]) == printed


# Grade of the city, of the own neighbourhood, and its range Hombruch – Innenstadt-Nord: dortmund.de, press.
GRADES = {
    2017: (3.10, None, None),
    2018: (3.12, 2.76, ("2.27", "3.92")),
    2019: (3.17, 2.74, ("2.34", "3.95")),
    2020: (3.07, 2.72, ("2.3", "3.8")),
    2021: (3.16, 2.73, ("2.22", "3.65")),
    2022: (3.29, 2.74, ("2.28", "3.98")),
}


@pytest.mark.parametrize("wave", GRADES)
def test_grades_round_to_the_printed_digits(wave: int, survey: dict[int, list[Row]], places: Places) -> None:
    city, own, extremes = GRADES[wave]
    rows = survey[wave]
    assert round(_grade(rows, "f03_note_dortmund"), 2) == city
    if own is None or extremes is None:
        return
    assert round(_grade(rows, "f04_note_wohnviertel"), 2) == own
    by_district = {
        district: _grade(_in(rows, places, district), "f04_note_wohnviertel")
        for district in {place[0] for place in places.values()}
    }
    assert min(by_district, key=by_district.__getitem__) == "6"
    assert max(by_district, key=by_district.__getitem__) == "20"
    for district, printed in zip(("6", "20"), extremes, strict=True):
        digits = len(printed.split(".")[1])
        assert f"{by_district[district]:.{digits}f}" == printed


def test_own_neighbourhood_2020_is_best_expected_in_innenstadt_nord(
    survey: dict[int, list[Row]], places: Places
) -> None:
    """dortmund.de nid=634461: 32 % expect improvement in Innenstadt-Nord, the highest; lowest 10 %."""
    shares = {
        district: _shares(_in(survey[2020], places, district), "f02_zukunft_wohnviertel")["1"]
        for district in {place[0] for place in places.values()}
    }
    assert max(shares, key=shares.__getitem__) == "20"
    assert (round(shares["20"]), round(min(shares.values()))) == (32, 10)


def test_waves_have_the_published_size_and_sane_weights(survey: dict[int, list[Row]]) -> None:
    """Answers: 3,071 (2013), 2,960 (2018, 37 %), 2,880 (2019), 2,819 (2020), 2,480 (2022, 31 %)."""
    assert sorted(survey) == list(range(2013, 2023))
    sizes = {wave: len(rows) for wave, rows in survey.items()}
    assert {wave: sizes[wave] for wave in (2013, 2018, 2019, 2020, 2022)} == {
        2013: 3_071,
        2018: 2_960,
        2019: 2_880,
        2020: 2_819,
        2022: 2_480,
    }
    for rows in survey.values():
        weights = [row["gewicht"] for row in rows]
        mean = sum(weights) / len(weights)
        deviation = (sum((weight - mean) ** 2 for weight in weights) / len(weights)) ** 0.5
        assert mean == pytest.approx(1, abs=0.005)
        assert deviation / mean == pytest.approx(0.5, abs=0.05)
        assert min(weights) >= 0.1
        assert max(weights) <= 10
        assert any(row["f01_zukunft_dortmund"] == "9" for row in rows)
        assert any(row["f01_zukunft_dortmund"] == "" for row in rows)
