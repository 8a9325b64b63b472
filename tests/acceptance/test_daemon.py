"""Dagster's own daemon, for real: the schedule at a near minute and the sensor each start a refresh that ends well."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from refreshed_city import TINY_CITY, City
from refreshing import ROOT

from orchestration.inbox_sensor import NAME
from orchestration.nightly import prepare_home
from release import ledger
from release.layout import VarFolder

PATIENCE = 240


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VarFolder:
    """The tiny city after its first release, as the daemon finds it; its schedule is due every minute."""
    var = City.tiny(tmp_path).var
    monkeypatch.setenv("NORDWAERTS_VAR", str(var.root))
    monkeypatch.setenv("NORDWAERTS_PROGRAMME", str(TINY_CITY))
    monkeypatch.setenv("NORDWAERTS_SAMPLE", "1")
    monkeypatch.setenv("NORDWAERTS_CRON", "* * * * *")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("DAGSTER_HOME", str(var.dagster))
    prepare_home(var.dagster)
    return var


@pytest.fixture
def daemon(city: VarFolder, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    _dagster("schedule", "start", "nightly_schedule")
    _dagster("sensor", "start", NAME)
    with (tmp_path / "daemon.log").open("wb") as log:
        started = subprocess.Popen(
            [*_program("dagster._daemon"), "run", "-w", "workspace.yaml"],
            cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        yield started
        os.killpg(started.pid, signal.SIGTERM)
        try:
            started.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def _program(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _dagster(*arguments: str) -> None:
    subprocess.run(
        [*_program("dagster"), *arguments, "-w", "workspace.yaml"], cwd=ROOT, check=True, capture_output=True
    )


def _succeeded(tag: str) -> list[dg.DagsterRun]:
    with dg.DagsterInstance.get() as instance:
        runs = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS]))
    return [run for run in runs if tag in run.tags]


def test_schedule_and_sensor_start_a_refresh(city: VarFolder, daemon: subprocess.Popen[bytes], tmp_path: Path) -> None:
    wanted = {"dagster/schedule_name", "dagster/sensor_name"}
    begun = time.monotonic()
    while any(not _succeeded(tag) for tag in wanted):
        assert daemon.poll() is None and time.monotonic() - begun < PATIENCE, (tmp_path / "daemon.log").read_text()
        time.sleep(2)
    outcomes = [entry.outcome for entry in ledger.read(city)]
    assert (outcomes[0], set(outcomes[1:])) == ("published", {"unchanged"})
    assert len(outcomes) > 2, "a line of the schedule's refresh and one of the sensor's"
