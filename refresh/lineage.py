"""Telling catalogues of a refresh: its OpenLineage events into the log, and to an address where one is configured.

Comes last and changes nothing: what cannot be written or sent is said in a sentence, the outcome stays. What the events
look like stands in `release.openlineage`.
"""

from collections.abc import Iterable
from contextlib import suppress

from refresh.context import RefreshContext
from release import ledger, log, openlineage, reading
from release.openlineage import Event, Run
from release.reason import Reason, ReleaseError


def run_of(context: RefreshContext) -> Run:
    """The refresh as catalogues know it."""
    begun_at = context.stopwatch.begun_at or context.now()
    return Run(context.programme.settings.programme_id, context.run_id, begun_at)


def tell(context: RefreshContext, outcome: ledger.Outcome | None, reasons: Iterable[Reason]) -> None:
    """Note and send what came of a refresh."""
    events = _events(context, outcome, reasons)
    log.lines(context.var, openlineage.FILE, openlineage.lines(events))
    if failed := openlineage.send(events):
        log.event(context.var, "lineage_not_sent", context.now(), rule=failed.rule)
        context.progress(failed.text("de"), failed.text("en"))


def _events(context: RefreshContext, outcome: ledger.Outcome | None, reasons: Iterable[Reason]) -> list[Event]:
    run, contents = run_of(context), None
    if outcome in ledger.FAILED or outcome is None:
        return [openlineage.start(run), openlineage.fail(run, context.now(), reasons)]
    if outcome == "published":
        with suppress(ReleaseError):
            release = reading.current(context.var)
            contents = release.manifest if release else None
    return [openlineage.start(run), openlineage.complete(run, context.now(), contents)]
