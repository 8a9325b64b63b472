"""German or English: which one is spoken to a reader now, and how dates and numbers look in it.

A command or a page says which (`speaking`, `speak`), else the environment's LANG: German where it begins with `de`, English
otherwise.
"""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from release.reason import Language

_spoken: ContextVar[Language | None] = ContextVar("_spoken", default=None)


def from_environment() -> Language:
    """The language LANG asks for."""
    return "de" if os.environ.get("LANG", "").lower().startswith("de") else "en"


def current_language() -> Language:
    """The language spoken now."""
    return _spoken.get() or from_environment()


def speak(language: Language) -> None:
    """Speak it from now on, within what `speaking` began."""
    _spoken.set(language)


@contextmanager
def speaking(language: Language | None) -> Iterator[None]:
    """Speak it, or None for that of the environment, and afterwards what was spoken before."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def words(de: str, en: str) -> str:
    """The one of two texts that is in the language spoken."""
    return de if current_language() == "de" else en


def number(count: int) -> str:
    """A count with thousands set apart: 12.345 in German, 12,345 in English."""
    return words(f"{count:,}".replace(",", "."), f"{count:,}")


def counted(count: int, german: tuple[str, str], english: tuple[str, str]) -> str:
    """A count with its noun, one or many: 1 Zeile, 12 Zeilen."""
    one, many = words(german[0], english[0]), words(german[1], english[1])
    return f"{number(count)} {one if count == 1 else many}"


def day(date: dt.date) -> str:
    """A day: 02.03.2026 in German, 2026-03-02 in English."""
    return words(date.strftime("%d.%m.%Y"), date.isoformat())
