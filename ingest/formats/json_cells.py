"""JSON lines and GeoJSON → text cells; numbers keep the digits they were written with.

An absent key is no cell (None), an empty or null value is an empty cell. Geometry and nested values stay
outside: no declared column can name them.
"""

import json
import re
from sys import intern
from typing import Any

import pandas as pd

from ingest import limits
from ingest.findings import DeliveryRefused, Finding
from ingest.formats import Records, TextTable

_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, as a cut-off emoji leaves it
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?')
_NO_BRACKET = re.compile(r"[^\[\]{}]+")
_ONE_KIND = str.maketrans("{}", "[]")


class _Repeated(dict[str, Any]):
    """An object that holds a name twice: nobody can say which of its values was meant."""


def read_lines(text: str, file_name: str) -> TextTable:
    """Cells of a file with one JSON object a line."""
    _bound(text, file_name)
    records: list[dict[str, Any]] = []
    unclear: list[dict[str, Any]] = []
    addresses: list[str] = []
    broken: list[Finding] = []
    lines = text.rstrip().split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if _is_too_deep(line):
            raise DeliveryRefused("nested_too_deep", file_name, "", f"line {number}")
        try:
            record = _loaded(line)
        except json.JSONDecodeError as error:
            rule = "truncated" if number == len(lines) and _is_cut_off(line, error) else "unreadable"
            raise DeliveryRefused(rule, file_name, "JSON", f"line {number}") from error
        if not isinstance(record, dict):
            raise DeliveryRefused("no_json_object", file_name, "", f"line {number}")
        if half := _half_a_character(line, record):
            raise DeliveryRefused("lone_surrogate", file_name, half, f"line {number}")
        if isinstance(record, _Repeated):
            unclear.append(record)
            broken.append(Finding(f"line {number}", None, "repeated_name"))
        else:
            records.append(record)
            addresses.append(f"line {number}")
    return _table(records, unclear, addresses, broken, sum(1 for line in lines if line.strip()), file_name)


def read_geojson(text: str, file_name: str) -> TextTable:
    """Cells of a FeatureCollection: the properties of each feature, addressed by its position."""
    _bound(text, file_name)
    if _is_too_deep(text):
        raise DeliveryRefused("nested_too_deep", file_name)
    try:
        document = _loaded(text)
    except json.JSONDecodeError as error:
        rule = "truncated" if _is_cut_off(text, error) else "unreadable"
        raise DeliveryRefused(rule, file_name, "GeoJSON", f"line {error.lineno}") from error
    if half := _half_a_character(text, document):
        raise DeliveryRefused("lone_surrogate", file_name, half)
    features = document.get("features") if isinstance(document, dict) else None
    if isinstance(document, _Repeated) or not isinstance(features, list) or not all(map(_is_object, features)):
        raise DeliveryRefused("unreadable", file_name, "GeoJSON")
    records: list[dict[str, Any]] = []
    unclear: list[dict[str, Any]] = []
    addresses: list[str] = []
    broken: list[Finding] = []
    for number, feature in enumerate(features, start=1):
        record = feature.get("properties") or {}
        if not isinstance(record, dict):
            raise DeliveryRefused("unreadable", file_name, "GeoJSON")
        if isinstance(feature, _Repeated) or isinstance(record, _Repeated):
            unclear.append(record)
            broken.append(Finding(f"feature {number}", None, "repeated_name"))
        else:
            records.append(record)
            addresses.append(f"feature {number}")
    return _table(records, unclear, addresses, broken, len(features), file_name)


def _bound(text: str, file_name: str) -> None:
    """Refuse what would take too much memory as objects, before it is made into any."""
    if text.count(",") > limits.MOST_CELLS or text.count("{") > 4 * limits.MOST_ROWS:
        raise DeliveryRefused("table_too_large", file_name)


def _loaded(text: str) -> Any:
    """The content; numbers and what JSON should not hold (NaN, Infinity) stay the text they are written as."""
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object)


def _is_object(content: object) -> bool:
    return isinstance(content, dict)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object; a text that stands in many lines is one in memory, as every name does."""
    record = {intern(name): intern(cell) if isinstance(cell, str) else cell for name, cell in pairs}
    return record if len(record) == len(pairs) else _Repeated(record)


def _is_too_deep(text: str) -> bool:
    """Whether brackets stand in each other deeper than a record can be; asked before they are followed."""
    if text.count("[") + text.count("{") <= limits.DEEPEST_NESTING:
        return False
    brackets = _NO_BRACKET.sub("", _STRING.sub("", text)).translate(_ONE_KIND)
    for _ in range(limits.DEEPEST_NESTING):
        if "[]" not in brackets:
            return brackets.count("[") > limits.DEEPEST_NESTING
        brackets = brackets.replace("[]", "")  # takes away the innermost of each
    return "[" in brackets


def _half_a_character(text: str, content: object) -> str:
    """The first escaped surrogate that stands alone, as `U+D83D`; in decoded text none can stand but as an escape."""
    is_suspect = "\\ud" in text or "\\uD" in text
    found = _SURROGATE.search(json.dumps(content, ensure_ascii=False)) if is_suspect else None
    return f"U+{ord(found.group()):04X}" if found else ""


def _is_cut_off(text: str, error: json.JSONDecodeError) -> bool:
    """Whether it was an object that failed at its end, not an error page or a slip in the middle."""
    plain = text.rstrip()
    return plain.lstrip().startswith("{") and (error.pos >= len(plain) or not plain.endswith("}"))


def _table(
    records: list[dict[str, Any]],
    unclear: list[dict[str, Any]],
    addresses: list[str],
    broken: list[Finding],
    found: int,
    file_name: str,
) -> TextTable:
    """The records as cells; `unclear` ones give none, but their names tell that a column is there."""
    names = dict.fromkeys(name for record in (*records, *unclear) for name in record)
    is_too_large = len(names) > limits.MOST_COLUMNS or len(names) * len(records) > limits.MOST_CELLS
    if is_too_large or found > limits.MOST_ROWS:
        raise DeliveryRefused("table_too_large", file_name)
    columns = {name: [_text(record, name) for record in records] for name in names}
    cells = pd.DataFrame(columns, index=pd.RangeIndex(len(records)), dtype=object)
    return TextTable(cells, pd.Series(addresses, dtype=object), tuple(broken), Records(found))


def _text(record: dict[str, Any], name: str) -> str | None:
    if name not in record:
        return None
    cell = record[name]
    if isinstance(cell, str):
        return cell
    if cell is None or isinstance(cell, (dict, list)):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell)
