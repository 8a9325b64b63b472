"""What the orchestrator shows: the asset graph of the tiny city as a committed snapshot, complete and loadable anywhere.

What differs between programmes follows from their declarations: a delivery per source and a landed table with its
two checks. So a source added to nordwärts changes no snapshot; a model, a test or an edge does.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from refreshing import TINY_CITY, parsed

from orchestration.definitions import build_definitions
from programmes.loading import load_programme
from programmes.model import Programme
from release.layout import VarFolder

SNAPSHOT = Path(__file__).with_name("asset_graph.json")
_TRANSFER = "tests/orchestration/asset_graph.json"
RELEASE, DELIVERY = dg.AssetKey("release"), dg.AssetKey(["delivery", "statistik"])


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One var root for both programmes."""
    root = tmp_path_factory.mktemp("var")
    for programme_id in ("nordwaerts", "kleinstadt"):
        parsed(VarFolder(programme_id, root))
    return root


@pytest.fixture(scope="module")
def definitions(var: Path) -> dg.Definitions:
    return _definitions(load_programme("nordwaerts"), var)


@pytest.fixture(scope="module")
def tiny_definitions(var: Path) -> dg.Definitions:
    return _definitions(load_programme(TINY_CITY), var)


def _definitions(programme: Programme, var: Path, is_sample: bool = True) -> dg.Definitions:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NORDWAERTS_VAR", str(var))
        return build_definitions(programme, is_sample)


def _graph(definitions: dg.Definitions) -> dict[str, dict[str, object]]:
    graph = definitions.resolve_asset_graph()
    checks: dict[str, list[str]] = {}
    for key in graph.asset_check_keys:
        checks.setdefault(key.asset_key.to_user_string(), []).append(key.name)
    return {
        key.to_user_string(): {
            "group": graph.get(key).group_name,
            "deps": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            "checks": sorted(checks.get(key.to_user_string(), [])),
        }
        for key in sorted(graph.materializable_asset_keys)
    }


def test_the_asset_graph_is_the_committed_one(tiny_definitions: dg.Definitions) -> None:
    """Run with NORDWAERTS_UPDATE_SNAPSHOT=1 to accept a change; the difference then shows in the commit."""
    found = json.dumps(_graph(tiny_definitions), indent=1, sort_keys=True) + "\n"
    if os.environ.get("NORDWAERTS_UPDATE_SNAPSHOT") == "1":
        SNAPSHOT.write_text(found, encoding="utf-8")
    assert found == SNAPSHOT.read_text(encoding="utf-8"), f"the graph changed: update {_TRANSFER}"


def test_programmes_differ_in_their_deliveries_and_landed_tables_alone(
    definitions: dg.Definitions, tiny_definitions: dg.Definitions
) -> None:
    for programme, found in (
        (load_programme("nordwaerts"), definitions),
        (load_programme(TINY_CITY), tiny_definitions),
    ):
        deliveries = {f"delivery/{source_id}" for source_id in programme.sources}
        landed = {table.name: table for table in programme.landed_tables()}
        graph = _graph(found)
        common = {name: node["checks"] for name, node in graph.items() if name not in deliveries and name not in landed}
        assert deliveries | landed.keys() <= graph.keys()
        assert all(graph[name]["deps"] == [f"delivery/{table.source.source_id}"] for name, table in landed.items())
        assert common == {
            name: node["checks"]
            for name, node in json.loads(SNAPSHOT.read_text(encoding="utf-8")).items()
            if node["group"] != "deliveries" and not name.startswith("statistik__")
        }


def test_every_asset_says_what_it_is_and_who_answers_for_it(definitions: dg.Definitions) -> None:
    for asset in definitions.resolve_asset_graph().assets_defs:
        for spec in asset.specs:
            name = spec.key.to_user_string()
            assert spec.owners, name
            assert spec.kinds, name
            assert spec.description, name
            assert spec.group_name in {
                "deliveries",
                "landed",
                "staging",
                "seeds",
                "intermediate",
                "marts",
                "claims",
                "public",
                "disclosure",
                "release",
            }, name


