"""Equal inputs have equal fingerprints, and each single input tells in it."""

import datetime as dt
from dataclasses import replace

import pytest

from ingest.archive import Receipt
from programmes.loading import load_programme
from programmes.sources import LandedTable
from refresh.fingerprint import Inputs, age_days, code_sha256, counting, fingerprint, is_overdue

RECEIPT = Receipt(
    "ehrenamt", 3, "a" * 64, "e_2021.csv", "", {}, "text/csv", 1, "2022-01-01T00:00:00+00:00", None, "", True
)
OTHER = replace(
    RECEIPT, number=4, delivery_id="b" * 64, file_name="e_2022.csv", received_at="2023-01-01T00:00:00+00:00"
)
REPLACED = {"ehrenamt__a": ("f" * 64,)}
INPUTS = Inputs({"ehrenamt__a": [RECEIPT, OTHER], "ehrenamt__b": [RECEIPT]}, REPLACED, ["ehrenamt__b"], "d", "c", True)


@pytest.fixture(scope="module")
def table() -> LandedTable:
    return next(t for t in load_programme("nordwaerts").landed_tables() if t.name == "ehrenamt__meldungen")


@pytest.mark.parametrize(
    "changed",
    [
        replace(INPUTS, deliveries={"ehrenamt__a": [RECEIPT], "ehrenamt__b": [RECEIPT]}),
        replace(INPUTS, deliveries={"ehrenamt__a": [RECEIPT, OTHER], "ehrenamt__c": [RECEIPT]}),
        replace(INPUTS, deliveries={**INPUTS.deliveries, "ehrenamt__b": [replace(RECEIPT, delivery_id="e" * 64)]}),
        replace(INPUTS, deliveries={**INPUTS.deliveries, "ehrenamt__b": [replace(RECEIPT, number=9)]}),
        replace(INPUTS, deliveries={**INPUTS.deliveries, "ehrenamt__b": [replace(RECEIPT, received_at="2022")]}),
        replace(INPUTS, deliveries={**INPUTS.deliveries, "ehrenamt__b": [replace(RECEIPT, file_name="e.csv")]}),
        replace(INPUTS, superseded={}),
        replace(INPUTS, overdue=[]),
        replace(INPUTS, declarations_sha256="x"),
        replace(INPUTS, code_sha256="x"),
        replace(INPUTS, is_synthetic=False),
        replace(INPUTS, engine="spark"),
    ],
    ids=[
        "gone",
        "other table",
        "bytes",
        "order",
        "moment",
        "name",
        "replaced",
        "overdue",
        "declarations",
        "code",
        "synthetic",
        "engine",
    ],
)
def test_every_input_tells(changed: Inputs) -> None:
    assert fingerprint(changed) != fingerprint(INPUTS)


def test_order_does_not_tell() -> None:
    turned = Inputs(
        {"ehrenamt__b": [RECEIPT], "ehrenamt__a": [OTHER, RECEIPT]}, REPLACED, INPUTS.overdue[::-1], "d", "c", True
    )
    assert fingerprint(turned) == fingerprint(INPUTS)
    assert len(fingerprint(INPUTS)) == 64


def test_available_and_in_force_count_and_nothing_else(table: LandedTable) -> None:
    old = replace(RECEIPT, number=1, delivery_id="o" * 64)
    archived = [old, RECEIPT, OTHER]
    assert counting(table, archived, available=[OTHER], in_force=[]) == [OTHER]
    assert counting(table, archived, available=[OTHER], in_force=[RECEIPT.delivery_id]) == [RECEIPT, OTHER]
    assert counting(table, archived, available=[], in_force=[]) == []
    assert counting(table, archived, [RECEIPT, OTHER], [RECEIPT.delivery_id], set_aside=[OTHER.delivery_id]) == [
        RECEIPT
    ]


def test_only_files_meant_for_a_table_count(table: LandedTable) -> None:
    narrow = table._replace(declared=table.declared.model_copy(update={"files": "*_2022.csv"}))
    assert counting(narrow, [RECEIPT, OTHER], available=[RECEIPT, OTHER], in_force=[]) == [OTHER]


@pytest.mark.parametrize(("days", "expected"), [(600, False), (601, True)])
def test_in_force_grows_old_whether_its_file_is_there_or_not(table: LandedTable, days: int, expected: bool) -> None:
    assert table.source.max_age_days == 600
    day = RECEIPT.received_on + dt.timedelta(days=days)
    assert is_overdue(table, [RECEIPT], [RECEIPT.delivery_id], day) is expected


def test_a_refused_newer_delivery_does_not_make_the_one_in_force_younger(table: LandedTable) -> None:
    day = RECEIPT.received_on + dt.timedelta(days=601)
    assert is_overdue(table, [RECEIPT, OTHER], [RECEIPT.delivery_id], day)
    assert not is_overdue(table, [RECEIPT, OTHER], [RECEIPT.delivery_id, OTHER.delivery_id], day)


def test_before_the_first_release_the_newest_available_counts(table: LandedTable) -> None:
    day = RECEIPT.received_on + dt.timedelta(days=601)
    assert is_overdue(table, [RECEIPT], [], day)
    assert not is_overdue(table, [RECEIPT, OTHER], [], day)
    assert not is_overdue(table, [], [], day)


def test_age_is_counted_from_the_newest_and_never_negative() -> None:
    assert age_days([RECEIPT, OTHER], dt.date(2023, 1, 11)) == 10
    assert age_days([OTHER], dt.date(2022, 12, 1)) == 0


def test_the_code_has_a_fingerprint_of_its_own() -> None:
    assert code_sha256() == code_sha256()
    assert len(code_sha256()) == 64
