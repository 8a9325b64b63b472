"""`nordwaerts check FILE --source S`: the deliverer's self-check, the same rules before sending.

Reads, lands and checks one file in memory; nothing is stored. The rules are those of gate 1, executed
through one DuckDB query. What only the running system can know (age, the delivery in force) is left out.
Exit 0: would be accepted, 2: would be refused.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.language import current_language, number, rows_in_words, words
from cli.options import language_option, programme_option

if TYPE_CHECKING:
    from ingest.areas import Locality
    from ingest.delivered import RecordCount
    from ingest.opened import OpenedDelivery
    from programmes.model import Programme
    from programmes.sources import LandedTable, Source

_SHOWN = 20
_NAMED = 3  # of the rules that rows break, where not every row is shown


@click.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", "source_id", required=True, metavar="S", help="Quelle · source")
@programme_option
@language_option
def check_command(file: Path, source_id: str, programme: str) -> int:
    from ingest.areas import locality_of
    from ingest.opened import OpenedDelivery
    from programmes.loading import load_programme
    from programmes.model import DeclarationError

    declared = load_programme(programme)
    source = declared.sources.get(source_id)
    if source is None:
        known = ", ".join(declared.sources)
        raise DeclarationError(
            f"Es gibt keine Quelle „{source_id}“. Es gibt: {known}.",
            f"There is no source '{source_id}'. There are: {known}.",
        )
    tables = _tables_for(file, source)
    if not tables:
        click.echo(
            words(
                f"{file.name}: passt auf keine Tabelle von {source_id}. Erwartet wird ein Name wie {source.connector.files}.",
                f"{file.name}: fits no table of {source_id}. A name like {source.connector.files} is expected.",
            )
        )
        return 2
    delivery = OpenedDelivery(file.read_bytes(), file.name)
    locality = locality_of(declared)
    unusable: dict[str, list[str]] = {}  # a sentence about the whole file, told once for all its tables
    accepted = [_check_table(delivery, table, declared, locality, unusable) for table in tables]
    for sentence, names in unusable.items():
        of_some = f"{', '.join(names)}: " if len(names) < len(tables) else ""
        click.echo(f"{of_some}{words('würde abgelehnt', 'would be refused')}: {sentence}")
    return 0 if all(accepted) else 2


def _tables_for(file: Path, source: "Source") -> "list[LandedTable]":
    from ingest.connectors.folder import matches
    from programmes.sources import LandedTable

    return [
        LandedTable(source.landed_name(name), source, table)
        for name, table in source.tables.items()
        if matches(file.name, source.connector.files) and matches(file.name, table.files)
    ]


def _check_table(
    delivery: "OpenedDelivery",
    table: "LandedTable",
    programme: "Programme",
    locality: "Locality",
    unusable: dict[str, list[str]],
) -> bool:
    from expectations.direct import run_suite
    from expectations.rules import DeliveryFacts, Seen, landed_suite
    from ingest.commonest import commonest
    from ingest.findings import DeliveryRefused
    from ingest.landing import land, rejected_pct

    language = current_language()
    name = table.name
    try:
        landed = land(delivery, "unsent", table, locality)
    except DeliveryRefused as refused:
        unusable.setdefault(refused.sentence(language), []).append(name)
        return False
    rows = landed.accepted
    periods = sorted(rows["period"].unique().to_pylist()) if "period" in rows.column_names else []
    facts = DeliveryFacts(rejected_pct([landed]), shrunk_pct=None, periods_behind=None, age_days=0)
    results = run_suite(Seen(name, "gate_1", rows), landed_suite(programme, table, periods), facts)
    failed = [result for result in results if not result.is_passed]
    blocking = [result for result in failed if result.is_blocking_failure]
    counts = words(
        f"{rows_in_words(rows.num_rows)} angenommen, {number(len(landed.findings))} abgewiesen, {len(results)} Regeln geprüft",
        f"{rows_in_words(rows.num_rows)} accepted, {number(len(landed.findings))} rejected, {len(results)} rules checked",
    )
    verdict = words("würde abgelehnt", "would be refused") if blocking else words("in Ordnung", "in order")
    click.echo(f"{name}: {verdict}. {counts}.")
    click.echo(f"  {_records_in_words(landed.count)}")
    for finding in landed.findings[:_SHOWN]:
        click.echo(f"  {finding.sentence(language)}")
    more = len(landed.findings) - _SHOWN
    if more > 0:
        click.echo(words(f"  und {number(more)} weitere; am häufigsten:", f"  and {number(more)} more; the commonest:"))
        for common in commonest(landed.findings)[:_NAMED]:
            click.echo(f"    {common.sentence(language)}")
    for result in failed:
        kind = (
            words("Nicht erfüllt", "not met")
            if result.is_blocking_failure
            else words("Nur ein Hinweis, nicht erfüllt", "a note only, not met")
        )
        click.echo(f"  {kind}: „{result.sentence(language)}“ ({result.figures(language)})")
    return not blocking


def _records_in_words(count: "RecordCount") -> str:
    """The count that closes: every record of the file and what became of it."""
    parts = [
        number(each) for each in (count.header, count.out_of_scope, count.footnotes, count.accepted, count.rejected)
    ]
    header, outside, footnotes, accepted, rejected = parts
    return words(
        f"{number(count.records)} Datensätze = {header} Kopf + {outside} vereinbart ausgelassen + {footnotes} Fußnoten "
        f"+ {accepted} angenommen + {rejected} abgewiesen",
        f"{number(count.records)} records = {header} header + {outside} left out as agreed + {footnotes} footnotes "
        f"+ {accepted} accepted + {rejected} rejected",
    )
