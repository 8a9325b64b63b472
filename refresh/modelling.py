"""dbt in this very process: the parsed manifest kept ready, one build into a fresh private database.

Starting dbt as a program costs more than all its models; `dbtRunner` with a prepared manifest does not.
The manifest, with the compiled SQL of every data test, is kept beside the build and made anew when a file of the
dbt project changed. Models are built by dbt, data tests are asked table by table (data_tests.py); unit tests belong
to `make test` and are left out here.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from programmes.errors import StatedError
from programmes.settings import Engine
from refresh import spark
from refresh.context import PROJECT_ROOT
from refresh.data_tests import Answer, ask_tests
from refresh.failing import aborting_key, is_about_data
from refresh.outcomes import NodeResult
from release.layout import VarFolder
from release.manifest import MartText

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
_MODELS_COMPILED = ("--select", "resource_type:model", "--exclude", "resource_type:test", "resource_type:unit_test")
_MODELS_ALONE = ("--exclude-resource-type", "test", "unit_test", "exposure")
PUBLISHED = ("bridge_", "dim_", "fct_")  # how names of published tables begin


class DbtBroken(StatedError):
    """dbt itself failed: a model does not compile or run. Not a finding about data, but a fault in code."""


@dataclass(frozen=True)
class AbortedModel:
    """A model that cannot compute what was delivered, and the key at which it aborts, where that could be told."""

    unique_id: str
    name: str
    key: str


class ModelAborted(Exception):
    """Models cannot compute what was delivered: a finding about data."""

    def __init__(self, models: Sequence[AbortedModel]) -> None:
        super().__init__(", ".join(model.name for model in models))
        self.models = tuple(models)


class DbtManifest:
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

    def tests_by_table(self) -> list[dict[str, dict[str, Any]]]:
        """Data tests by unique id, those about the same table together."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for unique_id, test in self.tests.items():
            found.setdefault(self.table_of(test), {})[unique_id] = test
        return list(found.values())

    def canonical_upstream(self, unique_id: str) -> set[str]:
        """Canonical tables a model or test rests on, through any number of models."""
        found: set[str] = set()
        open_ids = [unique_id]
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
        """Descriptions of marts and columns, for the comments of the published database, and the declared walks."""
        return {
            name: MartText(
                node["description"],
                {column: text["description"] for column, text in node["columns"].items()},
                node["config"].get("meta", {}).get("trace", {}),
            )
            for name, node in self.marts.items()
        }


@dataclass(frozen=True)
class DbtWorkspace:
    """Where dbt works for one programme; the paths are constant, because dbt parses anew when one changes."""

    var: VarFolder
    is_synthetic: bool
    project: Path = DBT_PROJECT
    engine: Engine = "duckdb"
    is_state: bool = False  # whether many programmes were landed together (refresh/state.py)

    @property
    def database(self) -> Path:
        """The private database of a build."""
        return self.var.build / "monitoring.duckdb"

    @property
    def target(self) -> Path:
        """dbt's manifest, compiled SQL and `run_results.json`."""
        return self.var.build / "dbt"

    @property
    def logs(self) -> Path:
        """dbt's log files."""
        return self.var.build / "dbt_logs"

    @property
    def on_spark(self) -> spark.SparkPlaces:
        """Where Spark works, where it is the engine."""
        return spark.SparkPlaces(self.var.build / "spark")

    @property
    def variables(self) -> str:
        """What models are told, as dbt takes it."""
        return json.dumps({"is_synthetic": self.is_synthetic} | ({"is_state": True} if self.is_state else {}))

    @property
    def run_results(self) -> Path:
        """What became of every model and test of the last build, as dbt writes it."""
        return self.target / "run_results.json"


def prepared_manifest(workspace: DbtWorkspace) -> DbtManifest:
    """The parsed manifest, made anew when the project or its variables changed or a file of it is torn.

    Raises DbtBroken if the project cannot be parsed.
    """
    stamp = workspace.target / "prepared.txt"
    wanted = f"{project_sha256(workspace.project)} {workspace.variables} tests compiled"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8", errors="replace") != wanted:
        return _parse(workspace, stamp, wanted)
    try:
        return DbtManifest(workspace.target / "manifest.json")
    except (OSError, ValueError):
        return _parse(workspace, stamp, wanted)


def _parse(workspace: DbtWorkspace, stamp: Path, wanted: str) -> DbtManifest:
    shutil.rmtree(workspace.target, ignore_errors=True)
    workspace.target.mkdir(parents=True)
    # In a database of its own, of the same name: the build's may be at work in another process.
    _invoke(
        workspace,
        ["compile", "--select", "resource_type:test", "--no-populate-cache"],
        database=workspace.target / workspace.database.name,
    )
    stamp.write_text(wanted, encoding="utf-8")
    return DbtManifest(workspace.target / "manifest.json")


