"""A measure that is a sum of delivered ones: declared once, its parts are delivered, its own name is not."""

import shutil
from pathlib import Path

import pytest

from programmes.loading import load_programme
from programmes.model import DeclarationError
from refresh.programme_tables import declared_rows

TINY_CITY = Path(__file__).parents[1] / "recipes" / "tiny_city"


def _city(folder: Path, entry: str) -> Path:
    shutil.copytree(TINY_CITY, folder)
    with (folder / "programme.yml").open("a", encoding="utf-8") as settings:
        settings.write(f"\nsummed_measures:\n  - {entry}\n")
    return folder


def test_every_part_of_a_sum_is_landed(tmp_path: Path) -> None:
    entry = "{measure_id: all_people, unit: persons, parts: [population, unemployed]}"
    rows = declared_rows(load_programme(_city(tmp_path / "stadt", entry)))["programme__measure_part"]
    assert [(row["measure_id"], row["unit"], row["part_measure_id"]) for row in rows] == [
        ("all_people", "persons", "population"),
        ("all_people", "persons", "unemployed"),
    ]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{measure_id: m, unit: persons, parts: [population, moon]}", "no source delivers 'moon', a part of 'm'"),
        ("{measure_id: population, unit: persons, parts: [working_age, unemployed]}", "is delivered by a source too"),
        ("{measure_id: m, unit: persons, parts: [population, population]}", "names a part twice"),
        ("{measure_id: m, unit: persons, parts: [population]}", "too few entries, at least 2"),
    ],
)
def test_a_sum_that_cannot_be_made_is_refused(entry: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=said):
        load_programme(_city(tmp_path / "stadt", entry))
