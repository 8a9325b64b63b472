"""Refreshes for tests: the only module of the shared tests that names the modules of a refresh.

`command` runs the real command in a process of its own, `refresh_here` a refresh in this process, which is
quicker. `first_release` is the one refresh of the sample deliveries that a whole run of tests shares.
"""

import os
import subprocess
import sys
from pathlib import Path

from once import once

from orchestration import gate_two as gate_two
from orchestration.dbt_build import prepared_manifest as prepared_manifest
from orchestration.declared_tables import PROGRAMME_TABLES as PROGRAMME_TABLES
from orchestration.declared_tables import REFRESH_TABLES as REFRESH_TABLES
from orchestration.refresh import refresh
from orchestration.session import RefreshRefused as RefreshRefused
from orchestration.session import RefreshSession
from programmes.loading import load_programme
from programmes.model import Programme
from release.layout import VarFolder

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "programmes" / "nordwaerts" / "sample"


def command(*arguments: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `nordwaerts` in a process of its own; its output is in English."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "nordwaerts"), *arguments],
        env={**os.environ, "NORDWAERTS_VAR": str(var), "LANG": "en_GB.UTF-8", **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def session(var: VarFolder, place: Path, programme: Programme | None = None) -> RefreshSession:
    """A refresh that has not begun, of deliveries that are made up; of nordwärts unless another is given."""
    return RefreshSession(programme or load_programme("nordwaerts"), var, place, is_synthetic=True)


def refresh_here(var: VarFolder, place: Path, programme: Programme | None = None) -> RefreshSession:
    """Refresh in this process; what came of it is in the session."""
    begun = session(var, place, programme)
    refresh(begun)
    return begun


def first_release() -> Path:
    """The var root of a first refresh from the committed sample set, made with the network cut; never altered.

    Beside it lies `connections.txt` if the refresh tried to connect.
    """

    def make(folder: Path) -> None:
        done = command(
            "refresh",
            "--sample",
            var=folder / "var",
            CONNECTION_LOG=str(folder / "connections.txt"),
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return once("first_release", make) / "var"
