"""`nordwaerts forget PATTERN --because "…" --by NAME`: find a person's data in all this programme's folder holds; `--yes` removes.

Without `--yes` nothing changes. Told are places and counts, never the text. Takes the refresh lock to remove, so it ends with
4 while a refresh is running; with 1 where something has to be done first; with 3 where the text stays in files that cannot
be altered or searched.
"""

import datetime as dt
from typing import TYPE_CHECKING

import click

from cli.language import counted, words
from cli.options import language_option, programme_option, var_folder
from release.layout import VarFolder

if TYPE_CHECKING:
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
    from ingest.archive import Archive
    from release import forgetting
    from release.lock import refresh_lock

    var = var_folder(programme)
    sources: dict[str, tuple[str, ...]] = {}
    for receipt in Archive(var.archive).all_receipts():
        sources[receipt.delivery_id] = (*sources.get(receipt.delivery_id, ()), receipt.source_id)
    if yes:
        with refresh_lock(var):
            found, line = forgetting.forget(var, pattern, because, by, sources, dt.datetime.now(dt.UTC))
    else:
        found, line = forgetting.find(var, pattern, sources), None
    _tell(found, sources, var, is_gone=line is not None)
    return STAYS if found.staying or found.unread else 0


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
        (dict.fromkeys(found.unread, 0), "NICHT LESBAR", "NOT READABLE"),
    ):
        for name, count in list(places.items())[:_NAMED]:
            click.echo(f"  {words(de, en)}: {name}{f' ({count} ×)' if count else ''}")
        if len(places) > _NAMED:
            more = counted(len(places) - _NAMED, ("weitere", "weitere"), ("more", "more"))
            click.echo(f"  {words(de, en)}: {more}")
    click.echo(
        words(
            "Eingangsordner, Datensicherungen und weitergegebene Dateien durchsucht dieser Befehl nicht: dort von Hand löschen.",
            "Inbox, backups and files handed on are not searched by this command: remove it there by hand.",
        )
    )
