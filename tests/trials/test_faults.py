"""The trial of the gate: its corpus is complete, its verdicts are those of the gate, and it can fail."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from programmes import expected
from programmes.loading import load_programme
from trials.faults.certificate import CleanNight, Tried, certificate, failures, section, written
from trials.faults.corpus import KINDS, Entry, entries
from trials.faults.nights import clean_night, clear, night_of
from trials.faults.verdicts import Outcome, Said, Verdict

ENTRIES = {entry.name: entry for entry in entries()}


@pytest.fixture(autouse=True, scope="module")
def _states_removed() -> Iterator[None]:
    yield
    clear()


def _tried(name: str, **altered: object) -> Tried:
    entry = replace(ENTRIES[name], **altered)
    return Tried(entry, night_of(entry, 1))


def test_the_corpus_is_as_large_as_promised_and_covers_every_source_and_kind() -> None:
    defects = [entry for entry in ENTRIES.values() if entry.is_defect]
    assert len(defects) >= 90 and len(ENTRIES) - len(defects) >= 60
    assert {entry.source for entry in defects} == set(load_programme("nordwaerts").sources)
    assert {entry.source for entry in ENTRIES.values() if not entry.is_defect} == {e.source for e in defects}
    assert {entry.kind for entry in defects} == set(KINDS)
    assert all(entry.by and entry.says for entry in defects)
    assert len({entry.seed(1) for entry in ENTRIES.values()}) > 1


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("volunteers_ids_lost_their_letter", "stopped"),
        ("volunteers_year_before_with_new_dates", "held"),
        ("volunteers_with_unix_line_ends", "missed"),
        ("portal_decimal_point_lost", "held"),
    ],
)
def test_verdicts_are_those_of_landing_and_gate(name: str, outcome: Outcome) -> None:
    assert _tried(name).outcome == outcome


def test_a_defect_whose_guard_is_gone_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "volunteers_year_before_with_new_dates"
    without = tuple(rule for rule in expected.RULES["volunteer_count"] if rule != "repeats")
    monkeypatch.setitem(expected.RULES, "volunteer_count", without)
    tried = _tried(name)
    assert tried.outcome == "missed"
    assert any("not noticed" in each for each in failures([tried], []))


def test_a_defect_stopped_for_another_reason_counts_as_missed_and_is_reported() -> None:
    tried = _tried("volunteers_ids_lost_their_letter", by=("date_format",))
    assert tried.verdict.outcome == "stopped"
    assert (tried.outcome, tried.is_wrong_reason) == ("missed", True)
    content = certificate([tried], [], "v")
    assert content["totals"]["faults_of_wrong_reason"] == 1
    assert "`volunteers_ids_lost_their_letter` (cells): stopped; said: " in section([tried], [], "v")


def test_the_right_rule_in_other_words_than_a_clerk_should_read_does_not_count() -> None:
    assert _tried("volunteers_ids_lost_their_letter", says="etwas anderes").outcome == "missed"


def test_bad_rows_of_the_samples_themselves_are_no_alarm() -> None:
    assert clean_night("ehrenamt", "ehrenamt_2024.csv", 1).outcome == "missed"


def _made(count: int, outcome: Outcome, entry: Entry) -> list[Tried]:
    said = (Said(entry.by[0], (entry.says, entry.says)),) if entry.is_defect else ()
    return [Tried(entry, Verdict(outcome, said))] * count


@pytest.mark.parametrize(
    ("stopped", "flagged", "missed", "is_passed"), [(95, 5, 0, True), (94, 6, 0, False), (95, 4, 1, False)]
)
def test_of_defects_95_in_100_are_caught_and_all_are_noticed(
    stopped: int, flagged: int, missed: int, is_passed: bool
) -> None:
    entry = next(entry for entry in ENTRIES.values() if entry.is_defect)
    tried = [*_made(stopped, "stopped", entry), *_made(flagged, "flagged", entry), *_made(missed, "missed", entry)]
    assert (not failures(tried, [])) is is_passed


@pytest.mark.parametrize(
    ("outcomes", "is_passed"),
    [
        ({"missed": 98, "held": 2}, True),
        ({"missed": 97, "held": 3}, False),
        ({"missed": 99, "stopped": 1}, False),
        ({"missed": 99, "rejected_rows": 1}, False),
        ({"flagged": 100}, True),
    ],
)
def test_of_what_is_legitimate_two_in_100_may_be_held_and_none_stopped(
    outcomes: dict[Outcome, int], is_passed: bool
) -> None:
    entry = next(entry for entry in ENTRIES.values() if not entry.is_defect)
    tried = [one for outcome, count in outcomes.items() for one in _made(count, outcome, entry)]
    nights = [CleanNight(seed, {"file": one.verdict.outcome}) for seed, one in enumerate(tried)]
    assert (not failures(tried, [])) is is_passed
    assert (not failures([], nights)) is is_passed


def test_the_certificate_has_the_agreed_form() -> None:
    entries_of = [next(e for e in ENTRIES.values() if e.is_defect is kind) for kind in (True, False)]
    tried = [*_made(1, "held", entries_of[0]), *_made(1, "missed", entries_of[1])]
    content = json.loads(written(certificate(tried, [CleanNight(7, {"file": "missed"})], "v")))
    assert set(content["faults"][0]) == {"name", "kind", "outcome", "reason"}
    assert content["legitimate"] == [{"name": entries_of[1].name, "outcome": "passed"}]
    assert content["totals"]["clean_refreshes"] == {"all": 1, "passed": 1}
    assert (content["rules_version"], content["is_passed"]) == ("v", True)
    assert Counter(content["totals"]["faults"]) == Counter({"all": 1, "held": 1})
