"""`nordwaerts forget PATTERN --because "…" --by NAME`: find a person's data in folder and inbox of a programme; `--yes` removes it from the folder.

Without `--yes` nothing changes. Told are places and counts, never the text. Takes the refresh lock to remove, so it ends with
4 while a refresh is running; with 1 where something has to be done first; with 3 where the text stays in files that cannot
be altered or searched, lies in the inbox, or deliveries are damaged or missing.
"""

import datetime as dt
from typing import TYPE_CHECKING

import click

from cli.one_delivery import receipts_of
from cli.options import language_option, programme_option, var_folder
from release.layout import VarFolder, inbox_root
from release.spoken import counted, current_language, day, words

if TYPE_CHECKING:
    from pathlib import Path

    from release.forgetting import Found, Sources

STAYS = 3
_NAMED = 10  # files of a kind that are named


@click.command("forget")
@click.argument("pattern", metavar="PATTERN")
@click.option("--because", required=True, metavar="TEXT", help="warum, ohne den Namen · why, without the name")
@click.option("--by", required=True, metavar="NAME", help="wer das entscheidet · who decides")
@click.option("--yes", is_flag=True, help="löschen, nicht nur suchen · remove, not only look")
@programme_option
@language_option
def forget_command(pattern: str, because: str, by: str, yes: bool, programme: str) -> int:
    from release import forgetting
    from release.lock import refresh_lock

    var = var_folder(programme)
    inbox = inbox_root() / var.programme_id
    sources: dict[str, tuple[str, ...]] = {}
    for receipt in receipts_of(var):
        sources[receipt.delivery_id] = (*sources.get(receipt.delivery_id, ()), receipt.source_id)
    if yes:
        with refresh_lock(var):
            found, line = forgetting.forget(var, pattern, because, by, sources, dt.datetime.now(dt.UTC), inbox)
    else:
        found, line = forgetting.find(var, pattern, sources, inbox), None
    _tell(found, sources, var, is_gone=line is not None)
    _tell_of_elsewhere(found, inbox, forgetting.held_since(var, found))
    return STAYS if found.staying or found.inbox or found.unread or found.damaged else 0


def _tell(found: "Found", sources: "Sources", var: VarFolder, is_gone: bool) -> None:
    if is_gone:
        click.echo(words("Gelöscht, wie der Ledger es sagt:", "Removed, as the ledger says:"))
    elif found.is_anything_to_go:
        click.echo(words("Gefunden; mit --yes wird es gelöscht:", "Found; --yes removes it:"))
    else:
        click.echo(words(f"Nichts zu löschen in {var.folder}.", f"Nothing to remove in {var.folder}."))
    deliveries = {"/".join((*sources.get(each, ()), each[:12])): count for each, count in found.deliveries.items()}
    for places, de, en in (
        (deliveries, "Lieferung im Archiv", "delivery in the archive"),
        (found.releases, "Stand", "release"),
        (found.work, "Arbeitsdatei", "work file"),
        (found.staying, "BLEIBT, Beleg", "STAYS, a record"),
        (found.inbox, "BLEIBT, im Eingangsordner", "STAYS, in the inbox"),
        (dict.fromkeys(found.unread, 0), "NICHT LESBAR", "NOT READABLE"),
    ):
        for name, count in list(places.items())[:_NAMED]:
            click.echo(f"  {words(de, en)}: {name}{f' ({count} ×)' if count else ''}")
        if len(places) > _NAMED:
            more = counted(len(places) - _NAMED, ("weitere", "weitere"), ("more", "more"))
            click.echo(f"  {words(de, en)}: {more}")
    for reason in found.damaged:
        click.echo(f"  {words('BESCHÄDIGT', 'DAMAGED')}: {reason.text(current_language())}")


def _tell_of_elsewhere(found: "Found", inbox: "Path", since: dt.date | None) -> None:
    """What is left to do by hand: files of others, and backups, of which nobody knows where they lie."""
    if found.inbox:
        click.echo(
            words(
                f"Was in {inbox} liegt, gehört denen, die liefern, und wird nie gelöscht: dort herausnehmen, sonst kommt es mit "
                "der nächsten Aktualisierung wieder.",
                f"What lies in {inbox} belongs to those who deliver and is never removed: take it out there, or the next "
                "refresh receives it again.",
            )
        )
    told_de, told_en = "", ""
    if since:
        told_de = f" Jede Sicherung seit dem {day(since)} enthält es, eine ältere vielleicht aus dem Eingangsordner."
        told_en = f" Every backup since {day(since)} holds it, an older one perhaps from the inbox."
    click.echo(
        words(
            f"Datensicherungen und weitergegebene Dateien durchsucht dieser Befehl nicht.{told_de} Eine Wiederherstellung brächte "
            "alles zurück: in einen neuen Ordner sichern und die alten löschen.",
            f"Backups and files handed on are not searched by this command.{told_en} A restore would bring everything back: back "
            "up into a new folder and delete the old ones.",
        )
    )
