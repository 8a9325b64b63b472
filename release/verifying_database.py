"""Whether `monitoring.duckdb` and the check results say what the Parquet files of a release say.

The database is a convenience made from Parquet, so it is held against it row by row, whatever its bytes are; that it is the
one that was made here says its own signed statement (`release.provenance`). Needs DuckDB, and opens everything read-only.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from release.finding import REBUILD, finding
from release.reading import CHECKS, Release
from release.reason import Reason

if TYPE_CHECKING:
    import duckdb


def content_findings(release: Release, place: str) -> Iterator[Reason]:
    """Tables of the database that differ from their Parquet file, and check results that are about other bytes.

    `place` is how the release folder is called in findings.
    """
    import duckdb

    try:
        with duckdb.connect(":memory:", config={"threads": "1"}) as connection:
            yield from _checks(connection, release, place)
            if release.database.is_file():
                connection.execute(f"attach {_text(str(release.database))} as published (read_only)")
                yield from _tables(connection, release, f"{place}/{release.database.name}")
    except duckdb.Error:
        de, en = "Die Datei lässt sich nicht lesen.", "the file cannot be read."
        yield finding("database_content", f"{place}/{release.database.name}", de, en, REBUILD)


def _tables(connection: "duckdb.DuckDBPyConnection", release: Release, file: str) -> Iterator[Reason]:
    internal = release.folder / "internal"
    parquet = {mart: internal / f"{mart}.parquet" for mart in release.manifest.tables} | {
        "checks": release.folder / CHECKS
    }
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'published' union all "
        "select view_name from duckdb_views() where database_name = 'published' and not internal"
    ).fetchall()
    there = {name for (name,) in rows}
    for name in sorted((there ^ parquet.keys()) - {"release"}):
        de, en = f"Die Tabelle „{name}“ fehlt oder gehört nicht hinein.", f"table '{name}' is missing or foreign."
        yield finding("database_content", file, de, en, REBUILD)
    for name in sorted(there & parquet.keys()):
        table, source = f"published.main.{_name(name)}", f"read_parquet({_text(str(parquet[name]))})"
        if not _is_same(connection, table, source):
            de, en = (
                f"Die Tabelle „{name}“ hat andere Zeilen als Parquet.",
                f"table '{name}' has other rows than Parquet.",
            )
            yield finding("database_content", file, de, en, REBUILD)
    said = connection.execute("select release_id, inputs_sha256 from published.main.release").fetchall()
    if said != [(release.release_id, release.inputs_sha256)]:
        de, en = "Die Datenbank nennt einen anderen Stand.", "the database names another release."
        yield finding("database_content", file, de, en, REBUILD)


def _is_same(connection: "duckdb.DuckDBPyConnection", table: str, source: str) -> bool:
    """Whether two relations have the same columns and rows, in the same order."""
    columns = [connection.execute(f"describe select * from {each}").fetchall() for each in (table, source)]
    if [row[:2] for row in columns[0]] != [row[:2] for row in columns[1]]:
        return False
    counts = [connection.execute(f"select count(*) from {each}").fetchall() for each in (table, source)]
    differing = connection.execute(
        f"select count(*) from (select a from {table} as a) as one positional join (select b from {source} as b) as other "
        "where one.a is distinct from other.b"
    ).fetchall()
    return counts[0] == counts[1] and differing == [(0,)]


def _checks(connection: "duckdb.DuckDBPyConnection", release: Release, place: str) -> Iterator[Reason]:
    path = release.folder / CHECKS
    if not path.is_file():
        return
    query = f"select distinct table_name, table_sha256 from read_parquet({_text(str(path))})"
    about: dict[str, set[str]] = {}
    for table, sha256 in connection.execute(query).fetchall():
        about.setdefault(table, set()).add(sha256)
    for mart, entry in release.manifest.tables.items():
        if about.get(mart) != {entry.sha256}:
            de = f"Die Tabelle „{mart}“ ist nicht in diesen Bytes geprüft."
            en = f"table '{mart}' was not checked in these bytes."
            yield finding("checks_of_these_bytes", f"{place}/{CHECKS}", de, en)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
