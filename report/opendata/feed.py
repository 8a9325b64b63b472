"""`feed.xml`: new releases and turned verdicts as an Atom feed (RFC 4287), one per language.

Belongs here: entries from what is handed in. Does not belong here: what turned (report/turned.py), what a release changed
(refresh/release_notes.py). Dates are the days figures stand for, never a clock. Ids are made of programme, release and
claim alone, so they stay the same when the site moves.
"""

import datetime as dt
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from programmes.settings import ProgrammeSettings
from report.addresses import Addresses, Language, addresses_of
from report.turned import Turned

NAME = "feed.xml"
_ATOM = "http://www.w3.org/2005/Atom"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "de": {
        "feed": "{}: neue Stände und geänderte Urteile",
        "release": "Neuer Stand {}",
        "turned": "Urteil geändert: {}",
        "verdict": "Bisher: {}. Jetzt: {}.",
        "since": "Seit {}.",
        "reason": "Grund: {}",
        "mark": "Musterdaten: ",
        "synthetic": "Synthetische Musterdaten, kein Wert ist eine amtliche Angabe.",
    },
    "en": {
        "feed": "{}: new releases and turned verdicts",
        "release": "New release {}",
        "turned": "Verdict turned: {}",
        "verdict": "Until now: {}. Now: {}.",
        "since": "Since {}.",
        "reason": "Reason: {}",
        "mark": "Sample data: ",
        "synthetic": "Synthetic sample data, no value is an official figure.",
    },
}


@dataclass(frozen=True)
class Published:
    """A release for the feed: what changed in sentences of both languages, and the verdicts that turned with it."""

    release_id: str
    as_of_on: dt.date
    is_synthetic: bool
    sentences_de: tuple[str, ...] = ()
    sentences_en: tuple[str, ...] = ()
    turned: tuple[Turned, ...] = ()


@dataclass(frozen=True)
class _Entry:
    parts: tuple[str, ...]
    title: str
    as_of_on: dt.date
    content: str
    link: str | None


def feed(
    language: Language,
    published: Sequence[Published],
    settings: ProgrammeSettings,
    verdicts: Mapping[str, tuple[str, str]],
) -> bytes:
    """The feed, the latest release first; `verdicts` are the words of `dim_label` (code → German, English).

    The same bytes from the same releases. Raises ValueError without a release, KeyError for a verdict without a word.
    """
    if not published:
        raise ValueError("a feed tells of at least one release")
    releases = sorted(published, key=lambda each: (each.as_of_on, each.release_id), reverse=True)
    addresses, words = addresses_of(settings.publication), _WORDS[language]
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": language})
    _add(root, "id", _id(settings, "feed", language))
    _add(root, "title", words["feed"].format(settings.name))
    _add(root, "updated", _moment(releases[0].as_of_on))
    author = ET.SubElement(root, "author")
    _add(author, "name", settings.publication.publisher.name if settings.publication else settings.name)
    if addresses:
        ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": addresses.feed(language)})
        ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": addresses.start(language)})
    if settings.publication:
        licence = settings.publication.licence
        _add(root, "rights", licence.text_de if language == "de" else licence.text_en)
    for entry in [each for release in releases for each in _entries(release, language, addresses, verdicts)]:
        node = ET.SubElement(root, "entry")
        _add(node, "id", _id(settings, *entry.parts, language))
        _add(node, "title", entry.title)
        _add(node, "updated", _moment(entry.as_of_on))
        if entry.link:
            ET.SubElement(node, "link", {"rel": "alternate", "type": "text/html", "href": entry.link})
        _add(node, "content", entry.content)
    ET.indent(root, " ")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _entries(
    release: Published, language: Language, addresses: Addresses | None, verdicts: Mapping[str, tuple[str, str]]
) -> list[_Entry]:
    """One of the release, one per turned verdict."""
    words, is_german = _WORDS[language], language == "de"
    note, mark = ([words["synthetic"]], words["mark"]) if release.is_synthetic else ([], "")
    sentences = release.sentences_de if is_german else release.sentences_en
    found = [
        _Entry(
            parts=("release", release.release_id),
            title=mark + words["release"].format(release.release_id),
            as_of_on=release.as_of_on,
            content="\n".join([*note, *sentences]) or words["release"].format(release.release_id),
            link=addresses.release_notes(language, release.release_id) if addresses else None,
        )
    ]
    for turned in sorted(release.turned, key=lambda each: (each.claim_id, each.since or "")):
        before, after = (verdicts[code][0 if is_german else 1] for code in (turned.before, turned.after))
        reason = turned.reason_de if is_german else turned.reason_en
        sentences = (
            words["verdict"].format(before, after),
            *([words["since"].format(turned.since)] if turned.since else []),
            *([words["reason"].format(reason)] if reason else []),
        )
        found.append(
            _Entry(
                parts=("turned", release.release_id, turned.claim_id, turned.since or ""),
                title=mark + words["turned"].format(turned.wording_de if is_german else turned.wording_en),
                as_of_on=release.as_of_on,
                content="\n".join([*note, *sentences]),
                link=addresses.claim(language, turned.claim_id) if addresses else None,
            )
        )
    return found


def _id(settings: ProgrammeSettings, *parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, "/".join(("nordwaerts-monitor", settings.programme_id, *parts))).urn


def _moment(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NOT_IN_XML.sub("", text)
