"""What a refused or broken refresh leaves behind beside its ledger line: `last_refusal.txt`, plain words.

Written for the clerk who finds it in the morning: when, what, in which file, what to do, and that
readers still see the last good release. Nothing else changes when a refresh is refused.
"""

from release import ledger
from release.atomic import sync_folder, write_whole
from release.layout import VarFolder
from release.reason import Language

_HEAD = {
    "refused": (
        "Die Aktualisierung vom {at} wurde abgelehnt: Was geliefert wurde, besteht eine Prüfung nicht.",
        "The refresh of {at} was refused: what was delivered does not pass a check.",
    ),
    "broken": ("Die Aktualisierung vom {at} ist abgebrochen.", "The refresh of {at} broke off."),
}
_STAYS = ("Wer die Zahlen liest, sieht weiterhin den Stand {release}.", "Readers still see release {release}.")
_NOTHING_YET = (
    "Es ist noch kein Stand veröffentlicht; Leser*innen sehen nichts.",
    "No release has been published yet; readers see nothing.",
)
_LABELS = (("Quelle", "Datei", "Regel", "Was zu tun ist"), ("Source", "File", "Rule", "What to do"))


def note(var: VarFolder, entry: ledger.Entry) -> None:
    """Let the text follow a ledger line just written: there after a refusal, gone after a success.

    A rollback changes nothing: what was delivered is still to be cleared up.
    """
    if entry.outcome in ledger.FAILED:
        write_whole(var.last_refusal, f"{text(entry, 'de')}\n\n---\n\n{text(entry, 'en')}\n".encode())
    elif entry.outcome in ledger.SUCCEEDED:
        clear(var)


def clear(var: VarFolder) -> None:
    """Take the text away; the ledger keeps its line."""
    if var.last_refusal.exists():
        var.last_refusal.unlink()
        sync_folder(var.folder)


def text(entry: ledger.Entry, language: Language) -> str:
    """A refusal in plain words of one language, several lines."""
    index = 0 if language == "de" else 1
    source, file, rule, remedy = _LABELS[index]
    moment = entry.at.strftime("%d.%m.%Y, %H:%M UTC" if language == "de" else "%Y-%m-%d %H:%M UTC")
    lines = [_HEAD[entry.outcome][index].format(at=moment)]
    for reason in entry.reasons:
        lines += ["", f"* {reason.sentence(language)}"]
        for label, value in ((source, reason.source), (file, reason.file), (rule, reason.rule)):
            if value:
                lines.append(f"  {label}: {value}")
        if reason.remedy(language):
            lines.append(f"  {remedy}: {reason.remedy(language)}")
    stays = _STAYS[index].format(release=entry.release_id) if entry.release_id else _NOTHING_YET[index]
    return "\n".join([*lines, "", stays])
