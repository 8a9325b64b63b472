"""The sensor asks for a refresh once per change of the inbox, and never while somebody still copies."""

import os
import time
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import JOB
from orchestration.inbox_sensor import inbox_sensor, listed
from release.layout import VarFolder
from release.lock import refresh_lock


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / "ehrenamt").mkdir(parents=True)
    return folder


def put(inbox: Path, name: str, text: str, changed_at: float = 0) -> None:
    path = inbox / "ehrenamt" / name
    path.write_text(text, encoding="utf-8")
    if changed_at >= 0:
        os.utime(path, (changed_at, changed_at))


def var_of(inbox: Path) -> VarFolder:
    return VarFolder("stadt", inbox.parent / "var")


def ask(inbox: Path, cursor: str | None) -> tuple[int, str | None]:
    """How many runs the sensor asks for, and its new cursor; a skipped one keeps its cursor."""
    with dg.build_sensor_context(cursor=cursor) as context:
        answer = inbox_sensor(JOB, inbox, var_of(inbox))(context)
    if isinstance(answer, dg.SkipReason):
        return 0, cursor
    assert isinstance(answer, dg.SensorResult)
    assert all(request.run_key is None for request in answer.run_requests or []), "Dagster runs a key only once"
    return len(answer.run_requests or []), answer.cursor


def test_a_closed_folder_does_not_stop_the_sensor(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be listed and not be entered; what else lies in the inbox is seen."""
    put(inbox, "a.csv", "1")
    put(inbox, "closed.csv", "1")
    look = Path.stat

    def closed(path: Path, **more: bool) -> os.stat_result:
        if path.name == "closed.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return look(path, **more)

    monkeypatch.setattr(Path, "stat", closed)
    assert [name for name, _, _ in listed(inbox)] == ["ehrenamt/a.csv"]


def test_each_change_of_the_inbox_is_one_run(inbox: Path) -> None:
    put(inbox, "a.csv", "1")
    runs, cursor = ask(inbox, None)
    assert runs == 1
    assert ask(inbox, cursor) == (0, cursor)
    for change in (
        lambda: put(inbox, "a.csv", "12"),
        lambda: put(inbox, "b.csv", "1"),
        (inbox / "ehrenamt" / "a.csv").unlink,
    ):
        change()
        runs, after = ask(inbox, cursor)
        assert (runs, after != cursor) == (1, True)
        cursor = after


def test_whoever_still_copies_is_waited_for(inbox: Path) -> None:
    put(inbox, "a.csv", "1", changed_at=-1)
    assert ask(inbox, None) == (0, None)


def test_an_inbox_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    runs, cursor = ask(tmp_path / "none", None)
    assert ask(tmp_path / "none", cursor) == (0, cursor)
    assert runs == 1


def test_while_a_refresh_runs_the_change_is_kept_for_later(inbox: Path) -> None:
    put(inbox, "a.csv", "1")
    with refresh_lock(var_of(inbox)):
        assert ask(inbox, None) == (0, None)
    assert ask(inbox, None)[0] == 1


def test_a_file_from_the_future_is_not_waited_for(inbox: Path) -> None:
    put(inbox, "a.csv", "1", changed_at=time.time() + 86_400)
    assert ask(inbox, None)[0] == 1
