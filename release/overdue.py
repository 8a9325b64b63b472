"""Which sources are due: the newest delivery in force of each, and until when it is young enough.

The one place that decides what overdue means; `status`, notices and metrics ask here. Standard library only.
"""

import datetime as dt
from dataclasses import dataclass

from release.manifest import Manifest


@dataclass(frozen=True)
class SourceAge:
    """One source of a release; `due_on` is the last day on which its deliveries are young enough, None if no limit."""

    source_id: str
    newest_delivery_on: dt.date
    due_on: dt.date | None
    is_overdue: bool


def source_ages(contents: Manifest, today: dt.date | None = None) -> list[SourceAge]:
    """One record per source with deliveries in force, sorted; `today` is the day in UTC unless given.

    Sample deliveries are as old as on the day their figures stand for.
    """
    day = contents.as_of_on if contents.is_synthetic else today or dt.datetime.now(dt.UTC).date()
    newest: dict[str, dt.date] = {}
    for delivery in contents.deliveries:
        newest[delivery.source_id] = max(delivery.received_on, newest.get(delivery.source_id, delivery.received_on))
    return [
        SourceAge(source_id, newest[source_id], due_on, due_on is not None and due_on < day)
        for source_id, due_on in ((source_id, contents.due_on.get(source_id)) for source_id in sorted(newest))
    ]
