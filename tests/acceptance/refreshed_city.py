"""A city for the acceptance tests: its var folder, its deliveries, and refreshes of it.

Refreshes inside a test run in this process, which is quicker; `command` runs the real command in its own.
"""

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration.launch import refresh_now
from programmes.loading import load_programme
from refresh.context import RefreshContext, refresh_context
from refresh.record import RefreshRecord
from release.layout import VarFolder

SAMPLE = Path(__file__).resolve().parents[2] / "programmes" / "nordwaerts" / "sample"


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

    def context(self) -> RefreshContext:
        """What a refresh of this city works on."""
        return replace(refresh_context(load_programme("nordwaerts"), self.var, is_sample=True), inbox=self.place)

    def refresh(self) -> RefreshRecord:
        """Refresh in this process; what came of it."""
        return refresh_now(self.context())

    def reader_files(self) -> dict[str, bytes]:
        """Everything readers can see, byte for byte."""
        current = self.var.current.resolve()
        return {str(path.relative_to(self.var.releases)): path.read_bytes() for path in sorted(current.rglob("*.*"))}
