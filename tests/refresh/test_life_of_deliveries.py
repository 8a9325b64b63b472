"""Single nights of a data office: renamed, replaced, put back, broken beside good, two at once, withdrawn, kept."""

import datetime as dt
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from made_up_office import TINY_CITY, places
from nightly_office import EVENING, Killed, NightlyOffice, before_the_first_night

from cli.refresh import exit_code, summary
from cli.status import _lines as status_lines
from cli.status import status_row
from ingest.archive import Archive
from refresh.promoting import promoted_path
from refresh.reproduction import lay_out
from refresh.run import RefreshRun
from release import decisions, last_refresh, ledger, reading, store
from release.layout import VarFolder
from release.ledger import Decision
from release.standing import standing
from watch.notices import kept_deliveries

CITY, CLUBS = "statistik__viertel", "vereine__plaetze"
CITY_2020 = (TINY_CITY / "sample" / "statistik" / "synthetisch_viertel.csv").read_text(encoding="utf-8")
NO_ROWS = "nr;jahr;plaetze\n"


@pytest.fixture
def office(tmp_path: Path) -> NightlyOffice:
    """An office after a first good night: the city, and the clubs of 2020."""
    made = before_the_first_night(tmp_path)
    assert made.night().outcome == "published"
    return made


def row_of(record, name: str) -> dict:  # type: ignore[no-untyped-def, type-arg]
    return next(row for row in record.arrivals if row["file_name"] == name)


def delivered(office: NightlyOffice, name: str) -> Decision:
    """A decision about the delivery that first came under a name."""
    for source_id in ("statistik", "vereine"):
        for receipt in Archive(office.var.archive).receipts(source_id):
            if receipt.first_name == name:
                return Decision(source_id, receipt.delivery_id, "im Test")
    raise AssertionError(name)


def figures(office: NightlyOffice) -> dict[tuple[str, str], int]:
    """Places per quarter and year, as readers see them."""
    current = reading.current(office.var)
    assert current is not None
    rows = pq.read_table(current.mart_path(f"fct_{CLUBS}")).to_pylist()
    return {(row["area_id"], row["period"]): int(row["value"]) for row in rows}


# -- a refused night


def test_a_refused_night_promotes_no_table_and_changes_nothing_later_nights_compare_with(office: NightlyOffice) -> None:
    tables = {table.name: table for table in office.context().programme.landed_tables()}
    before = {name: promoted_path(office.var, table).read_bytes() for name, table in tables.items()}
    readers, in_force = reading.current(office.var), standing(office.var).in_force
    office.put("vereine", "2021.csv", places(2021))
    office.put("statistik", "stadt.csv", CITY_2020.splitlines()[0] + "\n")
    record = office.night()
    assert record.outcome == "refused"
    assert record.tables[CLUBS].verdict == "accepted", "this one passed, and is not promoted either"
    assert {name: promoted_path(office.var, table).read_bytes() for name, table in tables.items()} == before
    assert reading.current(office.var) == readers
    assert standing(office.var).in_force == in_force
    office.put("statistik", "stadt.csv", CITY_2020)
    assert office.night().outcome == "published"
    assert ("viertel-01", "2021") in figures(office)


def test_shrinkage_is_measured_against_readers_after_a_refused_night(office: NightlyOffice) -> None:
    """The refused night brought twice the rows; the next one is compared with what readers see, not with those."""
    office.put(
        "vereine", "mehr.csv", "".join([places(2019), *(places(y).split("\n", 1)[1] for y in range(2010, 2019))])
    )
    office.put("statistik", "stadt.csv", CITY_2020.splitlines()[0] + "\n")
    assert (record := office.night()).outcome == "refused"
    assert record.tables[CLUBS].row_count == 55, "they passed"
    (office.inbox / "vereine" / "mehr.csv").unlink()
    office.put("statistik", "stadt.csv", CITY_2020)
    office.put("vereine", "2021.csv", places(2021))
    record = office.night()
    assert (record.outcome, record.reasons) == ("published", [])
    [shrinkage] = [check for check in record.tables[CLUBS].checks if check.column_name == "shrunk_pct"]
    assert shrinkage.is_passed
    assert set(standing(office.var).in_force[CLUBS]) == {r.delivery_id for r in record.tables[CLUBS].in_force}
    assert record.tables[CLUBS].row_count == 10


