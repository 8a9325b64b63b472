"""The deliverer's self-check: the same rules through one DuckDB query, without Great Expectations.

A parity test holds this and runner.py to the same verdicts. It exists because `nordwaerts check` has to
answer within a second, and Great Expectations takes several to import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import duckdb

from expectations.doubts import Doubt
from expectations.rules import (
    CheckCrashed,
    CheckResult,
    DeliveryFacts,
    Rule,
    Seen,
    doubts_by_rule,
    observed_fact,
    observed_missing,
    require_suite,
)


def run_suite(seen: Seen, rules: Sequence[Rule], facts: DeliveryFacts | None = None) -> list[CheckResult]:
    """One result per rule, in order; raises EmptySuite or CheckCrashed rather than pass by accident."""
    require_suite(seen, rules, facts)
    with duckdb.connect() as connection:
        connection.register("checked", seen.rows)
        query = ", ".join(f"({_failed_count(rule)}) as c{i}" for i, rule in enumerate(rules))
        try:
            total, *counts = connection.execute(f"select count(*) as n, {query} from checked").fetchall()[0]
        except duckdb.Error as error:  # its text may quote rows
            raise CheckCrashed(
                f"{seen.table_name}: the checks could not be carried out ({type(error).__name__})."
            ) from None
        doubts = doubts_by_rule(seen, rules)
        return [
            _result(connection, seen, rule, facts, total, count, doubts)
            for rule, count in zip(rules, counts, strict=True)
        ]


def _failed_count(rule: Rule) -> str:
    condition = " and ".join(f"{_name(column)} = {_text(value)}" for column, value in rule.where) or "true"
    match rule.kind:
        case "not_null":
            return f"count(*) filter (where {_name(rule.column)} is null)"
        case "in_set":
            allowed = ", ".join(_text(value) for value in rule.values)
            return f"count(*) filter (where {_name(rule.column)} not in ({allowed}))"
        case "between":
            return f"count(*) filter (where {condition} and {_outside(_name(rule.column), rule)})"
        case "unique":
            key = ", ".join(_name(column) for column in rule.columns)
            # Rows without any key are the business of not_null; Great Expectations passes them over as well.
            has_key = " or ".join(f"{_name(column)} is not null" for column in rule.columns)
            groups = f"select count(*) as n from checked where {has_key} group by {key}"
            return f"select coalesce(sum(n), 0) from ({groups} having count(*) > 1)"
    return "0"  # columns, row_minimum, complete, fact and plausible are answered below


def _result(
    connection: duckdb.DuckDBPyConnection,
    seen: Seen,
    rule: Rule,
    facts: DeliveryFacts | None,
    total: int,
    count: int,
    doubts: Mapping[Rule, list[Doubt]],
) -> CheckResult:
    observed = f"{count} of {total} rows"
    match rule.kind:
        case "columns":
            different = sorted(set(rule.columns) ^ set(seen.column_names))
            count, observed = len(different), ", ".join(different) or "as expected"
        case "row_minimum":
            count, observed = int(total < (rule.minimum or 0)), f"{total} rows"
        case "complete":
            key = ", ".join(_name(column) for column in rule.columns)
            rows = connection.execute(
                f"select {key}, count(distinct {_name(rule.column)}) from checked"
                f" where {_name(rule.column)} in ({', '.join(_text(v) for v in rule.values)}) group by all"
            ).fetchall()
            count, observed = observed_missing(rule, {(item, period): n for item, period, n in rows}, seen.rows)
        case "fact":
            assert facts is not None
            value = asdict(facts)[str(rule.column)]
            count = int(_is_outside(value, rule))
            observed = observed_fact(value, count > 0)
        case "plausible":
            return rule.doubted(seen, doubts[rule])
    return rule.answered(seen, count == 0, int(count), observed)


def _outside(expression: str, rule: Rule) -> str:
    bounds = [f"{expression} < {rule.minimum}" if rule.minimum is not None else ""]
    bounds.append(f"{expression} > {rule.maximum}" if rule.maximum is not None else "")
    return f"coalesce({' or '.join(bound for bound in bounds if bound) or 'false'}, false)"


def _is_outside(value: float | None, rule: Rule) -> bool:
    if value is None:
        return False
    return (rule.minimum is not None and value < rule.minimum) or (rule.maximum is not None and value > rule.maximum)


def _name(column: str | None) -> str:
    return '"' + str(column).replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
