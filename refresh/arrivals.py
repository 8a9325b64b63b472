"""What arrived: every file on offer as rows for people, the same for the summary, for `status` and for the orchestrator.

Written beside the ledger as `last_refresh.json`, so that commands that answer at once can tell it; deletable.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ingest.archive import Receipt
from refresh.outcomes import Arrival, Inbox, TableOutcome
from release.standing import STATE_WORDS, Standing

Row = dict[str, Any]
_OF_A_CHECK = ("check_id", "table_name", "column_name", "severity", "is_passed", "sentence_de", "sentence_en")


def arrival_rows(inbox: Inbox, outcomes: Mapping[str, TableOutcome], standing: Standing) -> list[Row]:
    """Grain: one file on offer, by source and name: its state, what it holds per table, and what it replaces or is replaced by."""
    known = {(receipt.source_id, receipt.delivery_id): receipt for receipt in inbox.known}
    ordered = sorted(inbox.arrivals, key=lambda each: (each.receipt.source_id, each.receipt.number, each.file_name))
    return [_row(arrival, outcomes, standing, known) for arrival in ordered]


def passed_over_rows(inbox: Inbox) -> list[Row]:
    """Grain: one file or folder that no source takes: where it lies, and why not, in words."""
    return [
        {"locator": one.locator, "sentence_de": one.sentence("de"), "sentence_en": one.sentence("en")}
        for one in inbox.passed_over
    ]


def check_rows(outcomes: Iterable[TableOutcome]) -> list[Row]:
    """Grain: one check of a delivery, in words, for the page of the refresh."""
    return [
        {
            **{name: getattr(check, name) for name in _OF_A_CHECK},
            "figures_de": check.figures("de"),
            "figures_en": check.figures("en"),
        }
        for table in outcomes
        for check in table.checks
    ]


def state_rows(inbox: Inbox, standing: Standing) -> list[Row]:
    """Grain: one delivery of a source, in the order of receipt: its name, the day it came and its state, in words."""
    return [
        {
            "delivery": f"{receipt.source_id}/{receipt.file_name}",
            "received_on": receipt.received_on.isoformat(),
            "state": " · ".join(STATE_WORDS[standing.state(receipt.source_id, receipt.delivery_id)]),
        }
        for receipt in inbox.known
    ]


def _row(
    arrival: Arrival,
    outcomes: Mapping[str, TableOutcome],
    standing: Standing,
    known: Mapping[tuple[str, str], Receipt],
) -> Row:
    receipt = arrival.receipt
    source_id, delivery_id = receipt.source_id, receipt.delivery_id
    line = standing.withdrawn.get((source_id, delivery_id))
    return {
        "source_id": source_id,
        "file_name": arrival.file_name,
        "other_names": [name for name in (*receipt.earlier_names, receipt.file_name) if name != arrival.file_name],
        "delivery_id": delivery_id,
        "is_new": arrival.is_new,
        "state": standing.state(source_id, delivery_id),
        "replaced_by": _named(standing.replaced_by(source_id, delivery_id), source_id, known),
        "withdrawn_because": line.decision.because if line and line.decision else None,
        "tables": [
            _table(outcome, delivery_id, known) for outcome in outcomes.values() if _holds(outcome, delivery_id)
        ],
    }


def _holds(outcome: TableOutcome, delivery_id: str) -> bool:
    return any(change.delivery_id == delivery_id for change in outcome.changes)


def _table(outcome: TableOutcome, delivery_id: str, known: Mapping[tuple[str, str], Receipt]) -> Row:
    change = next(each for each in outcome.changes if each.delivery_id == delivery_id)
    rejected = {finding.row_address for receipt, finding in outcome.findings if receipt.delivery_id == delivery_id}
    return {
        "table": outcome.table.name,
        "periods": list(change.periods),
        "row_count": change.row_count,
        "rejected_count": len(rejected),
        "added": change.added,
        "changed": change.changed,
        "removed": change.removed,
        "replaces": _named(change.replaces, outcome.table.source.source_id, known),
    }


def _named(ids: tuple[str, ...], source_id: str, known: Mapping[tuple[str, str], Receipt]) -> list[Row]:
    receipts = [known[source_id, each] for each in ids if (source_id, each) in known]
    return [
        {"delivery_id": each.delivery_id, "file_name": each.file_name, "received_on": each.received_on.isoformat()}
        for each in receipts
    ]
