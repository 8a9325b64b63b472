"""`nordwaerts backup DIR`: archive, ledger, releases and inbox into a folder elsewhere, read back before it counts.

May run while a refresh runs. Ends with 1 where nothing was backed up; then the backup before it stands. Ends with 3 where it
was made and files are damaged, each of which is named.
"""

import datetime as dt
from pathlib import Path

import click

from cli.language import files_in_words
from cli.options import language_option, programme_option, var_folder
from cli.restore import DAMAGED
from release.backup import Written, backup
from release.layout import inbox_root
from release.spoken import counted, current_language, number, words


@click.command("backup")
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@programme_option
@language_option
def backup_command(target: Path, programme: str) -> int:
    var = var_folder(programme)
    inbox = inbox_root() / var.programme_id
    written = backup(var, inbox, target.absolute(), dt.datetime.now(dt.UTC))
    click.echo("\n".join(_lines(written, inbox, target.absolute() / var.programme_id)))
    return DAMAGED if written.damaged else 0


def _lines(written: Written, inbox: Path, folder: Path) -> list[str]:
    record = written.record
    release = record.current or words("noch keiner veröffentlicht", "none published yet")
    files, added = number(len(record.files)), number(written.added_count)
    size = number(-(-written.added_bytes // 1000))
    delivered = sum(name.startswith("inbox/") for name in record.files)
    kept = words("In der Sicherung bleibt sie, wie sie war.", "In the backup it stays as it was.")
    lost = words("Auch keine Sicherung davor hat sie heil.", "No backup before has it whole either.")
    return [
        words("Gesichert und zurückgelesen.", "Backed up and read back."),
        words(f"  Stand            {release}", f"  release          {release}"),
        f"  ledger.jsonl     {counted(record.ledger_line_count, ('Zeile', 'Zeilen'), ('line', 'lines'))}",
        words(
            f"  Dateien          {files}, davon neuer Inhalt: {added} ({size} kB)",
            f"  files            {files}, of new content: {added} ({size} kB)",
        ),
        words(f"  Eingangsordner   {inbox}", f"  inbox            {inbox}")
        + (
            f", {files_in_words(delivered)}"
            if "inbox" in record.folders
            else words(": gibt es nicht", ": there is none")
        ),
        words(f"  liegt in         {folder}", f"  lies in          {folder}"),
        *(words(f"  NICHT gesichert  {name}", f"  NOT backed up    {name}") for name in written.left_out),
        *(
            f"  {words('BESCHÄDIGT', 'DAMAGED')}  {each.text(current_language())} {lost if each in record.damaged else kept}"
            for each in written.damaged
        ),
    ]
