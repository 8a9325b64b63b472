"""Which deliveries make up a landed table: the latest, or the latest of each period; never the alphabet.

Deliveries of one night that hold the same period are equally old, and none of them counts before the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ingest.archive import Receipt
from ingest.landing import Landed
from programmes.sources import LandedTable
from release.reason import Reason


@dataclass(frozen=True)
class Candidate:
    """Deliveries that landed and count, each for all it holds or for some periods; their rows are put together when asked for."""

    table: LandedTable
    receipts: tuple[Receipt, ...]
    landed: dict[str, Landed]
    periods: dict[str, tuple[str, ...]]  # delivery → those it counts for; none named in a snapshot

    def rows(self) -> pa.Table:
        """All rows that count, in key order."""
        if self.table.declared.mode == "snapshot":
            (newest,) = self.landed.values()
            return newest.accepted
        parts = (self._part(delivery_id) for delivery_id in self.landed)
        return _ordered(pa.concat_tables(parts), self.table.declared.canonical_table.key)

    def _part(self, delivery_id: str) -> pa.Table:
        landed, periods = self.landed[delivery_id], self.periods[delivery_id]
        rows = landed.accepted
        if len(periods) == len(landed.periods):
            return rows
        return rows.filter(pc.is_in(rows["period"], value_set=pa.array(periods, pa.string())))


def in_force_of(table: LandedTable, receipts: Sequence[Receipt], landed: dict[str, Landed]) -> Candidate:
    """The latest delivery counts, for tables by period the latest of each period."""
    ordered = sorted(receipts, key=lambda receipt: receipt.number)
    if table.declared.mode == "snapshot":
        newest = ordered[-1]
        return Candidate(table, (newest,), {newest.delivery_id: landed[newest.delivery_id]}, {})
    latest: dict[str, Receipt] = {}
    for receipt in ordered:
        latest.update(dict.fromkeys(landed[receipt.delivery_id].periods, receipt))
    holders = {receipt.number for receipt in latest.values()}
    used = tuple(receipt for receipt in ordered if receipt.number in holders) or (ordered[-1],)
    periods = {
        receipt.delivery_id: tuple(period for period, holder in latest.items() if holder is receipt) for receipt in used
    }
    return Candidate(table, used, {each: landed[each] for each in periods}, periods)


def _ordered(rows: pa.Table, key: Sequence[str]) -> pa.Table:
    """Rows by key, column after column: a large table is not held twice."""
    order = pc.sort_indices(rows.select(key), sort_keys=[(column, "ascending") for column in key])
    schema, columns = rows.schema, []
    for name in schema.names:
        columns.append(rows[name].take(order))
        rows = rows.drop_columns(name)
    return pa.table(columns, schema=schema)


def in_place_of(
    table: LandedTable, replaced: Sequence[Receipt], in_force: Sequence[Receipt], landed: dict[str, Landed]
) -> dict[str, tuple[str, ...]]:
    """Delivery that was replaced → those in force that hold what it held; all of them where periods do not tell."""
    everything = tuple(receipt.delivery_id for receipt in in_force)
    if table.declared.mode == "snapshot":
        return {receipt.delivery_id: everything for receipt in replaced}
    latest: dict[str, str] = {}
    for receipt in sorted(in_force, key=lambda each: each.number):
        latest.update(dict.fromkeys(landed[receipt.delivery_id].periods, receipt.delivery_id))
    found: dict[str, tuple[str, ...]] = {}
    for receipt in replaced:
        held = landed[receipt.delivery_id].periods if receipt.delivery_id in landed else ()
        found[receipt.delivery_id] = tuple({latest[each]: None for each in held if each in latest}) or everything
    return found


def equally_old(table: LandedTable, receipts: Sequence[Receipt], landed: dict[str, Landed]) -> list[Reason]:
    """Deliveries of one night that hold the same period, if none that came later holds it too."""
    if table.declared.mode == "snapshot":
        return []
    holders: dict[str, list[Receipt]] = {}
    for receipt in sorted(receipts, key=lambda each: each.number):
        for period in landed[receipt.delivery_id].periods if receipt.delivery_id in landed else ():
            holders[period] = [each for each in holders.get(period, []) if each.is_as_old_as(receipt)] + [receipt]
    contested = {period: rivals for period, rivals in sorted(holders.items()) if len(rivals) > 1}
    periods: dict[tuple[int, ...], list[str]] = {}
    for period, rivals in contested.items():
        periods.setdefault(tuple(rival.number for rival in rivals), []).append(period)
    return [equally_old_reason(table, contested[found[0]], ", ".join(found)) for found in periods.values()]


def equally_old_reason(table: LandedTable, rivals: Sequence[Receipt], periods: str = "") -> Reason:
    """Why deliveries of one night refuse: which files, and the periods all of them hold."""
    files = ", ".join(receipt.file_name for receipt in rivals)
    of_de, of_en = (f" für {periods}", f" for {periods}") if periods else ("", " it")
    all_de, all_en = ("beide", "both") if len(rivals) == 2 else ("alle", "all")
    return Reason(
        f"{table.name}: {files} kamen zugleich und liefern {all_de}{of_de}; welche gilt, ist nicht zu erkennen.",
        f"{table.name}: {files} came at the same time and {all_en} deliver{of_en}; which one counts cannot be told.",
        "Die falsche aus dem Eingangsordner nehmen und neu starten.",
        "Take the wrong one out of the inbox and start again.",
        source=table.source.source_id,
        file=files,
        rule="equally_old",
    )
