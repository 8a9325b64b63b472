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
from refresh.modelling import DbtProjectManifest, build_database
from refresh.outcomes import NodeResult
from refresh.session import RefreshSession, open_session

VARIABLES = ["--vars", json.dumps({"is_synthetic": True})]


def dbt_project() -> DbtProject:
    """The stock way's own copy of the dbt project, with its target folder inside."""
    folder = Path(os.environ["NORDWAERTS_STOCK_DBT"])
    return DbtProject(project_dir=folder, prepare_project_cli_args=["parse", "--quiet", *VARIABLES])


def model_assets(session: RefreshSession, project: DbtProject) -> dg.AssetsDefinition:
    """Every dbt model as an asset, every dbt test as a check, streamed from `dbt build`."""

    @dbt_assets(
        manifest=project.manifest_path,
        name="dbt_build",
        dagster_dbt_translator=assets._Translator(session.programme),
    )
    def models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        invocation = dbt.cli(["build", "--exclude-resource-type", "unit_test", *VARIABLES], context=context)
        yield from invocation.stream()
        session.nodes = [_node(result) for result in invocation.get_artifact("run_results.json")["results"]]

    return models


def _node(result: dict[str, Any]) -> NodeResult:
    return NodeResult(
        unique_id=result["unique_id"],
        is_test=result["unique_id"].startswith("test."),
        status=result["status"],
        failed_count=int(result["failures"] or 0),
        seconds=float(result["execution_time"]),
    )


def definitions(session: RefreshSession) -> dg.Definitions:
    """The same assets and checks as the pipeline's, dbt's by the stock integration."""
    project = dbt_project()
    manifest = DbtProjectManifest(project.manifest_path)
    programme = session.programme
    return dg.Definitions(
        assets=[
            *(assets.delivery_asset(source) for source in programme.sources.values()),
            *(assets.landed_asset(*landed) for landed in programme.landed_tables()),
            *assets.declared_assets(programme),
            model_assets(session, project),
            assets.export_asset(manifest),
            assets.release_asset(manifest),
        ],
        jobs=[dg.define_asset_job("nightly", executor_def=dg.in_process_executor)],
        resources={"session": session, "dbt": DbtCliResource(project_dir=project)},
        executor=dg.in_process_executor,
    )


def run(folder: str, as_of_on: dt.date | None = None) -> None:
    """Refresh once from the sample deliveries of a programme folder; raises what a step raised."""
    with open_session(folder, True, as_of_on) as session:
        os.environ["NORDWAERTS_LANDED"] = str(session.var.landed)
        os.environ["NORDWAERTS_BUILD_DB"] = str(build_database(session.var))
        job = definitions(session).resolve_job_def("nightly")
        with dg.DagsterInstance.get() as instance:
            job.execute_in_process(instance=instance)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        project = dbt_project()
        project.preparer.prepare(project)
    else:
        run(sys.argv[2])
