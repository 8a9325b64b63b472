"""A number of things in a document is true: each is counted here, and one that nobody counts is found.

Only things of this repository: rows, files, rules, tables and the like. Numbers of the world (39 areas of a plan, 12
districts) and of a measurement that is described are listed as such.
"""

import csv
import re
from pathlib import Path

import pytest
from fenced_blocks import blocks_of

from programmes.canonical import CANONICAL
from programmes.loading import load_programme
from trials.attack import TABLES

ROOT = Path(__file__).resolve().parents[2]
MADE = {"data-dictionary.md", "benchmarks.md", "trials.md"}  # written by a command
DOCUMENTS = sorted(p for p in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")] if p.name not in MADE)
WORDS = {
    word: number
    for number, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=2
    )
}
THINGS = (
    "files?|marts?|tables?|models?|rules?|indicators?|variants?|claims?|sentences?|sources?|baselines?|tests?"
    "|commands?|deliveries|measures|checks|recipes|rows?|packages|folders|questions|steps|modules|macros|levels|areas?"
    "|documents|contracts|columns|entries|kinds"
)
COUNTED = re.compile(rf"\b(?P<number>\d[\d,]*|{'|'.join(WORDS)}) (?:[\w-]+ )?(?:{THINGS})\b", flags=re.IGNORECASE)


def _areas_of(level: str) -> int:
    with (ROOT / "programmes" / "nordwaerts" / "areas.csv").open(encoding="utf-8", newline="") as handle:
        return sum(row["area_level"] == level for row in csv.DictReader(handle, delimiter=";"))


def _steps_of_the_architecture() -> int:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return len(re.findall(r"^\d\. \*\*", text.partition("in eight steps")[2].partition("\n## ")[0], flags=re.M))


def _questions_of_the_readme() -> int:
    return sum(block.tag == "sql" for block in blocks_of((ROOT / "README.md").read_text(encoding="utf-8")))


TRUE = {
    "Ten questions": _questions_of_the_readme,
    "nine canonical tables": lambda: len(CANONICAL),
    "39 areas": lambda: _areas_of("sozialraum"),
    "12 areas": lambda: _areas_of("stadtbezirk"),
    "eight steps": _steps_of_the_architecture,
    "1,000 random tables": lambda: TABLES,
}
PATH = "eight steps from proposal to council"
# About another city, another measurement, or the sentence itself; the five rejected rows are counted on a release by
# test_guides.py.
OF_THE_WORLD = {
    "5 rows", "five rejected rows", "62, column", "3 sources", "200,000 rows", "three areas", "two other areas",
    "Two questions",
}  # fmt: skip


def counts_in(text: str) -> set[str]:
    """Every number of things a text states, as written."""
    return {match[0] for match in COUNTED.finditer(text)}


def _number(stated: str) -> int:
    first = stated.split()[0].lower()
    return WORDS.get(first) or int(first.replace(",", ""))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_number_of_things_is_counted_somewhere(document: Path) -> None:
    stated = counts_in(document.read_text(encoding="utf-8"))
    assert sorted(stated - TRUE.keys() - OF_THE_WORLD) == [], "count it in tests/docs/test_counts.py, or say no number"


@pytest.mark.parametrize("stated", TRUE)
def test_the_number_is_true(stated: str) -> None:
    texts = " ".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    assert stated in texts, "no document says so any more"
    assert TRUE[stated]() == _number(stated)


def test_the_path_of_a_proposal_has_the_steps_the_glossary_says() -> None:
    assert PATH in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert len(load_programme("nordwaerts").settings.vocabularies.path_steps) == _number(PATH)


def test_most_modules_are_as_short_as_contributing_says() -> None:
    assert "Most modules have fewer than 250 lines" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    packages = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name not in ("tests", "docs")]
    lines = [path.read_text(encoding="utf-8").count("\n") for folder in packages for path in folder.rglob("*.py")]
    assert sum(count < 250 for count in lines) > 0.9 * len(lines)


def test_the_folders_a_guide_names_are_declared_where_claims_stand() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(
        re.findall(r"`(\w+\.(?:csv|yml|geojson))`", text.partition("Declarations in")[2].partition("Models in")[0])
    )
    files = {path.name for path in load_programme("nordwaerts").declaration_files() if path.parent.name != "sources"}
    assert files <= named, "name every declaration file of nordwärts in docs/architecture.md"


def test_counts_are_found() -> None:
    assert counts_in("It has 30 files, nine canonical tables and 1,204 checks.") == {
        "30 files", "nine canonical tables", "1,204 checks",
    }  # fmt: skip
    assert counts_in("`tables` of 2019 and a 95 % limit") == set()
