"""What a person decides about a delivery: taken back, or counted again, on the ledger and with a reason.

Nothing of this edits delivered bytes; the next refresh follows the ledger. The caller holds `refresh_lock`.
"""

import datetime as dt

from release import ledger, reading, refusal
from release.layout import VarFolder
from release.reason import Reason, ReleaseError
from release.standing import standing


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
    return _note(var, "reinstated", decision, at)


def _note(var: VarFolder, outcome: ledger.Outcome, decision: ledger.Decision, at: dt.datetime) -> ledger.Entry:
    if not decision.because.strip():
        raise DecisionMissed(
            Reason(
                "Eine Entscheidung ohne Grund wird nicht angenommen.",
                "A decision without a reason is not taken.",
                "Mit --because den Grund nennen.",
                "Give the reason with --because.",
            )
        )
    seen = reading.current(var)
    entry = ledger.append(var, outcome, at=at, release_id=seen.release_id if seen else None, decision=decision)
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
