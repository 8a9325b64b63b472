"""Entries that are no value in any column: what a program or a spreadsheet writes where it has none.

An error of a spreadsheet, in English and German, a formula without a stored value, the words of programs for "no number",
characters that no keyboard writes, texts no cell can hold. They are findings in every format and never values.
"""

import re

from ingest import limits
from ingest.formats.sheet_xml import FORMULA_WITHOUT_VALUE

_ERRORS = frozenset(
    {
        *("#REF!", "#VALUE!", "#N/A", "#NAME?", "#NUM!", "#NULL!", "#DIV/0!", "#SPILL!", "#CALC!", "#FIELD!"),
        *("#GETTING_DATA", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!", "#PYTHON!", "#TIMEOUT!"),
        *("#BEZUG!", "#WERT!", "#NV", "#N/V", "#ZAHL!", "#ÜBERLAUF!", "#KALK!", "#FELD!", "#BLOCKIERT!", "#VERBINDEN!"),
        *("#UNBEKANNT!", "#BESCHÄFTIGT!", "#EXTERN!", "#DATEN_ABRUFEN", "#NA"),
    }
)
_NO_NUMBERS = frozenset(
    {
        *("NaN", "nan", "NAN", "+nan", "-nan", "+NaN", "-NaN", "NaT", "<NA>", "null", "NULL", "None", "undefined"),
        *("Infinity", "+Infinity", "-Infinity", "inf", "+inf", "-inf", "Inf", "+Inf", "-Inf", "∞", "-∞"),
        *("1.#INF", "-1.#INF", "1.#QNAN", "-1.#IND"),
    }
)
_OFFICE_ERROR = re.compile(r"(?:Err|Fehler):\d{3}|#{3,}")
# Tab, line breaks, vertical tab and form feed come from pasted text; no other control character does.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufff9-\ufffc\ufffe\uffff]")
# Drawn as nothing, so that two keys look the same; also line breaks and tabs, which no key holds.
_INVISIBLE = re.compile(
    r"[\t\n\r\v\f\x85\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def broken_character(text: str) -> str | None:
    """The rule a text breaks by a character, or by being longer than any entry; None for what may be one."""
    if text.isascii() and text.isprintable() and len(text) <= limits.LONGEST_CELL:
        return None
    if len(text) > limits.LONGEST_CELL:
        return "cell_too_long"
    if "\ufffd" in text:
        return "replacement_character"
    return "control_character" if _CONTROL.search(text) else None


def no_value(text: str) -> str | None:
    """The rule a text breaks by standing for no value, in a column of whatever kind; None for what may be one."""
    if text in _ERRORS or _OFFICE_ERROR.fullmatch(text):
        return "spreadsheet_error"
    if text == FORMULA_WITHOUT_VALUE:
        return "formula_without_value"
    return "no_number_word" if text in _NO_NUMBERS else None


def is_unfit_key(text: str) -> bool:
    """Whether a key holds a character nobody sees."""
    return _INVISIBLE.search(text) is not None