def build_models(workspace: DbtWorkspace) -> tuple[NodeResult, ...]:
    """Build all models into a fresh database and answer all data tests; results as `run_results.json` holds them.

    Raises ModelAborted where models cannot compute what was delivered, DbtBroken where one fails for another reason.
    """
    manifest = prepared_manifest(workspace)
    workspace.run_results.unlink(missing_ok=True)
    outcome, parsed = _built(workspace)
    faults = _faults(outcome)
    if not faults:
        answers = ask_tests(workspace.database, manifest.tests_by_table())
        outcome.results += [_as_dbt_says(parsed.nodes[unique_id], answer) for unique_id, answer in answers.items()]
    outcome.write(str(workspace.run_results))
    _raise_faults(workspace, faults)
    return node_results(workspace.run_results)


def build_untested(workspace: DbtWorkspace) -> None:
    """Build all models into a fresh database and ask no test; raises as `build_models` does."""
    outcome, _ = _built(workspace)
    _raise_faults(workspace, _faults(outcome))


def _built(workspace: DbtWorkspace) -> tuple[Any, Any]:
    """What dbt says of a build of all models, and the parsed project."""
    pa.default_memory_pool().release_unused()  # what landing took goes back first: the database takes its share of the memory now
    prepared_manifest(workspace)
    for leftover in (workspace.database, _write_ahead_log(workspace.database)):
        leftover.unlink(missing_ok=True)
    parsed = _parsed(workspace)
    if workspace.engine == "spark":
        return _built_on_spark(workspace, parsed), parsed
    return _invoke(workspace, ["build", *_MODELS_ALONE, "--no-write-json"], parsed), parsed


def _built_on_spark(workspace: DbtWorkspace, parsed: Any) -> Any:
    """What became of the models on Spark, told as dbt tells it of DuckDB; their tables are in the build database.

    Compiled SQL, which catalogue and refusals read, stays that of DuckDB.
    """
    spark.require_engine(workspace.engine)
    outcome = _invoke(workspace, ["compile", *_MODELS_COMPILED, "--no-populate-cache", "--no-write-json"], parsed)
    _invoke(workspace, ["run-operation", "register_sources", "--no-write-json"], parsed)
    places = workspace.on_spark
    spark.forget_tables(places)
    try:
        became = spark.run_dbt(
            places, workspace.project, workspace.var.landed, ["build", *_MODELS_ALONE, "--vars", workspace.variables]
        )
    except spark.SparkBroken as broken:
        raise DbtBroken(
            f"dbt ist auf Spark gescheitert ({broken}). Speicher und Erreichbarkeit des Clusters prüfen und neu starten.",
            f"dbt failed on Spark ({broken}). Check memory and whether the cluster can be reached, and start again.",
        ) from None
    nodes = {unique_id: parsed.nodes[unique_id] for unique_id in became}
    built = [node for node in nodes.values() if node.resource_type in ("model", "seed")]
    spark.load(
        workspace.database, places, [node.to_dict() for node in built if became[node.unique_id].status == "success"]
    )
    spark.forget_tables(places)
    outcome.results = [_as_dbt_says_of_spark(nodes[unique_id], each) for unique_id, each in became.items()]
    return outcome


def _faults(outcome: Any) -> list[Any]:
    return [result for result in outcome.results if result.status not in ("success", "skipped")]


def _raise_faults(workspace: DbtWorkspace, faults: Sequence[Any]) -> None:
    if faults and all(is_about_data(fault.message) for fault in faults):
        raise ModelAborted([_aborted(workspace, fault.node) for fault in faults])
    if faults:
        names = ", ".join(fault.node.name for fault in faults)
        _log_faults(workspace, faults)
        raise DbtBroken(
            f"Diese Modelle laufen nicht: {names}. Einzelheiten in {workspace.logs}/dbt.log.",
            f"These models do not run: {names}. Details in {workspace.logs}/dbt.log.",
        )


def _log_faults(workspace: DbtWorkspace, faults: Sequence[Any]) -> None:
    """Write down what dbt says of models that do not run, except where its message is about rows."""
    texts = [
        f"{fault.node.name}: {fault.message}" for fault in faults if fault.message and not is_about_data(fault.message)
    ]
    workspace.logs.mkdir(parents=True, exist_ok=True)
    (workspace.logs / "dbt.log").write_text("\n\n".join(texts) + "\n", encoding="utf-8")


