"""What a declaration names must exist: a misspelt word is an error with its place, not an empty mart."""

import shutil
from pathlib import Path

import pytest

from programmes.loading import PROGRAMMES_DIR, load_programme
from programmes.model import DeclarationError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the declarations of nordwärts, to be corrupted by a test."""
    return Path(
        shutil.copytree(PROGRAMMES_DIR / "nordwaerts", tmp_path / "copy", ignore=shutil.ignore_patterns("sample"))
    )


def test_the_intact_copy_loads(folder: Path) -> None:
    assert load_programme(folder).settings.activity_level == "stadtbezirk"


@pytest.mark.parametrize(
    ("file", "written", "misspelt", "said"),
    [
        ("programme.yml", "population_measure_id: population", "population_measure_id: popolation", "popolation"),
        ("programme.yml", "activity_level: stadtbezirk", "activity_level: bezirk", "activity_level 'bezirk'"),
        ("sources/projektregister.yml", "Kuratorium: recommendation", "Kuratorium: advice", "path_step_id 'advice'"),
        ("sources/ehrenamt.yml", "item: open_offers", "item: offers", "counting_unit 'offers', not in counting_units"),
        ("programme.yml", "{id: concrete,", "{id: specific,", "criterion_id 'concrete', not in criteria"),
    ],
)
def test_a_misspelt_word_is_named(folder: Path, file: str, written: str, misspelt: str, said: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert written in text
    (folder / file).write_text(text.replace(written, misspelt), encoding="utf-8")
    with pytest.raises(DeclarationError, match=said):
        load_programme(folder)


@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("areas.csv", "unterbezirk;"),
        ("area_sets.csv", "core;"),
        ("indicators.csv", "sgb2_pct;"),
        ("breaks.csv", ""),
        ("age_strata.csv", "sgb2_pct;"),
        ("programme.yml", "  - {variant_id: "),
        ("programme.yml", "  - {baseline_id: "),
        ("programme.yml", "  - {level: "),
        ("programme.yml", "    - {id: "),
    ],
)
def test_a_key_that_is_declared_twice_is_named_with_both_lines(folder: Path, file: str, row: str) -> None:
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines[1:], start=1) if line.startswith(row))
    (folder / file).write_text("\n".join([*lines[: first + 1], *lines[first:]]) + "\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=f"{file}, line {first + 2}: .* first in line {first + 1}"):
        load_programme(folder)
