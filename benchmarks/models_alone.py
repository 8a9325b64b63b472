"""The dbt build alone on multiplied landed tables: what the models need where a whole refresh grows too large.

    python -m benchmarks.models_alone lay LANDED_FOLDER PROGRAMME_FOLDER SCALE
    python -m benchmarks.models_alone build PROGRAMME_FOLDER OUT.json
    python -m benchmarks.models_alone script PROGRAMME_FOLDER OUT.json

`lay` copies the landed tables of scale 1 SCALE times with the prefixes of `python -m samples --scale`, so that every
copy has the figures of the first; the declarations are landed from the programme folder by the refresh's own step.
`build` is the refresh's own dbt build, models and tests, in this process; `script`, after it, the SQL of the same models as
one script, statement after statement, without dbt. The place is NORDWAERTS_VAR.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.marts_script import marts_statements
from ingest.archive import Archive
from refresh.context import RefreshContext, named_context
from refresh.modelling import DbtWorkspace, build_models, prepared_manifest
from refresh.programme_tables import write_programme_tables
from refresh.promoting import write_empty_tables

# Column → what of its codes stands before the prefix of a copy.
_CODES = {
    "area_id": "[a-z_]+-",
    "project_id": "NW-",
    "entry_id": "NW-",
    "proposal_id": "V-[0-9]{4}-",
    "organisation_id": "T-",
    "event_id": "",
    "contribution_id": "",
    "case_id": "",
}


def multiply(source: Path, target: Path, scale: int) -> None:
    """Write a landed table `scale` times: the first copy as it is, copy k with `k-` in every code below the city.

    What is not repeated: figures of the city as a whole, and entries of registers other than sub-projects.
    """
    with duckdb.connect() as con:
        con.execute("set threads = 2; set memory_limit = '2GB'; set preserve_insertion_order = false")
        columns = [name for name, *_ in con.execute(f"describe select * from '{source}'").fetchall()]
        if "area_level" in columns:
            grows = "area_level <> 'city'"
        elif "entry_id" in columns:
            grows = "entry_id like 'NW-%'"
        else:
            grows = "true" if _CODES.keys() & set(columns) else "false"
        con.execute(
            f"copy (select {', '.join(_code(name) if name in _CODES else name for name in columns)} "
            f"from '{source}' cross join range({scale}) as copies(copy) where copy = 0 or {grows}) "
            f"to '{target}' (format parquet)"
        )


def _code(name: str) -> str:
    prefixed = rf"regexp_replace({name}, '^({_CODES[name]})', '\1' || copy || '-')"
    return f"case when copy = 0 then {name} else {prefixed} end as {name}"


def lay(context: RefreshContext, landed: Path, scale: int) -> None:
    """Landed tables of this scale below the context's var folder, and the dbt manifest prepared."""
    context.var.create()
    write_empty_tables(context)
    write_programme_tables(context, Archive(context.var.archive))
    for source in sorted(landed.glob("*/*.parquet")):
        target = context.var.landed / source.relative_to(landed)
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            multiply(source, target, scale)
    prepared_manifest(DbtWorkspace(context.var, context.is_synthetic))


def timed_build(context: RefreshContext) -> dict[str, object]:
    """Seconds of the whole build, of its tests summed over threads, and of every model."""
    begun = time.perf_counter()
    nodes = build_models(DbtWorkspace(context.var, context.is_synthetic))
    failed = [node.unique_id for node in nodes if node.status not in ("success", "pass", "warn")]
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")
    return {
        "dbt_build": time.perf_counter() - begun,
        "dbt_tests": sum(node.seconds for node in nodes if node.is_test),
        "models": {node.unique_id.rpartition(".")[2]: node.seconds for node in nodes if not node.is_test},
    }


def timed_script(context: RefreshContext) -> dict[str, float]:
    """Seconds of every model's statement; a new database, with the memory and threads the build has."""
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
        connection.execute("set threads = 2; set memory_limit = '3GB'")
        for unique_id, statement in marts_statements(manifest).items():
            begun = time.perf_counter()
            connection.execute(statement)
            seconds[unique_id.rpartition(".")[2]] = time.perf_counter() - begun
    return seconds


if __name__ == "__main__":
    if sys.argv[1] == "lay":
        lay(named_context(sys.argv[3], True), Path(sys.argv[2]), int(sys.argv[4]))
    else:
        timed = {"build": timed_build, "script": timed_script}[sys.argv[1]]
        Path(sys.argv[3]).write_text(json.dumps(timed(named_context(sys.argv[2], True))), encoding="utf-8")
