"""Landed rows by period: which periods there are, and one delivery among the others in force."""

import pyarrow as pa
import pyarrow.compute as pc

from programmes.sources import LandedTable


def among_others(table: LandedTable, rows: pa.Table, before: pa.Table | None) -> pa.Table:
    """Rows of one new delivery among those in force: for tables by period together with all other periods, in key order."""
    if table.declared.mode == "snapshot" or before is None:
        return rows
    others = pc.invert(pc.is_in(before["period"], value_set=pa.array(periods_of(rows), pa.string())))
    key = [(column, "ascending") for column in table.declared.canonical_table.key]
    return pa.concat_tables([before.filter(others), rows]).sort_by(key)


def periods_of(rows: pa.Table) -> list[str]:
    """The periods a table holds, in order; none where it has no such column."""
    return sorted(rows["period"].unique().to_pylist()) if "period" in rows.column_names else []
