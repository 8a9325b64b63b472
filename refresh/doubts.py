"""Doubts about deliveries: which let them wait, and which a person has looked at.

A failed `hold` check lets the deliveries wait that it doubts, are not in force, and were not accepted with just this
doubt. Where it names none, it doubts all that are new. What is in force is never held.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from expectations.rules import CheckResult
from ingest.archive import Receipt
from refresh.outcomes import HeldDelivery
from release.ledger import Entry
from release.reason import Reason
from release.standing import Standing


def looked_at(line: Entry) -> tuple[str, ...]:
    """The day of an acceptance and the doubts it covers."""
    return (line.at.date().isoformat(), *(line.decision.checks if line.decision else ()))


def held_by(
    checks: Iterable[CheckResult], receipts: Sequence[Receipt], in_force: frozenset[str], table: str, standing: Standing
) -> dict[str, HeldDelivery]:
    """Delivery → that it waits, and why, of the deliveries these checks looked at."""
    new = [receipt for receipt in receipts if receipt.delivery_id not in in_force]
    ids = {receipt.delivery_id for receipt in receipts}
    doubts: dict[str, list[CheckResult]] = {}
    for check in checks:
        if check.is_holding_failure:
            named = ids.intersection(check.doubted)
            for receipt in new:
                is_doubted = not named or receipt.delivery_id in named
                if is_doubted and not _is_looked_at(standing, table, receipt, check):
                    doubts.setdefault(receipt.delivery_id, []).append(check)
    return {
        receipt.delivery_id: HeldDelivery(
            receipt,
            tuple(check.check_id for check in doubts[receipt.delivery_id]),
            tuple(_doubted(receipt, check) for check in doubts[receipt.delivery_id]),
        )
        for receipt in new
        if receipt.delivery_id in doubts
    }


def waiting_before(receipts: Iterable[Receipt], table: str, standing: Standing) -> dict[str, HeldDelivery]:
    """Delivery → that it waits and why, as the ledger says it: for those nobody asks the rules about tonight."""
    waiting = standing.waiting.get(table, {})
    return {
        receipt.delivery_id: HeldDelivery(
            receipt,
            tuple(waiting[receipt.delivery_id]),
            tuple(
                reason
                for reason in standing.waiting_reasons
                if reason.delivery == receipt.delivery_id and reason.rule in waiting[receipt.delivery_id]
            ),
        )
        for receipt in receipts
        if receipt.delivery_id in waiting
    }


def as_looked_at(
    checks: Iterable[CheckResult], receipts: Iterable[Receipt], table: str, standing: Standing
) -> tuple[CheckResult, ...]:
    """Checks of what is published: one that was accepted stays failed and says since when.

    Always in the same words: whoever restores the release later has nothing to compare with, and must get the same bytes.
    """
    days: dict[str, list[str]] = {}
    for receipt in receipts:
        if line := standing.looked_at(table, receipt.delivery_id):
            day, *ids = looked_at(line)
            for check_id in ids:
                days.setdefault(check_id, []).append(day)
    return tuple(
        replace(
            check,
            is_passed=False,
            failed_count=len(days[check.check_id]),
            observed=f"looked at and accepted on {max(days[check.check_id])}",
            doubted=(),
        )
        if check.severity == "hold" and check.check_id in days
        else check
        for check in checks
    )


def _is_looked_at(standing: Standing, table: str, receipt: Receipt, check: CheckResult) -> bool:
    line = standing.looked_at(table, receipt.delivery_id)
    return line is not None and check.check_id in looked_at(line)[1:]


def _doubted(receipt: Receipt, check: CheckResult) -> Reason:
    place, short = f"{receipt.source_id}/{receipt.file_name}", receipt.delivery_id[:12]
    return Reason(
        f"{place} wartet auf eine Entscheidung, weil sie die Regel „{check.sentence_de}“ verletzt ({check.figures('de')}).",
        f"{place} waits for a decision, because it breaks the rule '{check.sentence_en}' ({check.figures('en')}).",
        f"Ansehen und annehmen (nordwaerts accept {short}) oder verwerfen (nordwaerts reject {short}).",
        f"Look at it, then accept it (nordwaerts accept {short}) or reject it (nordwaerts reject {short}).",
        source=receipt.source_id,
        file=receipt.file_name,
        rule=check.check_id,
        delivery=receipt.delivery_id,
    )
