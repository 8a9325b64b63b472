"""The stock way of the same refresh: as the documentation of Dagster, dbt and Great Expectations shows it.

In-process executor, dbt as a program through `DbtCliResource` and `.stream()`, Great Expectations imported
with the module, Dagster's own default storage. Landing, rules, export and release are the very functions of
the pipeline, so that deliveries, checks and figures are identical and only the way of running them differs.

`python -m benchmarks.stock prepare` parses the dbt project, as one does at deployment; `… run FOLDER`
refreshes once from the sample deliveries of a programme folder. Places come from the environment.
"""

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import great_expectations
import great_expectations.expectations  # noqa: F401  at load, as its documentation does
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets

from orchestration import assets
from refresh.context import named_context
from refresh.modelling import DbtManifest, DbtWorkspace, node_results
from refresh.notes import note_build, require_gate_one
from refresh.run import RefreshRun, open_run

VARIABLES = ["--vars", json.dumps({"is_synthetic": True})]


def dbt_project() -> DbtProject:
    """The stock way's own copy of the dbt project, with its target folder inside."""
    folder = Path(os.environ["NORDWAERTS_STOCK_DBT"])
    return DbtProject(project_dir=folder, prepare_project_cli_args=["parse", "--quiet", *VARIABLES])


def model_assets(run: RefreshRun, project: DbtProject) -> dg.AssetsDefinition:
    """Every dbt model as an asset, every dbt test as a check, streamed from `dbt build`."""

    @dbt_assets(
        manifest=project.manifest_path,
        name="dbt_build",
        dagster_dbt_translator=assets.ModelTranslator(run.context.programme),
    )
    def models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        workspace, inputs = DbtWorkspace(run.context.var, run.context.is_synthetic), run.accepted_sha256()
        landed = require_gate_one(run.context.var, inputs)
        invocation = dbt.cli(["build", "--exclude-resource-type", "unit_test", "exposure", *VARIABLES], context=context)
        yield from invocation.stream()
        note_build(workspace, inputs, landed)
        run.record.nodes = node_results(invocation.target_path / "run_results.json")

    return models


def definitions(run: RefreshRun) -> dg.Definitions:
    """The same assets and checks as the pipeline's, dbt's by the stock integration."""
    project = dbt_project()
    manifest = DbtManifest(project.manifest_path)
    programme = run.context.programme
    return dg.Definitions(
        assets=[
            *(assets.delivery_asset(source) for source in programme.sources.values()),
            *(assets.landed_asset(table) for table in programme.landed_tables()),
            *assets.declared_assets(programme),
            model_assets(run, project),
            assets.export_asset(manifest),
            assets.release_asset(manifest),
        ],
        jobs=[dg.define_asset_job("nightly", executor_def=dg.in_process_executor)],
        resources={"run": dg.ResourceDefinition.hardcoded_resource(run), "dbt": DbtCliResource(project_dir=project)},
        executor=dg.in_process_executor,
    )


def refresh(folder: str, as_of_on: dt.date | None = None) -> None:
    """Refresh once from the sample deliveries of a programme folder; raises what a step raised."""
    run = RefreshRun.of(named_context(folder, True, as_of_on))
    with open_run(run):
        os.environ["NORDWAERTS_LANDED"] = str(run.context.var.landed)
        os.environ["NORDWAERTS_BUILD_DB"] = str(DbtWorkspace(run.context.var, True).database)
        job = definitions(run).resolve_job_def("nightly")
        with dg.DagsterInstance.get() as instance:
            job.execute_in_process(instance=instance)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        project = dbt_project()
        project.preparer.prepare(project)
    else:
        refresh(sys.argv[2])
