"""With a claim turned in a copy of the deliveries the page, the feed and the release notes say so, since when and why."""

import re
from contextlib import nullcontext
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from refreshed_city import City

from programmes.loading import load_programme
from release import reading
from report import downloads
from report.site import TOLD, make_site

CLAIM = "city_page_events_2015"  # one meeting of that year less was delivered
WORDING = {"de": "2015: 50 Veranstaltungen", "en": "2015: 50 events"}
WORDS = {
    "de": ("trifft zu", "trifft nicht zu", "geänderte Lieferungen"),
    "en": ("holds", "does not hold", "revised deliveries"),
}


@pytest.fixture(scope="module")
def site(night_of_a_reader: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    var = night_of_a_reader.var
    release = reading.current(var)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(downloads, "deriving", lambda *_: nullcontext(lambda _wanted: None))
        return make_site(
            release,
            load_programme("nordwaerts"),
            tmp_path_factory.mktemp("web") / "site",
            reading.seen_before(var, release, TOLD),
        )


def _text(page: Path) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))).split())


@pytest.mark.parametrize("language", WORDS)
def test_the_release_notes_say_what_turned_and_why(site: Path, language: str) -> None:
    before, after, cause = WORDS[language]
    page = site / language / "release-notes.html"
    assert f'href="claims/{CLAIM}.html"' in page.read_text(encoding="utf-8")
    assert re.search(rf"{before}; .{{0,20}} {after}, .{{0,30}} 2015", _text(page).replace("✓ ", "").replace("✗ ", ""))
    assert cause in _text(page)


@pytest.mark.parametrize("language", WORDS)
def test_the_page_of_the_claim_says_it(site: Path, language: str) -> None:
    before, after, _ = WORDS[language]
    told = _text(site / language / "claims" / f"{CLAIM}.html")
    assert re.search(rf"{site.name} .{{0,60}}{before}, .{{0,10}} {after}, .{{0,30}} 2015\.", told)
    assert CLAIM not in str(
        [path for path in (site / language / "claims").glob("deck_*.html") if "Gedreht mit" in _text(path)]
    )


@pytest.mark.parametrize("language", WORDS)
def test_the_feed_has_an_entry_for_it(site: Path, language: str) -> None:
    before, after, _ = WORDS[language]
    root = ET.fromstring((site / language / "feed.xml").read_bytes())
    atom = "{http://www.w3.org/2005/Atom}"
    told = {
        entry.findtext(f"{atom}title"): entry.findtext(f"{atom}content") or "" for entry in root.iter(f"{atom}entry")
    }
    [turned] = [text for title, text in told.items() if title and WORDING[language] in title]
    assert before in turned and after in turned and "2015" in turned


def test_earlier_releases_are_listed_at_their_own_address(site: Path, night_of_a_reader: City) -> None:
    earlier = [
        each.release_id
        for each in reading.seen_before(night_of_a_reader.var, reading.current(night_of_a_reader.var), TOLD)
    ]
    assert earlier
    page = (site / "de" / "releases.html").read_text(encoding="utf-8")
    assert all(f"../../{release_id}/de/index.html" in page for release_id in earlier)
