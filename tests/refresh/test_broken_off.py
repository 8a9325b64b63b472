"""A publication that breaks off around the switch of readers: what it leaves, and what the next start makes of it.

`make trial-chaos` does the same at random moments; here each moment is one test.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from made_up_office import places
from nightly_office import Killed, NightlyOffice, before_the_second_night

from refresh.run import RefreshRun
from release import ledger, reading, store
from release.verifying import verified

Point = Callable[[Path, str], None]
CLUBS = "vereine__plaetze"


@pytest.fixture
def office(tmp_path: Path) -> NightlyOffice:
    return before_the_second_night(tmp_path)


def die_at_the_switch(patch: pytest.MonkeyPatch, point: Point) -> None:
    """Let the next night meet this in place of the switch, and die of what it raises."""
    patch.setattr(store, "point", point)
    patch.setattr(RefreshRun, "close_unfinished", lambda _run, _error: None)


def outcomes(office: NightlyOffice) -> list[str]:
    return [entry.outcome for entry in ledger.read(office.var)]


def killed_before_the_switch(office: NightlyOffice) -> str:
    """A night that dies with its release whole; the name of that release."""

    def never(_link: Path, _target: str) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        die_at_the_switch(patch, never)
        with pytest.raises(Killed):
            office.night()
    seen = reading.current(office.var)
    assert seen is not None
    [orphan] = set(reading.release_ids(office.var)) - {seen.release_id}
    return orphan


def killed_after_the_switch(office: NightlyOffice) -> AbstractContextManager[object]:
    """Let the next night die between the switch and its line."""

    def die() -> None:
        raise Killed

    office.hooks = {"switched": die}
    return pytest.raises(Killed)


def test_a_release_readers_never_saw_is_gone_after_the_next_night_and_verify_finds_nothing(
    office: NightlyOffice,
) -> None:
    orphan = killed_before_the_switch(office)
    assert [reason.rule for reason in verified(office.var, None).findings], "until then it is a release nobody knows"
    office.put("vereine", "2021.csv", places(2021, ("01", "11")))  # so the next release is another one
    assert office.night().outcome == "published"
    assert orphan not in reading.release_ids(office.var)
    assert verified(office.var, None).findings == ()


def test_the_same_deliveries_make_it_anew(office: NightlyOffice) -> None:
    killed_before_the_switch(office)
    assert office.night().outcome == "published"
    assert verified(office.var, None).findings == ()


def test_a_release_the_ledger_does_not_know_stays_where_no_publication_broke_off(office: NightlyOffice) -> None:
    """It may be one whose line was lost: an older ledger was put back."""
    orphan = killed_before_the_switch(office)
    office.var.announced.unlink()
    store.recover(office.var, office.clock)
    assert orphan in reading.release_ids(office.var)


def test_what_readers_saw_stays_though_a_crash_kept_it_from_the_ledger(
    office: NightlyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RefreshRun, "close_unfinished", lambda _run, _error: None)
    with killed_after_the_switch(office):
        office.night()
    seen = reading.current(office.var)
    store.recover(office.var, office.clock)
    assert reading.current(office.var) == seen
    assert outcomes(office) == ["published", "died", "recovered"]
    assert not office.var.announced.exists()


def test_a_rollback_after_a_crash_first_says_what_readers_saw(
    office: NightlyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first] = reading.release_ids(office.var)
    monkeypatch.setattr(RefreshRun, "close_unfinished", lambda _run, _error: None)
    with killed_after_the_switch(office):
        office.night()
    store.rollback(office.var, first, office.clock)
    assert outcomes(office) == ["published", "died", "recovered", "rolled_back"]
    monkeypatch.undo()
    assert office.night().outcome == "published"  # which also names the receipts of the night that died
    assert verified(office.var, None).findings == ()


def test_the_line_made_up_for_says_what_was_replaced_also_where_the_refresh_broke_by_itself(
    office: NightlyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The switch stood, then the disk failed: the refresh says `broken`, the next start what it had published."""
    point = store.point  # type: ignore[attr-defined]

    def fail_afterwards(link: Path, target: str) -> None:
        point(link, target)
        raise OSError

    office.put("vereine", "2020.csv", places(2020, ("01", "11")))
    with monkeypatch.context() as patch:
        patch.setattr(store, "point", fail_afterwards)
        with pytest.raises(OSError):
            office.night()
    assert office.night().outcome == "unchanged"
    assert outcomes(office) == ["published", "broken", "recovered", "unchanged"]
    recovered = ledger.read(office.var)[2]
    assert recovered.superseded.keys() == {CLUBS}, "the first delivery of that year, which 2020.csv replaced"
    assert not office.var.announced.exists()
    assert verified(office.var, None).findings == ()


# What lies elsewhere is evidence, and what is torn there is named and never passed over.
EVIDENCE = ("archive", "objects", "releases", "sources", "signing", "ledger.jsonl", "ledger_head.json")


@pytest.mark.parametrize("kept", [0.0, 0.5], ids=["nothing of it", "half of it"])
def test_after_a_kill_that_tore_every_work_file_the_next_night_publishes(office: NightlyOffice, kept: float) -> None:
    torn = []

    def die() -> None:
        for path in office.var.folder.rglob("*"):
            if (
                path.is_file()
                and not path.is_symlink()
                and path.relative_to(office.var.folder).parts[0] not in EVIDENCE
            ):
                content = path.read_bytes()
                path.unlink()  # what a release shares with it stays whole
                path.write_bytes(content[: int(len(content) * kept)])
                torn.append(path.relative_to(office.var.folder).parts[0])
        raise Killed

    office.hooks = {"promoted": die}
    with pytest.raises(Killed):
        office.night()
    assert {"begun.json", "build", "landed", "last_refresh.json", "rejected", "vintages"} <= set(torn)
    assert office.night().outcome == "published"
    assert verified(office.var, None).findings == ()
