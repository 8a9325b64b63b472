"""The tiny city on Apache Spark: every model, seed, data test and unit test, and every mart cell by cell as on DuckDB.

Skipped with a reason where Java or the packages are missing; `make equal-engines` runs it alone, and installs the packages.
"""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import duckdb
import pytest
from dbt_run import PROJECT, Build
from landed_city import write_city
from once import once

from refresh import spark
from refresh.modelling import DbtManifest
from trials.cells import compare
from trials.engines import unique_by


def _missing() -> str:
    try:
        spark.require_engine("spark")
    except spark.EngineMissing as missing:
        return missing.reason.en
    return ""


MISSING = _missing()
pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(MISSING), reason=MISSING)]


def _build(folder: Path, *selected: str) -> dict[str, spark.Became]:
    arguments = ["build", *selected, "--vars", "{is_synthetic: true}"]
    return spark.run_dbt(spark.SparkPlaces(folder / "spark"), PROJECT, folder / "landed", arguments)


@pytest.fixture(scope="module")
def on_spark() -> Path:
    """The tiny city built on Spark with all data tests and unit tests: what became of every node, and its tables."""

    def make(folder: Path) -> None:
        write_city(folder / "landed")
        became = _build(folder, "--exclude-resource-type", "exposure")
        told = {unique_id: asdict(each) for unique_id, each in became.items()}
        (folder / "became.json").write_text(json.dumps(told), encoding="utf-8")

    return once("tiny_city_on_spark", make)


@pytest.fixture(scope="module")
def became(on_spark: Path) -> dict[str, Any]:
    return json.loads((on_spark / "became.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def manifest(built: Build) -> DbtManifest:
    return DbtManifest(built.folder / "target" / "manifest.json")


@pytest.fixture(scope="module")
def keys(manifest: DbtManifest) -> dict[str, tuple[str, ...]]:
    found = unique_by(manifest)
    assert manifest.marts.keys() <= found.keys()
    return found


@pytest.fixture(scope="module")
def both(
    built: Build, on_spark: Path, became: dict[str, Any], manifest: DbtManifest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Spark's tables as a refresh loads them, with DuckDB's attached as `built`."""
    database = tmp_path_factory.mktemp("engines") / "spark.duckdb"
    nodes = manifest.content["nodes"]
    spark.load(
        database,
        spark.SparkPlaces(on_spark / "spark"),
        [nodes[name] for name, each in became.items() if name.startswith(("model.", "seed.")) and each["status"] == "success"],
    )
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"attach '{built.database}' as built (read_only)")
        yield connection


def test_every_model_seed_data_test_and_unit_test_passes_on_spark(built: Build, became: dict[str, Any]) -> None:
    assert {name: each for name, each in became.items() if each["status"] not in ("success", "pass")} == {}
    assert {"model", "seed", "test", "unit_test"} <= {name.partition(".")[0] for name in became}
    assert len(became) == len(built.results), "what dbt runs on DuckDB it runs on Spark"


def test_every_cell_of_every_published_table_is_equal(
    both: duckdb.DuckDBPyConnection, keys: dict[str, tuple[str, ...]]
) -> None:
    compared = {name: compare(both, f"built.main.{name}", f"main.{name}", key) for name, key in keys.items()}
    assert {name: each.differing for name, each in compared.items() if each.differing} == {}
    unread = [name for name, each in compared.items() if not each.cells]
    assert {name: both.sql(f"select count(*) from built.main.{name}").fetchall() for name in unread} == dict.fromkeys(
        unread, [(0,)]
    )


@pytest.mark.parametrize("change", ["value * (1 + 1e-8)", "null"])
def test_a_planted_difference_is_found(
    both: duckdb.DuckDBPyConnection, keys: dict[str, tuple[str, ...]], change: str
) -> None:
    planted = f"(select * replace (case when indicator_id = 'grade' then {change} else value end as value) from main.fct_indicator_value)"
    found = compare(both, "built.main.fct_indicator_value", planted, keys["fct_indicator_value"]).differing
    assert found.keys() == {"value"}


def test_a_java_that_dies_in_mid_build_is_told_and_no_model_is_blamed(tmp_path: Path) -> None:
    write_city(tmp_path / "landed")
    tables = tmp_path / "spark" / "warehouse" / "main.db"

    def kill() -> None:
        while not list(tables.glob("*/_SUCCESS")):
            sleep(0.1)
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):  # gone meanwhile
                program, *words = path.read_bytes().split(b"\0")
                if program.endswith(b"java") and str(tables.parent).encode() in b" ".join(words):
                    os.kill(int(path.parent.name), signal.SIGKILL)

    killer = Thread(target=kill)
    killer.start()
    with pytest.raises(spark.SparkBroken, match=r"^Java: exit -9"):
        _build(tmp_path, "--exclude-resource-type", "exposure", "test", "unit_test")
    killer.join()
