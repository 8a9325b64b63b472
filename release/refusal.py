"""What a refused or broken refresh, or one beside which deliveries wait, leaves: `last_refusal.txt`, plain words.

Written for the clerk who finds it in the morning: when, what, in which file, what to do, and that
readers still see the last good release. Nothing else changes when a refresh is refused.
"""

from dataclasses import replace

from release import ledger
from release.atomic import sync_folder, write_whole
from release.layout import VarFolder
from release.reason import Language
from release.standing import standing

_HEAD = {
    "refused": (
        "Die Aktualisierung vom {at} wurde abgelehnt: Was geliefert wurde, besteht eine Prüfung nicht.",
        "The refresh of {at} was refused: what was delivered does not pass a check.",
    ),
    "published": (
        "Die Aktualisierung vom {at} hat veröffentlicht, eine neue Lieferung aber nicht übernommen; was bisher galt, gilt weiter.",
        "The refresh of {at} published, but did not take over a new delivery; what counted until then still counts.",
    ),
    "broken": ("Die Aktualisierung vom {at} ist abgebrochen.", "The refresh of {at} broke off."),
    "died": (
        "Eine Aktualisierung endete ohne ein Wort; bemerkt {at}.",
        "A refresh ended without a word; noticed {at}.",
    ),
    "stopped": ("Die Aktualisierung wurde gestoppt, {at}.", "The refresh was stopped, {at}."),
}
_STAYS = ("Wer die Zahlen liest, sieht weiterhin den Stand {release}.", "Readers still see release {release}.")
_NOTHING_YET = (
    "Es ist noch kein Stand veröffentlicht; Leser*innen sehen nichts.",
    "No release has been published yet; readers see nothing.",
)
_LABELS = (("Quelle", "Datei", "Regel", "Was zu tun ist"), ("Source", "File", "Rule", "What to do"))


def follow(var: VarFolder) -> None:
    """Let the text say what the ledger says: there while deliveries are refused, kept or held, gone when all is cleared up.

    A rollback lifts no refusal: what was delivered is still to be cleared up. What is kept is that of the release shown.
    """
    found = standing(var)
    entry = found.refused_line or found.kept_line
    if entry and (found.refused_line or found.kept or found.held):
        entry = replace(entry, reasons=found.open_reasons)
        content = f"{text(entry, 'de')}\n\n---\n\n{text(entry, 'en')}\n".encode()
        if not var.last_refusal.is_file() or var.last_refusal.read_bytes() != content:
            write_whole(var.last_refusal, content)
    elif var.last_refusal.exists():
        var.last_refusal.unlink()
        sync_folder(var.folder)


def text(entry: ledger.Entry, language: Language) -> str:
    """A refusal in plain words of one language, several lines."""
    index = 0 if language == "de" else 1
    source, file, rule, remedy = _LABELS[index]
    moment = entry.at.strftime("%d.%m.%Y, %H:%M UTC" if language == "de" else "%Y-%m-%d %H:%M UTC")
    lines = [_HEAD.get(entry.outcome, _HEAD["published"])[index].format(at=moment)]
    for reason in entry.reasons:
        lines += ["", f"* {reason.sentence(language)}"]
        for label, value in ((source, reason.source), (file, reason.file), (rule, reason.rule)):
            if value:
                lines.append(f"  {label}: {value}")
        if reason.remedy(language):
            lines.append(f"  {remedy}: {reason.remedy(language)}")
    stays = _STAYS[index].format(release=entry.release_id) if entry.release_id else _NOTHING_YET[index]
    return "\n".join([*lines, "", stays])