# -- names


def test_the_same_bytes_under_a_corrected_name_count_under_that_name(office: NightlyOffice) -> None:
    declared = office.folder / "sources" / "vereine.yml"
    declared.write_text(
        declared.read_text(encoding="utf-8").replace(
            "    mode: by_period", "    mode: by_period\n    is_period_in_name: true"
        ),
        encoding="utf-8",
    )
    office.put("vereine", "2022.csv", places(2021))
    record = office.night()
    assert [reason.rule for reason in record.tables[CLUBS].reasons] == ["period_not_as_named"]
    (office.inbox / "vereine" / "2022.csv").rename(office.inbox / "vereine" / "2021.csv")
    record = office.night()
    assert (record.outcome, record.standing.kept) == ("published", {})
    assert row_of(record, "2021.csv")["other_names"] == ["2022.csv"]
    receipt = Archive(office.var.archive).receipts("vereine")[-1]
    assert (receipt.file_name, receipt.earlier_names) == ("2021.csv", ("2022.csv",))
    assert office.night().outcome == "unchanged"


def test_while_the_known_name_is_on_offer_a_copy_changes_nothing(office: NightlyOffice) -> None:
    shutil.copy2(office.inbox / "vereine" / "2020.csv", office.inbox / "vereine" / "andere.csv")
    assert office.night().outcome == "unchanged"
    assert Archive(office.var.archive).receipts("vereine")[0].earlier_names == ()


# -- put back, withdrawn, reinstated


def test_earlier_bytes_put_back_publish_nothing_and_are_told(office: NightlyOffice) -> None:
    office.put("vereine", "2020.csv", places(2020, ("01", "11")))
    assert office.night().outcome == "published"
    office.put("vereine", "2020.csv", places(2020))
    record = office.night()
    assert record.outcome == "unchanged"
    row = row_of(record, "2020.csv")
    assert row["state"] == "superseded"
    (other,) = row["replaced_by"]
    assert (other["file_name"], other["received_on"]) == ("2020.csv", "2022-03-03")
    assert figures(office)["viertel-01", "2020"] == 11


def test_withdrawing_lets_the_earlier_count_again_and_is_the_earlier_release(office: NightlyOffice) -> None:
    first = reading.current(office.var)
    office.put("vereine", "neu.csv", places(2020, ("01", "11")))
    assert office.night().outcome == "published"
    decision = delivered(office, "neu.csv")
    decisions.withdraw(office.var, decision, office.clock)
    (office.inbox / "vereine" / "2020.csv").unlink()  # an inbox may be tidied
    record = office.night()
    assert record.outcome == "published"
    assert figures(office)["viertel-01", "2020"] == 10
    assert reading.current(office.var) == first, "the same inputs are the same release, on whatever day"
    assert row_of(record, "neu.csv")["withdrawn_because"] == "im Test"
    assert office.night().outcome == "unchanged"
    decisions.reinstate(office.var, decision, office.clock)
    assert office.night().outcome == "published"
    assert figures(office)["viertel-01", "2020"] == 11


def test_of_two_deliveries_of_one_night_the_one_is_named_that_replaced(office: NightlyOffice) -> None:
    """A correction of 2020 and the first of 2010 in one night: 2010 is not what has to be withdrawn."""
    office.put("vereine", "2021.csv", places(2021))
    assert office.night().outcome == "published"
    for number in range(1, 5):  # whatever their SHA-256 sorts to
        office.put("vereine", f"2020 neu {number}.csv", places(2020, ("01", str(10 + number))))
        office.put("vereine", f"{2009 + number} erstmals.csv", places(2009 + number, ("02", str(10 + number))))
        record = office.night()
        assert (record.outcome, record.standing.waiting_reasons) == ("published", ())
        row = row_of(record, "2020.csv")
        assert [each["file_name"] for each in row["replaced_by"]] == [f"2020 neu {number}.csv"]
    before = standing(office.var).in_force[CLUBS]
    last = delivered(office, "2013 erstmals.csv")
    decisions.withdraw(office.var, last, office.clock)
    assert set(standing(office.var).in_force[CLUBS]) == set(before) - {last.delivery_id}


