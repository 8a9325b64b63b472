"""`nordwaerts trace MART KEY…` and `trace CLAIM`: the auditor's walk, from a published cell to the delivered row and back.

The row is named by its key, by position or as `column=value`; a claim by its id. Text without options, `--json` for machines,
`--html FILE` one page to hand over. `--public` walks the public edition. Exit code 1 where a walk does not come out.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from cli.options import FileToTakeAway, json_option, language_option, nothing_published, programme_option, var_folder
from release import reading
from release.atomic import write_whole
from release.reason import Language
from release.spoken import current_language, words
from tracing.keys import command_of, found_row, known_mart
from tracing.rows import Row, Rows
from tracing.sections import Section
from tracing.telling import outcome, plain, sections
from tracing.walking import Trace, traced
from tracing.walks import walk_of

CLAIMS = "fct_claim_verdict"
_EVALUATIONS = ("as_of", "current")


@click.command("trace")
@click.argument("mart", metavar="MART|CLAIM")
@click.argument("key", nargs=-1, metavar="[KEY]...")
@click.option("--column", metavar="NAME", help="nur diese Zelle der Zeile · only this cell of the row")
@click.option(
    "--html", "page", type=FileToTakeAway(), metavar="FILE",
    help="als Seite zum Weitergeben ablegen · save as a page to hand over",
)  # fmt: skip
@click.option("--public", "is_public", is_flag=True, help="öffentliche Fassung · the edition for the public")
@click.option("--release", "release_id", metavar="ID", help="früherer Stand · an earlier release")
@programme_option
@json_option
@language_option
def trace_command(
    mart: str,
    key: tuple[str, ...],
    column: str | None,
    page: Path | None,
    is_public: bool,
    release_id: str | None,
    programme: str,
    as_json: bool,
) -> int:
    var = var_folder(programme)
    release = reading.release(var, release_id) if release_id else reading.current(var)
    if release is None:
        raise reading.ReleaseMissing(nothing_published(programme))
    rows = Rows(release, is_public)
    traces = [traced(rows, *one) for one in _meant(rows, mart, key)]
    if column is not None and column not in traces[0].row:
        raise click.UsageError(
            words(f"{traces[0].walk.mart} hat keine Spalte {column}.", f"{traces[0].walk.mart} has no column {column}.")
        )
    if page is not None:
        _save(page, traces, column)
    if as_json:
        click.echo(json.dumps([plain(trace) for trace in traces], ensure_ascii=False))
    elif page is None:
        for trace in traces:
            click.echo("\n".join(_told(trace, current_language(), column)))
    return 0 if all(trace.is_whole for trace in traces) else 1


def _meant(rows: Rows, mart: str, key: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    """The rows asked for: one by its key, or what a claim is judged then and now."""
    if mart not in rows.release.manifest.tables and not key:
        answers = claim_rows(rows, mart)
        if answers:
            yield from ((CLAIMS, row) for row in answers)
            return
    known_mart(rows, mart)
    yield mart, found_row(rows, walk_of(rows.release, mart), key)


def claim_rows(rows: Rows, claim_id: str) -> list[Row]:
    """What a claim is judged; raises ReleaseMissing where claims are not public, or an id is nearly that of a claim."""
    if CLAIMS not in rows.release.manifest.tables:
        return []
    rows.release.mart_path(CLAIMS, rows.is_public)
    every = rows.every(CLAIMS)
    found: list[Row] = [row for row in every if row["claim_id"] == claim_id and row["evaluation"] in _EVALUATIONS]
    if not found and "_" in claim_id and not claim_id.startswith(("fct_", "dim_", "bridge_")):
        found_row(rows, walk_of(rows.release, CLAIMS), (claim_id,))
    return sorted(found, key=lambda row: _EVALUATIONS.index(row["evaluation"]))


def _save(page: Path, traces: list[Trace], column: str | None) -> None:
    from tracing.page import render

    if not page.absolute().parent.is_dir():
        raise click.ClickException(
            words(f"Den Ordner {page.parent} gibt es nicht.", f"There is no folder {page.parent}.")
        )
    chosen = click.get_current_context().find_root().obj
    languages: list[Language] = [chosen] if chosen in ("de", "en") else ["de", "en"]
    write_whole(page, render(traces, languages, column).encode())
    for trace in traces:
        click.echo(outcome(trace, current_language(), column), err=True)


def _told(trace: Trace, language: Language, column: str | None) -> Iterator[str]:
    yield command_of(trace.walk, trace.row).removeprefix("nordwaerts trace ")
    yield outcome(trace, language, column)
    for number, section in enumerate(sections(trace, language, column), start=1):
        yield ""
        yield f"{number}. {section.title}"
        yield from _section(section)
    yield ""


def _section(section: Section) -> Iterator[str]:
    width = max((len(name) for name, _ in section.facts), default=0)
    yield from (f"   {name:<{width}}  {text}" for name, text in section.facts)
    if section.table:
        table = [list(section.heading), *section.table]
        widths = [max(len(str(row[place])) for row in table) for place in range(len(section.heading))]
        for row in table:
            yield "   " + "  ".join(f"{cell:<{size}}" for cell, size in zip(row, widths, strict=True)).rstrip()
    yield from (f"   {line}" for line in section.lines)
