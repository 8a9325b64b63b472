"""What stands around a cell: what was rejected, held, corrected or withheld near it, its checks, ledger line and code.

Read from the marts of the same release, checks.parquet, the manifest and the ledger of the same folder. A public walk sees
none of what is internal. Does not belong here: judging whether a check is right.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from release import reading
from release.reading import ReleaseMissing
from tracing.declared import var_of
from tracing.rows import Row, Rows, literal, table_of
from tracing.walks import sql_file

_WITHHELD = ("suppressed", "missing", "incomplete")


def near(
    rows: Rows, behind: Mapping[str, Sequence[Row]], deliveries: Iterable[Mapping[str, Any]]
) -> dict[str, list[Row]]:
    """Rejected rows and held deliveries of the same sources, corrections of figures behind, figures withheld among them."""
    if rows.is_public:
        return {}
    known = {(one["source_id"], one["delivery_id"]) for one in deliveries}
    sources = {source_id for source_id, _ in known if source_id != "programme"}
    figures = [row for table in behind.values() for row in table]
    corrected = {row.get("correction_id") for row in figures} - {None}
    return {
        "rejected": [one for one in _all(rows, "fct_rejected_row") if (one["source_id"], one["delivery_id"]) in known],
        "held": [
            one for one in _all(rows, "fct_delivery")
            if one["source_id"] in sources and one["verdict"] in ("held", "refused")
        ],
        "corrected": [one for one in _all(rows, "fct_correction") if one["correction_id"] in corrected],
        "withheld": [row for row in figures if row.get("status") in _WITHHELD],
    }  # fmt: skip


def _all(rows: Rows, table: str) -> list[dict[str, Any]]:
    try:
        rows.release.mart_path(table, rows.is_public)
    except ReleaseMissing:
        return []
    return rows.every(table)


def checks(
    rows: Rows, mart: str, behind: Mapping[str, Sequence[Row]], deliveries: Iterable[Mapping[str, Any]]
) -> list[Row]:
    """Checks of gate 1 on the landed tables the cell rests on, and of gate 2 on the published file, failed ones first."""
    if rows.is_public:
        return []
    named = {row["table_name"] for table in behind.values() for row in table if row.get("table_name")}
    if not named:
        ids = {one["delivery_id"] for one in deliveries}
        named = {one.table_name for one in rows.release.manifest.deliveries if one.delivery_id in ids}
    found = [dict(one) for one in _all(rows, "fct_data_quality") if one["table_name"] in named]
    published = table_of(str(rows.release.folder / "checks.parquet"))
    found += rows.query(f"select * from {published} where table_name = {literal(mart)} order by check_id")
    return sorted(found, key=lambda one: (one["is_passed"], one["gate"], one["table_name"], one["check_id"]))


def ledger_line(rows: Rows) -> dict[str, Any] | None:
    """The line of the ledger that last switched readers to this release; None where the ledger knows none."""
    entry = reading.switched_entry(var_of(rows), rows.release.release_id)
    if entry is None or rows.is_public:
        return None
    return {
        "sequence": entry.sequence, "at": entry.at, "outcome": entry.outcome, "release_id": entry.release_id,
        "inputs_sha256": entry.inputs_sha256, "previous": entry.previous,
    }  # fmt: skip


def code(rows: Rows, mart: str) -> dict[str, Any]:
    """The model's SQL file, the hash of all code that made the release, and the hash of the published file."""
    manifest = rows.release.manifest
    sha256, _ = manifest.tables[mart].edition(rows.is_public)
    return {"sql": sql_file(mart), "code_sha256": manifest.code_sha256, "table_sha256": sha256}
