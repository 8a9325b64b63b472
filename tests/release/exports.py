"""Builds small exports as orchestration hands them over: marts, their checks, export.json."""

import datetime as dt
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from release import ledger
from release.disclosure import PUBLIC_MARTS
from release.layout import VarFolder
from release.manifest import DeliveryInForce, MartText, ReleaseMeta
from release.reading import Release

AS_OF = dt.date(2026, 3, 2)
NIGHT = dt.datetime(2026, 3, 2, 3, 0, tzinfo=dt.UTC)
DELIVERY = "d" * 64


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def inputs_of(label: str) -> str:
    """A fingerprint that stands for one set of inputs."""
    return sha256(label.encode())


def meta(label: str, is_synthetic: bool = True, as_of_on: dt.date = AS_OF) -> ReleaseMeta:
    return ReleaseMeta(
        inputs_sha256=inputs_of(label),
        as_of_on=as_of_on,
        is_synthetic=is_synthetic,
        code_sha256="0.1.0",
        deliveries=(
            DeliveryInForce("projektregister__projects", DELIVERY, "projektregister", dt.date(2026, 2, 1)),
            DeliveryInForce("ehrenamt__counts", "e" * 64, "ehrenamt", dt.date(2025, 7, 1)),
        ),
        due_on={"projektregister": dt.date(2026, 6, 1), "ehrenamt": dt.date(2026, 3, 2)},
        texts={"dim_project": MartText("one row per sub-project", {"project_id": "number of the sub-project"})},
    )


def default_marts(figure: int) -> dict[str, pa.Table]:
    """A public mart, an internal one whose figure tells releases apart, and one without rows."""
    return {
        "dim_project": pa.table({"project_id": ["001", "002"], "is_synthetic": [True, True]}),
        "fct_volunteering": pa.table(
            {"area_id": ["stadtbezirk-20"], "value": [figure], "note": [None], "is_synthetic": [True]},
            schema=pa.schema([("area_id", "string"), ("value", "int64"), ("note", "string"), ("is_synthetic", "bool")]),
        ),
        "fct_sentiment": pa.table({"n": pa.array([], pa.int64()), "is_synthetic": pa.array([], pa.bool_())}),
    }


def check_row(mart: str, mart_sha256: str | None, **changes: Any) -> dict[str, Any]:
    return {
        "check_id": f"{mart}.has_rows",
        "table_name": mart,
        "gate": "2",
        "rule_id": "row_count",
        "column_name": None,
        "severity": "block",
        "is_passed": True,
        "failed_count": 0,
        "observed": None,
        "expected": None,
        "sentence_de": f"Die Tabelle {mart} hat zu wenige Zeilen.",
        "sentence_en": f"Table {mart} has too few rows.",
        "table_sha256": mart_sha256,
        **changes,
    }


def write_checks(folder: Path, rows: list[dict[str, Any]]) -> None:
    schema = pa.schema(
        [
            (name, "bool" if name == "is_passed" else "int64" if name == "failed_count" else "string")
            for name in check_row("any", None)
        ]
    )
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / "checks.parquet")


def write_export(folder: Path, label: str, figure: int = 1, marts: dict[str, pa.Table] | None = None) -> Path:
    """An export that may be published: every mart checked by one blocking check that passed."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "public", ignore_errors=True)
    (folder / "public").mkdir()
    tables, public = {}, {}
    for mart, table in (marts or default_marts(figure)).items():
        pq.write_table(table, folder / f"{mart}.parquet")
        tables[mart] = sha256((folder / f"{mart}.parquet").read_bytes())
        if mart in PUBLIC_MARTS:
            pq.write_table(table, folder / "public" / f"{mart}.parquet")
            public[mart] = tables[mart]
    checks = [check_row(mart, mart_sha256) for mart, mart_sha256 in tables.items()]
    write_checks(folder, checks)
    declared = {
        "inputs_sha256": inputs_of(label),
        "tables": tables,
        "public": public,
        "expected_checks": [check["check_id"] for check in checks],
    }
    (folder / "export.json").write_text(json.dumps(declared))
    return folder


def note_published(var: VarFolder, release: Release) -> None:
    """The ledger line of a published release of `write_export`, as a refresh writes it."""
    ledger.append(
        var,
        "published",
        at=NIGHT,
        release_id=release.release_id,
        inputs_sha256=release.inputs_sha256,
        in_force=release.manifest.in_force,
        as_of_on=AS_OF,
        is_synthetic=True,
    )
