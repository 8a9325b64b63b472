"""Where data break a test or stop a model: rule, keys and deliveries in words, never a delivered figure.

Keys are the columns that published tables are unique by. A model that aborts on data is asked again key by key on the
tables it reads, until what aborts it is narrowed down.
"""

import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from expectations.rules import CheckResult
from refresh.outcomes import TableOutcome
from release.reason import Reason

_SHOWN = 3  # keys a sentence names
_FILES = 5
# How DuckDB begins the sentence about a row it cannot compute, and what Spark calls it; anything else is a fault in code.
_DATA_ERRORS = (
    *("Conversion Error", "Out of Range Error", "Invalid Input Error", "Constraint Error"),
    *("CAST_INVALID_INPUT", "CAST_OVERFLOW", "ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE", "DIVIDE_BY_ZERO"),
    *("CANNOT_PARSE_TIMESTAMP", "SCALAR_SUBQUERY_TOO_MANY_ROWS", "USER_RAISED_EXCEPTION"),
)
_LOOK = (
    "Diese Zeilen in den zuletzt gelieferten Dateien ansehen; die Leser*innen behalten den bisherigen Stand.",
    "Look at these rows in the files delivered last; readers keep the previous release.",
)
_NARROWED_BY = (
    "indicator_id",
    "measure_id",
    "claim_id",
    "variant_id",
    "period",
    "area_id",
    "project_id",
    "delivery_id",
)
_SECONDS = 30.0


def rule_in_words(test: Mapping[str, Any]) -> tuple[str, str]:
    """What a data test demands, in German and English; raises KeyError for a singular test without its sentences."""
    metadata = test.get("test_metadata") or {}
    arguments = metadata.get("kwargs", {})
    column = arguments.get("column_name")
    match metadata.get("name"):
        case "not_null":
            return f"Spalte {column} ist gefüllt", f"column {column} is filled"
        case "accepted_values":
            return f"Spalte {column} enthält nur vereinbarte Wörter", f"column {column} holds agreed words only"
        case "relationships":
            other = _referenced(arguments["to"])
            return (
                f"jeder Wert der Spalte {column} steht in {other}.{arguments['field']}",
                f"every value of column {column} is in {other}.{arguments['field']}",
            )
        case "unique_combination":
            columns = ", ".join(arguments["columns"])
            return f"{columns} kommt zusammen nur einmal vor", f"{columns} occurs together only once"
    sentences = test["config"]["meta"]
    return sentences["sentence_de"], sentences["sentence_en"]


def failing_keys(connection: duckdb.DuckDBPyConnection, table: str, key: Iterable[str], test: Mapping[str, Any]) -> str:
    """The first keys of the rows that break a test, as `column=value`; empty where the rows have none."""
    rows = connection.sql(_broken_rows(table, test))
    names = [name for name in (*key, "delivery_id", "mart", "source_id") if name in rows.columns]
    names = list(dict.fromkeys(names))
    if not names:
        return ""
    wanted = ", ".join(f'"{name}"' for name in names)
    found = connection.sql(f"select distinct {wanted} from rows order by all limit {_SHOWN}").fetchall()
    return "; ".join(_in_words(zip(names, values, strict=True)) for values in found)


def _broken_rows(table: str, test: Mapping[str, Any]) -> str:
    metadata = test.get("test_metadata") or {}
    arguments = metadata.get("kwargs", {})
    column = arguments.get("column_name")
    match metadata.get("name"):
        case "not_null":
            return f'select * from main."{table}" where "{column}" is null'
        case "accepted_values":
            words = ", ".join("'" + str(value).replace("'", "''") + "'" for value in arguments["values"])
            return f'select * from main."{table}" where cast("{column}" as varchar) not in ({words})'
        case "relationships":
            other = _referenced(arguments["to"])
            return (
                f'select * from main."{table}" t where "{column}" is not null and not exists'
                f' (select 1 from main."{other}" o where o."{arguments["field"]}" = t."{column}")'
            )
    return str(test["compiled_code"])


def _referenced(to: str) -> str:
    return str(re.findall(r"'([^']+)'", to)[-1])


def _in_words(pairs: Iterable[tuple[str, object]]) -> str:
    shown = ((name, str(value)[:12] if name == "delivery_id" else value) for name, value in pairs)
    return ", ".join(f"{name}={value}" for name, value in shown)


def is_about_data(message: str | None) -> bool:
    """Whether dbt's message about a failed model says that a row could not be computed."""
    return any(kind in (message or "") for kind in _DATA_ERRORS)