def test_withdrawing_what_replaced_nothing_refuses_and_names_the_place(office: NightlyOffice) -> None:
    decisions.withdraw(office.var, delivered(office, "stadt.csv"), office.clock)
    record = office.night()
    assert (record.outcome, [reason.rule for reason in record.reasons]) == ("refused", ["source_missing"])
    assert "statistik/*.csv" in record.reasons[0].de


def test_a_rollback_and_a_refresh_never_make_a_second_release_of_the_same_inputs(office: NightlyOffice) -> None:
    first = reading.current(office.var)
    assert first is not None
    office.put("vereine", "2021.csv", places(2021))
    assert office.night().outcome == "published"
    second = reading.current(office.var)
    store.rollback(office.var, first.release_id, office.clock)
    record = office.night()
    assert (record.outcome, record.tables) == ("published", {}), "an earlier release is shown again, without work"
    assert reading.current(office.var) == second
    assert len(reading.all_releases(office.var)) == 2


# -- several at once, broken beside good


def test_three_deliveries_of_one_night_are_not_called_two(office: NightlyOffice) -> None:
    for figure in ("11", "12", "13"):
        office.put("vereine", f"{figure}.csv", places(2021, ("01", figure)))
    [reason] = office.night().tables[CLUBS].reasons
    assert "11.csv, 12.csv, 13.csv kamen zugleich und liefern alle für 2021;" in reason.de
    assert "11.csv, 12.csv, 13.csv came at the same time and all deliver for 2021;" in reason.en


@pytest.mark.parametrize(("source", "texts"), [
    ("statistik", (CITY_2020.replace("150;70", "151;70"), CITY_2020.replace("150;70", "152;70"))),
    ("vereine", (places(2021), places(2021, ("01", "11")))),
])  # fmt: skip
def test_two_deliveries_of_one_night_for_one_period_are_refused_and_named(
    office: NightlyOffice, source: str, texts: tuple[str, str]
) -> None:
    for name, text in zip(("b.csv", "a.csv"), texts, strict=True):
        office.put(source, name, text)
    record = office.night()
    reasons = record.tables[{"statistik": CITY, "vereine": CLUBS}[source]].reasons
    assert [reason.rule for reason in reasons] == ["equally_old"]
    assert "a.csv, b.csv kamen zugleich und liefern beide" in reasons[0].de
    assert "a.csv, b.csv came at the same time and both deliver" in reasons[0].en
    assert source == "statistik" or "2021" in reasons[0].de
    (office.inbox / source / "a.csv").unlink()
    assert office.night().outcome == "published"


def test_what_was_replaced_in_the_night_it_came_is_superseded_and_listed(office: NightlyOffice) -> None:
    """A refused night leaves two deliveries of one year, the second of which the next good night takes."""
    office.put("vereine", "2021 kaputt.csv", NO_ROWS)
    office.put("vereine", "2021.csv", places(2021))
    assert office.night().standing.kept
    (office.inbox / "vereine" / "2021 kaputt.csv").unlink()
    office.put("vereine", "2021 neu.csv", places(2021, ("01", "11")))
    record = office.night()
    assert record.outcome == "published"
    older = delivered(office, "2021.csv")
    assert standing(office.var).state("vereine", older.delivery_id) == "superseded"
    assert office.night().outcome == "unchanged"
    shutil.move(office.inbox / "vereine" / "2021.csv", office.inbox / "vereine" / "wieder da.csv")
    assert office.night().outcome == "unchanged"
    current = reading.current(office.var)
    assert current is not None
    rows = pq.read_table(current.mart_path("fct_delivery")).to_pylist()
    listed = {row["file_name"]: row["verdict"] for row in rows if row["source_id"] == "vereine"}
    assert listed == {"2020.csv": "in_force", "2021.csv": "superseded", "2021 neu.csv": "in_force"}
    office.put("vereine", "2022.csv", places(2022))
    assert office.night().outcome == "published"
    current = reading.current(office.var)
    assert current is not None
    rows = pq.read_table(current.mart_path("fct_delivery")).to_pylist()
    assert "wieder da.csv" not in {row["file_name"] for row in rows}, "replaced ones keep their first name"


