"""The models as dbt compiles them, for one city and for a state, run on DuckDB directly: a build in seconds, of altered models too."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from dbt_run import FOLDERS, PROJECT, Build
from once import once

from refresh.modelling import PUBLISHED
from refresh.public_forms import FORM


@dataclass(frozen=True)
class Models:
    """What dbt compiled into a folder."""

    target: Path
    is_state: bool

    @cached_property
    def _nodes(self) -> dict[str, Any]:
        return json.loads((self.target / "manifest.json").read_text(encoding="utf-8"))["nodes"]  # type: ignore[no-any-return]

    @cached_property
    def statements(self) -> dict[str, str]:
        """Seed and model → its SQL, in an order in which they can be built."""
        return self._made_of(unique_id for unique_id, node in self._nodes.items() if node["resource_type"] == "model")

    def _made_of(self, models: Iterable[str]) -> dict[str, str]:
        """The same of some models and of everything they are made of."""
        found: dict[str, str] = {}

        def collect(unique_id: str) -> None:
            node = self._nodes.get(unique_id)
            if node and node["name"] not in found:
                for needed in node["depends_on"].get("nodes", []):
                    collect(needed)
                found[node["name"]] = self._sql(node)

        for unique_id in sorted(models):
            collect(unique_id)
        return found

    def _sql(self, node: Mapping[str, Any]) -> str:
        if node["resource_type"] == "seed":
            types = {name: kind.replace("string", "varchar") for name, kind in node["config"]["column_types"].items()}
            return f"select * from read_csv('{PROJECT / node['original_file_path']}', header = true, types = {types})"
        path = self.target / "compiled" / node["package_name"] / node["original_file_path"]
        return path.read_text(encoding="utf-8").replace('"monitoring".', "")

    def build(
        self, landed: Path, database: Path, altered: Mapping[str, str] | None = None, wanted: str | None = None
    ) -> Path:
        """Build a landing into a new database, with other SQL for the models named in `altered`; only what `wanted` is made of."""
        statements = self._made_of([f"model.nordwaerts.{wanted}"]) if wanted else self.statements
        database.unlink(missing_ok=True)
        with duckdb.connect(str(database)) as connection:
            connection.execute("set threads = 1; create schema landed; create schema if not exists main")
            for folder in sorted(landed.iterdir()):
                files, is_hive = (
                    (f"{folder}/*/*.parquet", "true") if self.is_state else (f"{folder}/*.parquet", "false")
                )
                connection.execute(
                    f"create table landed.{folder.name} as select * from read_parquet('{files}', hive_partitioning = {is_hive},"
                    " hive_types_autocast = false)"
                )
            for name, sql in {**statements, **(altered or {})}.items():
                connection.execute(f"create {'view' if name.startswith('stg_') else 'table'} main.{name} as {sql}")
        return database


def compiled(is_state: bool) -> Models:
    """The models compiled, once for a whole run of tests."""

    def make(folder: Path) -> None:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        before = dict(os.environ)
        os.environ["NORDWAERTS_BUILD_DB"] = str(folder / "monitoring.duckdb")
        told = ["--target-path", str(folder), "--log-path", str(folder), "--select", "resource_type:model"]
        try:
            # parsed anew for a state, which has models of its own
            outcome = dbtRunner(manifest=None if is_state else Build(folder).manifest).invoke(
                [
                    *("--quiet", "compile", *FOLDERS, *told, "--no-populate-cache"),
                    *("--vars", json.dumps({"is_synthetic": True, "is_state": is_state})),
                ]
            )
        finally:
            DuckDBConnectionManager.close_all_connections()
            os.environ.clear()
            os.environ.update(before)
        assert outcome.success, outcome.exception

    return Models(once("compiled_state" if is_state else "compiled_city", make), is_state)


def marts_of(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """Marts and public forms of an attached build."""
    rows = connection.execute(f"select table_name from duckdb_tables() where database_name = '{database}' order by all")
    return [name for (name,) in rows.fetchall() if name.startswith((*PUBLISHED, FORM))]
