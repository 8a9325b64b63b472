"""`pytest --quick`: runs every test of the quick folders and no other, and none of them can refresh."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from quick_folders import QUICK

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def _pytest(*arguments: str) -> str:
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *arguments]
    apart = {name: value for name, value in os.environ.items() if not name.startswith("NORDWAERTS_")}
    done = subprocess.run(command, cwd=ROOT, env=apart, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_attempts_to_refresh_fail_under_quick(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("quick"):
        pytest.skip("test_attempts.py runs in this very process")
    assert re.search(r"\b7 passed in", _pytest("--quick", str(Path(__file__).with_name("test_attempts.py"))))


def test_quick_collects_the_quick_folders_and_no_other() -> None:
    found = _pytest("--quick", "--collect-only")
    folders = {line.split("/")[1] for line in found.splitlines() if "::" in line}
    assert folders == set(QUICK)


def test_long_tests_run_only_where_m_chooses_them() -> None:
    file = "tests/trials/test_state_trial.py"
    left, chosen = (_pytest("--collect-only", *marked, file) for marked in ([], ["-m", "long"]))
    assert "test_two_cities" not in left and "test_spark_has_its_row" in left
    assert "test_two_cities" in chosen and "test_spark_has_its_row" not in chosen
