"""What had been received by the day a sentence was said: per claim and period of the data it rests on.

Figures that came later, or came again with other values, were not what anybody could know that day. Where the receipts of
a source begin after the sentence nothing is known of that, and only the period of the data can tell. Rows are compared as
they are, no figure is touched.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.archive import Receipt, came_on
from ingest.findings import DeliveryRefused
from ingest.landing import ARROW_TYPES, Landed
from programmes.canonical import REPEATED, CanonicalTable
from programmes.claim_rules import WHAT_IS_COUNTED
from programmes.claims import Claim, ClaimRegister
from refresh.candidate import in_force_of
from refresh.outcomes import TableOutcome
from refresh.promoting import promoted_path
from refresh.receiving import Deliveries
from release.archive_damage import ArchiveDamaged

State = Literal["received", "by_period", "revised", "not_received"]  # of several, the last one counts
_RANKED: tuple[State, ...] = ("received", "by_period", "revised", "not_received")
KNOWN_COLUMNS = {
    **dict.fromkeys(("claim_id", "period", "state"), ARROW_TYPES["text"]),
    "received_on": ARROW_TYPES["date"],
}


class Known(NamedTuple):
    """What was there of some rows on a day, and when the last of those in force now came."""

    state: State
    received_on: dt.date

    def __or__(self, other: "Known") -> "Known":
        state = max(self.state, other.state, key=_RANKED.index)
        return Known(state, max(self.received_on, other.received_on))


Group = tuple[str, str]  # item and period; empty where a table has none
ByItemAndPeriod = Mapping[Group, Known]


def known_rows(deliveries: Deliveries, outcomes: Mapping[str, TableOutcome]) -> list[dict[str, Any]]:
    """Rows of `refresh__known`, one per claim with data and period of these, in order."""
    register = deliveries.context.programme.claim_register
    superseded = deliveries.standing_after(outcomes).superseded
    found: dict[tuple[str, str], Known] = {}
    for name, outcome in sorted(outcomes.items()):
        history = _History(deliveries, outcome, tuple(superseded.get(name, ())))
        on_day: dict[dt.date, ByItemAndPeriod] = {}
        for claim in register.claims:
            items = _items_asked(claim, outcome)
            if items is None:
                continue
            day = day_said(register, claim)
            if day not in on_day:
                on_day[day] = history.on(day)
            for (item, period), known in on_day[day].items():
                if not items or item in items:
                    key = (claim.claim_id, period)
                    found[key] = found.get(key, known) | known
    return [
        {"claim_id": claim, "period": period, **known._asdict()} for (claim, period), known in sorted(found.items())
    ]


def day_said(register: ClaimRegister, claim: Claim) -> dt.date:
    """The day by which its data must have been there: of a document without a day the first, but of what is counted on
    every day of the window the last."""
    document = register.document_of(claim)
    is_counted = claim.metric is not None and claim.metric.kind in WHAT_IS_COUNTED
    return document.last_on if is_counted else document.first_on


def _items_asked(claim: Claim, outcome: TableOutcome) -> frozenset[str] | None:
    """The items of a landed table a claim rests on, empty for all of them; None if it does not rest on the table."""
    canonical = outcome.table.declared.canonical
    named = [name.partition("/")[2] for name in claim.dependencies if name.partition("/")[0] == canonical]
    return frozenset(filter(None, named)) if named else None


@dataclass(frozen=True)
class _History:
    """One landed table through time: the deliveries in force, and those that were before."""

    deliveries: Deliveries
    outcome: TableOutcome
    superseded: tuple[str, ...]

    @cached_property
    def _receipts(self) -> list[Receipt]:
        source_id = self.outcome.table.source.source_id
        known = {receipt.delivery_id for receipt in self.outcome.in_force}.union(self.superseded)
        return [receipt for receipt in self.deliveries.archive.receipts(source_id) if receipt.delivery_id in known]

    @cached_property
    def _came(self) -> Mapping[str, dt.date]:
        source_id, context = self.outcome.table.source.source_id, self.deliveries.context
        return came_on(self.deliveries.archive.receipts(source_id), context.now().date())

    @cached_property
    def _now(self) -> pa.Table:
        return pq.read_table(
            promoted_path(self.deliveries.context.var, self.outcome.table), read_dictionary=list(REPEATED)
        )

    def on(self, day: dt.date) -> ByItemAndPeriod:
        """What was there on a day, by item and period of the rows in force now; rows dated later are nobody's knowledge."""
        groups = _Groups.of(self.outcome.table.declared.canonical_table, day)
        came, deliveries = self._came, groups.deliveries(self._now)
        received = [receipt for receipt in self._receipts if came[receipt.delivery_id] <= day]
        states = self._states(groups, deliveries, received)
        return {
            group: Known(states[group], max(came[each] for each in delivered))
            for group, delivered in deliveries.items()
        }

    def _states(
        self, groups: "_Groups", deliveries: Mapping[Group, frozenset[str]], received: Sequence[Receipt]
    ) -> Mapping[Group, State]:
        ids = {receipt.delivery_id for receipt in received}
        if not ids:
            return dict.fromkeys(deliveries, "by_period")
        if ids.issubset(receipt.delivery_id for receipt in self.outcome.in_force):  # nothing replaced, nothing revised
            return {g: "received" if ids.issuperset(found) else "not_received" for g, found in deliveries.items()}
        then = self._then(received)
        if then is None:
            return dict.fromkeys(deliveries, "by_period")
        before, differing = groups.deliveries(then), groups.differing(self._now, then)
        return {
            g: "not_received" if g not in before else "revised" if g in differing else "received" for g in deliveries
        }

    def _then(self, received: Sequence[Receipt]) -> pa.Table | None:
        """The rows that were in force once these had come; None where none of them can be read any more."""
        table = self.outcome.table
        landed: dict[str, Landed] = {}
        for receipt in received if table.declared.mode == "by_period" else reversed(received):
            with suppress(DeliveryRefused, ArchiveDamaged):
                landed[receipt.delivery_id] = self.deliveries.landed(table, receipt)
            if landed and table.declared.mode == "snapshot":
                break
        readable = [receipt for receipt in received if receipt.delivery_id in landed]
        return in_force_of(table, readable, landed).rows() if readable else None


