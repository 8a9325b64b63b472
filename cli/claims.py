"""`nordwaerts claims`: every public sentence, what the figures say about it, and since when.

One page without options (`claims_page.py`). With `--all`, or for the claims named, one sentence a council member
understands, and below it the figures that decide. `--json` gives the rows of fct_claim_verdict as they are. Parts we
split off a sentence stand indented below their document's sentences.
"""

import datetime as dt
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import groupby
from typing import Any

import click

from cli.claims_page import page_lines
from cli.language import current_language, day, number, words
from cli.options import json_option, language_option, nothing_published, print_json, programme_option, var_folder
from release import reading
from release.reason import Reason, ReleaseError
from release.verdicts import VERDICTS

UNITS = {
    "pct": ("%", "%"),
    "pp": ("Prozentpunkte", "percentage points"),
    "projects": ("Teilprojekte", "sub-projects"),
    "people": ("Teilnehmende", "people"),
    "ideas": ("Ideen", "ideas"),
    "events": ("Veranstaltungen", "events"),
    "grade_1_to_6": ("Notenpunkte", "grade points"),
    "m2_per_inhabitant": ("m² je Einwohner*in", "m² per inhabitant"),
}
FIGURES = {
    "growth": ("Wachstum", "growth"),
    "direction": ("Veränderung", "change"),
    "non_widening": ("Veränderung des Nachteils", "change of the disadvantage"),
    "ranking": ("kleinster Abstand zu einem anderen Gebiet", "smallest distance to another area"),
}


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
    if claim_ids:
        rows = _named(rows, claim_ids)
    if as_json:
        print_json(rows)
        return 0
    if not rows:
        click.echo(words("Dieses Programm hat keine Aussagen erfasst.", "This programme has no claims on record."))
        return 0
    is_page = not (claim_ids or with_all or evaluation or with_history)
    click.echo("\n".join([*_head(release), *(page_lines(rows) if is_page else _lines(rows))]))
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


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    document = None
    for claim, answers in ((key, list(found)) for key, found in groupby(rows, key=lambda row: str(row["claim_id"]))):
        row = answers[0]
        if row["document_title"] != document:
            document = row["document_title"]
            yield from ("", f"{document} ({row['publisher']}, {_said(row)})")
        mark = words(" (Teil, von uns abgetrennt)", " (a part, split off by us)") if row["is_leg"] else ""
        yield from ("", f"  {row['wording_' + current_language()]}{mark}  [{claim}]")
        if row["note_" + current_language()]:
            yield f"    {row['note_' + current_language()]}"
        for answer, same in groupby(answers, key=lambda row: (_sentence(row), "; ".join(_figures(row)))):
            sentence, figures = answer
            yield f"    {_when(list(same))}: {sentence}"
            if figures:
                yield f"      {figures}."
    yield ""
    yield words(
        "Damals: mit den Daten, die vorlagen. Heute: mit den neuesten. Nachträglich festgelegt: die Regel steht erst "
        "seit nach den Daten fest.",
        "Then: with the data there were. Now: with the latest. Fixed afterwards: the rule was set after the data.",
    )


def _said(row: dict[str, Any]) -> str:
    first, last = row["said_first_on"], row["said_last_on"]
    said = day(first) if first == last else words(f"{day(first)} bis {day(last)}", f"{day(first)} to {day(last)}")
    return said + (words(", Datum angenommen", ", date assumed") if row["is_date_assumed"] else "")


def _when(rows: list[dict[str, Any]]) -> str:
    named = {"as_of": words("Damals", "Then"), "current": words("Heute", "Now")}
    whens = [named.get(row["evaluation"], row["period"]) for row in rows]
    if whens == list(named.values()):
        return words("Damals und heute", "Then and now")
    return ", ".join(whens)


def _sentence(row: dict[str, Any]) -> str:
    verdict = words(*VERDICTS[row["verdict"]])
    since = row["superseded_since"]
    if since:
        verdict += words(f" seit {since}", f" since {since}")
    reason = row["reason_" + current_language()]
    post_hoc = words(" (nachträglich festgelegt)", " (fixed afterwards)") if row["is_post_hoc"] else ""
    return f"{verdict[0].upper()}{verdict[1:]}. {reason}{post_hoc if row['verdict'] != 'not_checkable' else ''}"


def _figures(row: dict[str, Any]) -> Iterator[str]:
    if row["needed_" + current_language()]:
        yield words("nötig wäre: ", "needed: ") + row["needed_" + current_language()].rstrip(".")
    if row["leg_count"]:
        met, legs = number(row["supported_leg_count"]), number(row["leg_count"])
        yield words(f"{met} von {legs} notwendigen Teilen treffen zu", f"{met} of {legs} necessary parts hold")
    if row["estimate"] is None:
        return
    unit = words(*UNITS.get(row["unit"], (row["unit"], row["unit"])))
    label = words(*FIGURES.get(row["claim_type"], ("Zahl", "figure")))
    digits = 0 if row["claim_type"] in ("count", "threshold") else 2
    yield f"{label} {_plain(row['estimate'], digits)} {unit}{_range(row, digits)}"
    yield _basis(row)
    if row["denominator"] is not None:
        yield words(f"von {number(row['denominator'])}", f"of {number(row['denominator'])}")
    if row["window_lower"] is not None:
        lower, upper = _plain(row["window_lower"], None), _plain(row["window_upper"], None)
        yield words(f"gerundet stimmt {lower} bis unter {upper}", f"{lower} to below {upper} rounds to it")
    elif row["expected_value"] is not None:
        yield words("Schwelle ", "threshold ") + _plain(row["expected_value"], None)
    if row["margin"] is not None:
        yield words(f"Marge {_plain(row['margin'], 2)} (unsere)", f"margin {_plain(row['margin'], 2)} (ours)")
    if row["tipping_margin"] is not None:
        tipping = _plain(row["tipping_margin"], 2)
        yield words(f"hält ab einer Marge von {tipping}", f"holds from a margin of {tipping} on")
    if row["rest_estimate"] is not None:
        rest = _plain(row["rest_estimate"], 2)
        yield words(f"gegen den Rest der Stadt {rest}", f"against the rest of the city {rest}")


def _range(row: dict[str, Any], digits: int) -> str:
    lower = _plain(row["lower"], digits)
    if row["upper"] is None:
        return words(f" (mindestens {lower})", f" (at least {lower})")
    if row["lower"] == row["upper"]:
        return ""
    return words(f" ({lower} bis {_plain(row['upper'], digits)})", f" ({lower} to {_plain(row['upper'], digits)})")


def _basis(row: dict[str, Any]) -> str:
    begun, ended = row["measured_from_on"], row["measured_to_on"]
    if row["baseline_id"]:
        time = words(f"{row['period']} gegen {row['baseline_id']}", f"{row['period']} against {row['baseline_id']}")
    else:
        time = _days(begun, ended)
    counted = words("Vollerhebung", "full count") if row["is_full_count"] else f"n = {number(row['n'])}"
    return f"{time}, {counted}"


def _days(begun: dt.date, ended: dt.date) -> str:
    if begun == ended:
        return day(begun)
    return words(f"{day(begun)} bis {day(ended)}", f"{day(begun)} to {day(ended)}")


def _plain(value: float, digits: int | None) -> str:
    text = f"{value:,.{digits}f}" if digits is not None else f"{value:,.2f}".rstrip("0").rstrip(".")
    text = text.replace("-", "−")
    return words(text.translate(str.maketrans(",.", ".,")), text)
