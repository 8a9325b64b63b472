"""What came in, held against the receipts in the archive and the ledger: fct_delivery.

A receipt says what was received and when, the ledger what became of its records. Rows that entered are counted by landing alone,
which the walk says. Does not belong here: finding a delivered line (files.py).
"""

import datetime as dt
from typing import Any

from release import ledger
from tracing.comparing import Unknown
from tracing.declared import archive_of, declared_document, settings, var_of
from tracing.files import receipt_of
from tracing.rows import Row, Rows

_BY_LANDING = Unknown(
    "Wie viele Zeilen je Tabelle daraus wurden, zählt die Übernahme; nachzählen heißt neu übernehmen.",
    "How many rows of tables were made of it is counted by landing; counting again means landing again.",
)
_RECORDS = {
    "record_count": "records", "header_count": "header", "out_of_scope_count": "out_of_scope",
    "footnote_count": "footnotes", "accepted_record_count": "accepted", "rejected_record_count": "rejected",
}  # fmt: skip


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_delivery."""
    receipt = receipt_of(archive_of(rows), row["source_id"], row["delivery_id"])
    if receipt is None:
        return {}
    received = dt.datetime.fromisoformat(receipt["received_at"]).astimezone(dt.UTC).replace(tzinfo=None)
    is_declared = row["source_id"] == "programme"
    source = declared_document(rows, f"sources/{row['source_id']}.yml") or {}
    if is_declared:
        source = {"name_de": "Programmordner", "name_en": "programme folder", "publisher": settings(rows)["name"]}
    found: dict[str, Any] = {
        **{name: receipt[name] for name in ("file_name", "media_type", "size_bytes", "publisher_version", "licence")},
        "received_at": received, "received_on": received.date(),
        "source_name_de": source.get("name_de"), "source_name_en": source.get("name_en"), "publisher": source.get("publisher"),
        "verdict": _verdict(rows, row), "reason": None if row["verdict"] in ("in_force", "superseded") else _BY_LANDING,
        "accepted_row_count": 0 if is_declared else _BY_LANDING, "rejected_row_count": 0 if is_declared else _rejected(rows, row),
    }  # fmt: skip
    counts = _counts(rows, row["delivery_id"], row["source_id"])
    for name, told in _RECORDS.items():
        found[name] = 0 if is_declared else _BY_LANDING if counts is None else counts[told]
    return found


def _rejected(rows: Rows, row: Row) -> Any:
    if row["verdict"] != "in_force":
        return _BY_LANDING
    return len(rows.of("fct_rejected_row", source_id=row["source_id"], delivery_id=row["delivery_id"]))


def _lines(rows: Rows) -> list[ledger.Entry]:
    """Ledger lines up to the one that published the release."""
    if ("ledger",) not in rows.memo:
        every = ledger.read(var_of(rows))
        own = [
            place
            for place, one in enumerate(every)
            if one.outcome == "published" and one.release_id == rows.release.release_id
        ]
        rows.memo[("ledger",)] = every[: own[0] + 1] if own else []
    found: list[ledger.Entry] = rows.memo[("ledger",)]
    return found


def _verdict(rows: Rows, row: Row) -> Any:
    """What became of a delivery, by the manifest, else by the ledger line of the release."""
    if row["source_id"] == "programme":
        return "in_force"
    if any(
        (one.source_id, one.delivery_id) == (row["source_id"], row["delivery_id"])
        for one in rows.release.manifest.deliveries
    ):
        return "in_force"
    line = _lines(rows)[-1] if _lines(rows) else None
    if line is None:
        return _BY_LANDING
    own = f"{row['source_id']}__"
    for verdict, tables in (("held", line.held), ("refused", line.refused)):
        if any(table.startswith(own) and row["delivery_id"] in ids for table, ids in tables.items()):
            return verdict
    return "superseded"


def _counts(rows: Rows, delivery_id: str, source_id: str) -> dict[str, int] | None:
    """Records of a delivery over all tables it feeds, as the last line that looked at it counted them."""
    found: dict[str, dict[str, int]] = {}
    for line in _lines(rows):
        for table, counted in line.counts.items():
            if table.startswith(f"{source_id}__") and delivery_id in counted:
                found[table] = dict(counted[delivery_id])
    if not found:
        return None
    return {name: sum(one.get(name, 0) for one in found.values()) for name in _RECORDS.values()}
