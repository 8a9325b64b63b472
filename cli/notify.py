"""`nordwaerts notify`: tell by the declared channels what stands to be told and has not been told yet.

Ends with 0, also where nothing is to be told or no channel is declared; with 1 where a channel took no message.
"""

import click

from cli.options import language_option, programme_option, var_folder
from release.layout import VarFolder
from release.spoken import current_language, number, words
from watch.channels import VARIABLE, declared_channels
from watch.notices import Notice, notices
from watch.sent import send


@click.command("notify")
@programme_option
@language_option
def notify_command(programme: str) -> int:
    var = var_folder(programme)
    return tell(var, notices(var))


def tell(var: VarFolder, found: list[Notice]) -> int:
    """Send notices and say what came of it, failures on the error output; 1 where a channel failed."""
    channels = declared_channels()
    if channels is None:
        text = (
            f"Kein Kanal ist angemeldet ({VARIABLE}); gesendet wurde nichts. Anstehende Hinweise: {number(len(found))}."
        )
        click.echo(
            words(text, f"No channel is declared ({VARIABLE}); nothing was sent. Notices: {number(len(found))}.")
        )
        return 0
    taken, failed = send(var, channels, found, current_language())
    for channel, count in taken.items():
        click.echo(
            words(f"{channel}: Hinweise gesendet: {number(count)}.", f"{channel}: notices sent: {number(count)}.")
        )
    if not taken and not failed:
        click.echo(words("Nichts Neues zu melden.", "Nothing new to tell."))
    for failure in failed:
        click.echo(words(failure.german, failure.english), err=True)
    return 1 if failed else 0
