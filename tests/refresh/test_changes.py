"""Rows that deliveries add, change and remove against the release readers see, and which deliveries they replace."""

import pyarrow as pa
import pytest

from ingest.landing import canonical_schema
from programmes.canonical import CANONICAL
from refresh.changes import DeliveryChange, changes

FIGURES, EVENTS = CANONICAL["area_figure"], CANONICAL["event"]


def figures(*rows: tuple[str, str, float | None, str]) -> pa.Table:
    """Area, period, value and delivery of figures that are alike in everything else."""
    schema = canonical_schema(FIGURES)
    plain = dict.fromkeys(schema.names)
    return pa.Table.from_pylist(
        [
            {**plain, "area_id": area, "period": period, "value": value, "measure_id": "people", "_delivery": delivery}
            for area, period, value, delivery in rows
        ],
        schema=schema,
    )


def test_rows_are_compared_by_key_and_told_by_delivery() -> None:
    before = figures(("a", "2020", 1, "d1"), ("a", "2021", 1, "d2"), ("b", "2021", 2, "d2"), ("c", "2021", None, "d2"))
    now = figures(
        ("a", "2020", 1, "d1"),
        ("a", "2021", 9, "d3"),
        ("c", "2021", None, "d3"),
        ("e", "2021", 5, "d3"),
        ("a", "2022", 1, "d4"),
    )
    assert changes(FIGURES, now, before, ["d3", "d4"]) == (
        DeliveryChange("d3", ("2021",), row_count=3, added=1, changed=1, removed=1, replaces=("d2",)),
        DeliveryChange("d4", ("2022",), row_count=1, added=1, changed=0, removed=0, replaces=()),
    )


def test_before_the_first_release_there_is_nothing_to_compare_with() -> None:
    now = figures(("a", "2020", 1, "d1"), ("a", "2021", 1, "d1"))
    assert changes(FIGURES, now, None, ["d1"]) == (DeliveryChange("d1", ("2020", "2021"), 2, None, None, None, ()),)


def test_a_delivery_without_rows_changes_nothing_of_its_own() -> None:
    assert changes(FIGURES, figures(("a", "2020", 1, "d1")), None, ["leer"])[0].row_count == 0


@pytest.mark.parametrize(("kept", "removed"), [(2, 0), (1, 1)])
def test_a_snapshot_replaces_the_one_before_as_a_whole(kept: int, removed: int) -> None:
    schema = canonical_schema(EVENTS)
    assert "period" not in schema.names

    def events(delivery: str, count: int) -> pa.Table:
        plain = dict.fromkeys(schema.names)
        return pa.Table.from_pylist(
            [{**plain, "event_id": str(n), "_delivery": delivery} for n in range(count)], schema
        )

    (change,) = changes(EVENTS, events("new", kept), events("old", 2), ["new"])
    assert (change.periods, change.added, change.changed, change.removed) == ((), 0, 0, removed)
    assert change.replaces == ("old",)
