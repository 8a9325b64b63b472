"""Two at once, no network, only the last step: what a refresh must withstand."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from deliveries import drop_one_meeting, lacks_a_district
from refreshed_city import City
from refreshing import (
    DbtWorkspace,
    RefreshRecord,
    RefreshRefused,
    RefreshRun,
    command,
    exporting,
    open_run,
    prepared_manifest,
)

from orchestration.definitions import build_definitions
from release import ledger
from release.layout import VarFolder
from release.lock import refresh_lock


def test_a_second_refresh_says_so_and_leaves_with_exit_4(published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "var", symlinks=True)
    with refresh_lock(VarFolder("nordwaerts", tmp_path / "var")):
        second = command("refresh", "--sample", var=tmp_path / "var")
    assert second.returncode == 4, second.stdout + second.stderr
    assert "Another refresh of 'nordwaerts' is running" in second.stderr
    assert [entry.outcome for entry in ledger.read(VarFolder("nordwaerts", tmp_path / "var"))] == ["published"]


@pytest.mark.attack("a refresh that would talk to somebody outside · makes no attempt to connect")
def test_with_the_network_cut_a_refresh_makes_no_connection_attempt(published: Path) -> None:
    """The release all tests share was made so."""
    log = published.with_name("connections.txt")
    assert not log.exists(), log.read_text(encoding="utf-8")


def test_the_watch_on_the_network_bites(tmp_path: Path) -> None:
    """The guard of the test above, made to fail."""
    log = tmp_path / "connections.txt"
    code = "import socket\ntry: socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError: pass"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "CONNECTION_LOG": str(log)}, check=True)
    assert "127.0.0.1" in log.read_text(encoding="utf-8")


def _release_only(city: City) -> RefreshRecord:
    """Run nothing but the release asset, as somebody might from the orchestrator's UI."""
    run = RefreshRun.of(city.context(), is_whole=False)
    resource = dg.ResourceDefinition.hardcoded_resource(run)
    job = build_definitions(run.context.programme, True, resource).resolve_job_def("nightly")
    with open_run(run):
        result = job.execute_in_process(
            instance=dg.DagsterInstance.ephemeral(),
            asset_selection=[dg.AssetKey("release")],
            raise_on_error=False,
        )
    assert not result.success
    return run.record


def test_the_release_asset_alone_publishes_nothing_after_gate_1_failed(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORDWAERTS_VAR", str(city.var.root))
    before = city.reader_files()
    lacks_a_district(city.place)
    assert city.refresh().outcome == "refused"
    lines = ledger.read(city.var)
    alone = _release_only(city)
    assert [reason.rule for reason in alone.reasons] == ["whole_refresh"]
    assert city.reader_files() == before
    assert ledger.read(city.var) == lines, "a single step is no refresh: it leaves no line"


def test_the_release_asset_alone_publishes_nothing_after_gate_2_failed(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORDWAERTS_VAR", str(city.var.root))
    before = city.reader_files()
    drop_one_meeting(city.place)
    suite = exporting.mart_suite

    def stricter(mart):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        rules = suite(mart)
        is_made_stricter = mart.name == "fct_volunteering"
        return [
            replace(rule, minimum=10**9) if is_made_stricter and rule.kind == "row_minimum" else rule for rule in rules
        ]

    monkeypatch.setattr(exporting, "mart_suite", stricter)
    record = city.refresh()
    assert record.outcome == "refused"
    assert any("fct_volunteering" in reason.en for reason in record.reasons)
    monkeypatch.undo()
    monkeypatch.setenv("NORDWAERTS_VAR", str(city.var.root))
    lines = ledger.read(city.var)
    alone = _release_only(city)
    assert [reason.rule for reason in alone.reasons] == ["whole_refresh"]
    assert city.reader_files() == before
    assert ledger.read(city.var) == lines, "a single step is no refresh: it leaves no line"


def test_models_built_without_gate_1_are_not_exported(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """dbt and export run alone after gate 1 refused a delivery: the note of gate 1 is missing."""
    monkeypatch.setenv("NORDWAERTS_VAR", str(city.var.root))
    before = city.reader_files()
    lacks_a_district(city.place)
    assert city.refresh().outcome == "refused"
    workspace = DbtWorkspace(city.var, True)
    inputs = RefreshRun.of(city.context()).arrival_sha256
    with pytest.raises(RefreshRefused) as refused:
        exporting.build_and_test(workspace, prepared_manifest(workspace), inputs, [])
    assert [reason.rule for reason in refused.value.reasons] == ["gate_1_passed"]
    with pytest.raises(RefreshRefused) as refused:
        exporting.export_marts(workspace, city.context().programme, prepared_manifest(workspace), inputs)
    assert [reason.rule for reason in refused.value.reasons] == ["build_tested"]
    assert city.reader_files() == before
