"""The prepared manifest is made anew whenever it no longer fits or is torn, and otherwise read as it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from made_up_office import Office

from refresh import modelling
from refresh.modelling import DbtWorkspace, prepared_manifest


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """dbt without dbt: every parse writes an empty manifest and is counted."""
    made: list[Path] = []

    def parse(workspace: DbtWorkspace, *_: Any, **__: Any) -> None:
        (workspace.target / "manifest.json").write_text(json.dumps({"nodes": {}}), encoding="utf-8")
        made.append(workspace.target)

    monkeypatch.setattr(modelling, "_invoke", parse)
    return made


def test_a_whole_manifest_is_read_and_not_made_anew(office: Office, parsed: list[Path]) -> None:
    for _ in range(3):
        assert prepared_manifest(DbtWorkspace(office.var, True)).content == {"nodes": {}}
    assert len(parsed) == 1


@pytest.mark.parametrize("file", ["manifest.json", "prepared.txt"])
@pytest.mark.parametrize("cut", [True, False], ids=["torn", "gone"])
def test_a_torn_or_missing_file_is_made_anew(office: Office, parsed: list[Path], file: str, cut: bool) -> None:
    workspace = DbtWorkspace(office.var, True)
    prepared_manifest(workspace)
    path = workspace.target / file
    path.write_bytes(path.read_bytes()[:4]) if cut else path.unlink()
    assert prepared_manifest(workspace).content == {"nodes": {}}
    assert len(parsed) == 2
    prepared_manifest(workspace)
    assert len(parsed) == 2


def test_other_variables_or_another_project_are_parsed_anew(
    office: Office, parsed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared_manifest(DbtWorkspace(office.var, True))
    prepared_manifest(DbtWorkspace(office.var, False))
    assert len(parsed) == 2
    monkeypatch.setattr(modelling, "project_sha256", lambda _project: "other")
    prepared_manifest(DbtWorkspace(office.var, False))
    assert len(parsed) == 3
