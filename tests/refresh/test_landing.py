"""Landing one table with gate 1: accepted, kept or refused, each for its reason, and never half promoted."""

import errno
import hashlib
import os
import signal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from made_up_office import Office, places

from ingest import apart
from ingest.archive import Archive, Receipt
from ingest.opened import OpenedDelivery
from refresh.outcomes import TableOutcome
from refresh.promoting import promoted_path, write_empty_tables
from refresh.rejected_rows import keep_rejected
from release import store

YEARLY = "vereine__plaetze"


def rules(outcome: TableOutcome) -> list[str | None]:
    return [reason.rule for reason in outcome.reasons]


def names(receipts: tuple[Receipt, ...]) -> list[str]:
    return [receipt.file_name for receipt in receipts]


@pytest.mark.great_expectations
def test_a_good_delivery_is_promoted_and_its_checks_are_about_the_promoted_bytes(office: Office) -> None:
    outcome = office.land()
    promoted = promoted_path(office.var, outcome.table)
    assert (outcome.verdict, outcome.row_count, outcome.reasons) == ("accepted", 40, ())
    assert outcome.sha256 == hashlib.sha256(promoted.read_bytes()).hexdigest()
    assert {check.table_sha256 for check in outcome.checks} == {outcome.sha256}
    assert {check.gate for check in outcome.checks} == {"gate_1"}
    assert outcome.accepted_by_delivery == {outcome.in_force[0].delivery_id: 40}
    assert not list(office.var.staging.glob("*.parquet"))


