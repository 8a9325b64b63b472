"""The count closes for every delivery: header, out of scope, footnotes, accepted and rejected are all there is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_city import figures, land_it, table, volunteers

from ingest import landing
from ingest.areas import locality_of
from ingest.connectors.folder import matches
from ingest.delivered import RecordCount
from ingest.findings import DeliveryRefused
from ingest.formats import csv_cells
from ingest.landing import land
from ingest.opened import OpenedDelivery
from programmes.loading import load_programme
from programmes.sources import LandedTable

FIGURES = "stichtag;nr;einwohner;arbeitslose\n"
NORDWAERTS = load_programme("nordwaerts")


def sample_deliveries() -> Iterator[tuple[LandedTable, Path]]:
    for each in NORDWAERTS.landed_tables():
        for path in sorted((NORDWAERTS.sample_folder / each.source.source_id).iterdir()):
            if matches(path.name, each.source.connector.files) and matches(path.name, each.declared.files):
                yield each, path


def test_the_count_closes_for_every_sample_delivery() -> None:
    locality = locality_of(NORDWAERTS)
    counts = [
        land(OpenedDelivery(path.read_bytes(), path.name), "d", each, locality).count
        for each, path in sample_deliveries()
    ]
    assert len(counts) > 30
    assert all(count.closes and count.accepted for count in counts)
    assert any(count.rejected for count in counts)
    assert any(count.out_of_scope for count in counts)
    assert any(count.footnotes for count in counts)


def test_each_record_is_counted_once_and_by_what_became_of_it() -> None:
    text = (
        FIGURES
        + "2020;011;1;1\n2020;999;1;1\n2020;012;x;y\n;;;\n\n2021;011;1\n2021;011;1;1\n2021;011;1;1\n* vorläufig\n"
    )
    assert land_it(text, figures()).count == RecordCount(8, 1, 0, 1, 2, 4)


def test_a_row_of_several_parts_counts_once() -> None:
    columns: list[dict[str, Any]] = [
        {"from": "nr", "to": "entry_id"},
        {"from": "gebiet", "to": "item_id", "split": ","},
    ]
    declared = table("register_entry", columns, constants={"register_id": "r"})
    landed = land_it("nr;gebiet\n1;a, b,c\n2;a,\n", declared)
    assert landed.count.equation == "3 = 1 + 0 + 0 + 2 + 0"


def test_rows_that_hold_something_for_no_item_are_out_of_scope() -> None:
    items = [{"from": "einwohner", "item": "population", "unit": "persons", "where": {"art": "A"}}]
    text = "art;stichtag;nr;einwohner\nA;2020;011;1\nB;2020;011;2\nB;2020;012;2\n"
    assert land_it(text, figures(items=items)).count.equation == "4 = 1 + 2 + 0 + 1 + 0"


@pytest.mark.parametrize("kept", [0, 1])
def test_a_row_that_is_lost_on_the_way_refuses_the_delivery(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    unpivot = landing.unpivot
    monkeypatch.setattr(landing, "unpivot", lambda found, frame: unpivot(found, frame).head(kept))
    with pytest.raises(DeliveryRefused) as refused:
        land_it(FIGURES + "2020;011;1;1\n2020;012;1;x\n2020;013;1;1\n", figures())
    assert refused.value.rule_id == "count_open"
    assert "≠" in refused.value.detail


def test_a_record_that_a_reader_drops_refuses_the_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_cells, "_rows_of_one_cell", lambda *_: [])
    with pytest.raises(DeliveryRefused) as refused:
        land_it(FIGURES + "2020;011;1;1\nT-0520\n", figures())
    assert (refused.value.rule_id, refused.value.detail) == ("count_open", "3 ≠ 1 + 0 + 0 + 1 + 0")


# -- totals


VOLUNTEERS = "traeger;bezirk;stichtag;art;aktive;stunden\n"


@pytest.mark.parametrize(
    "row",
    [
        "Summe;Hafen;2020;gezählt;9;9",
        ";Hafen;Summe;gezählt;9;9",
        "Summe;;;;9;",
        "T1;insgesamt;2020;gezählt;9;9",
        "Gesamt:;;;;9;",
    ],
)
def test_a_total_row_is_rejected_and_said_to_be_one(row: str) -> None:
    landed = land_it(VOLUNTEERS + row + "\n", volunteers())
    assert landed.accepted.num_rows == 0
    assert {finding.rule_id for finding in landed.findings} == {"total_row"}
    assert landed.count.rejected == 1


def test_a_declared_total_row_is_out_of_scope() -> None:
    text = FIGURES + "2020;011;1;1\nalle;999;9;9\n"
    landed = land_it(text, figures(total_row={"nr": ["999"]}))
    assert (landed.findings, landed.count.equation) == ((), "3 = 1 + 1 + 0 + 1 + 0")


# -- why nothing is in scope


@pytest.mark.parametrize(
    ("rows", "rule", "detail"),
    [
        ("K;5913", "code_lost_zero", "'ags', 5"),
        ("K;05913000", "code_too_long", "'ags', 5 / 8"),
        ("K;05334", "no_agreed_code", "'ags' (05913)"),
        ("L;05913", "no_agreed_code", "'ebene' (K)"),
        ("K;1\nL;05913", "nothing_in_scope", "ebene, ags"),
    ],
)
def test_a_delivery_with_nothing_in_scope_says_why(rows: str, rule: str, detail: str) -> None:
    declared = figures(where={"ebene": ["K"], "ags": ["05913"]})
    text = "ebene;ags;" + FIGURES + "".join(f"{row};2020;011;1;1\n" for row in rows.split("\n"))
    with pytest.raises(DeliveryRefused) as refused:
        land_it(text, declared)
    assert (refused.value.rule_id, refused.value.detail) == (rule, detail)
