"""Which releases go and which stay: by age, month and year ends, sentences, pins; and that nothing else goes with them."""

import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import exports
import pytest

from release import ledger, listing, reading, retention, store
from release.backup import backup
from release.layout import VarFolder
from release.ledger import Pin
from release.reading import ReleaseMissing
from release.restore import restore
from release.retention import PinMissed, Rule

BERLIN = ZoneInfo("Europe/Berlin")
RULE = Rule(90, 730, BERLIN)


def _publish(var: VarFolder, place: Path, day: dt.date, figure: int = 0) -> str:
    """A release published at 04:00 in Dortmund on a day, with its ledger line."""
    label, at = f"{day} {figure}", dt.datetime.combine(day, dt.time(4), BERLIN)
    export = exports.write_export(place / label, label, figure or day.toordinal())
    found = store.publish(export, exports.meta(label, as_of_on=day), var)
    ledger.append(var, "published", at=at, release_id=found.release_id, inputs_sha256=found.inputs_sha256)
    return found.release_id


def _every(days: int, since: dt.date, count: int) -> list[dt.date]:
    return [since + dt.timedelta(days=days * number) for number in range(count)]


def _night(var: VarFolder, now: dt.datetime, rule: Rule = RULE) -> list[str]:
    """A night without news: what goes is noted on its line, then removed."""
    going = retention.due(var, rule, now)
    ledger.append(var, "unchanged", at=now, let_go=going)
    store.collect(var)
    return going


