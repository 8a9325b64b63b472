"""A delivery opened once: no table pays again for what another one unzipped or decoded, and none sees another."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.areas import locality_of
from ingest.findings import DeliveryRefused
from ingest.formats import decoding, packed, workbook
from ingest.landing import land
from ingest.opened import OpenedDelivery
from programmes.loading import load_programme
from programmes.sources import Format, LandedTable

PROGRAMME = load_programme("nordwaerts")
LOCALITY = locality_of(PROGRAMME)


def tables_of(source_id: str) -> list[LandedTable]:
    return [table for table in PROGRAMME.landed_tables() if table.source.source_id == source_id]


def sample_of(source_id: str) -> Path:
    (path,) = (PROGRAMME.sample_folder / source_id).iterdir()
    return path


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each step of decoding was taken; unzipping by member, sheets and texts by name."""
    counted: Counter[str] = Counter()

    def count(place: object, name: str, named_by: int | None) -> None:
        original: Callable[..., Any] = getattr(place, name)

        def counting(*arguments: Any) -> Any:
            counted[name if named_by is None else f"{name} {arguments[named_by]}"] += 1
            return original(*arguments)

        monkeypatch.setattr(place, name, counting)

    count(packed, "open_zip", None)
    count(workbook.Workbook, "read_sheet", 1)
    count(decoding, "to_text", 1)
    count(packed, "unzip", 1)
    return counted


def test_the_register_workbook_is_opened_once_and_each_sheet_decoded_once(calls: Counter[str]) -> None:
    tables, path = tables_of("projektregister"), sample_of("projektregister")
    delivery = OpenedDelivery(path.read_bytes(), path.name)
    for table in tables:
        assert land(delivery, "d", table, LOCALITY).accepted.num_rows
    sheets = {table.declared.format.sheet for table in tables}
    assert len(tables) > len(sheets) > 1
    assert calls["open_zip"] == 1
    read = Counter({name: times for name, times in calls.items() if name.startswith("read_sheet")})
    assert read == Counter({f"read_sheet {sheet}": 1 for sheet in sheets})


def test_the_platform_zip_is_opened_once_and_each_member_unzipped_and_decoded_once(calls: Counter[str]) -> None:
    tables, path = tables_of("beteiligungsplattform"), sample_of("beteiligungsplattform")
    delivery = OpenedDelivery(path.read_bytes(), path.name)
    for table in [*tables, *tables]:
        assert land(delivery, "d", table, LOCALITY).accepted.num_rows
    assert calls.pop("open_zip") == 1
    assert len(calls) == 2 * len(tables)
    assert {name.partition(" ")[0] for name in calls} == {"unzip", "to_text"}
    assert set(calls.values()) == {1}


def test_two_readings_of_one_text_decode_it_once(calls: Counter[str]) -> None:
    delivery = OpenedDelivery(b"a;b\n1;2\n", "datei.csv")
    assert list(delivery.cells(Format(kind="csv")).cells) == ["a", "b"]
    assert list(delivery.cells(Format(kind="csv", delimiter=",")).cells) == ["a;b"]
    assert delivery.cells(Format(kind="csv")) is delivery.cells(Format(kind="csv"))
    assert calls == Counter({"to_text datei.csv": 1})


def test_the_first_sheet_and_the_sheet_of_that_name_are_one(calls: Counter[str]) -> None:
    path = sample_of("projektregister")
    delivery = OpenedDelivery(path.read_bytes(), path.name)
    unnamed = delivery.cells(Format(kind="excel"))
    (sheet,) = {name.partition(" ")[2] for name in calls if name.startswith("read_sheet")}
    assert delivery.cells(Format(kind="excel", sheet=sheet)).cells.equals(unnamed.cells)
    assert (calls["open_zip"], calls[f"read_sheet {sheet}"]) == (1, 1)


@pytest.mark.parametrize("source_id", ["projektregister", "beteiligungsplattform"])
def test_tables_that_share_a_delivery_land_as_if_each_had_its_own(source_id: str) -> None:
    path = sample_of(source_id)
    shared = OpenedDelivery(path.read_bytes(), path.name)
    for table in reversed(tables_of(source_id)):
        own = OpenedDelivery(path.read_bytes(), path.name)
        together, alone = (land(delivery, "d", table, LOCALITY) for delivery in (shared, own))
        assert (together, together.accepted) == (alone, alone.accepted), table.name


@pytest.mark.attack("a workbook cut off in the middle · refused with a sentence, to every table")
def test_what_cannot_be_read_is_refused_to_every_table() -> None:
    path = sample_of("projektregister")
    delivery = OpenedDelivery(path.read_bytes()[:-100], path.name)
    for table in tables_of("projektregister"):
        with pytest.raises(DeliveryRefused) as refused:
            land(delivery, "d", table, LOCALITY)
        assert (refused.value.rule_id, refused.value.file_name) == ("truncated", path.name)
