"""Every declared row knows the line of its file: quoted line breaks, blank lines and comments are counted."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from programmes.loading import PROGRAMMES_DIR, load_programme
from programmes.model import DeclarationError
from refresh.programme_tables import PROGRAMME_TABLES, declared_rows

NORDWAERTS = PROGRAMMES_DIR / "nordwaerts"
TINY_CITY = Path(__file__).parents[1] / "recipes" / "tiny_city"
Rows = dict[str, list[dict[str, Any]]]
# How the line of a row begins, by table: the words that only this row has there.
MARKS = {
    "programme__area": "{area_level};{area_code};",
    "programme__area_set": "{variant_id};{role};{area_id};",
    "programme__indicator": "{indicator_id};{definition_version};",
    "programme__break": "{break_id};",
    "programme__age_stratum": "{indicator_id};{stratum_id};",
    "programme__baseline": "{{baseline_id: {baseline_id},",
    "programme__measure_part": "{{measure_id: {measure_id},",
    "programme__variant": "{{variant_id: {variant_id},",
    "programme__level": "{{level: {level},",
    "programme__term": "{{id: {term_id}, name_de: {name_de}, name_en: {name_en}}}",
    "programme__source": "source_id: {source_id}",
    "programme__programme": "programme_id: {programme_id}",
    "programme__class_index": "index_id: {index_id}",
    "programme__class_component": "index_id: {index_id}",
    "programme__class_exception": "index_id: {index_id}",
    "programme__correction": "{correction_id};",
    "programme__outline": "{{type:Feature,properties:{{area_id:{area_id},",
    "programme__disclosure": "is_proposal:",  # the rule is one entry
    "programme__disclosure_scope": "is_proposal:",
    "programme__claim": "claim_id: {claim_id}",
    "programme__claim_leg": "{{claim: {leg_claim_id}",
}


def _named_line(folder: Path, row: dict[str, Any]) -> str:
    """The line a row names, without quotation marks and dash."""
    number = int(row["_row"].removeprefix("line "))
    lines = (folder / row["_file"]).read_text(encoding="utf-8").splitlines()
    return lines[number - 1].replace('"', "").strip().removeprefix("- ")


def _own_line_of_the_programme(row: dict[str, Any]) -> bool:
    return row.get("source_id") == "programme" and row["_file"] == "programme.yml"


@pytest.fixture(scope="module")
def nordwaerts() -> Rows:
    return declared_rows(load_programme("nordwaerts"))


@pytest.mark.parametrize("table", PROGRAMME_TABLES)
def test_the_named_line_of_the_named_file_holds_the_row(table: str, nordwaerts: Rows) -> None:
    rows = nordwaerts[table]
    # nordwaerts leaves nobody out, corrects no figure and adds up no measures
    if table not in ("programme__class_exception", "programme__correction", "programme__measure_part"):
        assert rows
    for row in rows:
        mark = "programme_id:" if _own_line_of_the_programme(row) else MARKS[table].format(**row)
        assert _named_line(NORDWAERTS, row).startswith(mark.rstrip()), row


def test_blank_lines_and_quoted_line_breaks_are_lines(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TINY_CITY, tmp_path / "city"))
    areas = (folder / "areas.csv").read_text(encoding="utf-8").splitlines()
    broken = areas[2].replace(";Hafen;", ';"Hafen\nund Kai";')
    assert broken != areas[2]
    spread = [areas[0], "", areas[1], broken, "", "", *areas[3:]]
    (folder / "areas.csv").write_text("\n".join(spread) + "\n", encoding="utf-8")
    rows = declared_rows(load_programme(folder))["programme__area"]
    assert [row["_row"] for row in rows][:4] == ["line 3", "line 4", "line 8", "line 9"]
    for row in rows:
        assert _named_line(folder, row).startswith(MARKS["programme__area"].format(**row))


def test_comments_before_and_between_entries_are_lines(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TINY_CITY, tmp_path / "city"))
    before = [row["_row"] for row in declared_rows(load_programme(folder))["programme__variant"]]
    text = (folder / "programme.yml").read_text(encoding="utf-8")
    (folder / "programme.yml").write_text("# one\n# two\n" + text, encoding="utf-8")
    after = [row["_row"] for row in declared_rows(load_programme(folder))["programme__variant"]]
    assert [int(row.split()[1]) for row in after] == [int(row.split()[1]) + 2 for row in before]


@pytest.mark.parametrize(
    ("file", "written", "mistaken", "said"),
    [
        ("areas.csv", "\nviertel;01;", "\n\nviertel;01;too;many;", r"areas\.csv, line 4: 11 cells, the header has 9"),
        (
            "areas.csv",
            "\nviertel;01;Hafen;city-1;;;",
            "\n\nviertel;01;Hafen;city-1;;x;",
            r"areas\.csv, line 4, area_ha",
        ),
        (
            "programme.yml",
            "last_period: 2020",
            "last_period: soon",
            r"programme\.yml, line 15, baselines\.0\.last_period",
        ),
        ("programme.yml", "city: Kleinstadt\n", "", r"programme\.yml, line 2, city"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, file: str, written: str, mistaken: str, said: str) -> None:
    folder = Path(shutil.copytree(TINY_CITY, tmp_path / "city"))
    text = (folder / file).read_text(encoding="utf-8")
    assert written in text
    (folder / file).write_text(text.replace(written, mistaken), encoding="utf-8")
    with pytest.raises(DeclarationError, match=said):
        load_programme(folder)
