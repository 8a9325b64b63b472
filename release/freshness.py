"""How old each source is: when its deliveries in force were last offered, when the next one is expected, and from when it
is too old. Days of the manifest are of the receipt; the same bytes offered again move them.

The one place that decides what overdue means; `status`, notices and metrics ask here. Standard library only.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from release.archive_record import offered_again_on
from release.layout import VarFolder
from release.manifest import Manifest

Warning = Literal["overdue", "due_within_7_days", "due_within_30_days", "expected"]


@dataclass(frozen=True)
class SourceAge:
    """Grain: one source of a release. Days are calendar days; `expected_on` and `due_on` are None where none is agreed."""

    source_id: str
    newest_delivery_on: dt.date
    last_seen_on: dt.date
    expected_on: dt.date | None
    due_on: dt.date | None
    warning: Warning | None
    days_left: int | None
    is_overdue: bool


def source_ages(contents: Manifest, var: VarFolder, today: dt.date | None = None) -> list[SourceAge]:
    """The age of every source of a release of a programme, by source id; `today` is the day in UTC unless given.

    Sample deliveries are as old as on the day their figures stand for.
    """
    day = contents.as_of_on if contents.is_synthetic else today or dt.datetime.now(dt.UTC).date()
    again = offered_again_on(var)
    received: dict[str, dict[str, dt.date]] = {}  # source → table → day
    seen: dict[str, dict[str, dt.date]] = {}
    for each in contents.deliveries:
        last_on = again.get((each.source_id, each.delivery_id[:12]), each.received_on)
        for found, on in ((received, each.received_on), (seen, last_on)):
            tables = found.setdefault(each.source_id, {})
            tables[each.table_name] = max(on, tables.get(each.table_name, on))
    return [
        _age(
            source_id,
            max(received[source_id].values()),
            max(seen[source_id].values()),
            _moved(contents.expected_on.get(source_id), received[source_id], seen[source_id]),
            _moved(contents.due_on.get(source_id), received[source_id], seen[source_id]),
            day,
        )
        for source_id in sorted(received)
    ]


def _moved(on: dt.date | None, received: Mapping[str, dt.date], seen: Mapping[str, dt.date]) -> dt.date | None:
    """A day counted from the receipt of the table that is oldest, counted from when that was last seen instead."""
    return on + (min(seen.values()) - min(received.values())) if on else None


def _age(
    source_id: str, newest: dt.date, seen: dt.date, expected: dt.date | None, due: dt.date | None, day: dt.date
) -> SourceAge:
    left = (due - day).days if due else None
    warning: Warning | None = None
    if left is not None and left < 0:
        warning = "overdue"
    elif left is not None and left <= 7:
        warning = "due_within_7_days"
    elif left is not None and left <= 30:
        warning = "due_within_30_days"
    elif expected and expected <= day:
        warning = "expected"
    return SourceAge(source_id, newest, seen, expected, due, warning, left, warning == "overdue")
