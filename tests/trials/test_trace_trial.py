"""The trial of the walk names what fails, lists marts without a walk, and says what cannot be computed again."""

from collections import Counter

from trials.trace import MartWalk, Walked, section


def _section(*marts: MartWalk) -> str:
    return section({"stadt": Walked("2026-03-02-00000000", list(marts), 1.0, [0.5] * 20)})


def test_what_comes_out_passes_and_what_is_not_computed_is_named() -> None:
    told = _section(
        MartWalk("fct_a", 2, Counter(equal=4, key=2)), MartWalk("fct_b", 1, Counter(unproven=1), Counter(observed=1))
    )
    assert "**stadt: Passed.** 7 cells of 2 marts" in told
    assert "- `fct_b`: `observed`" in told


def test_a_cell_that_differs_fails_and_is_named() -> None:
    told = _section(
        MartWalk("fct_a", 1, Counter(equal=3, differs=1), failures=["nordwaerts trace fct_a x --column v: differs"])
    )
    assert "FAILED.**" in told and "- FAILED: `nordwaerts trace fct_a x --column v: differs`" in told


def test_a_mart_without_a_walk_is_listed_as_such_and_fails() -> None:
    told = _section(MartWalk("fct_a", 1, Counter(equal=3)), MartWalk("fct_new", has_walk=False))
    assert "| `fct_new` | no walk is declared |" in told and "FAILED.**" in told
