"""`nordwaerts pin ID --because "…"` and `unpin`: keep a release whatever its age, or let the retention rule decide again.

On the ledger, with the reason, so that it is on record and a restored backup still knows it. Takes the refresh lock, so it
ends with 4 while a refresh is running.
"""

import datetime as dt
from collections.abc import Callable

import click

from cli.options import language_option, programme_option, var_folder
from release import retention
from release.layout import VarFolder
from release.ledger import Entry, Pin
from release.lock import refresh_lock
from release.spoken import words
from release.start_mark import at_work

because_option = click.option("--because", required=True, metavar="TEXT", help="warum · why")
by_option = click.option("--by", metavar="NAME", default=None, help="wer das entscheidet · who decides")


@click.command("pin")
@click.argument("release_id", metavar="ID")
@because_option
@by_option
@programme_option
@language_option
def pin_command(release_id: str, because: str, by: str | None, programme: str) -> int:
    _decide("pin", retention.pin, var_folder(programme), Pin(release_id, because, by))
    click.echo(
        words(
            f"Der Stand {release_id} bleibt, wie alt er auch wird, bis ihn „nordwaerts unpin“ freigibt.",
            f"Release {release_id} is kept however old it gets, until 'nordwaerts unpin' frees it.",
        )
    )
    return 0


@click.command("unpin")
@click.argument("release_id", metavar="ID")
@because_option
@by_option
@programme_option
@language_option
def unpin_command(release_id: str, because: str, by: str | None, programme: str) -> int:
    _decide("unpin", retention.unpin, var_folder(programme), Pin(release_id, because, by))
    click.echo(
        words(
            f"Über den Stand {release_id} entscheidet wieder die Aufbewahrungsregel; was sie nicht hält, geht mit der nächsten "
            "Aktualisierung.",
            f"The retention rule decides on release {release_id} again; what it does not keep goes with the next refresh.",
        )
    )
    return 0


def _decide(command: str, decision: Callable[[VarFolder, Pin, dt.datetime], Entry], var: VarFolder, pin: Pin) -> None:
    now = dt.datetime.now(dt.UTC)
    with refresh_lock(var), at_work(var, command, now):
        decision(var, pin, now)
