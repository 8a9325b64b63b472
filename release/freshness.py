"""How old each source is: its newest delivery in force, when the next one is expected, and from when it is too old.

The one place that decides what overdue means; `status`, notices and metrics ask here. Standard library only.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from release.manifest import Manifest

Warning = Literal["overdue", "due_within_7_days", "due_within_30_days", "expected"]


@dataclass(frozen=True)
class SourceAge:
    """Grain: one source of a release. Days are calendar days; `expected_on` and `due_on` are None where none is agreed."""

    source_id: str
    newest_delivery_on: dt.date
    expected_on: dt.date | None
    due_on: dt.date | None
    warning: Warning | None
    days_left: int | None
    is_overdue: bool


def source_ages(contents: Manifest, today: dt.date | None = None) -> list[SourceAge]:
    """The age of every source of a release, by source id; `today` is the day in UTC unless given.

    Sample deliveries are as old as on the day their figures stand for.
    """
    day = contents.as_of_on if contents.is_synthetic else today or dt.datetime.now(dt.UTC).date()
    newest: dict[str, dt.date] = {}
    for delivery in contents.deliveries:
        newest[delivery.source_id] = max(delivery.received_on, newest.get(delivery.source_id, delivery.received_on))
    return [
        _age(source_id, newest[source_id], contents.expected_on.get(source_id), contents.due_on.get(source_id), day)
        for source_id in sorted(newest)
    ]


def _age(source_id: str, newest: dt.date, expected: dt.date | None, due: dt.date | None, day: dt.date) -> SourceAge:
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
    return SourceAge(source_id, newest, expected, due, warning, left, warning == "overdue")
