"""A few hundred broken deliveries of every format: only sentences. The trial itself tries ten thousand of each."""

import time
from pathlib import Path

import pytest

from ingest import opened
from trials import fuzz
from trials.broken_bytes import changed
from trials.fuzz import KINDS, Target, Tried, section, target


@pytest.fixture(scope="module")
def targets() -> dict[str, Target]:
    return {kind: target(kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_only_sentences_come_out(kind: str, targets: dict[str, Target]) -> None:
    each = targets[kind]
    assert each.outcome(each.content) == "landed", "clean bytes land, or nothing would be tried"
    until = time.monotonic() + 2
    outcomes = set()
    for number in range(60):
        outcomes.add(each.outcome(each.input(number, seed=7)))
        if time.monotonic() > until:
            break
    assert len(outcomes) > 1


def test_the_same_number_is_the_same_input(targets: dict[str, Target]) -> None:
    for each in targets.values():
        assert each.input(3) == each.input(3)
        assert any(each.input(number) != each.content for number in range(5))


def test_an_error_that_is_no_sentence_is_a_failure(targets: dict[str, Target], monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(opened.csv_cells, "read", crash)
    with pytest.raises(RecursionError):
        targets["csv"].outcome(targets["csv"].content)


def test_a_process_that_dies_or_hangs_is_a_failure_and_the_next_input_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = iter([[{"outcome": "landed", "number": 0, "seconds": 0.1, "peak": 1}], []])
    monkeypatch.setattr(fuzz, "_lines", lambda _: next(lines))
    monkeypatch.setattr(fuzz.subprocess, "Popen", _Ended)
    tried = fuzz.try_kind("csv", 2, tmp_path)
    assert tried.outcomes == {"landed": 1, "died": 1}
    assert len(tried.failures) == 1
    assert fuzz.try_kind("csv", 2, tmp_path) == tried, "what was tried is not tried again, nor forgotten"


def test_a_trial_goes_on_where_it_was_ended(tmp_path: Path) -> None:
    whole = fuzz.try_kind("csv", 6, tmp_path)
    told = tmp_path / "csv.jsonl"
    lines = told.read_text().splitlines(keepends=True)
    told.write_text("".join(lines[:3]) + lines[3][:20])
    again = fuzz.try_kind("csv", 6, tmp_path)
    assert (again.inputs, again.outcomes) == (6, whole.outcomes)
    assert told.read_text().splitlines(keepends=True)[:3] == lines[:3]


def test_outcomes_of_other_code_are_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ingest").mkdir()
    (tmp_path / "trials").mkdir()
    (tmp_path / "trials" / "broken_bytes.py").write_text("")
    monkeypatch.setattr(fuzz, "ROOT", tmp_path)
    before = fuzz.same_code(tmp_path, 1)
    assert fuzz.same_code(tmp_path, 1) == before != fuzz.same_code(tmp_path, 2)
    (tmp_path / "ingest" / "landing.py").write_text("changed = True")
    assert fuzz.same_code(tmp_path, 1) != before


class _Ended:
    def __init__(self, *_: object, **__: object) -> None:
        self.stdout = None

    def kill(self) -> None:
        """Nothing runs."""

    def wait(self) -> None:
        """Nothing runs."""


def test_the_section_says_what_failed() -> None:
    tried = Tried("csv")
    tried.outcomes.update(landed=3, encoding=2, failed=1)
    tried.failures.append("csv 5: ValueError: x")
    text = section([tried], 1)
    assert text.startswith(fuzz.HEADING)
    assert "| csv | 6 | 3 | 2 | 1 |" in text
    assert "It failed" in text
    assert "csv 5: ValueError" in text


def test_every_kind_has_accidents_of_its_own() -> None:
    import random

    assert changed("csv", random.Random(1), b"a;b\n1;2\n") != changed("csv", random.Random(2), b"a;b\n1;2\n")
