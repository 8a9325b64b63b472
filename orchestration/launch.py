"""One refresh, whole: answered at once where nothing changed, else run as the nightly Dagster job.

The command line and the tests come in here. Dagster is imported only when there is work.
"""

from refresh.session import RefreshRefused, RefreshSession


def refresh(session: RefreshSession) -> None:
    """Refresh under the lock; what came of it stands in `session.result`, the reasons in `session.reasons`.

    Raises RefreshRunning if another refresh holds the lock, StatedError where something is broken.
    """
    try:
        with session:
            if not session.answer_without_work():
                with session.timed("imports"):
                    from orchestration.nightly import run
                run(session)
    except RefreshRefused:
        pass  # on the record: ledger line and last_refusal.txt
