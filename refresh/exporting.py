"""Export and gate 2: marts as sorted Parquet, and the checks on exactly those bytes.

Three notes in the build folder tie the steps together, each with the fingerprint of the inputs it is about:
`gate_1.json` says which landed bytes passed gate 1, `build.json` which database dbt built and tested from them,
`export.json` which marts were exported from it and must be checked. A step refuses where the note before it is
missing, is about other inputs, or about other bytes than it finds. The export folder then holds the marts and
`checks.parquet`; the release package publishes nothing without them, also when somebody runs only the last step.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from expectations.rules import CheckResult, MartContract, Seen, mart_suite
from expectations.runner import run_suite
from programmes.model import Programme
from refresh.delivery_tables import checks_table
from refresh.failing import failing_keys, newly_delivered, rule_in_words
from refresh.landing import promoted_path
from refresh.modelling import AbortedModel, DbtManifest, DbtWorkspace, ModelAborted, build_models
from refresh.outcomes import NodeResult, RefreshRefused, TableOutcome
from refresh.staged import read_staged
from release.atomic import sha256_of
from release.layout import VarFolder
from release.reason import Language, Reason

_PASSED = ("pass", "success")
# A mart that is empty on a good day.
_MAY_BE_EMPTY = {"fct_rejected_row"}


@dataclass(frozen=True)
class CheckedExport:
    """The results of gate 2 on an export: every check, in order of its id."""

    hashes: Mapping[str, str]
    checks: tuple[CheckResult, ...]
    newly_delivered: Mapping[str, str] = field(default_factory=dict)  # mart → files that came with this refresh

    @property
    def reasons(self) -> list[Reason]:
        """Why this export must not be published; empty where every blocking check passed."""
        return [
            _failed_check(check, self.newly_delivered.get(check.table_name, ""))
            for check in self.checks
            if check.is_blocking_failure
        ]


def export_folder(var: VarFolder) -> Path:
    """Where marts wait for their release."""
    return var.build / "export"


def forget_last_build(var: VarFolder) -> None:
    """Take away export and notes of an earlier build, so that no later step can mistake them for its own."""
    shutil.rmtree(export_folder(var), ignore_errors=True)
    for note in (_gate_1_note(var), _build_note(var)):
        note.unlink(missing_ok=True)


def note_gate_one(var: VarFolder, inputs_sha256: str, outcomes: Iterable[TableOutcome]) -> None:
    """Note that every declared table of these inputs passed gate 1, and on which landed bytes."""
    tables = {
        promoted_path(var, outcome.table).relative_to(var.landed).as_posix(): outcome.sha256 for outcome in outcomes
    }
    _write_note(_gate_1_note(var), {"inputs_sha256": inputs_sha256, "landed": tables})


def build_and_test(
    workspace: DbtWorkspace, manifest: DbtManifest, inputs_sha256: str, outcomes: Iterable[TableOutcome]
) -> tuple[NodeResult, ...]:
    """Build and test all models from landed bytes that passed gate 1; what became of models and tests.

    Raises RefreshRefused if gate 1 did not pass for these inputs, if landed bytes are others than it saw or if a model
    cannot compute them, DbtBroken if a model fails for another reason.
    """
    landed = require_gate_one(workspace.var, inputs_sha256)
    try:
        nodes = build_models(workspace)
    except ModelAborted as aborted:
        tables = tuple(outcomes)
        raise RefreshRefused(
            *(
                _aborted(model, newly_delivered(tables, manifest.canonical_upstream(model.unique_id)))
                for model in aborted.models
            )
        ) from aborted
    note_build(workspace, inputs_sha256, landed)
    return nodes


def require_gate_one(var: VarFolder, inputs_sha256: str) -> dict[str, str]:
    """Landed file → SHA-256, as gate 1 saw them; raises RefreshRefused where it did not, or where a file is another."""
    landed: dict[str, str] = _require_note(_gate_1_note(var), inputs_sha256, _GATE_1_MISSING)["landed"]
    for name, sha256 in sorted(landed.items()):
        if _sha256_or_none(var.landed / name) != sha256:
            raise RefreshRefused(_altered("landed", name))
    return landed


def note_build(workspace: DbtWorkspace, inputs_sha256: str, landed: Mapping[str, str]) -> None:
    """Note which database dbt built and tested, and from which landed bytes."""
    note = {
        "inputs_sha256": inputs_sha256,
        "database_sha256": sha256_of(workspace.database),
        "landed_sha256": hashlib.sha256(json.dumps(landed, sort_keys=True).encode()).hexdigest(),
    }
    _write_note(_build_note(workspace.var), note)


def export_marts(workspace: DbtWorkspace, manifest: DbtManifest, inputs_sha256: str) -> tuple[str, ...]:
    """Write every mart of the tested database as Parquet in a total order; the names of the marts.

    Raises RefreshRefused if the database is not the one dbt built and tested for these inputs.
    """
    note = _require_note(_build_note(workspace.var), inputs_sha256, _BUILD_MISSING)
    if _sha256_or_none(workspace.database) != note["database_sha256"]:
        raise RefreshRefused(_altered("build", workspace.database.name))
    folder = export_folder(workspace.var)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with duckdb.connect(str(workspace.database), read_only=True) as connection:
        connection.execute("set threads = 1; set memory_limit = '2GB'")
        for mart in manifest.marts:
            path = str(folder / f"{mart}.parquet").replace("'", "''")
            connection.execute(
                f"copy (select * from main.{mart} order by all nulls last) to '{path}'"
                " (format parquet, compression zstd)"
            )
    return tuple(manifest.marts)


def check_export(
    workspace: DbtWorkspace,
    programme: Programme,
    manifest: DbtManifest,
    inputs_sha256: str,
    nodes: Iterable[NodeResult],
    outcomes: Iterable[TableOutcome],
) -> CheckedExport:
    """Gate 2 on the exported files: dbt's test results and the expectations; writes checks.parquet and export.json."""
    folder = export_folder(workspace.var)
    contracts = {mart: mart_contract(programme, manifest, mart) for mart in manifest.marts}
    suites = {mart: mart_suite(contract) for mart, contract in contracts.items()}
    hashes: dict[str, str] = {}
    checks: list[CheckResult] = []
    for mart, rules in suites.items():
        staged = read_staged(folder / f"{mart}.parquet")
        hashes[mart] = staged.sha256
        checks += run_suite(Seen(mart, "gate_2", staged.rows, staged.sha256), rules)
    # A test of a mart read the rows that were exported; one of another table read what follows from the landed bytes.
    landed_sha256 = _read_note(_build_note(workspace.var))["landed_sha256"]
    results = {node.unique_id: node for node in nodes}
    keys = _keys_of_failures(workspace, manifest, contracts, results)
    checks += [
        _tested(
            manifest,
            test,
            results.get(unique_id),
            keys.get(unique_id),
            hashes.get(manifest.table_of(test), landed_sha256),
        )
        for unique_id, test in manifest.tests.items()
    ]
    ordered = tuple(sorted(checks, key=lambda check: check.check_id))
    expected = [_test_id(test) for test in manifest.tests.values()]
    expected += [rule.check_id(mart) for mart, rules in suites.items() for rule in rules]
    pq.write_table(checks_table(ordered), folder / "checks.parquet")
    declaration = {
        "inputs_sha256": inputs_sha256,
        "tables": hashes,
        "landed_sha256": landed_sha256,
        "expected_checks": sorted(expected),
    }
    _write_note(folder / "export.json", declaration)
    tables = tuple(outcomes)
    new = {
        mart: newly_delivered(tables, manifest.canonical_upstream(node["unique_id"]))
        for mart, node in manifest.marts.items()
    }
    return CheckedExport(hashes, ordered, new)


