"""`nordwaerts claims`: every public sentence, what the figures say about it, and since when.

One page without options (`claims_page.py`). With `--all`, or for the claims named, each sentence in full
(`claims_told.py`), parts we split off below their document's sentences. `--json` gives the rows of fct_claim_verdict as
they are.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import groupby
from typing import Any

import click

from cli.claims_page import page_lines
from cli.options import json_option, language_option, nothing_published, print_json, programme_option, var_folder
from release import reading
from release.claims_told import told
from release.claims_words import said_on
from release.reason import Reason, ReleaseError
from release.spoken import words


@click.command("claims")
@click.argument("claim_ids", metavar="[CLAIM_ID]...", nargs=-1)
@click.option("--all", "with_all", is_flag=True, help="jede Aussage mit Begründung · every claim with its reasons")
@click.option(
    "--evaluation",
    type=click.Choice(["as_of", "current"]),
    help="nur damals oder nur heute · only then or only now",
)
@click.option("--history", "with_history", is_flag=True, help="auch je Datenjahr · also for every period of data")
@programme_option
@json_option
@language_option
def claims_command(
    claim_ids: tuple[str, ...],
    programme: str,
    with_all: bool,
    evaluation: str | None,
    with_history: bool,
    as_json: bool,
) -> int:
    release = reading.current(var_folder(programme))
    if release is None:
        raise reading.ReleaseMissing(nothing_published(programme))
    wanted = {evaluation} if evaluation else {"as_of", "current"}
    rows = _rows(release, wanted | ({"history"} if with_history else set()))
    others = {(str(row["claim_id"]), str(row["evaluation"])): row for row in rows if row["evaluation"] != "history"}
    if claim_ids:
        rows = _named(rows, claim_ids)
    if as_json:
        print_json(rows)
        return 0
    if not rows:
        click.echo(words("Dieses Programm hat keine Aussagen erfasst.", "This programme has no claims on record."))
        return 0
    is_page = not (claim_ids or with_all or evaluation or with_history)
    click.echo("\n".join([*_head(release), *(page_lines(rows) if is_page else _lines(rows, others))]))
    return 0


def _named(rows: list[dict[str, Any]], claim_ids: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of the claims asked for; raises ReleaseError for an id there is not, with the nearest there are."""
    known = sorted({str(row["claim_id"]) for row in rows})
    for unknown in (asked for asked in claim_ids if asked not in known):
        near = ", ".join(get_close_matches(unknown, known, cutoff=0.4))
        raise ReleaseError(
            Reason(
                f"Es gibt keine Aussage „{unknown}“.",
                f"There is no claim '{unknown}'.",
                f"Ähnlich heißen: {near}." if near else "„nordwaerts claims --all“ nennt alle.",
                f"Similar are: {near}." if near else "'nordwaerts claims --all' names them all.",
            )
        )
    return [row for row in rows if row["claim_id"] in claim_ids]


def _rows(release: reading.Release, evaluations: set[str]) -> list[dict[str, Any]]:
    import duckdb

    offline = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}
    with duckdb.connect(config={**offline}) as connection:
        found = connection.read_parquet(str(release.mart_path("fct_claim_verdict")))
        names = found.columns
        rows = [dict(zip(names, values, strict=True)) for values in found.fetchall()]
    order = ("as_of", "current", "history")
    kept = [row for row in rows if row["evaluation"] in evaluations]
    return sorted(
        kept,
        key=lambda row: (
            row["said_first_on"],
            row["document_title"],
            row["is_leg"],
            row["claim_id"],
            order.index(row["evaluation"]),
            row["period"] or "",
        ),
    )


def _head(release: reading.Release) -> Iterator[str]:
    yield words(
        f"Öffentliche Aussagen, geprüft mit dem Stand {release.release_id}.",
        f"Public claims, checked with release {release.release_id}.",
    )
    if release.manifest.is_synthetic:
        yield words(
            "SYNTHETISCHE MUSTERDATEN: Kein Urteil gilt für die wirkliche Stadt.",
            "SYNTHETIC SAMPLE DATA: no verdict is about the real city.",
        )


def _lines(rows: list[dict[str, Any]], others: dict[tuple[str, str], dict[str, Any]]) -> Iterator[str]:
    document = None
    for _, found in groupby(rows, key=lambda row: str(row["claim_id"])):
        answers = list(found)
        row = answers[0]
        if row["document_title"] != document:
            document = row["document_title"]
            yield from ("", f"{document} ({row['publisher']}, {said_on(row)})")
        yield from told(answers, others)
    yield ""
    yield words(
        "Damals: mit dem, was am Tag der Aussage vorlag. Heute: mit den neuesten Daten.",
        "Then: with what there was on the day it was said. Now: with the latest data.",
    )
