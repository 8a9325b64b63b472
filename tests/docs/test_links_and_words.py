"""The documents hang together: links lead somewhere, every command is in the README, nothing local is in them."""

import re
from pathlib import Path

import pytest
from fenced_blocks import anchors_of, links_of

from cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "samples").glob("*.md")])
FORBIDDEN = {
    "host name of a package registry": r"\b(pypi|pythonhosted|npmjs|crates\.io|docker\.io|ghcr\.io|proxy\.golang)\b|\bnexus\b",
    "absolute path of a machine": r"(?<![\w.$}~…/-])/(work|tmp|home|root|Users|mnt|opt|usr|etc|var|private)\b",
    "address inside a network": r"\b(10\.\d+|192\.168)\.\d+\.\d+\b",
}


def offences(text: str) -> list[str]:
    """Names of what must not stand in a document but does."""
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text)]


def dead_links(document: Path, text: str) -> list[str]:
    """Relative links of a document that lead nowhere, as written."""
    dead = []
    for link in links_of(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            dead.append(link)
    return dead


def commands_named(text: str) -> set[str]:
    """Every word that follows `nordwaerts` where a command is meant."""
    return set(re.findall(r"(?:`|bin/|&& )nordwaerts (?:--lang (?:de|en) )?([a-z]+)", text))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    assert dead_links(document, document.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_nothing_of_one_machine_is_in_a_document(document: Path) -> None:
    assert offences(document.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_names_a_command_there_is_not(document: Path) -> None:
    assert commands_named(document.read_text(encoding="utf-8")) <= set(COMMANDS)


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = "\n".join(line for line in readme.splitlines() if line.startswith("| `nordwaerts "))
    missing = set(COMMANDS) - commands_named(table)
    assert not missing, f"Add to the table of commands in README.md: {sorted(missing)}"


def test_every_make_target_is_in_the_readme() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    named = set(re.findall(r"^\| `make ([a-z-]+)`", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.M))
    assert targets - {"help"} <= named <= targets


def test_every_folder_of_the_repository_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    own = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert [name for name in sorted(own - {"var", "inbox", "logs", "dist"}) if f"| `{name}/` |" not in readme] == []


def test_every_recipe_names_a_test_that_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipes = re.findall(r"^### (.+?)\n(.*?)(?=^##)", text, flags=re.M | re.S)
    assert recipes
    for name, body in recipes:
        proofs = re.findall(r"^Proof: `(tests/[\w/]+\.py)(?:::(\w+))?`", body, flags=re.M)
        assert len(proofs) == 1, f"the recipe '{name}' must name its proof"
        [(file, test)] = proofs
        assert not test or f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file} has no {test}"


@pytest.mark.parametrize(
    "excerpt", re.findall(r"```yaml\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), flags=re.S)
)
def test_the_excerpts_in_the_recipes_are_true(excerpt: str) -> None:
    declared = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("programmes/*/**/*.yml"))
    declared += (ROOT / "tests" / "recipes" / "tiny_city" / "programme.yml").read_text(encoding="utf-8")
    lines = {line.strip() for line in declared.splitlines()}
    assert [line for line in excerpt.splitlines() if line.strip() not in lines] == []


def test_the_glossary_is_large_enough_and_sorted() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    entries = re.findall(r"^\| (?!German|---)(.+?) \|", text, flags=re.M)
    assert len(entries) >= 50
    keys = [entry.casefold().translate(str.maketrans("äöü", "aou")) for entry in entries]
    assert keys == sorted(keys)


# --- these tests can fail ----------------------------------------------------------------------------


def test_offences_are_found() -> None:
    assert offences("see /" + "tmp/x") == ["absolute path of a machine"]
    assert offences("from pypi" + ".org") == ["host name of a package registry"]
    assert offences("ask 10.1.2.3 first") == ["address inside a network"]
    assert offences("open http://127.0.0.1:3000") == []
    assert offences("`var/nordwaerts/archive/` and release/store.py") == []


def test_dead_links_are_found(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text("# One\n[a](b.md) [c](#one) [d](#two) [e](https://example.org)\n```text\n[f](g.md)\n```\n")
    assert dead_links(document, document.read_text()) == ["b.md", "#two"]


def test_commands_are_found() -> None:
    assert commands_named("`nordwaerts trace X` and .venv/bin/nordwaerts --lang de status") == {"trace", "status"}