@dataclass(frozen=True)
class _Groups:
    """How the rows of a canonical table fall into items and periods, and which of them are left out."""

    key: str
    fields: str
    until: str

    @classmethod
    def of(cls, table: CanonicalTable, day: dt.date) -> "_Groups":
        names = [field.name for field in table.fields]
        dated = next((f'"{field.name}"' for field in table.fields if field.type == "date" and field.is_required), None)
        item, period, until = table.item_field or "''", "''", ""
        if "period" in names:
            period = "period"
        elif dated:
            period, until = f"cast(year({dated}) as varchar)", f" where {dated} <= date '{day.isoformat()}'"
        return cls(f"{item} as item, {period} as of_period", ", ".join(f'"{name}"' for name in names), until)

    def deliveries(self, rows: pa.Table) -> dict[Group, frozenset[str]]:
        """The deliveries the rows of each group come from."""
        found: dict[Group, set[str]] = {}
        with duckdb.connect(":memory:") as connection:
            connection.register("found", rows)
            for *group, delivery in connection.execute(
                f"select distinct {self.key}, _delivery from found{self.until} order by all"
            ).fetchall():
                found.setdefault((group[0], group[1]), set()).add(delivery)
        return {group: frozenset(ids) for group, ids in found.items()}

    def differing(self, now: pa.Table, then: pa.Table) -> set[Group]:
        """The groups that held other rows then than now."""
        found: set[Group] = set()
        with duckdb.connect(":memory:") as connection:
            connection.register("now_", now)
            connection.register("then_", then)
            for one, other in (("now_", "then_"), ("then_", "now_")):
                left = f"select {self.fields} from {one}{self.until} except all select {self.fields} from {other}{self.until}"
                found.update(connection.execute(f"select distinct {self.key} from ({left}) as differing").fetchall())
        return found
