"""The guards of the benchmark: contenders that differ, check less or fail stop it; phases sum to the whole."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.contenders import Round
from benchmarks.equality import Different, require_equal_checks, require_equal_marts
from benchmarks.marts_script import marts_script
from benchmarks.measuring import ROOT, ContenderFailed, Measured, measure
from benchmarks.report import CONTENDERS, Findings, document, phases, scale_section
from benchmarks.scale import BEGINNINGS, GROUPS, Scaled, group_of, seconds_by_group, section


def _mart(folder: Path, value: float, delivery: str) -> Path:
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"value": [value], "delivery_id": [delivery]}), folder / "fct_a.parquet")
    return folder


def test_a_different_figure_stops_the_benchmark_and_a_different_receipt_only_where_asked(tmp_path: Path) -> None:
    one, same = _mart(tmp_path / "one", 0.25, "x"), _mart(tmp_path / "same", 0.25 + 1e-12, "y")
    other = _mart(tmp_path / "other", 0.25 + 1e-6, "x")
    assert require_equal_marts(one, same, ["fct_a"], ["delivery_id"]) == 1
    with pytest.raises(Different, match="fct_a: 1 rows"):
        require_equal_marts(one, same, ["fct_a"])
    with pytest.raises(Different, match="fct_a: 1 rows"):
        require_equal_marts(one, other, ["fct_a"])


def _release(folder: Path, landed: list[str], marts: list[str]) -> Path:
    (folder / "internal").mkdir(parents=True)
    pq.write_table(pa.table({"check_id": landed}), folder / "internal" / "fct_data_quality.parquet")
    pq.write_table(pa.table({"check_id": marts}), folder / "checks.parquet")
    return folder


def test_a_contender_that_checks_less_stops_the_benchmark(tmp_path: Path) -> None:
    whole = _release(tmp_path / "whole", ["a:unique", "a:columns"], ["dbt:t", "m:columns"])
    less = _release(tmp_path / "less", ["a:unique"], ["dbt:t", "m:columns"])
    assert require_equal_checks(whole, whole) == {"gate 1": 2, "dbt tests": 1, "gate 2": 1}
    with pytest.raises(Different, match="gate_1 a:columns"):
        require_equal_checks(whole, less)


def test_a_failing_contender_stops_the_benchmark(tmp_path: Path) -> None:
    with pytest.raises(ContenderFailed, match="ended with 3"):
        measure(["-c", "raise SystemExit(3)"], tmp_path / "log", {})


def test_phases_sum_to_the_whole_process() -> None:
    noted = {"imports": 1.0, "definitions": 0.5, "archive": 0.1, "landing": 1.0, "gate_1": 2.0, "dbt_build": 3.0}
    noted |= {
        "dbt_models": 1.0,
        "dbt_tests": 2.0,
        "catalogue": 0.1,
        "export": 0.2,
        "gate_2": 0.3,
        "release": 0.4,
        "total": 10.0,
    }
    turn = Round({"refresh": Measured(10.5, 9.0, 1.0)}, noted, imports={"great_expectations": 1.5})
    found = phases(turn)
    assert sum(found.values()) == pytest.approx(10.5)
    assert found["gate 1 (Great Expectations)"] == pytest.approx(0.5)


def test_a_bound_is_told_as_held_or_missed() -> None:
    parts = ("imports", "definitions", "archive", "gate_1", "dbt_build", "dbt_models", "dbt_tests")
    noted = {**dict.fromkeys((*parts, "catalogue", "export", "gate_2", "release", "total"), 1.0), "landing": 0.2}
    reading = {"release": 1.2, "database": 1.4, "plain": 1.0}
    runs = {name: Measured(0.4, 1.0, 1.0) for name in CONTENDERS} | {"stock": Measured(1.0, 1.0, 1.0)}
    imports = {"great_expectations": 0.1}

    def told(landing_first: float) -> dict[str, str]:
        turn = Round(runs, noted, {**noted, "landing": landing_first}, imports, reading)
        lines = document(Findings([turn], {"gate 1": 1}, 1, 1, ["fct_a"]), None).splitlines()
        return {
            line.split(" | ")[0].strip("| "): line.split(" | ")[-1].strip("| ") for line in lines if "at most" in line
        }

    held, missed = told(1.0), told(0.9)
    landing = "landing one corrected delivery to landing everything"
    assert (held.pop(landing), missed.pop(landing)) == ("holds", "**missed**")
    assert held == missed
    told_of_reading = [verdict for name, verdict in held.items() if name.startswith("reading")]
    assert told_of_reading == ["holds", "**missed**"], "1.2 and 1.4 times plain Parquet; at most 1.3"
    assert held["refresh to the stock way"] == held["refresh to only importing"] == "holds"


def test_the_script_of_marts_keeps_the_order_and_leaves_out_what_a_refresh_notes_about_itself() -> None:
    def model(name: str, *parents: str) -> dict[str, object]:
        return {
            "resource_type": "model",
            "relation_name": name,
            "compiled_code": f"select {name}",
            "config": {"materialized": "table"},
            "depends_on": {"nodes": list(parents)},
        }

    nodes = {
        "model.a": model("a", "model.b"),
        "model.b": model("b", "source.landed.area_figure"),
        "model.c": model("c", "source.landed.refresh__check"),
        "model.d": model("d", "model.c", "seed.s"),
        "seed.s": {
            "resource_type": "seed",
            "relation_name": "s",
            "original_file_path": "seeds/s.csv",
            "config": {"column_types": {"point": "double"}},
        },
    }
    text = marts_script({"nodes": nodes})
    assert text.index("create table b") < text.index("create table a")
    assert "create table c" not in text and "create table d" not in text
    assert text.startswith("create table s ") and "seeds/s.csv', header = true, columns = {point: 'double'}" in text


def test_a_contender_that_outgrows_its_ceiling_is_ended_and_keeps_its_last_words(tmp_path: Path) -> None:
    grows = "import time; print('landing', flush=True); held = bytearray(b'1') * (200 << 20); time.sleep(30)"
    ended = measure(["-c", grows], tmp_path / "log", {}, ceiling_mib=100)
    assert (ended.ended_at, ended.wall < 25, ended.peak_mib > 100) == ("landing", True, True)
    held = measure(["-c", grows.replace("30", "0")], tmp_path / "log", {}, ceiling_mib=4000)
    assert held.ended_at is None and 200 < held.peak_mib < 4000


def test_a_ceiling_is_for_all_processes_of_a_contender_together(tmp_path: Path) -> None:
    holds = "import time; held = bytearray(b'1') * (150 << 20); time.sleep(10)"
    begins = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {holds!r}]); {holds}"
    ended = measure(["-c", begins], tmp_path / "log", {}, ceiling_mib=250)
    assert ended.ended_at is not None and ended.wall < 9
    assert ended.together_mib > 250


def test_models_count_in_the_group_of_their_name_and_seconds_are_shared_by_the_threads() -> None:
    found = seconds_by_group(
        {"stg_event": 1.0, "int_gap__compared": 2.0, "int_indicator__valued": 4.0, "dim_area": 6.0}
    )
    assert found == {"staging": 0.5, "figures": 1.0, "measures and indicators": 2.0, "other marts": 3.0}
    named = {path.stem for path in (ROOT / "dbt_project" / "models").rglob("*.sql")}
    assert not [one for one in BEGINNINGS if not any(name.startswith(one) for name in named)], "no model begins so"
    assert {group_of(name) for name in named} == set(GROUPS)


def test_the_section_on_scale_outlives_the_rest_of_the_document() -> None:
    run = Measured(100.0, 90.0, 3000.0, together_mib=3500.0)
    models = {"fct_development_gap": 20.0, "stg_event": 2.0, "fct_data_quality": 90.0}
    noted = {
        "landing": 1.0,
        "gate_1": 4.0,
        "dbt_build": 50.0,
        "dbt_tests": 4.0,
        "export": 3.0,
        "gate_2": 2.0,
        "release": 6.0,
    }
    script = {"fct_development_gap": 8.0, "stg_event": 1.0}  # of checks a script knows nothing
    held = Scaled(1, 6.0, run, 1000, {**noted, "models": models}, {name: 2 * each for name, each in script.items()})
    slower = Scaled(2, 6.0, Measured(1.0, 1.0, 3000.0, together_mib=5000.0), 1, {**noted, "models": models}, script)
    ended = Scaled(10, 60.0, Measured(9.0, 9.0, 4200.0, "landing"))
    text = section([held, slower, ended], "2026-11-23")
    assert scale_section("# Benchmarks\n" + text) == text and scale_section("# Benchmarks\n") == ""
    assert "| 1 | 6.0 | 1,000 | 100.0 | 100000 | 5.0 | 50.0 | 5.0 | 6.0 | 3000 | 3500 | holds |" in text
    assert "| 3000 | 5000 | **missed** |" in text
    assert "| 10 | 60.0 | – | ended after 9 " in text and "| 4200 | over 4096 | **missed**, after “landing” |" in text
    assert "| 1 | 1.0 | 0.0 | 10.0 | 45.0 | 4.0 | 10 % |" in text
    assert "| 1 | 11.0 | 18.0 | 0.61 | holds | fct_development_gap 20.0 : 16.0 · stg_event 2.0 : 2.0 |" in text
    assert "| 2 | 11.0 | 9.0 | 1.22 | holds |" in text
