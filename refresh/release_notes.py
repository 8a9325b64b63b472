"""The release notes of a release: what it changes against the one readers saw before, German and English.

They lie in the release as `release_notes.json`, for commands, and `release_notes.md`, for people.
"""

import json
from dataclasses import asdict, dataclass

from refresh.change_sentences import Told, counted, listed
from release.labels import label
from release.reading import NOTES
from release.reason import Language

PAGE = "release_notes.md"


@dataclass(frozen=True)
class Notes:
    """The difference of two releases in sentences; `causes` are those there are, `is_split` whether parts were told apart."""

    before: str
    after: str
    causes: tuple[str, ...]
    is_split: bool
    told: tuple[Told, ...]

    def head(self, language: Language) -> str:
        """What was compared, what changed at all, and for which causes."""
        is_german = language == "de"
        if not self.told:
            return (
                f"Gegenüber {self.before} ist nichts geändert."
                if is_german
                else f"Nothing changed against {self.before}."
            )
        what = listed(
            [
                counted(self._about("indicator"), ("Indikator", "Indikatoren"), ("indicator", "indicators")),
                counted(
                    self._about("claim"),
                    ("öffentliche Aussage mit anderem Urteil", "öffentliche Aussagen mit anderem Urteil"),
                    ("public sentence with another verdict", "public sentences with another verdict"),
                ),
                counted(self._about("table"), ("Tabelle", "Tabellen"), ("table", "tables")),
            ]
        )
        causes = listed(label("change_cause", cause) for cause in self.causes)
        end = ("", "") if self.is_split or len(self.causes) == 1 else (", nicht einzeln aufgeteilt", ", not split")
        why = f" Ursachen: {causes[0]}{end[0]}.", f" Causes: {causes[1]}{end[1]}."
        if is_german:
            return f"Gegenüber {self.before} geändert: {what[0]}.{why[0]}"
        return f"Changed against {self.before}: {what[1]}.{why[1]}"

    def files(self) -> dict[str, bytes]:
        """The files of a release."""
        body = {**asdict(self), "summary": {"de": self.head("de"), "en": self.head("en")}}
        told = json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        pages = [self._page("de", "Was dieser Stand ändert"), self._page("en", "What this release changes")]
        return {NOTES: told.encode(), PAGE: "\n".join(pages).encode()}

    def _page(self, language: Language, title: str) -> str:
        sentences = "".join(f"- {one.text(language)}\n" for one in self.told)
        return f"# {title}: {self.after}\n\n{self.head(language)}\n\n{sentences}"

    def _about(self, subject: str) -> int:
        return sum(one.subject == subject for one in self.told)