def test_of_two_nights_the_later_counts_and_the_summary_says_what_it_replaces(office: NightlyOffice) -> None:
    office.put("vereine", "a.csv", places(2020, ("01", "11"), ("02", "12")))
    record = office.night()
    (table,) = row_of(record, "a.csv")["tables"]
    assert (table["periods"], table["row_count"], table["rejected_count"]) == (["2020"], 5, 0)
    assert (table["added"], table["changed"], table["removed"]) == (0, 2, 0)
    assert [each["file_name"] for each in table["replaces"]] == ["2020.csv"]
    told = last_refresh.read(office.var)
    assert told["arrivals"] == record.arrivals, "status tells the same"


def test_what_an_earlier_refresh_found_is_not_told_as_the_last_ones(office: NightlyOffice) -> None:
    """A refresh that died between its line and what it found leaves the file of the night before."""
    found = last_refresh.read(office.var)
    assert found["arrivals"] and found["checks"]
    decisions.withdraw(office.var, delivered(office, "2020.csv"), office.clock)
    assert last_refresh.read(office.var) == found, "a decision is no refresh"
    ledger.append(office.var, "refused", at=office.clock)
    assert last_refresh.read(office.var) == {"arrivals": [], "passed_over": [], "checks": []}


def test_a_broken_file_beside_its_good_successor_is_named_for_removal(office: NightlyOffice) -> None:
    office.put("vereine", "2021 kaputt.csv", NO_ROWS)
    assert office.night().standing.kept
    office.put("vereine", "2021.csv", places(2021))
    record = office.night()
    (reason,) = record.tables[CLUBS].reasons
    assert reason.remedy_de == (
        "Liegt die richtige Datei schon daneben, vereine/2021 kaputt.csv aus dem Eingangsordner nehmen."
    )
    (office.inbox / "vereine" / "2021 kaputt.csv").unlink()
    record = office.night()
    assert (record.outcome, record.standing.kept) == ("published", {})
    assert ("viertel-01", "2021") in figures(office)


# -- what stands until it is cleared up


