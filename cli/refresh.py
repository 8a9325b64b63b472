"""`nordwaerts refresh`: one refresh now, told line by line, and a closing summary a clerk understands.

Answers an unchanged night, a repeated refusal and a running refresh without importing Dagster. Exit
codes: 0 published or unchanged, 2 refused by a gate, 3 the same as 0 while a delivery is kept or held, 4 another
refresh is running, 1 broken, 130 stopped by Ctrl-C, 143 stopped by SIGTERM.
"""

import datetime as dt
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.arrivals import arrival_lines
from cli.language import files_in_words, labelled, rows_in_words
from cli.options import FileToTakeAway, language_option, programme_option
from release.layout import VarFolder
from release.spoken import counted, current_language, words

if TYPE_CHECKING:
    from programmes.settings import Engine
    from refresh.record import RefreshRecord
    from refresh.stopping import Stopped

REFUSED, KEPT = 2, 3
_SHOWN = 5


@click.command("refresh")
@programme_option
@click.option("--sample", is_flag=True, help="Musterlieferungen statt Eingangsordner · sample set instead of the inbox")
@click.option(
    "--as-of",
    "as_of",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    metavar="YYYY-MM-DD",
    help="Tag der Aktualisierung · day of the refresh",
)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default=None,
    help="womit gerechnet wird, sonst wie in programme.yml · what computes, else as in programme.yml",
)
@click.option(
    "--timings",
    type=FileToTakeAway(),
    default=None,
    help="Sekunden je Abschnitt als JSON ablegen · save seconds per phase as JSON",
)
@language_option
def refresh_command(
    programme: str, sample: bool, as_of: dt.datetime | None, engine: "Engine | None", timings: Path | None
) -> int:
    begun = time.perf_counter()
    from refresh.stopping import Door, stoppable

    door, command = Door(), click.get_current_context()

    def work() -> int:
        from orchestration.launch import refresh_now
        from refresh.context import named_context
        from refresh.spark import require_engine

        with command.scope(cleanup=False):  # the language is that of the command in this thread too
            context = named_context(programme, sample, as_of.date() if as_of else None, _progress, door, engine)
            require_engine(context.engine)
            record = refresh_now(context)
            seconds = time.perf_counter() - begun
            if timings:
                timings.write_text(json.dumps(_timings(record, seconds), indent=1), encoding="utf-8")
            click.echo("\n".join(summary(record, seconds)))
            return exit_code(record)

    return stoppable(work, door, tell_stopped)


def tell_stopped(stopped: "Stopped") -> None:
    """Say in one sentence what stopping came to."""
    if not stopped.has_begun:
        noted = words("begonnen war noch nichts.", "nothing had begun.")
    elif stopped.has_line:
        noted = words("veröffentlicht ist nichts, das Ledger sagt es.", "nothing was published, the ledger says so.")
    else:
        noted = words(
            "veröffentlicht ist nichts; das Ledger ließ sich nicht schreiben, der nächste Start holt es nach.",
            "nothing was published; the ledger could not be written, the next start makes up for it.",
        )
    click.echo(words("Gestoppt: ", "Stopped: ") + noted, err=True)


def _timings(record: "RefreshRecord", seconds: float) -> dict[str, float | dict[str, float]]:
    """Seconds per phase; of the dbt build also those of models and tests, summed over its threads, and per model."""
    by_kind = {
        name: sum(node.seconds for node in record.nodes if node.is_test is is_test)
        for name, is_test in (("dbt_models", False), ("dbt_tests", True))
    }
    models = {node.unique_id.rpartition(".")[2]: node.seconds for node in record.nodes if not node.is_test}
    return {**record.context.stopwatch.seconds, **by_kind, "total": seconds, "models": models}


def exit_code(record: "RefreshRecord") -> int:
    """The exit code that says what came of a refresh."""
    if record.broken_afterwards:
        return 1
    if record.outcome == "refused":
        return REFUSED
    if record.outcome not in ("published", "unchanged"):
        return 1
    return KEPT if record.standing.kept or record.standing.waiting else 0


def _progress(german: str, english: str) -> None:
    """Print one line per finished step, in the language of the command."""
    click.echo("  " + words(german, english))


