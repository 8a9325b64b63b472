"""A short trial of chaos, and some on something broken that it must find out. The trial itself has 500 publications."""

import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from release.layout import VarFolder
from trials.chaos import FULL, SHORT, plan
from trials.chaos_judging import HEADING, KILLS, OTHERS, Seen, left_behind, section
from trials.chaos_readers import Told
from trials.disturbances import closed, mind_rights

ROOT = Path(__file__).resolve().parents[2]
BROKEN = Path(__file__).with_name("broken_chaos.py")


def tried(place: Path, *command: str) -> tuple[int, str]:
    """Exit code of a trial as a process of its own, which forks, and what it said."""
    done = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "TMPDIR": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.long
def test_no_read_fails_or_is_mixed_and_no_line_is_lost_whatever_goes_wrong(tmp_path: Path) -> None:
    code, said = tried(tmp_path, "-m", "trials.chaos", "--short")
    assert code == 0, said
    assert "Every rule holds." in said
    assert list(tmp_path.iterdir()) == [], "not even a folder is left"


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("readers", "mixed read: "),
        # Whoever reads a release that was written over is refused by its hashes, and mixes seldom.
        ("switch", "failed read: "),
        ("ledger", "lost: line 2 of the ledger"),
    ],
)
def test_it_finds_out_what_is_broken(what: str, found: str, tmp_path: Path) -> None:
    few = ["--publications", "3", "--kills", "0", "--each", "0", "--readers", "6"]
    code, said = tried(tmp_path, str(BROKEN), what, "--short", *few)
    assert code == 1, said
    assert found in said


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.attack("kill -9 again and again, at random moments, while others read · each death is on the ledger")
def test_it_finds_out_that_a_death_is_not_on_the_ledger(tmp_path: Path) -> None:
    killed = ["--publications", "10", "--kills", "8", "--each", "0", "--readers", "0"]
    code, said = tried(tmp_path, str(BROKEN), "mark", "--short", *killed)
    assert code == 1, said
    assert "not once on the ledger: the death of refresh" in said


def test_every_disturbance_comes_as_often_as_said_in_an_order_of_chance() -> None:
    for wanted in (SHORT, FULL):
        steps = plan(wanted, random.Random(1))
        counted = Counter(steps)
        assert len(steps) == wanted.publications
        assert sum(counted[kind] for kind in KILLS) == wanted.kills
        assert {counted[kind] for kind in OTHERS} == {wanted.each}
        assert all(counted[kind] for kind in KILLS)
        assert steps == plan(wanted, random.Random(1)) != plan(wanted, random.Random(2))


def test_what_only_something_half_done_leaves_is_found(tmp_path: Path) -> None:
    var = VarFolder("kleinstadt", tmp_path).create()
    names = [
        "announced.json", "archive/objects/.incoming-x", "begun.json", "objects/a.parquet.partial", "releases/monitoring.duckdb.wal",
        "staging/a.parquet",
    ]  # fmt: skip
    for name in [*names, "objects/a.parquet", "ledger.jsonl"]:
        (var.folder / name).parent.mkdir(exist_ok=True)
        (var.folder / name).write_text("x")
    assert left_behind(var) == names


def test_a_closed_folder_keeps_out_root_too_and_is_open_again_afterwards(tmp_path: Path) -> None:
    child = os.fork()
    if not child:
        try:
            mind_rights()
            with closed(tmp_path):
                (tmp_path / "inside").write_text("x")
        except PermissionError:
            os._exit(0)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    (tmp_path / "afterwards").write_text("x")


def test_the_section_says_what_is_broken() -> None:
    seen = Seen(told=[Told(parquet=3, failed=["x"])], broken=["lost: line 7 of the ledger"])
    text = section(seen, 1, 2.0, 9, "What it does.", is_disk=False)
    assert text.startswith(HEADING)
    assert "| 1 | 3 | 0 | 0 | 1 | 0 |" in text
    assert "lost: 1." in text
    assert "**Broken:**\n\n- lost: line 7" in text
