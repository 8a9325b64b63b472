"""The gates: rules executed by Great Expectations, the only module that imports it, and only when run.

Great Expectations is permissive by nature (an empty suite passes, an exception reads as bad data, a
misspelt column too), so this runner is not: an empty suite, an unknown column or an exception raises.
Results carry aggregates only.
"""

import os
import sys
from collections.abc import Collection, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa

from expectations.doubts import Doubt
from expectations.rules import (
    CheckCrashed,
    CheckResult,
    DeliveryFacts,
    EmptySuite,
    Rule,
    Seen,
    doubts_by_rule,
    observed_fact,
    observed_missing,
    require_suite,
)

__all__ = ["CheckCrashed", "EmptySuite", "run_suite"]

_OF_THE_DELIVERY = ("fact", "plausible")  # kinds that look at one row about the delivery as a whole


def run_suite(seen: Seen, rules: Sequence[Rule], facts: DeliveryFacts | None = None) -> list[CheckResult]:
    """One result per rule, in order; raises EmptySuite or CheckCrashed rather than pass by accident."""
    require_suite(seen, rules, facts)
    results: dict[Rule, CheckResult] = {}
    doubts = doubts_by_rule(seen, rules)
    frame = _comparable(seen.rows, {name for rule in rules for name in rule.looks_at})
    for first, asked in _by_what_they_see(rules):
        looked_at = _frame_for(first, seen, frame, facts, doubts)
        for rule, outcome in zip(asked, _validate(looked_at, asked), strict=True):
            if exception := _exception(outcome.exception_info or {}):
                check_id = rule.check_id(seen.table_name)
                raise CheckCrashed(f"{check_id}: the check could not be carried out ({exception}).")
            if rule.kind == "plausible":
                results[rule] = _agreed(rule.doubted(seen, doubts[rule]), bool(outcome.success))
                continue
            failed, observed = _measure(rule, looked_at, outcome.result, seen.rows)
            results[rule] = rule.answered(seen, bool(outcome.success), failed, observed)
    return [results[rule] for rule in rules]


def _by_what_they_see(rules: Sequence[Rule]) -> list[tuple[Rule, list[Rule]]]:
    """Rules that look at the same frame, together: Great Expectations hashes a frame for every call."""
    groups: dict[object, list[Rule]] = {}
    for rule in rules:
        own = rule if rule.kind == "complete" else None
        groups.setdefault((rule.kind in _OF_THE_DELIVERY, rule.kind == "columns", rule.where, own), []).append(rule)
    return [(group[0], group) for group in groups.values()]


def _validate(frame: pd.DataFrame, rules: Sequence[Rule]) -> list[Any]:
    """Outcomes in the order of the rules; each expectation carries its position, since a suite has no order."""
    gx = _great_expectations()
    expectations = [_expectation(gx, rule) for rule in rules]
    for position, expectation in enumerate(expectations):
        expectation.meta = {"position": position}
    suite = gx.ExpectationSuite("rules", expectations=expectations)
    batch = _batch_definition().get_batch(batch_parameters={"dataframe": frame})
    outcome = batch.validate(suite, result_format={"result_format": "BASIC", "partial_unexpected_count": 0})
    if len(outcome.results) != len(rules):
        raise CheckCrashed(f"{len(rules)} rules were asked, {len(outcome.results)} answered.")
    return sorted(outcome.results, key=lambda result: result.expectation_config.meta["position"])


def _exception(info: dict[str, Any]) -> str | None:
    """Name of the exception an expectation hid, at the top or under one of its metrics; its text may quote rows."""
    for place in (info, *(part for part in info.values() if isinstance(part, dict))):
        if place.get("raised_exception"):
            lines = str(place.get("exception_traceback") or "").strip().splitlines()
            return lines[-1].partition(":")[0].rpartition(".")[2] if lines else "exception"
    return None


