"""A tiny city as landed Parquet, small enough to work out every figure by hand.

Its rows are the CSV files of `city/`, one per landed table, each row with the reason it is there in the column
`why`. Two Stadtbezirke of two Unterbezirke each, one Sozialraum across them; variant `core` takes district 1 whole
and a quarter of Unterbezirk 21. All figures are made up. An empty cell is null, `""` is an empty text; what a table
does not name is null. `copies` repeats a row, each with a number of its own behind its first column.
"""

import random
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from refreshing import PROGRAMME_TABLES, REFRESH_TABLES

from ingest.landing import canonical_schema
from programmes.canonical import CANONICAL

Row = dict[str, Any]

CITY = Path(__file__).parent / "city"
# read from the CSV, but no column of a landed table
_NOTES = {"why": pa.string(), "copies": pa.int64()}


def landed_schemas() -> dict[str, pa.Schema]:
    """Columns and types of every landed folder dbt reads, by name of the folder."""
    provenance = dict.fromkeys(("_source", "_table", "_delivery", "_row"), pa.string())
    schemas = {name: canonical_schema(table) for name, table in CANONICAL.items()}
    schemas |= {name: pa.schema(columns | provenance) for name, columns in PROGRAMME_TABLES.items()}
    return schemas | {name: pa.schema(columns) for name, columns in REFRESH_TABLES.items()}


def city_rows(table: str) -> list[Row]:
    """The rows of one landed table of the tiny city; none where `city/` has no file for it.

    Raises AssertionError for a column the table does not have, and for a row that does not say why it is there.
    """
    path = CITY / f"{table}.csv"
    schema = landed_schemas()[table]
    if not path.is_file():
        return []
    types = {field.name: field.type for field in schema} | _NOTES
    read = pyarrow.csv.read_csv(
        path,
        parse_options=pyarrow.csv.ParseOptions(delimiter=";"),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            true_values=["true"],
            false_values=["false"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    assert set(read.column_names) <= set(types), f"{path.name}: {set(read.column_names) - set(types)}"
    rows = []
    for line, row in enumerate(read.to_pylist(), start=2):
        assert row.pop("why"), f"{path.name}, line {line}: say why this row is there"
        copies = row.pop("copies", None)
        if "_delivery" in schema.names:
            row = from_table(row.pop("_table", None) or f"programme__{table.removeprefix('programme__')}", row, line)
        key = read.column_names[0]
        rows += [row | {key: f"{row[key]}-{copy}"} for copy in range(copies)] if copies else [row]
    return rows


def from_table(name: str, row: Row, line: int) -> Row:
    """A row as it lands from a declared table: with its source, the delivery of that source and its line."""
    source = name.partition("__")[0]
    address = row.get("_row") or f"line {line}"
    return row | {"_source": source, "_table": name, "_delivery": _deliveries()[source], "_row": address}


@cache
def _deliveries() -> dict[str, str]:
    return {row["source_id"]: row["delivery_id"] for row in city_rows("refresh__delivery")}


def write_city(folder: Path, seed: int | None = None) -> Path:
    """Write the tiny city as landed Parquet into `folder`; a seed shuffles the rows of every table.

    No figure may depend on their order.
    """
    for name, schema in landed_schemas().items():
        rows = city_rows(name)
        if seed is not None:
            random.Random(seed).shuffle(rows)
        (folder / name).mkdir(parents=True, exist_ok=True)
        pq.write_table(schema.empty_table(), folder / name / "empty.parquet")
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / name / "rows.parquet")
    return folder
