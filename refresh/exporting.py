"""Export and gate 2: marts as sorted Parquet, and the checks on exactly those bytes.

The export folder holds the marts, `checks.parquet` and `export.json`; the release package publishes nothing without them,
also when somebody runs only the last step. How steps are tied together stands in notes.py.
"""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow.parquet as pq

from expectations.rules import CheckResult, Seen
from expectations.runner import run_suite
from expectations.suites import MartContract, mart_suite
from programmes.model import Programme
from refresh.attacking import attack_checks
from refresh.delivery_tables import checks_table
from refresh.failing import aborted_reason, failed_check_reason, failing_keys, newly_delivered, rule_in_words
from refresh.modelling import DbtManifest, DbtWorkspace, ModelAborted, build_models
from refresh.notes import built_from, export_folder, note_build, note_export, require_build, require_gate_one
from refresh.outcomes import NodeResult, RefreshRefused, TableOutcome
from refresh.public_forms import export_public
from refresh.staged import read_staged
from release.atomic import sha256_of
from release.disclosure import FORMED_MARTS
from release.gate import PUBLIC, attack_of
from release.reason import Reason

_PASSED = ("pass", "success")
# Marts that are empty on a good day: nothing corrected, nothing rejected, but one year of reports.
_MAY_BE_EMPTY = {"fct_correction", "fct_rejected_row", "fct_volunteering_panel"}


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
            failed_check_reason(check, self.newly_delivered.get(check.table_name, ""))
            for check in self.checks
            if check.is_blocking_failure
        ]


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
                aborted_reason(
                    model.name, model.key, newly_delivered(tables, manifest.canonical_upstream(model.unique_id))
                )
                for model in aborted.models
            )
        ) from aborted
    note_build(workspace, inputs_sha256, landed)
    return nodes


def failed_tests(
    workspace: DbtWorkspace,
    programme: Programme,
    manifest: DbtManifest,
    nodes: Iterable[NodeResult],
    outcomes: Iterable[TableOutcome],
) -> dict[str, Reason]:
    """Unique id of every data test that refuses → why: table, rule, keys, and the files that came for it."""
    results, tables = {node.unique_id: node for node in nodes}, tuple(outcomes)
    contracts = {mart: mart_contract(programme, manifest, mart) for mart in manifest.marts}
    keys = _keys_of_failures(workspace, manifest, contracts, results)
    checks = {
        unique_id: _tested(manifest, test, results.get(unique_id), keys.get(unique_id), "")
        for unique_id, test in manifest.tests.items()
    }
    return {
        unique_id: failed_check_reason(check, newly_delivered(tables, manifest.canonical_upstream(unique_id)))
        for unique_id, check in checks.items()
        if check.is_blocking_failure
    }


def export_marts(
    workspace: DbtWorkspace, programme: Programme, manifest: DbtManifest, inputs_sha256: str
) -> tuple[str, ...]:
    """Write every mart of the tested database as Parquet in a total order, and the public edition; the names of the marts.

    Raises RefreshRefused if the database is not the one dbt built and tested for these inputs, or if hiding cannot protect
    what the public edition tells of.
    """
    require_build(workspace, inputs_sha256)
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
    export_public(workspace, programme, manifest, folder)
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
        asked = sorted({column for rule in rules for column in rule.looks_at})
        staged = read_staged(folder / f"{mart}.parquet", asked, repeated=asked)
        hashes[mart] = staged.sha256
        checks += run_suite(Seen(mart, "gate_2", staged.rows, staged.sha256, columns=staged.columns), rules)
    if programme.disclosure:
        checks += attack_checks(workspace.var, programme.disclosure, folder, hashes)
    # A test of a mart read the rows that were exported; one of another table read what follows from the landed bytes.
    landed_sha256 = built_from(workspace.var)
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
    public = {path.stem: sha256_of(path) for path in sorted((folder / PUBLIC).glob("*.parquet"))}
    expected += [attack_of(mart) for mart in public if mart in FORMED_MARTS]
    pq.write_table(checks_table(ordered), folder / "checks.parquet")
    declaration = {
        "inputs_sha256": inputs_sha256,
        "tables": hashes,
        "public": public,
        "landed_sha256": landed_sha256,
        "expected_checks": sorted(expected),
    }
    note_export(workspace.var, declaration)
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


def _observed(result: NodeResult | None, keys: str | None) -> str:
    """What a data test found: how many rows and the first keys of these; dbt's own word where it did not fail."""
    match result.status if result else "skipped":
        case "skipped":
            return "not run"
        case "error":
            return "the query itself failed"
        case "fail":
            count = result.failed_count if result else 0
            return ": ".join(filter(None, (f"{count} {'row' if count == 1 else 'rows'}", keys)))
        case status:
            return status


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
        observed=_observed(result, keys),
        expected="no row",
        sentence_de=german,
        sentence_en=english,
        table_sha256=sha256,
    )
