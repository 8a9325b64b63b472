"""One refresh, whole: answered at once where nothing changed, else run as the nightly Dagster job.

The command line and the tests come in here. Dagster is imported only when there is work.
"""

import os

from refresh.context import RefreshContext
from refresh.outcomes import RefreshRefused
from refresh.record import RefreshRecord
from refresh.run import RefreshRun, open_run


def refresh_now(context: RefreshContext) -> RefreshRecord:
    """Refresh under the lock; what came of it, on the ledger too.

    A refresh that broke off is told like any other once its line is written, or raised under NORDWAERTS_DEBUG=1. Raises RefreshRunning if another refresh
    holds the lock, and whatever kept the line from being written.
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
    except Exception:
        if run.record.sequence is None or os.environ.get("NORDWAERTS_DEBUG") == "1":
            raise
    return run.record
