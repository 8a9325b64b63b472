"""Figures and changes of a public sentence in words, rounded half up; the pieces its telling is made of."""

import datetime as dt
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from release.labels import label
from release.spoken import current_language, day, words

Row = Mapping[str, Any]


def figure(value: float, digits: int = 2) -> str:
    """A figure rounded half up, without zeros behind the point and without a sign of nothing: 70,04; 250; 0."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = f"{rounded:,f}".rstrip("0").rstrip(".") if digits else f"{rounded:,f}"
    text = "0" if text in ("-0", "") else text.replace("-", "−")
    return words(text.translate(str.maketrans(",.", ".,")), text)


def text_of(row: Row, name: str) -> str:
    """A text of a row in the language of the command."""
    return str(row[f"{name}_{current_language()}"])


def with_unit(value: float, unit: str, digits: int = 2) -> str:
    """A figure with the name of its unit."""
    return f"{figure(value, digits)} {words(*label('unit', unit))}"


def change_in_words(change: float, unit: str, german: tuple[str, str], english: tuple[str, str]) -> str:
    """A change and which way it goes: „um 0,5 Prozentpunkte größer“."""
    if figure(change) == "0":
        return words("unverändert", "unchanged")
    way = 0 if change > 0 else 1
    size = with_unit(abs(change), unit)
    return words(f"um {size} {german[way]}", f"{english[way]} by {size}")


def growth_in_words(growth: float) -> str:
    """A growth in per cent, more or less."""
    size = figure(abs(growth), 1)
    return words(f"{size} % {'mehr' if growth >= 0 else 'weniger'}", f"{size} % {'more' if growth >= 0 else 'less'}")


def said_on(row: Row) -> str:
    """The day a document was published, or the days it may be from."""
    first: dt.date = row["said_first_on"]
    last: dt.date = row["said_last_on"]
    said = day(first) if first == last else words(f"{day(first)} bis {day(last)}", f"{day(first)} to {day(last)}")
    return said + (words(", Datum angenommen", ", date assumed") if row["is_date_assumed"] else "")
