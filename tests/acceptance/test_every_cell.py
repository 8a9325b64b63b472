"""Two thousand cells of the sample, drawn with a seed over all marts, are what they rest on; and the walk notices what is not.

`make trial-trace` walks every cell. Here the drawn ones, every verdict's reason, and the ways in which a walk must fail.
"""

import random
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from programmes.stored import stored_at
from release import reading
from release.layout import VarFolder
from release.reading import Release
from tracing.keys import command_of
from tracing.proof import FAILED, Proof, prove
from tracing.rows import NotDeclared, Rows
from tracing.walks import Walk, walk_of, walked

CELLS, SEED = 2_000, 237


@pytest.fixture(scope="module")
def release(published: Path) -> Release:
    found = reading.current(VarFolder("nordwaerts", published))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def rows(release: Release) -> Rows:
    return Rows(release, whole=True)


def _proven(rows: Rows, walk: Walk, row: dict[str, Any]) -> Proof:
    rows.walking(walk)
    try:
        return prove(rows, row, walk)
    finally:
        rows.walking(None)


def test_two_thousand_drawn_cells_are_what_they_rest_on(release: Release, rows: Rows) -> None:
    chance, walks = random.Random(SEED), walked(release)
    assert None not in walks.values()
    filled = [mart for mart in walks if release.manifest.tables[mart].row_count]
    outcomes: Counter[str] = Counter()
    failed = []
    proofs: dict[tuple[str, int], Proof] = {}
    for place in range(CELLS):
        mart = filled[place % len(filled)]
        walk, every = walks[mart], rows.every(mart)
        number = chance.randrange(len(every))
        assert walk is not None
        if (mart, number) not in proofs:
            proofs[mart, number] = _proven(rows, walk, every[number])
        cell = chance.choice(proofs[mart, number].cells)
        outcomes[cell.outcome] += 1
        if cell.outcome in FAILED:
            failed.append(
                f"{command_of(walk, every[number])} --column {cell.column}: {cell.outcome}, not {cell.computed}"
            )
    assert not failed
    assert outcomes["equal"] > 1_000 and outcomes["reached"] > 100


def _row(rows: Rows, mart: str, **equals: Any) -> dict[str, Any]:
    return dict(rows.find(mart, **equals)[0])


@pytest.mark.parametrize(
    ("mart", "equals", "column", "wrong"),
    [
        (
            "fct_indicator_value",
            {"indicator_id": "unemployed_pct", "role": "programme", "period": "2024"},
            "upper",
            99.0,
        ),
        (
            "fct_development_gap",
            {"indicator_id": "unemployed_pct", "comparator": "rest", "period": "2024"},
            "verdict",
            "x",
        ),
        ("fct_claim_verdict", {"claim_id": "deck_projects_70_pct", "evaluation": "as_of"}, "verdict", "undecidable"),
        ("fct_project_stock", {"denominator_id": "stock", "generation_id": "all"}, "done_count", -1),
        ("fct_sentiment", {"period": "2020", "outcome": "optimists"}, "effective_n", 1.0),
        ("fct_harmonisation", {"indicator_id": "unemployed_pct", "period": "2024"}, "sigma", 9.0),
        ("bridge_area_set", {"role": "rest"}, "weight", None),
        ("dim_indicator", {"indicator_id": "unemployed_pct"}, "factor", None),
        ("fct_delivery", {"source_id": "statistikportal"}, "size_bytes", 1),
    ],
)
def test_a_changed_cell_differs(rows: Rows, mart: str, equals: dict[str, Any], column: str, wrong: Any) -> None:
    walk, row = walk_of(rows.release, mart), _row(rows, mart, **equals)
    assert not _proven(rows, walk, row).failed
    # what rests on published figures of the row itself would hide it: only the memo of this row is in between
    changed = Rows(rows.release)
    assert [cell.column for cell in _proven(changed, walk, row | {column: wrong}).failed] == [column]


