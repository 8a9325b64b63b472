"""Landing one table: archived deliveries → candidate → gate 1 → promoted table, or a refusal in words.

A candidate waits in staging and replaces the promoted table only when every blocking rule passed on its staged
bytes. What a refused delivery means is declared by its source: `block`, or `keep_last_good`, which falls back
to the deliveries in force.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.rules import CheckResult, DeliveryFacts, Seen, landed_suite
from expectations.runner import run_suite
from ingest.archive import Receipt
from ingest.findings import DeliveryRefused, address_in_words, rule_sentence
from ingest.landing import Landed, canonical_schema, rejected_pct
from programmes.canonical import CANONICAL
from programmes.sources import LandedTable, Source
from refresh.context import RefreshContext
from refresh.fingerprint import age_days
from refresh.outcomes import TableOutcome
from refresh.receiving import Deliveries
from refresh.staged import Staged, stage
from release.layout import VarFolder
from release.reason import Reason

_REJECTED = ("_delivery", "_row", "column_name", "rule_id", "sentence_de", "sentence_en", "cells")


@dataclass(frozen=True)
class _Candidate:
    """Deliveries that landed, put together in key order."""

    receipts: tuple[Receipt, ...]
    landed: dict[str, Landed]
    rows: pa.Table


class _Refused(Exception):
    """An attempt failed; carries the reasons and, where gate 1 was reached, its results."""

    def __init__(self, reasons: Sequence[Reason], checks: tuple[CheckResult, ...] = ()) -> None:
        super().__init__()
        self.reasons = tuple(reasons)
        self.checks = checks


def land_table(context: RefreshContext, deliveries: Deliveries, table: LandedTable) -> TableOutcome:
    """Land, check and promote one table from the deliveries that may feed it; what became of it, never an exception."""
    in_force = frozenset(deliveries.in_force.get(table.name, ()))
    return _Landing(context, deliveries, table, in_force).run(deliveries.considered(table))


@dataclass(frozen=True)
class _Landing:
    """Landing and gate 1 of one table; `in_force` are the deliveries the release readers see rests on."""

    context: RefreshContext
    deliveries: Deliveries
    table: LandedTable
    in_force: frozenset[str]

    def run(self, considered: Sequence[Receipt]) -> TableOutcome:
        newest = tuple(considered if self.table.declared.mode == "by_period" else considered[-1:])
        try:
            return self._attempt(newest)
        except _Refused as refused:
            return self._fall_back(considered, newest, refused)

    def _fall_back(self, considered: Sequence[Receipt], newest: tuple[Receipt, ...], refused: _Refused) -> TableOutcome:
        last_good = tuple(receipt for receipt in considered if receipt.delivery_id in self.in_force)
        rejected = tuple(receipt for receipt in newest if receipt not in last_good)
        if self.table.source.on_failure == "keep_last_good" and last_good and rejected:
            try:
                kept = self._attempt(last_good)
                return replace(kept, verdict="kept", refused=rejected, reasons=refused.reasons)
            except _Refused as again:
                refused = again
        return TableOutcome(self.table, "refused", refused=rejected, checks=refused.checks, reasons=refused.reasons)

    def _attempt(self, receipts: tuple[Receipt, ...]) -> TableOutcome:
        if not receipts:
            raise _Refused([_missing(self.context.inbox, self.table.source)])
        timed = self.context.stopwatch.timed
        with timed("landing"):
            candidate = self._candidate(receipts)
            staged = stage(candidate.rows, self.context.var.staging / f"{self.table.name}.parquet")
            facts = self._facts(candidate)
        with timed("gate_1"):
            checks = self._checked(staged, facts)
        failed = [check for check in checks if check.is_blocking_failure]
        if failed:
            raise _Refused([_broken_rule(self.table.source, candidate, check) for check in failed], checks)
        with timed("landing"):
            promote(staged.path, promoted_path(self.context.var, self.table))
            _keep_rejected(self.context.var.rejected / f"{self.table.name}.parquet", candidate)
        return TableOutcome(
            table=self.table,
            verdict="accepted",
            in_force=candidate.receipts,
            row_count=staged.rows.num_rows,
            sha256=staged.sha256,
            accepted_by_delivery={key: landed.accepted.num_rows for key, landed in candidate.landed.items()},
            findings=tuple(
                (receipt, finding)
                for receipt in candidate.receipts
                for finding in candidate.landed[receipt.delivery_id].findings
            ),
            checks=checks,
        )

    def _candidate(self, receipts: Sequence[Receipt]) -> _Candidate:
        landed: dict[str, Landed] = {}
        reasons: list[Reason] = []
        for receipt in receipts:
            try:
                landed[receipt.delivery_id] = self.deliveries.landed(self.table, receipt)
            except DeliveryRefused as refused:
                reasons.append(_refused_delivery(self.table.source, receipt.file_name, refused))
        if reasons:
            raise _Refused(reasons)
        return in_force_of(self.table, receipts, landed)

    def _checked(self, staged: Staged, facts: DeliveryFacts) -> tuple[CheckResult, ...]:
        rules = landed_suite(self.context.programme, self.table, _periods(staged.rows))
        return tuple(run_suite(Seen(self.table.name, "gate_1", staged.rows, staged.sha256), rules, facts))

    def _facts(self, candidate: _Candidate) -> DeliveryFacts:
        before = self._rows_in_force(candidate)
        periods, periods_before = _periods(candidate.rows), _periods(before) if before is not None else []
        shrunk = (
            100 * (1 - candidate.rows.num_rows / before.num_rows) if before is not None and before.num_rows else None
        )
        return DeliveryFacts(
            rejected_pct=rejected_pct(candidate.landed.values()),
            shrunk_pct=shrunk,
            periods_behind=int(periods_before[-1]) - int(periods[-1]) if periods and periods_before else None,
            age_days=age_days(candidate.receipts, self.context.as_of_on),
        )

    def _rows_in_force(self, candidate: _Candidate) -> pa.Table | None:
        """The rows readers see, unless the candidate is just these or they cannot be landed any more."""
        if {receipt.delivery_id for receipt in candidate.receipts} == self.in_force:
            return None
        known = self.deliveries.archive.receipts(self.table.source.source_id)
        receipts = [receipt for receipt in known if receipt.delivery_id in self.in_force]
        try:
            return self._candidate(receipts).rows if receipts else None
        except _Refused:
            return None


def in_force_of(table: LandedTable, receipts: Sequence[Receipt], landed: dict[str, Landed]) -> _Candidate:
    """The latest delivery counts, for tables by period the latest of each period; rows in key order."""
    ordered = sorted(receipts, key=lambda receipt: receipt.number)
    if table.declared.mode == "snapshot":
        newest = ordered[-1]
        return _Candidate(
            (newest,), {newest.delivery_id: landed[newest.delivery_id]}, landed[newest.delivery_id].accepted
        )
    latest: dict[str, Receipt] = {}
    for receipt in ordered:
        for period in landed[receipt.delivery_id].accepted["period"].unique().to_pylist():
            latest[period] = receipt
    holders = {receipt.number for receipt in latest.values()}
    used = tuple(receipt for receipt in ordered if receipt.number in holders) or (ordered[-1],)
    parts = []
    for receipt in used:
        periods = [period for period, holder in latest.items() if holder is receipt]
        rows = landed[receipt.delivery_id].accepted
        parts.append(rows.filter(pc.is_in(rows["period"], value_set=pa.array(periods, pa.string()))))
    rows = pa.concat_tables(parts).sort_by([(column, "ascending") for column in table.declared.canonical_table.key])
    return _Candidate(used, {receipt.delivery_id: landed[receipt.delivery_id] for receipt in used}, rows)


def promoted_path(var: VarFolder, table: LandedTable) -> Path:
    """Where the promoted Parquet of a landed table lies; dbt reads everything in that folder."""
    return var.landed / table.declared.canonical / f"{table.name}.parquet"


def promote(staged: Path, promoted: Path) -> None:
    """Let a staged file take the place of the promoted one in one step."""
    promoted.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(promoted)


def write_empty_tables(context: RefreshContext) -> None:
    """Typed, empty Parquet for every canonical table, so that one a city does not declare is read as empty.

    Landed files of tables that are no longer declared are removed.
    """
    declared = {promoted_path(context.var, table) for table in context.programme.landed_tables()}
    for canonical, table in CANONICAL.items():
        folder = context.var.landed / canonical
        folder.mkdir(parents=True, exist_ok=True)
        for stale in set(folder.glob("*.parquet")) - declared:
            stale.unlink()
        pq.write_table(canonical_schema(table).empty_table(), folder / "empty.parquet")


def _periods(rows: pa.Table) -> list[str]:
    return sorted(rows["period"].unique().to_pylist()) if "period" in rows.column_names else []


def _keep_rejected(path: Path, candidate: _Candidate) -> None:
    rows = [
        {
            "_delivery": delivery_id,
            "_row": finding.row_address,
            "column_name": finding.column_name,
            "rule_id": finding.rule_id,
            "sentence_de": finding.sentence("de"),
            "sentence_en": finding.sentence("en"),
            "cells": cells,
        }
        for delivery_id, landed in candidate.landed.items()
        for finding, cells in zip(landed.findings, landed.rejected_cells, strict=True)
    ]
    schema = pa.schema([(name, pa.string()) for name in _REJECTED])
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), file)
    path.chmod(0o600)


def _missing(inbox: Path, source: Source) -> Reason:
    expected = inbox / source.source_id / source.connector.files
    return Reason(
        f"{source.source_id}: {rule_sentence('source_missing', 'de', str(expected))}",
        f"{source.source_id}: {rule_sentence('source_missing', 'en', str(expected))}",
        source=source.source_id,
        rule="source_missing",
    )


def _refused_delivery(source: Source, file_name: str, refused: DeliveryRefused) -> Reason:
    german, english = (
        f"{source.source_id}/{file_name}"
        + (f", {address_in_words(refused.line, language)}" if refused.line else "")
        + f": {rule_sentence(refused.rule_id, language, refused.detail)}"
        for language in ("de", "en")
    )
    return Reason(german, english, source=source.source_id, file=file_name, rule=refused.rule_id)


def _broken_rule(source: Source, candidate: _Candidate, check: CheckResult) -> Reason:
    files = ", ".join(receipt.file_name for receipt in candidate.receipts)
    figures = f"({check.observed}; {check.expected})"
    return Reason(
        f"{source.source_id}/{files}: verletzt die Regel „{check.sentence_de}“ {figures}.",
        f"{source.source_id}/{files}: breaks the rule '{check.sentence_en}' {figures}.",
        source=source.source_id,
        file=files,
        rule=check.check_id,
    )
