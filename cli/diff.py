"""`nordwaerts diff A B [MART|CLAIM]`: what changed between two releases, cell by cell, and why.

Without a third word one sentence per indicator, per public sentence whose verdict turned, and per table; with a mart or a
claim its changed cells, each with the parts of its change by cause. Changes nothing. Where the landed tables of a release
are not kept any more, it is made anew first, which takes as long as a refresh. So does each build by which several causes are
told apart: two for two causes, six for three, 14 for four.
"""

import json
import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from cli.options import json_option, language_option, print_json, programme_option, var_folder
from release import reading
from release.spoken import counted, current_language, words
from release.verdicts import current_verdicts

if TYPE_CHECKING:
    from pathlib import Path

    from release.reading import Release

_SHOWN = 40  # cells
_HASH = re.compile(r"[0-9a-f]{64}")
_CLAIMS = "fct_claim_verdict"


@click.command("diff")
@click.argument("before_id", metavar="A")
@click.argument("after_id", metavar="B")
@click.argument("target", metavar="[MART|CLAIM]", required=False)
@click.option("--all", "with_all", is_flag=True, help="jede Zelle · every cell")
@programme_option
@json_option
@language_option
def diff_command(
    before_id: str, after_id: str, target: str | None, with_all: bool, programme: str, as_json: bool
) -> int:
    var = var_folder(programme)
    before, after = reading.release(var, before_id), reading.release(var, after_id)
    for release in (before, after):
        release.marts()  # one that is damaged ends it before anything is made anew
    if target is not None:
        _require_known(target, after)
    from refresh.difference import difference, scratch_database
    from refresh.landings import kept_landing, landing_of

    with scratch_database(var) as (connection, scratch):

        def landed(release: "Release") -> "Path":
            if kept_landing(var, release.inputs_sha256) is None:
                name = release.release_id
                click.echo(words(f"Der Stand {name} wird neu gemacht …", f"Making release {name} anew …"), err=True)
            return landing_of(var, release, scratch)

        def building(number: int, of: int) -> None:
            click.echo(words(f"Berechnung {number} von {of} …", f"Build {number} of {of} …"), err=True)

        landings = {before_id: landed(before)}
        if after_id != before_id:
            landings[after_id] = landed(after)
        notes = difference(
            connection, scratch, var, before, after, lambda one: landings[one.release_id], progress=building
        )
        cells = _cells(connection, target, after) if target else []
    if as_json:
        told = [
            {"subject": one.subject, "id": one.id, "sentence_de": one.de, "sentence_en": one.en} for one in notes.told
        ]
        print_json(cells if target else told)
        return 0
    click.echo(notes.head(current_language()))
    if target:
        click.echo("\n".join(_cell_lines(cells, with_all)))
    else:
        for one in notes.told:
            click.echo(f"  {one.text(current_language())}")
    return 0


def _require_known(target: str, after: "Release") -> None:
    """Raises UsageError if this is neither a mart nor a claim of the release."""
    if target not in after.manifest.tables and target not in current_verdicts(after):
        raise click.UsageError(
            words(
                f"„{target}“ ist weder eine Tabelle noch eine Aussage dieses Stands.",
                f"'{target}' is neither a table nor a public sentence of this release.",
            )
        )


def _cells(connection: Any, target: str, after: "Release") -> list[dict[str, Any]]:
    """The parts of every changed cell of a mart, or of a claim."""
    is_mart = target in after.manifest.tables
    found = connection.execute(
        "select * from part where mart = $1 and ($2 or (key->>'$[0]') = $3) "
        " order by part is null, cell_id, cause",  # figures first
        [target if is_mart else _CLAIMS, is_mart, target],
    )
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return [
        {**{name: cell for name, cell in row.items() if name != "cell_id"}, "key": json.loads(row["key"])}
        for row in rows
    ]


def _cell_lines(cells: list[dict[str, Any]], with_all: bool) -> list[str]:
    from refresh.change_sentences import parts_in_words
    from refresh.changed_cells import ROW

    lines = []
    for (mart, key, column), parts in groupby(cells, key=lambda row: (row["mart"], row["key"], row["column_name"])):
        told = list(parts)
        before, after = told[0]["before"], told[0]["after"]
        if column == ROW:
            change = words("Zeile kam hinzu", "row came") if before is None else words("Zeile entfiel", "row went")
        else:
            change = f"{column}: {_short(before)} → {_short(after)}"
        place = " ".join(_short(each) for each in key)
        lines.append(f"  {mart} {place}  {change}  ({parts_in_words(told, current_language())})")
    if not lines:
        return [words("  Hier ist nichts geändert.", "  Nothing changed here.")]
    if len(lines) > _SHOWN and not with_all:
        left = counted(len(lines) - _SHOWN, ("weitere Zelle", "weitere Zellen"), ("more cell", "more cells"))
        return [*lines[:_SHOWN], words(f"  … und {left}; --all nennt alle.", f"  … and {left}; --all lists all.")]
    return lines


def _short(text: str | None) -> str:
    """A cell as one word of a line: of a hash its first digits, of nothing a dash."""
    if text is None:
        return "–"
    return text[:12] if _HASH.fullmatch(text) else text
