"""Which cells of the marts differ between two sides, found in DuckDB; texts as it prints them, so that equal is equal.

Grain of `cell`: mart, key and column, numbered by `cell_id`. The key is a JSON list of the cells of the mart's key, in their
order. A row that is on one side alone is one cell of the column `ROW`. What has no counterpart on the other side (a mart, a
column, the rows of a mart with another key) is in `uncompared`: mart, what it is, names of columns.
"""

import filecmp
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

ROW = "(row)"  # stands for a row as a whole
Keys = Mapping[str, Sequence[str]]  # mart → columns of its key
# Of a verdict then or now the period says which data decide, and moves with them; of one in the history it is the key.
_PARTLY_KEY = {("fct_claim_verdict", "period"): "case when evaluation = 'history' then period end"}


def note_changed_cells(
    connection: duckdb.DuckDBPyConnection, before: Mapping[str, Path], after: Mapping[str, Path], keys: Keys
) -> None:
    """Fill the tables `cell` and `uncompared` from the Parquet files of the marts of both sides."""
    connection.execute(
        "create or replace table uncompared (mart varchar, what varchar, columns varchar[]);"
        "create or replace temp table found (mart varchar, key varchar, column_name varchar, before varchar, after varchar,"
        " is_number boolean)"
    )
    alone = [("mart_new", after.keys() - before.keys()), ("mart_gone", before.keys() - after.keys())]
    for what, marts in alone:
        for mart in sorted(marts):
            connection.execute("insert into uncompared values (?, ?, [])", [mart, what])
    for mart in sorted(before.keys() & after.keys()):
        if not filecmp.cmp(before[mart], after[mart], shallow=False):
            _note(connection, mart, parquet(before[mart]), parquet(after[mart]), keys.get(mart, ()))
    # 1 and 1.0 are the same number, of a column whose type became another
    connection.execute(
        "create or replace table cell as select row_number() over (order by mart, key, column_name) as cell_id, * from found"
        " where not is_number or try_cast(before as double) is distinct from try_cast(after as double)"
        " order by cell_id"
    )


def _note(connection: duckdb.DuckDBPyConnection, mart: str, before: str, after: str, key: Sequence[str]) -> None:
    one, other = columns_of(connection, before), columns_of(connection, after)
    for what, names in (("column_new", other.keys() - one.keys()), ("column_gone", one.keys() - other.keys())):
        if names:
            connection.execute("insert into uncompared values (?, ?, ?)", [mart, what, sorted(names)])
    columns = [name for name in one if name in other]
    if not key or not set(key) <= set(columns):
        connection.execute("insert into uncompared values (?, 'other_key', ?)", [mart, list(key)])
        return
    texts = ", ".join(f'cast("{name}" as varchar) as "{name}"' for name in columns)
    sides = [f"(select {texts} from {side})" for side in (before, after)]
    connection.execute(
        "create or replace temp table changed_row as select distinct key from ("
        + " union all ".join(
            f"select {_key(mart, key)} as key from ({this} except {that})" for this, that in (sides, reversed(sides))
        )
        + ")"
    )
    numbers = [name for name in columns if _is_number(one[name]) and _is_number(other[name])]
    listed = ", ".join(f"'{name}'" for name in numbers) or "''"
    connection.execute(
        f"""
        insert into found
        with b as ({long_form(before, mart, key, columns)}),
        a as ({long_form(after, mart, key, columns)}),
        differing as (
            select coalesce(b.key, a.key) as key, coalesce(b.column_name, a.column_name) as column_name,
                b.value as before, a.value as after
            from b full join a on b.key = a.key and b.column_name = a.column_name
            where b.value is distinct from a.value
        ),
        alone as (select key from differing where column_name = '{ROW}')
        select '{mart}', key, column_name, before, after, column_name in ({listed})
        from differing where column_name = '{ROW}' or key not in (select key from alone)
        """
    )


def long_form(
    relation: str, mart: str, key: Sequence[str], columns: Sequence[str], rows: str = "(select key from changed_row)"
) -> str:
    """A query of key, column_name and value, of the rows of a mart whose key is among `rows`; nothing of a null."""
    own = [name for name in columns if name not in key or (mart, name) in _PARTLY_KEY]
    cells = ", ".join(f'cast("{name}" as varchar) as "{name}"' for name in own)
    told = f"{_key(mart, key)} as key, 'there' as \"{ROW}\"" + (f", {cells}" if cells else "")
    chosen = f"select * from (select {told} from {relation}) where key in {rows}"
    return f"select key, column_name, value from (unpivot ({chosen}) on columns(* exclude (key)) into name column_name value value)"


def columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Column → type, of a table or anything else that can be selected from."""
    return {row[0]: row[1] for row in connection.execute(f"describe select * from {relation}").fetchall()}


def quoted(path: Path) -> str:
    """A path as text of SQL."""
    return "'" + str(path).replace("'", "''") + "'"


def parquet(path: Path) -> str:
    """A Parquet file to select from."""
    return f"read_parquet({quoted(path)})"


def _key(mart: str, key: Sequence[str]) -> str:
    told = [_PARTLY_KEY.get((mart, name), f'"{name}"') for name in key]
    cells = ", ".join(f"cast({each} as varchar)" for each in told)
    return f"cast(to_json([{cells}]) as varchar)"


def _is_number(type_name: str) -> bool:
    return type_name.startswith(("DOUBLE", "FLOAT", "DECIMAL")) or type_name.endswith(("INT", "INTEGER"))
