"""Refreshes for tests: the only module of the shared tests that names the modules of a refresh.

`command` runs the real command in a process of its own, `refresh_here` a refresh in this process, which is
quicker. `first_release` is the one refresh of the sample deliveries that a whole run of tests shares, `tiny_release`
that of the tiny city; `parsed` spares a new var folder the parse of the dbt project.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from once import once

from orchestration.launch import refresh_now
from programmes.loading import load_programme
from programmes.model import Programme
from refresh import exporting as exporting
from refresh.context import RefreshContext as RefreshContext
from refresh.context import refresh_context
from refresh.delivery_tables import REFRESH_TABLES as REFRESH_TABLES
from refresh.modelling import DbtWorkspace as DbtWorkspace
from refresh.modelling import prepared_manifest as prepared_manifest
from refresh.outcomes import RefreshRefused as RefreshRefused
from refresh.programme_tables import PROGRAMME_TABLES as PROGRAMME_TABLES
from refresh.record import RefreshRecord as RefreshRecord
from refresh.run import RefreshRun as RefreshRun
from refresh.run import open_run as open_run
from release.layout import VarFolder

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "programmes" / "nordwaerts" / "sample"
TINY_CITY = ROOT / "tests" / "recipes" / "tiny_city"


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


def context(var: VarFolder, inbox: Path, programme: Programme | None = None) -> RefreshContext:
    """What a refresh of made-up deliveries works on; of nordwärts unless another programme is given."""
    return replace(refresh_context(programme or load_programme("nordwaerts"), var, is_sample=True), inbox=inbox)


def refresh_here(var: VarFolder, inbox: Path, programme: Programme | None = None) -> RefreshRecord:
    """Refresh in this process; what came of it."""
    return refresh_now(context(var, inbox, programme))


def parsed(var: VarFolder) -> VarFolder:
    """A new var folder for samples in which the dbt project is parsed already; a whole run of tests parses it once so.

    A first refresh that parses for itself is that of `first_release`, and those of the guides.
    """

    def make(folder: Path) -> None:
        prepared_manifest(DbtWorkspace(VarFolder("parsed", folder).create(), is_synthetic=True))

    shutil.copytree(
        once("parsed", make) / "parsed" / "build" / "dbt", DbtWorkspace(var.create(), is_synthetic=True).target
    )
    return var


def tiny_release() -> Path:
    """The var root of a first refresh of the tiny city from its sample; never altered."""

    def make(folder: Path) -> None:
        record = refresh_here(parsed(VarFolder("kleinstadt", folder)), TINY_CITY / "sample", load_programme(TINY_CITY))
        assert record.outcome == "published", [reason.text("en") for reason in record.reasons]

    return once("tiny_release", make)


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
