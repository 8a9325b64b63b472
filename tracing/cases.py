"""Delivered cases read again from the archive, for counts and sums alone: survey answers, contributions, reports.

No mart holds a single case, and no walk shows one. Read are CSV files in force, by the columns their source declares; rows that
landing rejected are left out. What is delivered in another form is not counted again, and the walk says so. The standard
library alone, a second reader beside `ingest`.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatch
from typing import Any

from tracing.declared import archive_of, declared_document, declared_rows, settings
from tracing.files import records_of, text_of
from tracing.rows import Rows

Case = dict[str, str | None]


def cases_of(rows: Rows, source_id: str, canonical: str, delivery_id: str | None = None) -> list[Case] | None:
    """Cases of the tables of a source that hold such cases, each item in a case of its own; None where it cannot be told."""
    key = ("cases", source_id, canonical, delivery_id)
    if key not in rows.memo:
        declared = declared_document(rows, f"sources/{source_id}.yml") or {}
        found: list[Case] | None = []
        for name, table in (declared.get("tables") or {}).items():
            if table["canonical"] == canonical:
                read = _table(rows, source_id, name, table, delivery_id)
                found = None if found is None or read is None else [*found, *read]
        rows.memo[key] = found
    known: list[Case] | None = rows.memo[key]
    return known


def _table(
    rows: Rows, source_id: str, name: str, table: Mapping[str, Any], delivery_id: str | None
) -> list[Case] | None:
    if table["format"].get("kind") != "csv":
        return None
    landed = f"{source_id}__{name}"
    in_force = [one for one in rows.release.manifest.deliveries if one.table_name == landed]
    rejected = {
        (one["delivery_id"], one["row_address"], one["column_name"])
        for one in rows.find("fct_rejected_row", source_id=source_id)
        if one["table_name"] == landed
    }
    found: list[Case] = []
    for each in in_force:
        if delivery_id in (None, each.delivery_id):
            read = _file(rows, table, each.delivery_id, rejected)
            if read is None:
                return None
            found += read
    return found


def _file(rows: Rows, table: Mapping[str, Any], delivery_id: str, rejected: set[tuple[Any, ...]]) -> list[Case] | None:
    kind = table["format"]
    member = kind.get("member")
    part, text = text_of(
        archive_of(rows),
        delivery_id,
        kind.get("encoding", "utf-8-sig"),
        member and (lambda name: fnmatch(name, member)),
    )
    if text is None:
        return None
    delimiter = kind.get("delimiter") or (";" if text[:2000].count(";") >= text[:2000].count(",") else ",")
    reader = records_of(text, delimiter)
    heading: list[str] = next(reader, [])
    lost = {(address, column) for delivery, address, column in rejected if delivery == delivery_id}
    whole = {address for address, column in lost if column not in heading or column not in _item_columns(table)}
    found: list[Case] = []
    before = reader.line_num
    for cells in reader:
        address = f"{part} line {before + 1}" if part else f"line {before + 1}"
        before = reader.line_num
        if cells and address not in whole:
            found += _cases(rows, table, dict(zip(heading, cells, strict=False)), {c for a, c in lost if a == address})
    return found


def _item_columns(table: Mapping[str, Any]) -> set[str]:
    return {one["from"] for one in table.get("items") or ()}


def _cases(rows: Rows, table: Mapping[str, Any], record: dict[str, str], lost: set[Any]) -> Iterator[Case]:
    is_point = table["format"].get("decimal") == "point"
    case: Case = dict(table.get("constants") or {})
    for column in table["columns"]:
        case[column["to"]] = _cell(rows, column, (record.get(column["from"]) or "").strip(), is_point)
    items = table.get("items") or ()
    if not items:
        yield case
    for item in items:
        if item["from"] in lost:
            continue
        raw = (record.get(item["from"]) or "").strip()
        values = item.get("values")
        told = values.get(raw) if values else _number(raw, is_point)
        yield {**case, "item_id": item["item"], "unit": item.get("unit"), "answer" if values else "value": told}


def _cell(rows: Rows, column: Mapping[str, Any], raw: str, is_point: bool) -> str | None:
    kind = column.get("type", "text")
    if raw == "":
        return None
    if kind == "area":
        return _area(rows, column, raw)
    if kind == "choice":
        found = column["values"].get(raw)
        return None if found is None else str(found)
    if kind in ("date", "reference_date"):
        return _day(raw)
    if kind in ("decimal", "integer"):
        return _number(raw, is_point)
    if pattern := column.get("pattern"):
        match = re.fullmatch(pattern.strip("^$"), raw)
        return match[1] if match and match.groups() else raw
    return raw


def _area(rows: Rows, column: Mapping[str, Any], raw: str) -> str | None:
    level = column["level"]
    if column.get("by") == "name":
        for one in declared_rows(rows, "areas.csv"):
            if one["area_level"] == level and raw in (one["area_name"], *one["aliases"].split("|")):
                return f"{level}-{one['area_code']}"
        return None
    length = next((one.get("code_length") for one in settings(rows)["levels"] if one["level"] == level), None)
    code = raw.zfill(length) if length else raw.lstrip("0") or raw
    return f"{level}-{code}"


def _day(raw: str) -> str | None:
    """A day as ISO 8601, whichever of the two agreed forms it comes in; a time of day is left out."""
    if found := re.match(r"(\d{4})-(\d{2})-(\d{2})", raw):
        return found[0]
    if found := re.match(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", raw):
        return dt.date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    return None


def _number(raw: str, is_point: bool) -> str | None:
    """A number in its plain form; None where a sign stands instead of one."""
    plain = raw.replace(" ", "") if is_point else raw.replace(".", "").replace(" ", "").replace(",", ".")
    try:
        return str(Decimal(plain))
    except InvalidOperation:
        return None
