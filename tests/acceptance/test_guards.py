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
from refreshing import RefreshRefused, RefreshSession, command, gate_two, prepared_manifest

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


def _release_only(city: City) -> RefreshSession:
    """Run nothing but the release asset, as somebody might from the orchestrator's UI."""
    session = city.session()
    resource = dg.ResourceDefinition.hardcoded_resource(session)
    job = build_definitions(session.programme, True, resource).resolve_job_def("nightly")
    with session:
        job.execute_in_process(
            instance=dg.DagsterInstance.ephemeral(),
            asset_selection=[dg.AssetKey("release")],
            raise_on_error=False,
        )
    return session


def test_the_release_asset_alone_publishes_nothing_after_gate_1_failed(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORDWAERTS_VAR", str(city.var.root))
    before = city.reader_files()
    lacks_a_district(city.place)
    assert city.refresh().result == "refused"
    assert _release_only(city).result == "refused"
    assert city.reader_files() == before


def test_the_release_asset_alone_publishes_nothing_after_gate_2_failed(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORDWAERTS_VAR", str(city.var.root))
    before = city.reader_files()
    drop_one_meeting(city.place)
    suite = gate_two.mart_suite

    def stricter(mart):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        rules = suite(mart)
        is_made_stricter = mart.name == "fct_volunteering"
        return [
            replace(rule, minimum=10**9) if is_made_stricter and rule.kind == "row_minimum" else rule for rule in rules
        ]

    monkeypatch.setattr(gate_two, "mart_suite", stricter)
    session = city.refresh()
    assert session.result == "refused"
    assert any("fct_volunteering" in reason.en for reason in session.reasons)
    monkeypatch.undo()
    monkeypatch.setenv("NORDWAERTS_VAR", str(city.var.root))
    assert _release_only(city).result == "refused"
    assert city.reader_files() == before


def test_models_built_without_gate_1_are_not_exported(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """dbt, export and release run alone after gate 1 refused a delivery: the seal of gate 1 is missing."""
    monkeypatch.setenv("NORDWAERTS_VAR", str(city.var.root))
    before = city.reader_files()
    lacks_a_district(city.place)
    assert city.refresh().result == "refused"
    session = city.session()
    with pytest.raises(RefreshRefused), session:
        gate_two.export_marts(session, prepared_manifest(city.var, session.programme, True))
    assert session.result == "refused"
    assert any(reason.rule == "gate_1_passed" for reason in session.reasons)
    assert city.reader_files() == before
