"""A city twice as large is landed and passes gate 1, so that a trial of a scale can begin."""

from pathlib import Path

import pytest

from benchmarks.scale import programme_of
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
