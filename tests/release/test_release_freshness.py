"""A source is told of before it is too old: thirty and seven days ahead, and when its next delivery is expected."""

import datetime as dt

import pytest

from release.freshness import source_ages
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
def test_warnings_come_ahead(today: dt.date, warning: str | None) -> None:
    (age,) = source_ages(manifest(), today)
    assert (age.newest_delivery_on, age.warning, age.days_left) == (dt.date(2025, 3, 1), warning, (DUE - today).days)


def test_samples_are_as_old_as_on_the_day_their_figures_stand_for() -> None:
    (age,) = source_ages(manifest(is_synthetic=True, as_of_on=EXPECTED), dt.date(2030, 1, 1))
    assert age.warning == "expected"
