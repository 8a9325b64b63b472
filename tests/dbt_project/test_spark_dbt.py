"""dbt on Spark in a process of its own, with a dbt that is none: it ends with its starter, and tells kinds, never messages."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_DBT = """
import subprocess, sys, time
from types import SimpleNamespace as Some

def start_java(program):
    # In the place of pyspark's: a Java that answers nobody.
    java = Some(proc=subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE))
    sys.modules["pyspark"] = Some(SparkContext=Some(_gateway=java, _active_spark_context=None))
    return java.proc

class dbtRunner:
    def invoke(self, arguments):
        if arguments == ["sleep"]:
            print("asleep", flush=True)
            time.sleep(600)
        if arguments == ["nothing"]:
            return Some(result=None, exception=None)
        if arguments == ["raises"]:
            return Some(result=None, exception=ConnectionError("secret"))
        if arguments == ["java dies"]:
            start_java("import os; os._exit(3)").wait()
        if arguments == ["java lives"]:
            start_java("input()")
        message = "Runtime Error in model a (a.sql)\\n  [CAST_INVALID.INPUT_1] The value 'secret [SECRET] SecretError' of [x] cannot be cast."
        node = Some(unique_id="model.a")
        return Some(result=Some(results=[Some(node=node, status="error", execution_time=1.5, failures=None, message=message)]))
"""


@pytest.fixture
def made_up_dbt(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "dbt" / "cli").mkdir(parents=True)
    for folder in (tmp_path / "dbt", tmp_path / "dbt" / "cli"):
        (folder / "__init__.py").touch()
    (tmp_path / "dbt" / "cli" / "main.py").write_text(_DBT, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}


def start(out: Path, environment: dict[str, str], argument: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "refresh.spark_dbt", str(out), argument],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_it_ends_with_whoever_started_it(tmp_path: Path, made_up_dbt: dict[str, str]) -> None:
    with start(tmp_path / "out.json", made_up_dbt, "sleep") as process:
        assert process.stdin and process.stdout
        assert process.stdout.readline() == "asleep\n"
        process.stdin.close()
        assert process.wait(timeout=20) == 1


@pytest.mark.parametrize(("argument", "java_ended"), [("build", None), ("java dies", 3), ("java lives", None)])
def test_it_tells_kinds_of_errors_and_how_java_ended_and_no_message(
    tmp_path: Path, made_up_dbt: dict[str, str], argument: str, java_ended: int | None
) -> None:
    with start(tmp_path / "out.json", made_up_dbt, argument) as process:
        assert process.wait(timeout=20) == 0
    told = (tmp_path / "out.json").read_text(encoding="utf-8")
    kinds = ["CAST_INVALID.INPUT_1"]
    assert json.loads(told) == {
        "java_ended": java_ended,
        "nodes": {"model.a": {"status": "error", "seconds": 1.5, "failed_count": None, "kinds": kinds}},
    }
    assert "secret" not in told.lower()


@pytest.mark.parametrize("argument", ["nothing", "raises"])
def test_without_results_it_fails_and_writes_nothing(
    tmp_path: Path, made_up_dbt: dict[str, str], argument: str
) -> None:
    with start(tmp_path / "out.json", made_up_dbt, argument) as process:
        assert process.wait(timeout=20) == 1
    assert not (tmp_path / "out.json").exists()


def test_a_run_of_tests_without_java_says_at_its_end_that_spark_was_left_out(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", "tests/dbt_project/test_engines.py"],
        env={**os.environ, "JAVA_HOME": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "Nothing was tested on Apache Spark. The refresh is to compute with Spark" in done.stdout
    assert "passed" not in done.stdout
