"""The log: structured events within bounds, traces of what broke off without a delivered value, and never in the way."""

import datetime as dt
import json
from pathlib import Path

import exports
import pytest

from programmes.errors import StatedError
from release import log
from release.layout import VarFolder

VALUE = "Erika Muster, 4711"


@pytest.fixture
def var(tmp_path: Path) -> VarFolder:
    return VarFolder("nordwaerts", tmp_path).create()


def events(var: VarFolder) -> list[dict]:
    return [json.loads(line) for line in (var.log / "refresh.jsonl").read_text(encoding="utf-8").splitlines()]


def broken(var: VarFolder, error: BaseException, second: int = 0) -> str:
    try:
        raise error
    except BaseException as raised:
        named = log.trace(var, raised, exports.NIGHT + dt.timedelta(seconds=second))
    assert named
    return (var.folder / named).read_text(encoding="utf-8")


def test_an_event_is_one_object_a_line(var: VarFolder) -> None:
    log.event(var, "begun", exports.NIGHT, as_of_on=exports.AS_OF)
    log.event(var, "ended", exports.NIGHT, outcome="published", seconds=1.5)
    assert events(var) == [
        {"at": "2026-03-02T03:00:00Z", "programme": "nordwaerts", "event": "begun", "as_of_on": "2026-03-02"},
        {
            "at": "2026-03-02T03:00:00Z",
            "programme": "nordwaerts",
            "event": "ended",
            "outcome": "published",
            "seconds": 1.5,
        },
    ]
    assert var.log.stat().st_mode & 0o077 == 0


def test_the_log_turns_over_and_stays_within_bounds(var: VarFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_BYTES", 300)
    for count in range(50):
        log.event(var, "ended", exports.NIGHT, count=count)
    files = sorted(path.name for path in var.log.iterdir())
    assert files == ["refresh.jsonl", *(f"refresh.jsonl.{n}" for n in range(1, 10))]
    assert sum(path.stat().st_size for path in var.log.iterdir()) <= 10 * 300
    assert events(var)[-1]["count"] == 49


@pytest.mark.attack("personal data in the text of a library's error · not in the log")
def test_a_trace_names_types_and_places_and_no_text_of_a_foreign_error(var: VarFolder) -> None:
    try:
        int(VALUE)
    except ValueError as cause:
        wrapped = KeyError(VALUE)
        wrapped.__cause__ = cause
    text = broken(var, wrapped)
    assert VALUE not in text and "Muster" not in text
    first, _, last = text.partition("\nled to\n")
    assert first.startswith("ValueError\n") and last.startswith("KeyError\n")
    assert f"{__file__}:" in text and ":test_a_trace_names_types" in text and ":broken" in text


def test_a_trace_keeps_what_this_project_says(var: VarFolder) -> None:
    assert "StatedError: the folder is gone\n" in broken(var, StatedError("der Ordner ist weg", "the folder is gone"))


def test_the_newest_traces_are_kept(var: VarFolder) -> None:
    for second in range(35):
        broken(var, RuntimeError(), second)
    kept = sorted(path.name for path in var.log.glob("broken-*"))
    assert (len(kept), kept[0], kept[-1]) == (30, "broken-2026-03-02T030005Z.txt", "broken-2026-03-02T030034Z.txt")


def test_a_log_that_cannot_be_written_stands_in_nobodys_way(var: VarFolder, capfd: pytest.CaptureFixture[str]) -> None:
    var.log.write_text("a file where the folder should be")
    log.event(var, "begun", exports.NIGHT)
    assert log.trace(var, RuntimeError(), exports.NIGHT) is None
    var.log.unlink()
    (var.log / "refresh.jsonl").mkdir(parents=True)
    log.event(var, "begun", exports.NIGHT)
    assert capfd.readouterr() == ("", "")
