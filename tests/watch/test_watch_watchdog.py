"""A night without a ledger line is told after the hour it must be over by, and no other night is."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from made_up_nights import REASON

from cli.main import main
from release import ledger
from watch.watchdog import missed_night

SIX = dt.time(6)
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize("outcome", ledger.REFRESHES)
def test_whatever_a_refresh_came_to_is_a_night_that_took_place(nights, outcome) -> None:
    nights.end(outcome, REASON, label="a")  # 2026-03-02, 04:00 in Berlin
    assert missed_night(nights.var, SIX, at("2026-03-02 06:00")) is None
    assert missed_night(nights.var, SIX, at("2026-03-03 05:59")) is None, "it is not yet time"
    told = missed_night(nights.var, SIX, at("2026-03-03 06:00"))
    assert told and told.key == "missed:2026-03-03"
    assert told.de.startswith("Bis 03.03.2026, 06:00 hat keine Aktualisierung von „nordwaerts“ geendet: kein Stand,")


@pytest.mark.parametrize("outcome", ["rolled_back", "recovered"])
def test_what_is_no_end_of_a_refresh_does_not_count(nights, outcome) -> None:
    nights.end(outcome, release_id="2026-03-02-00000000")
    assert missed_night(nights.var, SIX, at("2026-03-02 06:00"))


@pytest.mark.parametrize(
    ("now", "is_missed"),
    [
        pytest.param("2026-03-02 15:59", False, id="begun twelve hours before six"),
        pytest.param("2026-03-02 23:59", False, id="late the same day"),
        pytest.param("2026-03-03 00:01", False, id="the next night has until six"),
        pytest.param("2026-03-03 09:00", True, id="a machine switched on in the morning"),
    ],
)
def test_the_hours_of_a_night(nights, now: str, is_missed: bool) -> None:
    nights.end("unchanged", label="a")
    assert (missed_night(nights.var, SIX, at(now)) is not None) is is_missed


def test_a_refresh_of_the_evening_before_is_the_nights(nights) -> None:
    nights.end("unchanged", label="a")  # 04:00
    assert missed_night(nights.var, dt.time(15, 59), at("2026-03-02 16:00")) is None
    assert missed_night(nights.var, dt.time(16, 1), at("2026-03-02 16:02")) is not None


def test_the_night_the_clocks_change(nights) -> None:
    nights.night = 27  # 2026-03-29, 03:00 UTC is 05:00 in Berlin, one hour later than the day before
    nights.end("unchanged", label="a")
    assert missed_night(nights.var, SIX, at("2026-03-29 06:00")) is None


def test_a_damaged_ledger_is_a_missed_night_with_its_sentence(nights) -> None:
    nights.var.ledger.write_text("half a line")
    told = missed_night(nights.var, SIX, at("2026-03-02 06:00"))
    assert told and "ledger.jsonl, Zeile 1: Die Zeile ist abgeschnitten." in told.de


def watchdog(nights, *arguments: str):
    by = ["--by", "00:00"]  # whenever this test runs, it is later
    environment = {"NORDWAERTS_VAR": str(nights.var.root)}
    return CliRunner().invoke(main, ["--lang", "de", "watchdog", *by, *arguments], env=environment)


def test_the_command_speaks_only_of_a_missed_night(nights, hook, declare) -> None:
    declare(f"channels:\n  - {{name: chat, kind: webhook, url: '{hook.url}'}}\n")
    done = watchdog(nights)
    assert (done.exit_code, done.output.startswith("Bis ")) == (2, True)
    assert hook.posts == []
    for _ in range(2):
        assert watchdog(nights, "--notify").exit_code == 2
    [post] = hook.posts
    assert [told["kind"] for told in post["notices"]] == ["missed"]
    nights.night = (dt.datetime.now(dt.UTC) - dt.datetime(2026, 3, 2, 3, tzinfo=dt.UTC)).days + 1
    nights.end("unchanged", label="a")
    assert (watchdog(nights).exit_code, watchdog(nights).output) == (0, "")


def test_wrong_hours_are_wrong_usage(nights) -> None:
    assert watchdog(nights, "--by", "25:00").exit_code == 1