def test_a_kept_delivery_stands_night_after_night_until_it_is_cleared_up(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", NO_ROWS)
    for outcome in ("published", "unchanged", "unchanged"):
        record = office.night()
        assert record.outcome == outcome
        assert set(record.standing.kept) == {CLUBS}
        assert "vereine/2021.csv" in office.var.last_refusal.read_text(encoding="utf-8")
    office.put("vereine", "2021.csv", places(2021))
    record = office.night()
    assert (record.outcome, record.standing.kept) == ("published", {})
    assert not office.var.last_refusal.exists()


def test_a_kept_delivery_is_cleared_up_by_withdrawing_it(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", NO_ROWS)
    assert office.night().standing.kept
    decisions.withdraw(office.var, delivered(office, "2021.csv"), office.clock)
    assert not office.var.last_refusal.exists()
    record = office.night()
    assert (record.outcome, record.standing.kept) == ("published", {})


def test_a_kept_delivery_is_told_also_while_another_table_refuses(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", NO_ROWS)
    office.put("statistik", "stadt.csv", CITY_2020.splitlines()[0] + "\n")
    record = office.night()
    assert record.outcome == "refused"
    for place in (office.var.last_refusal.read_text(encoding="utf-8"), "\n".join(summary(record, 1.0))):
        assert "vereine/2021.csv" in place
        assert "statistik/stadt.csv" in place


def test_a_kept_delivery_goes_on_being_told_when_a_later_night_refuses(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", NO_ROWS)
    assert office.night().standing.kept
    (office.inbox / "vereine" / "2021.csv").unlink()
    office.put("statistik", "stadt.csv", CITY_2020.splitlines()[0] + "\n")
    assert office.night().outcome == "refused"
    row = status_row(office.var)
    told = "\n".join(status_lines(row, office.var))
    assert row["refused_at"] is not None
    for place in (told, office.var.last_refusal.read_text(encoding="utf-8")):
        assert "vereine/2021.csv" in place
        assert "statistik/stadt.csv" in place


def test_what_is_kept_is_told_every_unchanged_night_with_the_place_of_its_remedy(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", NO_ROWS)
    assert office.night().standing.kept
    record = office.night()
    assert (record.outcome, exit_code(record)) == ("unchanged", 3)
    told = "\n".join(summary(record, 1.0))
    assert "vereine/2021.csv" in told
    assert str(office.var.last_refusal) in told


def test_of_two_kept_deliveries_only_the_one_still_kept_is_told(office: NightlyOffice) -> None:
    office.put("vereine", "x.csv", NO_ROWS)
    office.put("vereine", "y.csv", NO_ROWS + "\n")
    assert office.night().standing.kept
    assert "vereine/x.csv" in office.var.last_refusal.read_text(encoding="utf-8")
    decisions.withdraw(office.var, delivered(office, "x.csv"), office.clock)
    [notice] = kept_deliveries(ledger.read(office.var))
    kept = " ".join(row["de"] for row in status_row(office.var)["kept"])
    for place in (office.var.last_refusal.read_text(encoding="utf-8"), notice.de, kept):
        assert "vereine/y.csv" in place
        assert "vereine/x.csv" not in place


def test_a_rollback_takes_along_what_was_kept_beside_the_release(office: NightlyOffice) -> None:
    first = reading.current(office.var)
    assert first is not None
    office.put("vereine", "2021.csv", NO_ROWS)
    assert office.night().standing.kept
    store.rollback(office.var, first.release_id, office.clock)
    assert not office.var.last_refusal.exists(), "beside that release nothing was kept"


def test_what_a_killed_night_kept_is_known_to_the_next(office: NightlyOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the switch of readers and the ledger line: the line made up for says what was kept, and why."""
    office.put("vereine", "2021.csv", NO_ROWS)

    def die() -> None:
        raise Killed

    office.hooks = {"switched": die}
    close = RefreshRun.close_unfinished
    monkeypatch.setattr(RefreshRun, "close_unfinished", lambda _run, _error: None)
    with pytest.raises(Killed):
        office.night()
    monkeypatch.setattr(RefreshRun, "close_unfinished", close)
    record = office.night()
    assert [line.outcome for line in ledger.read(office.var)] == ["published", "died", "recovered", "unchanged"]
    assert exit_code(record) == 3
    assert set(record.standing.kept) == {CLUBS}
    assert "vereine/2021.csv" in office.var.last_refusal.read_text(encoding="utf-8")
    assert not office.var.announced.exists()


def test_the_night_that_publishes_a_delivery_says_what_it_changes(office: NightlyOffice) -> None:
    """It came with a night that was refused for another one."""
    office.put("vereine", "neu.csv", places(2020, ("01", "11")))
    office.put("statistik", "stadt.csv", CITY_2020.splitlines()[0] + "\n")
    assert office.night().outcome == "refused"
    office.put("statistik", "stadt.csv", CITY_2020)
    record = office.night()
    assert (record.outcome, row_of(record, "neu.csv")["is_new"]) == ("published", False)
    for told in (summary(record, 1.0), status_lines(status_row(office.var), office.var)):
        assert any("1 changed" in line or "1 geändert" in line for line in told)


def test_what_is_in_force_and_cannot_be_read_any_more_names_the_way_out(office: NightlyOffice) -> None:
    """A declaration was changed; a corrected file beside the old one does not help while the old one counts."""
    declared = office.folder / "sources" / "vereine.yml"
    declared.write_text(declared.read_text(encoding="utf-8").replace("from: plaetze", "from: sitze"), encoding="utf-8")
    old = delivered(office, "2020.csv")
    (office.inbox / "vereine" / "2020.csv").unlink()
    office.put("vereine", "2020 neu.csv", places(2020).replace("plaetze", "sitze"))
    record = office.night()
    assert record.outcome == "refused"
    assert f"nordwaerts withdraw {old.delivery_id[:12]} --because" in record.reasons[0].remedy_de
    decisions.withdraw(office.var, old, office.clock)
    assert office.night().outcome == "published"


def test_an_overdue_delivery_refuses_night_after_night(office: NightlyOffice) -> None:
    office.clock += dt.timedelta(days=401)
    for _ in range(2):
        record = office.night()
        assert record.outcome == "refused"
        assert [reason.rule for reason in record.reasons] == [f"{CLUBS}:fact:age_days"]
    assert [entry.outcome for entry in ledger.read(office.var)] == ["published", "refused", "refused"]
    assert office.var.last_refusal.is_file()


def test_a_release_with_a_kept_delivery_comes_back_byte_for_byte(office: NightlyOffice, tmp_path: Path) -> None:
    """Its fct_delivery names the refused one, though the inbox is gone; the ledger says so."""
    office.put("vereine", "2021.csv", NO_ROWS)
    assert office.night().standing.kept
    there = VarFolder("kleinstadt", tmp_path / "elsewhere")
    shutil.copytree(office.var.archive, there.archive)
    shutil.copy(office.var.ledger, there.ledger)
    shutil.rmtree(office.inbox)
    other = NightlyOffice(office.folder, there, clock=office.clock)
    assert other.night().outcome == "published"
    now, again = reading.current(office.var), reading.current(there)
    assert now is not None and again is not None
    assert again.manifest.tables == now.manifest.tables
    assert again.inputs_sha256 == now.inputs_sha256


# -- the same bytes again, and clocks that are wrong


def _rest(office: NightlyOffice, days: int) -> None:
    office.clock += dt.timedelta(days=days)


def _put_again(office: NightlyOffice, name: str) -> None:
    """The same bytes, put there in the evening before the next night."""
    moment = office.clock.timestamp()
    os.utime(office.inbox / "vereine" / name, (moment, moment))


@pytest.mark.attack("a yearly source whose figures stay the same, sent anew each year · never too old, no new release")
def test_the_same_bytes_put_there_again_are_seen_again_and_change_no_figure(office: NightlyOffice) -> None:
    for _ in range(3):
        _rest(office, 300)
        _put_again(office, "2020.csv")
        (office.inbox / "statistik" / "stadt.csv").touch()
        os.utime(office.inbox / "statistik" / "stadt.csv", (office.clock.timestamp(),) * 2)
        assert office.night().outcome == "unchanged"
        status = {row["source_id"]: row for row in status_row(office.var)["sources"]}
        assert status["vereine"]["last_seen_on"] == office.clock.date()
    receipt = Archive(office.var.archive).receipts("vereine")[0]
    assert receipt.received_on == EVENING.date() + dt.timedelta(days=1)
    assert (receipt.file_name, receipt.earlier_names, len(receipt.offered_again_at)) == ("2020.csv", (), 3)


def test_what_goes_on_lying_there_is_not_offered_again_and_grows_too_old(office: NightlyOffice) -> None:
    _rest(office, 350)
    assert office.night().outcome == "unchanged"
    _rest(office, 60)
    assert office.night().outcome == "refused"
    assert Archive(office.var.archive).receipts("vereine")[0].offered_again_at == ()
    _put_again(office, "2020.csv")
    office.put("statistik", "neu.csv", CITY_2020 + "\n")
    assert office.night().tables[CLUBS].verdict == "accepted"


@pytest.mark.attack("a file written to every night with the same bytes · noted once a week")
def test_that_bytes_are_offered_again_is_noted_once_a_week(office: NightlyOffice) -> None:
    for _ in range(30):
        _put_again(office, "2020.csv")
        assert office.night().outcome == "unchanged"
    assert len(Archive(office.var.archive).receipts("vereine")[0].offered_again_at) == 4


@pytest.mark.attack("a file dated by a clock that runs ahead · it is no fresher for that")
def test_a_file_said_to_be_written_after_now_is_not_seen_again(office: NightlyOffice) -> None:
    ahead = (office.clock + dt.timedelta(days=4000)).timestamp()
    os.utime(office.inbox / "vereine" / "2020.csv", (ahead, ahead))
    _rest(office, 350)
    assert office.night().outcome == "unchanged"
    assert Archive(office.var.archive).receipts("vereine")[0].offered_again_at == ()


@pytest.mark.attack(
    "a delivery received while the clock ran years ahead · refused with a sentence until it is offered again"
)
def test_a_receipt_after_now_vouches_for_nothing(office: NightlyOffice) -> None:
    right = office.clock
    office.clock += dt.timedelta(days=300)
    office.put("vereine", "2021.csv", places(2021, ("01", "11")))
    assert office.night().outcome == "published"
    file = office.inbox / "vereine" / "2021.csv"
    text = file.read_text(encoding="utf-8")
    file.unlink()
    office.clock = right
    assert [reason.rule for reason in office.night().reasons] == ["clock_set_back"]
    record = office.night()
    assert (record.outcome, [reason.rule for reason in record.reasons]) == ("refused", ["receipt_to_come"])
    assert "vereine/2021.csv came on" in record.reasons[0].en
    office.put("vereine", "2021.csv", text)
    assert office.night().outcome == "unchanged"
    receipt = Archive(office.var.archive).receipts("vereine")[-1]
    assert (receipt.seen_at.date(), receipt.received_on) == (office.clock.date(), right.date() + dt.timedelta(days=301))


@pytest.mark.attack(
    "a clock set back by years · refused with a sentence before anything is received, believed the next time"
)
def test_a_clock_set_far_back_receives_nothing(office: NightlyOffice) -> None:
    before, right = standing(office.var).in_force, office.clock
    office.clock = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    office.put("vereine", "2021.csv", places(2021, ("01", "11")))
    record = office.night()
    assert (record.outcome, [reason.rule for reason in record.reasons]) == ("refused", ["clock_set_back"])
    assert "The clock says 1970-01-02, the last line of the ledger is of 2022-03-02." in record.reasons[0].en
    assert len(Archive(office.var.archive).receipts("vereine")) == 1
    assert standing(office.var).in_force == before
    office.clock = right
    assert office.night().outcome == "published"


@pytest.mark.attack("a clock set back by days · the later delivery counts, whatever its receipt says")
def test_of_two_deliveries_the_later_counts_though_the_clock_was_set_back(office: NightlyOffice) -> None:
    office.clock -= dt.timedelta(days=10)
    office.put("vereine", "neu.csv", places(2020, ("01", "11")))
    record = office.night()
    assert record.outcome == "published"
    assert [receipt.file_name for receipt in record.tables[CLUBS].in_force] == ["neu.csv"]
    assert office.night().outcome == "unchanged"


def _laid(office: NightlyOffice, release_id: str, scratch: Path) -> list[str]:
    """Receipts and notes a release of the office would be made anew from."""
    scratch.mkdir()
    laid = lay_out(office.var, reading.release(office.var, release_id), scratch)
    return sorted(path.relative_to(laid.var.archive).as_posix() for path in laid.var.archive.rglob("*.json"))


@pytest.mark.attack(
    "a clock set back between two releases · each is made anew from what had come by its line of the ledger"
)
@pytest.mark.parametrize("is_named", [True, False])
def test_a_release_is_laid_out_by_lines_and_not_by_the_clock(
    office: NightlyOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_named: bool
) -> None:
    first, receipts = reading.current(office.var), sorted((office.var.archive / "receipts").rglob("*.json"))
    office.clock -= dt.timedelta(days=10 if is_named else -10)
    (office.inbox / "vereine" / "2020.csv").rename(office.inbox / "vereine" / "neu.csv")
    office.put("vereine", "2021.csv", places(2021, ("01", "11")))
    assert office.night().outcome == "published"
    second = reading.current(office.var)
    if not is_named:  # as ledgers from before receipts were named on them
        monkeypatch.setattr(ledger, "archived_by", lambda _: {})
    names = [path.relative_to(office.var.archive).as_posix() for path in receipts]
    assert _laid(office, first.release_id, tmp_path / "a") == names
    both = sorted(path.relative_to(office.var.archive).as_posix() for path in office.var.archive.rglob("*.json"))
    assert _laid(office, second.release_id, tmp_path / "b") == both
    assert len(both) == len(names) + 2
