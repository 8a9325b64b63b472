"""The record of one refresh: what came of every table, why it was refused, and its one ledger line.

Steps do not write here; whoever runs them notes what they returned. A record that is closed stays as it is.
"""

from dataclasses import dataclass, field

from refresh.arrivals import Row, arrival_rows, check_rows, passed_over_rows
from refresh.catalogue import Catalogue
from refresh.context import RefreshContext
from refresh.outcomes import Inbox, NodeResult, TableOutcome, by_table, counts_by_table
from refresh.retaining import note_grounds, releases_due
from release import last_refresh, ledger, log, reading, refresh_page, refusal, start_mark
from release.reason import Reason
from release.standing import Standing, standing


@dataclass
class RefreshRecord:
    """What came of one refresh; `outcome` is None until its ledger line is written."""

    context: RefreshContext
    inbox: Inbox = field(default_factory=Inbox)
    tables: dict[str, TableOutcome] = field(default_factory=dict)
    nodes: tuple[NodeResult, ...] = ()
    catalogue: Catalogue | None = None  # once the models are built and tested
    reasons: list[Reason] = field(default_factory=list)
    repeated: ledger.Entry | None = None  # the line whose outcome is repeated because its inputs are
    outcome: ledger.Outcome | None = None
    sequence: int | None = None  # of that line, once it is written
    broken_afterwards: Reason | None = None  # what failed when the line was written
    release_id: str | None = None
    standing: Standing = field(default_factory=Standing)  # once closed: how deliveries stand
    arrivals: list[Row] = field(default_factory=list)  # once closed: every file on offer, in words

    def landed(self, outcome: TableOutcome) -> None:
        """Note what became of a landed table; a refused one refuses the refresh."""
        self.tables[outcome.table.name] = outcome
        if outcome.verdict == "refused":
            self.refuse(*outcome.open_reasons)

    def refuse(self, *reasons: Reason) -> None:
        """Note why this refresh must not publish; the same reason counts once."""
        self.reasons.extend(reason for reason in dict.fromkeys(reasons) if reason not in self.reasons)

    def close(self, outcome: ledger.Outcome, inputs_sha256: str | None) -> None:
        """Write the one ledger line of this refresh, and the refusal text that follows from it.

        Reasons are also those for which a delivery was not taken over though its table passed. Where an earlier line is
        repeated, reasons and deliveries are those of that line.
        """
        stand = {**by_table(self.tables), "counts": counts_by_table(self.tables)}
        if self.repeated:
            line = self.repeated
            kept = ("superseded", "replaced_by", "refused", "held", "counts")
            stand = {name: getattr(line, name) for name in kept}
            self.reasons = list(line.reasons)
        else:
            beside = () if outcome == "published" else tuple(self.reasons)
            of_tables = [reason for table in self.tables.values() for reason in table.open_reasons]
            self.reasons = list(dict.fromkeys([*beside, *of_tables]))
        context, release = self.context, reading.current_if_readable(self.context.var)
        self.outcome = outcome
        self.release_id = reading.current_id(context.var)
        with context.door.passing():
            written = ledger.append(
                context.var,
                outcome,
                at=context.now(),
                release_id=self.release_id,
                inputs_sha256=inputs_sha256,
                reasons=self.reasons,
                in_force=release.manifest.in_force if release and outcome != "unchanged" else None,
                superseded=stand["superseded"] if outcome == "published" else None,
                replaced_by=stand["replaced_by"] if outcome == "published" else None,
                refused=stand["refused"],
                held=stand["held"],
                counts=stand["counts"],
                let_go=releases_due(context, self.release_id) if outcome in ledger.SUCCEEDED else (),
                as_of_on=context.as_of_on,
                is_synthetic=context.is_synthetic,
            )
            self.sequence = written.sequence
            start_mark.take_away(context.var)
            if outcome != "broken":  # readers may be switched already; the next start sees to it
                context.var.announced.unlink(missing_ok=True)
        context.door.let_go()
        if outcome in ledger.SUCCEEDED:
            note_grounds(context)
        self.standing = standing(context.var)
        refusal.follow(context.var)
        self.arrivals = arrival_rows(self.inbox, self.tables, self.standing)
        checks = check_rows(self.tables.values())
        last_refresh.write(context.var, written.sequence, self.arrivals, passed_over_rows(self.inbox), checks)
        refresh_page.follow(context.var)
        log.event(
            context.var,
            "ended",
            context.now(),
            outcome=outcome,
            release_id=self.release_id,
            ledger_line=written.sequence,
            **context.stopwatch.told(),
        )
