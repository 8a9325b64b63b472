"""The data tests of a build, those about one table in one statement.

Asked one by one, dbt spends five times as long on its own work per test as the database on all answers. The compiled
SQL, `fail_calc`, `warn_if`, `error_if`, `limit` and severity of a test are dbt's, and so is what becomes of it. Where a
statement breaks, its tests are asked one by one, so that the broken test is named; a test without an answer never passes.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

# As in profiles.yml.
_SETTINGS = "set threads = 2; set memory_limit = '2GB'; set preserve_insertion_order = false"


class _NotAnswered(Exception):
    """A statement gave another number of rows than it holds tests, or no figure."""


@dataclass(frozen=True)
class Answer:
    """What became of a data test: pass, warn, fail or error, and how many rows failed; its share of the seconds."""

    status: str
    failed_count: int | None
    message: str | None
    seconds: float


def ask_tests(database: Path, tables: Iterable[Mapping[str, Mapping[str, Any]]]) -> dict[str, Answer]:
    """Unique id → answer, for the compiled tests of every table; an answer for each, also where a statement breaks."""
    answers: dict[str, Answer] = {}
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute(_SETTINGS)
        for tests in tables:
            try:
                answers |= _ask(connection, tests)
            except (duckdb.Error, _NotAnswered):
                for unique_id, test in tests.items():
                    answers[unique_id] = _ask_alone(connection, unique_id, test)
    return answers


def _ask_alone(connection: duckdb.DuckDBPyConnection, unique_id: str, test: Mapping[str, Any]) -> Answer:
    try:
        return _ask(connection, {unique_id: test})[unique_id]
    except (duckdb.Error, _NotAnswered) as error:
        return Answer("error", None, str(error), 0.0)


def _ask(connection: duckdb.DuckDBPyConnection, tests: Mapping[str, Mapping[str, Any]]) -> dict[str, Answer]:
    begun = time.perf_counter()
    numbered = list(tests.items())
    questions = [_question(number, test) for number, (_, test) in enumerate(numbered)]
    rows = connection.execute(" union all ".join(questions)).fetchall()
    if sorted(number for number, *_ in rows) != list(range(len(numbered))) or any(None in row for row in rows):
        raise _NotAnswered("A test gives one row with the number of rows that fail; this one does not.")
    seconds = (time.perf_counter() - begun) / len(numbered)
    return {
        numbered[number][0]: _answer(numbered[number][1]["config"], failures, is_warned, is_failed, seconds)
        for number, failures, is_warned, is_failed in rows
    }


def _question(number: int, test: Mapping[str, Any]) -> str:
    """dbt's own question (macro get_test_sql), numbered; the line breaks end what may be a comment."""
    config = test["config"]
    failures, limit = config["fail_calc"], config["limit"]
    return (
        f"select {number}, cast({failures} as bigint), cast({failures} {config['warn_if']} as boolean),"
        f" cast({failures} {config['error_if']} as boolean) from (\n{test['compiled_code']}\n"
        f"{'' if limit is None else f'limit {limit}'}\n) dbt_internal_test"
    )


def _answer(config: Mapping[str, Any], failures: int, is_warned: bool, is_failed: bool, seconds: float) -> Answer:
    """What dbt makes of the figures (TestRunner.build_test_run_result)."""
    if is_failed and config["severity"].lower() == "error":
        return Answer("fail", failures, f"Got {failures} results, configured to fail if {config['error_if']}", seconds)
    if is_warned:
        return Answer("warn", failures, f"Got {failures} results, configured to warn if {config['warn_if']}", seconds)
    return Answer("pass", 0, None, seconds)
