"""The trials of the engines say what they found, also what is bad; the killer kills a worker in mid build and no other time."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

import pytest

from benchmarks.measuring import Measured
from release.layout import VarFolder
from trials.cells import Compared
from trials.cluster import Killer
from trials.document import replaced
from trials.engines import Refreshed, section, unique_by


def refreshed(wall: float) -> Refreshed:
    return Refreshed(Measured(wall, 2 * wall, 100 * wall), VarFolder("p", Path()))


BOTH = {"duckdb": refreshed(2), "spark": refreshed(9)}
EQUAL = {"internal/a": Compared(1200, 3), "public/a": Compared(34, 0)}


def test_a_section_tells_ratios_cells_and_last_bits() -> None:
    told = section(10, BOTH, EQUAL, is_found=True, settings={}, date="2026-11-29")
    assert told.startswith("## The two engines at scale 10 (`make trial-spark SCALE=10`)\n")
    assert "1,234 cells" in told
    assert "no cell differs; 3 numbers differ in their last bits" in told
    assert "was found." in told
    assert "| CPU seconds | 4 | 18 | 4.5 |" in told
    assert "was found. Spark as it comes." in told


def test_a_section_tells_with_which_settings_spark_ran() -> None:
    settings = {
        "NORDWAERTS_SPARK_MEMORY": "8g",
        "NORDWAERTS_SPARK_COMPILES": "true",
        "NORDWAERTS_SPARK_LANDED": "s3://key:secret@store",
    }
    told = section(10, BOTH, EQUAL, is_found=True, settings=settings, date=None)
    assert "`NORDWAERTS_SPARK_COMPILES=true`, `NORDWAERTS_SPARK_MEMORY=8g`." in told
    assert "secret" not in told


def test_what_differs_is_named_and_a_comparison_that_finds_nothing_too() -> None:
    told = section(
        1, BOTH, {**EQUAL, "internal/b": Compared(5, 0, {"value": 2})}, is_found=False, settings={}, date=None
    )
    assert "internal/b: {'value': 2}" in told
    assert "no cell differs" not in told
    assert "NOT FOUND" in told


def test_sections_of_different_scales_stand_beside_each_other() -> None:
    document = "# Trials\n"
    for scale in (1, 10, 1):
        document = replaced(document, section(scale, BOTH, EQUAL, is_found=True, settings={}, date=None))
    assert document.count("## The two engines at scale 1 (") == document.count("at scale 10 (") == 1


class Made:
    """A manifest of two marts and a public form; one mart has a walk and no test of its grain."""

    marts: ClassVar = {"fct_a": {}, "fct_b": {}}
    tests: ClassVar = {
        "1": {"of": "fct_a", "test_metadata": {"name": "unique_combination", "kwargs": {"columns": ["id", "day"]}}},
        "2": {"of": "public_fct_a", "test_metadata": {"name": "unique_combination", "kwargs": {"columns": ["id"]}}},
        "3": {"of": "int_c", "test_metadata": {"name": "unique_combination", "kwargs": {"columns": ["x"]}}},
        "4": {"of": "fct_b", "test_metadata": {"name": "not_null", "kwargs": {"column_name": "x"}}},
        "5": {"of": "fct_b", "test_metadata": None},
    }

    def table_of(self, test: dict) -> str:
        return str(test["of"])

    def texts(self) -> dict:
        return {name: type("Text", (), {"trace": {"key": ["n"]}}) for name in self.marts}


def test_rows_meet_by_the_tested_grain_else_by_the_key_of_the_walk() -> None:
    assert unique_by(Made()) == {"fct_a": ("id", "day"), "public_fct_a": ("id",), "fct_b": ("n",)}  # type: ignore[arg-type]


@pytest.mark.parametrize(("there", "found"), [(3, 3), (1, 0)])
def test_a_worker_is_killed_once_so_many_tables_are_there(tmp_path: Path, there: int, found: int) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True) as worker:
        (tmp_path / "worker.pid").write_text(f"{worker.pid}\n", encoding="ascii")
        for number in range(there):
            (tmp_path / f"t{number}").mkdir()
            (tmp_path / f"t{number}" / "_SUCCESS").touch()
        killer = Killer(tmp_path / "worker.pid", tmp_path, at=2)
        killer.start()
        time.sleep(0.5)
        killer.is_over.set()
        killer.join()
        assert killer.found == found
        if not found:
            assert worker.poll() is None
            os.killpg(worker.pid, signal.SIGKILL)
        assert worker.wait(timeout=10) == -signal.SIGKILL