def _keys_of_failures(
    workspace: DbtWorkspace,
    manifest: DbtManifest,
    contracts: Mapping[str, MartContract],
    results: Mapping[str, NodeResult],
) -> dict[str, str]:
    """Unique id of every failed data test → the first keys of the rows that break it."""
    failed = [unique_id for unique_id in manifest.tests if unique_id in results and results[unique_id].status == "fail"]
    if not failed:
        return {}
    with duckdb.connect(str(workspace.database), read_only=True) as connection:
        return {
            unique_id: failing_keys(connection, table, contracts[table].key if table in contracts else (), test)
            for unique_id in failed
            for test in [manifest.tests[unique_id]]
            for table in [manifest.table_of(test)]
        }


def mart_contract(programme: Programme, manifest: DbtManifest, mart: str) -> MartContract:
    """What a mart promises its readers, from its YAML; it may be empty only where a city delivers nothing for it."""
    declared = {table.declared.canonical for table in programme.landed_tables()}
    upstream = manifest.canonical_upstream(manifest.marts[mart]["unique_id"])
    must_have_rows = bool(upstream) and upstream <= declared and mart not in _MAY_BE_EMPTY
    tests = [test for test in manifest.tests.values() if manifest.table_of(test) == mart]
    arguments = [(test.get("test_metadata") or {"name": "", "kwargs": {}}) for test in tests]
    keys = [test["kwargs"]["columns"] for test in arguments if test["name"] == "unique_combination"]
    return MartContract(
        name=mart,
        columns=tuple(manifest.marts[mart]["columns"]),
        key=tuple(keys[0]) if keys else (),
        minimum_rows=int(must_have_rows),
        choices={
            test["kwargs"]["column_name"]: tuple(str(value) for value in test["kwargs"]["values"])
            for test in arguments
            if test["name"] == "accepted_values"
        },
    )


