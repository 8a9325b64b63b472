"""One refresh from lock to ledger: what was delivered, whether anything changed, what came of it.

A `RefreshSession` is what the steps of a refresh share. It receives deliveries into the archive, knows
the fingerprint of all inputs, collects outcomes, and writes exactly one ledger line when it ends,
whichever way it ends.
"""

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from ingest.archive import Archive, Receipt
from ingest.connectors import connector_for
from ingest.connectors.folder import matches
from orchestration.outcomes import NodeResult, TableOutcome
from programmes.loading import load_programme
from programmes.model import Programme
from programmes.sources import Source
from release import ledger, reading, refusal, store
from release.layout import VarFolder, inbox_root
from release.lock import refresh_lock
from release.reason import Reason

PROJECT_ROOT = Path(__file__).resolve().parents[1]

_CODE = {
    "programmes": "*.py",
    "ingest": "**/*.py",
    "expectations": "*.py",
    "orchestration": "*.py",
    "release": "*.py",
    "dbt_project/models": "**/*",
    "dbt_project/macros": "**/*",
    "dbt_project/tests": "**/*",
    "dbt_project/seeds": "**/*",
}


class RefreshRefused(Exception):
    """A gate refused the refresh; the reasons are in the session."""


class RefreshSession:
    """The state of one refresh of one programme; a context manager that holds the refresh lock."""

    def __init__(
        self,
        programme: Programme,
        var: VarFolder,
        place: Path,
        is_synthetic: bool,
        as_of_on: dt.date | None = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        progress: Callable[[str, str], None] = lambda _de, _en: None,
    ) -> None:
        self.programme = programme
        self.var = var
        self.place = place
        self.is_synthetic = is_synthetic
        self.now = now
        self.progress = progress
        sample = programme.settings.sample
        stated = sample.as_of_on if is_synthetic and sample else None
        self.as_of_on = as_of_on or stated or now().astimezone(ZoneInfo(programme.settings.time_zone)).date()
        self.archive = Archive(var.archive)
        self.outcomes: dict[str, TableOutcome] = {}
        self.reasons: list[Reason] = []
        self.result: ledger.Outcome | None = None
        self.release_id: str | None = None
        self.seconds: dict[str, float] = {}
        self.nodes: list[NodeResult] = []
        self._received: dict[str, list[Receipt]] = {}
        self._settled: str | None = None

    def __enter__(self) -> Self:
        self._lock = refresh_lock(self.var)
        self._lock.__enter__()
        self.var.create()
        store.recover(self.var, self.now())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            if self.result is None:
                self._record_unfinished(error)
        finally:
            self._lock.__exit__(None, None, None)

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Add the seconds of a with block to a phase of the closing report."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] = self.seconds.get(phase, 0.0) + time.perf_counter() - begun

    # -- deliveries -------------------------------------------------------------------------------

    def receive(self, source: Source) -> list[Receipt]:
        """Archive what the source offers; its receipts on offer now, in the order of receipt.

        Raises RefreshRefused when sample and real deliveries would meet in one var folder.
        """
        if source.source_id not in self._received:
            self._refuse_mixing(source)
            offered = connector_for(source)(source, self.place)
            if not self.is_synthetic:  # only a sample set may state when it was received
                offered = [replace(offer, received_at=None) for offer in offered]
            receipts = {
                receipt.number: receipt
                for receipt in (
                    self.archive.receive(o, source.source_id, source.licence, self.now(), self.is_synthetic)
                    for o in offered
                )
            }
            self._refuse_samples_as_real(source, receipts.values())
            self._received[source.source_id] = [receipts[number] for number in sorted(receipts)]
        return self._received[source.source_id]

    def _refuse_mixing(self, source: Source) -> None:
        if all(r.is_synthetic == self.is_synthetic for r in self.archive.receipts(source.source_id)):
            return
        held_de, held_en = ("echte Lieferungen", "real deliveries") if self.is_synthetic else ("Muster", "samples")
        self.refuse(
            Reason(
                f"Der Arbeitsordner {self.var.folder} enthält {held_de}; Muster und Echtes werden nie gemischt.",
                f"The working folder {self.var.folder} holds {held_en}; sample and real are never mixed.",
                "Neu beginnen: diesen Ordner umbenennen oder NORDWAERTS_VAR auf einen leeren Ordner setzen.",
                "Begin afresh: rename this folder, or set NORDWAERTS_VAR to an empty one.",
                source=source.source_id,
                rule="sample_and_real",
            )
        )
        raise RefreshRefused

    def _refuse_samples_as_real(self, source: Source, receipts: Iterable[Receipt]) -> None:
        samples = {} if self.is_synthetic else self._sample_ids
        for receipt in receipts:
            if receipt.delivery_id in samples:
                self.refuse(
                    Reason(
                        f"{source.source_id}/{receipt.file_name} ist eine Musterlieferung und keine echte.",
                        f"{source.source_id}/{receipt.file_name} is a sample delivery, not a real one.",
                        "Datei aus dem Eingangsordner nehmen; Muster laufen nur mit --sample.",
                        "Take the file out of the inbox; samples run with --sample only.",
                        source=source.source_id,
                        file=receipt.file_name,
                        rule="sample_and_real",
                    )
                )
                raise RefreshRefused

    @cached_property
    def _sample_ids(self) -> set[str]:
        paths = self.programme.sample_folder.rglob("*")
        return {hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file()}

    def considered(self, table_name: str, source: Source, pattern: str | None) -> list[Receipt]:
        """Deliveries that may feed a table: on offer now, or in force in the release readers see.

        What was accepted stays in force when its file is taken away; a rollback and taking the file away
        together undo a delivery.
        """
        return self._counting(table_name, source, pattern, self.last_in_force)

    def _counting(
        self, table_name: str, source: Source, pattern: str | None, in_force: Mapping[str, Iterable[str]]
    ) -> list[Receipt]:
        offered = {receipt.delivery_id for receipt in self.receive(source)}
        wanted = offered | set(in_force.get(table_name, ()))
        return [
            receipt
            for receipt in self.archive.receipts(source.source_id)
            if receipt.delivery_id in wanted and matches(receipt.file_name, pattern)
        ]

    @cached_property
    def last_in_force(self) -> dict[str, tuple[str, ...]]:
        """Landed table → delivery ids the release readers see rests on; after a rollback, the earlier ones."""
        release = reading.current(self.var)
        return {table: tuple(ids) for table, ids in release.manifest.in_force.items()} if release else {}

    # -- has anything changed? ----------------------------------------------------------------------

    @cached_property
    def arrived(self) -> str:
        """Fingerprint of the inputs as this refresh found them."""
        return self._fingerprint(self.last_in_force)

    @property
    def inputs(self) -> str:
        """Fingerprint of the inputs as this refresh leaves them: the one the next night finds if nothing comes.

        Until every table passed gate 1 it is the one of arrival: only then is it known which deliveries
        have replaced which.
        """
        return self._settled or self.arrived

    def settle(self) -> None:
        """Every table passed gate 1: from here on the deliveries it left in force count."""
        self._settled = self._fingerprint(
            {name: [r.delivery_id for r in outcome.in_force] for name, outcome in self.outcomes.items()}
        )

    def _fingerprint(self, in_force: Mapping[str, Iterable[str]]) -> str:
        """SHA-256 over deliveries with receipts, declarations, code and the date rules that are due."""
        known = {
            "tables": {
                name: [
                    (r.delivery_id, r.received_at, r.number)
                    for r in self._counting(name, source, table.files, in_force)
                ]
                for name, source, table in self.programme.landed_tables()
            },
            "overdue": [source.source_id for source in self.programme.sources.values() if self._is_overdue(source)],
            "declarations": self.programme.declarations_hash(),
            "code": code_hash(),
            "is_synthetic": self.is_synthetic,
        }
        return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()

    def _is_overdue(self, source: Source) -> bool:
        received = self.receive(source)
        return bool(received) and self.age_days(received) > source.max_age_days

    def age_days(self, receipts: "list[Receipt] | tuple[Receipt, ...]") -> int:
        """Days from the newest receipt to the day of the refresh."""
        newest = max(dt.datetime.fromisoformat(receipt.received_at) for receipt in receipts)
        return max(0, (self.as_of_on - newest.date()).days)

    def answer_without_work(self) -> bool:
        """Whether the inputs are those of the current release, or of the last refusal: nothing to do.

        Writes the ledger line `unchanged` or repeats the refusal; returns False if there is work.
        """
        release = reading.current(self.var)
        if release and release.inputs == self.arrived:
            self._record("unchanged")
            return True
        standing = reading.standing_refusal(self.var)
        if standing and standing.outcome == "refused" and standing.inputs == self.arrived:
            self.refuse(*standing.reasons)
            self._record("refused")
            return True
        return False

    # -- the end ----------------------------------------------------------------------------------

    def refuse(self, *reasons: Reason) -> None:
        """Note why this refresh must not publish; the same reason counts once."""
        self.reasons.extend(reason for reason in dict.fromkeys(reasons) if reason not in self.reasons)

    def published(self) -> None:
        """Put a publication on the record; what was refused and kept on the way is noted with it."""
        self.reasons = [reason for outcome in self.outcomes.values() for reason in outcome.reasons]
        self._record("published")

    def _record(self, outcome: ledger.Outcome) -> None:
        """The one ledger line of this refresh, and the refusal text that follows from it."""
        self.result = outcome
        release = reading.current(self.var)
        self.release_id = release.release_id if release else None
        entry = ledger.append(
            self.var,
            outcome,
            at=self.now(),
            release_id=self.release_id,
            inputs=self.inputs if outcome == "published" else self._arrived_if_known(),
            reasons=self.reasons,
            in_force=release.manifest.in_force if release else None,
            as_of_on=self.as_of_on,
            is_synthetic=self.is_synthetic,
        )
        refusal.note(self.var, entry)

    def _record_unfinished(self, error: BaseException | None) -> None:
        was_refused = bool(self.reasons)
        if not was_refused:
            what = type(error).__name__ if error else "—"
            self.refuse(
                Reason(
                    f"Die Aktualisierung brach ab ({what}); veröffentlicht wurde nichts.",
                    f"The refresh broke off ({what}); nothing was published.",
                    "Noch einmal starten; bricht sie wieder ab, das Protokoll der Entwicklung geben.",
                    "Start it again; if it breaks off again, give the log to the developers.",
                )
            )
        self._record("refused" if was_refused else "broken")

    def _arrived_if_known(self) -> str | None:
        try:
            return self.arrived
        except RefreshRefused:
            return None


def code_hash() -> str:
    """SHA-256 over names and bytes of everything that turns deliveries into marts, and the lock file."""
    digest = hashlib.sha256()
    files = [path for folder, pattern in _CODE.items() for path in sorted((PROJECT_ROOT / folder).glob(pattern))]
    for path in [*files, PROJECT_ROOT / "dbt_project" / "dbt_project.yml", PROJECT_ROOT / "requirements.lock"]:
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(PROJECT_ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def open_session(
    programme_name: str,
    is_sample: bool,
    as_of_on: dt.date | None = None,
    progress: Callable[[str, str], None] = lambda _de, _en: None,
) -> RefreshSession:
    """A session for a programme by name or folder, on its inbox or on its sample set.

    Raises DeclarationError for a broken programme folder; entering the session takes the refresh lock.
    """
    programme = load_programme(programme_name)
    place = programme.sample_folder if is_sample else inbox_root() / programme.settings.programme_id
    return RefreshSession(
        programme, VarFolder(programme.settings.programme_id), place, is_sample, as_of_on, progress=progress
    )
