"""A table as large as a city's is attacked within seconds; `pytest -s` prints how many."""

import random
import time

from planted_holes import WIDTH, Publication

from attacker.bounds import findings
from attacker.table import Target

_ATOMS, _STATEMENTS, _TARGETS = 170, 250, 420
_MOST_SECONDS = 20  # of processor; a fraction of one is usual


def test_a_city_is_attacked_within_seconds() -> None:
    numbers, told = random.Random(0), Publication()
    atoms = told.atoms([numbers.choice((0, 1, 2, 4, 7, 12, 30, 90)) for _ in range(_ATOMS)])
    runs = [atoms[begin : begin + numbers.randint(2, 60)] for begin in numbers.choices(atoms, k=_TARGETS - _ATOMS)]
    sums = [*((atom,) for atom in atoms), *runs]
    for members in numbers.sample(sums, len(sums)):
        if len(told.statements) < _STATEMENTS:
            told.tell_rounded(members)
    assert len(told.statements) == _STATEMENTS
    begun = time.process_time()
    found = findings(told.table(), [Target(f"{number}", members) for number, members in enumerate(sums)], WIDTH)
    seconds = time.process_time() - begun
    print(f"\n{_ATOMS} atoms, {_STATEMENTS} statements, {_TARGETS} targets: {len(found)} found in {seconds:.2f} s")
    assert seconds < _MOST_SECONDS
    assert all(each.low <= told.sum(each.target.members) <= each.high for each in found)
    assert found
