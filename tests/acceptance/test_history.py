"""Deliveries over time: what stays in force, what a rollback undoes, and what real and sample never share."""

import shutil
from pathlib import Path

import duckdb
from refreshed_city import City
from refreshing import SAMPLE, command

from release import ledger
from release.layout import VarFolder


def _events(city: City) -> int:
    with duckdb.connect(str(city.var.current / "monitoring.duckdb"), read_only=True) as connection:
        return int(connection.execute("select count(*) from fct_participation_event").fetchall()[0][0])


def test_a_delivery_stays_in_force_when_its_file_is_taken_away(city: City) -> None:
    shutil.rmtree(city.place / "beteiligungsplattform")
    record = city.refresh()
    assert record.outcome == "unchanged", [reason.en for reason in record.reasons]


def test_the_night_after_a_replaced_delivery_is_unchanged(night_of_volunteers: City, tmp_path: Path) -> None:
    """The replaced file counted when its successor came; it must not count the night after."""
    assert night_of_volunteers.copy(tmp_path).refresh().outcome == "unchanged"


def test_a_rollback_and_withdrawing_the_file_undo_a_delivery_for_good(
    published: Path, night_of_a_reader: City, night_after_a_rollback: City
) -> None:
    before = _events(City(VarFolder("nordwaerts", published), SAMPLE))
    assert _events(night_of_a_reader) == before - 1, "one meeting less was delivered"
    outcomes = [entry.outcome for entry in ledger.read(night_after_a_rollback.var)]
    assert outcomes == ["published", "published", "rolled_back", "unchanged", "published"]
    assert _events(night_after_a_rollback) == before, "the withdrawn delivery must not come back"


def test_sample_files_in_the_inbox_are_not_taken_for_real(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "inbox" / "nordwaerts")
    done = command("refresh", var=tmp_path / "var", NORDWAERTS_INBOX=str(tmp_path / "inbox"))
    assert done.returncode == 2, done.stdout + done.stderr
    assert "is a sample delivery, not a real one" in done.stdout


def test_an_empty_inbox_is_refused_with_the_place_to_put_files(tmp_path: Path) -> None:
    done = command("refresh", var=tmp_path / "var", NORDWAERTS_INBOX=str(tmp_path / "inbox"))
    assert done.returncode == 2, done.stdout + done.stderr
    assert str(tmp_path / "inbox" / "nordwaerts" / "ehrenamt" / "ehrenamt_*.csv") in done.stdout
    assert done.stdout.count("There is no delivery") == 7, "once for each source"
