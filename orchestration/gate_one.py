"""Landing one table: archived deliveries → candidate → gate 1 → promoted table, or a refusal in words.

A candidate waits in staging and replaces the promoted table only when every blocking rule passed. What
a refused delivery means is declared by its source: `block`, or `keep_last_good`, which falls back to
the deliveries in force. Nothing here imports Dagster.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.rules import CheckResult, DeliveryFacts, landed_suite
from expectations.runner import run_suite
from ingest.archive import Receipt
from ingest.areas import AreaIndex
from ingest.findings import DeliveryRefused, place_in_words, rule_sentence
from ingest.landing import Landed, canonical_schema, land, rejected_pct
from orchestration.outcomes import TableOutcome
from orchestration.session import RefreshSession
from programmes.sources import Source, Table
from release.reason import Reason


@dataclass(frozen=True)
class _Candidate:
    """Deliveries that landed, put together; `checks` are filled when gate 1 has looked at it."""

    receipts: tuple[Receipt, ...]
    landed: dict[str, Landed]
    rows: pa.Table
    checks: tuple[CheckResult, ...] = ()


class _Refused(Exception):
    """An attempt failed; carries the reasons and, where gate 1 was reached, its results."""

    def __init__(self, reasons: list[Reason], checks: tuple[CheckResult, ...] = ()) -> None:
        super().__init__()
        self.reasons = reasons
        self.checks = checks


def land_table(session: RefreshSession, name: str, source: Source, declared: Table) -> TableOutcome:
    """Land, check and promote one table; the outcome is also noted in the session."""
    considered = session.considered(name, source, declared.files)
    newest = considered if declared.mode == "by_period" else considered[-1:]
    in_force = [r for r in considered if r.delivery_id in session.last_in_force.get(name, ())]
    try:
        outcome = _outcome("accepted", name, source, _attempt(session, name, source, declared, newest))
    except _Refused as refused:
        outcome = _fall_back(session, name, source, declared, newest, in_force, refused)
    session.outcomes[name] = outcome
    if outcome.verdict == "refused":
        session.refuse(*outcome.reasons)
    return outcome


def _fall_back(
    session: RefreshSession,
    name: str,
    source: Source,
    declared: Table,
    newest: Sequence[Receipt],
    in_force: Sequence[Receipt],
    refused: _Refused,
) -> TableOutcome:
    rejected = tuple(receipt for receipt in newest if receipt not in in_force)
    if source.on_failure == "keep_last_good" and in_force and rejected:
        try:
            candidate = _attempt(session, name, source, declared, in_force)
            return _outcome("kept", name, source, candidate, rejected, refused.reasons)
        except _Refused as again:
            refused = again
    return TableOutcome(
        name, source.source_id, "refused", refused=rejected, checks=refused.checks, reasons=tuple(refused.reasons)
    )


def _attempt(
    session: RefreshSession, name: str, source: Source, declared: Table, receipts: Sequence[Receipt]
) -> _Candidate:
    if not receipts:
        raise _Refused([_missing(session, source)])
    with session.timed("landing"):
        candidate = _put_together(session, name, source, declared, receipts)
        staged = session.var.staging / f"{name}.parquet"
        pq.write_table(candidate.rows, staged)
    with session.timed("gate_1"):
        checks = _check(session, name, source, declared, candidate)
    failed = [check for check in checks if not check.is_passed and check.rule.severity == "block"]
    if failed:
        raise _Refused([_failed_reason(source, candidate, check) for check in failed], checks)
    _promote(session, name, declared, staged)
    _keep_rejected(session.var.rejected / f"{name}.parquet", candidate)
    return _Candidate(candidate.receipts, candidate.landed, candidate.rows, checks)


def _put_together(
    session: RefreshSession, name: str, source: Source, declared: Table, receipts: Sequence[Receipt]
) -> _Candidate:
    areas = AreaIndex(session.programme)
    landed: dict[str, Landed] = {}
    reasons: list[Reason] = []
    for receipt in receipts:
        try:
            landed[receipt.delivery_id] = land(
                session.archive.read(receipt.delivery_id),
                receipt.file_name,
                receipt.delivery_id,
                name,
                source.source_id,
                declared,
                areas,
                session.programme.settings.time_zone,
            )
        except DeliveryRefused as refused:
            reasons.append(_reason(source, receipt.file_name, refused.rule_id, refused.detail, refused.line))
    if reasons:
        raise _Refused(reasons)
    used, rows = _in_force(receipts, landed, declared)
    return _Candidate(used, {receipt.delivery_id: landed[receipt.delivery_id] for receipt in used}, rows)


def _in_force(
    receipts: Sequence[Receipt], landed: dict[str, Landed], declared: Table
) -> tuple[tuple[Receipt, ...], pa.Table]:
    """The latest delivery counts, for tables by period the latest of each period; rows in key order."""
    ordered = sorted(receipts, key=lambda receipt: receipt.number)
    if declared.mode == "snapshot":
        return (ordered[-1],), landed[ordered[-1].delivery_id].accepted
    latest: dict[str, Receipt] = {}
    for receipt in ordered:
        for period in landed[receipt.delivery_id].accepted["period"].unique().to_pylist():
            latest[period] = receipt
    parts = []
    for receipt in ordered:
        periods = [period for period, holder in latest.items() if holder is receipt]
        rows = landed[receipt.delivery_id].accepted
        parts.append(rows.filter(pc.is_in(rows["period"], value_set=pa.array(periods, pa.string()))))
    rows = pa.concat_tables(parts).sort_by([(column, "ascending") for column in declared.canonical_table.key])
    holders = {receipt.number for receipt in latest.values()}
    return tuple(receipt for receipt in ordered if receipt.number in holders), rows


def _check(
    session: RefreshSession, name: str, source: Source, declared: Table, candidate: _Candidate
) -> tuple[CheckResult, ...]:
    before = _rows_to_compare_with(session, name, declared, candidate)
    periods = _periods(candidate.rows)
    periods_before = _periods(before) if before is not None else []
    shrunk = 100 * (1 - candidate.rows.num_rows / before.num_rows) if before is not None and before.num_rows else None
    facts = DeliveryFacts(
        rejected_pct=rejected_pct(candidate.landed.values()),
        shrunk_pct=shrunk,
        periods_behind=int(periods_before[-1]) - int(periods[-1]) if periods and periods_before else None,
        age_days=session.age_days(candidate.receipts),
    )
    rules = landed_suite(session.programme, source, declared, periods)
    return tuple(run_suite(name, candidate.rows, rules, facts))


def _rows_to_compare_with(
    session: RefreshSession, name: str, declared: Table, candidate: _Candidate
) -> pa.Table | None:
    """The promoted rows, unless the candidate is what readers see already (after a rollback, for one)."""
    promoted = promoted_path(session, name, declared)
    is_in_force = {r.delivery_id for r in candidate.receipts} == set(session.last_in_force.get(name, ()))
    return pq.read_table(promoted) if promoted.is_file() and not is_in_force else None


def _periods(rows: pa.Table) -> list[str]:
    return sorted(rows["period"].unique().to_pylist()) if "period" in rows.column_names else []


def promoted_path(session: RefreshSession, name: str, declared: Table) -> Path:
    """Where the promoted Parquet of a landed table lies; dbt reads everything in that folder."""
    return session.var.landed / declared.canonical / f"{name}.parquet"


def _promote(session: RefreshSession, name: str, declared: Table, staged: Path) -> None:
    promoted = promoted_path(session, name, declared)
    promoted.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(promoted)


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
    names = ("_delivery", "_row", "column_name", "rule_id", "sentence_de", "sentence_en", "cells")
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in names])), path)
    path.chmod(0o600)


def _outcome(
    verdict: str,
    name: str,
    source: Source,
    candidate: _Candidate,
    refused: tuple[Receipt, ...] = (),
    reasons: Sequence[Reason] = (),
) -> TableOutcome:
    return TableOutcome(
        name=name,
        source_id=source.source_id,
        verdict=verdict,
        in_force=candidate.receipts,
        refused=refused,
        row_count=candidate.rows.num_rows,
        accepted_by_delivery={key: landed.accepted.num_rows for key, landed in candidate.landed.items()},
        findings=tuple(
            (receipt, finding)
            for receipt in candidate.receipts
            for finding in candidate.landed[receipt.delivery_id].findings
        ),
        checks=candidate.checks,
        reasons=tuple(reasons),
    )


def _missing(session: RefreshSession, source: Source) -> Reason:
    expected = session.place / source.source_id / source.connector.files
    return Reason(
        f"{source.source_id}: {rule_sentence('source_missing', 'de', str(expected))}",
        f"{source.source_id}: {rule_sentence('source_missing', 'en', str(expected))}",
        source=source.source_id,
        rule="source_missing",
    )


def _reason(source: Source, file_name: str, rule_id: str, detail: str = "", line: str | None = None) -> Reason:
    german, english = (
        f"{source.source_id}/{file_name}" + (f", {place_in_words(line, language)}" if line else "")
        for language in ("de", "en")
    )
    return Reason(
        f"{german}: {rule_sentence(rule_id, 'de', detail)}",
        f"{english}: {rule_sentence(rule_id, 'en', detail)}",
        source=source.source_id,
        file=file_name,
        rule=rule_id,
    )


def _failed_reason(source: Source, candidate: _Candidate, check: CheckResult) -> Reason:
    files = ", ".join(receipt.file_name for receipt in candidate.receipts)
    return Reason(
        f"{source.source_id}/{files}: verletzt die Regel „{check.rule.sentence_de}“ ({check.observed}; {check.rule.expected}).",
        f"{source.source_id}/{files}: breaks the rule '{check.rule.sentence_en}' ({check.observed}; {check.rule.expected}).",
        source=source.source_id,
        file=files,
        rule=check.check_id,
    )


def write_empty_tables(session: RefreshSession) -> None:
    """Typed, empty Parquet for every canonical table, so that one a city does not declare is read as empty."""
    from programmes.canonical import CANONICAL

    declared = {(table.canonical, name) for name, _, table in session.programme.landed_tables()}
    for canonical, table in CANONICAL.items():
        folder = session.var.landed / canonical
        folder.mkdir(parents=True, exist_ok=True)
        for stale in folder.glob("*.parquet"):
            if stale.stem != "empty" and (canonical, stale.stem) not in declared:
                stale.unlink()
        pq.write_table(canonical_schema(table).empty_table(), folder / "empty.parquet")
