"""A doubted delivery waits: published beside it, decided by a person, restored byte for byte; what is in force is never held."""

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from doubting import CLUBS, JUMP, answered, let_doubt
from made_up_office import TINY_CITY, YEARLY, places
from nightly_office import NightlyOffice, before_the_first_night

from ingest.archive import Archive
from refresh import landing
from release import decisions, ledger, reading
from release.layout import VarFolder
from release.ledger import Decision
from release.standing import standing

CITY_2020 = (TINY_CITY / "sample" / "statistik" / "synthetisch_viertel.csv").read_text(encoding="utf-8")
HIGH = places(2021, ("01", "99"))


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NightlyOffice:
    """An office after a first good night, whose clubs are asked the made-up rule; their source blocks."""
    made = before_the_first_night(tmp_path, YEARLY.replace("keep_last_good", "block"))
    let_doubt(monkeypatch)
    assert made.night().outcome == "published"
    return made


def decision(office: NightlyOffice, name: str) -> Decision:
    """A decision about the delivery that first came under a name."""
    receipts = Archive(office.var.archive).receipts("vereine")
    delivery_id = next(receipt.delivery_id for receipt in receipts if receipt.first_name == name)
    return Decision("vereine", delivery_id, "im Test", "Datenstelle")


def figures(office: NightlyOffice) -> dict[tuple[str, str], int]:
    """Places per quarter and year, as readers see them."""
    current = reading.current(office.var)
    assert current is not None
    rows = pq.read_table(current.mart_path(f"fct_{CLUBS}")).to_pylist()
    return {(row["area_id"], row["period"]): int(row["value"]) for row in rows}


def state(office: NightlyOffice, name: str) -> str:
    return standing(office.var).state("vereine", decision(office, name).delivery_id)


def jump_of(record) -> tuple[bool, str]:  # type: ignore[no-untyped-def]
    """Whether the doubt is written as passed, and what was observed."""
    check = next(each for each in record.tables[CLUBS].checks if each.check_id == JUMP)
    return check.is_passed, check.observed


def rebuilt(office: NightlyOffice, place: Path):  # type: ignore[no-untyped-def]
    """The office elsewhere, from archive and ledger alone and with an empty inbox, and its night."""
    there = VarFolder("kleinstadt", place / "var")
    shutil.copytree(office.var.archive, there.archive)
    shutil.copy(office.var.ledger, there.ledger)
    folder = Path(shutil.copytree(office.folder, place / "kleinstadt"))
    shutil.rmtree(folder / "sample")
    (folder / "sample").mkdir()
    other = NightlyOffice(folder, there, clock=office.clock - dt.timedelta(days=1))
    record = other.night()
    assert record.outcome == "published"
    return other, record


def same_release(one: NightlyOffice, other: NightlyOffice) -> bool:
    now, again = reading.current(one.var), reading.current(other.var)
    assert now is not None and again is not None
    return (now.manifest.tables, now.inputs_sha256) == (again.manifest.tables, again.inputs_sha256)


# -- held


def test_a_doubted_delivery_waits_and_the_rest_is_published(office: NightlyOffice) -> None:
    """Whatever the source says of refused deliveries: this one blocks."""
    office.put("vereine", "2021.csv", HIGH)
    office.put("vereine", "2020 neu.csv", places(2020, ("02", "12")))
    record = office.night()
    assert (record.outcome, record.tables[CLUBS].verdict) == ("published", "held")
    assert figures(office)["viertel-02", "2020"] == 12
    assert ("viertel-01", "2021") not in figures(office)
    waiting = decision(office, "2021.csv").delivery_id
    assert record.standing.waiting == {CLUBS: {waiting: (JUMP,)}}
    assert state(office, "2021.csv") == "held"
    (reason,) = record.reasons
    assert reason.de.startswith("vereine/2021.csv wartet auf eine Entscheidung")
    assert f"nordwaerts accept {waiting[:12]}" in reason.remedy_de
    assert reason.de in office.var.last_refusal.read_text(encoding="utf-8")
    current = reading.current(office.var)
    assert current is not None
    deliveries = {row["file_name"]: row for row in pq.read_table(current.mart_path("fct_delivery")).to_pylist()}
    assert (deliveries["2021.csv"]["verdict"], reason.de in deliveries["2021.csv"]["reason"]) == ("held", True)