def summary(record: "RefreshRecord", seconds: float) -> list[str]:
    """What was delivered, rejected, checked and published, and where to look next; one line each."""
    from refresh.arrivals import passed_over_rows

    lines = ["", _verdict(record, seconds)]
    if record.context.is_synthetic:
        lines.append(
            words(
                "SYNTHETISCHE MUSTERDATEN: Kein Wert ist eine amtliche Angabe.",
                "SYNTHETIC SAMPLE DATA: no value is an official figure.",
            )
        )
    told = dict.fromkeys([*record.reasons, *record.standing.open_reasons])
    told |= dict.fromkeys([record.broken_afterwards] if record.broken_afterwards else [])
    lines += [f"  * {reason.text(current_language())}" for reason in told]
    lines += arrival_lines(record.arrivals, passed_over_rows(record.inbox))
    if record.tables:
        lines += [*(_taken(record) if record.outcome == "published" else []), *_checked(record)]
    lines += _where_next(record.context.var, record.outcome, bool(record.standing.open_reasons))
    return lines


def _verdict(record: "RefreshRecord", seconds: float) -> str:
    took = words(f"{seconds:.1f} s".replace(".", ","), f"{seconds:.1f} s")
    stays = (
        words(f"Leser*innen sehen weiter den Stand {release}", f"readers still see release {release}")
        if (release := record.release_id)
        else words("veröffentlicht ist noch nichts", "nothing has been published yet")
    )
    return {
        "published": words(f"Veröffentlicht: Stand {release} ({took}).", f"Published: release {release} ({took})."),
        "unchanged": words(
            f"Nichts Neues geliefert; es bleibt beim Stand {release} ({took}).",
            f"Nothing new delivered; release {release} stays ({took}).",
        ),
        "refused": words(f"Abgelehnt; {stays} ({took}).", f"Refused; {stays} ({took})."),
    }.get(str(record.outcome), words(f"Abgebrochen; {stays} ({took}).", f"Broke off; {stays} ({took})."))


def _taken(record: "RefreshRecord") -> list[str]:
    """How much of what was delivered is in force, and what was rejected."""
    outcomes = record.tables.values()
    deliveries = {receipt.delivery_id for outcome in outcomes for receipt in outcome.in_force}
    rows = sum(outcome.row_count for outcome in outcomes)
    findings = [sentence for outcome in outcomes for sentence in outcome.finding_sentences(current_language())]
    lines = [
        labelled(words("geliefert", "delivered"), files_in_words(len(deliveries))),
        labelled(words("angenommen", "accepted"), rows_in_words(rows)),
        labelled(words("abgewiesen", "rejected"), rows_in_words(sum(outcome.rejected_count for outcome in outcomes))),
    ]
    lines += [f"      {sentence}" for sentence in findings[:_SHOWN]]
    if len(findings) > _SHOWN:
        lines.append(words(f"      und {len(findings) - _SHOWN} weitere", f"      and {len(findings) - _SHOWN} more"))
    return lines


def _checked(record: "RefreshRecord") -> list[str]:
    """How many rules were asked, and which warnings came."""
    checks = [check for outcome in record.tables.values() for check in outcome.checks]
    warnings = [check for check in checks if not check.is_passed and not check.is_blocking_failure]
    tests = sum(node.is_test for node in record.nodes)
    if not checks and not tests:
        return []
    on_deliveries = counted(
        len(checks), ("Regel an Lieferungen", "Regeln an Lieferungen"), ("rule on deliveries", "rules on deliveries")
    )
    warned = counted(len(warnings), ("Warnung", "Warnungen"), ("warning", "warnings"))
    lines = [
        labelled(
            words("geprüft", "checked"),
            f"{on_deliveries}, {words(f'{tests} an Tabellen', f'{tests} on tables')}; {warned}",
        )
    ]
    for warning in warnings[:_SHOWN]:
        rule = warning.sentence(current_language())
        broken = words(f"nicht erfüllt: „{rule}“", f"not fulfilled: '{rule}'")
        lines.append(f"      {warning.check_id}: {broken} ({warning.figures(current_language())})")
    return lines


def _where_next(var: VarFolder, result: str | None, is_open: bool) -> list[str]:
    why = labelled(words("Gründe und Abhilfe", "reasons, remedies"), f"{var.last_refusal}")
    if result in ("published", "unchanged"):
        return [
            labelled(words("abfragen", "query"), f"{var.current}/monitoring.duckdb"),
            labelled(words("abgewiesene Zeilen", "rejected rows"), f"{var.rejected}"),
            *([why] if is_open else []),
        ]
    return [why]
