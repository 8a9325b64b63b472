"""Data tests asked together: every kind of verdict, and a statement that breaks never lets a test pass."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from refresh.data_tests import Answer, ask_tests

FAILING, NONE = "select n from numbers where n > 1", "select n from numbers where n > 9"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "monitoring.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table numbers as select * from range(4) as made(n)")
    return path


def _test(sql: str, **config: Any) -> dict[str, Any]:
    plain = {"fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0", "limit": None, "severity": "error"}
    return {"compiled_code": sql, "config": plain | config}


def _told(answers: dict[str, Answer]) -> dict[str, tuple[str, int | None]]:
    return {unique_id: (answer.status, answer.failed_count) for unique_id, answer in answers.items()}


def test_every_test_of_a_statement_has_its_own_verdict(database: Path) -> None:
    tests = {
        "passes": _test(NONE),
        "fails": _test(FAILING + " -- a comment at the end"),
        "warns": _test(FAILING, severity="warn"),
        "tolerates": _test(FAILING, error_if="> 2", warn_if="> 2"),
        "warns below its bound": _test(FAILING, error_if="> 2"),
        "counts the first only": _test(FAILING, limit=1),
        "sums": _test(FAILING, fail_calc="sum(n)", severity="ERROR"),
    }
    assert _told(ask_tests(database, [tests])) == {
        "passes": ("pass", 0),
        "fails": ("fail", 2),
        "warns": ("warn", 2),
        "tolerates": ("pass", 0),
        "warns below its bound": ("warn", 2),
        "counts the first only": ("fail", 1),
        "sums": ("fail", 5),
    }


def test_a_test_that_breaks_is_named_and_those_beside_it_keep_their_verdicts(database: Path) -> None:
    tests = {"fails": _test(FAILING), "breaks": _test("select gone from numbers"), "passes": _test(NONE)}
    answers = ask_tests(database, [tests, {"elsewhere": _test(NONE)}])
    assert _told(answers) == {
        "fails": ("fail", 2),
        "breaks": ("error", None),
        "passes": ("pass", 0),
        "elsewhere": ("pass", 0),
    }
    assert "gone" in str(answers["breaks"].message)


def test_a_test_without_a_figure_or_with_several_is_an_error(database: Path) -> None:
    tests = {
        "no figure": _test(NONE, fail_calc="sum(n)"),
        "several": _test(FAILING, fail_calc="n"),
        "none": _test(NONE, fail_calc="n"),
        "fails": _test(FAILING),
    }
    assert {name: answer.status for name, answer in ask_tests(database, [tests]).items()} == {
        "no figure": "error",
        "several": "error",
        "none": "error",
        "fails": "fail",
    }
