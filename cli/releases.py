"""`nordwaerts releases`: every release that is kept, the one readers were switched to last first.

Old releases stay and can be read, exported and rolled back to. Ends with 1 where there is none.
"""

from typing import Any

import click

from cli.language import day, moment, number, words
from cli.options import json_option, language_option, print_json, programme_option, var_folder
from release import reading
from release.layout import VarFolder


@click.command("releases")
@programme_option
@json_option
@language_option
def releases_command(programme: str, as_json: bool) -> int:
    rows = release_rows(var_folder(programme))
    if as_json:
        print_json(rows)
    elif rows:
        click.echo("\n".join(_lines(rows)))
    else:
        click.echo(words(f"Für „{programme}“ gibt es noch keinen Stand.", f"There is no release of '{programme}' yet."))
    return 0 if rows else 1


def release_rows(var: VarFolder) -> list[dict[str, Any]]:
    """One row per release with its day, when readers were switched to it, and its extent in tables and rows."""
    return [
        {
            "release_id": item.release.release_id,
            "is_current": item.is_current,
            "as_of_on": item.release.manifest.as_of_on,
            "switched_at": item.switched_at,
            "is_synthetic": item.release.manifest.is_synthetic,
            "table_count": len(item.release.manifest.tables),
            "row_count": item.release.manifest.row_count,
            "code_sha256": item.release.manifest.code_sha256,
            "inputs_sha256": item.release.inputs_sha256,
        }
        for item in reading.history(var)
    ]


def _lines(rows: list[dict[str, Any]]) -> list[str]:
    head = [
        words("Stand", "release"),
        words("Zahlen zum", "as of"),
        words("zu sehen ab", "seen from"),
        words("Tabellen", "tables"),
        words("Zeilen", "rows"),
        words("Herkunft", "origin"),
    ]
    body = [
        [
            row["release_id"],
            day(row["as_of_on"]),
            moment(row["switched_at"]) if row["switched_at"] else "–",
            number(row["table_count"]),
            number(row["row_count"]),
            words("synthetisch", "synthetic") if row["is_synthetic"] else words("echt", "real"),
        ]
        for row in rows
    ]
    widths = [max(len(line[column]) for line in [head, *body]) for column in range(len(head))]
    marks = ["", *(words("← gültig", "← current") if row["is_current"] else "" for row in rows)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=True)), mark]).rstrip()
        for line, mark in zip([head, *body], marks, strict=True)
    ]