def aborting_key(database: Path, compiled_sql: str, reads: Iterable[str]) -> str:
    """The key at which a model's SQL aborts, as `column=value`, narrowed down on the tables it reads; may be empty."""
    begun = time.monotonic()
    found: dict[str, object] = {}
    with duckdb.connect(":memory:") as connection:
        connection.execute("set threads = 1; set memory_limit = '2GB'")
        connection.execute(f"attach '{database}' as built (read_only); attach ':memory:' as \"{database.stem}\"")
        connection.execute(f'use "{database.stem}".main')
        _mirror(connection, database.stem)
        columns = {name: connection.sql(f'select * from built.main."{name}" limit 0').columns for name in reads}
        for key in _NARROWED_BY:
            having = [name for name in columns if key in columns[name]]
            if not having:
                continue
            values = connection.sql(
                " union ".join(f'select "{key}" from built.main."{name}"' for name in having) + " order by 1 nulls last"
            ).fetchall()
            for (value,) in values:
                if time.monotonic() - begun > _SECONDS:
                    return _in_words(found.items())
                if _aborts(connection, database.stem, compiled_sql, columns, {**found, key: value}):
                    found[key] = value
                    break
    return _in_words(found.items())


def _mirror(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """A view on every table and view of the build; one that reads another is made once that one is there."""
    relations = (
        "select table_name from information_schema.tables where table_catalog = 'built' and table_schema = 'main'"
    )
    names = [name for (name,) in connection.sql(relations).fetchall()]
    while names:
        waiting = []
        for name in names:
            try:
                _view(connection, catalog, name, {})
            except duckdb.CatalogException:
                waiting.append(name)
        if len(waiting) == len(names):
            return
        names = waiting


def _aborts(
    connection: duckdb.DuckDBPyConnection,
    catalog: str,
    compiled_sql: str,
    columns: Mapping[str, list[str]],
    wanted: Mapping[str, object],
) -> bool:
    for name, names in columns.items():
        _view(connection, catalog, name, {key: value for key, value in wanted.items() if key in names})
    try:
        connection.execute(f"create or replace temp table probe as {compiled_sql}")
    except duckdb.Error as error:
        return is_about_data(str(error))
    return False


def _view(connection: duckdb.DuckDBPyConnection, catalog: str, name: str, wanted: Mapping[str, object]) -> None:
    conditions = " and ".join(
        f'"{key}" is null' if value is None else f"\"{key}\" = '{str(value).replace(chr(39), chr(39) * 2)}'"
        for key, value in wanted.items()
    )
    where = f" where {conditions}" if conditions else ""
    connection.execute(f'create or replace view "{catalog}".main."{name}" as select * from built.main."{name}"{where}')


def newly_delivered(outcomes: Iterable[TableOutcome], canonical: Iterable[str]) -> str:
    """Deliveries that came with this refresh and feed one of these canonical tables, as `source/file`; may be empty."""
    wanted = set(canonical)
    files = [
        f"{receipt.source_id}/{receipt.file_name}"
        for outcome in outcomes
        if outcome.table.declared.canonical in wanted
        for receipt in outcome.in_force
        if any(change.delivery_id == receipt.delivery_id for change in outcome.changes)
    ]
    named = list(dict.fromkeys(files))
    return ", ".join([*named[:_FILES], *(["…"] if len(named) > _FILES else [])])


def failed_check_reason(check: CheckResult, new_files: str) -> Reason:
    """Why a failed check of gate 2 refuses: table, rule, keys, and the files that came for it."""
    return Reason(
        f"Tabelle {check.table_name}: verletzt die Regel „{check.sentence_de}“ ({check.figures('de')})."
        + _came_de(new_files),
        f"Table {check.table_name}: breaks the rule '{check.sentence_en}' ({check.figures('en')})."
        + _came_en(new_files),
        *_LOOK,
        file=new_files or None,
        rule=check.check_id,
    )


def aborted_reason(model: str, key: str, new_files: str) -> Reason:
    """Why a model that aborts on data refuses: the model, the key at which it does, and the files that came for it."""
    at_de, at_en = (f" bei {key}", f" at {key}") if key else ("", "")
    return Reason(
        f"Tabelle {model} lässt sich aus dem Gelieferten nicht berechnen{at_de}." + _came_de(new_files),
        f"Table {model} cannot be computed from what was delivered{at_en}." + _came_en(new_files),
        *_LOOK,
        file=new_files or None,
        rule=f"computable:{model}",
    )


def _came_de(files: str) -> str:
    return f" Neu dafür eingegangen: {files}." if files else ""


def _came_en(files: str) -> str:
    return f" Newly arrived for it: {files}." if files else ""
