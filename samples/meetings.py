"""Participation events of the platform: format, date, Stadtbezirk, people present, ideas taken down.

Events and people meet the published numbers of 2015 and 2016 and about 10,000 people by the end of 2018;
later years are made up, smaller, and mostly online in 2020 and 2021. Two events with an unreadable date are
planted; they repeat the figures of another event, so accepting them would show.
"""

import datetime as dt
import random

import numpy as np

from samples import published, vocabulary
from samples.decidim import Row, moment_between, ruby_time
from samples.population import apportion
from samples.territory import Territory

UNREADABLE_DATES = ("2019-13-45 09:00:00 UTC", "im Mai 2022")
DISTRICTS = ("20", "20", "20", "1", "1", "2", "2", "8", "9", "9", "7", "10")

# Ideas by year; published: 2015 and the total. Events and people: 2015, 2016 and the sum of people to 2018.
IDEAS = {2015: published.IDEAS_2015, 2016: 180, 2017: 140, 2018: 20, 2019: 110, 2020: 50}
_EVENTS = {
    **published.EVENTS_AND_PEOPLE,
    2017: (45, 2_690), 2018: (45, 2_564), 2019: (35, 1_480), 2020: (16, 610), 2021: (15, 520),
    2022: (16, 640), 2023: (12, 510), 2024: (10, 430), 2025: (6, 380),
}  # fmt: skip
_ONLINE = (dt.date(2020, 4, 1), dt.date(2021, 9, 30))

# The seven Bürgercafés as (day, Stadtbezirk, people): published are the days of Eving, Huckarde,
# Innenstadt-West and Scharnhorst and about 50, 60 and 50 people in the last three; the rest is made up.
_BUERGERCAFES: dict[int, tuple[tuple[str, str, int], ...]] = {
    2016: (("09-14", "9", 44), ("09-28", "7", 41), ("10-12", "20", 57), ("10-26", "1", 50), ("11-08", "8", 50),
           ("11-14", "10", 60)),
    2017: (("02-02", "2", 50),),
}  # fmt: skip
_IDEAS_PER_CAFE = 4


def meeting_rows(territory: Territory) -> list[Row]:
    """The events of one territory in order of time, then the two planted ones (in the city only)."""
    rng = random.Random(20260307 + territory.draw)
    formats = [name for name in vocabulary.MEETING_FORMATS if name != "Bürgercafé"]
    rows: list[Row] = []
    for year, (events, people) in _EVENTS.items():
        cafes = _BUERGERCAFES.get(year, ())
        free = events - len(cafes)
        sizes = np.array([rng.lognormvariate(0, 0.45) for _ in range(free)])
        attendees = apportion(sizes, people - sum(size for _, _, size in cafes), floor=3)
        ideas = apportion(attendees, max(IDEAS.get(year, 0) - _IDEAS_PER_CAFE * len(cafes), 0))
        moments = sorted(moment_between(rng, dt.date(year, 2, 3), dt.date(year, 12, 6)) for _ in range(free))
        found = [
            (moment, rng.choice(formats), rng.choice(DISTRICTS), int(size), int(idea))
            for moment, size, idea in zip(moments, attendees, ideas, strict=True)
        ]
        for day, code, size in cafes:
            moment = dt.datetime.fromisoformat(f"{year}-{day}T16:00:00")
            found.append((moment, "Bürgercafé", code, size, _IDEAS_PER_CAFE))
        for event in sorted(found):
            rows.append(_row(territory, rng, len(rows) + 1 + 10_000 * territory.copy, event))
    if territory.copy == 0:
        pattern = rows[len(rows) // 2]
        for number, text in enumerate(UNREADABLE_DATES, start=9_001):
            rows.append(pattern | {"id": number, "start_time": text, "end_time": ""})
    return rows


def _row(territory: Territory, rng: random.Random, number: int, event: tuple[dt.datetime, str, str, int, int]) -> Row:
    moment, event_format, code, size, ideas = event
    is_online = _ONLINE[0] <= moment.date() <= _ONLINE[1] and rng.random() < 0.8
    name = territory.name(territory.stadtbezirke[code])
    shown_format = vocabulary.ONLINE_FORMAT if is_online else event_format
    return {
        "id": number,
        "author/id": 1,
        "author/name": vocabulary.person(rng),
        "participatory_space/id": 1,
        "taxonomies/format": shown_format,
        "taxonomies/stadtbezirk": "" if is_online else name,
        "component/id": 5,
        "title/de": f"{shown_format} {'im Netz' if is_online else name}",
        "description/de": "<p>Offen für alle.</p>\n<p>Ergebnisse werden hier veröffentlicht.</p>",
        "start_time": ruby_time(moment),
        "end_time": ruby_time(moment + dt.timedelta(hours=2)),
        "attendees": size,
        "contributions": ideas,
        "reference": f"DO-MEET-{moment.year}-{number}",
        "published": "true",
        "withdrawn": "false",
        "created_at": ruby_time(moment - dt.timedelta(days=30)),
        "private_meeting": "false",
        "type_of_meeting": "online" if is_online else "in_person",
        "closed_at": ruby_time(moment + dt.timedelta(days=5)),
    }
