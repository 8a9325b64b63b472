"""One cell → one value, by the declared type of its column; what does not fit names the rule it breaks.

Equal cells are read once: deliveries repeat themselves. Nothing is guessed and nothing is filled in.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from ingest.areas import Locality
from ingest.findings import BrokenRule
from ingest.formats import german, not_values
from ingest.formats.footnotes import is_total
from programmes.laws import Law
from programmes.sources import Column, Format

Reader = Callable[[str], Any]
Broken = list[tuple[int, BrokenRule]]


def convert_cells(cells: pd.Series, read: Reader, is_required: bool) -> tuple[pd.Series, Broken]:
    """Values of clean cells, None where blank, and by position the rules that unreadable cells break."""
    codes, uniques = pd.factorize(cells, use_na_sentinel=False)
    values = np.empty(len(uniques), dtype=object)
    broken: dict[int, BrokenRule] = {}
    for code, text in enumerate(uniques):
        is_blank = not isinstance(text, str) or text == ""
        try:
            if is_blank and is_required:
                raise BrokenRule("required_empty")
            values[code] = None if is_blank else read(text)
        except BrokenRule as rule:
            broken[code] = rule
    positions = np.flatnonzero(np.isin(codes, list(broken)))
    return pd.Series(values[codes], dtype=object), [(int(at), broken[int(codes[at])]) for at in positions]


def reader_for(column: Column, law: Law, declared: Format, locality: Locality, is_key: bool = False) -> Reader:
    """How a clean, filled cell of a declared column is read, numbers by their law; the reader raises BrokenRule.

    What is no value in any column is named as such; in a key also a total, and characters nobody sees.
    """
    read = _typed_reader(column, law, declared, locality)
    pattern = re.compile(column.pattern) if column.pattern is not None else None
    is_text = column.type in ("text", "code")

    def read_part(text: str) -> Any:
        if rule := not_values.broken_character(text) or (is_text and not_values.no_value(text)):
            raise BrokenRule(rule)
        if is_text and is_key:
            _check_key(text)
        try:
            return read(text if pattern is None else _part(text, pattern))
        except BrokenRule:
            if rule := not_values.no_value(text) or (is_key and is_total(text) and "total_row"):
                raise BrokenRule(rule) from None
            raise

    return read_part


def text_reader(text: str) -> str:
    """A clean, filled cell of free text as it is; raises BrokenRule for what is no value in any column."""
    if rule := not_values.broken_character(text) or not_values.no_value(text):
        raise BrokenRule(rule)
    return text


def unreadable_figure(text: str, declared: Format) -> BrokenRule:
    """Which rule an entry breaks that is no figure."""
    if rule := not_values.broken_character(text) or not_values.no_value(text):
        return BrokenRule(rule)
    if declared.digit_groups == "none" and (groups := german.digit_groups_of(text, declared.decimal)):
        return BrokenRule("digit_groups", groups)
    return BrokenRule("number_format", notation(declared.decimal))


def _check_key(text: str) -> None:
    if not_values.is_unfit_key(text):
        raise BrokenRule("invisible_character")
    if is_total(text):
        raise BrokenRule("total_row")


def _part(text: str, pattern: re.Pattern[str]) -> str:
    match = pattern.search(text)
    if not match:
        raise BrokenRule("pattern")
    return str(match.group(1) if pattern.groups else match.group(0))


def choice_reader(values: dict[str, str], is_boolean: bool) -> Reader:
    """How a cell with an agreed word is read; the reader raises BrokenRule for any other."""

    def read(text: str) -> Any:
        if text not in values:
            raise BrokenRule("choice", ", ".join(values))
        return values[text] == "true" if is_boolean else values[text]

    return read


def hold_to_law(text: str, number: Decimal | None, decimal: str, law: Law) -> None:
    """Raises BrokenRule where a delivered number cannot be what it stands for, by value or by how it is written."""
    if number is None:
        return
    rule = "not_whole" if law.is_whole and not german.is_written_whole(text, decimal) else law.broken_by(number)
    if rule:
        bound = {"below_minimum": law.minimum, "above_maximum": law.maximum}.get(rule)
        raise BrokenRule(rule, "" if bound is None else f"{bound:f}")


def notation(decimal: str) -> str:
    """An example of the declared notation, for findings."""
    return "1.234,5" if decimal == "comma" else "1234.5"


def _typed_reader(column: Column, law: Law, declared: Format, locality: Locality) -> Reader:
    zone = locality.time_zone
    match column.type:
        case "area":
            return lambda text: locality.areas.resolve(text, str(column.level), column.by)
        case "choice" | "boolean":
            return choice_reader(column.values, column.type == "boolean")
        case "integer":
            return lambda text: _count(text, declared, replace(law, is_whole=True))
        case "decimal":
            return lambda text: _lawful(text, declared, law)
        case "date":
            return _or_rule("date_format", lambda text: german.read_date(text, zone))
        case "reference_date":
            return _or_rule("date_format", lambda text: german.read_reference_date(text, zone))
        case "year":
            return _or_rule("year_format", lambda text: german.read_year(text, zone))
        case "text" | "code":
            return str


def _or_rule(rule: str, read: Reader) -> Reader:
    def read_or_break(text: str) -> Any:
        try:
            return read(text)
        except (ValueError, OverflowError):
            raise BrokenRule(rule) from None  # the error of the reader may quote the cell

    return read_or_break


def _count(text: str, declared: Format, law: Law) -> int:
    """A whole number out of a column of whole numbers, where decimal places are a sign of another notation."""
    number = _lawful(text, declared, law)
    if {"comma": ",", "point": "."}[declared.decimal] in text:
        raise BrokenRule("not_whole")
    return int(number)


def _lawful(text: str, declared: Format, law: Law) -> Decimal:
    plain = german.ungrouped(text, declared.digit_groups)
    try:
        number = german.read_number(plain, declared.decimal)
    except ValueError:
        raise unreadable_figure(text, declared) from None  # the error of the reader may quote the cell
    hold_to_law(plain, number, declared.decimal, law)
    return number
