"""The bill of materials names every locked package and nothing else; advisories hold for the versions they name."""

import json
from pathlib import Path

import pytest

from release.advisories import AdvisoriesUnreadable, scanned
from release.bill_of_materials import bill_of_materials, components

ROOT = Path(__file__).parents[2]
LOCK = b"# made\nagate==1.9.1 \\\n    --hash=sha256:00\nTyping_Extensions==4.15.0 \\\n    --hash=sha256:01\n    # via agate==9\n"


def test_it_names_every_package_of_the_lock_file_once() -> None:
    assert components(bill_of_materials(LOCK)) == {"agate": "1.9.1", "typing-extensions": "4.15.0"}
    ours = (ROOT / "requirements.lock").read_bytes()
    assert len(components(bill_of_materials(ours))) == ours.count(b"==") - _in_comments(ours) > 100


def _in_comments(lock: bytes) -> int:
    return sum(line.count(b"==") for line in lock.splitlines() if line.lstrip().startswith(b"#"))


def test_it_is_of_the_format_and_equal_for_equal_lock_files() -> None:
    bill = json.loads(bill_of_materials(LOCK))
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert bill["components"][1]["purl"] == "pkg:pypi/typing-extensions@4.15.0"
    assert len({one["bom-ref"] for one in bill["components"]}) == 2
    assert bill_of_materials(LOCK) == bill_of_materials(LOCK)
    other = json.loads(bill_of_materials(LOCK + b"x==1\n"))
    assert other["serialNumber"] != bill["serialNumber"]
    assert other["metadata"]["properties"] != bill["metadata"]["properties"]


def _advisory(folder: Path, name: str = "Typing.Extensions", **affected: object) -> Path:
    path = folder / "nested" / "OSV-1.json"
    path.parent.mkdir(exist_ok=True)
    told = {"package": {"ecosystem": "PyPI", "name": name}, **affected}
    path.write_text(json.dumps({"id": "OSV-1", "summary": "weak", "affected": [told]}))
    return path


def _events(*events: tuple[str, str]) -> list[dict[str, object]]:
    return [{"type": "ECOSYSTEM", "events": [{kind: at} for kind, at in events]}]


@pytest.mark.attack("a package with a known weakness · named, from a local list of advisories")
@pytest.mark.parametrize(
    ("affected", "is_found"),
    [
        ({"versions": ["4.15.0"]}, True),
        ({"versions": ["4.14.0"]}, False),
        ({"ranges": _events(("introduced", "0"), ("fixed", "4.15.1"))}, True),
        ({"ranges": _events(("introduced", "0"), ("fixed", "4.15.0"))}, False),
        ({"ranges": _events(("introduced", "4.16"), ("fixed", "5"))}, False),
        ({"ranges": _events(("introduced", "0"), ("last_affected", "4.15.0"))}, True),
        ({"ranges": _events(("introduced", "0"), ("last_affected", "4.9.0"))}, False),
        ({"ranges": _events(("introduced", "0"), ("fixed", "2"), ("introduced", "4.2"), ("fixed", "4.16"))}, True),
        ({"ranges": _events(("introduced", "0"), ("fixed", "2"), ("introduced", "4.16"))}, False),
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "abc"}]}]}, False),
    ],
)
def test_an_advisory_holds_for_the_versions_it_names(
    tmp_path: Path, affected: dict[str, object], is_found: bool
) -> None:
    _advisory(tmp_path, **affected)
    count, found = scanned(tmp_path, components(bill_of_materials(LOCK)))
    assert count == 1
    assert [(one.package, one.advisory_id) for one in found] == ([("typing-extensions", "OSV-1")] if is_found else [])


def test_another_package_another_registry_and_a_withdrawn_advisory_do_not_count(tmp_path: Path) -> None:
    packages = components(bill_of_materials(LOCK))
    path = _advisory(tmp_path, versions=["4.15.0"])
    assert len(scanned(tmp_path, packages)[1]) == 1
    whole = path.read_text()
    for told, instead in [('"PyPI"', '"npm"'), ("Typing.Extensions", "typing"), ('"id"', '"withdrawn": "2026", "id"')]:
        path.write_text(whole.replace(told, instead))
        assert scanned(tmp_path, packages)[1] == []


def test_no_advisory_and_one_that_is_none_are_sentences(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(AdvisoriesUnreadable) as nothing:
            scanned(folder, {"agate": "1.9.1"})
        assert nothing.value.reason.rule == "advisories_missing"
    for content in (
        "{",
        "[]",
        '{"affected": [{"package": {"ecosystem": "PyPI", "name": "agate"}, "versions": ["1.9.1"]}]}',
    ):
        (tmp_path / "x.json").write_text(content)
        with pytest.raises(AdvisoriesUnreadable) as torn:
            scanned(tmp_path, {"agate": "1.9.1"})
        assert torn.value.reason.rule == "advisory_unreadable" and "x.json" in torn.value.reason.en
