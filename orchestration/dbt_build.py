"""dbt in this very process: the parsed manifest kept ready, one build into a fresh private database.

Starting dbt as a program costs more than all its models; `dbtRunner` with a prepared manifest does not.
The manifest is kept beside the build and made anew when a file of the dbt project changed. Unit tests
belong to `make test` and are left out here.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from orchestration.outcomes import NodeResult
from orchestration.session import PROJECT_ROOT, RefreshSession
from programmes.errors import StatedError
from programmes.model import Programme
from release.layout import VarFolder
from release.manifest import MartText

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
PUBLISHED = ("bridge_", "dim_", "fct_")  # how names of published tables begin


class DbtBroken(StatedError):
    """dbt itself failed: a model does not compile or run. Not a finding about data, but a fault in code."""


class DbtProjectManifest:
    """What the dbt project consists of, from its parsed manifest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))

    @cached_property
    def marts(self) -> dict[str, dict[str, Any]]:
        """Mart name → its manifest node."""
        return {
            node["name"]: node
            for node in sorted(self.content["nodes"].values(), key=lambda node: str(node["name"]))
            if node["resource_type"] == "model" and node["name"].startswith(PUBLISHED)
        }

    @cached_property
    def tests(self) -> dict[str, dict[str, Any]]:
        """Unique id → manifest node of every data test."""
        nodes = self.content["nodes"].items()
        return {unique_id: node for unique_id, node in sorted(nodes) if node["resource_type"] == "test"}

    def table_of(self, test: Mapping[str, Any]) -> str:
        """The table a test is about: the model it is attached to, else the first mart it reads."""
        attached = test.get("attached_node")
        names = [name.split(".")[-1] for name in ([attached] if attached else test["depends_on"]["nodes"])]
        return str(next((name for name in names if name in self.marts), names[0]))

    def canonical_upstream(self, mart: str) -> set[str]:
        """Canonical tables a mart rests on, through any number of models."""
        found: set[str] = set()
        open_ids = [self.marts[mart]["unique_id"]]
        seen: set[str] = set()
        while open_ids:
            unique_id = open_ids.pop()
            if unique_id in seen:
                continue
            seen.add(unique_id)
            if unique_id.startswith("source."):
                found.add(unique_id.split(".")[-1])
            else:
                open_ids += self.content["nodes"][unique_id]["depends_on"].get("nodes", [])  # a seed has none
        return {name for name in found if "__" not in name}

    def texts(self) -> dict[str, MartText]:
        """Descriptions of marts and columns, for the comments of the published database."""
        return {
            name: MartText(
                node["description"], {column: text["description"] for column, text in node["columns"].items()}
            )
            for name, node in self.marts.items()
        }


def prepared_manifest(var: VarFolder, programme: Programme, is_synthetic: bool) -> DbtProjectManifest:
    """The parsed manifest, made anew only when the project or its variables changed; raises DbtBroken."""
    target = _target(var)
    stamp, wanted = target / "prepared.txt", f"{_project_hash()} {programme.head.programme_id} {is_synthetic}"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        target.mkdir(parents=True, exist_ok=True)
        _invoke(var, ["parse"], is_synthetic)
        stamp.write_text(wanted, encoding="utf-8")
    return DbtProjectManifest(target / "manifest.json")


def build(session: RefreshSession) -> list[NodeResult]:
    """Build all models into a fresh database and run all data tests; raises DbtBroken if a model fails."""
    prepared_manifest(session.var, session.programme, session.is_synthetic)
    build_database(session.var).unlink(missing_ok=True)
    results = _invoke(
        session.var,
        ["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"],
        session.is_synthetic,
    )
    faults = [r for r in results if r.node.resource_type != "test" and r.status not in ("success", "skipped")]
    if faults:
        names = ", ".join(result.node.name for result in faults)
        raise DbtBroken(
            f"Diese Modelle laufen nicht: {names}. Einzelheiten in {_logs(session.var)}/dbt.log.",
            f"These models do not run: {names}. Details in {_logs(session.var)}/dbt.log.",
        )
    return [
        NodeResult(
            unique_id=result.node.unique_id,
            is_test=result.node.resource_type == "test",
            status=str(result.status),
            failed_count=int(result.failures or 0),
            seconds=float(result.execution_time or 0),
        )
        for result in results
        if result.node.resource_type in ("model", "test")
    ]


def build_database(var: VarFolder) -> Path:
    """The private database of a build; its path is constant, because dbt parses anew when it changes."""
    return var.build / "monitoring.duckdb"


def _target(var: VarFolder) -> Path:
    return var.build / "dbt"


def _logs(var: VarFolder) -> Path:
    return var.build / "dbt_logs"


def _project_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(DBT_PROJECT.rglob("*")):
        if path.suffix in (".sql", ".yml", ".md", ".csv") and "target" not in path.parts:
            digest.update(path.relative_to(DBT_PROJECT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _invoke(var: VarFolder, command: list[str], is_synthetic: bool) -> Any:
    with _environment(var):
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner
        from dbt.contracts.graph.manifest import Manifest

        parsed = _target(var) / "partial_parse.msgpack"
        manifest = Manifest.from_msgpack(parsed.read_bytes()) if command[0] != "parse" else None
        if manifest:
            # A manifest handed over lacks what `graph` in macros reads (dbt builds it only when it parses).
            manifest.build_flat_graph()  # type: ignore[no-untyped-call]
        try:
            outcome = dbtRunner(manifest=manifest).invoke(
                [
                    *command,
                    *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
                    *("--target-path", str(_target(var)), "--log-path", str(_logs(var))),
                    *("--vars", json.dumps({"is_synthetic": is_synthetic})),
                    *(
                        "--quiet",
                        "--log-level-file",
                        "error",
                        "--no-use-colors",
                        "--no-write-json" if manifest else "--write-json",
                    ),
                ]
            )
        finally:
            # In process, dbt would keep the database file open, and the export could not read it.
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if outcome.exception is not None:
        raise DbtBroken(
            f"dbt {command[0]} ist gescheitert: {outcome.exception}", f"dbt {command[0]} failed: {outcome.exception}"
        ) from outcome.exception
    return outcome.result


@contextmanager
def _environment(var: VarFolder) -> Iterator[None]:
    wanted = {
        "NORDWAERTS_LANDED": str(var.landed),
        "NORDWAERTS_BUILD_DB": str(build_database(var)),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
