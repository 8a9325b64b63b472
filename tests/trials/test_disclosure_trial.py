"""The short form of `make trial-disclosure`: rules are changed and refused, cells are counted, revisions repeat, failures are told."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from programmes.loading import load_programme
from programmes.model import DeclarationError
from refresh.modelling import DbtManifest, DbtWorkspace
from release.layout import VarFolder
from trials import revised_nights
from trials.disclosure import ALONE, LOOSER, STRICTER, counted, hidden, section, with_numbers
from trials.revised_nights import Night, broken, revise

NORDWAERTS = load_programme("nordwaerts")
_GOOD = Night(moved=9, hidden=5, findings=0, build=10, export=1, attack=1)


@pytest.mark.parametrize("numbers", [*ALONE, STRICTER, LOOSER], ids=str)
def test_every_other_rule_is_one_that_could_be_declared(numbers: dict[str, int], tmp_path: Path) -> None:
    changed = with_numbers(NORDWAERTS, numbers, tmp_path / "programme").disclosure
    assert NORDWAERTS.disclosure and changed
    assert changed.numbers == {**NORDWAERTS.disclosure.numbers, **numbers}


def test_a_rule_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="people_per_step must be more than protection_width"):
        with_numbers(NORDWAERTS, {"people_per_step": 2}, tmp_path / "programme")


def test_a_number_nobody_declares_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="minimum_age"):
        with_numbers(NORDWAERTS, {"minimum_age": 2}, tmp_path / "programme")


@pytest.fixture
def built(tmp_path: Path) -> tuple[DbtWorkspace, DbtManifest, Path]:
    """A form of five cells in two levels, one hidden by its model and one besides; and one that hides nothing."""
    workspace = DbtWorkspace(VarFolder("kleinstadt", tmp_path), is_synthetic=True)
    workspace.var.build.mkdir(parents=True)
    rows = [
        ("big", 1.0, None),
        ("one", None, "protected"),
        ("two", 2.0, None),
        ("three", 3.0, None),
        ("none", None, None),
    ]
    with duckdb.connect(str(workspace.database)) as connection:
        connection.execute("create table dim_area as select * from (values ('big', 'city'), ('one', 'quarter'),"
                           " ('two', 'quarter'), ('three', 'quarter'), ('none', 'quarter')) as areas (area_id, area_level)")  # fmt: skip
        connection.execute(
            "create table public_fct_a (area_id text, value double, is_hidden boolean, hidden_reason text)"
        )
        connection.executemany("insert into public_fct_a values ($1, $2, $3 is not null, $3)", rows)
        exported = connection.execute(
            "select * replace (is_hidden or area_id = 'two' as is_hidden,"
            " case when area_id = 'two' then 'protected' else hidden_reason end as hidden_reason) from public_fct_a"
        ).to_arrow_table()
    public = tmp_path / "public"
    public.mkdir()
    pq.write_table(exported, public / "fct_a.parquet")
    pq.write_table(pa.table({"n": [1]}), public / "fct_b.parquet")
    nodes = {
        f"model.{name}": {"resource_type": "model", "name": name, "unique_id": f"model.{name}", "config": {"meta": {"hides": ["value"]}}}
        for name in ("public_fct_a", "public_fct_b")
    }  # fmt: skip
    tests = {
        unique_id: {"attached_node": unique_id, "test_metadata": {"name": "unique_combination", "kwargs": {"columns": ["area_id"]}}}
        for unique_id in nodes
    }  # fmt: skip
    manifest: Any = SimpleNamespace(content={"nodes": nodes}, tests=tests)
    return workspace, cast(DbtManifest, manifest), public


def test_cells_are_counted_by_level_and_by_who_hid_them(built: tuple[DbtWorkspace, DbtManifest, Path]) -> None:
    counts = counted(*built)
    assert {place: +cells for place, cells in counts.items()} == {
        ("fct_a", "city"): Counter(shown=1),
        ("fct_a", "quarter"): Counter(shown=1, protected=1, secondary=1),
    }
    assert hidden(counts) == 2


def test_the_section_tells_shares_costs_and_what_cannot_be_published(
    built: tuple[DbtWorkspace, DbtManifest, Path],
) -> None:
    counts = counted(*built)
    text = section(counts, {"looser": {}}, [("`minimum_count` 0", counts), ("`protection_width` 9", None)])
    assert "| `fct_a` | quarter | 3 | 66.7 % |  |  |  | 1 | 1 |  | – |" in text
    assert "| `minimum_count` 0 | 2 | +0 | 1 |" in text
    assert "| `protection_width` 9 | refused: counts cannot be protected | | |" in text


def test_a_revision_is_the_same_for_the_same_night_and_moves_people_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        revised_nights, "REVISED", ((revised_nights.SMALL_AREAS, "value", 3, lambda row: row["measure_id"] == "a"),)
    )
    rows = [
        {"measure_id": measure, "value": number, "period": "2020"}
        for measure in "ab"
        for number in (None, 0, 1, 50, 60)
    ]
    found = []
    for folder in ("one", "other"):
        path = tmp_path / folder / revised_nights.SMALL_AREAS
        path.parent.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(rows), path)
        assert revise(tmp_path / folder, 1, nights=12) == 3
        found.append(pq.read_table(path).to_pylist())
    assert found[0] == found[1]
    moved = [(before, after) for before, after in zip(rows, found[0], strict=True) if before != after]
    assert moved
    assert all(after["measure_id"] == "a" and 0 <= after["value"] <= 64 for _, after in moved)


@pytest.mark.parametrize(
    ("night", "told"),
    [
        (replace(_GOOD, findings=2), ["night 0: 2 findings"]),
        (replace(_GOOD, is_refused=True), ["night 0: refused"]),
        (replace(_GOOD, attack=3), ["the attack takes 30% of the build"]),
        (_GOOD, []),
    ],
)
def test_what_is_broken_is_told(night: Night, told: list[str]) -> None:
    assert broken([night]) == told
    assert ("Every rule holds." in revised_nights.section([night])) == (not told)
