"""`monitoring.duckdb`: all internal marts of a release as tables, for evaluators with a DuckDB client.

A convenience made from the release's Parquet, which is the truth; it can be rebuilt at any time. Holds
tables only (a view would keep a path), plus `checks` and one row `release` that says which release this
file is and whether its figures are synthetic. Its bytes differ from build to build.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from release.manifest import Manifest

_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "1",
    "memory_limit": "2GB",
}


def build_database(target: Path, internal: Path, checks: Path, contents: Manifest) -> None:
    """Write the database file of a release anew, closed and without a write-ahead log.

    Raises RuntimeError if DuckDB leaves one behind: such a file must not be published.
    """
    with _written(target) as connection:
        for mart, table in contents.tables.items():
            _load(connection, mart, internal / f"{mart}.parquet")
            _comments(connection, mart, table.text.description, table.text.columns)
        _load(connection, "checks", checks)
        _say_which(connection, contents)


def build_public_database(target: Path, tables: Mapping[str, Path], contents: Manifest) -> None:
    """Write the tables of a public edition as one database file; what they mean comes from the Parquet files themselves."""
    with _written(target) as connection:
        for mart, path in tables.items():
            _load(connection, mart, path)
            about = _about(connection, path)
            _comments(connection, mart, about.get("description", ""), json.loads(about.get("columns", "{}")))
        _say_which(connection, contents)


def _about(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """What a Parquet file says of itself."""
    found = connection.execute(
        f"select decode(key), decode(value) from parquet_kv_metadata({_text(str(path))})"
    ).fetchall()
    return {key: value for key, value in found if key in ("description", "columns")}


@contextmanager
def _written(target: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    write_ahead_log = target.with_name(target.name + ".wal")
    for leftover in (target, write_ahead_log):
        leftover.unlink(missing_ok=True)
    with duckdb.connect(str(target), config=_OFFLINE) as connection:
        connection.execute("begin")  # a thousand comments are written to disk at once
        yield connection
        connection.execute("commit")
        connection.execute("checkpoint")
    if write_ahead_log.exists():
        raise RuntimeError(f"DuckDB left a write-ahead log beside {target.name}")


def _comments(connection: duckdb.DuckDBPyConnection, table: str, description: str, texts: Mapping[str, str]) -> None:
    _comment(connection, f"table {_name(table)}", description)
    columns = {row[0] for row in connection.execute(f"describe {_name(table)}").fetchall()}
    for column, text in texts.items():
        if column in columns:
            _comment(connection, f"column {_name(table)}.{_name(column)}", text)


def _say_which(connection: duckdb.DuckDBPyConnection, contents: Manifest) -> None:
    connection.execute(
        "create table release as select ? as release_id, cast(? as date) as as_of_on, "
        "? as is_synthetic, ? as code_sha256, ? as inputs_sha256",
        [
            contents.release_id,
            contents.as_of_on.isoformat(),
            contents.is_synthetic,
            contents.code_sha256,
            contents.inputs_sha256,
        ],
    )


def _load(connection: duckdb.DuckDBPyConnection, name: str, parquet: Path) -> None:
    connection.execute(f"create table {_name(name)} as select * from read_parquet({_text(str(parquet))})")


def _comment(connection: duckdb.DuckDBPyConnection, what: str, text: str) -> None:
    if text:
        connection.execute(f"comment on {what} is {_text(text)}")


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
