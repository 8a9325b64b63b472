"""The SQL of a refresh's models as one script, statement after statement, on the tables that refresh landed: without dbt.

    python -m benchmarks.timed_script PROGRAMME_FOLDER OUT.json

Writes the seconds of every model the script makes. The place is NORDWAERTS_VAR, in which the programme was refreshed.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.marts_script import marts_statements
from refresh.context import RefreshContext, named_context
from refresh.modelling import DbtWorkspace


def timed_script(context: RefreshContext) -> dict[str, float]:
    """Seconds of every model's statement in a new database, with the memory and threads the build has."""
    target = DbtWorkspace(context.var, context.is_synthetic).target
    manifest, built = (json.loads((target / name).read_bytes()) for name in ("manifest.json", "run_results.json"))
    for result in built["results"]:
        if result["unique_id"] in manifest["nodes"]:
            manifest["nodes"][result["unique_id"]]["compiled_code"] = result["compiled_code"]
    seconds = {}
    with (
        tempfile.TemporaryDirectory(dir=context.var.build) as folder,
        duckdb.connect(f"{folder}/monitoring.duckdb") as connection,
    ):
        connection.execute("set threads = 2; set memory_limit = '2GB'; set preserve_insertion_order = false")
        connection.execute("create schema landed")
        for table in sorted(context.var.landed.iterdir()):
            connection.execute(
                f"create view landed.{table.name} as select * from read_parquet('{table}/*.parquet', hive_partitioning = false)"
            )
        for unique_id, statement in marts_statements(manifest).items():
            begun = time.perf_counter()
            connection.execute(statement)
            seconds[unique_id.rpartition(".")[2]] = time.perf_counter() - begun
    return seconds


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(timed_script(named_context(sys.argv[1], True))), encoding="utf-8")
