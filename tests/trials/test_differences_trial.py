"""The short form of `make trial-differences`: every cause alone gets everything, combinations sum, and a wrong split is noticed."""

from pathlib import Path

import pytest
from refreshing import tiny_release

from refresh import splitting
from refresh.changed_cells import Keys
from release.layout import VarFolder
from trials.differences import EDITS, Models, Tried, base_of, combinations, is_as_dbt_builds, section, tried

pytestmark = pytest.mark.slow
_SEVERAL = ({"revised": 0, "area": 0}, {"withheld": 0, "correction": 0, "code": 0})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Models, Path, Keys]:
    return base_of(VarFolder("kleinstadt", tiny_release()), tmp_path_factory.mktemp("builds"))


@pytest.mark.parametrize("combination", [*({cause: 0} for cause in EDITS), *_SEVERAL], ids="+".join)
def test_parts_sum_to_the_change_and_one_cause_gets_it_whole(
    base: tuple[Models, Path, Keys], combination: dict[str, int], tmp_path: Path
) -> None:
    assert tried(*base, combination, tmp_path / "scratch").wrong == ()


def test_a_split_that_loses_a_part_is_noticed(
    base: tuple[Models, Path, Keys], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "_weight", lambda already, count: 1 / (count + already))
    assert any("a sum is off" in each for each in tried(*base, _SEVERAL[0], tmp_path / "scratch").wrong)


def test_models_run_directly_are_those_dbt_builds(base: tuple[Models, Path, Keys], tmp_path: Path) -> None:
    models, landed, _ = base
    assert is_as_dbt_builds(models, landed, tmp_path)


def test_a_thousand_combinations_are_all_different_and_the_same_every_time() -> None:
    drawn = combinations(1000, seed=1)
    assert len({tuple(sorted(each.items())) for each in drawn}) == 1000
    assert drawn == combinations(1000, seed=1)
    assert {len(each) for each in drawn} == set(range(1, len(EDITS) + 1))


def test_the_section_says_what_failed() -> None:
    text = section(2, [Tried(3, 0.5, ("{'area': 1}: a sum is off by 5.0e-01",), 1), Tried(1, 0.0, (), 1)], 9, True, 4)
    assert "**It failed:** {'area': 1}: a sum is off by 5.0e-01" in text
    assert "No part was missing" in section(1, [Tried(1, 0.0, (), 1)], 9, True, 4)
