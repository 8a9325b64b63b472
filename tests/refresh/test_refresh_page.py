"""The page of a refresh: what a clerk and an auditor read in the morning, whole in both languages and from no other host."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from made_up_office import TINY_CITY, places
from nightly_office import Killed, NightlyOffice, before_the_first_night

from release import refresh_page

CITY_2020 = (TINY_CITY / "sample" / "statistik" / "synthetisch_viertel.csv").read_text(encoding="utf-8")


@pytest.fixture
def office(tmp_path: Path) -> NightlyOffice:
    """An office after a first good night."""
    made = before_the_first_night(tmp_path)
    assert made.night().outcome == "published"
    return made


def page(office: NightlyOffice) -> str:
    return office.var.refresh_page.read_text(encoding="utf-8")


def test_a_publication_leaves_the_page_beside_the_ledger_and_in_its_release(office: NightlyOffice) -> None:
    kept = office.var.current.resolve() / refresh_page.PAGE
    assert kept.read_bytes() == office.var.refresh_page.read_bytes()
    assert kept.stat().st_mode & 0o222 == 0
    text = page(office)
    for expected in ("vereine/2020.csv", "Veröffentlicht ist der Stand", "Published: release"):
        assert expected in text
    assert ("SYNTHETISCHE MUSTERDATEN" in text) is office.context().is_synthetic
    assert "Jeder Schlüssel kommt nur einmal vor." in text
    assert "Each key occurs once." in text


def test_a_refused_night_names_file_rule_and_remedy_and_its_release_stays_as_it_was(office: NightlyOffice) -> None:
    kept = office.var.current.resolve() / refresh_page.PAGE
    before = kept.read_bytes()
    office.put("statistik", "kaputt.csv", CITY_2020.splitlines()[0] + "\n")
    assert office.night().outcome == "refused"
    text = page(office)
    for expected in ("statistik/kaputt.csv", "Datei mit Inhalt liefern", "Abgelehnt", "Refused", "abgelehnt"):
        assert expected in text
    assert (office.var.current.resolve() / refresh_page.PAGE).read_bytes() == before


def test_the_trend_has_one_sign_a_release(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", places(2021))
    assert office.night().outcome == "published"
    told = re.search(r"<p>Rechts der Verlauf über die Stände (.*?):.*?</p>(.*?)</table>", page(office), flags=re.S)
    assert told is not None
    assert len(re.findall(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}", told.group(1))) == 2
    trends = re.findall(r"<td>([^<]*)</td></tr>", told.group(2))
    assert trends and {len(trend.split()) for trend in trends} == {2}


@pytest.mark.attack("markup in delivered text · escaped on the page of a refresh, which asks no host")
def test_the_page_is_whole_html_asks_no_host_and_escapes_what_was_delivered(office: NightlyOffice) -> None:
    office.put("vereine", "<script>2021.csv", places(2021))
    office.night()
    text = page(office)
    assert "<script" not in text
    assert "&lt;script&gt;2021.csv" in text
    assert not re.search(r"(?:src|href)\s*=\s*[\"'](?!#)|url\(|@import|https?://", text)
    opened: list[str] = []

    class Balanced(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
            if tag not in ("meta", "br"):
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Balanced().feed(text)
    assert opened == []


def test_an_unchanged_night_says_so_and_shows_the_checks_of_the_release(office: NightlyOffice) -> None:
    assert office.night().outcome == "unchanged"
    assert "Nichts Neues geliefert" in page(office)


@pytest.mark.parametrize("left", [b"", b"PAR1 torn"], ids=["nothing in it", "torn"])
def test_a_damaged_file_of_rejected_rows_keeps_no_night_after_a_killed_one_from_its_end(
    office: NightlyOffice, left: bytes
) -> None:
    def die() -> None:
        (office.var.rejected / "vereine__plaetze.parquet").write_bytes(left)
        raise Killed

    office.put("vereine", "2021.csv", places(2021))
    office.hooks = {"landed": die}
    with pytest.raises(Killed):
        office.night()
    assert office.night().outcome == "published"
    assert pq.read_table(office.var.rejected / "vereine__plaetze.parquet").num_rows == 0
