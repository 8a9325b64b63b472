"""Mark-up of claims: who said it, what was found, in the words of the mart; of a synthetic release none."""

import datetime as dt
import json
from typing import Any

import pytest

from programmes.settings import ProgrammeSettings
from report.opendata.claim_review import claim_review, data_set, embedded
from report.opendata.edition import Edition

Words = dict[str, tuple[str, str]]


def of(rows: list[dict[str, Any]], claim_id: str) -> dict[str, Any]:
    [found] = [row for row in rows if row["claim_id"] == claim_id and row["evaluation"] == "current"]
    return found


def reviewed(row: dict[str, Any], edition: Edition, settings: ProgrammeSettings, verdicts: Words) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(claim_review("de", row, edition, settings, verdicts) or "null")
    return body


def test_a_review_says_who_said_what_and_what_was_found(
    verdict_rows: list[dict[str, Any]], real: Edition, settings: ProgrammeSettings, verdicts: Words
) -> None:
    row = of(verdict_rows, "council_2015_projects_199")
    body = reviewed(row, real, settings, verdicts)
    assert body["claimReviewed"] == row["wording_de"]
    assert body["itemReviewed"]["author"]["name"] == row["publisher"]
    assert body["itemReviewed"]["datePublished"] == "2015-12-10"
    assert body["reviewRating"] == {"@type": "Rating", "alternateName": "überholt"}
    assert body["author"]["name"] == "Musterangabe: Amt für Musterstatistik"
    assert body["url"] == "https://nordwaerts.amt.example/current/de/claims/council_2015_projects_199.html"
    english = json.loads(claim_review("en", row, real, settings, verdicts) or "null")
    assert english["reviewRating"]["alternateName"] == "superseded"
    assert english["claimReviewed"] == row["wording_en"]


def test_every_verdict_has_its_word(
    verdict_rows: list[dict[str, Any]], real: Edition, settings: ProgrammeSettings, verdicts: Words
) -> None:
    public = [row for row in verdict_rows if row["evaluation"] == "current" and not row["is_leg"]]
    found = {row["verdict"]: reviewed(row, real, settings, verdicts)["reviewRating"]["alternateName"] for row in public}
    assert found == {code: german for code, (german, _) in verdicts.items()}


@pytest.mark.parametrize(
    ("first", "last", "is_assumed", "told"),
    [
        (dt.date(2020, 5, 1), dt.date(2020, 5, 1), False, "2020-05-01"),
        (dt.date(2020, 5, 1), dt.date(2020, 5, 1), True, "2020"),
        (dt.date(2020, 1, 1), dt.date(2020, 12, 31), False, "2020"),
        (dt.date(2020, 1, 1), dt.date(2021, 12, 31), False, None),
        (None, None, False, None),
    ],
)
def test_a_day_is_told_only_as_far_as_it_is_sure(
    first: dt.date | None,
    last: dt.date | None,
    is_assumed: bool,
    told: str | None,
    verdict_rows: list[dict[str, Any]],
    real: Edition,
    settings: ProgrammeSettings,
    verdicts: Words,
) -> None:
    row = of(verdict_rows, "deck_mood") | {"said_first_on": first, "said_last_on": last, "is_date_assumed": is_assumed}
    assert reviewed(row, real, settings, verdicts)["itemReviewed"].get("datePublished") == told


def test_there_is_none_of_made_up_figures_of_parts_and_without_a_publisher(
    verdict_rows: list[dict[str, Any]],
    real: Edition,
    edition: Edition,
    settings: ProgrammeSettings,
    undeclared: ProgrammeSettings,
    verdicts: Words,
) -> None:
    row = of(verdict_rows, "deck_mood")
    assert claim_review("de", row, real, settings, verdicts)
    assert claim_review("de", row, edition, settings, verdicts) is None
    assert claim_review("de", row | {"is_leg": True}, real, settings, verdicts) is None
    assert claim_review("de", row, real, undeclared, verdicts) is None
    assert data_set("de", edition.tables[0], edition, settings) is None
    assert data_set("de", real.tables[0], real, undeclared) is None


def test_a_data_set_leads_to_its_files(real: Edition, settings: ProgrammeSettings) -> None:
    table = next(table for table in real.tables if table.name == "fct_sentiment")
    body = json.loads(data_set("de", table, real, settings) or "null")
    assert body["name"] == "Stimmung (nordwärts)"
    assert body["license"] == "http://dcat-ap.de/def/licenses/dl-by-de/2.0"
    assert [each["sha256"] for each in body["distribution"]] == [
        real.files["csv/fct_sentiment.csv"].sha256,
        real.files["fct_sentiment.parquet"].sha256,
    ]


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!-- <script", "a & b", "\u2028\u2029", '"\\'])
def test_no_text_ends_the_script_element(text: str) -> None:
    found = embedded({"text": text})
    assert not set("<>&\u2028\u2029") & set(found)
    assert json.loads(found) == {"text": text}