def _test_id(test: Mapping[str, Any]) -> str:
    return f"dbt:{test['name']}"


def _tested(
    manifest: DbtManifest, test: Mapping[str, Any], result: NodeResult | None, keys: str | None, sha256: str
) -> CheckResult:
    german, english = rule_in_words(test)
    return CheckResult(
        check_id=_test_id(test),
        table_name=manifest.table_of(test),
        gate="gate_2",
        rule_id=(test.get("test_metadata") or {}).get("name", "singular"),
        column_name=test.get("column_name"),
        severity="warn" if str(test["config"]["severity"]).lower() == "warn" else "block",
        is_passed=result is not None and result.status in _PASSED,
        failed_count=result.failed_count if result else 0,
        observed=keys or (result.status if result else "not run"),
        expected="no row",
        sentence_de=german,
        sentence_en=english,
        table_sha256=sha256,
    )


# --- notes between steps -----------------------------------------------------------------------------

_WHOLE = (
    "Den ganzen nächtlichen Lauf starten, nicht einzelne Schritte.",
    "Start the whole nightly job, not single steps.",
)
_GATE_1_MISSING = Reason(
    "Für diese Eingaben hat Prüfung 1 nicht alle Tabellen angenommen.",
    "Gate 1 has not accepted all tables of these inputs.",
    *_WHOLE,
    rule="gate_1_passed",
)
_BUILD_MISSING = Reason(
    "Für diese Eingaben wurden die Tabellen nicht berechnet und getestet.",
    "The tables of these inputs have not been computed and tested.",
    *_WHOLE,
    rule="build_tested",
)


def _altered(folder: str, file_name: str) -> Reason:
    return Reason(
        f"Die Datei {file_name} in {folder} wurde nach ihrer Prüfung verändert.",
        f"File {file_name} in {folder} was altered after it was checked.",
        *_WHOLE,
        file=file_name,
        rule="checked_bytes",
    )


def _gate_1_note(var: VarFolder) -> Path:
    return var.build / "gate_1.json"


def _build_note(var: VarFolder) -> Path:
    return var.build / "build.json"


def _write_note(path: Path, note: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(note, sort_keys=True), encoding="utf-8")


def _read_note(path: Path) -> dict[str, Any]:
    try:
        note = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _require_note(path: Path, inputs_sha256: str, missing: Reason) -> dict[str, Any]:
    note = _read_note(path)
    if note.get("inputs_sha256") != inputs_sha256:
        raise RefreshRefused(missing)
    return note


def _sha256_or_none(path: Path) -> str | None:
    return sha256_of(path) if path.is_file() else None


def _failed_check(check: CheckResult, newly_delivered: str) -> Reason:
    return Reason(
        f"Tabelle {check.table_name}: verletzt die Regel „{check.sentence_de}“ ({_how_often(check, 'de')})."
        + _came_de(newly_delivered),
        f"Table {check.table_name}: breaks the rule '{check.sentence_en}' ({_how_often(check, 'en')})."
        + _came_en(newly_delivered),
        *_LOOK,
        file=newly_delivered or None,
        rule=check.check_id,
    )


def _how_often(check: CheckResult, language: Language) -> str:
    return f"{check.failed_count}: {check.observed}" if check.check_id.startswith("dbt:") else check.figures(language)


def _aborted(model: AbortedModel, newly_delivered: str) -> Reason:
    at_de, at_en = (f" bei {model.key}", f" at {model.key}") if model.key else ("", "")
    return Reason(
        f"Tabelle {model.name} lässt sich aus dem Gelieferten nicht berechnen{at_de}." + _came_de(newly_delivered),
        f"Table {model.name} cannot be computed from what was delivered{at_en}." + _came_en(newly_delivered),
        *_LOOK,
        file=newly_delivered or None,
        rule=f"computable:{model.name}",
    )


_LOOK = (
    "Diese Zeilen in den zuletzt gelieferten Dateien ansehen; die Leser*innen behalten den bisherigen Stand.",
    "Look at these rows in the files delivered last; readers keep the previous release.",
)


def _came_de(files: str) -> str:
    return f" Neu dafür eingegangen: {files}." if files else ""


def _came_en(files: str) -> str:
    return f" Newly arrived for it: {files}." if files else ""
