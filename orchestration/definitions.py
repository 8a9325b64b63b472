"""Assembly: a programme's declarations and the dbt project become Dagster definitions.

Nothing is read when this module is imported; the code location calls `defs`. The programme is named by
NORDWAERTS_PROGRAMME, deliveries come from the inbox, or from the sample set where NORDWAERTS_SAMPLE=1.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg

from orchestration import assets
from orchestration.history import fail_dead_runs
from programmes.loading import load_programme
from programmes.model import Programme
from refresh.context import named_context
from refresh.modelling import DbtWorkspace, prepared_manifest
from refresh.run import RefreshRun, open_run
from release.layout import VarFolder

JOB = "nightly"


@dataclass(frozen=True)
class Whole:
    """Every asset and step of the job: what a Dagster run must do to be a refresh, and not a few steps of one."""

    assets: frozenset[dg.AssetKey]
    steps: frozenset[str]

    def is_in(self, run: dg.DagsterRun) -> bool:
        """Whether a run does all of it; a run names neither, either or both of assets and steps."""
        does_every_asset = not run.asset_selection or run.asset_selection >= self.assets  # none named means all
        return does_every_asset and (run.step_keys_to_execute is None or self.steps <= set(run.step_keys_to_execute))


def build_definitions(
    programme: Programme, is_sample: bool, run_resource: dg.ResourceDefinition | None = None
) -> dg.Definitions:
    """Assets, checks, the nightly job and its schedule for one programme.

    `run_resource` gives the run the assets work on; without it every Dagster run opens one of its own.
    """
    manifest = prepared_manifest(DbtWorkspace(VarFolder(programme.settings.programme_id).create(), is_sample))
    defined = [
        *(assets.delivery_asset(source) for source in programme.sources.values()),
        *(assets.landed_asset(table) for table in programme.landed_tables()),
        *assets.declared_assets(programme),
        assets.model_assets(programme, manifest),
        assets.export_asset(manifest),
        assets.release_asset(manifest),
    ]
    nightly = dg.define_asset_job(JOB, description="One whole refresh", executor_def=dg.in_process_executor)
    whole = Whole(
        assets=frozenset(key for asset in defined for key in asset.keys),
        steps=frozenset(asset.node_def.name for asset in defined),
    )
    return dg.Definitions(
        assets=defined,
        jobs=[nightly],
        # 04:00, because 02:30 is skipped or repeated when clocks change.
        schedules=[
            dg.ScheduleDefinition(
                job=nightly, cron_schedule="0 4 * * *", execution_timezone=programme.settings.time_zone
            )
        ],
        resources={"run": run_resource or _own_run(whole)},
        executor=dg.in_process_executor,
    )


def _own_run(whole: Whole) -> dg.ResourceDefinition:
    @dg.resource(description="One refresh, from lock to ledger")
    def run(context: dg.InitResourceContext) -> Iterator[RefreshRun]:
        started = context.run
        is_whole = started is not None and whole.is_in(started)
        opened = RefreshRun.of(named_context(*_named()), is_whole)
        with open_run(opened):
            if context.instance is not None:
                fail_dead_runs(context.instance, context.run_id)
            if is_whole:
                opened.answer_without_work()
            yield opened

    return run


def _named() -> tuple[str, bool]:
    return os.environ.get("NORDWAERTS_PROGRAMME", "nordwaerts"), os.environ.get("NORDWAERTS_SAMPLE") == "1"


@dg.definitions
def defs() -> dg.Definitions:
    """The code location of workspace.yaml."""
    name, is_sample = _named()
    return build_definitions(load_programme(name), is_sample)
