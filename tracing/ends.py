"""Where a walk ends: the delivered or declared row that a row of a mart names, found again in the archived bytes.

The file must still have its hash, the address must name a line of it, and what the mart took over as it was must stand in that
line. Public walks know hash and address alone. Does not belong here: parsing a delivery as `ingest` does.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from release import archive_damage
from tracing.declared import archive_of, var_of
from tracing.files import bytes_of, line_of, receipt_of
from tracing.rows import Row, Rows
from tracing.walks import Walk

# Marts of declared rows.
DECLARED = ("dim_indicator", "dim_area", "dim_area_outline", "dim_comparability_break", "fct_correction")
_NUMBER = re.compile(r"[-−]?\d[\d.,' ]*")


@dataclass(frozen=True)
class End:
    """One delivered row a walk ends at; `lacking` are columns of which the cell is not found in the delivered line."""

    source_id: str
    delivery_id: str
    row_address: str | None
    is_intact: bool
    line: str | None = field(repr=False, default=None)
    lacking: tuple[str, ...] = ()

    @property
    def is_reached(self) -> bool:
        """Whether the walk ends there: whole bytes, a line where one is named, all cells in it."""
        return self.is_intact and (self.row_address is None or self.line is not None) and not self.lacking


def end_of(rows: Rows, row: Row, walk: Walk) -> End | None:
    """The delivered row a row of a mart names; None where it names none."""
    delivery_id = row.get("delivery_id")
    if not delivery_id or rows.is_public:
        return None
    archive, source_id = archive_of(rows), source_of(walk.mart, row)
    address = row.get("row_address")
    key = ("intact", delivery_id)
    if key not in rows.memo:
        rows.memo[key] = (
            bytes_of(archive, delivery_id) is not None and receipt_of(archive, source_id, delivery_id) is not None
        )
    line = line_of(archive, delivery_id, address) if address else None
    lacking = () if line is None else tuple(name for name in walk.verbatim if not stands_in(row[name], line))
    return End(source_id, delivery_id, address, rows.memo[key], line, lacking)


def source_of(table: str, row: Row) -> str:
    """Source of the delivery a row names; of declared rows the programme folder."""
    return "programme" if table in DECLARED else str(row.get("source_id") or "programme")


def stands_in(value: Any, line: str) -> bool:
    """Whether a delivered line holds a cell, however numbers and days are written in it."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, (int, float, Decimal)):
        number = Decimal(str(value))
        plain = format(number.normalize(), "f")
        if _is_token(plain, line):
            return True
        tokens = [token.strip(" ,.'") for token in _NUMBER.findall(line)]
        return any(number == other for other in _numbers(tokens))
    if isinstance(value, dt.date):
        return any(form in line for form in (value.isoformat(), value.strftime("%d.%m.%Y"), value.strftime("%Y%m%d")))
    plain = _plain(str(value))
    return plain in _plain(line)


def _is_token(plain: str, line: str) -> bool:
    """Whether a number stands in a line just so, and not as a part of another."""
    place = line.find(plain)
    while place >= 0:
        before, after = line[place - 1 : place], line[place + len(plain) : place + len(plain) + 2]
        is_part = after[:1].isdigit() or (after[:1] in (".", ",") and after[1:].isdigit())
        if not before.isdigit() and before not in (".", ",", "-", "−") and not is_part:
            return True
        place = line.find(plain, place + 1)
    return False


def _plain(text: str) -> str:
    return " ".join(text.replace('"', "").replace("\\/", "/").split()).casefold()


def _numbers(tokens: Iterable[str]) -> Iterable[Decimal]:
    for token in tokens:
        bare = token.replace(" ", "").replace("−", "-")
        for form in (bare, bare.replace(".", "").replace(",", "."), bare.replace(",", "")):
            try:
                yield Decimal(form)
            except InvalidOperation:
                continue


def deliveries_of(rows: Rows, behind: Mapping[str, Iterable[Row]]) -> list[dict[str, Any]]:
    """Each delivery that rows of some tables name, as its receipt and fct_delivery have it, with the addresses in it; where it
    cannot be looked up as it came, why.
    """
    addresses: dict[tuple[str, str], dict[str, None]] = {}
    for table, found in behind.items():
        for row in found:
            if row.get("delivery_id"):
                addresses.setdefault((source_of(table, row), row["delivery_id"]), {})[row.get("row_address") or ""] = (
                    None
                )
    return [
        {
            "source_id": source_id, "delivery_id": delivery_id,
            "row_addresses": [address for address in named if address],
            **({} if rows.is_public else _known(rows, source_id, delivery_id)),
        }
        for (source_id, delivery_id), named in addresses.items()
    ]  # fmt: skip


def _known(rows: Rows, source_id: str, delivery_id: str) -> dict[str, Any]:
    var = var_of(rows)
    if ("recorded",) not in rows.memo:
        rows.memo["recorded",] = archive_damage.named(var)
    damage = archive_damage.delivery_damage(var, source_id, delivery_id, rows.memo["recorded",])
    receipt = receipt_of(var.archive, source_id, delivery_id) or {}
    told = rows.one("fct_delivery", source_id=source_id, delivery_id=delivery_id) or {}
    names = ("file_name", "publisher", "licence", "publisher_version", "received_at", "verdict")
    return {
        **{name: told.get(name) for name in names},
        "size_bytes": told.get("size_bytes"),
        "accepted_row_count": told.get("accepted_row_count"),
        "rejected_row_count": told.get("rejected_row_count"),
        "receipt": receipt.get("receipt"),
        "locator": receipt.get("locator"),
        "connector": (receipt.get("parameters") or {}).get("connector"),
        "is_intact": damage is None,
        "why_de": damage and damage.text("de"),
        "why_en": damage and damage.text("en"),
    }