def test_a_changed_figure_is_not_in_its_delivered_line(rows: Rows) -> None:
    walk, row = (
        walk_of(rows.release, "fct_measure"),
        _row(rows, "fct_measure", measure_id="care_places_under_3", period="2024"),
    )
    assert not _proven(rows, walk, row).failed
    changed = _proven(rows, walk, row | {"delivered_value": row["delivered_value"] + 1})
    assert {cell.column: cell.outcome for cell in changed.failed}["delivered_value"] == "lost"


def test_a_line_that_is_not_there_ends_no_walk(rows: Rows) -> None:
    walk, row = walk_of(rows.release, "dim_project"), _row(rows, "dim_project", project_id="NW-002")
    lost = _proven(rows, walk, row | {"row_address": "Teilprojekte line 99999"}).failed
    assert {cell.outcome for cell in lost} == {"lost"}
    other = _proven(rows, walk, row | {"project_name": "ein anderes"}).failed
    assert [cell.column for cell in other] == ["project_name"]


def test_a_changed_delivery_ends_no_walk(published: Path, tmp_path: Path) -> None:
    root = tmp_path / "var"
    shutil.copytree(published / "nordwaerts" / "archive", root / "nordwaerts" / "archive")
    shutil.copytree(published / "nordwaerts" / "releases", root / "nordwaerts" / "releases", symlinks=True)
    release = reading.current(VarFolder("nordwaerts", root))
    assert release is not None
    rows = Rows(release)
    row, walk = _row(rows, "dim_project", project_id="NW-002"), walk_of(release, "dim_project")
    delivery = stored_at(root / "nordwaerts" / "archive" / "objects", row["delivery_id"])
    delivery.chmod(0o600)
    delivery.write_bytes(delivery.read_bytes() + b"\0")
    assert {cell.outcome for cell in _proven(rows, walk, row).failed} == {"lost"}


def test_a_walk_reads_only_what_it_declares_and_misses_no_column(rows: Rows) -> None:
    walk, row = walk_of(rows.release, "dim_project"), _row(rows, "dim_project", project_id="NW-002")
    with pytest.raises(NotDeclared, match="bridge_project_area"):
        _proven(rows, replace(walk, rests_on={"bridge_project_field_of_action": ("project_id",)}), row)
    missing = _proven(rows, replace(walk, ends=()), row).failed
    assert {cell.outcome for cell in missing} == {"unwalked"}


@pytest.mark.parametrize("mart", ["fct_development_gap", "fct_area_class"])
def test_the_walk_of_one_cell_reads_the_same_as_that_of_all(release: Release, rows: Rows, mart: str) -> None:
    single = Rows(release)
    walk = walk_of(release, mart)
    for row in random.Random(SEED).sample(rows.every(mart), 5):
        assert not _proven(single, walk, dict(row)).failed


def test_rows_read_ahead_are_those_that_are_asked_for_later(release: Release, rows: Rows) -> None:
    ahead, queries = Rows(release), []
    asked = [
        {"indicator_id": indicator_id, "area_kind": "area", "area_id": "statistischer_bezirk-00", "period": period}
        for indicator_id in ("sgb2_pct", "unemployed_pct", "no such")
        for period in ("2015", "2024", "1900")
    ]
    answer = ahead.query
    ahead.query = lambda sql: queries.append(sql) or answer(sql)  # type: ignore[method-assign, func-returns-value]
    values = {
        column: tuple(sorted({each[column] for each in asked})) for column in ("indicator_id", "area_kind", "period")
    }
    ahead.read_ahead("fct_indicator_value", **values)
    found = [ahead.find("fct_indicator_value", **each) for each in asked]
    assert found == [rows.find("fct_indicator_value", **each) for each in asked]
    assert [len(each) for each in found] == [1, 1, 0] * 2 + [0] * 3
    assert len(queries) == 1
    other = {"indicator_id": "sgb2_pct", "area_kind": "area", "area_id": "statistischer_bezirk-00", "period": "2020"}
    assert ahead.find("fct_indicator_value", **other) == rows.find("fct_indicator_value", **other) != []
    assert len(queries) == 2