def _expectation(gx: Any, rule: Rule) -> Any:
    expectations = gx.expectations
    match rule.kind:
        case "columns":
            return expectations.ExpectTableColumnsToMatchSet(column_set=list(rule.columns), exact_match=True)
        case "row_minimum":
            return expectations.ExpectTableRowCountToBeBetween(min_value=int(rule.minimum or 0))
        case "not_null":
            return expectations.ExpectColumnValuesToNotBeNull(column=rule.column)
        case "unique" if len(rule.columns) == 1:
            return expectations.ExpectColumnValuesToBeUnique(column=rule.columns[0])
        case "unique":
            return expectations.ExpectCompoundColumnsToBeUnique(column_list=list(rule.columns))
        case "in_set":
            return expectations.ExpectColumnValuesToBeInSet(column=rule.column, value_set=list(rule.values))
        case "between" | "fact":
            return expectations.ExpectColumnValuesToBeBetween(
                column=rule.column, min_value=rule.minimum, max_value=rule.maximum
            )
        case "complete":
            return expectations.ExpectColumnValuesToBeBetween(column="area_count", min_value=len(rule.values))
        case "plausible":
            return expectations.ExpectColumnValuesToBeBetween(column=rule.name, max_value=0)
    raise CheckCrashed(f"There is no rule kind '{rule.kind}'.")


def _frame_for(
    rule: Rule, seen: Seen, frame: pd.DataFrame, facts: DeliveryFacts | None, doubts: dict[Rule, list[Doubt]]
) -> pd.DataFrame:
    if rule.kind == "columns":
        return pd.DataFrame(columns=list(seen.column_names))
    if rule.kind in _OF_THE_DELIVERY:  # one row: facts, and how many doubts each rule of plausibility found
        told: dict[str, Any] = asdict(facts) if facts else {}
        told |= {str(asked.name): len(found) for asked, found in doubts.items()}
        return pd.DataFrame([told], dtype=float)
    if rule.kind == "complete":
        counts = _area_counts(rule, frame)
        return pd.DataFrame({"area_count": [counts.get(cell, 0) for cell in rule.grid]})
    for column, value in rule.where:
        frame = frame[frame[column] == value]
    return frame


def _agreed(result: CheckResult, is_passed: bool) -> CheckResult:
    """The result, if Great Expectations counts as it does; raises CheckCrashed otherwise."""
    if result.is_passed is not is_passed:
        raise CheckCrashed(f"{result.check_id}: the check was answered in two ways.")
    return result


def _area_counts(rule: Rule, frame: pd.DataFrame) -> dict[tuple[Any, Any], int]:
    present = frame[frame[rule.column].isin(rule.values)]
    counts: dict[tuple[Any, Any], int] = present.groupby(list(rule.columns))[rule.column].nunique().to_dict()
    return counts


def _measure(rule: Rule, frame: pd.DataFrame, result: dict[str, Any], rows: pa.Table) -> tuple[int, str]:
    match rule.kind:
        case "columns":
            details = (result.get("details") or {}).get("mismatched") or {}
            different = sorted((details.get("missing") or []) + (details.get("unexpected") or []))
            return len(different), ", ".join(different) or "as expected"
        case "row_minimum":
            return int(result["observed_value"] < (rule.minimum or 0)), f"{result['observed_value']} rows"
        case "complete":
            return observed_missing(rule, dict(zip(rule.grid, frame["area_count"], strict=True)), rows)
        case "fact":
            failed = int(result["unexpected_count"])
            return failed, observed_fact(frame.iloc[0][str(rule.column)], failed > 0)
    failed = int(result["unexpected_count"])
    return failed, f"{failed} of {result['element_count']} rows"


def _comparable(rows: pa.Table, columns: Collection[str]) -> pd.DataFrame:
    """These columns as a frame, each text kept once, and decimals as floats: ranges are compared only with plain numbers."""
    table = rows.select([name for name in rows.column_names if name in columns] or rows.column_names[:1])
    schema = pa.schema([(f.name, pa.float64() if pa.types.is_decimal(f.type) else f.type) for f in table.schema])
    frame = table.cast(schema).to_pandas(strings_to_categorical=True)
    pa.default_memory_pool().release_unused()  # of a large table hundreds of MiB, which are needed now
    return frame


@cache
def _great_expectations() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    sys.modules.setdefault("pyspark", None)  # type: ignore[arg-type]  # it would import Spark for seconds, to check frames of pandas
    import great_expectations as gx
    import great_expectations.expectations

    if sys.modules["pyspark"] is None:
        del sys.modules["pyspark"]
    return gx


@cache
def _batch_definition() -> Any:
    context = _great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")
