"""Cells in the reader's notation: numbers, days, texts; and the three marks that are no number.

Hidden (gesperrt), missing (fehlt) and zero are three things, and look so.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from release.claims_words import figure
from release.spoken import day, number, words

MINUS = "−"
HIDDEN, MISSING = "●", "–"


def fixed(value: float, decimals: int) -> str:
    """A number with so many decimals, as they were published: 12,40 in German, 12.40 in English, never −0."""
    text = f"{Decimal(repr(value)):,.{decimals}f}"
    if set(text) <= set("-0.,"):
        text = text.removeprefix("-")
    text = text.replace("-", MINUS)
    return words(text.translate(str.maketrans(",.", ".,")), text)


def shown(value: Any, decimals: int | None = None) -> str:
    """A value of a cell as a reader writes it; a number without agreed decimals has as many as it needs, at most two."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return words("ja", "yes") if value else words("nein", "no")
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, int):
        return number(value).replace("-", MINUS)
    if isinstance(value, float | Decimal):
        return fixed(float(value), decimals) if decimals is not None else figure(float(value))
    return str(value)


def is_number(value: Any) -> bool:
    """Whether a cell is written to the right."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def mark_of(row: Mapping[str, Any], value: Any) -> str:
    """What kind of cell it is: number, text, a text that does not break (whole), hidden or missing."""
    if value is None:
        return "hidden" if row.get("is_hidden") else "missing"
    if isinstance(value, dt.date):
        return "whole"
    return "number" if is_number(value) else "text"