@pytest.fixture
def fortnightly(var: VarFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[dt.date, str]:
    """A release every other week of three years and a half, by the day it was published; no database, nothing synced."""
    with monkeypatch.context() as quick:
        quick.setattr(os, "fsync", lambda _: None)
        quick.setattr(store, "build_database", lambda path, *_: path.touch())
        return {day: _publish(var, tmp_path, day) for day in _every(14, dt.date(2022, 9, 1), 90)}


def _now(fortnightly: dict[dt.date, str]) -> dt.datetime:
    return dt.datetime.combine(max(fortnightly) + dt.timedelta(days=1), dt.time(4), BERLIN)


def test_what_stays_is_what_readers_saw_on_each_recent_day_and_at_each_month_and_year_end(
    fortnightly: dict[dt.date, str], var: VarFolder
) -> None:
    """Told a second way: for each such day, the last publication on or before it."""
    now = _now(fortnightly)
    today = now.date()

    def seen_on(day: dt.date) -> str:
        return fortnightly[max(each for each in fortnightly if each <= day)]

    days = [today - dt.timedelta(days=age) for age in range(1, 91)]
    ends = [dt.date(y + m // 12, m % 12 + 1, 1) - dt.timedelta(days=1) for y in range(2022, 2027) for m in range(12)]
    past = [day for day in ends if min(fortnightly) <= day < today]
    expected = {seen_on(day) for day in days}
    expected |= {seen_on(day) for day in past if day.month == 12 or (today - day).days <= 730}
    gone = _night(var, now)
    assert set(gone) == set(fortnightly.values()) - expected and len(gone) > 50
    assert set(reading.release_ids(var)) == expected
    assert ledger.last(var).let_go == tuple(sorted(gone))  # type: ignore[union-attr]
    assert _night(var, now + dt.timedelta(hours=1)) == []


def test_objects_and_figures_of_what_stays_are_untouched_and_the_rest_is_gone(
    fortnightly: dict[dt.date, str], var: VarFolder
) -> None:
    before = {path: path.read_bytes() for path in var.releases.glob("????-??-??-*/internal/*.parquet")}
    _night(var, _now(fortnightly))
    for release in reading.all_releases(var):
        for mart, table in release.manifest.tables.items():
            assert release.mart_path(mart).read_bytes() == before[release.mart_path(mart)]
            assert release.mart_path(mart).samefile(var.objects / f"{table.sha256}.parquet")
    wanted = {t.sha256 for release in reading.all_releases(var) for t in release.manifest.tables.values()}
    assert {path.stem for path in var.objects.iterdir()} == wanted
    assert ledger.verify_chain(var) == len(fortnightly) + 1


def test_a_sentence_keeps_what_readers_saw_on_its_day(fortnightly: dict[dt.date, str], var: VarFolder) -> None:
    published = dt.date(2023, 2, 2)
    said = replace(RULE, said_on=(published + dt.timedelta(days=3), dt.date(1999, 1, 1), dt.date(2099, 1, 1)))
    assert fortnightly[published] in retention.due(var, RULE, _now(fortnightly))
    assert fortnightly[published] not in retention.due(var, said, _now(fortnightly))
    assert retention.kept(var, said, _now(fortnightly))[fortnightly[published]] == ["claim"]
    assert len(retention.due(var, RULE, _now(fortnightly))) == len(retention.due(var, said, _now(fortnightly))) + 1


def test_a_person_keeps_a_release_on_record_and_frees_it_again(
    fortnightly: dict[dt.date, str], var: VarFolder, tmp_path: Path
) -> None:
    old, now = fortnightly[dt.date(2023, 2, 2)], _now(fortnightly)
    retention.pin(var, Pin(old, "handed to the court of audit", "K. Muster"), now)
    assert old not in _night(var, now)
    with pytest.raises(PinMissed, match="pinned already"):
        retention.pin(var, Pin(old, "again"), now)
    (tmp_path / "inbox").mkdir()
    backup(var, tmp_path / "inbox", tmp_path / "safe", now)
    elsewhere = VarFolder("nordwaerts", tmp_path / "elsewhere")
    restore(tmp_path / "safe", elsewhere, None)
    assert retention.pins(elsewhere) == {old: Pin(old, "handed to the court of audit", "K. Muster")}
    assert old not in _night(elsewhere, now + dt.timedelta(days=1))
    retention.unpin(elsewhere, Pin(old, "returned"), now + dt.timedelta(days=2))
    assert _night(elsewhere, now + dt.timedelta(days=2)) == [old]
    assert reading.release(var, old) and old not in reading.release_ids(elsewhere)


@pytest.mark.parametrize("because", ["", "  "])
def test_no_pin_without_a_reason_or_of_what_is_not_there(publish, var: VarFolder, because: str) -> None:
    found = publish("first")
    for asked, error in (
        (Pin(found.release_id, because), PinMissed),
        (Pin("2026-03-02-00000000", "why"), ReleaseMissing),
    ):
        with pytest.raises(error):
            retention.pin(var, asked, exports.NIGHT)
    with pytest.raises(PinMissed, match="is not pinned"):
        retention.unpin(var, Pin(found.release_id, "why"), exports.NIGHT)
    with pytest.raises(PinMissed):
        retention.pin(var, Pin(found.release_id, "why", " "), exports.NIGHT)
    assert len(ledger.read(var)) == 1


def test_a_pin_is_no_decision_about_a_delivery(publish, var: VarFolder) -> None:
    from release.standing import standing

    found = publish("first")
    before = standing(var)
    retention.pin(var, Pin(found.release_id, "why"), exports.NIGHT)
    assert standing(var) == before


def test_the_current_release_and_the_one_before_stay_however_old(var: VarFolder, tmp_path: Path) -> None:
    ids = [_publish(var, tmp_path, day) for day in (dt.date(2010, 3, 3), dt.date(2010, 3, 4), dt.date(2010, 3, 5))]
    store.rollback(var, ids[1], dt.datetime(2010, 3, 6, 4, tzinfo=dt.UTC))
    for day in _every(30, dt.date(2010, 4, 1), 150):  # a refused night falls back to what readers see
        _night(var, dt.datetime.combine(day, dt.time(4), dt.UTC), replace(RULE, month_ends_for_days=0))
    assert reading.release_ids(var) == ids[1:]
    assert reading.current(var).release_id == ids[1]  # type: ignore[union-attr]


def test_what_readers_saw_until_lately_stays_though_it_was_published_long_ago(var: VarFolder, tmp_path: Path) -> None:
    ids = [_publish(var, tmp_path, day) for day in (dt.date(2026, 1, 5), dt.date(2026, 6, 10), dt.date(2026, 6, 11))]
    assert retention.due(var, replace(RULE, month_ends_for_days=0), dt.datetime(2026, 6, 20, tzinfo=dt.UTC)) == []
    going = retention.due(
        var, replace(RULE, month_ends_for_days=0, all_for_days=5), dt.datetime(2026, 6, 20, tzinfo=dt.UTC)
    )
    assert going == ids[:1]


def test_a_clock_that_leapt_lets_nothing_go(fortnightly: dict[dt.date, str], var: VarFolder) -> None:
    assert retention.due(var, RULE, _now(fortnightly)) != []
    assert retention.due(var, RULE, _now(fortnightly) + dt.timedelta(days=40)) == []
    assert retention.due(var, RULE, dt.datetime(2022, 9, 2, tzinfo=dt.UTC)) == [], "nor one that was set back"


def test_what_the_ledger_never_showed_readers_has_no_age(fortnightly: dict[dt.date, str], var: VarFolder) -> None:
    folder = var.releases / "2021-01-01-0123abcd"
    (folder / "internal").mkdir(parents=True)
    (folder / "manifest.json").write_bytes((var.current / "manifest.json").read_bytes())
    assert folder.name not in _night(var, _now(fortnightly))
    assert folder.is_dir()


def test_a_crash_between_the_line_and_the_removal_is_made_up_for(
    fortnightly: dict[dt.date, str], var: VarFolder
) -> None:
    now = _now(fortnightly)
    going = retention.due(var, RULE, now)
    ledger.append(var, "unchanged", at=now, let_go=going)
    (var.releases / going[0]).rename(var.releases / f"{going[0]}.partial")  # and in the middle of it
    store.recover(var, now)
    assert set(going[1:]) <= set(reading.release_ids(var))
    store.collect(var)
    assert not set(going).intersection(reading.release_ids(var))
    assert not list(var.releases.glob("*.partial"))


def test_what_readers_came_back_to_after_it_was_let_go_stays(fortnightly: dict[dt.date, str], var: VarFolder) -> None:
    """It was let go, a crash kept its folder, and readers were switched to it, or a person pinned it."""
    now = _now(fortnightly)
    first, second, *others = retention.due(var, RULE, now)
    ledger.append(var, "unchanged", at=now, let_go=[first, second, *others])
    store.rollback(var, first, now)
    retention.pin(var, Pin(second, "still needed"), now)
    store.collect(var)
    assert {first, second} <= set(reading.release_ids(var))
    assert not set(others).intersection(reading.release_ids(var))


def test_an_object_a_manifest_names_stays_though_a_copy_of_the_folder_lost_its_links(publish, var: VarFolder) -> None:
    found = publish("first")
    for mart, table in found.manifest.tables.items():
        path = var.objects / f"{table.sha256}.parquet"
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
        assert path.stat().st_nlink == 1, mart
    stray = var.objects / ("0" * 64 + ".parquet")
    stray.write_bytes(b"of no release")
    assert store.collect(var) == [stray]


def test_a_line_names_what_it_let_go_and_lines_without_it_are_still_read(var: VarFolder) -> None:
    ledger.append(var, "unchanged", at=exports.NIGHT)
    ledger.append(var, "unchanged", at=exports.NIGHT, let_go=["2026-03-02-bbbbbbbb", "2026-03-02-aaaaaaaa"])
    ledger.append(var, "pinned", at=exports.NIGHT, pin=Pin("2026-03-02-aaaaaaaa", "why"))
    plain, named, pinned = ledger.read(var)
    assert (plain.let_go, plain.pin) == ((), None)
    assert not {"let_go", "pin"} & set(json.loads(var.ledger.read_text().splitlines()[0]))
    assert named.let_go == ("2026-03-02-aaaaaaaa", "2026-03-02-bbbbbbbb")
    assert pinned.pin == Pin("2026-03-02-aaaaaaaa", "why", None)


def test_the_list_says_why_each_is_kept(fortnightly: dict[dt.date, str], var: VarFolder) -> None:
    now = _now(fortnightly)
    retention.pin(var, Pin(fortnightly[dt.date(2023, 2, 2)], "why"), now)
    _night(var, now)
    listing.remember(var, retention.kept(var, RULE, now))
    told = {row.release_id: row for row in listing.listed(var)}
    assert told[fortnightly[dt.date(2023, 2, 2)]].pin == Pin(fortnightly[dt.date(2023, 2, 2)], "why")
    assert told[fortnightly[dt.date(2022, 12, 22)]].grounds == ("year_end",)
    assert all(row.grounds for row in told.values())
