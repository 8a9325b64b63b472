"""What every CSV of a Decidim open-data ZIP shares: columns, Ruby times, the guard against formulas.

Columns as the export serializers of Decidim 0.30 write them for one locale (`de`), nested keys joined by
`/`. The sub-columns of `taxonomies/` depend on the instance: here round, Stadtbezirk and format.
"""

import datetime as dt
import random
from collections.abc import Iterable, Sequence

from samples.packing import csv_bytes

HOST = "nordwaerts.example"
Row = dict[str, object]

PROPOSAL_COLUMNS = (
    "id", "author/id", "author/name", "author/url", "taxonomies/round", "taxonomies/stadtbezirk",
    "participatory_space/id", "participatory_space/url", "component/id", "title/de", "body/de", "address",
    "latitude", "longitude", "state", "state_published_at", "reference", "answer/de", "answered_at",
    "votes", "likes/total_count", "likes/user_endorsements", "comments", "attachments", "follows_count",
    "published_at", "url", "meeting_urls", "related_proposals", "is_amend", "original_proposal/title",
    "original_proposal/url", "withdrawn", "withdrawn_at", "created_at", "updated_at",
    "created_in_meeting", "coauthorships_count", "cost", "cost_report", "execution_period",
)  # fmt: skip

MEETING_COLUMNS = (
    "id", "author/id", "author/name", "author/url", "participatory_space/id", "participatory_space/url",
    "taxonomies/format", "taxonomies/stadtbezirk", "component/id", "title/de", "description/de",
    "start_time", "end_time", "attendees", "contributions", "organizations", "address", "location",
    "reference", "attachments", "url", "related_proposals", "related_results", "published", "withdrawn",
    "withdrawn_at", "location_hints", "created_at", "updated_at", "latitude", "longitude",
    "follows_count", "private_meeting", "transparent", "registration_form_enabled", "comments/start_time",
    "comments/end_time", "comments/enabled", "comments/count", "online_meeting_url", "closing_visible",
    "closing_report", "attending_organizations", "registration_url", "decidim_author_type", "video_url",
    "audio_url", "closed_at", "registration_terms", "available_slots", "registrations_enabled",
    "customize_registration_email", "type_of_meeting", "iframe_access_level", "iframe_embed_type",
    "reserved_slots", "registration_type",
)  # fmt: skip

RESULT_COLUMNS = (
    "id", "taxonomies/round", "taxonomies/stadtbezirk", "parent/id", "title/de", "description/de",
    "start_date", "end_date", "status/id", "status/key", "status/name/de", "progress", "created_at",
    "updated_at", "url", "component/id", "proposal_urls", "reference", "children_count", "comments_count",
    "address", "latitude", "longitude",
)  # fmt: skip

USER_COLUMNS = ("id", "name", "nickname", "avatar", "about")


def entity_csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """One CSV of the ZIP; a column a row does not carry stays blank."""
    return csv_bytes(columns, ([row.get(column, "") for column in columns] for row in rows))


def ruby_time(moment: dt.datetime) -> str:
    """A UTC time as Ruby prints it, not ISO: `2015-03-04 09:15:22 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def guarded(text: str) -> str:
    """The text with Decidim's guard against formulas: an apostrophe before `= + - @`."""
    return f"'{text}" if text[:1] in "=+-@" else text


def moment_between(rng: random.Random, first: dt.date, last: dt.date) -> dt.datetime:
    """A time of day between 8 and 20 h UTC on a day between both, so that the local date is the same."""
    day = first + dt.timedelta(days=rng.randrange((last - first).days + 1))
    return dt.datetime(day.year, day.month, day.day, rng.randrange(8, 20), rng.randrange(60), rng.randrange(60))
