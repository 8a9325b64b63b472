"""One night of one entry: what was accepted before is in force, the changed file lies in the inbox, its tables land.

Landing and gate 1 are those of a refresh (`refresh.landing.land_table`); nothing is modelled or published. The state
before is made once per source, file and seed, and copied for every entry.
"""

import csv
import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.connectors.folder import matches
from programmes.loading import load_programme
from programmes.model import Programme
from programmes.sources import LandedTable
from refresh.candidate import in_force_of
from refresh.context import RefreshContext
from refresh.landing import land_table
from refresh.outcomes import RefreshRefused, TableOutcome
from refresh.receiving import Deliveries
from release.layout import VarFolder
from release.reason import Reason
from release.standing import Standing
from trials.faults.clean import Clean, before, clean_files
from trials.faults.corpus import Entry, History
from trials.faults.verdicts import TableNight, Verdict, verdict

PROGRAMME = "nordwaerts"
_EARLIER, _CLEAN, _ARRIVING = "2026-01-12T06:00:00Z", "2026-02-12T06:00:00Z", "2026-03-01T06:00:00Z"
_HEADER = ("source_id", "file_name", "received_at", "publisher_version")


@dataclass(frozen=True)
class Before:
    """A working folder as a night finds it, what stands there, and what the clean file would bring on top."""

    folder: Path
    standing: Standing
    files: Mapping[str, bytes]
    usual: tuple[TableNight, ...]


def night_of(entry: Entry, base_seed: int) -> Verdict:
    """What becomes of an entry on its clean city."""
    seed = entry.seed(base_seed)
    clean = Clean(entry.source, seed, clean_files(entry.source, seed), entry.file)
    changed = entry.change(clean)
    arriving = changed if isinstance(changed, Mapping) else {entry.file: changed}
    found = state_before(entry.source, entry.file, seed, entry.history)
    with workplace() as place:
        shutil.copytree(found.folder, place / "var", dirs_exist_ok=True)
        programme = declared_anew(place, entry) if entry.declares else _programme()
        files = {name: content for name, content in found.files.items() if name not in arriving}
        try:
            nights = _land(programme, place, entry.source, entry.file, files, arriving, found.standing)
        except RefreshRefused as refused:
            return verdict((), (), refused.reasons)
    return verdict(nights.tables, found.usual, nights.passed_over)


def clean_night(source: str, file: str, seed: int) -> Verdict:
    """What becomes of the newest clean file on top of what was there before; anything but 'missed' is a false alarm."""
    usual = state_before(source, file, seed, "earlier").usual
    silent = [TableNight(TableOutcome(each.outcome.table, "accepted"), each.findings, True) for each in usual]
    return verdict(usual, silent)


@cache
def _programme() -> Programme:
    return load_programme(PROGRAMME)


def declared_anew(place: Path, entry: Entry) -> Programme:
    """The programme as the entry declares it, in a folder of its own."""
    folder = place / PROGRAMME
    shutil.copytree(_programme().folder, folder, ignore=shutil.ignore_patterns("sample"))
    assert entry.declares is not None
    entry.declares(folder)
    return load_programme(folder)


@cache
def state_before(source: str, file: str, seed: int, history: History) -> Before:
    """The state an entry meets; kept for the life of the process, below the folder of temporary files.

    What came before is in force without a gate: the limits of today are not those it was once accepted under.
    """
    files = clean_files(source, seed)
    accepted: Mapping[str, bytes] = {}
    if history == "earlier":
        accepted = before(source, file, files)
    elif history == "same":
        accepted = files
    place = Path(tempfile.mkdtemp(prefix="nordwaerts-faults-"))
    _made.append(place)
    standing = _accepted(place, source, file, accepted)
    with workplace() as trial:
        shutil.copytree(place / "var", trial / "var")
        others = {name: content for name, content in accepted.items() if name != file}
        clean = _land(_programme(), trial, source, file, others, {file: files[file]}, standing, _CLEAN)
    return Before(place / "var", standing, accepted, clean.tables)


