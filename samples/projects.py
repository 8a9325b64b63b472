"""The life of the 268 sub-projects ever adopted: adoption, status events, exits, and assessed proposals.

Stock and counts of done and started projects meet the published dates (199 in December 2015, 230 end of
2017, 240 in October 2018, 221 with 43 done and 99 started on 29 February 2020, then 249, then 237 with 166
done or started on every day from 1 February to 31 December 2022). Which project takes which way is made up.
"""

import datetime as dt
import random
from dataclasses import dataclass, field

from samples import vocabulary

DAY = dt.date
EXITS = ("zusammengelegt", "an Fachbereich übergeben", "zurückgestellt")
_WAY = ("initiiert", "in Qualifizierung", "geplant", "gestartet", "umgesetzt")
_COUNT_ON = DAY(2020, 2, 29)
_WINDOW = (DAY(2022, 2, 1), DAY(2022, 12, 31))

FIELDS = ("environment", "land", "jobs", "education")
_FAMILY = {"environment": "Ökologie", "land": "Ökonomie", "jobs": "Ökonomie", "education": "Soziales"}
_DISTRICTS = ("20", "20", "20", "1", "2", "8", "9", "7", "10")

# Round, adoption (made up but for 2015) and how many stand where on 29 February 2020 (made-up split of
# the published 43 done, 99 started, 52 planned and 27 without statement).
_GROUPS: tuple[tuple[str, str, DAY, dict[str, int]], ...] = (
    ("1. Generation", "", DAY(2015, 12, 10), {"umgesetzt": 33, "gestartet": 46, "geplant": 2, "exit": 6}),
    ("2. Generation", "2015", DAY(2015, 12, 10),
     {"umgesetzt": 7, "gestartet": 27, "geplant": 18, "other": 3, "exit": 4}),
    ("3. Generation", "2015", DAY(2015, 12, 10),
     {"umgesetzt": 1, "gestartet": 11, "geplant": 15, "other": 18, "exit": 8}),
    ("Runde 2016", "2016", DAY(2017, 7, 13), {"umgesetzt": 2, "gestartet": 12, "geplant": 12, "other": 4, "exit": 1}),
    ("Runde 2017", "2017", DAY(2018, 9, 27), {"gestartet": 3, "geplant": 5, "other": 2}),
)  # fmt: skip
_LAST_ROUND = ("Runde 2019", "2019", DAY(2020, 6, 18))
_NOT_RECOMMENDED = {"2015": 190, "2016": 24, "2017": 13, "2019": 18}
_DECIDED = {"2015": (2015, 9, 11), "2016": (2016, 11, 2), "2017": (2017, 10, 5), "2019": (2019, 9, 12)}


@dataclass
class Project:
    """One sub-project; events are (status, first day, deciding body) in order of time."""

    number: int
    title: str
    generation: str
    round: str
    adopted_on: DAY
    fields: tuple[str, ...]
    family: str
    districts: tuple[str, ...]
    office: str
    events: list[tuple[str, DAY, str]] = field(default_factory=list)

    @property
    def status(self) -> str:
        """Status after the last event."""
        return self.events[-1][0]


@dataclass(frozen=True)
class Proposal:
    """One assessed proposal, numbered within its round; `project` is the sub-project it became."""

    number: int
    project: int | None
    round: str
    unmet: tuple[str, ...]
    decided_on: DAY
    decided_by: str


def projects(seed: int) -> list[Project]:
    """All sub-projects in order of number, with their events up to the end of 2025."""
    rng = random.Random(20260302 + seed)
    found: list[Project] = []
    for generation, round_id, adopted_on, targets in _GROUPS:
        states = [state for state, count in targets.items() for _ in range(count)]
        rng.shuffle(states)
        for state in states:
            project = _project(rng, len(found) + 1, generation, round_id, adopted_on)
            _until_2020(rng, project, state)
            found.append(project)
    _until_2022(rng, found)
    _window_and_after(rng, found)
    return found


def proposals(seed: int, adopted: list[Project]) -> list[Proposal]:
    """Assessed proposals of the four rounds; the first generation was running and is not assessed."""
    rng = random.Random(20260303 + seed)
    made = []
    for round_id, rejected in _NOT_RECOMMENDED.items():
        taken: list[int | None] = [project.number for project in adopted if project.round == round_id]
        outcomes = taken + [None] * rejected
        rng.shuffle(outcomes)
        year, first_month, last_month = _DECIDED[round_id]
        for position, project in enumerate(outcomes, start=1):
            unmet = () if project else tuple(sorted(rng.sample(vocabulary.CRITERIA, rng.choice((1, 1, 2, 3)))))
            decided_on = DAY(year, rng.randint(min(first_month, last_month), last_month), rng.randint(1, 28))
            body = rng.choice(("Kuratorium", "Kuratoriumsvorstand", "Koordinierungsstelle nordwärts"))
            made.append(Proposal(position, project, round_id, unmet, decided_on, body))
    return made


