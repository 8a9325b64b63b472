"""Spark as the engine, without Spark: what is missing is said, what it built is loaded, what is about data is told apart."""

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


class Dies:
    """Stands for dbt on Spark that ends before it says what became of the models."""

    left: str
    stdout = (
        "# A fatal error has been detected by the Java Runtime Environment: SIGSEGV (0xb) at pc=0x00007f\n",
        "[Errno 111] Connection refused\n",
        "26/11/30 13:18:40 ERROR Executor: Exception in task 1.0 in stage 460.0\n",
        "java.lang.OutOfMemoryError: Java heap space\n",
        "org.apache.spark.SparkDateTimeException: [CAST_INVALID_INPUT] The value 'Musterfrau, [GEHEIM] GeheimError' of the type\n",
    )

    def __init__(self, command: list[str], **_: object) -> None:
        Path(command[3]).write_text(self.left, encoding="utf-8")

    def __enter__(self) -> "Dies":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def wait(self) -> int:
        return -9


@pytest.mark.parametrize(
    ("left", "who"),
    [
        ("", "dbt: exit -9"),
        ('{"java_ended": nul', "dbt: exit -9"),
        ('{"java_ended": -11, "nodes": {}}', "Java: exit -11"),
        ('{"java_ended": 0, "nodes": {}}', "Java: exit 0"),
    ],
)
def test_a_build_that_breaks_off_says_how_and_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str, who: str
) -> None:
    monkeypatch.setattr(Dies, "left", left, raising=False)
    monkeypatch.setattr(subprocess, "Popen", Dies)
    with pytest.raises(spark.SparkBroken) as broken:
        spark.run_dbt(spark.SparkPlaces(tmp_path), tmp_path, tmp_path, ["build"])
    assert str(broken.value).split(", ") == [
        who, "CAST_INVALID_INPUT", "Errno 111", "SIGSEGV", "java.lang.OutOfMemoryError",
        "org.apache.spark.SparkDateTimeException",
    ]  # fmt: skip


def test_what_dbt_itself_stumbles_over_is_named(tmp_path: Path) -> None:
    with pytest.raises(spark.SparkBroken, match=r"^dbt: exit 1, .*DbtProjectError"):
        spark.run_dbt(spark.SparkPlaces(tmp_path / "spark"), tmp_path, tmp_path, ["build"])


class ReadsLanded:
    """Stands for dbt on Spark: notes where it would read landed tables, and what lies there."""

    found: dict[str, list[str]]
    stdout = ()

    def __init__(self, command: list[str], env: dict[str, str], **_: object) -> None:
        self.out, self.address = Path(command[3]), env["NORDWAERTS_LANDED"]

    def __enter__(self) -> "ReadsLanded":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def wait(self) -> None:
        place = Path(self.address.removeprefix("file://"))
        files = sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
        ReadsLanded.found = {self.address: files}
        self.out.write_text('{"java_ended": null, "nodes": {}}', encoding="utf-8")


@pytest.fixture
def landed(tmp_path: Path) -> Path:
    """Landed tables of a city and of a state."""
    for name in ("area_figure/statistik.parquet", "event/programme=elmstedt/events.parquet"):
        path = tmp_path / "var" / "kleinstadt" / "landed" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"rows")
    return tmp_path / "var" / "kleinstadt" / "landed"


@pytest.fixture
def build_on_spark(tmp_path: Path, landed: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, list[str]]]:
    """Build, and say where Spark read what."""
    monkeypatch.setattr(subprocess, "Popen", ReadsLanded)

    def build() -> dict[str, list[str]]:
        spark.run_dbt(spark.SparkPlaces(tmp_path / "spark"), tmp_path, landed, ["build"])
        return ReadsLanded.found

    return build


TABLES = ["area_figure/statistik.parquet", "event/programme=elmstedt/events.parquet"]


def test_spark_reads_the_folder_of_the_landed_tables(build_on_spark: Callable, landed: Path) -> None:
    assert build_on_spark() == {str(landed): TABLES}


def test_landed_tables_are_put_where_a_cluster_reads_them_and_taken_away_again(
    build_on_spark: Callable, landed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORDWAERTS_SPARK_LANDED", f"file://{tmp_path}/store/")
    [[address, files]] = build_on_spark().items()
    copy = Path(address.removeprefix("file://"))
    assert copy.name.startswith("landed-of-kleinstadt-")
    assert copy.parent == tmp_path / "store"
    assert files == TABLES
    assert not copy.exists()
    (copy / "event").mkdir(parents=True)
    (copy / "event" / "torn.parquet").write_bytes(b"of a killed build")
    assert build_on_spark() == {address: TABLES}
    assert len(list(landed.rglob("*.parquet"))) == 2


def test_what_lies_at_the_address_already_stays_even_a_var_folder_of_the_programme(
    build_on_spark: Callable, landed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (landed.parent / "ledger.jsonl").write_text("{}", encoding="utf-8")
    before = sorted(path for path in (tmp_path / "var").rglob("*") if path.is_file())
    monkeypatch.setenv("NORDWAERTS_SPARK_LANDED", f"file://{tmp_path}/var")
    [files] = build_on_spark().values()
    assert files == TABLES
    assert sorted(path for path in (tmp_path / "var").rglob("*") if path.is_file()) == before


def test_another_var_folder_of_the_same_programme_has_a_copy_of_its_own(
    build_on_spark: Callable, landed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORDWAERTS_SPARK_LANDED", f"file://{tmp_path}/store")
    first = build_on_spark()
    landed.parent.parent.rename(tmp_path / "elsewhere")
    spark.run_dbt(
        spark.SparkPlaces(tmp_path / "spark"), tmp_path, tmp_path / "elsewhere" / "kleinstadt" / "landed", ["build"]
    )
    assert ReadsLanded.found.keys().isdisjoint(first)


def test_a_copy_that_could_not_be_finished_is_taken_away(
    build_on_spark: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(_source: str, place: str, **_: object) -> None:
        (Path(place) / "half.parquet").write_bytes(b"ro")
        raise OSError(28, "No space left")

    monkeypatch.setenv("NORDWAERTS_SPARK_LANDED", f"file://{tmp_path}/store")
    monkeypatch.setattr(spark.fs, "copy_files", half)
    with pytest.raises(spark.EngineMissing):
        build_on_spark()
    assert list((tmp_path / "store").iterdir()) == []


@pytest.mark.parametrize("address", ["relative/folder", "gopher://user:secret@host/landed", "file:///proc/nowhere"])
def test_an_address_that_cannot_be_written_is_a_sentence_without_the_address(
    build_on_spark: Callable, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("NORDWAERTS_SPARK_LANDED", address)
    with pytest.raises(spark.EngineMissing, match="NORDWAERTS_SPARK_LANDED") as missing:
        build_on_spark()
    assert missing.value.reason.rule == "landed_shared"
    assert "secret" not in missing.value.reason.en + str(missing.value)
