"""The event log of a refresh stores what Dagster's own stores, and Dagster's own reads it."""

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.event_log import KeptOpenEventLog
from orchestration.nightly import prepare_home

_ASSETS = ("first", "second")


@dg.multi_asset(
    specs=[dg.AssetSpec("first"), dg.AssetSpec("second", deps=["first"])],
    check_specs=[dg.AssetCheckSpec("holds", asset=name) for name in _ASSETS],
)
def _both() -> Iterator[Any]:
    for name in _ASSETS:
        yield dg.MaterializeResult(asset_key=name, metadata={"rows": 1})
        yield dg.AssetCheckResult(asset_key=name, check_name="holds", passed=name == "first")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE"):
        monkeypatch.setenv(name, "0")  # what prepare_home names is put back after the test
    prepare_home(tmp_path)
    return tmp_path


def _run(home: Path, settings: str) -> dict[str, Any]:
    """Run twice with a storage, then read with Dagster's own what stands in the history."""
    silent: Mapping[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.from_config(str(home), settings) as instance:
        job = dg.Definitions(assets=[_both], jobs=[dg.define_asset_job("both")]).resolve_job_def("both")
        runs = [job.execute_in_process(instance=instance, run_config=silent) for _ in range(2)]
        assert isinstance(instance.event_log_storage, KeptOpenEventLog) is (settings == "refresh.yaml")
    ids = {run.run_id: f"run {number}" for number, run in enumerate(runs)}
    with dg.DagsterInstance.from_config(str(home), "dagster.yaml") as instance:
        records = [instance.get_asset_records([dg.AssetKey(name)])[0] for name in _ASSETS]
        materialised = [record.asset_entry.last_materialization_record for record in records]
        checks = {
            name: instance.event_log_storage.get_asset_check_execution_history(
                dg.AssetCheckKey(dg.AssetKey(name), "holds"), limit=9
            )
            for name in _ASSETS
        }
        events = [
            (ids[run_id], event.dagster_event_type.value, str(event.get_dagster_event().asset_key))
            for run_id in ids
            for event in instance.all_logs(run_id)
            if event.dagster_event_type is not None
        ]
        tags = materialised[1].event_log_entry.tags if materialised[1] else {}
        return {
            "events": sorted(events),
            "last runs": [ids[str(record.asset_entry.last_run_id)] for record in records],
            "materialised by": [ids[record.run_id] for record in materialised if record],
            "second rests on": tags["dagster/input_event_pointer/first"] == str(_storage_id(materialised[0])),
            "checks": {
                name: [(ids[one.run_id], one.status.value, _is_about_its_run(one)) for one in found]
                for name, found in checks.items()
            },
        }


def _storage_id(record: dg.EventLogRecord | None) -> int:
    assert record is not None
    return record.storage_id


def _is_about_its_run(execution: Any) -> bool:
    evaluated = execution.event.get_dagster_event().asset_check_evaluation_data.target_materialization_data
    return evaluated is not None and evaluated.run_id == execution.run_id


def test_the_history_is_the_one_dagsters_own_storage_keeps(home: Path) -> None:
    ours = _run(home, "refresh.yaml")
    assert ours["checks"]["second"] == [("run 1", "FAILED", True), ("run 0", "FAILED", True)]
    assert ours["second rests on"] and ours["materialised by"] == ["run 1", "run 1"]
    own = home.parent / "own"
    prepare_home(own)
    assert _run(own, "dagster.yaml") == ours


def test_what_a_run_intends_is_stored_whole_or_not_at_all(home: Path) -> None:
    with dg.DagsterInstance.from_config(str(home), "refresh.yaml") as instance:
        storage = instance.event_log_storage
        assert isinstance(storage, KeptOpenEventLog)
        job = dg.Definitions(assets=[_both], jobs=[dg.define_asset_job("both")]).resolve_job_def("both")
        run = instance.create_run_for_job(job)
        planned = instance.all_logs(run.run_id)
        with pytest.raises(Exception, match="EventLogEntry"):
            storage.store_event_batch([*planned, None])  # type: ignore[list-item]
        assert len(instance.all_logs(run.run_id)) == len(planned) == 4
    with sqlite3.connect(home / "history" / "runs" / "index.db") as index:
        assert index.execute("select count(*) from event_logs").fetchone() == (4,)
