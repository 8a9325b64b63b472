"""A made-up state: municipalities of a few quarters, each a programme folder of its own with its sample deliveries.

Every name and figure is invented, no municipality is real. Each has its own quarters, years, programme dates, area set and
rule of disclosure, so that figures of two of them that were mixed up would show. Belongs here: what a small municipality
delivers (figures of quarters, sub-projects with their status, events). The large city of the samples is made by the other
modules.
"""

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

from samples.packing import csv_bytes

LAST_YEAR = 2024
_SYLLABLES = ("Brul", "Flemz", "Gropp", "Knarz", "Lumpf", "Nolz", "Plox", "Quirb", "Schwurz", "Trumm", "Vlisp", "Zwonk")
_ENDINGS = ("abbel", "ebruck", "iffing", "olzau", "unkrode", "yxhofen", "erlitz", "asdorp")
_STATUSES = ("initiiert", "geplant", "gestartet", "umgesetzt")

_PROGRAMME = """# Made up by `python -m samples --municipalities`: no municipality, name or figure is real.
programme_id: {programme_id}
name: Aufbruch {name}
city: {name}
description_de: Erfundene Gemeinde eines erfundenen Landes.
description_en: Made-up municipality of a made-up state.
starts_on: {start}-01-01
ends_on: {end}-12-31
default_variant: {variant}
population_measure_id: population
activity_level: viertel

variants:
  - {{variant_id: {variant}, name_de: Programmgebiet, name_en: programme area, purpose: programme}}

baselines:
  - {{baseline_id: beginn, name_de: erstes Programmjahr, name_en: first year of the programme, first_period: {start}, last_period: {start}}}

levels:
  - {{level: city, name_de: Gemeinde, name_en: municipality}}
  - {{level: viertel, name_de: Viertel, name_en: quarter, code_length: 2}}

vocabularies:
  subjects:
    - {{id: jobs, name_de: Arbeit, name_en: work}}
    - {{id: housing, name_de: Wohnen, name_en: housing}}
  permitted_inferences:
    - {{id: areas_not_persons, name_de: "Aussage über Gebiete, nicht über Personen", name_en: "a statement on areas, not on persons"}}

sample:
  as_of_on: {year_after}-03-01
  note_de: Synthetische Musterlieferung. Kein Wert ist eine amtliche Angabe.
  note_en: Synthetic sample delivery. No value is an official figure.
"""

_RULE = {
    "minimum_count": 3,
    "minimum_complement": 3,
    "minimum_organisations": 3,
    "most_decimals": 2,
    "protection_width": 2,
}
_FORMED = (
    "fct_indicator_value", "fct_development_gap", "fct_gap_family", "fct_harmonisation", "fct_change_decomposition",
    "fct_programme_intensity", "fct_participation_event",
)  # fmt: skip

_SOURCE = """source_id: {source_id}
name_de: {name_de} (erfunden)
name_en: {name_en} (made up)
publisher: Mustergemeinde
licence: dl-de/zero-2.0
cadence: yearly
max_age_days: 500
on_failure: block
connector: {{protocol: folder, files: "*.csv"}}
tables:
"""

_STATISTICS = """  viertel:
    canonical: area_figure
    description_de: Bevölkerung, Arbeitslose und Wohnfläche je Viertel
    description_en: population, unemployed and living space per quarter
    format: {kind: csv}
    mode: snapshot
    minimum_rows: 8
    columns:
      - {from: Viertel, to: area_id, type: area, level: viertel}
      - {from: Stichtag, to: reference_on, type: reference_date}
    items:
      - {from: Einwohner, item: population, unit: persons}
      - {from: Erwerbsalter, item: working_age, unit: persons}
      - {from: Arbeitslose, item: unemployed, unit: persons}
      - {from: Wohnfläche, item: living_space, unit: m2}
"""

_PROJECTS = """  teilprojekte:
    canonical: project
    description_de: jemals beschlossene Teilprojekte
    description_en: sub-projects ever adopted
    format: {kind: csv}
    mode: snapshot
    minimum_rows: 1
    columns:
      - {from: Nummer, to: project_id}
      - {from: Titel, to: project_name}
      - {from: Generation, to: generation_id}
      - {from: Beschluss, to: adopted_on, type: date}
"""

_STATUS = """  status:
    canonical: project_event
    description_de: Statusverlauf der Teilprojekte
    description_en: status history of the sub-projects
    format: {kind: csv}
    mode: snapshot
    minimum_rows: 1
    columns:
      - {from: Nummer, to: project_id}
      - {from: Status, to: status, type: choice, values: {initiiert: initiated, geplant: planned, gestartet: started, umgesetzt: done}}
      - {from: Datum, to: status_on, type: date}
"""

_EVENTS = """  veranstaltungen:
    canonical: event
    description_de: Beteiligungsveranstaltungen
    description_en: participation events
    format: {kind: csv}
    mode: snapshot
    minimum_rows: 1
    columns:
      - {from: Nummer, to: event_id}
      - {from: Format, to: event_format}
      - {from: Datum, to: event_on, type: date}
      - {from: Viertel, to: area_id, type: area, level: viertel}
      - {from: Personen, to: participant_count, type: integer, is_required: false}
"""

