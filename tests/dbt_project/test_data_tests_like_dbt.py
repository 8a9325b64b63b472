"""Data tests asked table by table have dbt's own verdicts, also where rows of every kind of fault are planted."""

import shutil

import duckdb
import pytest
from dbt_run import Build

from refresh.data_tests import ask_tests
from refresh.modelling import DbtManifest, node_results

# Kind of test → the column a planted copy of rows gets another value in, and the value.
PLANTED = {
    "not_null": "select * replace (null as {column})",
    "accepted_values": "select * replace ('nonsense' as {column})",
    "relationships": "select * replace ('nowhere' as {column})",
    "unique_combination": "select *",
}


@pytest.fixture(scope="module")
def spoilt(built: Build, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The tiny city with rows in its tables that break tests of every kind, tested by dbt."""
    build = Build(tmp_path_factory.mktemp("spoilt"))
    shutil.copytree(built.landed, build.landed)
    shutil.copy(built.database, build.database)
    marts = DbtManifest(built.folder / "target" / "manifest.json")
    with duckdb.connect(str(build.database)) as connection:
        for kind, rows in PLANTED.items():
            tests = [test for test in marts.tests.values() if (test.get("test_metadata") or {}).get("name") == kind]
            tables = {
                marts.table_of(test): test["column_name"] for test in tests if marts.table_of(test) in marts.marts
            }
            for table, column in sorted(tables.items())[:3]:
                connection.execute(f"insert into main.{table} {rows.format(column=column)} from main.{table} limit 2")
    return build.run("test", "--exclude-resource-type", "unit_test", afresh=False)


def test_every_verdict_and_every_number_of_rows_is_dbts_own(spoilt: Build) -> None:
    target = spoilt.folder / "target"
    manifest = DbtManifest(target / "manifest.json")
    by_dbt = {node.unique_id: (node.status, node.failed_count) for node in node_results(target / "run_results.json")}
    answers = ask_tests(spoilt.database, manifest.tests_by_table())
    assert {name: (answer.status, answer.failed_count) for name, answer in answers.items()} == by_dbt
    failing = {unique_id for unique_id, (status, _) in by_dbt.items() if status == "fail"}
    kinds = {(manifest.tests[name].get("test_metadata") or {"name": "singular"})["name"] for name in failing}
    assert kinds == {*PLANTED, "singular"}


def test_data_tests_cost_no_more_than_what_they_test(built: Build) -> None:
    """No ceiling on their number: what counts is their time in a refresh beside that of the models, on the same machine."""
    target = built.folder / "target"
    models = sum(node.seconds for node in node_results(target / "run_results.json") if node.unique_id.startswith("model."))
    answers = ask_tests(built.database, DbtManifest(target / "manifest.json").tests_by_table())
    assert 0 < sum(answer.seconds for answer in answers.values()) <= models
