"""`nordwaerts metrics`: how the nights went and how old the sources are, as a text file Prometheus collects.

Ends with 0; with 1 where the file cannot be written, or the folder of the programme is damaged.
"""

from pathlib import Path

import click

from cli.options import FileToTakeAway, language_option, programme_option, var_folder
from release.spoken import words
from watch.metrics import write_metrics


@click.command("metrics")
@click.option(
    "--out",
    type=FileToTakeAway(),
    required=True,
    help="Datei im Ordner des node_exporter, mit der Endung .prom · file in node_exporter's folder, ending in .prom",
)
@programme_option
@language_option
def metrics_command(out: Path, programme: str) -> int:
    write_metrics(var_folder(programme), out)
    click.echo(words(f"Geschrieben: {out}", f"Written: {out}"))
    return 0
