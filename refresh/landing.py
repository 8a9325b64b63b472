"""Landing one table: archived deliveries → candidate → gate 1 → staged table, or a refusal in words.

A candidate waits in staging. `promote_all` lets the staged tables take the place of the promoted ones when every table
of the refresh has passed on its staged bytes: all together, or none. What a refused delivery means is declared by its
source: `block`, or `keep_last_good`, which falls back to the deliveries in force. A delivery that is doubted waits for a
person, whatever its source declares: the table is attempted again without it, tonight and until somebody decides.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pyarrow as pa

from expectations.judging import Judged, judge
from expectations.rules import CheckCrashed, CheckResult, DeliveryFacts, EmptySuite, Seen, shrunk_pct
from expectations.runner import run_suite
from expectations.suites import landed_suite
from ingest.archive import MARGIN, Receipt
from ingest.findings import DeliveryRefused
from ingest.landing import Landed, rejected_pct
from ingest.periods import periods_of
from programmes.sources import LandedTable
from refresh import refusing
from refresh.candidate import Candidate, equally_old, equally_old_reason, in_force_of, in_place_of
from refresh.changes import DeliveryChange, changes
from refresh.context import RefreshContext
from refresh.doubts import as_looked_at, held_by, waiting_before
from refresh.fingerprint import age_days
from refresh.outcomes import HeldDelivery, TableOutcome
from refresh.promoting import staged_path
from refresh.receiving import Deliveries, newest_of
from refresh.rejected_rows import keep_rejected
from refresh.staged import Staged, stage
from release import log
from release.reason import Reason

Held = dict[str, HeldDelivery]  # by delivery id


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
    looked_at: dict[str, Landed] = field(default_factory=dict)  # by delivery id: those whose rejected rows are kept

    def run(self, considered: Sequence[Receipt]) -> TableOutcome:
        waiting = waiting_before(considered, self.table.name, self.deliveries.standing)
        held = {each: one for each, one in waiting.items() if not self._is_excused(one)}
        try:
            outcome = self._beside_what_waits(considered, waiting, held)
        except _Refused as refused:
            outcome = self._fall_back(considered, waiting, held, refused)
        keep_rejected(self.context.var.rejected / f"{self.table.name}.parquet", self.looked_at)
        return replace(outcome, counts={each: landed.count for each, landed in self.looked_at.items()})

    def _beside_what_waits(self, considered: Sequence[Receipt], waiting: Held, held: Held) -> TableOutcome:
        """The newest deliveries nobody has to look at; adds those that are doubted to `held`, and is tried without them."""
        counting = [receipt for receipt in considered if receipt.delivery_id not in held]
        while True:
            if held and not counting:
                raise _Refused([refusing.nothing_in_force(self.table)])
            newest = newest_of(self.table, counting)
            self._refuse_equally_old(newest, counting)
            outcome, doubted = self._attempt(newest)
            if not doubted:
                waits = tuple(one for one in held.values() if self._would_count(one.receipt, counting))
                asked_about = [*counting, *(one.receipt for one in held.values())]
                taken_or_waiting = (*outcome.in_force, *(one.receipt for one in waits))
                superseded = tuple(receipt for receipt in asked_about if receipt not in taken_or_waiting)
                return replace(
                    outcome,
                    verdict="held" if waits else "accepted",
                    superseded=superseded,
                    replaced_by=self._in_place_of(superseded, outcome.in_force),
                    held=waits,
                )
            held.update(doubted)
            counting = [receipt for receipt in counting if receipt.delivery_id not in held]
            if self.table.declared.mode == "snapshot":  # what nobody has judged yet is no last good one
                accepted = self.deliveries.standing.accepted_for(self.table.name)
                judged = self.in_force.union(waiting, accepted)
                counting = [receipt for receipt in counting if receipt.delivery_id in judged]

    def _is_excused(self, held: HeldDelivery) -> bool:
        """Whether an exception was declared since, so that its doubts are asked again; never while a release is restored."""
        exceptions, day = self.context.programme.gate_exceptions, self.context.as_of_on
        applying = [one for one in exceptions if one.table == self.table.name and one.applies_on(day)]
        is_named = any(one.is_about(check_id) for one in applying for check_id in held.checks)
        return is_named and not self.deliveries.is_restoring

    def _would_count(self, receipt: Receipt, beside: Sequence[Receipt]) -> bool:
        """Whether a held delivery would count if it were accepted, and was not replaced meanwhile."""
        receipts = [receipt, *beside]
        try:
            landed = {each.delivery_id: self.deliveries.landed(self.table, each) for each in receipts}
        except DeliveryRefused:
            return True
        return receipt in in_force_of(self.table, receipts, landed).receipts

    def _in_place_of(self, replaced: Sequence[Receipt], in_force: Sequence[Receipt]) -> dict[str, tuple[str, ...]]:
        landed: dict[str, Landed] = {}
        if self.table.declared.mode == "by_period":
            for receipt in (*replaced, *in_force):
                with suppress(DeliveryRefused):
                    landed[receipt.delivery_id] = self.deliveries.landed(self.table, receipt)
        return in_place_of(self.table, replaced, in_force, landed)

    def _refuse_equally_old(self, newest: tuple[Receipt, ...], considered: Sequence[Receipt]) -> None:
        """Of two snapshots of one night none is the later; the alphabet must not decide."""
        if self.table.declared.mode == "snapshot" and newest:
            rivals = [receipt for receipt in considered if receipt is newest[0] or receipt.is_as_old_as(newest[0])]
            if len(rivals) > 1:
                raise _Refused([equally_old_reason(self.table, rivals)])

    def _fall_back(self, considered: Sequence[Receipt], waiting: Held, held: Held, refused: _Refused) -> TableOutcome:
        """The last good deliveries where the source says so; what waits, and was not refused tonight, goes on waiting."""
        last_good = tuple(receipt for receipt in considered if receipt.delivery_id in self.in_force)
        new = [r for r in newest_of(self.table, considered) if r not in last_good and r.delivery_id not in held]
        rejected = tuple([r for r in new if r.delivery_id not in waiting] or new)
        still = {each: one for each, one in waiting.items() if one.receipt not in (*rejected, *last_good)}
        waits = tuple({**still, **held}.values())
        if self.table.source.on_failure == "keep_last_good" and last_good and rejected:
            try:
                kept, _ = self._attempt(last_good)
                reasons = refusing.about(refused.reasons, rejected)
                return replace(kept, verdict="kept", refused=rejected, reasons=reasons, held=waits)
            except _Refused as again:
                refused = again
        return TableOutcome(
            self.table, "refused", refused=rejected, checks=refused.checks, reasons=refused.reasons, held=waits
        )

    def _attempt(self, receipts: tuple[Receipt, ...]) -> tuple[TableOutcome, Held]:
        """What these deliveries come to, and which of them are doubted; raises _Refused."""
        if not receipts:
            has_others = bool(self.deliveries.available(self.table.source))
            raise _Refused([refusing.missing(self.context.inbox, self.table, has_others)])
        if to_come := [receipt for receipt in receipts if receipt.seen_at > self.context.now() + MARGIN]:
            raise _Refused([refusing.to_come(self.table, receipt) for receipt in to_come])
        timed = self.context.stopwatch.timed
        with timed("landing"):
            candidate = self._candidate(receipts)
            staged = stage(candidate.rows, staged_path(self.context.var, self.table))
            before, history_missing = self._rows_in_force(candidate)
            facts = self._facts(candidate, staged, before, history_missing)
        with timed("gate_1"):
            judged = self._judged(candidate, staged, facts, before)
        failed = [check for check in judged.checks if check.is_blocking_failure]
        if failed:
            raise _Refused(refusing.broken_rules(self.table, candidate, self.in_force, failed), judged.checks)
        standing = self.deliveries.standing
        held = held_by(judged.doubts, candidate.receipts, self.in_force, self.table.name, standing)
        self._refuse_expired(judged, held)
        outcome = TableOutcome(
            table=self.table,
            verdict="accepted",
            in_force=candidate.receipts,
            row_count=staged.rows.num_rows,
            sha256=staged.sha256,
            accepted_by_delivery={key: landed.row_count for key, landed in candidate.landed.items()},
            findings=tuple(
                (receipt, finding)
                for receipt in candidate.receipts
                for finding in candidate.landed[receipt.delivery_id].findings
            ),
            checks=as_looked_at(judged.checks, candidate.receipts, self.table.name, standing),
            changes=self._changes(candidate, staged, before),
        )
        return outcome, held

    def _candidate(self, receipts: Sequence[Receipt]) -> Candidate:
        landed: dict[str, Landed] = {}
        reasons: list[Reason] = []
        for receipt in receipts:
            try:
                landed[receipt.delivery_id] = self.deliveries.landed(self.table, receipt)
            except DeliveryRefused as refused:
                is_in_force = receipt.delivery_id in self.in_force
                reasons.append(refusing.refused_delivery(receipt, refused, len(receipts) > 1, is_in_force))
        reasons += equally_old(self.table, receipts, landed)
        if reasons:
            self.looked_at.update(landed)
            raise _Refused(reasons)
        candidate = in_force_of(self.table, receipts, landed)
        self.looked_at.update(candidate.landed)
        return candidate

    def _judged(self, candidate: Candidate, staged: Staged, facts: DeliveryFacts, before: pa.Table | None) -> Judged:
        programme, day = self.context.programme, self.context.as_of_on
        rules = landed_suite(programme, self.table, periods_of(staged.rows))
        beside, published = self._rows_beside(candidate), self._rows_published(candidate)
        seen = Seen(self.table.name, "gate_1", staged.rows, staged.sha256, before, day, beside, published)
        try:
            return judge(run_suite, self.table, seen, rules, facts, programme.gate_exceptions, day)
        except (CheckCrashed, EmptySuite) as error:
            trace = log.trace(self.context.var, error, self.context.now())
            raise _Refused([refusing.crashed(self.table, error, str(trace or "—"))]) from error

    def _rows_beside(self, candidate: Candidate) -> dict[str, pa.Table]:
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

    def _refuse_expired(self, judged: Judged, held: Held) -> None:
        """What an exception excused until its last day is refused: the exception is to be renewed, or struck."""
        reasons = [
            refusing.expired(self.table, judged.expired[check.check_id], check, one.receipt.file_name)
            for one in held.values()
            for check in judged.doubts
            if check.check_id in judged.expired and check.check_id in one.checks
        ]
        if reasons:
            raise _Refused(reasons, judged.checks)

    def _facts(
        self, candidate: Candidate, staged: Staged, before: pa.Table | None, history_missing: int
    ) -> DeliveryFacts:
        periods, periods_before = periods_of(staged.rows), periods_of(before) if before is not None else []
        parts = candidate.landed.values()
        return DeliveryFacts(
            rejected_pct=max(rejected_pct([part]) for part in parts),
            fewest_rows=min(part.row_count for part in parts),
            shrunk_pct=shrunk_pct(staged.rows, before),
            periods_behind=int(periods_before[-1]) - int(periods[-1]) if periods and periods_before else None,
            age_days=age_days(candidate.receipts, self.context.as_of_on),
            history_missing=history_missing,
        )

    def _rows_in_force(self, candidate: Candidate) -> tuple[pa.Table | None, int]:
        """The rows readers see, unless the candidate is just these; and how many deliveries that should be compared with
        cannot be landed any more."""
        return (None, 0) if not self.in_force or self._is_in_force(candidate) else self._rows_of(self.table)

    def _rows_published(self, candidate: Candidate) -> dict[str, pa.Table]:
        """Other tables, as readers see them, that this one is to agree with; none where there is nothing new to compare."""
        if self.deliveries.is_restoring or self._is_in_force(candidate):
            return {}
        named = {agreed.table for agreed in self.table.declared.expected.agreements}
        others = [table for table in self.context.programme.landed_tables() if table.name in named] if named else []
        rows = {table.name: self._rows_of(table)[0] for table in others}
        return {name: found for name, found in rows.items() if found is not None}

    def _is_in_force(self, candidate: Candidate) -> bool:
        return {receipt.delivery_id for receipt in candidate.receipts} == self.in_force

    def _rows_of(self, table: LandedTable) -> tuple[pa.Table | None, int]:
        """The rows of a table that readers see, and how many of its deliveries cannot be landed any more."""
        in_force = frozenset(self.deliveries.in_force.get(table.name, ()))
        known = self.deliveries.archive.receipts(table.source.source_id)
        receipts = [receipt for receipt in known if receipt.delivery_id in in_force]
        landed: dict[str, Landed] = {}
        for receipt in receipts:
            try:
                landed[receipt.delivery_id] = self.deliveries.landed(table, receipt)
            except DeliveryRefused:
                continue
        lacking = len(in_force) - len(landed)
        return (None, lacking) if lacking or not landed else (in_force_of(table, receipts, landed).rows(), 0)

    def _changes(self, candidate: Candidate, staged: Staged, before: pa.Table | None) -> tuple[DeliveryChange, ...]:
        """What the deliveries that are not in force yet change."""
        new = [receipt.delivery_id for receipt in candidate.receipts if receipt.delivery_id not in self.in_force]
        return changes(self.table.declared.canonical_table, staged.rows, before, new) if new else ()
