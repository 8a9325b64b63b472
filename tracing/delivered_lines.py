"""The delivered line a walk ends at, as readers may see it: cells of declared columns, all others left out.

A delivery may hold what its declaration does not take over, such as names of persons; a cell is shown only where the heading of
its column is declared in the source's YAML (as archived), a dot stands for the rest. Does not belong here: landing.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from tracing.declared import archive_of, declared_document
from tracing.ends import source_of
from tracing.files import line_of, lines_of, part_of, records_of
from tracing.rows import Row, Rows

LEFT_OUT = "·"
_HEADING_WITHIN = 40  # lines above which no heading is looked for further down


def shown_lines(rows: Rows, table: str, found: Sequence[Row], most: int) -> list[tuple[str, str]]:
    """Address and declared cells of the delivered lines of some rows, each once."""
    lines: dict[tuple[str, str], str] = {}
    for row in found:
        if len(lines) >= most or rows.is_public:
            break
        address, delivery_id = row.get("row_address"), row.get("delivery_id")
        if address and delivery_id and (delivery_id, address) not in lines:
            text = _shown(rows, source_of(table, row), delivery_id, address)
            if text:
                lines[delivery_id, address] = text
    return [(address, text) for (_, address), text in lines.items()]


def _shown(rows: Rows, source_id: str, delivery_id: str, address: str) -> str | None:
    archive = archive_of(rows)
    line = line_of(archive, delivery_id, address)
    if line is None:
        return None
    if source_id == "programme":
        return " ".join(line.split())  # declarations are ours and name no persons
    allowed = _declared_columns(rows, source_id)
    if line.lstrip().startswith("{"):
        body = json.loads(line)
        flat = body.get("properties", body) if isinstance(body, dict) else {}
        return ", ".join(f"{name}: {value}" for name, value in flat.items() if name in allowed)
    every = lines_of(archive, delivery_id, part_of(address)) or ()
    delimiter = "\t" if "\t" in line else ";" if line.count(";") >= line.count(",") else ","
    heading = _heading(every[:_HEADING_WITHIN], delimiter, allowed)
    if heading is None:
        return None
    cells = _cells(line, delimiter)
    named = [
        f"{name}: {cell}" if name in allowed else LEFT_OUT
        for name, cell in zip(heading, cells, strict=False)
        if name or cell
    ]
    return ", ".join(_joined(named))


def _joined(cells: Iterable[str]) -> Iterable[str]:
    """Cells with a run of left out ones as one."""
    before = ""
    for cell in cells:
        if cell != LEFT_OUT or before != LEFT_OUT:
            yield cell
        before = cell


def _cells(line: str, delimiter: str) -> list[str]:
    return [" ".join(cell.split()) for cell in next(records_of(line.replace("\n", " "), delimiter), [])]


def _heading(lines: Sequence[str], delimiter: str, allowed: set[str]) -> list[str] | None:
    """The first line of which most declared columns are cells; None where there is none."""
    best: tuple[int, list[str]] | None = None
    for line in lines:
        cells = _cells(line, delimiter)
        hits = len(set(cells) & allowed)
        if hits >= 2 and (best is None or hits > best[0]):
            best = hits, cells
    return best[1] if best is not None else None


def _declared_columns(rows: Rows, source_id: str) -> set[str]:
    """Headings the declaration of a source takes over, of all its tables."""
    key = ("columns", source_id)
    if key not in rows.memo:
        declared = declared_document(rows, f"sources/{source_id}.yml") or {}
        found: set[str] = set()
        for table in (declared.get("tables") or {}).values():
            for part in ("columns", "items"):
                for one in table.get(part) or ():
                    found |= set(_names(one.get("from")))
        rows.memo[key] = found
    known: set[str] = rows.memo[key]
    return known


def _names(named: Any) -> Iterable[str]:
    if isinstance(named, str):
        yield named
    elif isinstance(named, (list, tuple)):
        yield from (name for name in named if isinstance(name, str))
