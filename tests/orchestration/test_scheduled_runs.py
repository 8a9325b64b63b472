"""The job as schedule and UI start it is the same refresh as the command's; a few assets of it are none."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from refreshing import TINY_CITY, parsed

from orchestration import history
from orchestration.definitions import JOB, Whole, build_definitions
from orchestration.history import fail_dead_runs
from programmes.loading import load_programme
from refresh import exporting
from refresh.modelling import DbtWorkspace
from refresh.outcomes import NodeResult
from release import ledger, reading
from release.layout import VarFolder
from release.verifying import verified

RELEASE, DELIVERY = dg.AssetKey("release"), dg.AssetKey(["delivery", "statistik"])


class Orchestrator:
    """The code location of a programme on a var folder of its own, with one instance for all its runs."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.var = parsed(VarFolder("kleinstadt", root))
        self.city = folder / "sample" / "statistik" / "synthetisch_viertel.csv"
        self.definitions = build_definitions(load_programme(folder), is_sample=True)
        self.instance = dg.DagsterInstance.ephemeral()

    def start(self, *selected: dg.AssetKey) -> dg.ExecuteInProcessResult:
        """Run the nightly job, or a few of its assets."""
        job = self.definitions.resolve_job_def(JOB)
        return job.execute_in_process(
            instance=self.instance, asset_selection=list(selected) or None, raise_on_error=False
        )

    def outcomes(self) -> list[str]:
        """What the ledger says of every refresh."""
        return [entry.outcome for entry in ledger.read(self.var)]


