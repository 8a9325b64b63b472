"""One refresh from lock to ledger: context, deliveries and record held together while its steps run.

`open_run` holds the refresh lock, clears what a crash left behind, leaves the mark of the refresh, and sees to it that a
whole refresh ends with exactly one ledger line, whichever way it ends; that of one that dies the next start writes. A run
of a few steps is no refresh: it leaves no mark, no line and no refusal text, unless it publishes.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property

from ingest.archive import MARGIN
from refresh import lineage
from refresh.context import RefreshContext
from refresh.fingerprint import fingerprint
from refresh.outcomes import RefreshRefused, refusing_damage
from refresh.receiving import Deliveries
from refresh.record import RefreshRecord
from refresh.refusing import clock_set_back
from refresh.spark import EngineMissing
from release import ledger, log, reading, rights, start_mark, store, whole
from release.archive_damage import ArchiveDamaged
from release.lock import refresh_lock
from release.openlineage import Run
from release.reason import Reason
from release.signing import signer


@dataclass
class RefreshRun:
    """One refresh at work; `is_whole` is False where somebody runs a few steps only."""

    context: RefreshContext
    deliveries: Deliveries
    record: RefreshRecord
    is_whole: bool = True
    broken_by: BaseException | None = None
    is_stopped: bool = False  # by whoever started it, as the orchestrator does for its UI
    mark: start_mark.StartMark | None = None  # once it has begun, if it is whole

    @classmethod
    def of(cls, context: RefreshContext, is_whole: bool = True) -> "RefreshRun":
        """A run that has not begun."""
        return cls(context, Deliveries(context), RefreshRecord(context), is_whole)

    @cached_property
    def known_as(self) -> Run:
        """This refresh as catalogues know it; asked first when it begins."""
        return Run(self.context.programme.settings.programme_id, str(uuid.uuid4()), self.context.now())

    @cached_property
    def arrival_sha256(self) -> str:
        """Fingerprint of the inputs as this refresh found them; raises RefreshRefused where its clock was set far back."""
        self._refuse_clock_set_back()
        return fingerprint(self.deliveries.inputs())

    def accepted_sha256(self) -> str:
        """Fingerprint of the inputs as this refresh leaves them: the one the next night finds if nothing comes.

        Raises RefreshRefused unless every declared table passed gate 1: only then is it known which deliveries
        have replaced which.
        """
        tables = self.record.tables
        missing = [table.name for table in self.context.programme.landed_tables() if table.name not in tables]
        if missing:
            raise RefreshRefused(
                Reason(
                    f"Tabelle {missing[0]} wurde in diesem Lauf nicht gelandet und geprüft.",
                    f"Table {missing[0]} was not landed and checked in this run.",
                    "Den ganzen nächtlichen Lauf starten, nicht einzelne Schritte.",
                    "Start the whole nightly job, not single steps.",
                    rule="whole_refresh",
                )
            )
        if self.record.reasons:
            raise RefreshRefused(*self.record.reasons)
        return fingerprint(self.deliveries.inputs(self.deliveries.standing_after(tables)))

    def answer_without_work(self) -> bool:
        """Whether the inputs are those of the current release, of the last refusal or of an earlier release: nothing to do.

        Writes the ledger line `unchanged`, repeats the refusal, or lets readers see the earlier release again; False if
        there is work, and what is new begins to land then. Raises RefreshRefused where deliveries cannot even be received, or where the release readers see or
        would see is not as it was published.
        """
        try:
            with self.step():
                arrival = self.arrival_sha256
        except Exception:
            with suppress(Exception):  # told as far as it can be; the error that came first is the one that counts
                self.record.inbox = self.deliveries.inbox()
            raise
        self.record.inbox = self.deliveries.inbox()
        var, standing = self.context.var, self.deliveries.standing
        with self.step(), refusing_damage():
            release = reading.current(var)
            is_current = release is not None and release.inputs_sha256 == arrival
            if release and is_current:
                whole.confirm(var, release.release_id)
        if is_current:
            self.record.close("unchanged", arrival)
            store.collect(var)
            return True
        if earlier := reading.published_from(var, arrival):  # before a refusal: one for its damage ends with the damage
            with self.step(), refusing_damage():
                self.context.door.hold()
                store.switch(var, earlier.release_id or "")
            self.record.repeated = earlier
            self.record.close("published", arrival)
            store.collect(var)
            return True
        if (line := standing.refused_line) and line.outcome == "refused" and line.inputs_sha256 == arrival:
            self.record.repeated = line
            self.record.close("refused", arrival)
            return True
        self.deliveries.land_ahead()
        return False

    def begin(self) -> None:
        """Leave the mark of this refresh, and let it follow from phase to phase until its line is written."""
        context = self.context
        with context.door.passing():
            self.mark = start_mark.begin(
                context.var, self.known_as.run_id, context.now(), context.as_of_on, context.is_synthetic
            )
            context.door.note_stop = self._note_stop
        context.stopwatch.entered = self._note_phase

    def _note_phase(self, phase: str) -> None:
        with self.context.door.passing():
            if self.mark and self.mark.seen.phase != phase and self.record.outcome is None:
                self.mark = start_mark.reached(self.context.var, self.mark, phase, self.context.now())

    def _note_stop(self) -> bool:
        """Write the line of this refresh in its stead, whatever it is doing; False if it has one."""
        context = self.context
        line = start_mark.settle(context.var, "stopped", context.now())
        if line:
            told = context.stopwatch.told()
            log.event(context.var, "ended", context.now(), outcome="stopped", ledger_line=line.sequence, **told)
        return line is not None

    def _refuse_clock_set_back(self) -> None:
        """Before anything is received under a wrong moment; the line of this refusal is what the next start compares with."""
        last, now = ledger.last(self.context.var, *ledger.REFRESHES), self.context.now()
        if last and now + MARGIN < last.at:
            raise RefreshRefused(clock_set_back(now, last.at))

    @contextmanager
    def step(self, phase: str | None = None) -> Iterator[None]:
        """Time a step, and note the reasons if it refuses; any other error is noted by name.

        Of a delivery that is damaged in the archive both: inputs are the same once it is mended, and then there is work again.
        """
        try:
            if phase is None:
                yield
            else:
                with self.context.stopwatch.timed(phase):
                    yield
        except RefreshRefused as refused:
            self.record.refuse(*refused.reasons)
            raise
        except Exception as error:
            if isinstance(error, ArchiveDamaged):
                self.record.refuse(*error.reasons)
            self.broken_by = error
            raise
        except BaseException:
            self.is_stopped = True
            raise

    def close_unfinished(self, error: BaseException | None) -> None:
        """Write the ledger line of a refresh that ended without one: refused for its reasons, stopped, or broken off.

        What broke beside a refusal broke: the next night works again instead of repeating the refusal.
        """
        cause = self._cause(error)
        if self.is_stopped and not cause and not self.context.door.is_held and self._note_stop():
            self.record.outcome = "stopped"
            return
        outcome: ledger.Outcome = "refused" if self.record.reasons and not cause else "broken"
        if outcome == "broken" and isinstance(cause, EngineMissing):
            self.record.refuse(*cause.reasons)
        elif outcome == "broken":
            what, trace = self._traced(cause or error)
            self.record.refuse(
                Reason(
                    f"Die Aktualisierung brach ab ({what}); veröffentlicht wurde nichts.",
                    f"The refresh broke off ({what}); nothing was published.",
                    f"Noch einmal starten; bricht sie wieder ab, das Protokoll {trace or '(keins)'} der Entwicklung geben.",
                    f"Start it again; if it breaks off again, give the log {trace or '(none)'} to the developers.",
                )
            )
        self.record.close(outcome, self._arrival_if_known())

    def note_break_afterwards(self, error: BaseException | None) -> None:
        """Write down what broke when the refresh had its outcome already; the outcome stays."""
        if cause := self._cause(error):
            what, trace = self._traced(cause)
            self.record.broken_afterwards = Reason(
                f"Danach ist etwas gescheitert ({what}); was diese Aktualisierung ergab, gilt trotzdem.",
                f"Something failed afterwards ({what}); what this refresh came to stands nevertheless.",
                f"Das Protokoll {trace or '(keins)'} der Entwicklung geben.",
                f"Give the log {trace or '(none)'} to the developers.",
            )

    def _cause(self, error: BaseException | None) -> BaseException | None:
        """What broke, if anything did; a refusal is no break, and whoever only stops the run gives no cause."""
        is_break = isinstance(error, Exception) and not isinstance(error, RefreshRefused)
        return self.broken_by or (error if is_break else None)

    def _traced(self, cause: BaseException | None) -> tuple[str, str | None]:
        """The name of what broke, and the log that tells where, if there is one."""
        if cause is None:
            return "—", None
        return type(cause).__name__, log.trace(self.context.var, cause, self.context.now())

    def _arrival_if_known(self) -> str | None:
        try:
            return self.arrival_sha256
        except Exception:  # whatever broke receiving breaks it again
            return None


@contextmanager
def open_run(run: RefreshRun) -> Iterator[RefreshRun]:
    """The run under the refresh lock; raises RefreshRunning if another refresh holds it."""
    context = run.context
    with rights.closed(), refresh_lock(context.var):
        context.var.create()
        signer(context.var)  # without a key no line could say what came of it
        store.recover(context.var, context.now())
        run.deliveries.archive.remove_half_written()
        known = run.known_as
        if run.is_whole:
            run.begin()
        log.event(context.var, "begun", context.now(), as_of_on=context.as_of_on, is_whole=run.is_whole)
        error: BaseException | None = None
        try:
            yield run
        except BaseException as raised:
            error = raised
            run.is_stopped |= not isinstance(raised, Exception)
            raise
        finally:
            run.deliveries.end_ahead()
            if run.is_whole and run.record.outcome is None:
                run.close_unfinished(error)
            elif run.is_whole:
                run.note_break_afterwards(error)
            context.door.let_go()
            if run.is_whole:
                lineage.tell(context, known, run.record.outcome, run.record.reasons)
