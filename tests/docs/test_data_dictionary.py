"""The data dictionary is whole and current: it is made from the models, and the committed file is that one."""

import copy
import re
from typing import Any

import pytest

from docs.data_dictionary import MODELS, PUBLISHED, ROOT, TARGET, DictionaryError, declared_marts, dictionary, grain

MART_NAMES = sorted(path.stem for path in MODELS.rglob("*.sql") if path.name.startswith(PUBLISHED))


def rows_of(mart: str) -> list[list[str]]:
    """Cells of the column table of one mart in the committed file."""
    text = TARGET.read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.M)
    [own] = [part for part in section if part.startswith(mart + "\n")]
    lines = [line for line in own.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_the_committed_dictionary_is_the_generated_one() -> None:
    assert TARGET.read_text(encoding="utf-8") == dictionary(declared_marts()), "Run 'make docs' and commit the result."


def test_it_is_the_same_every_time() -> None:
    assert dictionary(declared_marts()) == dictionary(declared_marts())


@pytest.mark.parametrize("mart", MART_NAMES)
def test_every_mart_and_every_column_is_in_it(mart: str) -> None:
    declared = {each["name"]: each for each in declared_marts()}[mart]
    rows = rows_of(mart)
    assert [row[0].strip("`") for row in rows] == [column["name"] for column in declared["columns"]]
    for name, data_type, _, description in rows:
        assert data_type, f"{mart}.{name} has no type"
        assert len(description) > 10, f"{mart}.{name} has no description"


def test_every_mart_opens_with_its_grain() -> None:
    assert [grain(mart)[:12] for mart in declared_marts()] == ["One row per "] * len(MART_NAMES)


def test_every_mart_says_whether_it_is_public_and_why() -> None:
    text = TARGET.read_text(encoding="utf-8")
    assert text.count("- Edition: ") == len(MART_NAMES)
    assert "not named in release/disclosure.py" not in text


@pytest.fixture
def altered() -> dict[str, Any]:
    """A copy of one true declaration, to be corrupted by a test."""
    return copy.deepcopy(dict(declared_marts()[0]))


@pytest.mark.parametrize("key", ["description", "data_type"])
def test_a_column_without_type_or_description_is_refused(altered: dict[str, Any], key: str) -> None:
    del altered["columns"][0][key]
    with pytest.raises(DictionaryError, match=altered["columns"][0]["name"]):
        dictionary([altered])


def test_a_mart_without_a_grain_is_refused(altered: dict[str, Any]) -> None:
    altered["description"] = "Areas and their sets."
    with pytest.raises(DictionaryError, match="One row per"):
        dictionary([altered])


def test_a_model_without_a_declaration_is_refused(tmp_path) -> None:
    (tmp_path / "fct_new.sql").write_text("select 1 as a")
    with pytest.raises(DictionaryError, match="fct_new"):
        declared_marts(tmp_path)


def test_a_changed_description_makes_another_dictionary(altered: dict[str, Any]) -> None:
    before = dictionary([altered])
    altered["columns"][0]["description"] += " Changed."
    assert dictionary([altered]) != before


def test_the_make_target_writes_this_file() -> None:
    assert TARGET == ROOT / "docs" / "data-dictionary.md"
    assert "python -m docs.data_dictionary" in (ROOT / "Makefile").read_text(encoding="utf-8")
