"""Why something was refused or could not be done: one record for sentences, ledger and error texts.

A reason speaks German and English, says what to do next, and names the source, file and rule it rests
on where there are any. Every error of this package carries one, so that no reader meets a traceback.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Language = Literal["de", "en"]


@dataclass(frozen=True)
class Reason:
    """One cause in words; `file` is a file name, with line or cell where there is one.

    `delivery` is the id of the delivery that waits for a person for this reason, `about` are those refused for it.
    """

    de: str
    en: str
    remedy_de: str = ""
    remedy_en: str = ""
    source: str | None = None
    file: str | None = None
    rule: str | None = None
    delivery: str | None = None
    about: tuple[str, ...] = ()

    def sentence(self, language: Language) -> str:
        """What happened, in one sentence."""
        return self.de if language == "de" else self.en

    def remedy(self, language: Language) -> str:
        """What to do about it; empty where nothing is to be done."""
        return self.remedy_de if language == "de" else self.remedy_en

    def text(self, language: Language) -> str:
        """Sentence and remedy together."""
        return f"{self.sentence(language)} {self.remedy(language)}".strip()

    def to_json(self) -> dict[str, Any]:
        """The reason as the JSON object the ledger keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Reason":
        """The reason out of a ledger line; raises TypeError for unknown or missing keys."""
        return cls(**{**value, "about": tuple(value.get("about", ()))})


class ReleaseError(Exception):
    """Base of what can go wrong here; `reasons` say it in both languages, `reason` is the first."""

    def __init__(self, reason: Reason, *others: Reason) -> None:
        super().__init__(reason.text("en"))
        self.reason = reason
        self.reasons = (reason, *others)
