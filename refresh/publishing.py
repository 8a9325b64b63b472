"""The last step of a refresh: hand the checked export to the release package, and say what it rests on.

Whether the export may be published is decided there, from the results that lie beside the export.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from refresh.arrivals import arrival_rows, check_rows, passed_over_rows
from refresh.catalogue import FILE as COLUMN_LINEAGE
from refresh.catalogue import Catalogue
from refresh.certificate import release_certificate
from refresh.context import RefreshContext
from refresh.difference import notes_at_night
from refresh.fingerprint import rules_version
from refresh.lineage import made_by
from refresh.modelling import DbtManifest
from refresh.notes import export_folder
from refresh.outcomes import RefreshRefused, TableOutcome, by_table, counts_by_table, refusing_damage
from refresh.public_forms import BESIDE
from refresh.receiving import Deliveries
from refresh.source_archive import lock_file, source_archive
from release import bill_of_materials, ledger, openlineage, reading, store
from release.atomic import write_whole
from release.files import TOLD_BEFORE
from release.gate import PUBLIC, ReleaseRefused
from release.manifest import DeliveryInForce, ReleaseMeta
from release.public_edition import RULE
from release.reading import Release
from release.refresh_page import PAGE, render
from release.standing import standing_of

_DAYS_BETWEEN = {"monthly": 31, "quarterly": 92, "yearly": 366}


def publish_export(
    deliveries: Deliveries,
    manifest: DbtManifest,
    inputs_sha256: str,
    outcomes: Iterable[TableOutcome],
    run: openlineage.Run,
    catalogue: Catalogue | None = None,
) -> Release:
    """Publish the export of this build and switch readers to it; raises RefreshRefused with the reasons.

    The column lineage of the catalogue lies in the release, what it changes against the one readers saw, and the packages it was made with. The ledger line is the caller's to write.
    """
    context, landed = deliveries.context, tuple(outcomes)
    meta = ReleaseMeta(
        inputs_sha256=inputs_sha256,
        as_of_on=context.as_of_on,
        is_synthetic=context.is_synthetic,
        code_sha256=deliveries.code_sha256,
        deliveries=tuple(
            DeliveryInForce(outcome.table.name, receipt.delivery_id, receipt.source_id, receipt.received_on)
            for outcome in landed
            for receipt in outcome.in_force
        ),
        due_on=due_on(landed),
        expected_on=expected_on(landed),
        texts=manifest.texts(),
        certificate=release_certificate(rules_version(deliveries.declarations_sha256)),
        engine=context.engine,
        made_by=made_by(context.programme, context.engine),
        source=source_archive(context.programme, context.engine),
    )
    reasons = [reason for outcome in landed for reason in outcome.open_reasons]
    tables = {outcome.table.name: outcome for outcome in landed}
    line = ledger.pending(context.now(), **by_table(tables), reasons=reasons)
    ledger.announce(context.var, inputs_sha256, line, counts_by_table(tables))

    before = reading.current(context.var)
    lock = lock_file(context.engine)

    def beside(release: Release) -> Mapping[str, bytes]:
        notes = notes_at_night(context, before, release)
        lineage = {COLUMN_LINEAGE: catalogue.lineage.dump()} if catalogue else {}
        return {
            **lineage,
            **_told(context, export_folder(context.var)),
            **(notes.files() if notes else {}),
            **({bill_of_materials.FILE: bill_of_materials.bill_of_materials(lock)} if lock else {}),
            PAGE: _page(deliveries, tables, line, release),
            openlineage.FILE: openlineage.lines(
                [
                    openlineage.start(run),
                    openlineage.complete(run, context.now(), release.manifest),
                ]
            ),
        }

    try:
        with refusing_damage():
            return store.publish(export_folder(context.var), meta, context.var, beside, context.door.hold)
    except ReleaseRefused as refused:
        raise RefreshRefused(*refused.reasons) from refused


def _told(context: RefreshContext, export: Path) -> Mapping[str, bytes]:
    """The rule beside the public edition, and what earlier ones told; from now on what this one tells counts as known too.

    That is noted before readers are switched: an edition that was out for a moment was out.
    """
    beside = export / BESIDE
    if not (beside / "told.parquet").is_file():
        return {}
    write_whole(context.var.told, (beside / "told.parquet").read_bytes())
    return {
        f"{PUBLIC}/{RULE}": (export / PUBLIC / RULE).read_bytes(),
        TOLD_BEFORE: (beside / TOLD_BEFORE).read_bytes(),
    }


def _page(deliveries: Deliveries, tables: Mapping[str, TableOutcome], line: ledger.Entry, release: Release) -> bytes:
    """The page of this refresh as it will be once the line of its publication is written."""
    context, inbox = deliveries.context, deliveries.inbox()
    stands = standing_of([*ledger.read(context.var), line])
    found = {
        "arrivals": arrival_rows(inbox, tables, stands),
        "passed_over": passed_over_rows(inbox),
        "checks": check_rows(tables.values()),
    }
    told = replace(line, release_id=release.release_id, as_of_on=context.as_of_on, is_synthetic=context.is_synthetic)
    return render(context.var, told, release, found, stands).encode()


def due_on(outcomes: Iterable[TableOutcome]) -> dict[str, dt.date]:
    """Source → the last day on which none of its tables rests on deliveries older than agreed."""
    found: dict[str, dt.date] = {}
    for outcome in outcomes:
        source, newest = outcome.table.source, max(receipt.received_on for receipt in outcome.in_force)
        due = newest + dt.timedelta(days=source.max_age_days)
        found[source.source_id] = min(due, found.get(source.source_id, due))
    return found


def expected_on(outcomes: Iterable[TableOutcome]) -> dict[str, dt.date]:
    """Source → the day by which its next delivery is expected, by its cadence; none for daily ones and those that end."""
    found: dict[str, dt.date] = {}
    for outcome in outcomes:
        source, newest = outcome.table.source, max(receipt.received_on for receipt in outcome.in_force)
        if days := _DAYS_BETWEEN.get(source.cadence):
            expected = newest + dt.timedelta(days=days)
            found[source.source_id] = min(expected, found.get(source.source_id, expected))
    return found
