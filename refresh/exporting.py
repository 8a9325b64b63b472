"""Export and gate 2: marts as sorted Parquet, and the checks on exactly those bytes.

The export folder then holds the marts, `checks.parquet` with the results of dbt's tests and of the
expectations, each with the hash of the bytes it is about, and `export.json`. The release package
publishes nothing without them, also when somebody runs only the last step.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from expectations.rules import MartContract, mart_suite
from expectations.runner import run_suite
from refresh.declared_tables import REFRESH_TABLES, check_row
from refresh.modelling import DbtProjectManifest, build_database
from refresh.outcomes import NodeResult
from refresh.session import RefreshRefused, RefreshSession
from release.layout import VarFolder
from release.reason import Reason

_PASSED = ("pass", "success")


def export_folder(var: VarFolder) -> Path:
    """Where marts wait for their release."""
    return var.build / "export"


def begin(var: VarFolder) -> None:
    """Take away export and seal of an earlier build, so that no later step can mistake them for its own."""
    shutil.rmtree(export_folder(var), ignore_errors=True)
    _seal(var).unlink(missing_ok=True)


def seal_gate_one(session: RefreshSession) -> None:
    """Note that every declared table of these very inputs passed gate 1; raises RefreshRefused otherwise."""
    missing = [name for name, _, _ in session.programme.landed_tables() if name not in session.outcomes]
    if missing:
        session.refuse(
            Reason(
                f"Tabelle {missing[0]} wurde in diesem Lauf nicht gelandet und geprüft.",
                f"Table {missing[0]} was not landed and checked in this run.",
                "Den ganzen nächtlichen Lauf starten, nicht einzelne Schritte.",
                "Start the whole nightly job, not single steps.",
                rule="whole_refresh",
            )
        )
    if session.reasons:
        raise RefreshRefused
    session.settle()
    _seal(session.var).write_text(session.inputs, encoding="utf-8")


def _require_seal(session: RefreshSession) -> None:
    seal = _seal(session.var)
    if not seal.is_file() or seal.read_text(encoding="utf-8") != session.inputs:
        session.refuse(
            Reason(
                "Für diese Eingaben hat Prüfung 1 nicht alle Tabellen angenommen.",
                "Gate 1 has not accepted all tables of these inputs.",
                "Den ganzen nächtlichen Lauf starten, nicht einzelne Schritte.",
                "Start the whole nightly job, not single steps.",
                rule="gate_1_passed",
            )
        )
        raise RefreshRefused


def _seal(var: VarFolder) -> Path:
    return var.build / "gate_1_passed_for.txt"


def export_marts(session: RefreshSession, manifest: DbtProjectManifest) -> dict[str, str]:
    """Write every mart as Parquet in a total order; mart name → SHA-256 of its bytes."""
    _require_seal(session)
    folder = export_folder(session.var)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    hashes: dict[str, str] = {}
    with session.timed("export"), duckdb.connect(str(build_database(session.var)), read_only=True) as connection:
        connection.execute("set threads = 1; set memory_limit = '2GB'")
        for mart in manifest.marts:
            path = folder / f"{mart}.parquet"
            connection.execute(
                f"copy (select * from main.{mart} order by all nulls last) to '{_quoted(path)}' (format parquet, compression zstd)"
            )
            hashes[mart] = hashlib.sha256(path.read_bytes()).hexdigest()
    return hashes


def check_export(
    session: RefreshSession, manifest: DbtProjectManifest, hashes: dict[str, str], nodes: Sequence[NodeResult]
) -> list[dict[str, Any]]:
    """Check the exported files, write checks.parquet and export.json; the rows of checks.parquet.

    A failed blocking check is noted in the session as a reason to refuse.
    """
    suites = {mart: mart_suite(_contract(session, manifest, mart)) for mart in manifest.marts}
    expected = [_test_id(test) for test in manifest.tests.values()]
    expected += [rule.check_id(mart) for mart, rules in suites.items() for rule in rules]
    rows = [_test_row(manifest, unique_id, test, nodes) for unique_id, test in manifest.tests.items()]
    with session.timed("gate_2"):
        for mart, rules in suites.items():
            table = pq.read_table(export_folder(session.var) / f"{mart}.parquet")
            rows += [check_row("gate_2", result) for result in run_suite(mart, table, rules)]
    for row in rows:
        row["table_sha256"] = hashes.get(row["table_name"])
    rows.sort(key=lambda row: str(row["check_id"]))
    schema = pa.schema([*REFRESH_TABLES["refresh__check"].items(), ("table_sha256", pa.string())])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), export_folder(session.var) / "checks.parquet")
    declaration = {"inputs": session.inputs, "tables": hashes, "expected_checks": sorted(expected)}
    (export_folder(session.var) / "export.json").write_text(json.dumps(declaration, sort_keys=True), encoding="utf-8")
    session.refuse(*(_reason(row) for row in rows if not row["is_passed"] and row["severity"] == "block"))
    return rows


def _contract(session: RefreshSession, manifest: DbtProjectManifest, mart: str) -> MartContract:
    declared = {table.canonical for _, _, table in session.programme.landed_tables()}
    upstream = manifest.canonical_upstream(mart)
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


# A mart that is empty on a good day.
_MAY_BE_EMPTY = {"fct_rejected_row"}


def _test_id(test: dict[str, Any]) -> str:
    return f"dbt:{test['name']}"


def _test_row(
    manifest: DbtProjectManifest, unique_id: str, test: dict[str, Any], nodes: Sequence[NodeResult]
) -> dict[str, Any]:
    result = next((node for node in nodes if node.unique_id == unique_id), None)
    sentence = test.get("description") or f"dbt test {test['name']}"
    return {
        "check_id": _test_id(test),
        "table_name": manifest.table_of(test),
        "gate": "gate_2",
        "rule_id": (test.get("test_metadata") or {}).get("name", "singular"),
        "column_name": test.get("column_name"),
        "severity": "warn" if str(test["config"]["severity"]).lower() == "warn" else "block",
        "is_passed": result is not None and result.status in _PASSED,
        "failed_count": result.failed_count if result else 0,
        "observed": result.status if result else "not run",
        "expected": "no row",
        "sentence_de": sentence,
        "sentence_en": sentence,
    }


def _reason(row: dict[str, Any]) -> Reason:
    figures = f"{row['failed_count']}; {row['observed']}"
    return Reason(
        f"Tabelle {row['table_name']}: verletzt die Regel „{row['sentence_de']}“ ({figures}).",
        f"Table {row['table_name']}: breaks the rule '{row['sentence_en']}' ({figures}).",
        "Die Prüfung und die zuletzt gelieferten Dateien ansehen; die Leser*innen behalten den bisherigen Stand.",
        "Look at the check and the files delivered last; readers keep the previous release.",
        rule=str(row["check_id"]),
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
