"""German or English: which one a command answers in, and how dates and numbers look in it.

`--lang` decides, else the environment's LANG: German where it begins with `de`, English otherwise.
"""

import datetime as dt
import os

import click

from release.reason import Language


def from_environment() -> Language:
    """The language LANG asks for."""
    return "de" if os.environ.get("LANG", "").lower().startswith("de") else "en"


def current_language() -> Language:
    """The language of the running command."""
    context = click.get_current_context(silent=True)
    chosen = context.find_root().obj if context else None
    return chosen if chosen in ("de", "en") else from_environment()


def words(de: str, en: str) -> str:
    """The one of two texts that is in the language of the running command."""
    return de if current_language() == "de" else en


def number(count: int) -> str:
    """A count with thousands set apart: 12.345 in German, 12,345 in English."""
    return words(f"{count:,}".replace(",", "."), f"{count:,}")


def counted(count: int, german: tuple[str, str], english: tuple[str, str]) -> str:
    """A count with its noun, one or many: 1 Zeile, 12 Zeilen."""
    one, many = words(german[0], english[0]), words(german[1], english[1])
    return f"{number(count)} {one if count == 1 else many}"


def labelled(label: str, text: str) -> str:
    """A line of what a command tells: a label, and what there is to say of it."""
    return f"  {label:<19} {text}"


def rows_in_words(count: int) -> str:
    """So many rows."""
    return counted(count, ("Zeile", "Zeilen"), ("row", "rows"))


def files_in_words(count: int) -> str:
    """So many files."""
    return counted(count, ("Datei", "Dateien"), ("file", "files"))


def day(date: dt.date) -> str:
    """A day: 02.03.2026 in German, 2026-03-02 in English."""
    return words(date.strftime("%d.%m.%Y"), date.isoformat())


def moment(at: dt.datetime) -> str:
    """A moment in the time zone of this machine, which is named."""
    local = at.astimezone()
    return f"{day(local.date())}, {local.strftime('%H:%M')} {local.tzname()}"
