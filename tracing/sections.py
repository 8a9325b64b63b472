"""Parts a walk is told in, and texts, figures and days in German or English.

Does not belong here: what is told of a walk (telling.py, telling_rows.py), how a terminal or a page looks.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from release.labels import label
from release.reason import Language

ROWS_SHOWN = 12
_WIDEST = 48  # signs of a cell of a table


@dataclass(frozen=True)
class Section:
    """One part of a walk: facts with a label each, sentences, and a table with headings; any may be empty."""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    lines: Sequence[str] = ()
    heading: Sequence[str] = ()
    table: Sequence[Sequence[str]] = field(default=())


class Words:
    """Texts, figures and days in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, de: str, en: str) -> str:
        return de if self.language == "de" else en

    def cell(self, value: Any) -> str:
        """A cell as people read it: decimal comma in German, a dash for null."""
        if value is None:
            return "–"
        if isinstance(value, bool):
            return self("ja", "yes") if value else self("nein", "no")
        if isinstance(value, dt.datetime):
            return f"{self.cell(value.date())} {value:%H:%M} UTC"
        if isinstance(value, dt.date):
            return value.strftime("%d.%m.%Y") if self.language == "de" else value.isoformat()
        if isinstance(value, (float, Decimal)):
            text = f"{value:,.6f}".rstrip("0").rstrip(".")
            return text.translate(str.maketrans(",.", ".,")) if self.language == "de" else text
        if isinstance(value, int):
            return f"{value:,}".replace(",", ".") if self.language == "de" else f"{value:,}"
        return str(value)

    def label(self, subject: str, code: Any) -> str:
        """The name of a code."""
        return self.cell(code) if code is None else self(*label(subject, str(code)))


def short(text: str, widest: int = _WIDEST) -> str:
    """A cell cut to what a table shows."""
    return text if len(text) <= widest else text[: widest - 1] + "…"


def cut(table: list[list[str]], say: Words, count: int = 0) -> dict[str, Any]:
    """A table cut to what is read at a glance, with a line on how much more there is; `count` where only its head is given."""
    more = max(count, len(table)) - ROWS_SHOWN
    lines = (
        []
        if more <= 0
        else [say(f"… und {more} weitere (--json zeigt alle).", f"… and {more} more (--json shows all).")]
    )
    return {"table": table[:ROWS_SHOWN], "lines": lines}
