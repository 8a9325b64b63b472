"""One published sample release for all acceptance tests, and refreshes on altered copies of it.

`published` is made once by the command itself, in its own process; every test works on a copy. Deliveries
are altered in a copy of the sample set. Refreshes inside a test run in this process, which is quicker.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.refresh import refresh
from orchestration.session import RefreshSession
from programmes.model import load_programme
from release.layout import VarFolder

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "programmes" / "nordwaerts" / "sample"


def command(*arguments: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `nordwaerts` in a process of its own; its output is in English."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "nordwaerts"), *arguments],
        env={**os.environ, "NORDWAERTS_VAR": str(var), "LANG": "en_GB.UTF-8", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@dataclass
class City:
    """A var folder and the place its deliveries come from, both private to one test."""

    var: VarFolder
    place: Path

    def refresh(self) -> RefreshSession:
        """Refresh in this process; the outcome is in the session."""
        session = RefreshSession(load_programme("nordwaerts"), self.var, self.place, is_synthetic=True)
        refresh(session)
        return session

    def reader_files(self) -> dict[str, bytes]:
        """Everything readers can see, byte for byte."""
        current = self.var.current.resolve()
        return {str(path.relative_to(self.var.releases)): path.read_bytes() for path in sorted(current.rglob("*.*"))}


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The var root of a first refresh from the committed sample set."""
    root = tmp_path_factory.mktemp("published")
    done = command("refresh", "--sample", var=root)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


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
