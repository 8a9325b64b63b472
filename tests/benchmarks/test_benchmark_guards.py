"""The guards of the benchmark: contenders that differ, check less or fail stop it; phases sum to the whole."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.contenders import Round
from benchmarks.equality import Different, require_equal_checks, require_equal_marts
from benchmarks.marts_script import marts_script
from benchmarks.measuring import ContenderFailed, Measured, measure
from benchmarks.report import phases


def _mart(folder: Path, value: float, delivery: str) -> Path:
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"value": [value], "delivery_id": [delivery]}), folder / "fct_a.parquet")
    return folder


def test_a_different_figure_stops_the_benchmark_and_a_different_receipt_only_where_asked(tmp_path: Path) -> None:
    one, same = _mart(tmp_path / "one", 0.25, "x"), _mart(tmp_path / "same", 0.25 + 1e-12, "y")
    other = _mart(tmp_path / "other", 0.25 + 1e-6, "x")
    assert require_equal_marts(one, same, ["fct_a"], ["delivery_id"]) == 1
    with pytest.raises(Different, match="fct_a: 1 rows"):
        require_equal_marts(one, same, ["fct_a"])
    with pytest.raises(Different, match="fct_a: 1 rows"):
        require_equal_marts(one, other, ["fct_a"])


def _release(folder: Path, landed: list[str], marts: list[str]) -> Path:
    (folder / "internal").mkdir(parents=True)
    pq.write_table(pa.table({"check_id": landed}), folder / "internal" / "fct_data_quality.parquet")
    pq.write_table(pa.table({"check_id": marts}), folder / "checks.parquet")
    return folder


def test_a_contender_that_checks_less_stops_the_benchmark(tmp_path: Path) -> None:
    whole = _release(tmp_path / "whole", ["a:unique", "a:columns"], ["dbt:t", "m:columns"])
    less = _release(tmp_path / "less", ["a:unique"], ["dbt:t", "m:columns"])
    assert require_equal_checks(whole, whole) == {"gate 1": 2, "dbt tests": 1, "gate 2": 1}
    with pytest.raises(Different, match="gate_1 a:columns"):
        require_equal_checks(whole, less)


def test_a_failing_contender_stops_the_benchmark(tmp_path: Path) -> None:
    with pytest.raises(ContenderFailed, match="ended with 3"):
        measure(["-c", "raise SystemExit(3)"], tmp_path / "log", {})


def test_phases_sum_to_the_whole_process() -> None:
    noted = {"imports": 1.0, "definitions": 0.5, "archive": 0.1, "landing": 1.0, "gate_1": 2.0, "dbt_build": 3.0}
    noted |= {"dbt_models": 1.0, "dbt_tests": 2.0, "export": 0.2, "gate_2": 0.3, "release": 0.4, "total": 10.0}
    turn = Round({"refresh": Measured(10.5, 9.0, 1.0)}, noted, {"great_expectations": 1.5})
    found = phases(turn)
    assert sum(found.values()) == pytest.approx(10.5)
    assert found["gate 1 (Great Expectations)"] == pytest.approx(0.5)


def test_the_script_of_marts_keeps_the_order_and_leaves_out_what_a_refresh_notes_about_itself() -> None:
    def model(name: str, *parents: str) -> dict[str, object]:
        return {
            "resource_type": "model",
            "relation_name": name,
            "compiled_code": f"select {name}",
            "config": {"materialized": "table"},
            "depends_on": {"nodes": list(parents)},
        }

    nodes = {
        "model.a": model("a", "model.b"),
        "model.b": model("b", "source.landed.area_figure"),
        "model.c": model("c", "source.landed.refresh__check"),
    }
    text = marts_script({"nodes": nodes})
    assert text.index("create table b") < text.index("create table a")
    assert "create table c" not in text
