"""One page of the site before it is rendered, and what all pages are made from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from programmes.model import Programme
from release.manifest import Manifest
from release.public_edition import RULE
from release.spoken import words
from report.edition import Edition
from report.figure import Figure
from report.opendata.edition import Edition as LaidEdition
from report.opendata.feed import Published
from report.outlines import Outlines
from report.query_engine import QueryEngine


@dataclass(frozen=True)
class Page:
    """A page in the language spoken: its path below the folder of the language, title, template, what that asks for.

    `structured` is mark-up for search engines.
    """

    path: str
    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    figures: Sequence[Figure] = ()
    structured: Sequence[str] = ()

    @property
    def root(self) -> str:
        """The way from the page to the folder of all languages."""
        return "../" * (self.path.count("/") + 1)


@dataclass(frozen=True)
class Inside:
    """What the internal edition has besides: what the release is made of, and the walk of each claim as a whole page."""

    manifest: Manifest
    walks: Mapping[str, str]


@dataclass(frozen=True)
class Material:
    """What pages are made from: an edition, its public part as files, what the programme declares of itself, what turned,
    outlines by level; `inside` in the internal edition alone.

    `published` are this release and those before it, the latest first, each with what turned against the one before. `engine` is
    what the query page runs on, where the office has one.
    """

    edition: Edition
    laid: LaidEdition
    folder: Path
    programme: Programme
    published: Sequence[Published]
    causes: Sequence[str]
    outlines: Outlines
    engine: QueryEngine | None = None
    inside: Inside | None = None

    @property
    def verdicts(self) -> Mapping[str, tuple[str, str]]:
        """Verdict → its words in German and English, as the edition has them."""
        return {code: names for (subject, code), names in self.edition.labels.items() if subject == "verdict"}

    @property
    def rule(self) -> Mapping[str, Any]:
        """The rule of disclosure control as it lies beside the edition; empty where the programme has none."""
        path = self.folder / RULE
        return json.loads(path.read_bytes()) if path.is_file() else {}

    def sources(self, *canonicals: str) -> str:
        """Who delivers these canonical tables: names of the sources, each with its publisher."""
        found = [
            source
            for source in self.programme.sources.values()
            if any(table.canonical in canonicals for table in source.tables.values())
        ]
        return "; ".join(f"{words(source.name_de, source.name_en)} ({source.publisher})" for source in found)
