"""What is to be told: pure functions from ledger lines, the manifest and verdicts to notices.

A notice carries the sentence the ledger or the register of claims holds, and no delivered value. Its key stays the
same for as long as it is the same matter, so that each is told once: a refusal repeated night after night has the key
of its first night. What has been cleared up is no longer told.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal, get_args

from release import ledger, reading
from release.archive_damage import receipt_damage
from release.files import ReleaseDamaged
from release.freshness import source_ages
from release.layout import VarFolder
from release.manifest import Manifest, ManifestError
from release.reason import Language, Reason
from release.standing import deciding, standing_of
from release.verdicts import VERDICTS, CurrentVerdict, current_verdicts

Kind = Literal["refused", "broken", "kept", "held", "overdue", "turned", "missed"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Notice:
    """One thing to be told, once, in either language."""

    kind: Kind
    key: str
    de: str
    en: str

    def sentence(self, language: Language) -> str:
        """What happened and what to do."""
        return self.de if language == "de" else self.en


def notices(var: VarFolder) -> list[Notice]:
    """All that stands to be told of a programme now, sent or not; raises what damaged folders raise in `release`."""
    entries = deciding(var)
    found = [*standing_failure(entries), *kept_deliveries(entries), *held_deliveries(entries)]
    if damage := receipt_damage(var):
        de, en = "Das Archiv ist beschädigt", "The archive is damaged"
        found.append(_told("broken", damage[0].file or "", de, en, damage))
    try:
        release = reading.current(var)
        if release is None:
            return found
        found += overdue_sources(release.manifest, var)
        line, before = switched(entries)
        if line and before and (var.releases / before).is_dir():
            earlier = current_verdicts(reading.release(var, before))
            found += turned_claims(line.sequence, earlier, current_verdicts(release))
    except (ReleaseDamaged, ManifestError) as damaged:
        de, en = "Ein veröffentlichter Stand ist beschädigt", "A published release is damaged"
        found.append(_told("broken", damaged.reason.file or "", de, en, [damaged.reason]))
    return found


def standing_failure(entries: Sequence[ledger.Entry]) -> list[Notice]:
    """The newest refresh that was refused, broke, died or was stopped, if none succeeded since; a rollback lifts no refusal."""
    last = standing_of(entries).refused_line
    if last is None:
        return []
    if last.outcome != "refused":
        return [
            _told("broken", last.sequence, "Die Aktualisierung ist abgebrochen", "The refresh broke off", last.reasons)
        ]
    ended = (entry for entry in reversed(entries) if entry.outcome in ledger.FAILED + ledger.SUCCEEDED)
    *_, first = takewhile(lambda entry: _matter(entry) == _matter(last), ended)
    de, en = "Die Aktualisierung wurde abgelehnt", "The refresh was refused"
    return [_told("refused", first.sequence, de, en, last.reasons)]


def kept_deliveries(entries: Sequence[ledger.Entry]) -> list[Notice]:
    """Deliveries that were refused while the last good ones were published in their place; one notice for the same ones."""
    stands = standing_of(entries)
    if not stands.kept:
        return []
    de = "Veröffentlicht, aber eine Lieferung wurde nicht übernommen; es gilt die letzte gute"
    en = "Published, but a delivery was not taken over; the last good one stays"
    ids = "+".join(sorted({each[:12] for kept in stands.kept.values() for each in kept}))
    return [_told("kept", ids, de, en, stands.kept_reasons)]


def held_deliveries(entries: Sequence[ledger.Entry]) -> list[Notice]:
    """One notice per delivery that waits for a person; another doubt about it is another matter."""
    stands = standing_of(entries)
    reasons: dict[str, list[Reason]] = {}
    for reason in stands.waiting_reasons:
        reasons.setdefault(str(reason.delivery), []).append(reason)
    de, en = "Eine Lieferung ist angehalten; es gilt, was bisher galt", "A delivery is held; what counted counts on"
    return [
        _told("held", "+".join([each[:12], *sorted(str(reason.rule) for reason in found)]), de, en, found)
        for each, found in reasons.items()
    ]


def overdue_sources(contents: Manifest, var: VarFolder, today: dt.date | None = None) -> list[Notice]:
    """One notice per source whose deliveries in force have grown too old; once per day it was due on."""
    return [
        Notice(
            "overdue",
            f"overdue:{age.source_id}:{age.due_on}",
            f"Lieferung überfällig: Die Quelle {age.source_id} war fällig bis {age.due_on:%d.%m.%Y}, zuletzt geliefert am "
            f"{age.newest_delivery_on:%d.%m.%Y}. Neu anfordern.",
            f"Delivery overdue: source {age.source_id} was due by {age.due_on}, last delivered on "
            f"{age.newest_delivery_on}. Ask for a new one.",
        )
        for age in source_ages(contents, var, today)
        if age.is_overdue and age.due_on
    ]


def switched(entries: Sequence[ledger.Entry]) -> tuple[ledger.Entry | None, str | None]:
    """The line by which readers came to see the present release, and the id of the one they saw before it."""
    pointing = [entry for entry in entries if entry.outcome in ledger.POINTING and entry.release_id]
    line: ledger.Entry | None = None
    for entry in reversed(pointing):
        if line and entry.release_id != line.release_id:
            return line, entry.release_id
        line = entry
    return line, None


def turned_claims(
    sequence: int, earlier: Mapping[str, CurrentVerdict], current: Mapping[str, CurrentVerdict]
) -> list[Notice]:
    """One notice per public sentence whose verdict with the latest data is another than in the release before."""
    return [
        Notice(
            "turned",
            f"turned:{sequence}:{claim.claim_id}",
            f"Aussage gekippt: {claim.wording_de} – bisher „{VERDICTS[earlier[claim.claim_id].verdict][0]}“, jetzt "
            f"„{VERDICTS[claim.verdict][0]}“. „nordwaerts claims {claim.claim_id}“ zeigt, was entscheidet.",
            f"Claim turned: {claim.wording_en} – '{VERDICTS[earlier[claim.claim_id].verdict][1]}' until now, "
            f"'{VERDICTS[claim.verdict][1]}' from now on. 'nordwaerts claims {claim.claim_id}' shows what decides.",
        )
        for claim in current.values()
        if claim.claim_id in earlier and earlier[claim.claim_id].verdict != claim.verdict
    ]


def _matter(entry: ledger.Entry) -> tuple[str, str | None, tuple[Reason, ...]]:
    return entry.outcome, entry.inputs_sha256, entry.reasons


def _told(kind: Kind, matter: int | str, de: str, en: str, reasons: Sequence[Reason]) -> Notice:
    return Notice(
        kind,
        f"{kind}:{matter}",
        " ".join([f"{de}:", *(reason.text("de") for reason in reasons)]),
        " ".join([f"{en}:", *(reason.text("en") for reason in reasons)]),
    )
