"""A source is told of before it is too old: thirty and seven days ahead, and when its next delivery is expected."""

import datetime as dt
import json
from dataclasses import replace

import pytest

from release.freshness import source_ages
from release.layout import VarFolder
from release.manifest import DeliveryInForce, Manifest

DUE, EXPECTED = dt.date(2026, 6, 30), dt.date(2026, 4, 1)


def manifest(is_synthetic: bool = False, as_of_on: dt.date = DUE) -> Manifest:
    delivered = tuple(
        DeliveryInForce("a__t", each, "a", dt.date(2025, month, 1)) for each, month in (("x", 3), ("y", 1))
    )
    return Manifest(
        "2025-03-01-00000000", "", as_of_on, is_synthetic, "", delivered, {}, "", {"a": DUE}, {"a": EXPECTED}
    )


@pytest.mark.parametrize(
    ("today", "warning"),
    [
        (EXPECTED - dt.timedelta(days=1), None),
        (EXPECTED, "expected"),
        (DUE - dt.timedelta(days=31), "expected"),
        (DUE - dt.timedelta(days=30), "due_within_30_days"),
        (DUE - dt.timedelta(days=8), "due_within_30_days"),
        (DUE - dt.timedelta(days=7), "due_within_7_days"),
        (DUE, "due_within_7_days"),
        (DUE + dt.timedelta(days=1), "overdue"),
    ],
)
def test_warnings_come_ahead(var: VarFolder, today: dt.date, warning: str | None) -> None:
    (age,) = source_ages(manifest(), var, today)
    assert (age.newest_delivery_on, age.warning, age.days_left) == (dt.date(2025, 3, 1), warning, (DUE - today).days)


def test_samples_are_as_old_as_on_the_day_their_figures_stand_for(var: VarFolder) -> None:
    (age,) = source_ages(manifest(is_synthetic=True, as_of_on=EXPECTED), var, dt.date(2030, 1, 1))
    assert age.warning == "expected"


def offered_again(var: VarFolder, *delivered: tuple[str, str], source: str = "a") -> None:
    """Notes of the archive that these deliveries were offered again on a day."""
    names = var.archive / "receipts" / source / "names"
    names.mkdir(parents=True, exist_ok=True)
    for number, (delivery_id, day) in enumerate(delivered, start=1):
        note = {"file_name": "t.csv", "offered_at": f"{day}T03:00:00+00:00"}
        (names / f"00001-{delivery_id[:12]}-{number:05d}.json").write_text(json.dumps(note))


def of_tables(*delivered: tuple[str, str, int]) -> Manifest:
    """A manifest of deliveries by table, id and month of receipt, due a year after the first."""
    rests_on = tuple(DeliveryInForce(table, each, "a", dt.date(2025, month, 1)) for table, each, month in delivered)
    return replace(manifest(), deliveries=rests_on)


def test_the_same_bytes_offered_again_move_the_days_and_not_that_of_receipt(var: VarFolder) -> None:
    offered_again(var, ("x" * 64, "2025-09-01"), ("x" * 64, "2026-03-01"))
    offered_again(var, ("x" * 64, "2026-06-01"), source="b")
    (age,) = source_ages(of_tables(("a__t", "x" * 64, 3), ("a__t", "y" * 64, 1)), var, DUE)
    assert (age.newest_delivery_on, age.last_seen_on) == (dt.date(2025, 3, 1), dt.date(2026, 3, 1))
    assert (age.due_on, age.expected_on) == (DUE + dt.timedelta(days=365), EXPECTED + dt.timedelta(days=365))
    assert (age.warning, age.is_overdue) == (None, False)


def test_the_table_that_nobody_offers_again_decides(var: VarFolder) -> None:
    offered_again(var, ("x" * 64, "2026-03-01"))
    (age,) = source_ages(of_tables(("a__t", "x" * 64, 3), ("a__u", "y" * 64, 3)), var, DUE)
    assert (age.due_on, age.last_seen_on) == (DUE, dt.date(2026, 3, 1))


def test_a_note_that_cannot_be_read_says_nothing(var: VarFolder) -> None:
    offered_again(var, ("x" * 64, "2026-03-01"))
    [path] = (var.archive / "receipts" / "a" / "names").iterdir()
    path.write_text("{")
    assert source_ages(of_tables(("a__t", "x" * 64, 3)), var, DUE)[0].due_on == DUE
