"""docs/security-tests.md: every attack a test stands against, and what came of it, from the marker `attack` of the tests.

    make security        runs them and writes the table

A marker reads `attack("who or what attacks · what comes of it")`. Several tests may carry the same words.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[1] / "docs" / "security-tests.md"
OPENING = """# Attacks and what comes of them

Each line is an attack that tests carry out. Written by `make security` from the tests that carry the marker `attack`; a
test of the documents compares the lines with the markers. `not run here`: the test needs a program this machine does not
have. What remains open is said in [SECURITY.md](../SECURITY.md).

| attack | what comes of it | held by | last run |
|---|---|---|---|
"""
_PROPERTY = "attack"


def note(item: pytest.Item) -> None:
    """Let the report of a test carry the words of its markers."""
    item.user_properties += [(_PROPERTY, marker.args[0]) for marker in item.iter_markers(_PROPERTY)]


def table(reports: Iterable[pytest.TestReport]) -> str:
    """The document, from the reports of calls and of what went wrong before them."""
    outcomes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for report in reports:
        for name, words in report.user_properties:
            if name == _PROPERTY:
                outcomes[str(words)][report.nodeid.partition("::")[0]].add(report.outcome)
    lines = [_line(words, outcomes[words]) for words in sorted(outcomes)]
    return OPENING + "".join(lines)


def _line(words: str, by_file: dict[str, set[str]]) -> str:
    attack, _, outcome = words.partition(" · ")
    found = set().union(*by_file.values())
    run = "**failed**" if "failed" in found else "held" if found == {"passed"} else "not run here"
    files = ", ".join(f"`{name}`" for name in sorted(by_file))
    return f"| {attack} | {outcome} | {files} | {run} |\n"
