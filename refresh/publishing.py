"""The last step of a refresh: hand the checked export to the release package, and note what came of it.

It passes on what the release says about itself; whether the export may be published is decided there,
from the results that lie beside the export.
"""

from refresh.exporting import export_folder
from refresh.modelling import DbtProjectManifest
from refresh.session import RefreshRefused, RefreshSession, code_hash
from release import reading, store
from release.gate import ReleaseRefused
from release.manifest import DeliveryInForce, ReleaseMeta


def publish_export(session: RefreshSession, manifest: DbtProjectManifest) -> reading.Release:
    """Publish the export of this build and switch readers; raises RefreshRefused with reasons noted."""
    meta = ReleaseMeta(
        inputs=session.inputs,
        as_of_on=session.as_of_on,
        is_synthetic=session.is_synthetic,
        code_version=code_hash(),
        deliveries=tuple(
            DeliveryInForce(outcome.name, receipt.delivery_id, receipt.source_id, receipt.received_on)
            for outcome in session.outcomes.values()
            for receipt in outcome.in_force
        ),
        texts=manifest.texts(),
    )
    try:
        with session.timed("release"):
            release = store.publish(export_folder(session.var), meta, session.var)
            session.published()
            store.collect_objects(session.var)
    except ReleaseRefused as refused:
        session.refuse(*refused.reasons)
        raise RefreshRefused from refused
    return release
