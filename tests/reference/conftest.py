"""One release from the reference files, made by the command itself, and read access to it."""

import json
from pathlib import Path

import pytest
from once import once
from reference_programme import PROGRAMME_ID, Released, assemble, deliver, reference_folder
from refreshing import command

from release.layout import VarFolder


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference files; skips where it is missing."""
    folder = reference_folder()
    if not (folder / "README.md").is_file():
        pytest.skip(f"reference files are not committed, and {folder} is missing; NORDWAERTS_REFERENCE names another")
    return folder


@pytest.fixture(scope="session")
def released(reference: Path) -> Released:
    """`nordwaerts refresh --programme <folder>` on the delivered files, once for a whole run of tests."""

    def release(folder: Path) -> None:
        programme = assemble(reference, folder / "programme")
        deliver(reference, folder / "inbox")
        places = {"NORDWAERTS_INBOX": str(folder / "inbox")}
        done = command("refresh", "--programme", str(programme), "--lang", "en", var=folder / "var", **places)
        said = {"exit_code": done.returncode, "output": done.stdout + done.stderr}
        (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")

    folder = once("reference", release)
    said = json.loads((folder / "said.json").read_text(encoding="utf-8"))
    return Released(reference, folder / "programme", VarFolder(PROGRAMME_ID, folder / "var"), **said)
