"""dbt builds of the project for tests, in this process, and read access to what they built.

The project is parsed once for a whole run of tests. A build that is shared is made with `once`, kept in its folder
and opened again from there.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from once import once

PROJECT = Path(__file__).parents[1] / "dbt_project"
FOLDERS = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
NO_TESTS = ["--exclude-resource-type", "test", "unit_test", "exposure"]  # once, with all: the last one counts


class Build:
    """A dbt build of the project in a scratch folder: its results, manifest and database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "monitoring.duckdb"
        self.landed = folder / "landed"
        self.results: dict[str, str] = {}

    @cached_property
    def manifest(self) -> Any:
        """The parsed project."""
        from dbt.contracts.graph.manifest import Manifest

        found = Manifest.from_msgpack((once("parsed_project", _parse) / "partial_parse.msgpack").read_bytes())
        found.build_flat_graph()  # dbt does so only when it parses itself
        return found

    def run(self, command: str = "build", *selection: str, afresh: bool = True) -> "Build":
        """Run dbt and keep the status of every node by name; the file is closed again afterwards."""
        from dbt.cli.main import dbtRunner

        if afresh:
            self.database.unlink(missing_ok=True)
        with _environment(self.folder):
            outcome = dbtRunner(manifest=self.manifest).invoke(
                ["--quiet", command, *FOLDERS, *selection, "--vars", "{is_synthetic: true}"]
            )
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


def built_once(name: str, build: Callable[[Build], Any]) -> Build:
    """A build that is made once in a run of tests; read only."""

    def make(folder: Path) -> None:
        made = Build(folder)
        build(made)
        (folder / "results.json").write_text(json.dumps(made.results), encoding="utf-8")

    found = Build(once(name, make))
    found.results = json.loads((found.folder / "results.json").read_text(encoding="utf-8"))
    return found


def _parse(folder: Path) -> None:
    from dbt.cli.main import dbtRunner

    with _environment(folder):
        outcome = dbtRunner().invoke(["--quiet", "parse", *FOLDERS])
    assert outcome.success, outcome.exception
    (folder / "target" / "partial_parse.msgpack").rename(folder / "partial_parse.msgpack")


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    before = dict(os.environ)
    os.environ.update(
        NORDWAERTS_LANDED=str(folder / "landed"),
        NORDWAERTS_BUILD_DB=str(folder / "monitoring.duckdb"),
        DBT_TARGET_PATH=str(folder / "target"),
        DBT_LOG_PATH=str(folder / "logs"),
    )
    try:
        yield
    finally:
        DuckDBConnectionManager.close_all_connections()
        os.environ.clear()
        os.environ.update(before)
