"""A laid public edition as its descriptions need it: tables with columns, types and keys, files with hashes, sources.

Belongs here: reading `edition.json`, what the Parquet files say of themselves, the declared keys of the manifest.
Does not belong here: rows for pages; the formats they are described in (the modules beside).
"""

import csv
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow.parquet as pq

from release.manifest import Manifest
from release.public_edition import ABOUT

Kind = Literal["string", "integer", "number", "boolean", "date"]

_TITLES = Path(__file__).parent / "titles.csv"
_KINDS: Mapping[str, Kind] = {"string": "string", "int64": "integer", "double": "number", "bool": "boolean"}
_CATALOGUE = "dim_indicator"
_NOT_FOR_ALL = "dim_area_outline"  # areas of one level alone have outlines, so nothing refers to them
_YEAR = r"\d{4}"
_DAYS = {"valid_from"}  # every table has days of its own, so a key with one is no other table's


@dataclass(frozen=True)
class Column:
    """A column, what it means, and whether a cell of it is empty in this edition."""

    name: str
    kind: Kind
    description: str
    has_empty: bool


@dataclass(frozen=True)
class Title:
    """What a table is called and holds, for people who look for data."""

    de: str
    en: str
    description_de: str


@dataclass(frozen=True)
class Reference:
    """Columns that name a row of another table by its whole key."""

    columns: tuple[str, ...]
    table: str


@dataclass(frozen=True)
class Table:
    """A public table; `years` are the first and last year of its column `period`, None where it has none."""

    name: str
    title: Title
    description: str
    row_count: int
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...]
    years: tuple[str, str] | None

    @property
    def is_key_filled(self) -> bool:
        """Whether every column of the key has a cell in every row, as a primary key must."""
        filled = {column.name for column in self.columns if not column.has_empty}
        return bool(self.key) and set(self.key) <= filled


@dataclass(frozen=True)
class LaidFile:
    """A file of the edition: SHA-256 in hex, and bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, order=True)
class DataSource:
    """A source the figures come from, with the licence it delivers under."""

    source_id: str
    name_de: str
    name_en: str
    publisher: str
    licence: str


@dataclass(frozen=True)
class Edition:
    """A public edition as it lies in its folder; tables in order of name."""

    release_id: str
    as_of_on: dt.date
    is_synthetic: bool
    tables: tuple[Table, ...]
    files: Mapping[str, LaidFile]
    sources: tuple[DataSource, ...]


def read_edition(folder: Path, contents: Manifest) -> Edition:
    """The edition laid in a folder, with the keys its release declares; raises KeyError for a table without a title."""
    about = json.loads((folder / ABOUT).read_bytes())
    keys = {name: tuple(contents.tables[name].text.trace.get("key", ())) for name in sorted(about["tables"])}
    with duckdb.connect(config={"threads": 1, "autoinstall_known_extensions": False}) as connection:
        return Edition(
            release_id=about["release_id"],
            as_of_on=dt.date.fromisoformat(about["as_of_on"]),
            is_synthetic=about["is_synthetic"],
            tables=tuple(_table(connection, folder / f"{name}.parquet", keys) for name in keys),
            files={name: LaidFile(file["sha256"], file["bytes"]) for name, file in sorted(about["files"].items())},
            sources=_sources(connection, folder) if _CATALOGUE in keys else (),
        )


@cache
def titles() -> Mapping[str, Title]:
    """Table → what it is called, as declared in titles.csv."""
    with _TITLES.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter=";"))
    return {row["table"]: Title(row["title_de"], row["title_en"], row["description_de"]) for row in rows}


def _table(connection: duckdb.DuckDBPyConnection, path: Path, keys: Mapping[str, tuple[str, ...]]) -> Table:
    with pq.ParquetFile(path) as file:
        schema, row_count, empty = file.schema_arrow, file.metadata.num_rows, _with_empty_cells(file.metadata)
    about = {key.decode(): value.decode() for key, value in (schema.metadata or {}).items()}
    texts = json.loads(about.get("columns", "{}"))
    name, columns = path.stem, tuple(schema.names)
    return Table(
        name=name,
        title=titles()[name],
        description=about.get("description", ""),
        row_count=row_count,
        columns=tuple(
            Column(each.name, _kind(str(each.type)), texts.get(each.name, ""), each.name in empty) for each in schema
        ),
        key=keys[name] if set(keys[name]) <= set(columns) else (),
        references=tuple(
            Reference(key, target)
            for target, key in keys.items()
            if target.startswith("dim_")
            and target != name
            and key
            and set(key) <= set(columns)
            and not _DAYS & set(key)
            and target != _NOT_FOR_ALL
        ),
        years=_years(connection, path) if "period" in columns else None,
    )


def _with_empty_cells(metadata: Any) -> set[str]:
    """Columns with an empty cell, or of which the file does not say."""
    found = set()
    for group in range(metadata.num_row_groups):
        for position in range(metadata.num_columns):
            column = metadata.row_group(group).column(position)
            statistics = column.statistics
            if statistics is None or not statistics.has_null_count or statistics.null_count:
                found.add(column.path_in_schema)
    return found


def _kind(arrow: str) -> Kind:
    if arrow.startswith("date"):
        return "date"
    return "number" if arrow.startswith("decimal") else _KINDS[arrow]


def _years(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, str] | None:
    query = "select min(period), max(period) from read_parquet(?) where regexp_full_match(period, ?)"
    first, last = connection.execute(query, [str(path), _YEAR]).fetchall()[0]
    return (first, last) if first else None


def _sources(connection: duckdb.DuckDBPyConnection, folder: Path) -> tuple[DataSource, ...]:
    query = "select distinct source_id, source_name_de, source_name_en, publisher, licence from read_parquet(?)"
    rows = connection.execute(query, [str(folder / f"{_CATALOGUE}.parquet")]).fetchall()
    return tuple(sorted(DataSource(*row) for row in rows if row[0]))
