"""Landing one table: archived deliveries → candidate → gate 1 → staged table, or a refusal in words.

A candidate waits in staging. `promote_all` lets the staged tables take the place of the promoted ones when every table
of the refresh has passed on its staged bytes: all together, or none. What a refused delivery means is declared by its
source: `block`, or `keep_last_good`, which falls back to the deliveries in force.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.rules import CheckResult, DeliveryFacts, Seen, landed_suite, shrunk_pct
from expectations.runner import run_suite
from ingest.archive import Receipt
from ingest.findings import DeliveryRefused, address_in_words, rule_sentence
from ingest.landing import Landed, canonical_schema, rejected_pct
from programmes.canonical import CANONICAL
from programmes.sources import LandedTable
from refresh.candidate import Candidate, equally_old, equally_old_reason, in_force_of, periods_of
from refresh.changes import DeliveryChange, changes
from refresh.context import RefreshContext
from refresh.fingerprint import age_days
from refresh.outcomes import TableOutcome
from refresh.receiving import Deliveries
from refresh.staged import Staged, stage
from release.layout import VarFolder
from release.reason import Reason

_REJECTED = ("_delivery", "_row", "column_name", "rule_id", "sentence_de", "sentence_en", "cells")


class _Refused(Exception):
    """An attempt failed; carries the reasons and, where gate 1 was reached, its results."""

    def __init__(self, reasons: Sequence[Reason], checks: tuple[CheckResult, ...] = ()) -> None:
        super().__init__()
        self.reasons = tuple(reasons)
        self.checks = checks


def land_table(context: RefreshContext, deliveries: Deliveries, table: LandedTable) -> TableOutcome:
    """Land, check and stage one table from the deliveries that may feed it; what became of it, never an exception."""
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
            self._refuseequally_old_reason(newest, considered)
            accepted = self._attempt(newest)
            superseded = tuple(receipt for receipt in considered if receipt not in accepted.in_force)
            return replace(accepted, superseded=superseded)
        except _Refused as refused:
            return self._fall_back(considered, newest, refused)

    def _refuseequally_old_reason(self, newest: tuple[Receipt, ...], considered: Sequence[Receipt]) -> None:
        """Of two snapshots of one night none is the later; the alphabet must not decide."""
        if self.table.declared.mode == "snapshot" and newest:
            rivals = [receipt for receipt in considered if receipt is newest[0] or receipt.is_as_old_as(newest[0])]
            if len(rivals) > 1:
                raise _Refused([equally_old_reason(self.table, rivals)])

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
            raise _Refused(
                [_missing(self.context.inbox, self.table, bool(self.deliveries.available(self.table.source)))]
            )
        timed = self.context.stopwatch.timed
        with timed("landing"):
            candidate = self._candidate(receipts)
            staged = stage(candidate.rows, staged_path(self.context.var, self.table))
            before = self._rows_in_force(candidate)
            facts = self._facts(candidate, before)
        with timed("gate_1"):
            checks = self._checked(staged, facts, candidate, before)
        failed = [check for check in checks if check.is_blocking_failure]
        if failed:
            raise _Refused([self._broken_rule(candidate, check) for check in failed], checks)
        with timed("landing"):
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
            changes=self._changes(candidate, before),
        )

    def _candidate(self, receipts: Sequence[Receipt]) -> Candidate:
        landed: dict[str, Landed] = {}
        reasons: list[Reason] = []
        for receipt in receipts:
            try:
                landed[receipt.delivery_id] = self.deliveries.landed(self.table, receipt)
            except DeliveryRefused as refused:
                reasons.append(_refused_delivery(receipt, refused, has_others=len(receipts) > 1))
        reasons += equally_old(self.table, receipts, landed)
        if reasons:
            raise _Refused(reasons)
        return in_force_of(self.table, receipts, landed)

    def _checked(
        self, staged: Staged, facts: DeliveryFacts, candidate: Candidate, before: pa.Table | None
    ) -> tuple[CheckResult, ...]:
        rules = landed_suite(self.context.programme, self.table, periods_of(staged.rows))
        beside = self._beside(candidate)
        seen = Seen(self.table.name, "gate_1", staged.rows, staged.sha256, before, self.context.as_of_on, beside)
        return tuple(run_suite(seen, rules, facts))

    def _beside(self, candidate: Candidate) -> dict[str, pa.Table]:
        """Tables the rules of this one refer to, as the same deliveries feed them; none that cannot be landed."""
        source, found = self.table.source, {}
        for name in sorted({reference.table for reference in self.table.declared.expected.references}):
            other = LandedTable(source.landed_name(name), source, source.tables[name])
            try:
                parts = [self.deliveries.landed(other, receipt).accepted for receipt in candidate.receipts]
            except DeliveryRefused:
                continue
            found[name] = pa.concat_tables(parts)
        return found

    def _facts(self, candidate: Candidate, before: pa.Table | None) -> DeliveryFacts:
        periods, periods_before = periods_of(candidate.rows), periods_of(before) if before is not None else []
        parts = candidate.landed.values()
        return DeliveryFacts(
            rejected_pct=max(rejected_pct([part]) for part in parts),
            fewest_rows=min(part.accepted.num_rows for part in parts),
            shrunk_pct=shrunk_pct(candidate.rows, before),
            periods_behind=int(periods_before[-1]) - int(periods[-1]) if periods and periods_before else None,
            age_days=age_days(candidate.receipts, self.context.as_of_on),
        )

    def _rows_in_force(self, candidate: Candidate) -> pa.Table | None:
        """The rows readers see, unless the candidate is just these or they cannot be landed any more."""
        if {receipt.delivery_id for receipt in candidate.receipts} == self.in_force:
            return None
        known = self.deliveries.archive.receipts(self.table.source.source_id)
        receipts = [receipt for receipt in known if receipt.delivery_id in self.in_force]
        try:
            return self._candidate(receipts).rows if receipts else None
        except _Refused:
            return None

    def _changes(self, candidate: Candidate, before: pa.Table | None) -> tuple[DeliveryChange, ...]:
        """What the deliveries that are not in force yet change."""
        new = [receipt.delivery_id for receipt in candidate.receipts if receipt.delivery_id not in self.in_force]
        return changes(self.table.declared.canonical_table, candidate.rows, before, new) if new else ()

    def _broken_rule(self, candidate: Candidate, check: CheckResult) -> Reason:
        """Names the deliveries that are new, or all where none is."""
        new = [receipt for receipt in candidate.receipts if receipt.delivery_id not in self.in_force]
        files = ", ".join(receipt.file_name for receipt in new or candidate.receipts)
        source_id = self.table.source.source_id
        return Reason(
            f"{source_id}/{files}: verletzt die Regel „{check.sentence_de}“ ({check.figures('de')}).",
            f"{source_id}/{files}: breaks the rule '{check.sentence_en}' ({check.figures('en')}).",
            source=source_id,
            file=files,
            rule=check.check_id,
        )


def staged_path(var: VarFolder, table: LandedTable) -> Path:
    """Where a landed table waits until every table of the refresh has passed."""
    return var.staging / f"{table.name}.parquet"


def promoted_path(var: VarFolder, table: LandedTable) -> Path:
    """Where the promoted Parquet of a landed table lies; dbt reads everything in that folder."""
    return var.landed / table.declared.canonical / f"{table.name}.parquet"


def promote_all(var: VarFolder, outcomes: Iterable[TableOutcome]) -> None:
    """Let the staged tables of a refresh take the place of the promoted ones; called when every one has passed."""
    for outcome in outcomes:
        promoted = promoted_path(var, outcome.table)
        promoted.parent.mkdir(parents=True, exist_ok=True)
        staged_path(var, outcome.table).replace(promoted)


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


def _keep_rejected(path: Path, candidate: Candidate) -> None:
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


def _missing(inbox: Path, table: LandedTable, has_others: bool) -> Reason:
    """That the file of a table is missing; one sentence for the whole source where it delivered nothing at all."""
    tables = [table.declared] if has_others else table.source.tables.values()
    names = sorted({each.files or table.source.connector.files for each in tables})
    expected = ", ".join([str(inbox / table.source.source_id / names[0]), *names[1:]])
    return Reason(
        f"{table.source.source_id}: {rule_sentence('source_missing', 'de', expected)}",
        f"{table.source.source_id}: {rule_sentence('source_missing', 'en', expected)}",
        source=table.source.source_id,
        rule="source_missing",
    )


def _refused_delivery(receipt: Receipt, refused: DeliveryRefused, has_others: bool) -> Reason:
    place = f"{receipt.source_id}/{receipt.file_name}"
    german, english = (
        place
        + (f", {address_in_words(refused.line, language)}" if refused.line else "")
        + f": {rule_sentence(refused.rule_id, language, refused.detail)}"
        for language in ("de", "en")
    )
    beside = (
        (
            f"Liegt die richtige Datei schon daneben, {place} aus dem Eingangsordner nehmen.",
            f"If the right file lies beside it already, take {place} out of the inbox.",
        )
        if has_others
        else ("", "")
    )
    return Reason(german, english, *beside, source=receipt.source_id, file=receipt.file_name, rule=refused.rule_id)
