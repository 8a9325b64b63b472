"""`nordwaerts withdraw DELIVERY --because "…"`: a delivery counts no more, and those it had replaced count again.

On the ledger, with the reason; delivered bytes stay as they are, and what changes shows with the next refresh. `--undo`
lets it count again. Takes the refresh lock, so it ends with 4 while a refresh is running.
"""

import click

from cli.one_delivery import decide, in_words, instead, named, receipts_of, source_option
from cli.options import language_option, programme_option, var_folder
from release import decisions
from release.spoken import words


@click.command("withdraw")
@click.argument("delivery", metavar="DELIVERY")
@click.option("--because", required=True, metavar="TEXT", help="warum · why")
@click.option("--by", metavar="NAME", default=None, help="wer das entscheidet · who decides")
@click.option("--undo", is_flag=True, help="wieder zählen lassen · let it count again")
@source_option
@programme_option
@language_option
def withdraw_command(
    delivery: str, because: str, by: str | None, undo: bool, source_id: str | None, programme: str
) -> int:
    var = var_folder(programme)
    receipts = receipts_of(var)
    found = named(delivery, receipts, source_id)
    before, after = decide(var, found, because, by, decisions.reinstate if undo else decisions.withdraw)
    if undo:
        click.echo(
            words(
                f"{in_words(found)} zählt wieder, sobald die Datei im Eingangsordner liegt und aktualisiert wird.",
                f"{in_words(found)} counts again once its file lies in the inbox and a refresh is run.",
            )
        )
        return 0
    click.echo(
        words(
            f"{in_words(found)} zählt ab der nächsten Aktualisierung nicht mehr.",
            f"{in_words(found)} counts no more from the next refresh on.",
        )
    )
    for table, names in instead(found, receipts, before, after).items():
        click.echo(
            words(f"  {table}: an ihre Stelle tritt wieder {names}", f"  {table}: {names} counts in its place again")
            if names
            else words(f"  {table}: sie hatte nichts ersetzt", f"  {table}: it had replaced nothing")
        )
    return 0
