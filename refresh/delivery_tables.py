"""What this refresh saw, landed so that dbt can read it: deliveries, results of gate 1, rejected rows, what was known when.

Deliveries are those in force, refused or replaced, as the ledger says it, and no others: a release must not depend on
what else lies in the inbox or was withdrawn. One that was replaced keeps its first name, under whichever it is put back.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from expectations.rules import CheckResult
from ingest.archive import Receipt
from ingest.delivered import RecordCount
from ingest.landing import ARROW_TYPES
from refresh.context import RefreshContext
from refresh.knowledge import KNOWN_COLUMNS, known_rows
from refresh.outcomes import TableOutcome
from refresh.receiving import Deliveries
from refresh.staged import write_landed

_TEXT, _INTEGER, _BOOLEAN = ARROW_TYPES["text"], ARROW_TYPES["integer"], ARROW_TYPES["boolean"]
_MOMENT = pa.timestamp("us")

# What became of the records of a delivery, over the tables it feeds, as `RecordCount` names it.
RECORD_COUNTS = {
    "record_count": "records",
    "header_count": "header",
    "out_of_scope_count": "out_of_scope",
    "footnote_count": "footnotes",
    "accepted_record_count": "accepted",
    "rejected_record_count": "rejected",
}

REFRESH_TABLES: dict[str, dict[str, pa.DataType]] = {
    "refresh__delivery": {
        **dict.fromkeys(("delivery_id", "source_id", "file_name", "media_type"), _TEXT),
        "size_bytes": _INTEGER,
        "received_at": _MOMENT,
        "received_on": ARROW_TYPES["date"],
        **dict.fromkeys(("publisher_version", "licence"), _TEXT),
        "is_synthetic": _BOOLEAN,
        "verdict": _TEXT,
        "accepted_row_count": _INTEGER,
        "rejected_row_count": _INTEGER,
        **dict.fromkeys(RECORD_COUNTS, _INTEGER),
        "reason": _TEXT,
    },
    "refresh__check": {
        **dict.fromkeys(("check_id", "table_name", "gate", "rule_id", "column_name", "severity"), _TEXT),
        "is_passed": _BOOLEAN,
        "failed_count": _INTEGER,
        **dict.fromkeys(("observed", "expected", "sentence_de", "sentence_en"), _TEXT),
    },
    "refresh__rejected_row": dict.fromkeys(
        (
            "table_name",
            "source_id",
            "delivery_id",
            "row_address",
            "column_name",
            "rule_id",
            "sentence_de",
            "sentence_en",
        ),
        _TEXT,
    ),
    "refresh__known": KNOWN_COLUMNS,
}


def write_refresh_tables(
    context: RefreshContext, deliveries: Deliveries, outcomes: Mapping[str, TableOutcome]
) -> dict[str, int]:
    """Land what became of deliveries, checks and rejected rows, and what was known when; rows per table."""
    ordered = [outcomes[name] for name in sorted(outcomes)]
    rows = {
        "refresh__delivery": _deliveries(context, deliveries, outcomes),
        "refresh__check": [_as_row("refresh__check", check) for outcome in ordered for check in outcome.checks],
        "refresh__rejected_row": [row for outcome in ordered for row in _rejected(outcome)],
        "refresh__known": known_rows(deliveries, outcomes),
    }
    for name, schema in REFRESH_TABLES.items():
        write_landed(context.var, name, rows[name], schema)
    return {name: len(found) for name, found in rows.items()}


def checks_table(checks: Iterable[CheckResult]) -> pa.Table:
    """Check results as `checks.parquet` holds them: one row per check, with the hash of the bytes it looked at."""
    schema = pa.schema([*REFRESH_TABLES["refresh__check"].items(), ("table_sha256", _TEXT)])
    return pa.Table.from_pylist([{name: getattr(check, name) for name in schema.names} for check in checks], schema)


def _as_row(table: str, record: object) -> dict[str, Any]:
    return {name: getattr(record, name) for name in REFRESH_TABLES[table] if hasattr(record, name)}


def _rejected(outcome: TableOutcome) -> Iterable[dict[str, Any]]:
    sentences = zip(outcome.finding_sentences("de"), outcome.finding_sentences("en"), strict=True)
    for (receipt, finding), (german, english) in zip(outcome.findings, sentences, strict=True):
        yield {
            "table_name": outcome.table.name,
            "source_id": outcome.table.source.source_id,
            "delivery_id": receipt.delivery_id,
            **_as_row("refresh__rejected_row", finding),
            "sentence_de": german,
            "sentence_en": english,
        }


def _deliveries(
    context: RefreshContext, deliveries: Deliveries, outcomes: Mapping[str, TableOutcome]
) -> list[dict[str, Any]]:
    current = {hashlib.sha256(path.read_bytes()).hexdigest() for path in context.programme.declaration_files()}
    counting = [receipt for receipt in deliveries.archive.receipts("programme") if receipt.delivery_id in current]
    standing = deliveries.standing_after(outcomes)
    for source_id in context.programme.sources:
        counting += [
            receipt
            for receipt in deliveries.archive.receipts(source_id)
            if standing.state(source_id, receipt.delivery_id) in ("in_force", "refused", "held", "superseded")
        ]
    found = {(receipt.source_id, receipt.delivery_id): _delivery(receipt) for receipt in counting}
    for outcome in outcomes.values():
        source_id = outcome.table.source.source_id
        for receipt in outcome.refused:
            row = found[source_id, receipt.delivery_id]
            row.update(
                verdict="refused", file_name=receipt.file_name, reason=" ".join(reason.de for reason in outcome.reasons)
            )
        for held in outcome.held:
            row = found[source_id, held.receipt.delivery_id]
            why = " ".join(reason.de for reason in held.reasons)
            row.update(verdict="held", file_name=held.receipt.file_name, reason=why)
        for receipt in outcome.in_force:
            row = found[source_id, receipt.delivery_id]
            is_taken = row["verdict"] not in ("refused", "held")
            row.update(verdict="in_force" if is_taken else row["verdict"], file_name=receipt.file_name)
            row["accepted_row_count"] += outcome.accepted_by_delivery.get(receipt.delivery_id, 0)
        for receipt in (*outcome.in_force, *outcome.refused):  # held ones are not looked at again every night
            row, count = found[source_id, receipt.delivery_id], outcome.counts.get(receipt.delivery_id, RecordCount())
            row.update({name: row[name] + getattr(count, part) for name, part in RECORD_COUNTS.items()})
        for receipt, _ in outcome.findings:
            found[source_id, receipt.delivery_id]["rejected_row_count"] += 1
    return [found[key] for key in sorted(found)]


def _delivery(receipt: Receipt) -> dict[str, Any]:
    received = dt.datetime.fromisoformat(receipt.received_at).replace(tzinfo=None)
    return {
        **_as_row("refresh__delivery", receipt),
        "received_at": received,
        "received_on": received.date(),
        "file_name": receipt.first_name,
        "verdict": "in_force" if receipt.source_id == "programme" else "superseded",
        "accepted_row_count": 0,
        "rejected_row_count": 0,
        **dict.fromkeys(RECORD_COUNTS, 0),
        "reason": None,
    }
