"""A publication killed at any step: readers see one whole release, the ledger is whole, the next refresh works."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import crash_rig
import exports
import pytest

from release import ledger, refusal, store
from release.layout import VarFolder
from release.reason import Reason

RIG = Path(crash_rig.__file__)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def attempts(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    place = tmp_path_factory.mktemp("crash")
    var = VarFolder("nordwaerts", place / "var").create()
    first = store.publish(exports.write_export(place / "first", "first", figure=1), exports.meta("first"), var)
    ledger.append(var, "published", at=exports.NIGHT, release_id=first.release_id)
    ledger.append(var, "refused", at=exports.NIGHT, reasons=[Reason("abgelehnt", "refused")])
    refusal.follow(var)
    export = exports.write_export(place / "second", "second", figure=2)
    done = subprocess.run(
        [sys.executable, str(RIG), str(var.root), str(export), str(place / "scratch")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(RIG.parents[2]), str(RIG.parent)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_killed_before_any_step(attempts: list[dict[str, Any]]) -> None:
    *killed, undisturbed = attempts
    assert len(killed) > 25, "the rig no longer reaches the steps of a publication"
    assert undisturbed["code"] == 0
    assert undisturbed["ledger"] == ["published", "refused", "published"]
    for attempt in attempts:
        assert attempt["is_whole"], attempt
        assert attempt["next_code"] == 0, attempt
        assert attempt["next_is_second"] and attempt["next_is_whole"], attempt
        assert attempt["leftovers"] == [], attempt
        assert not attempt["refusal_stands"], attempt


def test_readers_are_switched_once_and_the_ledger_makes_up_for_it(attempts: list[dict[str, Any]]) -> None:
    figures = [attempt["figure"] for attempt in attempts]
    assert figures == sorted(figures), "readers went back to the old figures"
    switched_unrecorded = [a for a in attempts if a["figure"] == 2 and a["ledger"] == ["published", "refused"]]
    assert switched_unrecorded, "no attempt died between the switch and the ledger line"
    for attempt in switched_unrecorded:
        assert attempt["next_ledger"] == ["published", "refused", "recovered", "published"]
    for attempt in attempts:
        if attempt["figure"] == 1:
            assert attempt["ledger"] == ["published", "refused"]
            assert attempt["next_ledger"] == ["published", "refused", "published"]
