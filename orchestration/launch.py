"""One refresh, whole: answered at once where nothing changed, else run as the nightly Dagster job.

The command line and the tests come in here. Dagster is imported only when there is work.
"""

from refresh.context import RefreshContext
from refresh.outcomes import RefreshRefused
from refresh.record import RefreshRecord
from refresh.run import RefreshRun, open_run


def refresh_now(context: RefreshContext) -> RefreshRecord:
    """Refresh under the lock; what came of it, on the ledger too.

    Raises RefreshRunning if another refresh holds the lock, StatedError where something is broken.
    """
    run = RefreshRun.of(context)
    try:
        with open_run(run):
            if not run.answer_without_work():
                with context.stopwatch.timed("imports"):
                    from orchestration.nightly import run_job
                run_job(run)
    except RefreshRefused:
        pass  # on the record: ledger line and last_refusal.txt
    return run.record
