"""The refresh as Dagster shows it: deliveries → landed tables → models → export → release.

Thin: every asset calls one step and reports it; the asset checks are the results those steps return.
Belongs here: asset and check definitions. Does not belong here: any rule, any reading, any computing.
An asset that a gate refused is not materialised, so nothing downstream runs.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from programmes.canonical import CANONICAL
from programmes.model import Programme
from programmes.sources import Source, Table
from refresh import exporting
from refresh.declared_tables import (
    PROGRAMME_TABLES,
    REFRESH_TABLES,
    write_programme_tables,
    write_refresh_tables,
)
from refresh.landing import land_table, write_empty_tables
from refresh.modelling import DbtProjectManifest, build
from refresh.outcomes import NodeResult
from refresh.publishing import publish_export
from refresh.session import RefreshRefused, RefreshSession

OWNERS = ["team:data-office"]
_SESSION = {"session"}


def delivery_key(source_id: str) -> dg.AssetKey:
    """Asset key of a source's deliveries."""
    return dg.AssetKey(["delivery", source_id])


def delivery_asset(source: Source) -> dg.AssetsDefinition:
    """What a source has delivered, in the archive with its receipts."""

    @dg.asset(
        key=delivery_key(source.source_id),
        group_name="deliveries",
        kinds={"file"},
        owners=OWNERS,
        description=f"{source.name_de} ({source.name_en}). {source.publisher}. {source.licence}.",
        required_resource_keys=_SESSION,
    )
    def delivery(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        session: RefreshSession = context.resources.session
        exporting.begin(session.var)
        with session.timed("archive"):
            receipts = session.receive(source)
        return dg.MaterializeResult(
            metadata={
                "deliveries": len(receipts),
                "newest_sha256": receipts[-1].delivery_id if receipts else "none",
                "received_at": receipts[-1].received_at if receipts else "never",
                "is_synthetic": session.is_synthetic,
            }
        )

    return delivery


def landed_asset(name: str, source: Source, declared: Table) -> dg.AssetsDefinition:
    """One landed table with its blocking contract check and its warning plausibility check."""

    @dg.asset(
        name=name,
        group_name="landed",
        kinds={"parquet", "greatexpectations"},
        owners=OWNERS,
        deps=[delivery_key(source.source_id)],
        description=f"{declared.description_de} ({declared.description_en}). {declared.canonical_table.grain}.",
        check_specs=[
            dg.AssetCheckSpec(
                "contract", asset=name, blocking=True, description="Contract, completeness, integrity, age"
            ),
            dg.AssetCheckSpec("plausibility", asset=name, description="Usual ranges; warns, never blocks"),
        ],
        output_required=False,
        required_resource_keys=_SESSION,
    )
    def landed(context: dg.AssetExecutionContext) -> Iterator[Any]:
        session: RefreshSession = context.resources.session
        outcome = land_table(session, name, source, declared)
        rejected = len(outcome.findings)
        session.progress(
            f"{name}: {outcome.row_count} Zeilen, {rejected} abgewiesen" + _WORDS[outcome.verdict][0],
            f"{name}: {outcome.row_count} rows, {rejected} rejected" + _WORDS[outcome.verdict][1],
        )
        if outcome.verdict != "refused":
            yield dg.MaterializeResult(
                metadata={
                    "dagster/row_count": outcome.row_count,
                    "rejected": rejected,
                    "verdict": outcome.verdict,
                    "deliveries": [receipt.delivery_id for receipt in outcome.in_force],
                }
            )
        for severity, check_name in (("block", "contract"), ("warn", "plausibility")):
            checks = [check for check in outcome.checks if check.rule.severity == severity]
            failed = [check for check in checks if not check.is_passed]
            yield dg.AssetCheckResult(
                passed=not failed and (severity == "warn" or outcome.verdict != "refused"),
                check_name=check_name,
                severity=dg.AssetCheckSeverity.ERROR if severity == "block" else dg.AssetCheckSeverity.WARN,
                metadata={
                    "rules": len(checks),
                    "failed": [f"{check.check_id}: {check.observed}" for check in failed],
                    "reasons": [reason.en for reason in outcome.reasons],
                },
            )

    return landed


_WORDS = {
    "accepted": ("", ""),
    "kept": ("; neue Lieferung abgelehnt, letzte gute bleibt", "; new delivery refused, the last good one stays"),
    "refused": ("; abgelehnt", "; refused"),
}


def declared_assets(programme: Programme) -> list[dg.AssetsDefinition]:
    """The programme folder as tables, and what this refresh saw of its deliveries."""

    @dg.multi_asset(
        name="programme_tables",
        specs=[
            dg.AssetSpec(
                n,
                group_name="landed",
                kinds={"parquet"},
                owners=OWNERS,
                description="Declarations of the programme folder",
            )
            for n in PROGRAMME_TABLES
        ],
        required_resource_keys=_SESSION,
    )
    def programme_tables(context: dg.AssetExecutionContext) -> Iterator[Any]:
        session: RefreshSession = context.resources.session
        with session.timed("landing"):
            write_empty_tables(session)
            counts = write_programme_tables(session)
        for table, count in counts.items():
            yield dg.MaterializeResult(asset_key=table, metadata={"dagster/row_count": count})

    landed_names = [name for name, _, _ in programme.landed_tables()]

    @dg.multi_asset(
        name="refresh_tables",
        specs=[
            dg.AssetSpec(
                n,
                group_name="landed",
                kinds={"parquet"},
                owners=OWNERS,
                deps=landed_names,
                description="What this refresh saw",
            )
            for n in REFRESH_TABLES
        ],
        required_resource_keys=_SESSION,
    )
    def refresh_tables(context: dg.AssetExecutionContext) -> Iterator[Any]:
        session: RefreshSession = context.resources.session
        exporting.seal_gate_one(session)
        with session.timed("landing"):
            counts = write_refresh_tables(session)
        for table, count in counts.items():
            yield dg.MaterializeResult(asset_key=table, metadata={"dagster/row_count": count})

    return [programme_tables, refresh_tables]


class _Translator(DagsterDbtTranslator):
    """Models under their own names; a staging model rests on the landed tables of its canonical table."""

    def __init__(self, programme: Programme) -> None:
        super().__init__()
        self._landed: dict[str, list[str]] = {}
        for name, _, table in programme.landed_tables():
            self._landed.setdefault(table.canonical, []).append(name)

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Asset name = table name = file name."""
        return dg.AssetKey(dbt_resource_props["name"])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The layer a model lies in: staging, intermediate or marts; seeds are a layer of their own."""
        return "seeds" if dbt_resource_props["resource_type"] == "seed" else str(dbt_resource_props["fqn"][1])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:  # noqa: ARG002
        """The office that answers for every table."""
        return OWNERS

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: Any) -> dg.AssetSpec:
        """The model's spec, its sources replaced by the landed tables behind them."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        deps = [key for dep in spec.deps for key in self._landed_behind(dep.asset_key)]
        return spec.replace_attributes(deps=deps)

    def _landed_behind(self, key: dg.AssetKey) -> list[dg.AssetKey]:
        name = key.to_user_string()
        return [dg.AssetKey(table) for table in self._landed.get(name, [])] if name in CANONICAL else [key]


def model_assets(programme: Programme, manifest: DbtProjectManifest) -> dg.AssetsDefinition:
    """All dbt models as assets and all dbt tests as asset checks, from one build in this process."""

    @dbt_assets(
        manifest=manifest.content,
        name="dbt_build",
        dagster_dbt_translator=_Translator(programme),
        required_resource_keys=_SESSION,
    )
    def models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        session: RefreshSession = context.resources.session
        session.progress("Tabellen werden berechnet (dbt)", "computing tables (dbt)")
        with session.timed("dbt_build"):
            session.nodes = build(session)
        checks = {spec.name: spec for spec in models.check_specs}
        for node in session.nodes:
            yield from _dbt_events(node, manifest, checks)

    return models


def _dbt_events(
    node: NodeResult, manifest: DbtProjectManifest, checks: Mapping[str, dg.AssetCheckSpec]
) -> Iterator[Any]:
    if not node.is_test:
        if node.status == "success":
            name = manifest.content["nodes"][node.unique_id]["name"]
            yield dg.MaterializeResult(asset_key=name, metadata={"seconds": node.seconds})
        return
    test = manifest.tests[node.unique_id]
    spec = checks.get(test["name"])
    if spec is not None:
        is_warning = str(test["config"]["severity"]).lower() == "warn"
        yield dg.AssetCheckResult(
            passed=node.status == "pass",
            asset_key=spec.asset_key,
            check_name=spec.name,
            severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
            metadata={"status": node.status, "failed_rows": node.failed_count},
        )


def export_asset(manifest: DbtProjectManifest) -> dg.AssetsDefinition:
    """The marts as sorted Parquet, with gate 2 on exactly those bytes as one blocking check per mart."""

    @dg.asset(
        name="export",
        group_name="release",
        kinds={"parquet", "greatexpectations"},
        owners=OWNERS,
        deps=list(manifest.marts),
        description="Marts as they will be published, checked byte for byte",
        check_specs=[dg.AssetCheckSpec(mart, asset="export", blocking=True) for mart in manifest.marts],
        output_required=False,
        required_resource_keys=_SESSION,
    )
    def export(context: dg.AssetExecutionContext) -> Iterator[Any]:
        session: RefreshSession = context.resources.session
        session.progress("Tabellen werden geprüft (Great Expectations)", "checking tables (Great Expectations)")
        hashes = exporting.export_marts(session, manifest)
        rows = exporting.check_export(session, manifest, hashes, session.nodes)
        if not session.reasons:
            yield dg.MaterializeResult(metadata={"tables": len(hashes), "checks": len(rows)})
        for mart in manifest.marts:
            own = [row for row in rows if row["table_name"] == mart]
            failed = [row for row in own if not row["is_passed"] and row["severity"] == "block"]
            yield dg.AssetCheckResult(
                passed=bool(own) and not failed,
                check_name=mart,
                metadata={"rules": len(own), "failed": [str(row["check_id"]) for row in failed]},
            )

    return export


def release_asset(manifest: DbtProjectManifest) -> dg.AssetsDefinition:
    """What readers see: an immutable release and the switch to it."""

    @dg.asset(
        name="release",
        group_name="release",
        kinds={"parquet", "duckdb"},
        owners=OWNERS,
        deps=["export"],
        description="The published release: Parquet by hash, monitoring.duckdb, manifest, ledger line",
        required_resource_keys=_SESSION,
    )
    def release(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        session: RefreshSession = context.resources.session
        if session.reasons:
            raise RefreshRefused
        session.progress("Stand wird veröffentlicht", "publishing the release")
        published = publish_export(session, manifest)
        return dg.MaterializeResult(
            metadata={"release_id": published.release_id, "tables": len(published.manifest.tables)}
        )

    return release
