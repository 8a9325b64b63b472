"""One message: the notices a channel has not taken yet, in one language, with what a reader must know of them all."""

from dataclasses import dataclass
from typing import Any

from release.reason import Language
from watch.notices import Notice

_SYNTHETIC = (
    "SYNTHETISCHE MUSTERDATEN: Kein Wert ist eine amtliche Angabe.",
    "SYNTHETIC SAMPLE DATA: no value is an official figure.",
)
_WHERE_NEXT = ("Was gilt und seit wann, zeigt „nordwaerts status“.", "'nordwaerts status' shows what is current.")


@dataclass(frozen=True)
class Message:
    """At least one notice about one programme."""

    programme_id: str
    language: Language
    is_synthetic: bool
    notices: tuple[Notice, ...]

    @property
    def subject(self) -> str:
        """One line that says whose and how many notices it holds."""
        count = len(self.notices)
        word = ("Hinweis" if count == 1 else "Hinweise") if self.language == "de" else f"notice{'s' * (count > 1)}"
        return f"nordwärts-Monitor, {self.programme_id}: {count} {word}"

    @property
    def text(self) -> str:
        """All sentences, one paragraph each."""
        index = 0 if self.language == "de" else 1
        head = [_SYNTHETIC[index]] if self.is_synthetic else []
        return "\n\n".join([*head, *(n.sentence(self.language) for n in self.notices), _WHERE_NEXT[index]]) + "\n"

    def to_json(self) -> dict[str, Any]:
        """The message as a webhook posts it."""
        told = [{"kind": n.kind, "key": n.key, "sentence": n.sentence(self.language)} for n in self.notices]
        return {
            "programme_id": self.programme_id,
            "language": self.language,
            "is_synthetic": self.is_synthetic,
            "text": f"{self.subject}\n\n{self.text}",
            "notices": told,
        }
