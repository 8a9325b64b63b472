"""Dagster's history stays small: the newest runs, their files, and nothing of any other."""

import uuid
from pathlib import Path

import dagster as dg
import pytest

from orchestration import history


@dg.op
def say() -> None:
    """Nothing."""


@dg.job
def small() -> None:
    say()


def names(folder: Path) -> set[str]:
    return {path.name.partition(".")[0] for path in folder.glob("*-*")}


def test_files_of_runs_go_with_their_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT_RUNS", 2)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        ids = [small.execute_in_process(instance=instance).run_id for _ in range(4)]
        stray = str(uuid.uuid4())
        (tmp_path / "storage" / stray).mkdir(parents=True)
        (tmp_path / "storage" / stray / "output").write_text("x", encoding="utf-8")
        (tmp_path / "storage" / "not a run").mkdir()
        events = tmp_path / "history" / "runs"
        assert names(events) >= set(ids)
        history.prune(instance, own_run_id=ids[0])
        assert {run.run_id for run in instance.get_runs()} == {ids[0], *ids[2:]}
        assert names(events) == {ids[0], *ids[2:]}
        assert (events / "index.db").is_file()
        assert sorted(path.name for path in (tmp_path / "storage").iterdir() if path.name in (stray, "not a run")) == [
            "not a run"
        ]
        assert instance.get_run_stats(ids[3]).steps_succeeded == 1, "what is kept can be read"
