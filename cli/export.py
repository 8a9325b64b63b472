"""`nordwaerts export MART`: one table of a release as a file to take away, in the format its name says.

`.parquet` is the released file byte for byte. `.csv` is UTF-8 without a byte order mark, comma, decimal point; with
`--dialect de` as German spreadsheets open it: semicolon, decimal comma, byte order mark. `.xlsx` has a sheet of notes
beside the table. `--public` gives the edition that may leave the office, and refuses tables that have none.
"""

from pathlib import Path

import click

from cli.language import rows_in_words
from cli.options import FileToTakeAway, language_option, nothing_published, programme_option, var_folder
from release import reading, spreadsheet
from release.atomic import copy_partial, partial_name
from release.rights import FOR_ALL
from release.spoken import words

FORMATS = ("csv", "parquet", "xlsx")


@click.command("export")
@click.argument("mart")
@programme_option
@click.option(
    "--out",
    required=True,
    type=FileToTakeAway(),
    metavar="FILE",
    help="Zieldatei: .csv, .parquet oder .xlsx · file: .csv, .parquet or .xlsx",
)
@click.option("--format", "file_format", type=click.Choice(FORMATS), help="wie die Endung · as the file name ends")
@click.option(
    "--dialect",
    type=click.Choice(sorted(spreadsheet.DIALECTS)),
    help="CSV für deutsche Tabellenprogramme (de) · CSV for German spreadsheets (de)",
)
@click.option("--public", "is_public", is_flag=True, help="öffentliche Fassung · the edition for the public")
@click.option("--release", "release_id", metavar="ID", help="früherer Stand · an earlier release")
@language_option
def export_command(
    mart: str,
    programme: str,
    out: Path,
    file_format: str | None,
    dialect: str | None,
    is_public: bool,
    release_id: str | None,
) -> int:
    ending = _format_of(out, file_format, dialect)
    var = var_folder(programme)
    release = reading.release(var, release_id) if release_id else reading.current(var)
    if release is None:
        raise reading.ReleaseMissing(nothing_published(programme))
    source = release.mart_path(mart, is_public)
    if not out.absolute().parent.is_dir():
        raise click.ClickException(
            words(f"Den Ordner {out.parent} gibt es nicht.", f"There is no folder {out.parent}.")
        )
    remarks = _remarks(release, is_public)
    partial_name(out).unlink(missing_ok=True)  # a link that lies there is not written through
    if ending == "parquet":
        copy_partial(source, out)
    elif ending == "csv":
        spreadsheet.write_csv(source, partial_name(out), spreadsheet.DIALECTS[dialect or "plain"])
    else:
        spreadsheet.write_workbook(source, partial_name(out), mart, [f"{mart}, {release.release_id}", *remarks])
    if is_public:
        partial_name(out).chmod(FOR_ALL)
    partial_name(out).replace(out)
    rows = rows_in_words(release.manifest.tables[mart].edition(is_public)[1])
    click.echo(
        words(
            f"{mart}: {rows} aus dem Stand {release.release_id} in {out}.",
            f"{mart}: {rows} of release {release.release_id} in {out}.",
        )
    )
    for remark in remarks:
        click.echo(remark)
    return 0


def _format_of(out: Path, file_format: str | None, dialect: str | None) -> str:
    """The format the file name says; raises ClickException where it says none, or another than was asked for."""
    ending = out.suffix.lower().removeprefix(".")
    if ending not in FORMATS or file_format not in (None, ending):
        raise click.ClickException(
            words(
                f"{out.name}: Die Endung bestimmt das Format. Die Datei .csv, .parquet oder .xlsx nennen.",
                f"{out.name}: the ending decides on the format. Call the file .csv, .parquet or .xlsx.",
            )
        )
    if dialect and ending != "csv":
        raise click.ClickException(
            words(
                f"{out.name}: --dialect gilt nur für .csv. Die Datei .csv nennen oder --dialect weglassen.",
                f"{out.name}: --dialect is for .csv only. Call the file .csv or leave --dialect out.",
            )
        )
    return ending


def _remarks(release: reading.Release, is_public: bool) -> list[str]:
    """What whoever holds the file must know."""
    remarks = []
    if release.manifest.is_synthetic:
        remarks.append(
            words("SYNTHETISCHE MUSTERDATEN, keine amtlichen Angaben.", "SYNTHETIC SAMPLE DATA, no official figures.")
        )
    if not is_public:
        remarks.append(
            words("Interne Fassung: nicht zur Weitergabe.", "Internal edition: not to be passed on outside the office.")
        )
    return remarks
