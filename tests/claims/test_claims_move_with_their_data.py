"""Each claim follows the data it declares, and no others: verdicts flip when inputs cross a margin, stay else.

Whether a claim is deaf to an input it does not declare is asked in few builds: inputs fall into groups that no
claim connects, groups get numbers, and for each binary digit one build stirs the groups that have it and one
those that have not. Any two groups differ in a digit, so each claim sees every other group stirred alone of its own.
"""

from pathlib import Path

import pytest
from moved_city import Verdicts, improve, judged, judged_once, programme_areas, stir, worsen

from programmes.claims import Claim
from programmes.loading import load_programme

PROGRAMME = load_programme("nordwaerts")
CLAIMS = {claim.claim_id: claim for claim in PROGRAMME.claim_register.claims}
CHECKABLE = [claim.claim_id for claim in CLAIMS.values() if claim.is_checkable]
UNMEASURED = {claim_id for claim_id, claim in CLAIMS.items() if not claim.is_checkable}

pytestmark = pytest.mark.slow


def inputs_of(claim: Claim) -> frozenset[str]:
    """Everything a claim rests on, through its legs."""
    own = frozenset(claim.dependencies)
    return own.union(*(inputs_of(CLAIMS[leg.claim]) for leg in claim.legs))


def groups() -> list[frozenset[str]]:
    """All landed inputs in groups no measured claim connects; what no claim rests on is the last group."""
    found: list[frozenset[str]] = []
    for claim in CLAIMS.values():
        touched = [group for group in found if group & set(claim.dependencies)]
        if claim.dependencies:
            found = [g for g in found if g not in touched] + [frozenset(claim.dependencies).union(*touched)]
    items = {name for name in PROGRAMME.landed_data() if "/" in name}
    inputs = items | {name for name in PROGRAMME.landed_data() if not any(i.startswith(name + "/") for i in items)}
    return [*sorted(found, key=sorted), frozenset(inputs).difference(*found)]


def stirred_sets() -> list[frozenset[str]]:
    """What is stirred together, build by build; the last two look inside groups."""
    every = groups()
    sets = []
    for digit in range(len(every).bit_length()):
        for value in (0, 1):
            sets.append(frozenset().union(*(g for n, g in enumerate(every) if (n >> digit) & 1 == value)))
    return [
        *sets,
        frozenset({"project", "area_figure/living_space_m2"}),
        frozenset({"area_figure/accessible_green_m2"}),
    ]


@pytest.fixture(scope="session")
def worse(landed: Path) -> Verdicts:
    return judged_once("worse", landed, worsen(programme_areas(landed)))


@pytest.fixture(scope="session")
def better(landed: Path) -> Verdicts:
    return judged_once("better", landed, improve(programme_areas(landed)))


def then(verdicts: Verdicts, claim_id: str) -> str:
    """The verdict then, or today where the figures had not come yet when it was said."""
    sides = {side: row for (claim, side, _), row in verdicts.items() if claim == claim_id and side != "history"}
    said = sides["as_of"]
    return str(sides["current" if said["reason_code"] == "not_received" else "as_of"]["verdict"])


@pytest.mark.parametrize("claim_id", CHECKABLE)
def test_the_verdict_flips_when_the_data_cross_the_margin(
    claim_id: str, base: Verdicts, worse: Verdicts, better: Verdicts
) -> None:
    seen = then(base, claim_id)
    assert seen != then(worse, claim_id) or seen != then(better, claim_id)


@pytest.mark.parametrize("claim_id", [c for c in CHECKABLE if CLAIMS[c].metric and CLAIMS[c].metric.kind == "gap"])
def test_gap_claims_fall_when_the_area_falls_behind_and_hold_when_it_gains(
    claim_id: str, worse: Verdicts, better: Verdicts
) -> None:
    assert (then(worse, claim_id), then(better, claim_id)) == ("not_supported", "supported")


def test_composites_follow_their_legs(worse: Verdicts, better: Verdicts) -> None:
    composites = [claim_id for claim_id, claim in CLAIMS.items() if claim.legs]
    blocked = {c for c in composites if {leg.claim for leg in CLAIMS[c].legs} & UNMEASURED}
    assert blocked == {"deck_housing_up"}
    assert {then(worse, c) for c in composites} == {"not_supported"}
    assert {then(better, c) for c in composites if c not in blocked} == {"supported"}
    assert then(better, "deck_housing_up") == "not_checkable"


@pytest.mark.parametrize("number", range(len(stirred_sets())))
def test_a_claim_reacts_to_what_it_declares_and_to_nothing_else(
    number: int, landed: Path, base: Verdicts, tmp_path: Path
) -> None:
    stirred = stirred_sets()[number]
    after = judged(landed, tmp_path, stir(stirred))
    reacting = {key[0] for key in base.keys() | after.keys() if base.get(key) != after.get(key)}
    dependent = {claim_id for claim_id, claim in CLAIMS.items() if inputs_of(claim) & stirred}
    assert reacting - dependent == set(), "these rest on data they do not declare"
    measured = {claim_id for claim_id in dependent if CLAIMS[claim_id].metric}
    assert measured - reacting == set(), "these do not react to data they declare"


def test_every_pair_of_groups_is_told_apart() -> None:
    every, sets = groups(), stirred_sets()
    for group in every:
        for other in every:
            if group is not other:
                assert any(other <= stirred and not group & stirred for stirred in sets)
