"""Offices of the tests of refresh/, private to each test; see made_up_office.py."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from made_up_office import TINY_CITY, YEARLY, Office, places

from expectations import direct
from refresh import exporting, landing
from refresh.run import RefreshRun
from release.layout import VarFolder


@pytest.fixture(autouse=True)
def _rules_run_directly(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules run through DuckDB, which takes a tenth of the time; tests/expectations holds both ways to one verdict.

    A test marked `great_expectations` runs them as a refresh does.
    """
    if not request.node.get_closest_marker("great_expectations"):
        for step in (landing, exporting):
            monkeypatch.setattr(step, "run_suite", direct.run_suite)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """The office as it is before the first refresh: one source."""
    folder = Path(shutil.copytree(TINY_CITY, tmp_path / "kleinstadt"))
    return Office(folder, VarFolder("kleinstadt", tmp_path / "var"))


@pytest.fixture
def yearly_office(office: Office) -> Office:
    """The same office with a second source that delivers every year, and keeps its last good delivery."""
    (office.folder / "sources" / "vereine.yml").write_text(YEARLY, encoding="utf-8")
    office.deliver("vereine", "2020.csv", places(2020), "2021-02-01T08:00:00Z")
    office.deliver("vereine", "2021.csv", places(2021), "2022-02-01T08:00:00Z")
    return office


@pytest.fixture
def run_of() -> Callable[..., RefreshRun]:
    """A run of an office that has not begun; each is a new one."""

    def make(office: Office, **changes: object) -> RefreshRun:
        return replace(RefreshRun.of(office.context()), **changes)  # type: ignore[arg-type]

    return make
