"""`nordwaerts check FILE --source S`: the deliverer's self-check, the same rules before sending.

Reads, lands and checks one file in memory; nothing is stored. The rules are those of gate 1, executed
through one DuckDB query. What was accepted before is compared with where `--against` names it; what only the running
system can know (age) is left out. Exit 0: would be accepted, 2: would be refused, 3: would be held for a person.
"""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.against import rows_before
from cli.language import rows_in_words
from cli.options import language_option, programme_option, var_folder
from release.spoken import current_language, number, words

if TYPE_CHECKING:
    import pyarrow as pa

    from expectations.judging import Judged
    from ingest.areas import Locality
    from ingest.delivered import RecordCount
    from ingest.landing import Landed
    from ingest.opened import OpenedDelivery
    from programmes.model import Programme
    from programmes.sources import LandedTable, Source
    from release.layout import VarFolder

_SHOWN = 20
_NAMED = 3  # of the rules that rows break, where not every row is shown


@click.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", "source_id", required=True, metavar="S", help="Quelle · source")
@click.option(
    "--against",
    metavar="R",
    help="vergleichen mit Stand R, „current“ oder einem Ordner früherer Lieferungen · "
    "compare with release R, 'current' or a folder of earlier deliveries",
)
@programme_option
@language_option
def check_command(file: Path, source_id: str, against: str | None, programme: str) -> int:
    from ingest.areas import locality_of
    from ingest.findings import DeliveryRefused
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
        patterns = ", ".join(sorted({table.files or source.connector.files for table in source.tables.values()}))
        click.echo(
            words(
                f"{file.name}: passt auf keine Tabelle von {source_id}. Erwartet wird ein Name wie {patterns}.",
                f"{file.name}: fits no table of {source_id}. A name like {patterns} is expected.",
            )
        )
        return 2
    try:
        delivery = OpenedDelivery.at(file)
    except DeliveryRefused as refused:
        click.echo(f"{words('würde abgelehnt', 'would be refused')}: {refused.sentence(current_language())}")
        return 2
    unsent = Unsent(file, delivery, declared, locality_of(declared), against, var_folder(programme))
    unusable: dict[str, list[str]] = {}  # a sentence about the whole file, told once for all its tables
    verdicts = [_check_table(unsent, table, unusable) for table in tables]
    for sentence, names in unusable.items():
        of_some = f"{', '.join(names)}: " if len(names) < len(tables) else ""
        click.echo(f"{of_some}{words('würde abgelehnt', 'would be refused')}: {sentence}")
    return 2 if "refused" in verdicts else 3 if "held" in verdicts else 0


@dataclass
class Unsent:
    """The file at hand, what it becomes in each table, and what it is compared with."""

    file: Path
    delivery: "OpenedDelivery"
    programme: "Programme"
    locality: "Locality"
    against: str | None
    var: "VarFolder"
    _landed: "dict[str, Landed]" = field(default_factory=dict)

    def landed(self, table: "LandedTable") -> "Landed":
        """What the file becomes in a table; raises DeliveryRefused."""
        from ingest.apart import Question, land_apart

        if table.name not in self._landed:
            self._landed[table.name], _ = land_apart(self.delivery, Question("unsent", table, self.locality))
        return self._landed[table.name]

    def beside(self, table: "LandedTable") -> "dict[str, pa.Table]":
        """Tables of the same file that the rules of this one refer to."""
        from ingest.findings import DeliveryRefused
        from programmes.sources import LandedTable

        source, found = table.source, {}
        for name in sorted({reference.table for reference in table.declared.expected.references}):
            try:
                found[name] = self.landed(LandedTable(source.landed_name(name), source, source.tables[name])).accepted
            except DeliveryRefused:
                continue
        return found

    def published(self, table: "LandedTable") -> "dict[str, pa.Table]":
        """Other tables the rows are to agree with, as the release or folder to compare with has them."""
        named = {agreed.table for agreed in table.declared.expected.agreements}
        others = [each for each in self.programme.landed_tables() if each.name in named]
        rows = {each.name: rows_before(self.against, self.var, each, self.locality, self.file) for each in others}
        return {name: found for name, found in rows.items() if found is not None}

    def judged(self, table: "LandedTable") -> "Judged":
        """What the rules of gate 1 say; raises DeliveryRefused where the file cannot be used."""
        from expectations.direct import run_suite
        from expectations.judging import judge
        from expectations.rules import DeliveryFacts, Seen, shrunk_pct
        from expectations.suites import landed_suite
        from ingest.landing import rejected_pct
        from ingest.periods import among_others, periods_of

        landed = self.landed(table)
        before = rows_before(self.against, self.var, table, self.locality, self.file)
        rows, day = among_others(table, landed.accepted, before), dt.date.today()
        periods, periods_before = periods_of(rows), periods_of(before) if before is not None else []
        facts = DeliveryFacts(
            rejected_pct=rejected_pct([landed]),
            fewest_rows=landed.row_count,
            shrunk_pct=shrunk_pct(rows, before),
            periods_behind=int(periods_before[-1]) - int(periods[-1]) if periods and periods_before else None,
            age_days=0,
        )
        beside, published = self.beside(table), self.published(table)
        seen = Seen(table.name, "gate_1", rows, before=before, day=day, beside=beside, published=published)
        rules = landed_suite(self.programme, table, periods)
        return judge(run_suite, table, seen, rules, facts, self.programme.gate_exceptions, day)


def _tables_for(file: Path, source: "Source") -> "list[LandedTable]":
    from ingest.connectors.folder import matches
    from programmes.sources import LandedTable

    return [
        LandedTable(source.landed_name(name), source, table)
        for name, table in source.tables.items()
        if matches(file.name, source.connector.files) and matches(file.name, table.files)
    ]


def _check_table(unsent: Unsent, table: "LandedTable", unusable: dict[str, list[str]]) -> str:
    """'accepted', 'held' or 'refused', said with its reasons."""
    from ingest.commonest import commonest
    from ingest.findings import DeliveryRefused

    language, name = current_language(), table.name
    try:
        landed = unsent.landed(table)
        judged = unsent.judged(table)
    except DeliveryRefused as refused:
        unusable.setdefault(refused.sentence(language), []).append(name)
        return "refused"
    results = judged.checks
    failed = [result for result in results if not result.is_passed]
    blocking = [result for result in failed if result.is_blocking_failure]
    held = {result.check_id for result in judged.doubts}
    outcome = "refused" if blocking or held & set(judged.expired) else "held" if held else "accepted"
    counts = words(
        f"{rows_in_words(landed.row_count)} angenommen, {number(len(landed.findings))} abgewiesen, {len(results)} Regeln geprüft",
        f"{rows_in_words(landed.row_count)} accepted, {number(len(landed.findings))} rejected, {len(results)} rules checked",
    )
    verdict = {
        "refused": words("würde abgelehnt", "would be refused"),
        "held": words("würde angehalten, bis jemand entscheidet", "would be held until somebody decides"),
        "accepted": words("in Ordnung", "in order"),
    }[outcome]
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
            else words("Angehalten, weil zweifelhaft", "held because doubtful")
            if result.check_id in held
            else words("Nur ein Hinweis, nicht erfüllt", "a note only, not met")
        )
        click.echo(f"  {kind}: „{result.sentence(language)}“ ({result.figures(language)})")
    return outcome


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
