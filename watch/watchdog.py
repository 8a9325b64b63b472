"""Whether the night took place: asked of the ledger alone, so that nothing of the orchestrator must be at work.

A night begins twelve hours before the moment it must be over by, in the time zone of this machine. Every whole refresh
leaves a line, also one that was refused, found nothing new or broke off; a night without a line is one that never ran.
"""

import datetime as dt

from release import ledger
from release.layout import VarFolder
from release.reason import ReleaseError
from watch.notices import Notice

_NIGHT = dt.timedelta(hours=12)


def missed_night(var: VarFolder, by: dt.time, now: dt.datetime) -> Notice | None:
    """The notice that no refresh ended since the night began; None if one did, or if it is not yet `by` today.

    `now` has the time zone `by` is meant in. A ledger that cannot be read counts as a missed night, with its sentence.
    """
    due = now.replace(hour=by.hour, minute=by.minute, second=0, microsecond=0)
    if now < due:
        return None
    why_de, why_en = (
        "Sehen Sie nach, ob der Rechner und sein Zeitgeber laufen, und starten Sie „nordwaerts refresh“.",
        "See whether the machine and its timer are at work, and start 'nordwaerts refresh'.",
    )
    try:
        ends = (line.says("at") for line in reversed(ledger.lines(var)) if line.outcome in ledger.REFRESHES)
        if any(due - _NIGHT <= dt.datetime.fromisoformat(at) for at in ends if at):
            return None
    except ReleaseError as damaged:
        why_de, why_en = damaged.reason.text("de"), damaged.reason.text("en")
    return Notice(
        "missed",
        f"missed:{due:%Y-%m-%d}",
        f"Bis {due:%d.%m.%Y, %H:%M} hat keine Aktualisierung von „{var.programme_id}“ geendet: kein Stand, keine Ablehnung, "
        f"kein „nichts Neues“. {why_de}",
        f"By {due:%Y-%m-%d, %H:%M} no refresh of '{var.programme_id}' had ended: no release, no refusal, no 'nothing new'. "
        f"{why_en}",
    )
