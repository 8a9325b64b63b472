"""Another version of the code, there and back: a release of its own with the same figures, and none computed on the way back."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from refreshing import ROOT, TINY_CITY, tiny_release

from release import ledger, reading
from release.layout import VarFolder
from watch.notices import notices

PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
    "wheel"
]


def nordwaerts(code: Path, var: VarFolder, *arguments: str) -> str:
    """What the command of one version of the code says."""
    path = os.pathsep.join([str(code), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments, "--programme", str(TINY_CITY)],
        cwd=code,
        env={**os.environ, "NORDWAERTS_VAR": str(var.root), "LANG": "C.UTF-8", "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_another_version_of_the_code_and_back(tmp_path: Path) -> None:
    """The first release is the one all tests share; of the last command the same code says that nothing is new."""
    var, later = VarFolder("kleinstadt", tmp_path / "var"), tmp_path / "later"
    shutil.copytree(tiny_release(), var.root, symlinks=True)
    for package in PACKAGES["packages"]:
        shutil.copytree(ROOT / package, later / package, ignore=shutil.ignore_patterns("__pycache__", "target"))
    changed = later / "refresh" / "exporting.py"
    changed.write_text(changed.read_text(encoding="utf-8") + "# a later version\n", encoding="utf-8")

    before = reading.current(var)
    nordwaerts(later, var, "refresh", "--sample")
    after = reading.current(var)
    assert before and after and before.release_id != after.release_id
    figures = [{mart: table.sha256 for mart, table in release.manifest.tables.items()} for release in (before, after)]
    assert figures[0] == figures[1], "the same figures, byte for byte"
    assert notices(var) == [], "an upgrade alone is nobody's business"

    nordwaerts(later, var, "rollback", before.release_id)
    assert "Nothing new delivered" in nordwaerts(ROOT, var, "refresh", "--sample")
    assert [entry.outcome for entry in ledger.read(var)] == ["published", "published", "rolled_back", "unchanged"]
