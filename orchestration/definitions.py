"""Assembly: a programme's declarations and the dbt project become Dagster definitions.

Nothing is read when this module is imported; the code location calls `defs`. The programme is named by
NORDWAERTS_PROGRAMME, deliveries come from the inbox, or from the sample set where NORDWAERTS_SAMPLE=1.
"""

import os
from collections.abc import Iterator

import dagster as dg

from orchestration import assets
from orchestration.dbt_build import prepared_manifest
from orchestration.session import RefreshSession, open_session
from programmes.loading import load_programme
from programmes.model import Programme
from release.layout import VarFolder


@dg.resource(description="One refresh, from lock to ledger")
def session_resource(_context: dg.InitResourceContext) -> Iterator[RefreshSession]:
    """The session of a run started from the orchestrator's own UI or schedule."""
    is_sample = os.environ.get("NORDWAERTS_SAMPLE") == "1"
    with open_session(os.environ.get("NORDWAERTS_PROGRAMME", "nordwaerts"), is_sample) as session:
        yield session


def build_definitions(
    programme: Programme, is_sample: bool, session: dg.ResourceDefinition = session_resource
) -> dg.Definitions:
    """Assets, checks, the nightly job and its schedule for one programme; `session` is what a run works on."""
    manifest = prepared_manifest(VarFolder(programme.settings.programme_id).create(), programme, is_sample)
    nightly = dg.define_asset_job("nightly", description="One whole refresh", executor_def=dg.in_process_executor)
    return dg.Definitions(
        assets=[
            *(assets.delivery_asset(source) for source in programme.sources.values()),
            *(assets.landed_asset(*landed) for landed in programme.landed_tables()),
            *assets.declared_assets(programme),
            assets.model_assets(programme, manifest),
            assets.export_asset(manifest),
            assets.release_asset(manifest),
        ],
        jobs=[nightly],
        # 04:00, because 02:30 is skipped or repeated when clocks change.
        schedules=[
            dg.ScheduleDefinition(
                job=nightly, cron_schedule="0 4 * * *", execution_timezone=programme.settings.time_zone
            )
        ],
        resources={"session": session},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The code location of workspace.yaml."""
    programme = load_programme(os.environ.get("NORDWAERTS_PROGRAMME", "nordwaerts"))
    return build_definitions(programme, os.environ.get("NORDWAERTS_SAMPLE") == "1")