_SOURCES = {
    "statistik": ("Statistik", "statistics", _STATISTICS),
    "projekte": ("Register der Teilprojekte", "register of sub-projects", _PROJECTS),
    "status": ("Statusverlauf der Teilprojekte", "status history of sub-projects", _STATUS),
    "kalender": ("Kalender der Beteiligung", "calendar of participation", _EVENTS),
}

_AREAS = (
    "area_level", "area_code", "area_name", "parent_id", "alternative_parent_id", "area_ha", "valid_from", "valid_to", "aliases",
)  # fmt: skip
_MEMBERS = ("variant_id", "role", "area_id", "weight", "weight_basis", "valid_from", "valid_to", "note")
_BREAKS = (
    "break_id", "indicator_id", "measure_id", "period", "kind", "severity", "added_tolerance", "rounded_to", "note_de",
    "note_en", "source",
)  # fmt: skip
_INDICATORS = (
    "indicator_id", "definition_version", "name_de", "name_en", "field_of_action_id", "subject_id", "kind", "scale",
    "numerator_measure_id", "subtracted_measure_id", "denominator_measure_id", "factor", "unit", "polarity", "base_level",
    "permitted_level", "permitted_inference_id", "tolerance", "margin_minimum", "margin_pct_of_baseline_gap", "baseline_id",
    "is_headline", "declared_on", "source_id", "reference_date", "definition_de", "definition_en", "caveat_de", "caveat_en",
    "valid_from", "valid_to",
)  # fmt: skip


def municipality_ids(count: int) -> list[str]:
    """What the programmes of the municipalities are called, which is also how their folders are named."""
    return [f"gemeinde_{number:03d}" for number in range(1, count + 1)]


def write_state(out: Path, count: int, seed: int = 0) -> list[Path]:
    """Write so many municipalities below `out`, a programme folder each; the folders. Raises ValueError below 1."""
    if count < 1:
        raise ValueError("a state has at least one municipality")
    return [
        _write(out / programme_id, random.Random(f"{seed} {programme_id}")) for programme_id in municipality_ids(count)
    ]


