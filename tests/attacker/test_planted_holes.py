"""The attacker finds every hole that was planted, of every kind, and nothing where there is none."""

import random

import pytest
from planted_holes import HOLES, WIDTH, Hole, planted, safe

from attacker.bounds import findings

_OF_A_KIND, _SAFE = 200 // len(HOLES), 200


@pytest.mark.parametrize("hole", HOLES, ids=lambda hole: hole.__name__.strip("_"))
def test_every_planted_hole_is_found(hole: Hole) -> None:
    for seed in range(_OF_A_KIND):
        told, target = planted(hole, random.Random(seed))
        [found] = findings(told.table(), [target], WIDTH)
        assert found.low <= told.sum(target.members) <= found.high <= found.low + HOLES[hole]


@pytest.mark.slow
def test_nothing_is_found_where_nothing_can_be_known() -> None:
    for seed in range(_SAFE):
        table, targets = safe(random.Random(seed))
        assert targets
        assert findings(table, targets, WIDTH) == []
