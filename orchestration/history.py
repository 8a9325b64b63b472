"""Dagster's history of runs, kept small and true.

Open-source Dagster never prunes, and a run leaves about four megabytes; of a run that is deleted it leaves the files and
the results of its checks; and it believes a run that was killed to be at work for ever.
"""

import datetime as dt
import re
import shutil
from contextlib import AbstractContextManager
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from sqlalchemy import Connection, select

_RUN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.|$)")
KEPT_RUNS = 30
_BY_RUN = AssetCheckExecutionsTable.c.run_id
_AT_WORK = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
# A process that was launched says that it started within seconds, on a busy machine within a minute.
_STARTS_WITHIN = dt.timedelta(minutes=10)


def fail_dead_runs(instance: dg.DagsterInstance, own_run_id: str | None = None) -> list[str]:
    """Mark runs as failed that Dagster still believes to be at work; their ids.

    The caller holds the refresh lock, which a run takes before its first step: whatever else is at work was killed, or
    will be refused by the lock. A run that was launched just now may be alive, and its turn come when the lock is free.
    """
    long_ago = dt.datetime.now(dt.UTC) - _STARTS_WITHIN
    never_started = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING], updated_before=long_ago)
    unfinished = [*instance.get_runs(dg.RunsFilter(statuses=_AT_WORK)), *instance.get_runs(never_started)]
    dead = [run for run in unfinished if run.run_id != own_run_id]
    for run in dead:
        instance.report_run_failed(run, "The process of this run ended without a word: killed, or the power failed.")
    return [run.run_id for run in dead]


def prune(instance: dg.DagsterInstance, own_run_id: str | None = None) -> None:
    """Keep the newest runs only, and the one that asks for it; files and results of checks of other runs go with them."""
    # before the runs: a run is on record before it has either
    files, checked = _files_of_runs(Path(instance.root_directory)), _runs_with_checks(instance)
    records = instance.get_run_records()
    for record in records[KEPT_RUNS:]:
        if record.dagster_run.run_id != own_run_id:
            instance.delete_run(record.dagster_run.run_id)
    kept = {record.dagster_run.run_id for record in records[:KEPT_RUNS]} | {own_run_id}
    for path in files:
        if path.name.partition(".")[0] not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    with _index(instance) as index:
        index.execute(AssetCheckExecutionsTable.delete().where(_BY_RUN.in_(checked - kept)))


def _index(instance: dg.DagsterInstance) -> AbstractContextManager[Connection]:
    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):
        raise TypeError(f"an event log without tables: {type(storage).__name__}")
    return storage.index_connection()


def _runs_with_checks(instance: dg.DagsterInstance) -> set[str]:
    with _index(instance) as index:
        return set(index.execute(select(_BY_RUN).distinct()).scalars())


def _files_of_runs(home: Path) -> list[Path]:
    """Event logs and outputs of runs, each named by its run; Dagster leaves them when it deletes a run."""
    places = (home / "history" / "runs", home / "storage")
    return [path for place in places for path in place.glob("*") if _RUN.match(path.name)]
