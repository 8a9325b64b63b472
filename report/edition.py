"""An edition of one release, opened: its tables, what they are called, and of which day they are.

All a page may know of figures: the public edition, or the internal one, which has every mart and hides nothing. A table an edition
does not have is not there, and a page that needs it is not made.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from release.labels import label
from release.manifest import MartText
from release.reading import Release
from release.spoken import words

CHECKS = "checks"  # the table of check results, in the internal edition alone
Row = dict[str, Any]
_OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}

_ROWS_AT_ONCE = 4096  # DuckDB sets room aside for so many in every answer, unless told for a million


@dataclass(frozen=True)
class Edition:
    """The tables of a release; `texts` says what each and its columns mean."""

    release_id: str
    as_of_on: dt.date
    is_synthetic: bool
    texts: Mapping[str, MartText]
    labels: Mapping[tuple[str, str], tuple[str, str]]
    connection: duckdb.DuckDBPyConnection
    is_internal: bool = False

    def has(self, *marts: str) -> bool:
        """Whether all these tables are in this edition."""
        return all(mart in self.texts for mart in marts)

    def table(self, query: str, *values: Any) -> pa.Table:
        """The answer to a query, with the types it is published with."""
        return self.connection.execute(query, values or None).to_arrow_table(_ROWS_AT_ONCE)

    def rows(self, query: str, *values: Any) -> list[Row]:
        """The same as rows."""
        found: list[Row] = self.table(query, *values).to_pylist()
        return found

    def label(self, subject: str, code: str | None) -> str:
        """What a code is called in the language spoken; the code itself where the city has one of its own.

        Codes an older release has no label for are told in the words of today.
        """
        return words(*self.labels.get((subject, str(code)), label(subject, str(code))))


@contextmanager
def opened(release: Release, is_internal: bool = False) -> Iterator[Edition]:
    """An edition of a release; raises ReleaseDamaged where a table is not as it was published."""
    tables = release.manifest.tables
    texts = {mart: table.text for mart, table in tables.items() if is_internal or table.is_public}
    with duckdb.connect(config={**_OFFLINE}) as connection:
        for mart in texts:
            connection.execute(f"create table {mart} as {_content(release, mart, is_internal)}")
        if is_internal:
            connection.execute(f"create table {CHECKS} as from read_parquet('{release.checks_path()}')")
        names = "select subject, code, text_de, text_en from dim_label" if "dim_label" in texts else ""
        labels = {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(names).fetchall()} if names else {}
        manifest = release.manifest
        yield Edition(
            release.release_id, manifest.as_of_on, manifest.is_synthetic, texts, labels, connection, is_internal
        )


def _content(release: Release, mart: str, is_internal: bool) -> str:
    """The query for the rows of a table; inside, a mart has the columns its public form adds too, and hides nothing."""
    if not is_internal:
        return f"from read_parquet('{release.mart_path(mart, is_public=True)}')"
    inside = release.mart_path(mart)
    schema = pq.read_schema(inside)
    numbers = [f"cast(mart.{one.name} as double) as {one.name}" for one in schema if pa.types.is_decimal(one.type)]
    replaced = f" replace ({', '.join(numbers)})" if numbers else ""
    content = f"select mart.*{replaced}"
    if not release.manifest.tables[mart].is_public:
        return f"{content} from read_parquet('{inside}') as mart"
    outside, key = release.mart_path(mart, is_public=True), release.manifest.tables[mart].text.trace.get("key", ())
    added = [name for name in pq.read_schema(outside).names if name not in schema.names]
    shown = {"decimals": "told.decimals", "is_hidden": "false"}
    more = "".join(f", {shown.get(name, 'cast(null as varchar)')} as {name}" for name in added)
    matched = " and ".join(f"told.{column} is not distinct from mart.{column}" for column in key) or "false"
    told = f" left join read_parquet('{outside}') as told on {matched}" if "decimals" in added else ""
    return f"{content}{more} from read_parquet('{inside}') as mart{told}"
