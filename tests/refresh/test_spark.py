"""Spark as the engine, without Spark: what is missing is said, what it built is loaded, what is about data is told apart."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from made_up_office import Office

from cli.refresh import exit_code
from programmes.errors import StatedError
from programmes.loading import load_programme
from refresh import spark
from refresh.context import refresh_context
from refresh.failing import is_about_data
from refresh.run import RefreshRun, open_run

RunOf = Callable[..., RefreshRun]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """A machine with the packages and with a Java of that version, or without one."""

    def has(java: str | None) -> None:
        monkeypatch.setattr(spark, "_is_installed", lambda _package: True)
        monkeypatch.delenv("NORDWAERTS_SPARK_METHOD", raising=False)
        monkeypatch.delenv("JAVA_HOME", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path))
        if java:
            (tmp_path / "java").write_text(f"#!/bin/sh\necho 'openjdk version \"{java}\" 2026-01-01' >&2\n", "utf-8")
            (tmp_path / "java").chmod(0o755)

    return has


@pytest.mark.parametrize("java", ["17.0.21.1", "21", "25.0.1"])
def test_spark_starts_with_its_packages_and_a_java_that_is_new_enough(machine: Callable, java: str) -> None:
    machine(java)
    spark.require_engine("spark")


@pytest.mark.parametrize(("java", "named"), [(None, "no Java"), ("1.8.0_392", "Java 8"), ("11.0.2", "Java 11")])
def test_a_java_that_is_missing_or_too_old_is_named(machine: Callable, java: str | None, named: str) -> None:
    machine(java)
    with pytest.raises(spark.EngineMissing) as missing:
        spark.require_engine("spark")
    reason = missing.value.reason
    assert f"here is {named}." in reason.en
    assert "Install Java" in reason.remedy_en
    assert reason.rule == "engine_installed"


def test_a_server_of_the_office_needs_no_java_here(machine: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(None)
    monkeypatch.setenv("NORDWAERTS_SPARK_METHOD", "thrift")
    spark.require_engine("spark")


def test_missing_packages_are_named_and_duckdb_needs_none(machine: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(None)
    monkeypatch.setattr(spark, "_is_installed", lambda package: package != "pyspark")
    with pytest.raises(spark.EngineMissing, match="missing \\(pyspark\\)"):
        spark.require_engine("spark")
    spark.require_engine("duckdb")


def test_a_refresh_that_finds_no_spark_says_so_and_works_again_the_next_night(office: Office, run_of: RunOf) -> None:
    run = run_of(office)
    missing = spark.EngineMissing(spark.Reason("Spark fehlt.", "Spark is missing.", "Hol es.", "Get it.", rule="r"))
    with pytest.raises(spark.EngineMissing), open_run(run), run.step("dbt_build"):
        raise missing
    assert office.outcomes() == ["broken"]
    assert "Hol es." in office.var.last_refusal.read_text(encoding="utf-8")
    assert exit_code(run.record) == 1


def test_the_command_ends_with_a_sentence_where_spark_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "refresh", "--sample", "--engine", "spark", "--lang", "en"],
        env={
            **os.environ,
            "NORDWAERTS_VAR": str(tmp_path / "var"),
            "PATH": "",
            "JAVA_HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The refresh is to compute with Spark")
    assert "docs/guide-scale.md" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "var").exists()


def test_the_engine_is_the_declared_one_unless_told_otherwise(office: Office) -> None:
    declared = office.folder / "programme.yml"
    assert office.context().engine == "duckdb"
    declared.write_text(declared.read_text(encoding="utf-8") + "\nengine: spark\n", encoding="utf-8")
    programme = load_programme(office.folder)
    assert refresh_context(programme, office.var, is_sample=True).engine == "spark"
    assert refresh_context(programme, office.var, is_sample=True, engine="duckdb").engine == "duckdb"


def test_an_engine_there_is_not_is_refused_with_its_file(office: Office) -> None:
    declared = office.folder / "programme.yml"
    declared.write_text(declared.read_text(encoding="utf-8") + "\nengine: sparc\n", encoding="utf-8")
    with pytest.raises(StatedError, match="engine"):
        load_programme(office.folder)


def test_the_engine_is_part_of_what_a_release_is_known_by(office: Office, run_of: RunOf) -> None:
    one = run_of(office)
    other = RefreshRun.of(replace(one.context, engine="spark"))
    with open_run(one):
        first = one.arrival_sha256
    with open_run(other):
        assert other.arrival_sha256 != first


@pytest.mark.parametrize(
    ("kinds", "is_data"),
    [("CAST_INVALID_INPUT", True), ("DIVIDE_BY_ZERO", True), ("TABLE_OR_VIEW_NOT_FOUND", False), ("", False)],
)
def test_what_a_row_makes_impossible_is_no_fault_in_code(kinds: str, is_data: bool) -> None:
    assert is_about_data(kinds) is is_data


def test_tables_are_loaded_with_the_types_and_the_order_their_contract_states(tmp_path: Path) -> None:
    places = spark.SparkPlaces(tmp_path)
    for name in ("free", "bound", "empty"):
        (places.warehouse / "main.db" / name).mkdir(parents=True)
        where = "where false" if name == "empty" else ""
        duckdb.sql(f"copy (select 1 as n, 'x' as t {where}) to '{places.warehouse}/main.db/{name}/part-0.parquet'")
    contract = {"contract": {"enforced": True}}
    columns = {"t": {"data_type": "string"}, "n": {"data_type": "bigint"}}
    nodes = [
        {"alias": "free", "config": {}, "columns": {}},
        {"alias": "bound", "config": contract, "columns": columns},
        {"alias": "empty", "config": contract, "columns": columns},
    ]
    spark.load(tmp_path / "b.duckdb", places, nodes)
    with duckdb.connect(str(tmp_path / "b.duckdb")) as connection:
        types = {name: connection.sql(f"from main.{name}").dtypes for name in ("free", "bound", "empty")}
        assert types == {"free": ["INTEGER", "VARCHAR"], "bound": ["VARCHAR", "BIGINT"], "empty": ["VARCHAR", "BIGINT"]}
        assert connection.sql("from main.bound").fetchall() == [("x", 1)]


@pytest.mark.parametrize("left", ["nothing", "half"])
def test_a_build_that_says_nothing_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str) -> None:
    class Died:
        def __init__(self, command: list[str], **_: object) -> None:
            if left == "half":
                Path(command[3]).write_text(json.dumps({})[:1], encoding="utf-8")

        def __enter__(self) -> "Died":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def wait(self) -> None:
            pass

    monkeypatch.setattr(subprocess, "Popen", Died)
    with pytest.raises(spark.SparkBroken):
        spark.run_dbt(spark.SparkPlaces(tmp_path), tmp_path, tmp_path, ["build"])
