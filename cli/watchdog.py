"""`nordwaerts watchdog`: did the night take place? Asks the ledger alone, beside whatever runs the refresh.

Silent with 0 where a refresh ended tonight, or where it is not yet time; 2 with a sentence where none did; 1 broken.
"""

import datetime as dt

import click

from cli.options import language_option, programme_option, var_folder
from release.spoken import current_language
from watch.watchdog import missed_night


@click.command("watchdog")
@click.option(
    "--by",
    type=click.DateTime(["%H:%M"]),
    default="06:00",
    show_default=True,
    metavar="HH:MM",
    help="bis wann die Nacht vorbei sein muss · by when the night must be over",
)
@click.option("--notify", is_flag=True, help="auch über die Kanäle melden · tell by the channels as well")
@programme_option
@language_option
def watchdog_command(by: dt.datetime, notify: bool, programme: str) -> int:
    var = var_folder(programme)
    missed = missed_night(var, by.time(), dt.datetime.now().astimezone())
    if missed is None:
        return 0
    click.echo(missed.sentence(current_language()), err=True)
    if notify:
        from cli.notify import tell

        tell(var, [missed])
    return 2