def _project(rng: random.Random, number: int, generation: str, round_id: str, adopted_on: DAY) -> Project:
    fields = tuple(sorted(rng.sample(FIELDS, rng.choices((1, 2, 3), (55, 33, 12))[0]), key=FIELDS.index))
    count = rng.choices((0, 1, 2, 3), (6, 66, 20, 8))[0]
    districts: list[str] = []
    while len(districts) < count:
        choice = rng.choice(_DISTRICTS)
        if choice not in districts:
            districts.append(choice)
    return Project(
        number=number,
        title=vocabulary.project_title(rng, fields[0], number),
        generation=generation,
        round=round_id,
        adopted_on=adopted_on,
        fields=fields,
        family="Zivilgesellschaft" if rng.random() < 0.22 else _FAMILY[fields[0]],
        districts=tuple(districts),
        office=rng.choice(vocabulary.OFFICES),
    )


def _days(rng: random.Random, count: int, first: DAY, last: DAY) -> list[DAY]:
    """Distinct days between both, in order."""
    return sorted(first + dt.timedelta(days=day) for day in rng.sample(range((last - first).days + 1), count))


def _add(rng: random.Random, project: Project, statuses: list[str], first: DAY, last: DAY) -> None:
    for status, day in zip(statuses, _days(rng, len(statuses), first, last), strict=True):
        body = "Rat der Stadt Dortmund" if status in EXITS else rng.choice(("Koordinierungsstelle nordwärts", "", ""))
        project.events.append((status, day, body))


def _until_2020(rng: random.Random, project: Project, state: str) -> None:
    after_adoption = project.adopted_on + dt.timedelta(days=22)
    is_first = project.generation == "1. Generation"
    began = is_first and state in ("umgesetzt", "gestartet") and rng.random() < 0.45
    initial = "gestartet" if began else ("geplant" if is_first else "initiiert")
    project.events.append((initial, project.adopted_on, "Rat der Stadt Dortmund"))
    way = _WAY[_WAY.index(initial) + 1 :]
    if state == "exit":
        if not is_first:
            _add(rng, project, ["in Qualifizierung"], after_adoption, DAY(2018, 10, 1))
        _add(rng, project, [rng.choice(EXITS)], DAY(2018, 11, 5), DAY(2020, 2, 20))
    elif state == "other":
        extra = ["Themenspeicher"] if rng.random() < 0.5 else []
        _add(rng, project, ["in Qualifizierung", *extra], after_adoption, DAY(2020, 2, 20))
    elif state in way:
        _add(rng, project, list(way[: way.index(state) + 1]), after_adoption, DAY(2020, 2, 20))


def _until_2022(rng: random.Random, found: list[Project]) -> None:
    """March 2020 to January 2022: 12 exits, 14 starts, 28 completions; 28 adopted, of which 10 start."""
    first, last = DAY(2020, 7, 1), DAY(2022, 1, 20)
    planned = [project for project in found if project.status == "geplant"]
    other = [project for project in found if project.status in ("in Qualifizierung", "Themenspeicher")]
    started = [project for project in found if project.status == "gestartet"]
    for group in (planned, other, started):
        rng.shuffle(group)
    for project in planned[:5] + other[:7]:
        _add(rng, project, [rng.choice(EXITS)], first, last)
    for project in planned[5:19]:
        _add(rng, project, ["gestartet"], first, last)
    for project in other[7:13]:
        _add(rng, project, ["geplant"], first, last)
    for project in started[:28]:
        _add(rng, project, ["umgesetzt"], DAY(2020, 3, 10), last)
    ways = [_WAY[1:4]] * 10 + [_WAY[1:3]] * 10 + [_WAY[1:2]] * 8
    rng.shuffle(ways)
    for way in ways:
        project = _project(rng, len(found) + 1, *_LAST_ROUND)
        project.events.append(("initiiert", project.adopted_on, "Rat der Stadt Dortmund"))
        _add(rng, project, list(way), DAY(2020, 7, 10), last)
        found.append(project)


def _window_and_after(rng: random.Random, found: list[Project]) -> None:
    """2022: only completions of what runs; 2023 to 2025: 38 starts, 9 exits, 70 completions."""
    running = [project for project in found if project.status == "gestartet"]
    waiting = [project for project in found if project.status in ("geplant", "in Qualifizierung", "Themenspeicher")]
    rng.shuffle(running)
    rng.shuffle(waiting)
    for project in running[:12]:
        _add(rng, project, ["umgesetzt"], *_WINDOW)
    for project in running[12:62]:
        _add(rng, project, ["umgesetzt"], DAY(2023, 1, 10), DAY(2025, 11, 28))
    for position, project in enumerate(waiting[:38]):
        steps = ["gestartet", "umgesetzt"] if position < 20 else ["gestartet"]
        way = ["geplant", *steps] if project.status != "geplant" else steps
        _add(rng, project, way, DAY(2023, 1, 10), DAY(2025, 11, 28))
    for project in waiting[38:47]:
        _add(rng, project, [rng.choice(EXITS)], DAY(2023, 3, 1), DAY(2025, 11, 28))
