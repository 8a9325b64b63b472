"""A made-up rule that doubts: a new delivery of the clubs with a figure above five times the highest in force.

It compares with what is in force, so it has nothing to say where there is nothing to compare with, as in a restore.
"""

from collections.abc import Sequence
from dataclasses import replace

import pyarrow.compute as pc
import pytest

from expectations import direct
from expectations.rules import CheckResult, DeliveryFacts, Rule, Seen
from expectations.suites import landed_suite
from refresh import landing

CLUBS = "vereine__plaetze"
JUMP = f"{CLUBS}:between:value"
RULE = Rule(
    "between", "value", "hold", "Kein Wert springt auf das Fünffache.", "No value jumps to five times.", minimum=0.0
)


def answered(seen: Seen, rules: Sequence[Rule], facts: DeliveryFacts) -> list[CheckResult]:
    """The rules as always, and the doubt."""
    results = direct.run_suite(seen, rules, facts)
    if seen.table_name != CLUBS or seen.before is None:
        return results
    highest = pc.max(seen.before["value"]).as_py()
    known = set(seen.before["_delivery"].to_pylist())
    high = {
        row["_delivery"]
        for row in seen.rows.select(["_delivery", "value"]).to_pylist()
        if row["value"] > 5 * highest and row["_delivery"] not in known
    }
    return [
        replace(
            each, is_passed=False, failed_count=len(high), observed=f"{len(high)} high", doubted=tuple(sorted(high))
        )
        if each.check_id == JUMP and high
        else each
        for each in results
    ]


def plain(rules: Sequence[Rule]) -> list[Rule]:
    """The rules without those that doubt by themselves."""
    return [rule for rule in rules if rule.kind != "plausible"]


def let_doubt(patch: pytest.MonkeyPatch) -> None:
    """Let every landing of this test ask the made-up rule too."""
    patch.setattr(
        landing,
        "landed_suite",
        lambda *asked: [*plain(landed_suite(*asked)), *([RULE] if asked[1].name == CLUBS else [])],
    )
    patch.setattr(landing, "run_suite", answered)