def _write(folder: Path, chance: random.Random) -> Path:
    files = dict(_files(folder.name, chance))
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def _files(programme_id: str, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Declarations and deliveries of one municipality, by path in its folder."""
    name = f"Muster-{chance.choice(_SYLLABLES)}{chance.choice(_ENDINGS)} {programme_id[-3:]}"
    quarters = [f"{number:02d}" for number in range(1, chance.randint(4, 9) + 1)]
    start = chance.randint(2018, 2020)
    variant = chance.choice(("norden", "kern", "mitte"))
    declared = {"programme_id": programme_id, "name": name, "variant": variant, "start": start}
    declared |= {"end": chance.randint(2024, 2028), "year_after": LAST_YEAR + 1}
    yield "programme.yml", _PROGRAMME.format(**declared).encode()
    yield "disclosure.yml", _disclosure(variant, random.Random(f"rule of {programme_id}")).encode()
    for source_id, (name_de, name_en, tables) in _SOURCES.items():
        head = _SOURCE.format(source_id=source_id, name_de=name_de, name_en=name_en)
        yield f"sources/{source_id}.yml", (head + tables).encode()
    first_day = "2011-01-01"
    areas = [["viertel", code, f"Viertel {code}", "city-1", "", "", first_day, "", ""] for code in quarters]
    yield "areas.csv", csv_bytes(_AREAS, [["city", "1", name, "", "", "", first_day, "", ""], *areas])
    inside = quarters[: chance.randint(2, len(quarters) - 2)]
    weights = ["1"] * (len(inside) - 1) + [chance.choice(("1", "0.5", "0.25"))]
    members = zip(inside, weights, strict=True)
    rows = [[variant, "programme", f"viertel-{code}", weight, "", first_day, "", ""] for code, weight in members]
    yield "area_sets.csv", csv_bytes(_MEMBERS, rows)
    yield "indicators.csv", csv_bytes(_INDICATORS, _indicators(chance))
    if chance.random() < 0.5:
        shock = [
            [
                "pandemie",
                "",
                "",
                "2020",
                "shock",
                "shock",
                "0",
                "0",
                "Pandemiejahr",
                "pandemic year",
                "gemeinhin bekannt",
            ]
        ]
        yield "breaks.csv", csv_bytes(_BREAKS, shock)
    yield from _deliveries(quarters, start - chance.randint(0, 2), chance)


def _disclosure(variant: str, chance: random.Random) -> str:
    """The rule of a municipality: other numbers in each."""
    drawn = {"minimum_population": 100, "people_per_step": 3, "rounding_base": 5}
    numbers = _RULE | {name: least * chance.randint(1, 2) for name, least in drawn.items()}
    made_up = "reason_de: erfunden, reason_en: made up"
    return "\n".join(
        [
            "is_proposal: true",
            *(f"{name}: {{value: {value}, {made_up}, source: made up}}" for name, value in numbers.items()),
            "open_levels: [city]",
            "rounded_levels: [viertel]",
            f"variants_with_figures: [{variant}]",
            "units_of_things: [m2, sub_projects, events]",
            "marts:",
            *(f"  {mart}: {{{made_up}}}" for mart in _FORMED),
            "",
        ]
    )


def _indicators(chance: random.Random) -> list[list[str]]:
    """The two indicators; not every municipality has the second, and each its own margin."""
    margin = str(chance.choice((1, 2, 0.5)))
    last = ["0.1", margin, "10", "beginn", "true", "2018-01-01", "statistik", "31.12."]
    jobless = [
        "unemployed_pct", "1", "Arbeitslose", "unemployed", "", "jobs", "ratio", "share", "unemployed", "", "working_age", "100",
        "pct", "lower_is_better", "viertel", "viertel", "areas_not_persons", *last, "Arbeitslose in Prozent der Bevölkerung im Erwerbsalter",
        "unemployed as a percentage of residents of working age", "", "", "2011-01-01", "",
    ]  # fmt: skip
    space = [
        "living_space_m2_per_inhabitant", "1", "Wohnfläche je Einwohner*in", "living space per inhabitant", "", "housing", "ratio",
        "ratio", "living_space", "", "population", "1", "m2_per_inhabitant", "higher_is_better", "viertel", "viertel",
        "areas_not_persons", *last, "Wohnfläche in m² geteilt durch Bevölkerung", "living space in m² divided by population", "", "",
        "2011-01-01", "",
    ]  # fmt: skip
    return [jobless, space] if chance.random() < 0.8 else [jobless]


def _deliveries(quarters: list[str], first_year: int, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """What the municipality delivers, with its receipts."""
    files = {
        "statistik": (("Viertel", "Stichtag", "Einwohner", "Erwerbsalter", "Arbeitslose", "Wohnfläche"), _figures(quarters, first_year, chance)),
        "kalender": (("Nummer", "Format", "Datum", "Viertel", "Personen"), _events(quarters, first_year, chance)),
    }  # fmt: skip
    projects, history = _projects(first_year, chance)
    files["projekte"] = (("Nummer", "Titel", "Generation", "Beschluss"), projects)
    files["status"] = (("Nummer", "Status", "Datum"), history)
    for source_id, (header, rows) in files.items():
        yield f"sample/{source_id}/synthetisch_{source_id}.csv", csv_bytes(header, rows)
    receipts = [[each, f"synthetisch_{each}.csv", f"{LAST_YEAR + 1}-02-01T08:00:00Z", "1"] for each in sorted(files)]
    yield "sample/receipts.csv", csv_bytes(("source_id", "file_name", "received_at", "publisher_version"), receipts)


def _figures(quarters: list[str], first_year: int, chance: random.Random) -> list[list[str]]:
    """Figures of every quarter and year: quarters far enough apart, and years near enough, for no rule to doubt them."""
    rows, share, space = [], chance.uniform(0.05, 0.15), chance.uniform(30, 60)
    drawn: set[tuple[int, int]] = set()
    sizes = [chance.uniform(300, 400) * 1.4**position for position in range(len(quarters))]
    chance.shuffle(sizes)
    for code, size in zip(quarters, sizes, strict=True):
        for year in range(first_year, LAST_YEAR + 1):
            while (residents := _residents(size, chance)) in drawn:  # the same twice would be taken for a copy
                pass
            drawn.add(residents)
            people, working = residents
            unemployed = "*" if chance.random() < 0.02 else str(round(working * share * chance.uniform(0.97, 1.03)))
            rows.append([code, f"31.12.{year}", str(people), str(working), unemployed, str(round(people * space))])
    return rows


def _residents(size: float, chance: random.Random) -> tuple[int, int]:
    """Residents of a quarter, and those of working age."""
    people = round(size * chance.uniform(0.99, 1.01))
    return people, round(people * chance.uniform(0.59, 0.6))


def _events(quarters: list[str], first_year: int, chance: random.Random) -> list[list[str]]:
    formats = ("Bürgercafé", "Werkstatt", "Rundgang")
    return [
        [
            str(number),
            chance.choice(formats),
            _day(chance.randint(first_year, LAST_YEAR), chance),
            chance.choice(quarters),
            "" if chance.random() < 0.1 else str(chance.randint(2, 120)),
        ]
        for number in range(1, chance.randint(8, 30))
    ]


def _projects(first_year: int, chance: random.Random) -> tuple[list[list[str]], list[list[str]]]:
    """Sub-projects, and the status each took year by year."""
    projects, history = [], []
    for number in range(1, chance.randint(6, 20)):
        adopted = chance.randint(first_year, LAST_YEAR - 1)
        projects.append([f"T{number}", f"Teilprojekt {number}", str(chance.randint(1, 2)), f"01.01.{adopted}"])
        for step in range(chance.randint(1, min(4, LAST_YEAR - adopted + 1))):
            history.append([f"T{number}", _STATUSES[step], _day(adopted + step, chance)])
    return projects, history


def _day(year: int, chance: random.Random) -> str:
    day = dt.date(year, 1, 2) + dt.timedelta(chance.randint(0, 360))
    return f"{day:%d.%m.%Y}"
