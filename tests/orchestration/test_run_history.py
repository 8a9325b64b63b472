"""Dagster's history stays small: the newest runs, their files, and nothing of any other."""

import os
import sqlite3
import uuid
from contextlib import closing
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


@dg.asset(check_specs=[dg.AssetCheckSpec("sound", asset="checked")])
def checked():  # type: ignore[no-untyped-def]  # Dagster reads a tuple into whatever stands here
    """One asset with a check and metadata, as every table of a refresh is."""
    return dg.MaterializeResult(
        metadata={"rows": 1}, tags={"is": "tagged"}, check_results=[dg.AssetCheckResult(passed=True)]
    )


def rows(home: Path) -> dict[str, int]:
    """Rows of every table Dagster keeps, but those of a run's own file; and the files that are there."""
    found = {"files": sum(len(files) for _, _, files in os.walk(home))}
    for path in (home / "history" / "runs.db", home / "history" / "runs" / "index.db"):
        with closing(sqlite3.connect(path)) as database:
            for (table,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
                found[f"{path.name} {table}"] = database.execute(f'select count(*) from "{table}"').fetchone()[0]
    return found


@pytest.mark.attack("years of nightly runs · Dagster's tables and files stay as long as those of the runs kept")
def test_nothing_of_a_run_that_goes_stays_in_any_table_or_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "KEPT_RUNS", 2)
    seen = []
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        for _ in range(4):
            dg.materialize([checked], instance=instance, tags={"night": "yes"})
            history.prune(instance)
            seen.append(rows(tmp_path))
    assert seen[1]["index.db asset_check_executions"] == 2
    assert seen[1] == seen[2] == seen[3]
