"""Receiving: what every source has available goes into the archive before anything reads it, with its receipt.

`Deliveries` knows which deliveries are available and how the ledger says they stand, and so which of them count for a
landed table. Sample and real deliveries never meet in one var folder.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ingest.archive import Archive, ArchiveError, Receipt
from ingest.areas import Locality, locality_of
from ingest.connectors import AvailableFile, FolderClosed, NotTaken, connector_for
from ingest.connectors.folder import beside_the_sources
from ingest.findings import PassedOver
from ingest.landing import Landed
from ingest.opened import OpenedDelivery
from ingest.vintages import Vintages
from programmes.sources import LandedTable, Source
from refresh.context import RefreshContext
from refresh.doubts import looked_at
from refresh.fingerprint import Inputs, code_sha256, counting, is_overdue
from refresh.landing_ahead import Key, LandingAhead
from refresh.outcomes import Arrival, Inbox, RefreshRefused, TableOutcome, by_table
from refresh.refusing import closed_folder
from release import archive_damage, ledger, reading
from release.archive_damage import ArchiveDamaged
from release.reason import Reason
from release.standing import ByTable, Standing, deciding, standing_of


def newest_of(table: LandedTable, receipts: Sequence[Receipt]) -> tuple[Receipt, ...]:
    """Of deliveries in the order of receipt those that feed a table together: all, or where each is whole the last."""
    return tuple(receipts if table.declared.mode == "by_period" else receipts[-1:])


@dataclass
class Deliveries:
    """The deliveries of one programme as one refresh finds them; each file is read and archived once."""

    context: RefreshContext
    _ahead: LandingAhead | None = None
    _available: dict[str, list[Receipt]] = field(default_factory=dict)
    _landed: dict[tuple[str, str], Landed] = field(default_factory=dict)  # of the table at work
    _arrivals: list[Arrival] = field(default_factory=list)
    _passed_over: list[PassedOver] = field(default_factory=list)

    @cached_property
    def archive(self) -> Archive:
        """The archive of the programme."""
        return Archive(self.context.var.archive)

    @cached_property
    def locality(self) -> Locality:
        """Areas and time zone that cells are read by."""
        return locality_of(self.context.programme)

    @cached_property
    def vintages(self) -> Vintages:
        """What deliveries became when they landed before."""
        return Vintages(self.context.var.vintages)

    def landed(self, table: LandedTable, receipt: Receipt) -> Landed:
        """What a delivery becomes in a table; raises DeliveryRefused, and ArchiveDamaged where its bytes are gone or changed."""
        key = (table.name, receipt.delivery_id)
        if key not in self._landed:
            if any(name != table.name for name, _ in self._landed):
                self._landed.clear()
            if self._ahead:
                self._ahead.wait_for(table, receipt)
            self._landed[key] = self._land(table, receipt)
        return self._landed[key]

    def land_ahead(self) -> None:
        """Begin to land what is new; `landed` waits for the one it is asked for."""
        new: dict[Key, tuple[Receipt, list[LandedTable]]] = {}
        for table in self.context.programme.landed_tables():
            for receipt in newest_of(table, self.considered(table)):
                if not self.vintages.knows(table, receipt.delivery_id, receipt.file_name, self.locality):
                    new.setdefault((receipt.source_id, receipt.delivery_id), (receipt, []))[1].append(table)
        self._ahead = LandingAhead(new, self._land)

    def end_ahead(self) -> None:
        """Land nothing more that nobody asked for."""
        if self._ahead:
            self._ahead.end()

    def _land(self, table: LandedTable, receipt: Receipt) -> Landed:
        return self.vintages.landed(
            table, receipt.delivery_id, receipt.file_name, self.locality, lambda: self._opened(receipt)
        )

    def _opened(self, receipt: Receipt) -> OpenedDelivery:
        try:
            return self.archive.open(receipt)
        except ArchiveError as damaged:
            reason = archive_damage.delivery_damage(self.context.var, receipt.source_id, receipt.delivery_id, {})
            raise ArchiveDamaged(reason or Reason(damaged.german, damaged.english)) from damaged

    @cached_property
    def standing(self) -> Standing:
        """How deliveries stand as this refresh begins."""
        return standing_of(self._lines)

    @property
    def in_force(self) -> ByTable:
        """What the release readers see rests on, less what was withdrawn; after a restore, what the last one rested on."""
        return self.standing.in_force

    def standing_after(self, outcomes: Mapping[str, TableOutcome]) -> Standing:
        """How deliveries stand once a release of these landed tables is published."""
        published = ledger.pending(self.context.now(), **by_table(outcomes))
        return standing_of([*self._lines, published])

    @cached_property
    def _lines(self) -> list[ledger.Entry]:
        return deciding(self.context.var)

    @cached_property
    def is_restoring(self) -> bool:
        """Whether the ledger knows a release and there is none: the archive must give it back as it was."""
        return reading.current_id(self.context.var) is None

    @cached_property
    def _moment(self) -> dt.datetime:
        """When this refresh received what is new: one moment for all, so that files of one night are equally old."""
        return self.context.now()

    @cached_property
    def code_sha256(self) -> str:
        """Hash of the code as this refresh began with it; what is edited meanwhile counts the next time."""
        return code_sha256(self.context.engine)

    @cached_property
    def declarations_sha256(self) -> str:
        """Hash of the declarations as this refresh began with them."""
        return self.context.programme.declarations_hash()

    def available(self, source: Source) -> list[Receipt]:
        """Archive what the source has available; its receipts, in the order of receipt.

        Raises RefreshRefused when sample and real deliveries would meet in one var folder, its folder cannot be opened, or a
        receipt is not as it was written.
        """
        self._refuse_damaged_receipts()
        if source.source_id not in self._available:
            self._available[source.source_id] = self._receive(source)
        return self._available[source.source_id]

    def inbox(self) -> Inbox:
        """Every file and folder of the inbox as this refresh found it, of the sources that were asked so far."""
        beside = beside_the_sources(
            self.context.programme.sources, self.context.inbox, is_sample=self.context.is_synthetic
        )
        known = tuple(receipt for source_id in self._available for receipt in self.archive.receipts(source_id))
        return Inbox(tuple(self._arrivals), (*self._passed_over, *beside), known)

    def considered(self, table: LandedTable) -> list[Receipt]:
        """Deliveries that may feed a table, in the order of receipt."""
        return self._counting(table, self.standing)

    def inputs(self, standing: Standing | None = None) -> Inputs:
        """What figures rest on, if deliveries stand so; without one, as this refresh found them.

        Raises RefreshRefused where the archive lacks a delivery the release rests on: nothing may be left out in silence.
        """
        self._refuse_damaged_receipts()
        stands, day = standing or self.standing, self.context.as_of_on
        tables = {table.name: table for table in self.context.programme.landed_tables()}
        self._refuse_gaps(tables.values(), stands)
        counted = {name: self._counting(table, stands) for name, table in tables.items()}
        overdue = [
            name
            for name, table in tables.items()
            if is_overdue(table, counted[name], stands.in_force.get(name, ()), day)
        ]
        accepted = {
            name: {
                r.delivery_id: looked_at(line) for r in counted[name] if (line := stands.looked_at(name, r.delivery_id))
            }
            for name in tables
        }
        return Inputs(
            deliveries=counted,
            superseded={name: tuple(stands.superseded.get(name, ())) for name in tables},
            overdue=overdue,
            declarations_sha256=self.declarations_sha256,
            code_sha256=self.code_sha256,
            is_synthetic=self.context.is_synthetic,
            held=stands.held,
            accepted=accepted,
            exceptions=[one.key for one in self.context.programme.gate_exceptions if one.applies_on(day)],
            engine=self.context.engine,
        )

    def _refuse_damaged_receipts(self) -> None:
        """They decide what is new and what replaces what; asked until this refresh received something itself."""
        if not self._available and (damaged := archive_damage.receipt_damage(self.context.var)):
            raise RefreshRefused(*damaged)

    def _refuse_gaps(self, tables: Iterable[LandedTable], standing: Standing) -> None:
        reasons = [
            Reason(
                f"{table.name}: Die Lieferung {delivery_id[:12]}, auf der der Stand beruht, fehlt im Archiv.",
                f"{table.name}: delivery {delivery_id[:12]}, which the release rests on, is missing in the archive.",
                "Den Ordner archive aus der Datensicherung zurückspielen.",
                "Restore the folder archive from its backup.",
                source=table.source.source_id,
                rule="archive_complete",
            )
            for table in tables
            for delivery_id, are_bytes_needed in self._resting_on(table, standing)
            if self.archive.lacks(table.source.source_id, delivery_id, are_bytes_needed)
        ]
        if reasons:
            raise RefreshRefused(*reasons)

    def _resting_on(self, table: LandedTable, standing: Standing) -> list[tuple[str, bool]]:
        """Deliveries a release of this standing names, and whether their bytes are needed too."""
        needed = self._counting_anyway(table, standing)
        return [(each, True) for each in needed] + [(each, False) for each in standing.superseded.get(table.name, ())]

    def _kept_before(self, table: LandedTable, standing: Standing) -> tuple[str, ...]:
        """Refused deliveries of the release to be restored; else what is refused counts as long as it is on offer."""
        return standing.kept.get(table.name, ()) if self.is_restoring else ()

    def _counting_anyway(self, table: LandedTable, standing: Standing) -> list[str]:
        """Deliveries that count or wait, whether their files still lie in the inbox or not."""
        waiting = [*standing.waiting.get(table.name, {}), *standing.accepted_for(table.name)]
        found = [*standing.in_force.get(table.name, ()), *self._kept_before(table, standing), *waiting]
        return list(dict.fromkeys(found))

    def _counting(self, table: LandedTable, standing: Standing) -> list[Receipt]:
        available = self.available(table.source)  # archives what is new
        archived = self.archive.receipts(table.source.source_id)
        set_aside = [each.delivery_id for each in available if standing.is_set_aside(table.name, each.delivery_id)]
        return counting(
            table,
            archived,
            available,
            self._counting_anyway(table, standing),
            [*set_aside, *standing.superseded.get(table.name, ())],
        )

    def _receive(self, source: Source) -> list[Receipt]:
        context = self.context
        self._refuse_mixing(source)
        try:
            look = connector_for(source)(source, context.inbox, context.is_synthetic)
        except FolderClosed as closed:
            raise RefreshRefused(closed_folder(source, closed.folder)) from None
        self._passed_over += look.passed_over
        known = len(self.archive.receipts(source.source_id))
        offers: list[AvailableFile] = []
        received: list[Receipt] = []
        for offer in look.available:
            try:
                receipt = self.archive.receive(
                    offer, source.source_id, source.licence, self._moment, context.is_synthetic
                )
            except NotTaken as left:
                self._passed_over.append(left.passed_over)
                continue
            offers.append(offer)
            received.append(receipt)
        receipts = self._as_named_now(offers, received)
        self._arrivals += [
            Arrival(offer.name, receipts[receipt.number], receipt.number > known)
            for offer, receipt in zip(offers, received, strict=True)
        ]
        self._refuse_samples_as_real(source, receipts.values())
        return [receipts[number] for number in sorted(receipts)]

    def _as_named_now(self, offers: Iterable[AvailableFile], received: Iterable[Receipt]) -> dict[int, Receipt]:
        """Receipts by number, under the name on offer now; where the last known name is still on offer, under that.

        That bytes were offered again is noted, so that a source is not too old whose figures stayed the same.
        """
        offered: dict[int, list[AvailableFile]] = {}
        receipts: dict[int, Receipt] = {}
        for offer, receipt in zip(offers, received, strict=True):
            receipts[receipt.number] = receipt
            offered.setdefault(receipt.number, []).append(offer)
        for number, receipt in receipts.items():
            names = [offer.name for offer in offered[number]]
            name = receipt.file_name if receipt.file_name in names else min(names)
            moment = max(offer.received_at or self._moment for offer in offered[number])
            if name != receipt.file_name or any(receipt.is_offered_again(each, moment) for each in offered[number]):
                receipts[number] = self.archive.offered_again(receipt, name, moment)
        return receipts

    def _refuse_mixing(self, source: Source) -> None:
        is_synthetic, folder = self.context.is_synthetic, self.context.var.folder
        if all(receipt.is_synthetic == is_synthetic for receipt in self.archive.receipts(source.source_id)):
            return
        held_de, held_en = ("echte Lieferungen", "real deliveries") if is_synthetic else ("Muster", "samples")
        raise RefreshRefused(
            Reason(
                f"Der Arbeitsordner {folder} enthält {held_de}; Muster und Echtes werden nie gemischt.",
                f"The working folder {folder} holds {held_en}; sample and real are never mixed.",
                "Neu beginnen: diesen Ordner umbenennen oder NORDWAERTS_VAR auf einen leeren Ordner setzen.",
                "Begin afresh: rename this folder, or set NORDWAERTS_VAR to an empty one.",
                source=source.source_id,
                rule="sample_and_real",
            )
        )

    def _refuse_samples_as_real(self, source: Source, receipts: Iterable[Receipt]) -> None:
        samples = set() if self.context.is_synthetic else self._sample_ids
        for receipt in receipts:
            if receipt.delivery_id in samples:
                raise RefreshRefused(
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

    @cached_property
    def _sample_ids(self) -> set[str]:
        paths = self.context.programme.sample_folder.rglob("*")
        return {hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file()}
