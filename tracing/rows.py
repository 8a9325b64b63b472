"""Rows of the marts of one release, found by key columns, and which of them a walk has read.

One release folder, resolved once, and one edition of it. For a single cell only what is asked for is read from Parquet;
`whole` keeps tables in memory, for a proof over every cell. A walk may read only the tables its mart declares.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from release.reading import Release
from tracing.walks import Walk, walk_of

Row = Mapping[str, Any]
_SMALL = 4_000  # rows a table may have to be read whole also for one cell
# Of larger tables so much is read at once: what belongs together in every walk.
_TOGETHER = {
    "fct_measure": ("measure_id",),
    "fct_indicator_value": ("indicator_id", "area_kind"),
    "fct_development_gap": ("indicator_id",),
    "fct_harmonisation": ("indicator_id",),
    "fct_sentiment": ("item_id",),
    "fct_area_class_component": ("index_id", "period"),
    "fct_project_assessment": ("round_id",),
    "fct_change_decomposition": ("indicator_id", "variant_id", "role"),
}

_KEPT = {
    "declared", "declarations", "declared by", "register", "areas", "inside", "figures", "parts", "cells", "intact", "columns",
    "cases", "answers", "tallies", "reports", "parents", "all parents",
}  # fmt: skip


def literal(value: Any) -> str:
    """A value as SQL writes it: bound parameters would make DuckDB import pandas, which takes a second."""
    if value is None:
        return "null"
    if isinstance(value, (bool, int, float)):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def table_of(path: str) -> str:
    """A Parquet file as the table of a query."""
    return f"read_parquet({literal(path)})"


class NotDeclared(Exception):
    """A computation reads a table, or finds rows by a column, that the walk of its mart does not declare."""


class Rows:
    """The rows of one edition of one release; `memo` keeps what is computed from them more than once."""

    def __init__(self, release: Release, is_public: bool = False, whole: bool = False) -> None:
        self.release = release
        self.is_public = is_public
        self.memo: dict[Any, Any] = {}
        self._whole = whole
        self._read: dict[Any, list[dict[str, Any]]] = {}
        self._ahead: dict[str, tuple[str, ...]] = {}
        self._index: dict[Any, dict[tuple[Any, ...], list[dict[str, Any]]]] = {}
        self._seen: dict[str, dict[int, Row]] | None = None
        self._allowed: Walk | None = None
        self._connection: Any = None

    def walking(self, walk: Walk | None) -> None:
        """From now on note what is read, and refuse what the walk does not declare; None ends it."""
        self._allowed = walk
        self._seen = {} if walk is not None and not self._whole else None

    def forget(self) -> None:
        """Forget computed figures, so that the next walk reads again what it rests on; what was declared is kept."""
        self.memo = {key: value for key, value in self.memo.items() if key[0] in _KEPT}

    @property
    def seen(self) -> dict[str, list[Row]]:
        """What was read since `walking`, by table in the order of first reading."""
        told: dict[str, list[Row]] = {}
        for table, found in (self._seen or {}).items():
            key = walk_of(self.release, table).key
            if not found:
                continue
            told[table] = list({tuple(row[column] for column in key): row for row in found.values()}.values())
        return told

    def of(self, table: str, **equals: Any) -> list[dict[str, Any]]:
        """Rows of which each named column has the value named, or one of several (a tuple); raises NotDeclared."""
        found = self.find(table, **equals)
        self.note(table, found)
        return found

    def find(self, table: str, **equals: Any) -> list[dict[str, Any]]:
        """The same, without counting them among those a walk has used: see `note`."""
        self._check(table, equals)
        return self._found(table, equals)

    def one(self, table: str, **equals: Any) -> dict[str, Any] | None:
        """The row of which each named column has the value named, None if there is none."""
        found = self.of(table, **equals)
        return found[0] if found else None

    def read_ahead(self, table: str, **equals: tuple[Any, ...]) -> None:
        """Read with one query what later calls ask for part by part, each naming one value of each of these columns."""
        self._check(table, equals)
        if self._whole or table in self._ahead:
            return
        self._ahead[table] = tuple(equals)
        parts = (tuple(zip(equals, values, strict=True)) for values in product(*equals.values()))
        self._read |= {(table, part): [] for part in parts}
        where = " and ".join(f'"{column}" in ({", ".join(map(literal, values))})' for column, values in equals.items())
        for row in self._selected(table, where):
            self._read[table, tuple((column, row[column]) for column in equals)].append(row)

    def note(self, table: str, rows: Iterable[Row]) -> None:
        """Count rows among those a walk has read."""
        if self._seen is None:
            return
        found = self._seen.setdefault(table, {})
        for row in rows:
            found[id(row)] = row

    def every(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table, in their published order."""
        self._check(table, {})
        return self._loaded(table, {})

    def _check(self, table: str, equals: Mapping[str, Any]) -> None:
        if self._allowed is None or table == self._allowed.mart:
            return
        declared = self._allowed.rests_on.get(table)
        unknown = sorted(set(equals) - set(declared or ()))
        if declared is None or unknown:
            raise NotDeclared(f"{self._allowed.mart} rests on {table} by {unknown}, which its walk does not declare")

    def _found(self, table: str, equals: Mapping[str, Any]) -> list[dict[str, Any]]:
        if not equals:
            return self._loaded(table, {})
        columns = tuple(sorted(equals))
        part = self._part(table, equals)
        if any(isinstance(value, tuple) for value in part.values()):
            parts = [
                dict(zip(part, values, strict=True))
                for values in product(*(v if isinstance(v, tuple) else (v,) for v in part.values()))
            ]
        else:
            parts = [part]
        choices = [equals[c] if isinstance(equals[c], tuple) else (equals[c],) for c in columns]
        found: list[dict[str, Any]] = []
        for each in parts:
            index = self._indexed(table, each, columns)
            for values in product(*choices):
                if all(each.get(column, value) == value for column, value in zip(columns, values, strict=True)):
                    found += index.get(values, ())
        return found

    def _part(self, table: str, equals: Mapping[str, Any]) -> dict[str, Any]:
        """What of a table is read at once: all of it, or the rows that share the columns that belong together."""
        entry = self.release.manifest.tables.get(table)
        if self._whole or entry is None or entry.row_count <= _SMALL:
            return {}
        ahead = {column: equals[column] for column in self._ahead.get(table, ()) if column in equals}
        if (table, tuple(ahead.items())) in self._read:
            return ahead
        together = _TOGETHER.get(table, ())
        if table == "fct_development_gap" and "indicator_id" not in equals:
            together = ("variant_id", "comparator", "baseline_id", "period")  # a family of them
        if equals.get("area_kind") == "area":
            together = (*together, "period")  # all areas of a period, not all periods
        return {column: equals[column] for column in together if column in equals}

    def _indexed(
        self, table: str, part: dict[str, Any], columns: tuple[str, ...]
    ) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
        key = (table, tuple(part.items()), columns)
        if key not in self._index:
            index: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
            for row in self._loaded(table, part):
                index[tuple(row[column] for column in columns)].append(row)
            self._index[key] = dict(index)
        return self._index[key]

    def _loaded(self, table: str, part: dict[str, Any]) -> list[dict[str, Any]]:
        key = (table, tuple(part.items()))
        if key not in self._read:
            where = " and ".join(f'"{column}" is not distinct from {literal(value)}' for column, value in part.items())
            self._read[key] = self._selected(table, where)
        return self._read[key]

    def _selected(self, table: str, where: str) -> list[dict[str, Any]]:
        path = str(self.release.mart_path(table, self.is_public))
        return self.query(f"select * from {table_of(path)}" + (f" where {where}" if where else ""))

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query."""
        result = self.connection.execute(sql)
        names = [column[0] for column in result.description]
        return [dict(zip(names, values, strict=True)) for values in result.fetchall()]

    @property
    def connection(self) -> Any:
        """DuckDB in memory, which reaches nothing outside this machine."""
        if self._connection is None:
            import duckdb

            offline = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}
            self._connection = duckdb.connect(config={**offline})
            self._connection.execute("set TimeZone = 'UTC'")
        return self._connection
