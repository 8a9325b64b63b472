"""The landed sample deliveries and the verdicts on them, made once for all tests of claims."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from moved_city import Verdicts, judged, landed_sample

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def landed_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var folder with one release of the sample deliveries."""
    folder = tmp_path_factory.mktemp("var")
    landed_sample(folder)
    return folder


@pytest.fixture(scope="session")
def landed(landed_var: Path) -> Path:
    """The landed tables of that release."""
    return landed_var / "nordwaerts" / "landed"


@pytest.fixture(scope="session")
def base(landed: Path, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """The verdicts on the sample as it is."""
    return judged(landed, tmp_path_factory.mktemp("base"))


@pytest.fixture
def call_claims() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`nordwaerts claims` with arguments, as a process of its own."""

    def call(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", "claims", *arguments],
            cwd=REPOSITORY,
            env={**os.environ, "NORDWAERTS_VAR": str(var)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done

    return call
