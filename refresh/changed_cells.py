"""Which cells of the marts differ between two sides, found in DuckDB; texts as it prints them, so that equal is equal.

Grain of `cell`: mart, key and column. The key is a JSON list of the cells of the mart's key, in their order. A row that is
on one side alone is one cell of the column `ROW`; a column that is on one side alone is not compared.
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
    """Fill the table `cell` with what differs between the Parquet files of marts that are on both sides."""
    connection.execute(
        "create or replace table cell (mart varchar, key varchar, column_name varchar, before varchar, after varchar,"
        " is_number boolean)"
    )
    for mart in sorted(before.keys() & after.keys() & keys.keys()):
        if filecmp.cmp(before[mart], after[mart], shallow=False):
            continue
        one, other = (f"read_parquet('{_quoted(side[mart])}')" for side in (before, after))
        types = columns_of(connection, other)
        columns = [name for name in columns_of(connection, one) if name in types]
        if not set(keys[mart]) <= set(columns):
            continue
        listed = ", ".join(f'"{name}"' for name in columns)
        connection.execute(
            "create or replace temp table changed_row as select distinct key from ("
            + " union all ".join(
                f"select {_key(mart, keys[mart])} as key from"
                f" ((select {listed} from {this}) except (select {listed} from {that}))"
                for this, that in ((one, other), (other, one))
            )
            + ")"
        )
        numbers = ", ".join(f"'{name}'" for name in columns if _is_number(types[name])) or "''"
        connection.execute(
            f"""
            insert into cell
            with b as ({long_form(one, mart, keys[mart], columns)}),
            a as ({long_form(other, mart, keys[mart], columns)}),
            differing as (
                select coalesce(b.key, a.key) as key, coalesce(b.column_name, a.column_name) as column_name,
                    b.value as before, a.value as after
                from b full join a on b.key = a.key and b.column_name = a.column_name
                where b.value is distinct from a.value
            ),
            alone as (select key from differing where column_name = '{ROW}')
            select '{mart}', key, column_name, before, after, column_name in ({numbers})
            from differing where column_name = '{ROW}' or key not in (select key from alone)
            """
        )


def long_form(relation: str, mart: str, key: Sequence[str], columns: Sequence[str]) -> str:
    """A query of key, column_name and value, of the rows of a mart whose key is in `changed_row`; nothing of a null."""
    own = [name for name in columns if name not in key or (mart, name) in _PARTLY_KEY]
    cells = ", ".join(f'cast("{name}" as varchar) as "{name}"' for name in own)
    told = f"{_key(mart, key)} as key, 'there' as \"{ROW}\"" + (f", {cells}" if cells else "")
    chosen = f"select * from (select {told} from {relation}) where key in (select key from changed_row)"
    return f"select key, column_name, value from (unpivot ({chosen}) on columns(* exclude (key)) into name column_name value value)"


def columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Column → type, of a table or anything else that can be selected from."""
    return {row[0]: row[1] for row in connection.execute(f"describe select * from {relation}").fetchall()}


def _key(mart: str, key: Sequence[str]) -> str:
    told = [_PARTLY_KEY.get((mart, name), f'"{name}"') for name in key]
    cells = ", ".join(f"cast({each} as varchar)" for each in told)
    return f"cast(to_json([{cells}]) as varchar)"


def _is_number(type_name: str) -> bool:
    return (
        type_name.startswith(("DOUBLE", "FLOAT", "DECIMAL", "HUGEINT"))
        or type_name.endswith("INT")
        or type_name == "INTEGER"
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
