"""One dbt build of the tiny city per test session, in this process, and read access to what it built."""

import os
from pathlib import Path
from typing import Any

import duckdb

PROJECT = Path(__file__).parents[2] / "dbt_project"


class Build:
    """A dbt build of the project in a scratch folder: its results, manifest and database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "monitoring.duckdb"
        self.landed = folder / "landed"
        self._environment = {
            "NORDWAERTS_LANDED": str(self.landed),
            "NORDWAERTS_BUILD_DB": str(self.database),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        self.manifest: Any = None
        self.results: dict[str, str] = {}

    def run(self, command: str = "build", *selection: str, afresh: bool = True) -> "Build":
        """Run dbt and keep the status of every node by name; the file is closed again afterwards."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        if afresh:
            self.database.unlink(missing_ok=True)
        folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        before = dict(os.environ)
        os.environ.update(self._environment)
        try:
            if self.manifest is None:
                self.manifest = dbtRunner().invoke(["--quiet", "parse", *folders]).result
            outcome = dbtRunner(manifest=self.manifest).invoke(
                ["--quiet", command, *folders, *selection, "--vars", "{is_synthetic: true}"]
            )
        finally:
            DuckDBConnectionManager.close_all_connections()
            os.environ.clear()
            os.environ.update(before)
        assert outcome.result is not None, outcome.exception
        self.results = {
            result.node.name: str(result.status)
            for result in outcome.result
            if result.node.resource_type != "exposure"  # nothing to run
        }
        return self

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query on the build database."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()
