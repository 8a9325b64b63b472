"""A few hundred broken deliveries of every format: only sentences. The trial itself tries ten thousand of each."""

import time

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


def test_a_process_that_dies_or_hangs_is_a_failure_and_the_next_input_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = iter([[{"outcome": "landed", "number": 0, "seconds": 0.1, "peak": 1}], []])
    monkeypatch.setattr(fuzz, "_lines", lambda _: next(lines))
    monkeypatch.setattr(fuzz.subprocess, "Popen", _Ended)
    tried = fuzz.try_kind("csv", 2)
    assert tried.outcomes == {"landed": 1, "died": 1}
    assert len(tried.failures) == 1


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
    text = section([tried], 2.0, 1)
    assert text.startswith(fuzz.HEADING)
    assert "| csv | 6 | 3 | 2 | 1 |" in text
    assert "It failed" in text
    assert "csv 5: ValueError" in text


def test_every_kind_has_accidents_of_its_own() -> None:
    import random

    assert changed("csv", random.Random(1), b"a;b\n1;2\n") != changed("csv", random.Random(2), b"a;b\n1;2\n")
