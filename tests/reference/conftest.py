"""One release from the reference files per test session, made by the command itself, and read access to it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from reference_programme import PROGRAMME_ID, Released, assemble, deliver, reference_folder

from release.layout import VarFolder


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference files; skips where it is missing."""
    folder = reference_folder()
    if not (folder / "README.md").is_file():
        pytest.skip(f"reference files are not committed, and {folder} is missing; NORDWAERTS_REFERENCE names another")
    return folder


@pytest.fixture(scope="session")
def released(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Released:
    """`nordwaerts refresh --programme <folder>` on the delivered files, in a process of its own."""
    scratch = tmp_path_factory.mktemp("reference")
    programme = assemble(reference, scratch / "programme")
    deliver(reference, scratch / "inbox")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("nordwaerts")), "refresh", "--programme", str(programme), "--lang", "en"],
        env={**os.environ, "NORDWAERTS_VAR": str(scratch / "var"), "NORDWAERTS_INBOX": str(scratch / "inbox")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    var = VarFolder(PROGRAMME_ID, scratch / "var")
    return Released(reference, programme, var, done.returncode, done.stdout + done.stderr)
