"""docs/security-tests.md names every attack the tests carry out, as they carry it out, and says of none that it failed."""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from security_table import DOCUMENT, table

TESTS = Path(__file__).parents[1]


def _marked() -> Iterator[tuple[str, str]]:
    """Words of every marker, with the file it stands in."""
    for path in TESTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.attack":
                yield ast.literal_eval(node.args[0]), path.relative_to(TESTS.parent).as_posix()


def _written() -> list[list[str]]:
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_table_is_that_of_the_markers() -> None:
    marked = {(*words.split(" · "), name) for words, name in _marked()}
    written = {
        (attack, outcome, name.strip("`")) for attack, outcome, files, _ in _written() for name in files.split(", ")
    }
    assert written == marked, "make security writes it anew"


def test_every_attack_that_ran_was_held_when_the_table_was_written() -> None:
    """Some need a program that is not on every machine; then the table says so."""
    assert {(row[0], row[-1]) for row in _written() if row[-1] not in ("held", "not run here")} == set()


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (("passed", "passed"), "held"),
        (("passed", "failed"), "**failed**"),
        (("passed", "skipped"), "not run here"),
    ],
)
def test_one_failing_test_is_said(outcomes: tuple[str, ...], said: str) -> None:
    reports = [
        SimpleNamespace(user_properties=[("attack", "a · b")], nodeid=f"tests/x.py::test_{number}", outcome=outcome)
        for number, outcome in enumerate(outcomes)
    ]
    assert table(reports).endswith(f"| a | b | `tests/x.py` | {said} |\n")  # type: ignore[arg-type]
