"""The landed sample deliveries and the verdicts on them, made once for a whole run of tests."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from moved_city import Verdicts, judged_once

from release.layout import VarFolder

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def landed(published: Path) -> Path:
    """The landed tables of the published sample release."""
    return VarFolder("nordwaerts", published).landed


@pytest.fixture(scope="session")
def base(landed: Path) -> Verdicts:
    """The verdicts on the sample as it is."""
    return judged_once("base", landed)


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
