"""Assembly: a programme's declarations and the dbt project become Dagster definitions.

Nothing is read when this module is imported; the code location calls `defs`. The programme is named by
NORDWAERTS_PROGRAMME, deliveries come from the inbox, or from the sample set where NORDWAERTS_SAMPLE=1. NORDWAERTS_CRON
names another time than 04:00 for the schedule.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import dagster as dg

from orchestration import assets, public_page
from orchestration.history import fail_dead_runs, prune
from orchestration.inbox_sensor import inbox_sensor
from orchestration.shown import Shown, asked_for
from programmes.loading import load_programme
from programmes.model import Programme
from refresh.context import inbox_of, named_context
from refresh.modelling import DbtWorkspace, prepared_manifest
from refresh.outcomes import RefreshRefused
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
    shown, cron = Shown(programme, is_sample), os.environ.get("NORDWAERTS_CRON")
    manifest = prepared_manifest(DbtWorkspace(VarFolder(programme.settings.programme_id).create(), is_sample))
    defined = [
        *(_labelled(assets.delivery_asset(source), shown) for source in programme.sources.values()),
        *(assets.landed_asset(table) for table in programme.landed_tables()),
        *assets.declared_assets(programme),
        assets.model_assets(programme, manifest),
        assets.export_asset(manifest),
        _labelled(assets.release_asset(manifest), shown),
    ]
    whole = Whole(
        assets=frozenset(key for asset in defined for key in asset.keys),
        steps=frozenset(asset.node_def.name for asset in defined),
    )
    nightly = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.assets(*whole.assets),
        description=f"Eine ganze Aktualisierung · one whole refresh. {shown.sentence}",
        tags=shown.tags,
        metadata={"programme": shown.sentence},
        executor_def=dg.in_process_executor,
    )
    var = VarFolder(programme.settings.programme_id)
    page_job, page_sensor = public_page.page_job_and_sensor(nightly, var, is_on=not is_sample)
    return dg.Definitions(
        assets=[*defined, _labelled(public_page.page_asset(programme, var), shown)],
        jobs=[nightly, page_job],
        # 04:00, because 02:30 is skipped or repeated when clocks change. On by declaration, because what is switched
        # on in the UI is forgotten with DAGSTER_HOME; samples are looked at by hand.
        schedules=[
            dg.ScheduleDefinition(
                job=nightly,
                cron_schedule=cron or "0 4 * * *",
                execution_timezone=programme.settings.time_zone,
                description=f"{_when(cron)}. {shown.sentence}",
                tags=shown.tags,
                metadata={"programme": shown.sentence},
                default_status=dg.DefaultScheduleStatus.STOPPED if is_sample else dg.DefaultScheduleStatus.RUNNING,
            )
        ],
        sensors=[
            inbox_sensor(JOB, inbox_of(programme, is_sample), var),
            page_sensor,
        ],
        resources={"run": run_resource or _own_run(whole, shown.tags)},
        executor=dg.in_process_executor,
    )


def _when(cron: str | None) -> str:
    """When the schedule is due, in words; a time of its own as it was given."""
    if cron:
        return f"Zur Zeit aus NORDWAERTS_CRON · at the time NORDWAERTS_CRON names: {cron}"
    return "Jede Nacht um 4 Uhr · every night at 04:00"


def _labelled(asset: dg.AssetsDefinition, shown: Shown) -> dg.AssetsDefinition:
    """The asset with a tag for the programme and its deliveries, and the same in words below its description."""
    return asset.map_asset_specs(
        lambda spec: spec.replace_attributes(
            description=f"{spec.description}\n\n{shown.sentence}",
            tags={**spec.tags, **shown.tags},
            metadata={**spec.metadata, "programme": shown.sentence},
        )
    )


def _own_run(whole: Whole, tags: Mapping[str, str]) -> dg.ResourceDefinition:
    @dg.resource(description="One refresh, from lock to ledger")
    def run(context: dg.InitResourceContext) -> Iterator[RefreshRun]:
        started = context.run
        is_whole = started is not None and whole.is_in(started)
        opened = RefreshRun.of(named_context(*asked_for()), is_whole)
        with open_run(opened):
            if context.instance is not None and started is not None:
                context.instance.add_run_tags(started.run_id, tags)  # a few assets are no run of the job
                fail_dead_runs(context.instance, started.run_id)
                prune(context.instance, started.run_id)
            if is_whole:
                _answer_without_work(opened)
            yield opened

    return run


def _answer_without_work(run: RefreshRun) -> None:
    """The answer on the record; a refusal too, for the first step to tell in words, where a resource could not."""
    try:
        run.answer_without_work()
    except RefreshRefused as refused:
        run.close_unfinished(refused)


@dg.definitions
def defs() -> dg.Definitions:
    """The code location of workspace.yaml."""
    name, is_sample = asked_for()
    return build_definitions(load_programme(name), is_sample)
