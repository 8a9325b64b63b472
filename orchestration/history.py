"""Dagster's history of runs, kept small and true.

Open-source Dagster never prunes, and a run leaves about three megabytes; and it believes a run that was killed to
be at work for ever.
"""

import dagster as dg

KEPT_RUNS = 30
_UNFINISHED = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def fail_dead_runs(instance: dg.DagsterInstance, own_run_id: str | None = None) -> list[str]:
    """Mark runs as failed that Dagster still believes to be at work; their ids.

    The caller holds the refresh lock, which a run takes before its first step: whatever else is unfinished was
    killed, or will be refused by the lock.
    """
    dead = [run for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)) if run.run_id != own_run_id]
    for run in dead:
        instance.report_run_failed(run, "The process of this run ended without a word: killed, or the power failed.")
    return [run.run_id for run in dead]


def prune(instance: dg.DagsterInstance, own_run_id: str | None = None) -> None:
    """Keep the newest runs only, and the one that asks for it."""
    for record in instance.get_run_records()[KEPT_RUNS:]:
        if record.dagster_run.run_id != own_run_id:
            instance.delete_run(record.dagster_run.run_id)
