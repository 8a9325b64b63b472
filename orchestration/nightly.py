"""One refresh as the nightly Dagster job, in this process, so that the orchestrator's UI knows it.

Called by the command line with a session that already holds the lock. Keeps the run storage small:
open-source Dagster never prunes, and a run leaves about three megabytes.
"""

import gc
import os
import shutil
from pathlib import Path

import dagster as dg

from orchestration.definitions import build_definitions
from programmes.errors import StatedError
from refresh.session import RefreshSession

_KEPT_RUNS = 30


def run(session: RefreshSession) -> None:
    """Run the whole job; the outcome is in the session. Raises what a broken step raised."""
    home = session.var.dagster
    prepare_home(home)
    gc.freeze()  # what is imported stays: no collection, not even the last one, needs to look at it
    with session.timed("definitions"):
        resource = dg.ResourceDefinition.hardcoded_resource(session)
        job = build_definitions(session.programme, session.is_synthetic, resource).resolve_job_def("nightly")
    with dg.DagsterInstance.from_config(str(home), "refresh.yaml") as instance:
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        _prune(instance)
    gc.freeze()
    if not result.success and not session.reasons:
        failures = [event.step_failure_data for event in result.all_events if event.is_step_failure]
        error = next((failure.error for failure in failures if failure and failure.error), None)
        cause = error.cause or error if error else None
        what = f"{cause.cls_name}: {cause.message.strip()}" if cause else "—"
        raise RefreshBroken(f"Ein Schritt ist gescheitert ({what}).", f"A step failed ({what}).")


class RefreshBroken(StatedError):
    """A step failed for another reason than a gate: a fault in code, or in the machine."""


def prepare_home(home: Path) -> None:
    """Make DAGSTER_HOME with this project's settings, telemetry off among them."""
    home.mkdir(parents=True, exist_ok=True)
    for settings in ("dagster.yaml", "refresh.yaml"):
        shutil.copy(Path(__file__).with_name(settings), home / settings)
    os.environ["DAGSTER_HOME"] = str(home)


def _prune(instance: dg.DagsterInstance) -> None:
    for record in instance.get_run_records()[_KEPT_RUNS:]:
        instance.delete_run(record.dagster_run.run_id)
