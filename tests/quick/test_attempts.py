"""Attempts to refresh from a quick test: each must fail. They mean something under `--quick` only.

Without it test_quick_run.py runs this file under `--quick` in a process of its own.
"""

from pathlib import Path

import pytest
import refreshing
from dbt_run import Build

from release import reading
from release.layout import VarFolder

REFUSAL = "a quick test may not refresh"


@pytest.fixture(autouse=True)
def only_quick(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("quick"):
        pytest.skip("test_quick_run.py runs this under --quick")


@pytest.mark.parametrize("module", ["dagster", "dbt.cli.main", "dagster_dbt"])
def test_import(module: str) -> None:
    with pytest.raises(ImportError, match=REFUSAL):
        __import__(module)


def test_refresh_in_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORDWAERTS_DEBUG", "1")
    var = VarFolder("nordwaerts", tmp_path)
    with pytest.raises(ImportError, match=REFUSAL):
        refreshing.refresh_here(var, refreshing.SAMPLE)
    assert reading.current(var) is None


def test_the_command(tmp_path: Path) -> None:
    done = refreshing.command("refresh", "--sample", var=tmp_path, NORDWAERTS_DEBUG="1")
    assert done.returncode == 1
    assert REFUSAL in done.stderr
    assert reading.current(VarFolder("nordwaerts", tmp_path)) is None


def test_the_shared_release() -> None:
    with pytest.raises(AssertionError):
        refreshing.first_release()


def test_a_build_of_the_models(tmp_path: Path) -> None:
    with pytest.raises(ImportError, match=REFUSAL):
        Build(tmp_path).run()
