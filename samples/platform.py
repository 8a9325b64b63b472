"""Delivery of the participation platform: Decidim's open-data ZIP with one CSV per component.

Ruby dates, HTML over several lines, the formula guard, an empty entity and columns with names of (made-up)
people that no declaration lets in. Ideas are 2,000 in 2015 and 2,500 by 2020; every sub-project ever adopted
has one result. Events come from meetings.py.
"""

import datetime as dt
import random

from samples import vocabulary
from samples.city import City
from samples.decidim import (
    HOST,
    MEETING_COLUMNS,
    PROPOSAL_COLUMNS,
    RESULT_COLUMNS,
    USER_COLUMNS,
    Row,
    entity_csv,
    guarded,
    moment_between,
    ruby_time,
)
from samples.meetings import DISTRICTS, IDEAS, meeting_rows
from samples.packing import Delivery, csv_bytes, zip_bytes
from samples.projects import Project, projects
from samples.register import project_number
from samples.territory import Territory

SOURCE_ID = "beteiligungsplattform"

_STATUS_KEY = {
    "initiiert": "initiated", "in Qualifizierung": "qualifying", "geplant": "planned", "gestartet": "in_progress",
    "umgesetzt": "finished", "Themenspeicher": "idea_store", "zurückgestellt": "shelved",
    "zusammengelegt": "merged", "an Fachbereich übergeben": "handed_over",
}  # fmt: skip
_PROGRESS = {"umgesetzt": "100.0", "gestartet": "50.0", "geplant": "20.0"}


_NOTICE = (
    "# Offene Daten (SYNTHETISCHE MUSTERDATEN)\n\nErzeugt von samples/; keine Idee oder Person ist echt. "
    "Eine Datei je Komponente, Spalten mit `/` gegliedert, Zeiten in UTC.\n"
)
_LICENCE = "# Lizenz\n\nSynthetische Musterdaten. Datenbank: ODbL 1.0; Inhalte: DbCL 1.0 (wie beim Vorbild).\n"


def deliveries(city: City) -> list[Delivery]:
    """The ZIP; every territory adds its own ideas, events and results to the same members."""
    ideas = [row for territory in city.territories for row in _ideas(territory)]
    meetings = [row for territory in city.territories for row in meeting_rows(territory)]
    results = [row for territory in city.territories for row in _results(territory, projects(territory.draw))]
    rng = random.Random(20260305 + city.territories[0].draw)
    users = [[number, vocabulary.person(rng), f"kanari{number}", "", vocabulary.mail(rng)] for number in range(1, 41)]
    members = {
        "README.md": _NOTICE.encode(),
        "LICENSE.md": _LICENCE.encode(),
        f"{HOST}-open-data-users.csv": csv_bytes(USER_COLUMNS, users),
        f"{HOST}-open-data-proposals.csv": entity_csv(PROPOSAL_COLUMNS, ideas),
        f"{HOST}-open-data-meetings.csv": entity_csv(MEETING_COLUMNS, meetings),
        f"{HOST}-open-data-results.csv": entity_csv(RESULT_COLUMNS, results),
        f"{HOST}-open-data-debates.csv": b"\n",
    }
    content = zip_bytes(members)
    return [Delivery(SOURCE_ID, "nordwaerts-open-data.zip", content, "2026-02-27T02:15:44Z", "export-2026-02-27")]


def _ideas(territory: Territory) -> list[Row]:
    rng = random.Random(20260306 + territory.draw)
    moments = []
    for year, count in IDEAS.items():
        first, last = dt.date(year, 2, 2), dt.date(year, 11, 15)
        moments += sorted(moment_between(rng, first, last) for _ in range(count))
    rows: list[Row] = []
    for number, moment in enumerate(moments, start=1 + 100_000 * territory.copy):
        author = rng.randrange(1, 900)
        title = vocabulary.idea_title(rng)
        if number % 61 == 0:
            title = f"{rng.choice('+-=')} {title}"
        state = rng.choices(("accepted", "rejected", "evaluating", ""), (9, 34, 22, 35))[0]
        district = "" if rng.random() < 0.08 else territory.name(territory.stadtbezirke[rng.choice(DISTRICTS)])
        likes = rng.randrange(0, 14)
        url = f"https://{HOST}/processes/nordwaerts/f/3/proposals/{number}"
        rows.append(
            {
                "id": number,
                "author/id": author,
                "author/name": vocabulary.person(rng),
                "author/url": f"https://{HOST}/profiles/kanarienvogel{author}",
                "taxonomies/round": moment.year,
                "taxonomies/stadtbezirk": district,
                "participatory_space/id": 1,
                "component/id": 3,
                "title/de": guarded(title),
                "body/de": guarded(vocabulary.idea_body(rng)),
                "state": state,
                "reference": f"DO-PROP-{moment.year}-{number}",
                "likes/total_count": likes,
                "likes/user_endorsements": vocabulary.person(rng) if likes > 9 else "",
                "comments": rng.randrange(0, 6),
                "attachments": 0,
                "published_at": ruby_time(moment),
                "url": url,
                "is_amend": "false",
                "withdrawn": "false",
                "created_at": ruby_time(moment - dt.timedelta(minutes=12)),
                "updated_at": ruby_time(moment),
                "created_in_meeting": "true" if rng.random() < 0.7 else "false",
            }
        )
    return rows


def _results(territory: Territory, adopted: list[Project]) -> list[Row]:
    rng = random.Random(20260308 + territory.draw)
    rows: list[Row] = []
    for project in adopted:
        number = project.number + 10_000 * territory.copy
        created = dt.datetime.combine(project.adopted_on, dt.time(9, 15)) + dt.timedelta(days=rng.randrange(1, 90))
        district = territory.name(territory.stadtbezirke[project.districts[0]]) if project.districts else ""
        rows.append(
            {
                "id": number,
                "taxonomies/round": project.round or str(project.adopted_on.year),
                "taxonomies/stadtbezirk": district,
                "title/de": project.title,
                "description/de": "<p>Stand der Umsetzung.</p>\n<p>Wird laufend ergänzt.</p>",
                "status/key": _STATUS_KEY[project.status],
                "status/name/de": project.status,
                "progress": _PROGRESS.get(project.status, ""),
                "created_at": ruby_time(created),
                "updated_at": ruby_time(created + dt.timedelta(days=400)),
                "url": f"https://{HOST}/processes/nordwaerts/f/7/results/{number}",
                "component/id": 7,
                "reference": f"DO-RESU-{project_number(territory, project.number)}",
                "children_count": 0,
                "comments_count": rng.randrange(0, 5),
            }
        )
    return rows