def test_it_goes_on_waiting_night_after_night_also_when_its_file_is_taken_away(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", HIGH)
    assert office.night().outcome == "published"
    (office.inbox / "vereine" / "2021.csv").unlink()
    for _ in range(2):
        record = office.night()
        assert (record.outcome, set(record.standing.waiting)) == ("unchanged", {CLUBS})
    office.put("vereine", "2019.csv", places(2019))
    record = office.night()
    assert (record.outcome, set(record.standing.waiting)) == ("published", {CLUBS})
    assert ("viertel-01", "2019") in figures(office)


def test_what_is_held_of_a_first_delivery_refuses_and_names_the_way_on(office: NightlyOffice) -> None:
    """Nothing is in force that could count meanwhile."""
    first = NightlyOffice(office.folder, VarFolder("kleinstadt", office.var.folder.parent / "erster"))

    def doubt_all(seen, rules, facts):  # type: ignore[no-untyped-def]
        return [
            replace(each, is_passed=False, failed_count=1) if each.check_id == JUMP else each
            for each in answered(seen, rules, facts)
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(landing, "run_suite", doubt_all)
        record = first.night()
        assert record.outcome == "refused"
        assert [reason.rule for reason in record.reasons] == ["nothing_in_force", JUMP]
        assert "nordwaerts accept" in record.reasons[0].remedy_en
        assert state(first, "2020.csv") == "held"
        assert first.night().outcome == "refused"
        assert [line.outcome for line in ledger.read(first.var)] == ["refused", "refused"]
        decisions.accept(first.var, decision(first, "2020.csv"), first.clock)
        record = first.night()
    assert (record.outcome, record.standing.waiting) == ("published", {})
    assert jump_of(record) == (False, "looked at and accepted on 2022-03-03")


def test_a_doubt_about_what_is_in_force_holds_nothing_and_stays_visible(office: NightlyOffice) -> None:
    in_force = decision(office, "2020.csv").delivery_id

    def doubt_old(seen, rules, facts):  # type: ignore[no-untyped-def]
        return [
            replace(each, is_passed=False, failed_count=1, observed="1 high", doubted=(in_force,))
            if each.check_id == JUMP
            else each
            for each in answered(seen, rules, facts)
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(landing, "run_suite", doubt_old)
        office.put("vereine", "2021.csv", places(2021))
        record = office.night()
    assert (record.outcome, record.tables[CLUBS].verdict) == ("published", "accepted")
    assert jump_of(record) == (False, "1 high")


def test_the_last_good_snapshot_counts_while_newer_ones_wait(office: NightlyOffice) -> None:
    declared = office.folder / "sources" / "vereine.yml"
    declared.write_text(declared.read_text(encoding="utf-8").replace("by_period", "snapshot"), encoding="utf-8")
    for name, figure in (("b.csv", "98"), ("c.csv", "99")):
        office.put("vereine", name, places(2020, ("01", figure)))
        assert office.night().tables[CLUBS].verdict == "held"
    assert [state(office, name) for name in ("2020.csv", "b.csv", "c.csv")] == ["in_force", "held", "held"]
    decisions.accept(office.var, decision(office, "b.csv"), office.clock)
    assert office.night().outcome == "published"
    assert figures(office)["viertel-01", "2020"] == 98
    assert [state(office, name) for name in ("2020.csv", "b.csv", "c.csv")] == ["superseded", "in_force", "held"]


def test_a_broken_file_beside_it_lets_it_wait_on(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", HIGH)
    assert office.night().tables[CLUBS].verdict == "held"
    office.put("vereine", "2022.csv", "ganz;anders\n1;2\n")
    record = office.night()
    assert (record.outcome, [reason.rule for reason in record.reasons]) == ("refused", ["column_missing", JUMP])
    assert (state(office, "2021.csv"), state(office, "2022.csv")) == ("held", "refused")


# -- looked at


def test_an_accepted_delivery_counts_from_the_next_refresh_and_its_doubt_stays_visible(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", HIGH)
    office.night()
    (office.inbox / "vereine" / "2021.csv").unlink()  # an inbox may be tidied while somebody looks
    line = decisions.accept(office.var, decision(office, "2021.csv"), office.clock)
    assert line.decision is not None
    assert line.decision.checks == (JUMP,)
    assert (state(office, "2021.csv"), office.var.last_refusal.exists()) == ("accepted", False)
    record = office.night()
    assert (record.outcome, record.tables[CLUBS].verdict, record.standing.waiting) == ("published", "accepted", {})
    assert figures(office)["viertel-01", "2021"] == 99
    assert jump_of(record) == (False, "looked at and accepted on 2022-03-03")
    assert office.night().outcome == "unchanged"


def test_a_decision_about_nothing_held_says_so(office: NightlyOffice) -> None:
    for decide in (decisions.accept, decisions.reject):
        with pytest.raises(decisions.DecisionMissed, match="is not held"):
            decide(office.var, decision(office, "2020.csv"), office.clock)


def test_an_acceptance_covers_no_other_doubt(office: NightlyOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put("vereine", "2021.csv", HIGH)
    office.night()
    decisions.accept(office.var, decision(office, "2021.csv"), office.clock)
    other = f"{CLUBS}:fact:history_missing"

    def doubt_more(seen, rules, facts):  # type: ignore[no-untyped-def]
        found = answered(seen, rules, facts)
        new = next(each.doubted for each in found if each.check_id == JUMP) if seen.table_name == CLUBS else ()
        return [replace(each, is_passed=not new, doubted=new) if each.check_id == other else each for each in found]

    monkeypatch.setattr(landing, "run_suite", doubt_more)
    record = office.night()
    held = decision(office, "2021.csv")
    assert record.standing.waiting == {CLUBS: {held.delivery_id: (other,)}}
    decisions.accept(office.var, held, office.clock)
    assert office.night().standing.waiting == {}
    assert figures(office)["viertel-01", "2021"] == 99


def test_a_rejected_delivery_is_set_aside_and_may_be_accepted_later(office: NightlyOffice) -> None:
    first = reading.current(office.var)
    office.put("vereine", "2021.csv", HIGH)
    office.night()
    held = decision(office, "2021.csv")
    decisions.reject(office.var, held, office.clock)
    assert office.night().outcome == "published"
    assert reading.current(office.var) == first, "the same inputs are the same release"
    assert (state(office, "2021.csv"), office.var.last_refusal.exists()) == ("rejected", False)
    assert office.night().outcome == "unchanged"
    decisions.accept(office.var, held, office.clock)
    assert office.night().outcome == "published"
    assert figures(office)["viertel-01", "2021"] == 99
    decisions.reject(office.var, held, office.clock)
    assert office.night().outcome == "published"
    assert reading.current(office.var) == first


def test_an_accepted_delivery_is_withdrawn_by_one_command_and_the_one_before_counts(office: NightlyOffice) -> None:
    first = reading.current(office.var)
    office.put("vereine", "2020 neu.csv", places(2020, ("01", "99")))
    office.night()
    held = decision(office, "2020 neu.csv")
    decisions.accept(office.var, held, office.clock)
    office.night()
    assert figures(office)["viertel-01", "2020"] == 99
    decisions.withdraw(office.var, held, office.clock)
    assert office.night().outcome == "published"
    assert reading.current(office.var) == first


# -- restored


@pytest.mark.parametrize("is_accepted", [False, True], ids=["held", "accepted"])
def test_a_release_comes_back_byte_for_byte_where_there_is_no_history(
    office: NightlyOffice, tmp_path: Path, is_accepted: bool
) -> None:
    """With what was published that night in force, the doubt would not arise again: the ledger says it."""
    office.put("vereine", "2021.csv", HIGH)
    office.put("vereine", "2019.csv", places(2019, ("05", "40")))
    record = office.night()
    if is_accepted:
        decisions.accept(office.var, decision(office, "2021.csv"), office.clock)
        record = office.night()
    other, again = rebuilt(office, tmp_path / "elsewhere")
    assert same_release(office, other)
    assert again.tables[CLUBS].checks == record.tables[CLUBS].checks, "as fct_data_quality holds them"
    assert jump_of(again)[0] is not is_accepted
    assert standing(other.var).waiting == standing(office.var).waiting
    assert other.var.last_refusal.exists() is not is_accepted


def test_old_lines_of_a_ledger_stay_readable(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", HIGH)
    office.night()
    decisions.withdraw(office.var, decision(office, "2020.csv"), office.clock)
    for line in ledger.read(office.var):
        body = ledger.to_json(line)
        del body["held"]
        if body["decision"]:
            del body["decision"]["checks"]
        assert ledger._from_json(body) == replace(line, held={})


def test_what_an_acceptance_makes_usual_lets_nothing_else_pass_unseen(office: NightlyOffice) -> None:
    """Beside an accepted jump the rule doubts the second one no more; it was held, and waits for its own decision."""
    office.put("vereine", "2021.csv", HIGH)
    office.put("vereine", "2022.csv", places(2022, ("01", "98")))
    assert office.night().tables[CLUBS].verdict == "held"
    decisions.accept(office.var, decision(office, "2021.csv"), office.clock)
    assert office.night().outcome == "published"
    office.put("vereine", "2019.csv", places(2019))
    assert office.night().outcome == "published"
    assert (state(office, "2021.csv"), state(office, "2022.csv")) == ("in_force", "held")
    assert ("viertel-01", "2022") not in figures(office)


def test_a_newer_good_delivery_takes_the_place_of_a_held_one(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", HIGH)
    office.night()
    office.put("vereine", "2021 berichtigt.csv", places(2021))
    record = office.night()
    assert (record.outcome, record.standing.waiting, office.var.last_refusal.exists()) == ("published", {}, False)
    assert (state(office, "2021.csv"), state(office, "2021 berichtigt.csv")) == ("superseded", "in_force")


def test_an_exception_declared_since_lets_a_held_delivery_be_asked_again(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", HIGH)
    office.night()
    (office.folder / "exceptions.yml").write_text(
        f'gate:\n  - {{rule: "between:value", table: {CLUBS}, period: "2021", reason_de: Neubau, reason_en: new,\n'
        "     since: 2021-01-01, expires: 2022-12-31}\n",
        encoding="utf-8",
    )
    record = office.night()
    assert (record.outcome, record.standing.waiting) == ("published", {})
    assert figures(office)["viertel-01", "2021"] == 99
    assert jump_of(record) == (False, "excepted until 2022-12-31")
