"""`monitoring.duckdb`: all internal marts of a release as tables, for evaluators with a DuckDB client.

A convenience made from the release's Parquet, which is the truth; it can be rebuilt at any time. Holds
tables only (a view would keep a path), plus `checks` and one row `release` that says which release this
file is and whether its figures are synthetic. Its bytes differ from build to build.
"""

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
    write_ahead_log = target.with_name(target.name + ".wal")
    for leftover in (target, write_ahead_log):
        leftover.unlink(missing_ok=True)
    with duckdb.connect(str(target), config=_OFFLINE) as connection:
        for mart, table in contents.tables.items():
            _load(connection, mart, internal / f"{mart}.parquet")
            _comment(connection, f"table {_name(mart)}", table.text.description)
            columns = {row[0] for row in connection.execute(f"describe {_name(mart)}").fetchall()}
            for column, text in table.text.columns.items():
                if column in columns:
                    _comment(connection, f"column {_name(mart)}.{_name(column)}", text)
        _load(connection, "checks", checks)
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
        connection.execute("checkpoint")
    if write_ahead_log.exists():
        raise RuntimeError(f"DuckDB left a write-ahead log beside {target.name}")


def _load(connection: duckdb.DuckDBPyConnection, name: str, parquet: Path) -> None:
    connection.execute(f"create table {_name(name)} as select * from read_parquet({_text(str(parquet))})")


def _comment(connection: duckdb.DuckDBPyConnection, what: str, text: str) -> None:
    if text:
        connection.execute(f"comment on {what} is {_text(text)}")


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