def _aborted(workspace: DbtWorkspace, node: Any) -> AbortedModel:
    reads = [unique_id.rpartition(".")[2] for unique_id in node.depends_on.nodes if unique_id.startswith("model.")]
    return AbortedModel(node.unique_id, node.name, aborting_key(workspace.database, node.compiled_code, reads))


def _as_dbt_says_of_spark(node: Any, became: spark.Became) -> Any:
    from dbt.artifacts.schemas.results import RunStatus

    return _result(node, RunStatus(became.status), became.seconds, ", ".join(became.kinds), became.failed_count)


def _as_dbt_says(node: Any, answer: Answer) -> Any:
    """The answer to a data test as dbt's own result, which dbt writes to `run_results.json`."""
    from dbt.artifacts.schemas.results import TestStatus

    return _result(node, TestStatus(answer.status), answer.seconds, answer.message, answer.failed_count)


def _result(node: Any, status: Any, seconds: float, message: str | None, failures: int | None) -> Any:
    from dbt.artifacts.schemas.run import RunResult

    return RunResult(
        node=node,
        status=status,
        timing=[],
        thread_id="MainThread",
        execution_time=seconds,
        message=message,
        adapter_response={},
        failures=failures,
        batch_results=None,
    )


def node_results(run_results: Path) -> tuple[NodeResult, ...]:
    """Models, seeds and tests of a build from dbt's own `run_results.json`."""
    results = json.loads(run_results.read_text(encoding="utf-8"))["results"]
    return tuple(
        NodeResult(
            unique_id=result["unique_id"],
            is_test=result["unique_id"].startswith("test."),
            status=str(result["status"]),
            failed_count=int(result["failures"] or 0),
            seconds=float(result["execution_time"] or 0),
        )
        for result in results
        if result["unique_id"].startswith(("model.", "seed.", "test."))
    )


def _write_ahead_log(database: Path) -> Path:
    return database.with_name(database.name + ".wal")


def _parsed(workspace: DbtWorkspace) -> Any:
    """dbt's own parsed manifest, ready to be handed over; parsed anew where it is torn."""
    from dbt.contracts.graph.manifest import Manifest

    kept = workspace.target / "partial_parse.msgpack"
    try:
        manifest = Manifest.from_msgpack(kept.read_bytes())
    except Exception:  # whatever a torn file raises: it is made anew, and a second failure is a fault
        (workspace.target / "prepared.txt").unlink(missing_ok=True)
        prepared_manifest(workspace)
        manifest = Manifest.from_msgpack(kept.read_bytes())
    # A manifest handed over lacks what `graph` in macros reads (dbt builds it only when it parses).
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return manifest


def project_sha256(project: Path = DBT_PROJECT) -> str:
    """SHA-256 over names and bytes of everything dbt builds from; analyses are asked by others."""
    digest = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        is_read = not {"target", "analyses"}.intersection(path.relative_to(project).parts)
        if is_read and path.suffix in (".sql", ".yml", ".csv", ".md"):
            digest.update(path.relative_to(project).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _invoke(workspace: DbtWorkspace, command: list[str], manifest: Any = None, database: Path | None = None) -> Any:
    with _environment(workspace, database or workspace.database):
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        try:
            outcome = dbtRunner(manifest=manifest).invoke(
                [
                    *command,
                    *("--project-dir", str(workspace.project), "--profiles-dir", str(workspace.project)),
                    *("--target-path", str(workspace.target), "--log-path", str(workspace.logs)),
                    *("--vars", workspace.variables),
                    # What a database says of a row may quote it: of a build nobody is told but _log_faults.
                    *(("--log-level", "none") if command[0] == "build" else ("--quiet",)),
                    *("--log-level-file", "none" if command[0] == "build" else "error", "--no-use-colors"),
                ]
            )
        finally:
            # In process, dbt would keep the database file open, and the export could not read it.
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if outcome.exception is not None:
        what = type(outcome.exception).__name__
        raise DbtBroken(
            f"dbt {command[0]} ist gescheitert ({what}). Einzelheiten in {workspace.logs}/dbt.log.",
            f"dbt {command[0]} failed ({what}). Details in {workspace.logs}/dbt.log.",
        ) from outcome.exception
    return outcome.result


@contextmanager
def _environment(workspace: DbtWorkspace, database: Path) -> Iterator[None]:
    wanted = {
        "NORDWAERTS_LANDED": str(workspace.var.landed),
        "NORDWAERTS_BUILD_DB": str(database),
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
