"""The refresh as Dagster shows it: deliveries → landed tables → models → export → release.

Thin: every asset calls one step of refresh/ and reports it; the asset checks are the results those steps return.
Belongs here: asset and check definitions. Does not belong here: any rule, any reading, any computing.
An asset that a gate refused is not materialised, so nothing downstream runs; its check or its step fails with the
sentences of the refusal in both languages. Where the refresh was answered without work, no asset is materialised, and
the run ends in seconds.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from expectations.rules import CheckResult
from orchestration import catalogue
from orchestration.refusals import not_met, refusal, step, told
from programmes.canonical import CANONICAL
from programmes.model import Programme
from programmes.sources import LandedTable, Source
from refresh.arrivals import state_rows
from refresh.catalogue import described
from refresh.delivery_tables import REFRESH_TABLES, write_refresh_tables
from refresh.exporting import build_and_test, check_export, export_marts, failed_tests
from refresh.landing import land_table
from refresh.landings import keep_landing
from refresh.modelling import DbtManifest, DbtWorkspace
from refresh.notes import forget_last_build, note_gate_one
from refresh.outcomes import NodeResult
from refresh.programme_tables import PROGRAMME_TABLES, write_programme_tables
from refresh.promoting import promote_all, write_empty_tables
from refresh.publishing import publish_export
from refresh.run import RefreshRun
from release import store
from release.reason import Reason

OWNERS = ["team:data-office"]
_RUN = {"run"}


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
        output_required=False,
        required_resource_keys=_RUN,
    )
    def delivery(context: dg.AssetExecutionContext) -> Iterator[Any]:
        run: RefreshRun = context.resources.run
        if _is_answered(run):
            return
        with step(run, "archive"):
            forget_last_build(run.context.var)
            receipts = run.deliveries.available(source)
        yield dg.MaterializeResult(
            metadata={
                "deliveries": len(receipts),
                "newest_sha256": receipts[-1].delivery_id if receipts else "none",
                "received_at": receipts[-1].received_at if receipts else "never",
                "is_synthetic": run.context.is_synthetic,
            }
        )

    return delivery


def _is_answered(run: RefreshRun) -> bool:
    """Whether nothing is to be done, because nothing changed; raises Failure where the refresh is refused already."""
    if run.record.outcome == "refused":
        raise refusal(run.record.reasons)
    return run.record.outcome is not None


def landed_asset(table: LandedTable) -> dg.AssetsDefinition:
    """One landed table with its blocking contract check and its warning plausibility check."""
    name, source, declared = table

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
            dg.AssetCheckSpec(
                "plausibility", asset=name, description="Usual ranges warn; what is doubted waits for a person"
            ),
        ],
        output_required=False,
        required_resource_keys=_RUN,
    )
    def landed(context: dg.AssetExecutionContext) -> Iterator[Any]:
        run: RefreshRun = context.resources.run
        with step(run):
            outcome = land_table(run.context, run.deliveries, table)
        run.record.landed(outcome)
        rejected = outcome.rejected_count
        if outcome.verdict == "refused":
            run.context.progress(f"{name}: abgelehnt", f"{name}: refused")
        else:
            run.context.progress(
                f"{name}: {_german(outcome.row_count)} Zeilen, {rejected} abgewiesen" + _VERDICTS[outcome.verdict][0],
                f"{name}: {outcome.row_count:,} rows, {rejected} rejected" + _VERDICTS[outcome.verdict][1],
            )
        if outcome.verdict != "refused":
            yield dg.MaterializeResult(
                metadata={
                    "dagster/row_count": outcome.row_count,
                    "rejected": rejected,
                    "verdict": outcome.verdict,
                    "deliveries": [receipt.delivery_id for receipt in outcome.in_force],
                    "held": [held.receipt.delivery_id for held in outcome.held],
                }
            )
        held = [reason for each in outcome.held for reason in each.reasons]
        for is_contract, check_name in ((True, "contract"), (False, "plausibility")):
            checks = [check for check in outcome.checks if (check.severity not in ("hold", "warn")) is is_contract]
            failed = [check for check in checks if not check.is_passed]
            yield dg.AssetCheckResult(
                passed=not failed and (outcome.verdict != "refused" if is_contract else not held),
                check_name=check_name,
                severity=dg.AssetCheckSeverity.ERROR if is_contract else dg.AssetCheckSeverity.WARN,
                metadata={
                    "rules": len(checks),
                    "failed": [f"{check.check_id}: {check.observed}" for check in failed],
                    **(told(outcome.reasons) if is_contract else {**not_met(failed), **told(held)}),
                },
            )
        if outcome.verdict == "refused":
            raise refusal(outcome.open_reasons)

    return landed


def _german(count: int) -> str:
    return f"{count:,}".replace(",", ".")


_VERDICTS = {
    "accepted": ("", ""),
    "held": ("; neue Lieferung angehalten, wartet auf eine Entscheidung", "; new delivery held, waits for a decision"),
    "kept": ("; neue Lieferung abgelehnt, letzte gute bleibt", "; new delivery refused, the last good one stays"),
}


def declared_assets(programme: Programme) -> list[dg.AssetsDefinition]:
    """The programme folder as tables, and what this refresh saw of its deliveries."""
    sources = [delivery_key(source_id) for source_id in programme.sources]
    landed_names = [table.name for table in programme.landed_tables()]

    @dg.multi_asset(
        name="programme_tables",
        specs=[_declared(name, "Declarations of the programme folder", sources) for name in PROGRAMME_TABLES],
        required_resource_keys=_RUN,
    )
    def programme_tables(context: dg.AssetExecutionContext) -> Iterator[Any]:
        run: RefreshRun = context.resources.run
        with step(run, "landing"):
            write_empty_tables(run.context)
            counts = write_programme_tables(run.context, run.deliveries.archive)
        yield from _row_counts(counts)

    @dg.multi_asset(
        name="refresh_tables",
        specs=[_declared(name, "What this refresh saw", landed_names) for name in REFRESH_TABLES],
        required_resource_keys=_RUN,
    )
    def refresh_tables(context: dg.AssetExecutionContext) -> Iterator[Any]:
        run: RefreshRun = context.resources.run
        with step(run, "landing"):
            inputs = run.accepted_sha256()  # refuses unless every table passed
            promote_all(run.context.var, run.record.tables.values())
            note_gate_one(run.context.var, inputs, run.record.tables.values())
            counts = write_refresh_tables(run.context, run.deliveries, run.record.tables)
        yield from _row_counts(counts)

    return [programme_tables, refresh_tables]


def _declared(name: str, description: str, deps: Sequence[dg.AssetKey | str]) -> dg.AssetSpec:
    return dg.AssetSpec(
        name, group_name="landed", kinds={"parquet"}, owners=OWNERS, deps=list(deps), description=description
    )


def _row_counts(counts: Mapping[str, int]) -> Iterator[dg.MaterializeResult[None]]:
    for table, count in counts.items():
        yield dg.MaterializeResult(asset_key=table, metadata={"dagster/row_count": count})


class ModelTranslator(DagsterDbtTranslator):
    """Models under their own names; a staging model rests on the landed tables of its canonical table."""

    def __init__(self, programme: Programme) -> None:
        super().__init__()
        self._landed: dict[str, list[str]] = {}
        for table in programme.landed_tables():
            self._landed.setdefault(table.declared.canonical, []).append(table.name)

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
        deps = [key for dep in spec.deps for key in self.landed_behind(dep.asset_key)]
        return spec.replace_attributes(deps=deps)

    def landed_behind(self, key: dg.AssetKey) -> list[dg.AssetKey]:
        """The landed tables behind a canonical table; any other table as it is."""
        name = key.to_user_string()
        return [dg.AssetKey(table) for table in self._landed.get(name, [])] if name in CANONICAL else [key]


def model_assets(programme: Programme, manifest: DbtManifest) -> dg.AssetsDefinition:
    """All dbt models as assets and all dbt tests as asset checks, from one build in this process."""

    translator = ModelTranslator(programme)

    @dbt_assets(
        manifest=manifest.content,
        name="dbt_build",
        dagster_dbt_translator=translator,
        required_resource_keys=_RUN,
    )
    def models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        run: RefreshRun = context.resources.run
        run.context.progress("Tabellen werden berechnet (dbt)", "computing tables (dbt)")
        with step(run, "dbt_build"):
            workspace = DbtWorkspace(run.context.var, run.context.is_synthetic, engine=run.context.engine)
            outcomes = run.record.tables.values()
            run.record.nodes = build_and_test(workspace, manifest, run.accepted_sha256(), outcomes)
            refused = failed_tests(workspace, run.context.programme, manifest, run.record.nodes, outcomes)
        run.record.refuse(*refused.values())
        with step(run, "catalogue"):
            shown = run.record.catalogue = described(workspace, manifest)
        checks = {spec.name: spec for spec in models.check_specs}
        for node in run.record.nodes:
            if node.is_test:
                yield from _tested(node, manifest, checks, refused.get(node.unique_id))
            elif node.status == "success":
                name = manifest.content["nodes"][node.unique_id]["name"]
                more = catalogue.built(name, shown, translator.landed_behind)
                yield dg.MaterializeResult(asset_key=name, metadata={"seconds": node.seconds, **more})
        if refused:
            raise refusal(list(refused.values()))

    return models


def _tested(
    node: NodeResult, manifest: DbtManifest, checks: Mapping[str, dg.AssetCheckSpec], reason: Reason | None
) -> Iterator[dg.AssetCheckResult]:
    test = manifest.tests[node.unique_id]
    spec = checks.get(test["name"])
    if spec is not None:
        is_warning = str(test["config"]["severity"]).lower() == "warn"
        yield dg.AssetCheckResult(
            passed=node.status == "pass",
            asset_key=spec.asset_key,
            check_name=spec.name,
            severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
            metadata={"status": node.status, "failed_rows": node.failed_count, **told([reason] if reason else [])},
        )


def export_asset(manifest: DbtManifest) -> dg.AssetsDefinition:
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
        required_resource_keys=_RUN,
    )
    def export(context: dg.AssetExecutionContext) -> Iterator[Any]:
        run: RefreshRun = context.resources.run
        run.context.progress("Tabellen werden geprüft (Great Expectations)", "checking tables (Great Expectations)")
        workspace = DbtWorkspace(run.context.var, run.context.is_synthetic)
        with step(run, "export"):
            inputs = run.accepted_sha256()
            export_marts(workspace, run.context.programme, manifest, inputs)
        with step(run, "gate_2"):
            checked = check_export(
                workspace, run.context.programme, manifest, inputs, run.record.nodes, run.record.tables.values()
            )
        run.record.refuse(*checked.reasons)
        if not checked.reasons:
            yield dg.MaterializeResult(metadata={"tables": len(checked.hashes), "checks": len(checked.checks)})
        for mart in manifest.marts:
            checks = [check for check in checked.checks if check.table_name == mart]
            yield catalogue.observed(mart, checked.hashes[mart], checks)
            yield _mart_check(mart, checks)
        if checked.reasons:
            raise refusal(checked.reasons)

    return export


def _mart_check(mart: str, checks: Sequence[CheckResult]) -> dg.AssetCheckResult:
    failed = [check for check in checks if check.is_blocking_failure]
    return dg.AssetCheckResult(
        passed=bool(checks) and not failed,
        check_name=mart,
        metadata={"rules": len(checks), "failed": [check.check_id for check in failed], **not_met(failed)},
    )


def release_asset(manifest: DbtManifest) -> dg.AssetsDefinition:
    """What readers see: an immutable release and the switch to it."""

    @dg.asset(
        name="release",
        group_name="release",
        kinds={"parquet", "duckdb"},
        owners=OWNERS,
        deps=["export"],
        description="The published release: Parquet by hash, monitoring.duckdb, manifest, ledger line",
        required_resource_keys=_RUN,
    )
    def release(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        run: RefreshRun = context.resources.run
        run.context.progress("Stand wird veröffentlicht", "publishing the release")
        with step(run, "release"):
            inputs = run.accepted_sha256()
            tables, found = run.record.tables.values(), run.record.catalogue
            published = publish_export(run.deliveries, manifest, inputs, tables, run.known_as, found)
            run.record.close("published", inputs)
            keep_landing(run.context.var, inputs)
            run.deliveries.vintages.keep_only_used()
            store.collect(run.context.var)
        return dg.MaterializeResult(
            metadata={
                **catalogue.published(published, run.context.programme.settings.programme_id),
                "deliveries": state_rows(run.record.inbox, run.record.standing),
            }
        )

    return release
