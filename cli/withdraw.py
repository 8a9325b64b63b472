"""`nordwaerts withdraw DELIVERY --because "…"`: a delivery counts no more, and those it had replaced count again.

On the ledger, with the reason; delivered bytes stay as they are, and what changes shows with the next refresh. `--undo`
lets it count again. Takes the refresh lock, so it ends with 4 while a refresh is running.
"""

import datetime as dt
from typing import TYPE_CHECKING

import click

from cli.language import day, words
from cli.options import language_option, programme_option, var_folder
from release import decisions
from release.ledger import Decision
from release.lock import refresh_lock
from release.reason import Reason, ReleaseError
from release.standing import Standing, standing

if TYPE_CHECKING:
    from ingest.archive import Receipt

_LEAST = 6


@click.command("withdraw")
@click.argument("delivery", metavar="DELIVERY")
@click.option("--because", required=True, metavar="TEXT", help="warum · why")
@click.option("--by", metavar="NAME", default=None, help="wer das entscheidet · who decides")
@click.option("--undo", is_flag=True, help="wieder zählen lassen · let it count again")
@programme_option
@language_option
def withdraw_command(delivery: str, because: str, by: str | None, undo: bool, programme: str) -> int:
    from ingest.archive import Archive

    var = var_folder(programme)
    receipts = Archive(var.archive).all_receipts()
    found = _named(delivery, receipts)
    decision = Decision(found.source_id, found.delivery_id, because, by)
    now = dt.datetime.now(dt.UTC)
    with refresh_lock(var):
        before = standing(var)
        (decisions.reinstate if undo else decisions.withdraw)(var, decision, now)
        after = standing(var)
    named = f"{found.source_id}/{found.file_name} ({found.delivery_id[:12]}, {day(found.received_on)})"
    if undo:
        click.echo(
            words(
                f"{named} zählt wieder, sobald die Datei im Eingangsordner liegt und aktualisiert wird.",
                f"{named} counts again once its file lies in the inbox and a refresh is run.",
            )
        )
        return 0
    click.echo(
        words(
            f"{named} zählt ab der nächsten Aktualisierung nicht mehr.",
            f"{named} counts no more from the next refresh on.",
        )
    )
    for line in _instead(found, receipts, before, after):
        click.echo(line)
    return 0


def _named(asked: str, receipts: "list[Receipt]") -> "Receipt":
    """The one delivery whose id begins so; raises ReleaseError where there is none or more than one."""
    wanted = asked.lower()
    found = [receipt for receipt in receipts if len(wanted) >= _LEAST and receipt.delivery_id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    which_de, which_en = (
        ("Mehrere Kennungen von Lieferungen beginnen", "Several ids of deliveries begin")
        if found
        else ("Keine Kennung einer Lieferung beginnt", "No id of a delivery begins")
    )
    raise ReleaseError(
        Reason(
            f"{which_de} mit „{asked}“.",
            f"{which_en} with '{asked}'.",
            f"Mindestens die ersten {_LEAST} Zeichen aus „nordwaerts deliveries --all“ angeben.",
            f"Give at least the first {_LEAST} characters as 'nordwaerts deliveries --all' shows them.",
        )
    )


def _instead(found: "Receipt", receipts: "list[Receipt]", before: Standing, after: Standing) -> list[str]:
    """Table by table, what stands in its place now."""
    files = {(each.source_id, each.delivery_id): each for each in receipts}
    lines = []
    for table, ids in sorted(before.in_force.items()):
        if found.delivery_id not in ids or not table.startswith(f"{found.source_id}__"):
            continue
        back = [files.get((found.source_id, each)) for each in after.in_force.get(table, ()) if each not in ids]
        names = ", ".join(f"{each.file_name} ({day(each.received_on)})" for each in back if each)
        lines.append(
            words(f"  {table}: an ihre Stelle tritt wieder {names}", f"  {table}: {names} counts in its place again")
            if names
            else words(f"  {table}: sie hatte nichts ersetzt", f"  {table}: it had replaced nothing")
        )
    return lines
