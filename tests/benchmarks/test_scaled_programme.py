"""A city twice as large is landed and passes gate 1, so that a trial of a scale can begin."""

import shutil
from pathlib import Path

import pytest
from refreshing import TINY_CITY, tiny_release

from benchmarks.scale import LARGEST_EDITION, programme_of
from benchmarks.timed_script import timed_script
from programmes.loading import load_programme
from refresh.context import refresh_context
from refresh.state import land
from release.layout import VarFolder
from samples.territory import multiplied_declarations


def test_sources_take_the_ids_of_copies_and_nothing_else_is_declared_otherwise() -> None:
    found = multiplied_declarations(2)
    own = load_programme("nordwaerts").folder
    changed = {
        name: [line for line in text.decode().splitlines() if line not in (own / name).read_text("utf-8").splitlines()]
        for name, text in found.items()
        if name.startswith("sources/")
    }
    assert changed.keys() == {"sources/buergerbefragung.yml", "sources/ehrenamt.yml", "sources/projektregister.yml"}
    assert all("(?:[0-9]+-)?" in line and "pattern" in line for lines in changed.values() for line in lines)
    assert [len(lines) for lines in changed.values()] == [1, 1, 1]


@pytest.mark.slow
def test_a_city_twice_as_large_passes_gate_1(tmp_path: Path) -> None:
    programme = load_programme(programme_of(2, tmp_path))
    context = refresh_context(programme, VarFolder("nordwaerts", tmp_path / "var"), is_sample=True)
    assert list(land(context).glob("*/*.parquet"))
    assert not (programme.folder / "sample" / "sources").exists()


def test_only_a_city_beyond_any_there_is_goes_without_a_public_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {}
    for largest in (LARGEST_EDITION, 1):
        monkeypatch.setattr("benchmarks.scale.LARGEST_EDITION", largest)
        made[largest] = (programme_of(2, tmp_path / str(largest)) / "disclosure.yml").is_file()
    assert made == {LARGEST_EDITION: True, 1: False}


@pytest.mark.slow
def test_the_models_of_a_refresh_are_timed_as_a_script_on_what_it_landed(tmp_path: Path) -> None:
    shutil.copytree(tiny_release(), tmp_path / "var", symlinks=True)
    context = refresh_context(load_programme(str(TINY_CITY)), VarFolder("kleinstadt", tmp_path / "var"), is_sample=True)
    before = sorted(context.var.build.rglob("*"))
    seconds = timed_script(context)
    assert {"reason", "stg_area_figure", "int_indicator__aggregated", "fct_measure", "dim_area"} <= seconds.keys()
    assert not {"fct_delivery", "fct_data_quality"} & seconds.keys()
    assert min(seconds.values()) > 0
    assert sorted(context.var.build.rglob("*")) == before
