"""The last step of a refresh: hand the checked export to the release package, and say what it rests on.

Whether the export may be published is decided there, from the results that lie beside the export.
"""

from collections.abc import Iterable

from refresh.context import RefreshContext
from refresh.exporting import export_folder
from refresh.fingerprint import code_sha256
from refresh.modelling import DbtManifest
from refresh.outcomes import RefreshRefused, TableOutcome
from release import store
from release.gate import ReleaseRefused
from release.manifest import DeliveryInForce, ReleaseMeta
from release.reading import Release


def publish_export(
    context: RefreshContext, manifest: DbtManifest, inputs_sha256: str, outcomes: Iterable[TableOutcome]
) -> Release:
    """Publish the export of this build and switch readers to it; raises RefreshRefused with the reasons.

    The ledger line is the caller's to write.
    """
    meta = ReleaseMeta(
        inputs=inputs_sha256,
        as_of_on=context.as_of_on,
        is_synthetic=context.is_synthetic,
        code_version=code_sha256(),
        deliveries=tuple(
            DeliveryInForce(outcome.table.name, receipt.delivery_id, receipt.source_id, receipt.received_on)
            for outcome in outcomes
            for receipt in outcome.in_force
        ),
        texts=manifest.texts(),
    )
    try:
        return store.publish(export_folder(context.var), meta, context.var)
    except ReleaseRefused as refused:
        raise RefreshRefused(*refused.reasons) from refused