def _accepted(place: Path, source: str, file: str, files: Mapping[str, bytes]) -> Standing:
    """Receive and land these files, and let them be in force."""
    deliveries = _received(_programme(), place, source, files, dict.fromkeys(files, _EARLIER), Standing())
    in_force = {}
    for table in _tables(_programme(), source, file):
        considered = deliveries.considered(table)
        newest = considered if table.declared.mode == "by_period" else considered[-1:]
        landed = {receipt.delivery_id: deliveries.landed(table, receipt) for receipt in newest}
        if landed:
            in_force[table.name] = tuple(each.delivery_id for each in in_force_of(table, newest, landed).receipts)
    return Standing(in_force)


_made: list[Path] = []


def clear() -> None:
    """Remove the states this process made."""
    while _made:
        shutil.rmtree(_made.pop(), ignore_errors=True)
    state_before.cache_clear()


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder for one night, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="nordwaerts-fault-") as place:
        yield Path(place)


@dataclass(frozen=True)
class _Nights:
    """All tables of one night, and what was passed over in the inbox."""

    tables: tuple[TableNight, ...]
    passed_over: tuple[Reason, ...]


def _land(
    programme: Programme,
    place: Path,
    source: str,
    file: str,
    there: Mapping[str, bytes],
    arriving: Mapping[str, bytes],
    standing: Standing,
    received_at: str = _ARRIVING,
) -> _Nights:
    """Put the files into an inbox and land the tables `file` feeds; `there` came before, `arriving` now."""
    received = dict.fromkeys(there, _EARLIER) | dict.fromkeys(arriving, received_at)
    deliveries = _received(programme, place, source, {**there, **arriving}, received, standing)
    nights = []
    for table in _tables(programme, source, file):
        nights.append(_night(deliveries, land_table(deliveries.context, deliveries, table), table, arriving))
    passed_over = [
        Reason(each.sentence("de"), each.sentence("en"), rule=each.rule_id)
        for each in deliveries.inbox().passed_over
        if each.locator.rpartition("/")[2] in arriving
    ]
    return _Nights(tuple(nights), tuple(passed_over))


def _received(
    programme: Programme,
    place: Path,
    source: str,
    files: Mapping[str, bytes],
    received: Mapping[str, str],
    standing: Standing,
) -> Deliveries:
    """The deliveries of a night that finds these files in its inbox and this standing on its ledger."""
    inbox, var = place / "inbox", VarFolder(programme.settings.programme_id, place / "var")
    _fill(inbox, source, files, received)
    var.create()
    day = dt.date.fromisoformat(max([*received.values(), _EARLIER])[:10]) + dt.timedelta(days=1)
    deliveries = Deliveries(RefreshContext(programme, var, inbox, is_synthetic=True, as_of_on=day))
    deliveries.__dict__["standing"] = standing
    return deliveries


def _night(
    deliveries: Deliveries, outcome: TableOutcome, table: LandedTable, arriving: Mapping[str, bytes]
) -> TableNight:
    receipts = [each for each in deliveries.archive.receipts(table.source.source_id) if each.file_name in arriving]
    new = [each for each in receipts if each.number == max(r.number for r in receipts if r.file_name == each.file_name)]
    findings = []
    for receipt in new:
        try:
            findings += list(deliveries.landed(table, receipt).findings)
        except Exception:
            continue
    ids = {receipt.delivery_id for receipt in new}
    in_force = {receipt.delivery_id for receipt in outcome.in_force}
    held = {each.receipt.delivery_id for each in outcome.held}
    return TableNight(outcome, tuple(findings), bool(ids & in_force), bool(ids & held))


def _tables(programme: Programme, source: str, file: str) -> Sequence[LandedTable]:
    return [
        table
        for table in programme.landed_tables()
        if table.source.source_id == source and matches(file, table.declared.files)
    ]


def _fill(inbox: Path, source: str, files: Mapping[str, bytes], received: Mapping[str, str]) -> None:
    shutil.rmtree(inbox, ignore_errors=True)
    (inbox / source).mkdir(parents=True)
    for name, content in files.items():
        (inbox / source / name).write_bytes(content)
    with (inbox / "receipts.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, delimiter=";")
        writer.writerow(_HEADER)
        writer.writerows((source, name, moment, "") for name, moment in sorted(received.items()))
