"""What commands print alike, in the language spoken (release/spoken.py): labelled lines, rows, files, moments."""

import datetime as dt

from release.spoken import counted, day


def labelled(label: str, text: str) -> str:
    """A line of what a command tells: a label, and what there is to say of it."""
    return f"  {label:<19} {text}"


def rows_in_words(count: int) -> str:
    """So many rows."""
    return counted(count, ("Zeile", "Zeilen"), ("row", "rows"))


def files_in_words(count: int) -> str:
    """So many files."""
    return counted(count, ("Datei", "Dateien"), ("file", "files"))


def moment(at: dt.datetime) -> str:
    """A moment in the time zone of this machine, which is named."""
    local = at.astimezone()
    return f"{day(local.date())}, {local.strftime('%H:%M')} {local.tzname()}"
