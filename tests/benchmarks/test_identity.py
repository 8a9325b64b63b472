"""The comparison with an earlier commit sees every kind of difference and lets pass only declared columns."""

import subprocess
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.identity import LAYERS, differences, export, undeclared
from benchmarks.measuring import ROOT, measure


def _marts(folder: Path, **columns: list[Any]) -> Path:
    for layer in LAYERS:
        (folder / layer).mkdir(parents=True)
        pq.write_table(pa.table(columns), folder / layer / "fct_a.parquet")
    return folder


def test_equal_bytes_are_no_difference(tmp_path: Path) -> None:
    one = _marts(tmp_path / "one", area=["a", "b"], value=[1, None])
    other = _marts(tmp_path / "other", area=["a", "b"], value=[1, None])
    assert differences(one, other) == {}


def test_a_changed_cell_is_counted_in_its_column_and_may_be_declared(tmp_path: Path) -> None:
    one = _marts(tmp_path / "one", delivery=["x", "y", "z"], area=["a", "b", "c"], value=[1, None, 3])
    other = _marts(tmp_path / "other", delivery=["x", "a", "z"], area=["a", "b", "c"], value=[1, 2, 3])
    found = differences(one, other)
    assert found == {f"{layer}/fct_a": {"delivery": 1, "value": 1} for layer in LAYERS}
    assert undeclared(found, ["fct_a.delivery"]) == ["internal/fct_a", "public/fct_a"]
    assert undeclared(found, ["fct_a.*"]) == ["internal/fct_a", "public/fct_a"]
    assert undeclared(found, ["fct_a.delivery", "fct_a.value"]) == []


def test_values_that_changed_places_are_seen(tmp_path: Path) -> None:
    one = _marts(tmp_path / "one", area=["a", "b", "c"], value=[1, 2, 3])
    other = _marts(tmp_path / "other", area=["a", "b", "c"], value=[2, 1, 3])
    assert differences(one, other)["public/fct_a"] == {"value": 2}


def test_the_same_cells_in_other_bytes_cannot_be_declared(tmp_path: Path) -> None:
    one, other = _marts(tmp_path / "one", area=["a", "b"]), _marts(tmp_path / "other", area=["b", "a"])
    found = differences(one, other)
    assert found["internal/fct_a"] == {}
    assert undeclared(found, ["fct_a.area", "fct_a.*"]) == ["internal/fct_a", "public/fct_a"]


def test_rows_columns_and_marts_on_one_side_only_are_named(tmp_path: Path) -> None:
    one = _marts(tmp_path / "one", area=["a", "b"], old=[1, 1])
    other = _marts(tmp_path / "other", area=["a", "b", "c"], new=[1, 1, 1])
    pq.write_table(pa.table({"area": ["a"] * 5}), other / "public" / "fct_b.parquet")
    found = differences(one, other)
    assert found["internal/fct_a"] == {"old": 2, "new": 3, "*": 1}
    assert found["public/fct_b"] == {"*": 5}
    assert undeclared(found, ["fct_a.old", "fct_a.new", "fct_a.*"]) == ["public/fct_b"]


def test_nothing_to_compare_is_an_error(tmp_path: Path) -> None:
    one = _marts(tmp_path / "one", area=["a"])
    (one / "public" / "fct_a.parquet").unlink()
    with pytest.raises(FileNotFoundError, match="no marts"):
        differences(one, one)


def test_the_export_of_a_commit_runs_its_own_packages(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this copy of the project has no history")
    with pytest.raises(subprocess.CalledProcessError):
        export("no-such-commit", tmp_path / "none")
    export("HEAD", tmp_path / "base")
    (tmp_path / "base" / "benchmarks" / "__init__.py").write_text("OF_THE_EXPORT = True\n")
    only_there = ["-c", "import benchmarks; assert benchmarks.OF_THE_EXPORT"]
    assert measure(only_there, tmp_path / "log", {}, root=tmp_path / "base").wall > 0
