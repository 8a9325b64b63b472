"""`nordwaerts public FOLDER`: the public edition of the release readers see, where another account may read and serve it.

Call it after every refresh; where nothing changed, it changes nothing.
"""

from pathlib import Path

import click

from cli.options import language_option, nothing_published, programme_option, var_folder
from release import public_edition, reading
from release.spoken import words


@click.command("public")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@programme_option
@language_option
def public_command(folder: Path, programme: str) -> int:
    var = var_folder(programme)
    release = reading.current(var)
    if release is None:
        raise reading.ReleaseMissing(nothing_published(programme))
    laid = public_edition.lay(release, folder / var.programme_id)
    click.echo(
        words(
            f"Ausgelegt: die öffentliche Fassung des Stands {release.release_id} in {laid}.",
            f"Laid out: the public edition of release {release.release_id} in {laid}.",
        )
    )
    return 0
