"""The job as schedule and UI start it is the same refresh as the command's; a few assets of it are none."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import JOB, Whole, build_definitions
from orchestration.history import fail_dead_runs
from programmes.loading import load_programme
from release import ledger
from release.layout import VarFolder

TINY_CITY = Path(__file__).parents[1] / "recipes" / "tiny_city"
RELEASE, DELIVERY = dg.AssetKey("release"), dg.AssetKey(["delivery", "statistik"])


class Orchestrator:
    """The code location of a programme on a var folder of its own, with one instance for all its runs."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.var = VarFolder("kleinstadt", root)
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


def _materialised(result: dg.ExecuteInProcessResult) -> list[str]:
    return [event.asset_key.to_user_string() for event in result.all_events if event.is_step_materialization]  # type: ignore[union-attr]


def test_the_scheduled_job_publishes(orchestrator: Orchestrator) -> None:
    assert orchestrator.outcomes()[0] == "published"
    assert (orchestrator.var.current / "monitoring.duckdb").is_file()


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
    assert not orchestrator.start(RELEASE).success
    assert orchestrator.outcomes() == before, "no broken line"
    assert not orchestrator.var.last_refusal.exists(), "no refusal text"


def test_a_repeated_refusal_fails_the_scheduled_run_and_is_on_the_ledger(
    orchestrator: Orchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORDWAERTS_SAMPLE", "0")
    monkeypatch.setenv("NORDWAERTS_INBOX", str(orchestrator.var.root / "inbox"))
    for _ in range(2):
        assert not orchestrator.start().success
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


def test_torn_work_files_heal(orchestrator: Orchestrator) -> None:
    """A crash or a full disk may cut any work file in half; the next refresh makes it anew."""
    var = orchestrator.var
    torn = [
        var.build / "dbt" / "partial_parse.msgpack",
        var.landed / "area_figure" / "statistik__viertel.parquet",
        var.landed / "programme__area" / "programme__area.parquet",
        *var.vintages.glob("*.parquet"),
    ]
    assert len(torn) == 4
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
