"""Where landed tables lie: in staging until every table of the refresh has passed, then promoted all together, or none."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq

from ingest.landing import canonical_schema
from programmes.canonical import CANONICAL
from programmes.sources import LandedTable
from refresh.context import RefreshContext
from refresh.outcomes import TableOutcome
from release.layout import VarFolder


def staged_path(var: VarFolder, table: LandedTable) -> Path:
    """Where a landed table waits until every table of the refresh has passed."""
    return var.staging / f"{table.name}.parquet"


def promoted_path(var: VarFolder, table: LandedTable) -> Path:
    """Where the promoted Parquet of a landed table lies; dbt reads everything in that folder."""
    return var.landed / table.declared.canonical / f"{table.name}.parquet"


def promote_all(var: VarFolder, outcomes: Iterable[TableOutcome]) -> None:
    """Let the staged tables of a refresh take the place of the promoted ones; called when every one has passed."""
    for outcome in outcomes:
        promoted = promoted_path(var, outcome.table)
        promoted.parent.mkdir(parents=True, exist_ok=True)
        staged_path(var, outcome.table).replace(promoted)


def write_empty_tables(context: RefreshContext) -> None:
    """Typed, empty Parquet for every canonical table, so that one a city does not declare is read as empty.

    Landed files of tables that are no longer declared are removed.
    """
    declared = {promoted_path(context.var, table) for table in context.programme.landed_tables()}
    for canonical, table in CANONICAL.items():
        folder = context.var.landed / canonical
        folder.mkdir(parents=True, exist_ok=True)
        for stale in set(folder.glob("*.parquet")) - declared:
            stale.unlink()
        pq.write_table(canonical_schema(table).empty_table(), folder / "empty.parquet")