def test_only_what_is_new_is_opened_and_the_rest_is_promoted_with_the_same_bytes(
    yearly_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    open_delivery = Archive.open
    monkeypatch.setattr(Archive, "open", lambda archive, r: opened.append(r.file_name) or open_delivery(archive, r))
    first = yearly_office.land(YEARLY)
    delivered = names(first.in_force)
    assert opened == delivered
    assert yearly_office.land(YEARLY).sha256 == first.sha256
    assert opened == delivered
    yearly_office.deliver("vereine", "2020_neu.csv", places(2020, ("01", "11")), "2022-02-20T08:00:00Z")
    assert yearly_office.land(YEARLY).sha256 != first.sha256
    assert opened == [*delivered, "2020_neu.csv"]


def test_without_a_delivery_the_place_for_it_is_named(office: Office) -> None:
    office.city().unlink()
    outcome = office.land()
    assert (outcome.verdict, rules(outcome)) == ("refused", ["source_missing"])
    assert str(office.inbox / "statistik" / "*.csv") in outcome.reasons[0].en


def test_a_refused_delivery_of_a_blocking_source_leaves_the_promoted_table(office: Office) -> None:
    good = office.land()
    office.accept(good)
    promoted = promoted_path(office.var, good.table).read_bytes()
    office.redeliver_city(lambda lines: lines[:1])
    outcome = office.land()
    assert (outcome.verdict, rules(outcome)) == ("refused", ["no_rows"])
    assert names(outcome.refused) == ["neu.csv"]
    assert promoted_path(office.var, good.table).read_bytes() == promoted


@pytest.mark.attack(
    "a delivery on which the library that reads it ends its process · that delivery is refused, all else goes on"
)
def test_a_delivery_that_ends_the_process_that_reads_it_is_refused_and_no_other(
    office: Office, yearly_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = office.land()
    office.accept(good)
    office.redeliver_city(lambda lines: [*lines, "x"])
    answer = apart._Process.answer

    def ended(process: apart._Process, delivery: OpenedDelivery, question: apart.Question) -> apart.Answer:
        if delivery.content.endswith(b"x\n"):
            os.kill(process.process.pid, signal.SIGABRT)
        return answer(process, delivery, question)

    monkeypatch.setattr(apart._Process, "answer", ended)
    outcome = office.land()
    assert (outcome.verdict, rules(outcome), names(outcome.refused)) == ("refused", ["reading_broke_off"], ["neu.csv"])
    assert outcome.reasons[0].de.startswith(
        "statistik/neu.csv: Beim Lesen der Datei brach das Leseprogramm ab (SIGABRT)"
    )
    assert yearly_office.land(YEARLY).verdict == "accepted"


@pytest.mark.parametrize(
    ("kept", "expected"),
    [(40, "accepted"), (36, "statistik__viertel:fact:shrunk_pct")],
    ids=["nothing", "a fifth of a year"],
)
def test_no_period_may_shrink_by_more_than_a_tenth_against_the_one_in_force(
    office: Office, kept: int, expected: str
) -> None:
    _without_other_limits(office)
    office.accept(office.land())
    office.redeliver_city(lambda lines: _with_rows(lines, kept))
    outcome = office.land()
    assert expected in (outcome.verdict, *rules(outcome))


def test_shrinkage_is_measured_against_the_release_and_not_against_the_promoted_file(office: Office) -> None:
    """The promoted file may be from a refused night, torn or gone: nothing is compared with it."""
    _without_other_limits(office)
    good = office.land()
    office.accept(good)
    promoted_path(office.var, good.table).write_bytes(b"torn")
    office.redeliver_city(lambda lines: _with_rows(lines, 32))
    assert rules(office.land()) == ["statistik__viertel:fact:shrunk_pct"]


def test_an_older_last_period_than_the_one_in_force_is_refused(office: Office) -> None:
    _without_other_limits(office)
    office.accept(office.land())
    office.redeliver_city(lambda lines: [line.replace("2021", "2019") for line in lines])
    assert rules(office.land()) == ["statistik__viertel:fact:periods_behind", "statistik__viertel:plausible:blanks"]


@pytest.mark.parametrize(
    ("day", "expected"), [("2023-06-16", []), ("2023-06-17", ["statistik__viertel:fact:age_days"])]
)
def test_what_is_in_force_grows_old_also_with_an_empty_inbox(office: Office, day: str, expected: list[str]) -> None:
    """max_age_days is 500, the delivery is of 2022-02-01."""
    office.accept(office.land())
    office.city().unlink()
    office.as_of_on = office.as_of_on.fromisoformat(day)
    assert rules(office.land()) == expected


@pytest.mark.parametrize(("wrong", "verdict"), [(1, "accepted"), (2, "kept")], ids=["a fifth", "two fifths"])
def test_more_rejected_rows_than_agreed_refuse_a_delivery(yearly_office: Office, wrong: int, verdict: str) -> None:
    """Of the five lines of the one year on offer at most a fifth may be rejected."""
    office = yearly_office
    office.accept(office.land(YEARLY))
    for year in ("2020", "2021"):
        (office.inbox / "vereine" / f"{year}.csv").unlink()
    office.in_force = {YEARLY: office.in_force[YEARLY][-1:]}
    corrupted = [("01", "viel"), ("02", "viel")][:wrong]
    office.deliver("vereine", "korrektur.csv", places(2021, *corrupted), "2022-02-25T08:00:00Z")
    outcome = office.land(YEARLY)
    assert outcome.verdict == verdict
    assert rules(outcome) == ([f"{YEARLY}:fact:rejected_pct"] if verdict == "kept" else [])


def test_where_every_row_is_rejected_the_delivery_is_refused_in_words(yearly_office: Office) -> None:
    office = yearly_office
    for year in ("2020", "2021"):
        (office.inbox / "vereine" / f"{year}.csv").unlink()
    office.deliver("vereine", "leer.csv", "nr;jahr;plaetze\n99;2021;1\n98;2021;1\n", "2022-02-25T08:00:00Z")
    outcome = office.land(YEARLY)
    assert outcome.verdict == "refused"
    assert f"{YEARLY}:row_minimum" in rules(outcome)
    assert f"{YEARLY}:fact:rejected_pct" in rules(outcome)


def test_the_latest_delivery_of_each_period_is_in_force(yearly_office: Office) -> None:
    office = yearly_office
    first = office.land(YEARLY)
    assert names(first.in_force) == ["2020.csv", "2021.csv"]
    office.accept(first)
    office.deliver("vereine", "korrektur.csv", places(2021, ("01", "77")), "2022-02-25T08:00:00Z")
    outcome = office.land(YEARLY)
    assert names(outcome.in_force) == ["2020.csv", "korrektur.csv"]
    rows = pq.read_table(promoted_path(office.var, outcome.table)).to_pylist()
    assert [(row["period"], int(row["value"])) for row in rows if row["area_id"] == "viertel-01"] == [
        ("2020", 10),
        ("2021", 77),
    ]
    assert [(row["measure_id"], row["area_id"], row["period"]) for row in rows] == sorted(
        (row["measure_id"], row["area_id"], row["period"]) for row in rows
    )


def test_a_source_may_keep_its_last_good_delivery(yearly_office: Office) -> None:
    office = yearly_office
    office.accept(office.land(YEARLY))
    office.deliver("vereine", "2022.csv", "ganz;anders\n1;2\n", "2022-02-25T08:00:00Z")
    outcome = office.land(YEARLY)
    assert (outcome.verdict, names(outcome.in_force)) == ("kept", ["2020.csv", "2021.csv"])
    assert (names(outcome.refused), rules(outcome)) == (["2022.csv"], ["column_missing"])
    assert outcome.row_count == 10


def test_there_is_nothing_to_keep_before_a_first_release(yearly_office: Office) -> None:
    office = yearly_office
    office.deliver("vereine", "2022.csv", "ganz;anders\n1;2\n", "2022-02-25T08:00:00Z")
    assert office.land(YEARLY).verdict == "refused"


def test_rejected_rows_are_kept_with_their_reason_for_their_owner_alone(yearly_office: Office) -> None:
    office = yearly_office
    office.deliver("vereine", "2021b.csv", places(2021, ("03", "viel")), "2022-02-25T08:00:00Z")
    outcome = office.land(YEARLY)
    path = office.var.rejected / f"{YEARLY}.parquet"
    assert path.stat().st_mode & 0o777 == 0o600
    (row,) = pq.read_table(path).to_pylist()
    assert (row["_row"], row["rule_id"], row["column_name"]) == ("line 4", "number_format", "plaetze")
    assert "viel" in row["cells"]
    assert outcome.finding_sentences("en") == [f"2021b.csv, {row['sentence_en']}"]
    assert "viel" not in row["sentence_de"] + row["sentence_en"]


def test_rejected_rows_that_cannot_be_written_leave_those_of_before(
    yearly_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = yearly_office
    office.deliver("vereine", "2021b.csv", places(2021, ("03", "viel")), "2022-02-25T08:00:00Z")
    office.land(YEARLY)
    kept = office.var.rejected / f"{YEARLY}.parquet"
    before = kept.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("release.atomic.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep_rejected(kept, {})
    assert kept.read_bytes() == before
    monkeypatch.undo()
    assert [path.name for path in store.recover(office.var, office.context().now())] == [f"{YEARLY}.parquet.partial"]


def test_every_canonical_table_is_there_and_what_is_no_longer_declared_is_gone(office: Office) -> None:
    context = office.context()
    gone = office.var.landed / "area_figure" / "fort__tabelle.parquet"
    office.land()
    gone.write_bytes(b"stale")
    write_empty_tables(context)
    assert not gone.exists()
    found = {path.relative_to(office.var.landed).as_posix() for path in office.var.landed.rglob("*.parquet")}
    assert {"survey_case/empty.parquet", "area_figure/statistik__viertel.parquet"} <= found
    assert pq.read_table(office.var.landed / "survey_case" / "empty.parquet").num_rows == 0


def _without_other_limits(office: Office) -> None:
    path = Path(office.folder / "sources" / "statistik.yml")
    text = path.read_text(encoding="utf-8").replace("minimum_rows: 40", "minimum_rows: 1")
    path.write_text(text.replace("    completeness: {level: viertel, first_period: 2020}\n", ""), encoding="utf-8")


def _with_rows(lines: list[str], rows: int) -> list[str]:
    """The first lines of a delivery; each gives four rows."""
    return lines[: 1 + rows // 4]


# -- what a refused file leaves


def test_a_refused_file_keeps_its_rejected_rows_and_names_the_true_cause(yearly_office: Office) -> None:
    """Not the share is what the clerk can mend: three quarters nobody knows, and a figure that is none."""
    office = yearly_office
    office.accept(office.land(YEARLY))
    wrong = "nr;jahr;plaetze\n01;2022;viel\n02;2022;10\n97;2022;1\n98;2022;2\n99;2022;3\n"
    office.deliver("vereine", "2022.csv", wrong, "2022-02-25T08:00:00Z")
    outcome = office.land(YEARLY)
    assert outcome.verdict == "kept"
    (reason,) = [each for each in outcome.reasons if each.rule == f"{YEARLY}:fact:rejected_pct"]
    assert reason is outcome.reasons[0]
    assert (
        "vereine/2022.csv: abgewiesen 4 von 5 Zeilen. 3-mal, zuerst Zeile 4, Spalte nr: Dieses Gebiet gibt" in reason.de
    )
    assert "Once, line 2, column plaetze: Not a number" in reason.en
    assert "viel" not in reason.text("de") + reason.text("en")
    rows = pq.read_table(office.var.rejected / f"{YEARLY}.parquet").to_pylist()
    refused = outcome.refused[0].delivery_id
    rejected = sorted(row["_row"] for row in rows if row["_delivery"] == refused)
    assert rejected == ["line 2", "line 4", "line 5", "line 6"]


def test_a_file_refused_for_another_rule_says_what_its_rows_were_rejected_for(office: Office) -> None:
    """A quarter is missing because its row was rejected."""
    _max_rejected(office, 50)
    office.accept(office.land())
    office.redeliver_city(lambda lines: [line.replace("01;", "91;") if "2021" in line else line for line in lines])
    outcome = office.land()
    assert rules(outcome)[-1] == "area_unknown"
    assert f"{outcome.table.name}:complete:area_id" in rules(outcome)
    assert "neu.csv: abgewiesen 1 von" in outcome.reasons[-1].de
    kept = pq.read_table(office.var.rejected / f"{outcome.table.name}.parquet").to_pylist()
    assert {row["rule_id"] for row in kept} == {"area_unknown"}


def test_where_one_file_cannot_be_read_the_rejected_rows_of_the_others_are_kept(yearly_office: Office) -> None:
    office = yearly_office
    office.deliver("vereine", "2021b.csv", places(2021, ("03", "viel")), "2022-02-25T08:00:00Z")
    office.deliver("vereine", "2022.csv", "ganz;anders\n1;2\n", "2022-02-26T08:00:00Z")
    assert office.land(YEARLY).verdict == "refused"
    assert [row["_row"] for row in pq.read_table(office.var.rejected / f"{YEARLY}.parquet").to_pylist()] == ["line 4"]


def _max_rejected(office: Office, pct: int) -> None:
    path = Path(office.folder / "sources" / "statistik.yml")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("tables:\n", f"max_rejected_pct: {pct}\ntables:\n", 1), encoding="utf-8")
