"""The certificate in a release: it names the version of the rules it was made with, and says where that is another."""

import json
from pathlib import Path

import pytest
from made_up_office import Office

from refresh import fingerprint
from refresh.certificate import release_certificate


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "fault-certificate.json"
    path.write_text(json.dumps({"rules_version": "a" * 64, "faults": [{"name": "x"}], "legitimate": []}))
    return path


def test_a_certificate_of_these_rules_is_handed_on_with_all_its_entries(made: Path) -> None:
    content = json.loads(release_certificate("a" * 64, made))
    assert content["release"]["is_certified"] is True
    assert content["rules_version"] == content["release"]["rules_version"] == "a" * 64
    assert content["faults"] == [{"name": "x"}]
    assert release_certificate("a" * 64, made) == release_certificate("a" * 64, made)


def test_a_certificate_of_other_rules_says_so(made: Path) -> None:
    content = json.loads(release_certificate("b" * 64, made))
    assert content["release"]["is_certified"] is False
    assert content["rules_version"] == "a" * 64
    assert "andere" in content["release"]["sentence_de"] and "another version" in content["release"]["sentence_en"]


@pytest.mark.parametrize("text", [None, "", "[1]", "{"])
def test_without_a_readable_certificate_the_release_says_so(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "none.json"
    if text is not None:
        path.write_text(text)
    content = json.loads(release_certificate("a" * 64, path))
    assert content["release"]["is_certified"] is False
    assert content["rules_version"] is None
    assert content["faults"] == content["legitimate"] == []


def test_the_version_of_the_rules_changes_with_their_code_and_the_declarations(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = office.deliveries().declarations_sha256
    monkeypatch.setattr(fingerprint, "PROJECT_ROOT", tmp_path)
    for folder in ("expectations", "cli", "docs", "refresh"):
        (tmp_path / folder).mkdir()
    (tmp_path / "refresh" / "landing.py").write_text(
        "from refresh import staged, changes\nfrom refresh.doubts import held\n"
    )
    for name in ("staged", "changes", "doubts", "publishing"):
        (tmp_path / "refresh" / f"{name}.py").write_text("from refresh.landing import land_table\n")
    before, code = fingerprint.rules_version(declared), fingerprint.code_sha256()
    assert fingerprint.rules_version("other") != before
    (tmp_path / "cli" / "check.py").write_text("x = 1")
    (tmp_path / "refresh" / "publishing.py").write_text("x = 1")
    assert fingerprint.rules_version(declared) == before
    (tmp_path / "docs" / "fault-certificate.json").write_text("{}")
    assert fingerprint.rules_version(declared) == before, "a new certificate is no other version of the rules"
    assert fingerprint.code_sha256() != code, "a release carries the certificate, so it is one of its inputs"
    for judging in ("expectations/rules.py", "refresh/staged.py", "refresh/changes.py", "refresh/doubts.py"):
        before = fingerprint.rules_version(declared)
        (tmp_path / judging).write_text("x = 1")
        assert fingerprint.rules_version(declared) != before, judging
