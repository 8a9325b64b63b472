"""A var folder with two releases and a refused night, made as a refresh makes them, and a way to call commands."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "release"))

import exports  # noqa: E402

from release import ledger, refusal, store  # noqa: E402
from release.layout import VarFolder  # noqa: E402
from release.reason import Reason  # noqa: E402

Run = Callable[..., subprocess.CompletedProcess[str]]
REASON = Reason(
    de="In Zeile 12 steht „k.A.“ statt einer Zahl.",
    en="Line 12 says 'k.A.' instead of a number.",
    remedy_de="Zahl nachtragen und neu liefern.",
    remedy_en="Enter the number and deliver again.",
    source="arbeitsagentur",
    file="arbeitslose_2024.csv, Zeile 12",
    rule="number",
)


@dataclass(frozen=True)
class Office:
    """A var folder as the data office finds it in the morning: `old` and `new` release, then a refusal."""

    var: VarFolder
    old: str
    new: str


def _publish(var: VarFolder, place: Path, label: str, figure: int, night: int) -> str:
    as_of_on = exports.AS_OF + dt.timedelta(days=night)
    export = exports.write_export(place / label, label, figure)
    found = store.publish(export, exports.meta(label, as_of_on=as_of_on), var)
    ledger.append(
        var,
        "published",
        at=exports.NIGHT + dt.timedelta(days=night),
        release_id=found.release_id,
        inputs_sha256=found.inputs_sha256,
        as_of_on=as_of_on,
        is_synthetic=True,
    )
    return found.release_id


@pytest.fixture
def office(tmp_path: Path) -> Office:
    var = VarFolder("nordwaerts", tmp_path / "var").create()
    old = _publish(var, tmp_path, "first", 1, 0)
    new = _publish(var, tmp_path, "second", 2, 1)
    ledger.append(var, "refused", at=exports.NIGHT + dt.timedelta(days=2), release_id=new, reasons=[REASON, REASON])
    refusal.follow(var)
    return Office(var, old, new)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Call `nordwaerts` as a process of its own, in English unless LANG says otherwise."""

    def call(*arguments: str, lang: str = "C.UTF-8", python: tuple[str, ...] = ("-m", "cli.main"), **more: str):
        places = {"NORDWAERTS_VAR": str(tmp_path / "var"), "NORDWAERTS_INBOX": str(tmp_path / "inbox")}
        environment = {**os.environ, **places, "LANG": lang, "TZ": "UTC", **more}
        return subprocess.run(
            [sys.executable, *python, *arguments],
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return call
