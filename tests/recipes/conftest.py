"""The tiny city: one var folder for all recipes, its first release, and a copy of the folder to add to."""

import shutil
from pathlib import Path

import pytest
from refreshing import TINY_CITY, tiny_release
from tiny_city_refresh import Published, Refresh, refresh_into

from release.layout import VarFolder


@pytest.fixture(scope="session")
def refresh_city(tmp_path_factory: pytest.TempPathFactory) -> Refresh:
    """Refreshes of the tiny city, all into one var folder, which holds its first release, unless another is named.

    The orchestrator keeps its event log in memory: on disk it takes as long as the rest of the refresh.
    """
    root = tmp_path_factory.mktemp("kleinstadt")
    shutil.copytree(tiny_release(), root, symlinks=True, dirs_exist_ok=True)

    def run(folder: Path, into: Path = root) -> Published:
        from dagster import DagsterInstance

        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DAGSTER_HOME", str(into))  # a refresh names its own; this puts it back
            patch.setattr(DagsterInstance, "from_config", lambda *_: DagsterInstance.ephemeral())
            return refresh_into(into, folder)

    return run


@pytest.fixture(scope="session")
def city() -> Published:
    """The release of the tiny city as committed."""
    return Published.current(VarFolder("kleinstadt", tiny_release()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny city's folder, to add to."""
    return Path(shutil.copytree(TINY_CITY, tmp_path / "kleinstadt"))
