"""The permanent addresses of what is published, below the declared `base_url`.

Belongs here: which page or file lies where on the site; feed, catalogue and mark-up take absolute addresses from here alone.
Does not belong here: relative links between pages.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from programmes.publication import Publication

Language = Literal["de", "en"]


@dataclass(frozen=True)
class Addresses:
    """Absolute addresses of a site; `base_url` ends with a slash."""

    base_url: str

    def start(self, language: Language) -> str:
        """The start page."""
        return f"{self.base_url}current/{language}/index.html"

    def claim(self, language: Language, claim_id: str) -> str:
        """The page of a public sentence."""
        return f"{self.base_url}current/{language}/claims/{quote(claim_id)}.html"

    def data(self, language: Language) -> str:
        """The page on data and catalogue."""
        return f"{self.base_url}current/{language}/data.html"

    def release_notes(self, language: Language, release_id: str) -> str:
        """What a release changed."""
        return f"{self.base_url}{release_id}/{language}/release-notes.html"

    def feed(self, language: Language) -> str:
        """The feed of releases and turned verdicts."""
        return f"{self.base_url}current/{language}/feed.xml"

    def file(self, release_id: str, name: str) -> str:
        """A file of the public edition of a release."""
        return f"{self.base_url}{release_id}/data/{quote(name)}"

    def node(self, *parts: str) -> str:
        """The name of a thing in the catalogue; a name, and no page."""
        return f"{self.base_url}catalogue#{'/'.join(map(quote, parts))}"


def addresses_of(publication: Publication | None) -> Addresses | None:
    """The addresses of a programme's site; None where it declares no permanent one."""
    return Addresses(publication.base_url) if publication and publication.base_url else None
