"""Sentences on harmonisation and on the class of an area say what their marts say, for every row of the sample.

Nobody published such sentences about nordwärts, so they are made up here: for each indicator and level that the areas grew
alike, and that they grew apart; for areas of every class each class there is.
"""

import datetime as dt
import math
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest
from moved_city import Row, Verdicts, judged
from once import computed_once

from programmes.claim_rules import AreaClass
from release.layout import VarFolder

PERIOD = "2022"
OPPOSITE = {"down": "diverged", "up": "converged"}
WISHED = {"down": "converged", "up": "diverged"}
pytestmark = pytest.mark.slow


def rows_of(published: Path, sql: str) -> list[Row]:
    """Rows of the published sample release."""
    database = VarFolder("nordwaerts", published).current / "monitoring.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(sql)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


@pytest.fixture(scope="session")
def spreads(published: Path) -> list[Row]:
    return rows_of(
        published,
        "select harmonised.*, baseline_id from fct_harmonisation as harmonised "
        "inner join dim_indicator using (indicator_id, definition_version) "
        f"where period = '{PERIOD}' and is_default_variant order by all",
    )


@pytest.fixture(scope="session")
def classes(published: Path) -> list[Row]:
    """Three areas of every pair of classes there is."""
    return rows_of(
        published,
        f"select * from fct_area_class where period = '{PERIOD}' "
        "qualify row_number() over (partition by index_id, status_class, dynamics_class order by area_id) <= 3 order by all",
    )


def claim(claim_id: str, **said: Any) -> Row:
    """A landed claim, as refresh/claim_tables.py writes it."""
    said_on = {
        name: dt.date(2024, 1, 1) for name in ("said_first_on", "said_last_on", "first_on", "last_on", "declared_on")
    }
    flags = {
        "is_leg": False,
        "is_dated": True,
        "is_date_assumed": False,
        "is_strong": False,
        "is_bound_included": False,
    }
    texts = {"wording_de": "x", "wording_en": "x", "document": "d", "publisher": "p", "is_checkable": True}
    made = {"claim_id": claim_id, "period": PERIOD, "definition_version": 1, "_row": "line 1"}
    return made | said_on | flags | texts | said


@pytest.fixture(scope="session")
def verdicts(
    landed: Path, spreads: list[Row], classes: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> Verdicts:
    said = [
        claim(
            f"{row['indicator_id']}/{row['area_level']}/{direction}", type="direction", direction=direction,
            metric_kind="harmonisation", metric_of=row["indicator_id"], area=row["area_level"], baseline=row["baseline_id"],
        )
        for row in spreads
        for direction in WISHED
    ]  # fmt: skip
    said += [
        claim(
            f"{row['index_id']}/{row['area_id']}/{each}", type="class", expected_class=each,
            metric_kind="area_class", metric_of=row["index_id"], area=row["area_id"],
        )
        for row in classes
        for each in get_args(AreaClass)
    ]  # fmt: skip
    found: Verdicts = computed_once(
        "verdicts_spreads_and_classes", lambda: judged(landed, tmp_path_factory.mktemp("judged") / "build", claims=said)
    )
    return found


def test_a_sentence_on_harmonisation_says_what_the_test_of_the_mart_says(
    spreads: list[Row], verdicts: Verdicts
) -> None:
    seen = set()
    for row in spreads:
        for direction, wished in WISHED.items():
            found = verdicts[f"{row['indicator_id']}/{row['area_level']}/{direction}", "current", PERIOD]
            seen.add(found["reason_code"])
            if row["sigma_verdict"] == wished:
                assert found["verdict"] == "supported", found
            elif row["sigma_verdict"] == OPPOSITE[direction]:
                assert found["verdict"] == "not_supported", found
            else:
                assert found["verdict"] == "undecidable", found
                assert (found["estimate"] is None) == (row["pitman_morgan_t"] is None)
    assert {"direction_certain", "direction_contrary", "interval_spans", "missing_baseline"} <= seen


def test_at_the_limits_of_the_spread_the_test_just_decides(spreads: list[Row], verdicts: Verdicts) -> None:
    """Second way: the later figures divided by a limit have the spread of the earlier ones, or t is beyond critical."""
    tested = 0
    for row in spreads:
        found = verdicts[f"{row['indicator_id']}/{row['area_level']}/down", "current", PERIOD]
        if found["lower"] is None or 1 - row["correlation"] ** 2 < 1e-3:
            continue
        tested += 1
        assert found["estimate"] == pytest.approx(100 * (row["sigma"] / row["sigma_baseline"] - 1), abs=0.01)
        for limit, wished in (("lower", -row["critical_t"]), ("upper", row["critical_t"])):
            f = ((1 + found[limit] / 100) * row["sigma_baseline"] / row["sigma"]) ** 2
            t = (f - 1) * math.sqrt(row["degrees_of_freedom"]) / (2 * math.sqrt(f * (1 - row["correlation"] ** 2)))
            assert t == pytest.approx(wished, rel=2e-3), (row["indicator_id"], row["area_level"], limit)
    assert tested > 5


def test_a_sentence_on_a_class_holds_for_the_class_of_the_mart_alone(classes: list[Row], verdicts: Verdicts) -> None:
    for row in classes:
        own = {row["status_class"], row["dynamics_class"]}
        for each in get_args(AreaClass):
            found = verdicts[f"{row['index_id']}/{row['area_id']}/{each}", "current", PERIOD]
            expected = "supported" if each in own else "not_supported"
            assert found["verdict"] == expected, found
    assert {row["status_class"] for row in classes} == {"high", "medium", "low", "very_low"}
