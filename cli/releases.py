"""`nordwaerts releases [ID]`: every release that is kept and why, the one readers were switched to last first.

With an id, what that release changed against the one readers saw before (its release notes). All that are listed can be
read, exported and rolled back to. Why the declared rule keeps one is as of the last refresh. Ends with 1 where there is
none, or where the manifest of one is damaged, which costs that release alone.
"""

from typing import Any

import click

from cli.language import moment
from cli.options import json_option, language_option, print_json, programme_option, var_folder
from release import reading
from release.layout import VarFolder
from release.listing import listed
from release.reading import kept_notes
from release.spoken import current_language, day, number, words

_GROUNDS = {  # in the order in which one is told; of what is there anyway for its age nothing is said
    "person": ("festgehalten", "pinned"),
    "claim": ("zu sehen am Tag einer öffentlichen Aussage", "seen on the day of a public sentence"),
    "year_end": ("Jahresende", "end of a year"),
    "month_end": ("Monatsende", "end of a month"),
    "unknown": ("im Ledger unbekannt", "unknown to the ledger"),
}


@click.command("releases")
@click.argument("release_id", metavar="[ID]", required=False)
@programme_option
@json_option
@language_option
def releases_command(release_id: str | None, programme: str, as_json: bool) -> int:
    var = var_folder(programme)
    if release_id is not None:
        return _tell_notes(reading.release(var, release_id), as_json)
    rows = release_rows(var)
    if as_json:
        print_json(rows)
    elif rows:
        click.echo("\n".join(_lines(rows)))
    else:
        click.echo(words(f"Für „{programme}“ gibt es noch keinen Stand.", f"There is no release of '{programme}' yet."))
    damaged = [row[f"damage_{current_language()}"] for row in rows if row["damage_de"]]
    for sentence in damaged:
        click.echo(sentence, err=True)
    return 1 if damaged or not rows else 0


def _tell_notes(release: reading.Release, as_json: bool) -> int:
    """What a release says it changed; 1 where it says nothing."""
    notes = kept_notes(release)
    if as_json:
        print_json([notes] if notes else [])
    elif notes:
        language = current_language()
        click.echo("\n".join([notes["summary"][language], *(f"  {one[language]}" for one in notes["told"])]))
    else:
        click.echo(
            words(
                f"Der Stand {release.release_id} sagt nicht, was er änderte: Er war der erste oder ist von vor dem 29.11.2026.",
                f"Release {release.release_id} does not say what it changed: it was the first or is from before 2026-11-29.",
            )
        )
    return 0 if notes else 1


def release_rows(var: VarFolder) -> list[dict[str, Any]]:
    """One row per release with its day, when readers were switched to it, its extent in tables and rows, why it is kept."""
    return [
        {
            "release_id": item.release_id,
            "is_current": item.is_current,
            "as_of_on": item.as_of_on,
            "switched_at": item.switched_at,
            "is_synthetic": item.is_synthetic,
            "table_count": item.table_count,
            "row_count": item.row_count,
            "code_sha256": item.code_sha256,
            "inputs_sha256": item.inputs_sha256,
            "kept_for": [*(["person"] if item.pin else []), *(each for each in item.grounds if each != "person")],
            "pinned_because": item.pin.because if item.pin else None,
            "pinned_by": item.pin.by if item.pin else None,
            "damage_de": item.damage.text("de") if item.damage else None,
            "damage_en": item.damage.text("en") if item.damage else None,
        }
        for item in listed(var)
    ]


def _why_kept(row: dict[str, Any]) -> str:
    """What keeps a release beside its age, and what the person said who pinned it."""
    told = [words(*_GROUNDS[ground]) for ground in _GROUNDS if ground in row["kept_for"]]
    if row["pinned_because"]:
        by = f", {row['pinned_by']}" if row["pinned_by"] else ""
        told[0] += words(f": „{row['pinned_because']}“{by}", f": '{row['pinned_because']}'{by}")
    return "; ".join(told)


def _origin(row: dict[str, Any]) -> str:
    if row["damage_de"]:
        return words("BESCHÄDIGT", "DAMAGED")
    return words("synthetisch", "synthetic") if row["is_synthetic"] else words("echt", "real")


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
            "–" if row["damage_de"] else day(row["as_of_on"]),
            moment(row["switched_at"]) if row["switched_at"] else "–",
            "–" if row["damage_de"] else number(row["table_count"]),
            "–" if row["damage_de"] else number(row["row_count"]),
            _origin(row),
        ]
        for row in rows
    ]
    widths = [max(len(line[column]) for line in [head, *body]) for column in range(len(head))]
    current = words("← gültig", "← current")
    marks = ["", *(" ".join(filter(None, [current * row["is_current"], _why_kept(row)])) for row in rows)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=True)), mark]).rstrip()
        for line, mark in zip([head, *body], marks, strict=True)
    ]
