"""Gate 1 on one staged candidate: every rule asked and answered about these very bytes, less what exceptions.yml excuses.

Fails closed: a rule without a result, with another's, or about other bytes is a crashed check. A rule that is excused is
asked about the rows outside the scope of its exceptions; it stays visible as a failed check, with the declared reason.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from expectations.rules import CheckCrashed, CheckResult, DeliveryFacts, EmptySuite, Rule, Seen
from programmes.exceptions import GateException
from programmes.sources import LandedTable

Ask = Callable[[Seen, Sequence[Rule], DeliveryFacts], Sequence[CheckResult]]


@dataclass(frozen=True)
class Judged:
    """What gate 1 says of a candidate: a result per rule in order, the ids of those excused, and exceptions run out."""

    checks: tuple[CheckResult, ...]
    excused: frozenset[str]
    expired: dict[str, GateException]  # check that fails → the exception that excused it until its last day

    @property
    def doubts(self) -> tuple[CheckResult, ...]:
        """Failed checks for which deliveries wait, unless a person has looked at them."""
        return tuple(check for check in self.checks if check.is_holding_failure and check.check_id not in self.excused)


def judge(
    ask: Ask, table: LandedTable, seen: Seen, rules: Sequence[Rule], facts: DeliveryFacts,
    exceptions: Iterable[GateException], day: dt.date,
) -> Judged:  # fmt: skip
    """One result per rule, in order; raises EmptySuite or CheckCrashed rather than pass by accident."""
    own = [one for one in exceptions if one.table == table.name]
    checks = list(_answers(ask, seen, rules, facts))
    excused: set[str] = set()
    expired: dict[str, GateException] = {}
    for position, (rule, check) in enumerate(zip(rules, checks, strict=True)):
        named = [one for one in own if rule.severity == "hold" and one.is_about(check.check_id)]
        if applying := [one for one in named if one.applies_on(day)]:
            left = _outside(ask, table, seen, rule, facts, applying)
            checks[position] = left or _excused(rule, seen, applying)
            excused |= set() if left else {check.check_id}
        elif not check.is_passed:
            for one in named:
                if one.is_over_on(day) and _outside(ask, table, seen, rule, facts, [one]) is None:
                    expired[check.check_id] = one
    return Judged(tuple(checks), frozenset(excused), expired)


def _answers(ask: Ask, seen: Seen, rules: Sequence[Rule], facts: DeliveryFacts) -> Sequence[CheckResult]:
    try:
        results = ask(seen, rules, facts)
    except (CheckCrashed, EmptySuite):
        raise
    except Exception as error:  # whatever a rule stumbles over: the delivery is not checked; its text may quote rows
        raise CheckCrashed(f"{seen.table_name}: a check could not be carried out ({type(error).__name__}).") from error
    wanted = [(rule.check_id(seen.table_name), rule.severity, seen.sha256) for rule in rules]
    if [(each.check_id, each.severity, each.table_sha256) for each in results] != wanted:
        raise CheckCrashed(f"{seen.table_name}: not every rule has one result about these bytes.")
    return results


def _outside(
    ask: Ask, table: LandedTable, seen: Seen, rule: Rule, facts: DeliveryFacts, exceptions: Sequence[GateException]
) -> CheckResult | None:
    """The failed check of the rows outside the scope of these exceptions; None where it passes there, or nothing is outside."""
    if not all(one.scope for one in exceptions):
        return None
    rows, before = seen.rows, seen.before
    for one in exceptions:
        rows = _without(table, rows, one)
        before = None if before is None else _without(table, before, one)
    if not rows.num_rows:
        return None
    (left,) = _answers(ask, replace(seen, rows=rows, before=before), [rule], facts)
    return None if left.is_passed else left


def _without(table: LandedTable, rows: pa.Table, exception: GateException) -> pa.Table:
    item = str(table.declared.canonical_table.item_field)
    columns = [(item if name == "item" else name, value) for name, value in exception.scope.items()]
    is_within = [pc.fill_null(pc.equal(rows[column], value), False) for column, value in columns]
    found = is_within[0]
    for mask in is_within[1:]:
        found = pc.and_(found, mask)
    return rows.filter(pc.invert(found))


def _excused(rule: Rule, seen: Seen, exceptions: Sequence[GateException]) -> CheckResult:
    """Always in the same words while the exceptions apply, whether the rule would fail or not."""
    until = min(one.expires for one in exceptions)
    why_de, why_en = [one.reason_de for one in exceptions], [one.reason_en for one in exceptions]
    check = rule.answered(seen, is_passed=False, failed_count=0, observed=f"excepted until {until}")
    return replace(
        check,
        sentence_de=" ".join([check.sentence_de, "Ausgenommen:", *why_de]),
        sentence_en=" ".join([check.sentence_en, "Excepted:", *why_en]),
    )
