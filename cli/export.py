"""`nordwaerts export MART`: one table of a release as a file to take away.

Parquet is the released file byte for byte. CSV is plain: UTF-8 without a byte order mark, comma, one
header line, decimal point, ISO dates, an empty cell for null and a quoted empty one for empty text.
`--public` gives the edition that may leave the office, and refuses tables that have none.
"""

from pathlib import Path

import click

from cli.language import number, words
from cli.options import language_option, programme_option, var_folder
from release import reading
from release.atomic import copy_partial, partial_name
from release.reason import Reason


@click.command("export")
@click.argument("mart")
@programme_option
@click.option("--format", "file_format", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Zieldatei · file"
)
@click.option("--public", "is_public", is_flag=True, help="öffentliche Fassung · the edition for the public")
@click.option("--release", "release_id", metavar="ID", help="früherer Stand · an earlier release")
@language_option
def export_command(
    mart: str, programme: str, file_format: str, out: Path, is_public: bool, release_id: str | None
) -> int:
    var = var_folder(programme)
    release = reading.release(var, release_id) if release_id else reading.current(var)
    if release is None:
        raise reading.ReleaseMissing(
            Reason(
                de=f"Für „{programme}“ ist noch kein Stand veröffentlicht.",
                en=f"No release of '{programme}' has been published yet.",
                remedy_de="„make refresh“ veröffentlicht einen aus den Musterlieferungen.",
                remedy_en="'make refresh' publishes one from the sample deliveries.",
            )
        )
    source = release.mart_path(mart, is_public)
    if not out.absolute().parent.is_dir():
        raise click.ClickException(
            words(f"Den Ordner {out.parent} gibt es nicht.", f"There is no folder {out.parent}.")
        )
    if file_format == "parquet":
        copy_partial(source, out)
    else:
        _write_csv(source, partial_name(out))
    partial_name(out).replace(out)
    rows = number(release.manifest.tables[mart].row_count)
    click.echo(
        words(
            f"{mart}: {rows} Zeilen aus dem Stand {release.release_id} liegen in {out}.",
            f"{mart}: {rows} rows of release {release.release_id} are in {out}.",
        )
    )
    if release.manifest.is_synthetic:
        click.echo(
            words("SYNTHETISCHE MUSTERDATEN, keine amtlichen Angaben.", "SYNTHETIC SAMPLE DATA, no official figures.")
        )
    if not is_public:
        click.echo(
            words("Interne Fassung: nicht zur Weitergabe.", "Internal edition: not to be passed on outside the office.")
        )
    return 0


def _write_csv(source: Path, target: Path) -> None:
    import duckdb

    offline = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}
    with duckdb.connect(config={**offline}) as connection:
        connection.read_parquet(str(source)).write_csv(str(target), header=True, sep=",", na_rep="")
