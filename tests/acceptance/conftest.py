"""Copies of the published sample release to alter, and a second computation of its figures.

The release itself is `published` of tests/conftest.py; what is computed from it is computed once for a run of tests.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from once import computed_once
from recomputed_gaps import Gaps
from recomputed_values import Recomputed
from refreshed_city import City
from refreshing import SAMPLE

from release.layout import VarFolder


@pytest.fixture(scope="session")
def recomputed(published: Path) -> Recomputed:
    """All indicator values of that refresh, computed a second time without the models."""
    found: Recomputed = computed_once("recomputed", lambda: Recomputed(VarFolder("nordwaerts", published).landed))
    return found


@pytest.fixture(scope="session")
def gaps(recomputed: Recomputed) -> Gaps:
    """Gap, family, dispersion and decomposition on those values."""
    found: Gaps = computed_once("gaps", lambda: Gaps(recomputed))
    return found


@pytest.fixture
def city(published: Path, tmp_path: Path) -> City:
    """A copy of the published state, and a copy of the sample deliveries to alter."""
    return City.copied(published, tmp_path)


@pytest.fixture
def empty_city(tmp_path: Path) -> Callable[[str], City]:
    """Cities that never published, by name, each with its own copy of the sample deliveries."""

    def make(name: str) -> City:
        shutil.copytree(SAMPLE, tmp_path / name / "deliveries")
        return City(VarFolder("nordwaerts", tmp_path / name / "var"), tmp_path / name / "deliveries")

    return make
