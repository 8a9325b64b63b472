"""One published sample release for all acceptance tests, and copies of it to alter.

`published` is made once by the command itself, in its own process; every test works on a copy.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from recomputed_gaps import Gaps
from recomputed_values import Recomputed
from refreshed_city import SAMPLE, City, command

from release.layout import VarFolder


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The var root of a first refresh from the committed sample set."""
    root = tmp_path_factory.mktemp("published")
    done = command("refresh", "--sample", var=root)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.fixture(scope="session")
def recomputed(published: Path) -> Recomputed:
    """All indicator values of that refresh, reckoned a second time without the models."""
    return Recomputed(VarFolder("nordwaerts", published).landed)


@pytest.fixture(scope="session")
def gaps(recomputed: Recomputed) -> Gaps:
    """Gap, family, dispersion and decomposition on those values."""
    return Gaps(recomputed)


@pytest.fixture
def city(published: Path, tmp_path: Path) -> City:
    """A copy of the published state, and a copy of the sample deliveries to alter."""
    shutil.copytree(published, tmp_path / "var", symlinks=True)
    shutil.copytree(SAMPLE, tmp_path / "deliveries")
    return City(VarFolder("nordwaerts", tmp_path / "var"), tmp_path / "deliveries")


@pytest.fixture
def empty_city(tmp_path: Path) -> Callable[[str], City]:
    """Cities that never published, by name, each with its own copy of the sample deliveries."""

    def make(name: str) -> City:
        shutil.copytree(SAMPLE, tmp_path / name / "deliveries")
        return City(VarFolder("nordwaerts", tmp_path / name / "var"), tmp_path / name / "deliveries")

    return make
