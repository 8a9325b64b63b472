"""`nordwaerts restore DIR`: put back what `nordwaerts backup DIR` saved, into a folder and an inbox that are empty.

Nothing is overwritten, and nothing is written unless every file of the backup is whole. Takes the refresh lock, so it ends
with 4 while a refresh is running; with 1 where it refuses; with 3 where files were damaged already when they were backed up.
"""

from pathlib import Path

import click

from cli.language import files_in_words, moment
from cli.options import language_option, programme_option, var_folder
from release.layout import inbox_root
from release.restore import restore
from release.spoken import current_language, words

DAMAGED = 3


@click.command("restore")
@click.argument("source", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--no-inbox", is_flag=True, help="den Eingangsordner lassen, wie er ist · leave the inbox as it is")
@programme_option
@language_option
def restore_command(source: Path, no_inbox: bool, programme: str) -> int:
    var = var_folder(programme)
    inbox = None if no_inbox else inbox_root() / var.programme_id
    record = restore(source.absolute(), var, inbox)
    release = record.current
    of_inbox = sum(name.startswith("inbox/") for name in record.files)
    of_var = len(record.files) - of_inbox
    click.echo(
        words(
            f"Wiederhergestellt, wie am {moment(record.at)} gesichert: "
            + (f"Stand {release}." if release else "Veröffentlicht war noch kein Stand."),
            f"Restored as backed up on {moment(record.at)}: "
            + (f"release {release}." if release else "no release had been published yet."),
        )
    )
    click.echo(f"  {var.folder}: {files_in_words(of_var)}")
    if inbox and "inbox" in record.folders:
        click.echo(f"  {inbox}: {files_in_words(of_inbox)}")
    for each in record.damaged:
        told = each.sentence(current_language())
        click.echo(
            words(
                f"  BESCHÄDIGT schon, als gesichert wurde: {told}", f"  DAMAGED already when it was backed up: {told}"
            )
        )
    if record.damaged:
        click.echo(
            words(
                "„nordwaerts verify --all“ sagt, was jetzt fehlt; ältere Sicherungen stehen daneben als backup-….json.",
                "'nordwaerts verify --all' says what is missing now; older backups lie beside it as backup-….json.",
            )
        )
    return DAMAGED if record.damaged else 0
