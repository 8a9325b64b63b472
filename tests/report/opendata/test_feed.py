"""The feed keeps the rules of Atom (RFC 4287), says what turned in the words of the mart, and has no clock."""

import datetime as dt
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from programmes.settings import ProgrammeSettings
from report.opendata.feed import Published, feed
from report.turned import Turned

ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
TURNED = Turned("a<b", "Satz & <mehr>", "sentence", "supported", "not_supported", "Grund", "reason", "2024")
RELEASES = [
    Published("2026-01-31-aaaaaaaa", dt.date(2026, 1, 31), False, ("Alt.",), ("Old.",)),
    Published("2026-03-02-bbbbbbbb", dt.date(2026, 3, 2), False, ("Neu.",), ("New.",), (TURNED,)),
]


def broken_rules(content: bytes) -> set[str]:
    """Rules of RFC 4287 a feed breaks, by section."""
    root = ET.fromstring(content)
    entries, found = root.findall(f"{ATOM}entry"), set()
    for node in (root, *entries):
        for name in ("id", "title", "updated"):
            if len(node.findall(f"{ATOM}{name}")) != 1:
                found.add(f"4.1 one {name}")
        if not MOMENT.fullmatch(node.findtext(f"{ATOM}updated") or ""):
            found.add("3.3 moment")
        if not re.match(r"[a-z]+:\S+$", node.findtext(f"{ATOM}id") or ""):
            found.add("4.2.6 id is an address")
        alternates = [
            link.get("hreflang", "") + link.get("type", "") for link in node.findall(f"{ATOM}link[@rel='alternate']")
        ]
        if len(alternates) != len(set(alternates)):
            found.add("4.1 alternates differ")
    if not root.findtext(f"{ATOM}author/{ATOM}name") and not all(
        e.findtext(f"{ATOM}author/{ATOM}name") for e in entries
    ):
        found.add("4.1.1 author")
    for entry in entries:
        if entry.find(f"{ATOM}content") is None and entry.find(f"{ATOM}link[@rel='alternate']") is None:
            found.add("4.1.2 content or link")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    return found | ({"4.2.6 ids are unique"} if len(ids) != len(set(ids)) else set())


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_feed_keeps_the_rules(
    language: str, settings: ProgrammeSettings, verdicts: dict[str, tuple[str, str]]
) -> None:
    content = feed("de" if language == "de" else "en", RELEASES, settings, verdicts)
    assert broken_rules(content) == set()
    assert len(ET.fromstring(content).findall(f"{ATOM}entry")) == 3


def test_it_keeps_them_where_nothing_is_declared(
    undeclared: ProgrammeSettings, verdicts: dict[str, tuple[str, str]]
) -> None:
    content = feed("de", RELEASES, undeclared, verdicts)
    assert broken_rules(content) == set()
    assert b"http" not in content.replace(b"http://www.w3.org/2005/Atom", b"")


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda text: text.replace("<title>Neuer Stand 2026-03-02-bbbbbbbb</title>", ""), "4.1 one title"),
        (lambda text: text.replace("2026-03-02T00:00:00Z", "2026-03-02"), "3.3 moment"),
        (lambda text: re.sub(r"<author>.*?</author>", "", text, flags=re.S), "4.1.1 author"),
        (lambda text: re.sub(r"urn:uuid:[0-9a-f-]+", "urn:uuid:1", text), "4.2.6 ids are unique"),
        (lambda text: text.replace("urn:uuid:", ""), "4.2.6 id is an address"),
    ],
)
def test_a_broken_rule_is_found(
    spoil: Callable[[str], str], rule: str, settings: ProgrammeSettings, verdicts: dict[str, tuple[str, str]]
) -> None:
    assert rule in broken_rules(spoil(feed("de", RELEASES, settings, verdicts).decode()).encode())


def test_a_turned_verdict_is_told_in_the_words_of_the_mart(
    settings: ProgrammeSettings, verdicts: dict[str, tuple[str, str]]
) -> None:
    newest, turned, _ = ET.fromstring(feed("de", RELEASES, settings, verdicts)).findall(f"{ATOM}entry")
    assert newest.findtext(f"{ATOM}content") == "Neu."
    assert turned.findtext(f"{ATOM}title") == "Urteil geändert: Satz & <mehr>"
    assert turned.findtext(f"{ATOM}content") == "Bisher: trifft zu. Jetzt: trifft nicht zu.\nSeit 2024.\nGrund: Grund"
    link = turned.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "https://nordwaerts.amt.example/current/de/claims/a%3Cb.html"
    with pytest.raises(KeyError):
        feed("de", RELEASES, settings, {})


def test_a_synthetic_release_says_so_in_every_title(
    settings: ProgrammeSettings, verdicts: dict[str, tuple[str, str]]
) -> None:
    sample = [Published("2026-03-02-bbbbbbbb", dt.date(2026, 3, 2), True, ("Neu.",), ("New.",), (TURNED,))]
    for entry in ET.fromstring(feed("de", sample, settings, verdicts)).findall(f"{ATOM}entry"):
        assert (entry.findtext(f"{ATOM}title") or "").startswith("Musterdaten: ")
        assert (entry.findtext(f"{ATOM}content") or "").startswith("Synthetische Musterdaten")


def test_ids_stay_when_the_site_moves_and_differ_by_language(
    settings: ProgrammeSettings, undeclared: ProgrammeSettings, verdicts: dict[str, tuple[str, str]]
) -> None:
    def ids(language: str, of: ProgrammeSettings) -> list[str | None]:
        content = feed("de" if language == "de" else "en", RELEASES, of, verdicts)
        return [node.text for node in ET.fromstring(content).iter(f"{ATOM}id")]

    assert ids("de", settings) == ids("de", undeclared)
    assert not set(ids("de", settings)) & set(ids("en", settings))


def test_the_same_releases_give_the_same_bytes(
    settings: ProgrammeSettings, verdicts: dict[str, tuple[str, str]]
) -> None:
    assert feed("en", RELEASES, settings, verdicts) == feed("en", RELEASES[::-1], settings, verdicts)
    with pytest.raises(ValueError, match="at least one release"):
        feed("en", [], settings, verdicts)