def test_deliveries_lead_to_the_release_with_blocking_checks_between(definitions: dg.Definitions) -> None:
    graph = _graph(definitions)
    reached, open_names = set(), ["release"]
    while open_names:
        name = open_names.pop()
        if name not in reached:
            reached.add(name)
            open_names += graph[name]["deps"]  # type: ignore[arg-type]
    programme = load_programme("nordwaerts")
    for landed, source, _ in programme.landed_tables():
        assert {landed, f"delivery/{source.source_id}"} <= reached
        assert graph[landed]["checks"] == ["contract", "plausibility"]
    asset_graph = definitions.resolve_asset_graph()
    blocking = {
        (key.asset_key.to_user_string(), key.name)
        for key in asset_graph.asset_check_keys
        if asset_graph.get_check_spec(key).blocking
    }
    assert {(landed, "contract") for landed, _, _ in programme.landed_tables()} <= blocking
    assert {("export", mart) for mart in graph["export"]["deps"]} <= blocking  # type: ignore[attr-defined]


def test_one_nightly_job_at_four_in_the_morning(definitions: dg.Definitions) -> None:
    [schedule] = definitions.schedules or []
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 4 * * *", "Europe/Berlin")
    assert (schedule.description or "").startswith("Jede Nacht um 4 Uhr · every night at 04:00.")
    job = definitions.resolve_job_def("nightly")
    assert job.executor_def.name == "in_process"


def test_a_time_of_its_own_is_in_the_words_of_the_schedule(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORDWAERTS_CRON", "30 22 * * *")
    [schedule] = _definitions(load_programme(TINY_CITY), var).schedules or []
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert schedule.cron_schedule == "30 22 * * *"
    assert (schedule.description or "").startswith(
        "Zur Zeit aus NORDWAERTS_CRON · at the time NORDWAERTS_CRON names: 30 22 * * *."
    )


@pytest.mark.parametrize(
    ("is_sample", "status", "deliveries"),
    [
        (True, dg.DefaultScheduleStatus.STOPPED, "sample deliveries"),
        (False, dg.DefaultScheduleStatus.RUNNING, "deliveries from the inbox"),
    ],
)
def test_job_schedule_deliveries_and_release_say_which_programme_and_which_deliveries(
    is_sample: bool, status: dg.DefaultScheduleStatus, deliveries: str, var: Path
) -> None:
    found = _definitions(load_programme(TINY_CITY), var, is_sample)
    [schedule] = found.schedules or []
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert schedule.default_status is status, "what is switched on in the UI is forgotten with DAGSTER_HOME"
    job = found.resolve_job_def("nightly")
    graph = found.resolve_asset_graph()
    tags = {"programme": "kleinstadt", "deliveries": "sample" if is_sample else "inbox"}
    assert job.tags.items() >= tags.items() and schedule.tags.items() >= tags.items()
    for said in (job.description, schedule.description, *(graph.get(key).description for key in (RELEASE, DELIVERY))):
        assert said and "Kleinstadt, Kleinstadt (kleinstadt)" in said and deliveries in said
    for key in (RELEASE, DELIVERY):
        assert graph.get(key).tags.items() >= tags.items()
        assert deliveries in str(graph.get(key).metadata["programme"])


def test_the_code_location_loads_with_an_empty_environment(tmp_path: Path) -> None:
    code = (
        "import sys, orchestration.definitions as d\n"
        "assert 'great_expectations' not in sys.modules\n"
        "defs = d.defs()\n"
        "assert len(list(defs.resolve_asset_graph().get_all_asset_keys())) > 50\n"
        "assert 'great_expectations' not in sys.modules, 'imported when a check runs, not when definitions load'\n"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "NORDWAERTS_VAR": str(tmp_path / "var")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_importing_the_code_location_reads_and_writes_nothing(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "import dagster, dagster_dbt, dbt, pyarrow.parquet, pandas, duckdb, pydantic, yaml\n"
        "opened = []\n"
        "def watch(event, arguments):\n"
        "    if event == 'open' and str(arguments[0]).endswith(('.yml', '.csv', '.sql', '.json', '.jsonl')):\n"
        "        opened.append(arguments[0])\n"
        "sys.addaudithook(watch)\n"
        "import orchestration.definitions\n"
        "assert not opened, opened\n"
    )
    environment = {**os.environ, "NORDWAERTS_VAR": str(tmp_path / "var")}
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, check=True)
    assert not (tmp_path / "var").exists()
