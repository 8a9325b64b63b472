"""Great Expectations never imports Spark, which a machine has for another purpose; whoever looks for it finds it afterwards."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_rules_leave_spark_alone_where_it_is_installed(tmp_path: Path) -> None:
    (tmp_path / "pyspark").mkdir()
    (tmp_path / "pyspark" / "__init__.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    code = (
        "from importlib.util import find_spec; from expectations import runner; runner._great_expectations();"
        "assert find_spec('pyspark') is not None"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