@pytest.fixture(scope="module")
def orchestrator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orchestrator]:
    root = tmp_path_factory.mktemp("scheduled")
    folder = Path(shutil.copytree(TINY_CITY, root / "kleinstadt_declared"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NORDWAERTS_VAR", str(root))
        patch.setenv("NORDWAERTS_PROGRAMME", str(folder))
        patch.setenv("NORDWAERTS_SAMPLE", "1")
        made = Orchestrator(root, folder)
        assert made.start().success
        yield made


def _failures(result: dg.ExecuteInProcessResult) -> list[Any]:
    return [event.step_failure_data for event in result.all_events if event.is_step_failure]


def _materialised(result: dg.ExecuteInProcessResult) -> list[str]:
    return [event.asset_key.to_user_string() for event in result.all_events if event.is_step_materialization]  # type: ignore[union-attr]


def test_the_scheduled_job_publishes(orchestrator: Orchestrator) -> None:
    assert orchestrator.outcomes()[0] == "published"
    assert (orchestrator.var.current / "monitoring.duckdb").is_file()


def test_marts_and_release_show_rows_hashes_checks_and_lineage(orchestrator: Orchestrator) -> None:
    release = reading.current(orchestrator.var)
    assert release is not None
    lineage = json.loads((release.folder / "column_lineage.json").read_bytes())
    keys = orchestrator.definitions.resolve_asset_graph().get_all_asset_keys()
    for mart, table in release.manifest.tables.items():
        event = orchestrator.instance.get_latest_materialization_event(dg.AssetKey(mart))
        assert event and event.asset_materialization
        shown = event.asset_materialization.metadata
        assert shown["dagster/row_count"].value == table.row_count
        columns = shown["dagster/column_lineage"].value
        assert isinstance(columns, dg.TableColumnLineage)
        assert columns.deps_by_column.keys() == table.text.columns.keys(), "every declared column, none besides"
        assert all(dep.asset_key in keys for deps in columns.deps_by_column.values() for dep in deps)
        [seen] = orchestrator.instance.fetch_observations(dg.AssetKey(mart), limit=1).records
        assert seen.asset_observation
        assert seen.asset_observation.metadata["sha256"].value == table.sha256
        assert int(str(seen.asset_observation.metadata["checks_passed"].value)) > 0
        assert seen.asset_observation.metadata["checks_failed"].value == 0
        assert lineage["columns"][mart].keys() == table.text.columns.keys()
    assert lineage["unresolved"] == {}
    assert [reason.en for reason in verified(orchestrator.var, None).findings] == [], "signed with the release"
    event = orchestrator.instance.get_latest_materialization_event(RELEASE)
    assert event and event.asset_materialization
    assert event.asset_materialization.metadata["release_id"].value == release.release_id


def test_the_scheduled_job_answers_an_unchanged_night_without_work(orchestrator: Orchestrator) -> None:
    before = orchestrator.outcomes()
    landed = orchestrator.var.landed / "area_figure" / "statistik__viertel.parquet"
    untouched = landed.stat().st_mtime_ns
    result = orchestrator.start()
    assert result.success
    assert _materialised(result) == []
    assert orchestrator.outcomes() == [*before, "unchanged"]
    assert landed.stat().st_mtime_ns == untouched


def test_a_few_assets_are_no_refresh(orchestrator: Orchestrator) -> None:
    before = orchestrator.outcomes()
    assert _materialised(orchestrator.start(DELIVERY)) == ["delivery/statistik"]
    assert orchestrator.outcomes() == before
    refused = orchestrator.start(RELEASE)
    assert not refused.success
    [failure] = _failures(refused)
    assert "Den ganzen nächtlichen Lauf starten" in failure.user_failure_data.description, "in words"
    assert failure.error.context is None and failure.error.cause is None, "and not as the error of a step"
    assert orchestrator.outcomes() == before, "no broken line"
    assert not orchestrator.var.last_refusal.exists(), "no refusal text"


def test_a_repeated_refusal_fails_the_scheduled_run_and_is_on_the_ledger(
    orchestrator: Orchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORDWAERTS_SAMPLE", "0")
    monkeypatch.setenv("NORDWAERTS_INBOX", str(orchestrator.var.root / "inbox"))
    for _ in range(2):
        refused = orchestrator.start()
        assert not refused.success
    [failure] = _failures(refused)
    german, english = failure.user_failure_data.description.split(" / ")
    assert german.startswith("Der Arbeitsordner") and english.startswith("The working folder"), (
        "the sentences, in both languages"
    )
    assert failure.user_failure_data.metadata.keys() == {"Gründe", "reasons"}
    assert failure.error.cause is None and failure.error.context is None, "and no chain of stacks"
    assert failure.error.cls_name == "Failure"
    assert orchestrator.outcomes()[-2:] == ["refused", "refused"]
    monkeypatch.undo()
    orchestrator.start()
    assert orchestrator.outcomes()[-1] == "unchanged"


def test_a_run_that_died_is_marked_failed_at_the_next_start(orchestrator: Orchestrator) -> None:
    job = orchestrator.definitions.resolve_job_def(JOB)
    dead = orchestrator.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    waiting = orchestrator.instance.create_run_for_job(job, status=dg.DagsterRunStatus.NOT_STARTED)
    own = orchestrator.start()
    found = {run.run_id: run.status for run in orchestrator.instance.get_runs()}
    assert found[dead.run_id] is dg.DagsterRunStatus.FAILURE
    assert found[waiting.run_id] is dg.DagsterRunStatus.NOT_STARTED
    assert found[own.run_id] is dg.DagsterRunStatus.SUCCESS
    assert fail_dead_runs(orchestrator.instance) == []


def test_a_run_that_was_launched_just_now_keeps_its_turn(
    orchestrator: Orchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Schedule and sensor may launch at once: the one that got the lock does not give up the other, which is still starting."""
    job, instance = orchestrator.definitions.resolve_job_def(JOB), orchestrator.instance
    launched = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTING)
    assert orchestrator.start().success
    assert instance.get_run_by_id(launched.run_id).status is dg.DagsterRunStatus.STARTING
    monkeypatch.setattr(history, "_STARTS_WITHIN", dt.timedelta(0))
    assert fail_dead_runs(instance) == [launched.run_id]


def test_a_refused_delivery_is_a_failed_check_with_its_sentences(orchestrator: Orchestrator) -> None:
    whole = orchestrator.city.read_bytes()
    orchestrator.city.write_bytes(b"")
    try:
        refused = orchestrator.start()
    finally:
        orchestrator.city.write_bytes(whole)
    assert orchestrator.outcomes()[-1] == "refused"
    [failed] = [event for event in refused.get_asset_check_evaluations() if not event.passed]
    assert (failed.check_name, failed.severity, failed.blocking) == ("contract", dg.AssetCheckSeverity.ERROR, True)
    [failure] = _failures(refused)
    assert failure.user_failure_data.metadata["Gründe"] == failed.metadata["Gründe"]
    assert failure.error.cause is None and failure.error.context is None
    [reason] = ledger.read(orchestrator.var)[-1].reasons
    assert failed.metadata["Gründe"].value.replace("\\", "") == f"- {reason.text('de')}"
    assert failed.metadata["reasons"].value.replace("\\", "") == f"- {reason.text('en')}"
    assert "\\_viertel.csv" in str(failed.metadata["reasons"].value), "no part of a file name is set in italics"
    assert failure.user_failure_data.description == f"{reason.text('de')} / {reason.text('en')}"
    orchestrator.start()
    assert orchestrator.outcomes()[-1] == "unchanged"


def test_a_failed_test_of_a_table_is_told_in_words_and_no_check_of_a_later_step(
    orchestrator: Orchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gate 2 is not asked about tables of a refused build, so none of its checks can stand beside the one that failed."""
    failing = "test.nordwaerts.assert_only_suppressed_and_missing_figures_have_no_value"
    build = exporting.build_models

    def build_and_fail(workspace: DbtWorkspace) -> tuple[NodeResult, ...]:
        found = build(workspace)
        return tuple(replace(n, status="fail", failed_count=3) if n.unique_id == failing else n for n in found)

    whole, readers_see = orchestrator.city.read_bytes(), orchestrator.var.current.readlink()
    orchestrator.city.write_bytes(whole + b"\n\n\n")
    monkeypatch.setattr(exporting, "build_models", build_and_fail)
    try:
        refused = orchestrator.start()
    finally:
        orchestrator.city.write_bytes(whole)
    assert orchestrator.outcomes()[-1] == "refused"
    assert orchestrator.var.current.readlink() == readers_see
    [reason] = ledger.read(orchestrator.var)[-1].reasons
    assert reason.rule == f"dbt:{failing.rpartition('.')[2]}"
    evaluated = refused.get_asset_check_evaluations()
    assert [check.check_name for check in evaluated if not check.passed] == [failing.rpartition(".")[2]]
    assert dg.AssetKey("export") not in {check.asset_key for check in evaluated}
    [failure] = _failures(refused)
    assert (failure.error.cls_name, failure.error.cause, failure.error.context) == ("Failure", None, None)
    assert failure.user_failure_data.description == f"{reason.text('de')} / {reason.text('en')}"
    orchestrator.start()
    assert orchestrator.outcomes()[-1] == "unchanged"


def test_every_run_says_its_programme_and_where_its_deliveries_come_from(orchestrator: Orchestrator) -> None:
    orchestrator.start(DELIVERY)
    runs = orchestrator.instance.get_runs()
    assert runs
    assert {(run.tags.get("programme"), run.tags.get("deliveries")) for run in runs if run.is_success} == {
        ("kleinstadt", "sample")
    }
    started = orchestrator.definitions.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=orchestrator.instance, asset_selection=[DELIVERY], raise_on_error=False
    )
    [run] = [run for run in orchestrator.instance.get_runs() if run.run_id == started.run_id]
    assert run.tags["programme"] == "kleinstadt", "a few assets too"


def test_a_run_of_the_ui_prunes_the_history_as_the_command_does_and_keeps_itself(
    orchestrator: Orchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "KEPT_RUNS", 2)
    ids = [orchestrator.start().run_id for _ in range(3)]
    assert [run.run_id for run in orchestrator.instance.get_runs()] == [ids[2], ids[1]]
    monkeypatch.setattr(history, "KEPT_RUNS", 0)
    last = orchestrator.start()
    assert last.success
    assert [run.run_id for run in orchestrator.instance.get_runs()] == [last.run_id]


def test_torn_work_files_heal(orchestrator: Orchestrator) -> None:
    """A crash or a full disk may cut any work file in half; the next refresh makes it anew."""
    var = orchestrator.var
    torn = [
        var.build / "dbt" / "partial_parse.msgpack",
        var.landed / "area_figure" / "statistik__viertel.parquet",
        var.landed / "programme__area" / "programme__area.parquet",
        *var.vintages.glob("*.parquet"),
        *var.rejected.glob("*.parquet"),
    ]
    assert len(torn) >= 5
    for path in torn:
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    (var.build / "gate_1.json").write_text('{"inputs_sha', encoding="utf-8")  # a run of a few assets took it away
    with orchestrator.city.open("a", encoding="utf-8") as delivery:
        delivery.write("\n")
    assert orchestrator.start().success
    assert orchestrator.outcomes()[-1] == "published"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"asset_selection": frozenset()}, True),
        ({"asset_selection": frozenset({RELEASE, DELIVERY})}, True),
        ({"asset_selection": frozenset({RELEASE})}, False),
        ({"step_keys_to_execute": ["release"]}, False),
        ({"step_keys_to_execute": ["release", "delivery__statistik"]}, True),
        ({"step_keys_to_execute": ["release", "delivery__statistik"], "asset_selection": frozenset({RELEASE})}, False),
    ],
    ids=[
        "job",
        "job in process",
        "all assets",
        "a few assets",
        "from failure",
        "all steps",
        "all steps of a few assets",
    ],
)
def test_which_runs_are_a_refresh(changes: dict[str, object], expected: bool) -> None:
    run = dg.DagsterRun(job_name=JOB, **changes)  # type: ignore[arg-type]
    whole = Whole(frozenset({RELEASE, DELIVERY}), frozenset({"release", "delivery__statistik"}))
    assert whole.is_in(run) is expected
