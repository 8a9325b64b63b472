"""How deliveries stand follows from the lines of the ledger alone: every way through the states."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import get_args

import pytest

from release import decisions, ledger
from release.decisions import DecisionMissed
from release.layout import VarFolder
from release.ledger import Decision
from release.reason import Reason
from release.standing import STATE_WORDS, Standing, State, standing

AT = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
TABLE = "vereine__plaetze"
By = Mapping[str, Sequence[str]]


@pytest.fixture
def var(tmp_path) -> VarFolder:
    return VarFolder("stadt", tmp_path).create()


def published(
    var: VarFolder, release_id: str, *ids: str, superseded: Sequence[str] = (), refused: Sequence[str] = ()
) -> None:
    ledger.append(
        var, "published", at=AT, release_id=release_id, reasons=[Reason("Grund", "reason")] if refused else [],
        in_force={TABLE: ids}, superseded={TABLE: superseded}, refused={TABLE: refused},
    )  # fmt: skip


def withdraw(var: VarFolder, delivery_id: str, source_id: str = "vereine") -> Standing:
    decisions.withdraw(var, Decision(source_id, delivery_id, "falsches Jahr"), AT)
    return standing(var)


def states(var: VarFolder, *ids: str) -> list[str]:
    return [standing(var).state("vereine", each) for each in ids]


def test_nothing_is_known_before_the_first_publication(var: VarFolder) -> None:
    assert states(var, "a") == ["archived"]
    ledger.append(var, "broken", at=AT)
    assert standing(var).in_force == {}


def test_a_replaced_delivery_is_superseded_by_what_stands_in_its_place(var: VarFolder) -> None:
    published(var, "1", "a", "b")
    published(var, "2", "b", "c")
    published(var, "3", "b", "d")
    assert states(var, "a", "b", "c", "d") == ["superseded", "in_force", "superseded", "in_force"]
    assert standing(var).replaced_by("vereine", "a") == ("d",)
    assert standing(var).replaced_by("andere", "a") == ()


def test_what_was_replaced_in_the_night_it_came_is_superseded_too(var: VarFolder) -> None:
    published(var, "1", "b", superseded=["a"])
    assert states(var, "a", "b") == ["superseded", "in_force"]


def test_a_refused_night_changes_nothing_but_says_what_was_refused(var: VarFolder) -> None:
    published(var, "1", "a")
    before = standing(var)
    ledger.append(var, "refused", at=AT, refused={TABLE: ["b"]}, reasons=[Reason("x", "x")], in_force={TABLE: ["a"]})
    after = standing(var)
    assert (after.in_force, after.superseded, after.kept) == (before.in_force, before.superseded, {})
    assert states(var, "a", "b") == ["in_force", "refused"]
    ledger.append(var, "unchanged", at=AT, release_id="1")
    assert states(var, "a", "b") == ["in_force", "archived"]


def test_a_kept_delivery_stands_until_it_is_replaced_or_withdrawn(var: VarFolder) -> None:
    published(var, "1", "a")
    published(var, "2", "a", refused=["b"])
    ledger.append(var, "unchanged", at=AT, release_id="2")
    assert standing(var).kept == {TABLE: ("b",)}
    assert [reason.de for reason in standing(var).open_reasons] == ["Grund"]
    assert withdraw(var, "b").kept == {}
    assert standing(var).open_reasons == ()
    published(var, "3", "c", refused=[])
    assert states(var, "a", "b", "c") == ["superseded", "withdrawn", "in_force"]


def test_a_withdrawn_delivery_gives_its_place_back(var: VarFolder) -> None:
    published(var, "1", "y22", "a")
    published(var, "2", "y22", "b")
    published(var, "3", "y22neu", "b")
    published(var, "4", "y22neu", "c")
    assert withdraw(var, "c").in_force == {TABLE: ("b", "y22neu")}
    assert states(var, "a", "b", "c") == ["superseded", "in_force", "withdrawn"]
    assert standing(var).replaced_by("vereine", "a") == ("b",)
    in_force = set(withdraw(var, "b").in_force[TABLE])
    assert {"a", "y22neu"} <= in_force
    assert not {"b", "c"} & in_force


def test_of_deliveries_of_one_night_each_is_replaced_by_the_one_that_holds_its_period(var: VarFolder) -> None:
    published(var, "1", "a20", "b21")
    ledger.append(
        var, "published", at=AT, release_id="2", in_force={TABLE: ["b21", "c22", "a20neu"]},
        superseded={TABLE: ["a20"]}, replaced_by={TABLE: {"a20": ["a20neu"]}},
    )  # fmt: skip
    assert standing(var).replaced_by("vereine", "a20") == ("a20neu",)
    assert withdraw(var, "c22").in_force == {TABLE: ("a20neu", "b21")}, "what c22 had not replaced stays replaced"
    assert states(var, "a20") == ["superseded"]
    assert withdraw(var, "a20neu").in_force == {TABLE: ("a20", "b21")}


def test_what_two_replaced_together_counts_again_when_one_of_them_is_withdrawn(var: VarFolder) -> None:
    published(var, "1", "both")
    ledger.append(
        var, "published", at=AT, release_id="2", in_force={TABLE: ["new20", "new21"]},
        superseded={TABLE: ["both"]}, replaced_by={TABLE: {"both": ["new20", "new21"]}},
    )  # fmt: skip
    assert withdraw(var, "new21").in_force == {TABLE: ("both", "new20")}


def test_lines_that_do_not_say_who_replaced_whom_lose_nothing(var: VarFolder) -> None:
    published(var, "1", "a20", "b21")
    published(var, "2", "a20neu", "b21neu", superseded=["a20", "b21"])
    assert standing(var).replaced_by("vereine", "a20") == ("a20neu", "b21neu")
    assert "a20" in withdraw(var, "a20neu").in_force[TABLE]


def test_a_delivery_of_another_source_with_the_same_bytes_stays(var: VarFolder) -> None:
    published(var, "1", "a")
    assert withdraw(var, "a", source_id="andere").in_force == {TABLE: ("a",)}


def test_what_only_a_withdrawn_delivery_replaced_may_count_again(var: VarFolder) -> None:
    published(var, "1", "b", superseded=["a"])
    assert withdraw(var, "b").superseded[TABLE] == {}
    assert states(var, "a", "b") == ["archived", "withdrawn"]


def test_a_withdrawn_delivery_is_reinstated(var: VarFolder) -> None:
    published(var, "1", "a")
    published(var, "2", "b")
    withdraw(var, "b")
    decisions.reinstate(var, Decision("vereine", "b", "doch richtig"), AT)
    assert states(var, "a", "b") == ["superseded", "in_force"]


def test_a_rollback_goes_back_to_how_it_stood_then(var: VarFolder) -> None:
    published(var, "1", "a")
    published(var, "2", "b")
    ledger.append(var, "rolled_back", at=AT, release_id="1", in_force={TABLE: ["a"]})
    assert states(var, "a", "b") == ["in_force", "archived"]
    ledger.append(var, "recovered", at=AT, release_id="2", in_force={TABLE: ["b"]})
    assert states(var, "a", "b") == ["superseded", "in_force"]


def test_losing_all_releases_loses_no_state(var: VarFolder) -> None:
    published(var, "1", "a")
    published(var, "2", "b", refused=["c"])
    before = standing(var)
    ledger.append(var, "recovered", at=AT)
    assert standing(var) == before


@pytest.mark.parametrize("because", ["", "  "])
def test_a_decision_needs_a_reason(var: VarFolder, because: str) -> None:
    with pytest.raises(DecisionMissed, match="without a reason"):
        decisions.withdraw(var, Decision("vereine", "a", because), AT)
    assert ledger.read(var) == []


def test_a_decision_that_changes_nothing_is_refused(var: VarFolder) -> None:
    with pytest.raises(DecisionMissed, match="is not withdrawn"):
        decisions.reinstate(var, Decision("vereine", "a", "x"), AT)
    withdraw(var, "a")
    with pytest.raises(DecisionMissed, match="is withdrawn already"):
        withdraw(var, "a")


def test_decisions_are_in_the_chain(var: VarFolder) -> None:
    withdraw(var, "a")
    (line,) = ledger.read(var)
    assert line.decision == Decision("vereine", "a", "falsches Jahr", None)
    var.ledger.write_text(var.ledger.read_text().replace("falsches", "richtiges"))
    with pytest.raises(ledger.LedgerError, match="was changed"):
        standing(var)


def test_lines_from_before_these_states_are_read(var: VarFolder) -> None:
    """A ledger of an earlier version has neither superseded, refused nor decision."""
    published(var, "1", "a")
    entry = ledger.to_json(ledger.read(var)[0])
    old = {key: value for key, value in entry.items() if key not in ("superseded", "refused", "decision")}
    line = ledger._dump({**old, "digest": ledger._digest(ledger._dump(old))})
    var.ledger.write_text(line + "\n")
    var.ledger_head.unlink()
    assert standing(var).in_force == {TABLE: ("a",)}
    assert ledger.append(var, "unchanged", at=AT).sequence == 2


def test_every_state_has_words_in_both_languages() -> None:
    assert STATE_WORDS.keys() == set(get_args(State))
    assert all(german and english and german != english for german, english in STATE_WORDS.values())
