"""What a person decides about a delivery: taken back or counted again, accepted or rejected, on the ledger and with a reason.

Nothing of this edits delivered bytes; the next refresh follows the ledger. The caller holds `refresh_lock`.
"""

import datetime as dt
from dataclasses import replace

from release import ledger, reading, refusal
from release.layout import VarFolder
from release.reason import Reason, ReleaseError
from release.standing import Standing, standing


class DecisionMissed(ReleaseError):
    """The decision says nothing new: the delivery stands so already, or no reason was given."""


def withdraw(var: VarFolder, decision: ledger.Decision, at: dt.datetime) -> ledger.Entry:
    """Take a delivery back: it counts no more, and those it had replaced count again. Raises DecisionMissed."""
    if (decision.source_id, decision.delivery_id) in standing(var).withdrawn:
        raise _missed("ist schon zurückgezogen", "is withdrawn already", decision)
    return _note(var, "withdrawn", decision, at)


def reinstate(var: VarFolder, decision: ledger.Decision, at: dt.datetime) -> ledger.Entry:
    """Let a withdrawn delivery count again, if it lies in the inbox. Raises DecisionMissed."""
    if (decision.source_id, decision.delivery_id) not in standing(var).withdrawn:
        raise _missed("ist nicht zurückgezogen", "is not withdrawn", decision)
    if any(line.forgotten for line in ledger.newest(var, "forgotten", naming=decision.delivery_id)):
        raise _missed(
            "wurde gelöscht, weil sie von einer Person erzählte", "was removed because it told of a person", decision
        )
    return _note(var, "reinstated", decision, at)


def accept(var: VarFolder, decision: ledger.Decision, at: dt.datetime) -> ledger.Entry:
    """Let a held or rejected delivery count from the next refresh on, for the doubts it is held for and no others.

    Raises DecisionMissed where nobody has to look at it.
    """
    stands, key = standing(var), (decision.source_id, decision.delivery_id)
    doubts = {*_doubts(stands, decision), *_looked_at(stands.rejected.get(key))}
    if key in stands.withdrawn or not doubts:
        raise _missed("ist nicht angehalten", "is not held", decision)
    doubts |= {*_looked_at(stands.accepted.get(key))}
    return _note(var, "accepted", replace(decision, checks=tuple(sorted(doubts))), at)


def reject(var: VarFolder, decision: ledger.Decision, at: dt.datetime) -> ledger.Entry:
    """Set a held or accepted delivery aside: it counts no more, until it is accepted. Raises DecisionMissed."""
    stands, key = standing(var), (decision.source_id, decision.delivery_id)
    if key in stands.rejected:
        raise _missed("ist schon verworfen", "is rejected already", decision)
    doubts = {*_doubts(stands, decision), *_looked_at(stands.accepted.get(key))}
    if key in stands.withdrawn or not doubts:
        raise _missed("ist nicht angehalten", "is not held", decision)
    return _note(var, "rejected", replace(decision, checks=tuple(sorted(doubts))), at)


def _doubts(stands: Standing, decision: ledger.Decision) -> set[str]:
    return {
        check
        for table, ids in stands.waiting.items()
        if table.startswith(f"{decision.source_id}__")
        for check in ids.get(decision.delivery_id, ())
    }


def _looked_at(line: ledger.Entry | None) -> tuple[str, ...]:
    return line.decision.checks if line and line.decision else ()


def _note(var: VarFolder, outcome: ledger.Outcome, decision: ledger.Decision, at: dt.datetime) -> ledger.Entry:
    if decision.by is not None and not decision.by.strip():
        raise DecisionMissed(
            Reason(
                "Eine Entscheidung ohne Namen wird nicht angenommen.",
                "A decision without a name is not taken.",
                "Mit --by nennen, wer entscheidet.",
                "Say with --by who decides.",
            )
        )
    if not decision.because.strip():
        raise DecisionMissed(
            Reason(
                "Eine Entscheidung ohne Grund wird nicht angenommen.",
                "A decision without a reason is not taken.",
                "Mit --because den Grund nennen.",
                "Give the reason with --because.",
            )
        )
    entry = ledger.append(var, outcome, at=at, release_id=reading.current_id(var), decision=decision)
    refusal.follow(var)
    return entry


def _missed(de: str, en: str, decision: ledger.Decision) -> DecisionMissed:
    short = decision.delivery_id[:12]
    return DecisionMissed(
        Reason(
            f"Die Lieferung {short} der Quelle {decision.source_id} {de}.",
            f"Delivery {short} of source {decision.source_id} {en}.",
            "„nordwaerts deliveries --all“ zeigt jede Lieferung und ihren Zustand.",
            "'nordwaerts deliveries --all' shows every delivery and its state.",
        )
    )
