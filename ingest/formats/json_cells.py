"""JSON lines and GeoJSON → text cells; numbers keep the digits they were written with.

An absent key is no cell (None), an empty or null value is an empty cell. Geometry and nested values stay
outside: no declared column can name them.
"""

import json
import re
from typing import Any

import pandas as pd

from ingest.findings import DeliveryRefused
from ingest.formats import TextTable

_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, as a cut-off emoji leaves it


def read_lines(text: str, file_name: str) -> TextTable:
    """Cells of a file with one JSON object a line."""
    records: list[dict[str, Any]] = []
    addresses: list[str] = []
    lines = text.rstrip().split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line, parse_float=str, parse_int=str)
        except json.JSONDecodeError as error:
            rule = "truncated" if number == len(lines) and _is_cut_off(line, error) else "unreadable"
            raise DeliveryRefused(rule, file_name, "JSON", f"line {number}") from error
        except RecursionError:
            raise DeliveryRefused("nested_too_deep", file_name, "", f"line {number}") from None
        if not isinstance(record, dict):
            raise DeliveryRefused("no_json_object", file_name, "", f"line {number}")
        if _holds_half_a_character(line, record):
            raise DeliveryRefused("lone_surrogate", file_name, "", f"line {number}")
        records.append(record)
        addresses.append(f"line {number}")
    return _table(records, addresses)


def read_geojson(text: str, file_name: str) -> TextTable:
    """Cells of a FeatureCollection: the properties of each feature, addressed by its position."""
    try:
        document = json.loads(text, parse_float=str, parse_int=str)
    except json.JSONDecodeError as error:
        rule = "truncated" if _is_cut_off(text, error) else "unreadable"
        raise DeliveryRefused(rule, file_name, "GeoJSON", f"line {error.lineno}") from error
    except RecursionError:
        raise DeliveryRefused("nested_too_deep", file_name) from None
    if _holds_half_a_character(text, document):
        raise DeliveryRefused("lone_surrogate", file_name)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise DeliveryRefused("unreadable", file_name, "GeoJSON")
    records = [feature.get("properties") or {} for feature in features]
    if not all(isinstance(record, dict) for record in records):
        raise DeliveryRefused("unreadable", file_name, "GeoJSON")
    return _table(records, [f"feature {i}" for i in range(1, len(records) + 1)])


def _holds_half_a_character(text: str, content: object) -> bool:
    """Whether an escaped surrogate stands alone; in decoded text none can stand but as an escape."""
    is_suspect = "\\ud" in text or "\\uD" in text
    return is_suspect and _SURROGATE.search(json.dumps(content, ensure_ascii=False)) is not None


def _is_cut_off(text: str, error: json.JSONDecodeError) -> bool:
    """Whether it was an object that failed at its end, not an error page or a slip in the middle."""
    plain = text.rstrip()
    return plain.lstrip().startswith("{") and (error.pos >= len(plain) or not plain.endswith("}"))


def _table(records: list[dict[str, Any]], addresses: list[str]) -> TextTable:
    names = dict.fromkeys(name for record in records for name in record)
    columns = {name: [_text(record, name) for record in records] for name in names}
    return TextTable(pd.DataFrame(columns, dtype=object), pd.Series(addresses, dtype=object))


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
