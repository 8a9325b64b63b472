"""`nordwaerts accept DELIVERY --because "…" --by NAME`, and `reject`: what a person decides about a held delivery.

On the ledger, with reason and name; delivered bytes stay as they are, and what changes shows with the next refresh. An
acceptance covers the doubts the delivery is held for, and no others. Takes the refresh lock, so it ends with 4 while a
refresh is running, and with 1 where the delivery is not held.
"""

from typing import TYPE_CHECKING

import click

from cli.one_delivery import Decide, decide, in_words, named, receipts_of, source_option
from cli.options import language_option, programme_option, var_folder
from release import decisions
from release.spoken import words
from release.standing import Standing

if TYPE_CHECKING:
    from ingest.archive import Receipt

_because = click.option("--because", required=True, metavar="TEXT", help="warum · why")
_by = click.option("--by", required=True, metavar="NAME", help="wer das entscheidet · who decides")


@click.command("accept")
@click.argument("delivery", metavar="DELIVERY")
@_because
@_by
@source_option
@programme_option
@language_option
def accept_command(delivery: str, because: str, by: str, source_id: str | None, programme: str) -> int:
    found, after = _decided(delivery, because, by, source_id, programme, decisions.accept)
    click.echo(
        words(
            f"{in_words(found)} ist angenommen und zählt ab der nächsten Aktualisierung.",
            f"{in_words(found)} is accepted and counts from the next refresh on.",
        )
    )
    line = after.accepted[found.source_id, found.delivery_id]
    for check_id in line.decision.checks if line.decision else ():
        click.echo(words(f"  angesehen: {check_id}", f"  looked at: {check_id}"))
    return 0


@click.command("reject")
@click.argument("delivery", metavar="DELIVERY")
@_because
@_by
@source_option
@programme_option
@language_option
def reject_command(delivery: str, because: str, by: str, source_id: str | None, programme: str) -> int:
    found, _ = _decided(delivery, because, by, source_id, programme, decisions.reject)
    click.echo(
        words(
            f"{in_words(found)} ist verworfen und zählt nicht; sie bleibt im Archiv.",
            f"{in_words(found)} is rejected and does not count; it stays in the archive.",
        )
    )
    return 0


def _decided(
    delivery: str, because: str, by: str, source_id: str | None, programme: str, decision: Decide
) -> "tuple[Receipt, Standing]":
    """The delivery that was named, and how deliveries stand after the decision about it."""
    var = var_folder(programme)
    found = named(delivery, receipts_of(var), source_id)
    _, after = decide(var, found, because, by, decision)
    return found, after
