"""One refresh as the nightly Dagster job, in this process, so that the orchestrator's UI knows it.

Called by the command line with a run that already holds the refresh lock.
"""

import gc
import os
from pathlib import Path

import dagster as dg

from orchestration.definitions import JOB, build_definitions
from orchestration.history import fail_dead_runs, prune
from programmes.errors import StatedError
from refresh.run import RefreshRun
from release.atomic import write_whole

_PLANNED_AT_ONCE = 10_000  # what a run intends to do is stored in one transaction


class RefreshBroken(StatedError):
    """A step failed for another reason than a gate: a fault in code, or in the machine."""


def run_job(run: RefreshRun) -> None:
    """Run the whole job; what came of it is in the run's record. Raises RefreshBroken if a step broke."""
    home = run.context.var.dagster
    prepare_home(home)
    gc.freeze()  # what is imported stays: no collection, not even the last one, needs to look at it
    with run.context.stopwatch.timed("definitions"):
        resource = dg.ResourceDefinition.hardcoded_resource(run)
        job = build_definitions(run.context.programme, run.context.is_synthetic, resource).resolve_job_def(JOB)
    with dg.DagsterInstance.from_config(str(home), "refresh.yaml") as instance:
        fail_dead_runs(instance)
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        prune(instance)
    gc.freeze()
    is_refused = run.record.reasons and not run.broken_by and run.record.outcome is None
    if not result.success and not is_refused:
        failures = [event.step_failure_data for event in result.all_events if event.is_step_failure]
        error = next((failure.error for failure in failures if failure and failure.error), None)
        cause = error.cause or error if error else None
        what = cause.cls_name if cause else "—"  # its message may hold a delivered value
        raise RefreshBroken(f"Ein Schritt ist gescheitert ({what}).", f"A step failed ({what}).")


def prepare_home(home: Path) -> None:
    """Make DAGSTER_HOME with this project's settings, telemetry off among them."""
    home.mkdir(parents=True, exist_ok=True)
    for settings in ("dagster.yaml", "refresh.yaml"):
        write_whole(home / settings, Path(__file__).with_name(settings).read_bytes())
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["DAGSTER_EVENT_BATCH_SIZE"] = str(_PLANNED_AT_ONCE)
