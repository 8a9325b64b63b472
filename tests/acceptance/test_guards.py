"""Two at once, no network, only the last step: what a refresh must withstand."""

import shutil
import sys
from pathlib import Path

import dagster as dg
import pytest
from deliveries import drop_one_meeting, lacks_a_district
from refreshed_city import City, command

from orchestration.definitions import build_definitions
from refresh import exporting
from refresh.modelling import DbtWorkspace, prepared_manifest
from refresh.outcomes import RefreshRefused
from refresh.record import RefreshRecord
from refresh.run import RefreshRun, open_run
from release import ledger
from release.layout import VarFolder
from release.lock import refresh_lock

_WATCH = """
import os, sys

def _watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        address = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
        if not isinstance(address, (str, bytes)) or event != "socket.connect":
            with open(os.environ["CONNECTION_LOG"], "a") as log:
                log.write(f"{event} {address}\\n")
            raise OSError("the network is cut")

sys.addaudithook(_watch)
"""


def test_a_second_refresh_says_so_and_leaves_with_exit_4(published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "var", symlinks=True)
    with refresh_lock(VarFolder("nordwaerts", tmp_path / "var")):
        second = command("refresh", "--sample", var=tmp_path / "var")
    assert second.returncode == 4, second.stdout + second.stderr
    assert "Another refresh of 'nordwaerts' is running" in second.stderr
    assert [entry.outcome for entry in ledger.read(VarFolder("nordwaerts", tmp_path / "var"))] == ["published"]


def test_with_the_network_cut_a_refresh_makes_no_connection_attempt(tmp_path: Path) -> None:
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(_WATCH, encoding="utf-8")
    log = tmp_path / "connections.txt"
    environment = {"PYTHONPATH": str(tmp_path / "watch"), "CONNECTION_LOG": str(log)}
    done = command("refresh", "--sample", var=tmp_path / "var", **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not log.exists(), log.read_text(encoding="utf-8")


def test_the_watch_on_the_network_bites(tmp_path: Path) -> None:
    """The guard of the test above, made to fail."""
    import subprocess

    (tmp_path / "sitecustomize.py").write_text(_WATCH, encoding="utf-8")
    log = tmp_path / "connections.txt"
    code = "import socket\ntry: socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError: pass"
    environment = {"PYTHONPATH": str(tmp_path), "CONNECTION_LOG": str(log)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
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
        is_spoilt = mart.name == "fct_volunteering"
        return [replace(rule, minimum=10**9) if is_spoilt and rule.kind == "row_minimum" else rule for rule in rules]

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
    """dbt, export and release run alone after gate 1 refused a delivery: the note of gate 1 is missing."""
    monkeypatch.setenv("NORDWAERTS_VAR", str(city.var.root))
    before = city.reader_files()
    lacks_a_district(city.place)
    assert city.refresh().outcome == "refused"
    workspace = DbtWorkspace(city.var, True)
    inputs = RefreshRun.of(city.context()).arrival_sha256
    with pytest.raises(RefreshRefused) as refused:
        exporting.build_and_test(workspace, inputs)
    assert [reason.rule for reason in refused.value.reasons] == ["gate_1_passed"]
    with pytest.raises(RefreshRefused) as refused:
        exporting.export_marts(workspace, prepared_manifest(workspace), inputs)
    assert [reason.rule for reason in refused.value.reasons] == ["build_tested"]
    assert city.reader_files() == before
