"""Properties of gaps on made-up figures: a tiny city of random counts, every indicator once for each polarity.

One build of the models. The figures say nothing; what holds is the relation of each indicator to its mirror
image, of parts to wholes, and of fractional parts of an area to the area.
"""

import datetime as dt
import math
import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dbt_run import NO_TESTS, Build, built_once
from landed_city import city_rows, from_table, landed_schemas, write_city
from scipy import stats

CODES = ("011", "012", "021", "022")
YEARS = range(2015, 2022)
SWAPPED = {"narrowed": "widened", "widened": "narrowed"}
KEY = "base, variant_id, comparator, baseline_id, period"


def _indicators() -> list[dict[str, Any]]:
    """Twelve shares, tight and loose, each as lower and as higher is better; else as a share of the tiny city."""
    [share] = [row for row in city_rows("programme__indicator") if row["indicator_id"] == "noisy_pct"]
    return [
        share
        | {
            "indicator_id": f"{polarity}-{number}",
            "numerator_measure_id": f"cases_{number}",
            "polarity": polarity,
            "tolerance": Decimal("0.01") if number < 8 else Decimal("3"),
            "margin_minimum": Decimal("0.5") if number % 2 else Decimal("6"),
        }
        for number in range(12)
        for polarity in ("lower_is_better", "higher_is_better")
    ]


def _figures() -> list[dict[str, Any]]:
    """Counts that wander from year to year; now and then one is suppressed."""
    chance = random.Random(1517)
    rows = []
    for year in YEARS:
        cells: dict[tuple[str, str], int | None] = {(code, "people"): chance.randint(800, 1200) for code in CODES}
        for number in range(12):
            for code in CODES:
                hidden = year > 2015 and chance.random() < 0.01
                cells[code, f"cases_{number}"] = None if hidden else chance.randint(60, 300)
        rows += [
            {
                "measure_id": measure,
                "area_level": "unterbezirk",
                "area_id": f"unterbezirk-{code}",
                "period": str(year),
                "reference_on": dt.date(year, 12, 31),
                "value": None if cell is None else Decimal(cell),
                "symbol": "*" if cell is None else None,
                "status": "suppressed" if cell is None else "final",
                "unit": "persons",
            }
            for (code, measure), cell in cells.items()
        ]
    return [from_table("statistics__figures", row, line) for line, row in enumerate(rows, start=2)]


@pytest.fixture(scope="module")
def mirrored() -> Build:
    """The tiny city with these figures and this catalogue in place of its own."""
    marts = [f"+fct_{mart}" for mart in ("development_gap", "harmonisation", "change_decomposition", "measure")]

    def build(made: Build) -> None:
        write_city(made.landed)
        for name, rows in {"programme__indicator": _indicators(), "area_figure": _figures()}.items():
            table = pa.Table.from_pylist(rows, schema=landed_schemas()[name])
            pq.write_table(table, made.landed / name / "rows.parquet")
        made.run("build", "--select", *marts, "+fct_indicator_value", *NO_TESTS)

    found = built_once("mirrored_city", build)
    assert set(found.results.values()) == {"success"}
    return found


def _pairs(mirrored: Build, columns: str) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """The same row of both polarities."""
    sides: dict[str, dict[tuple[Any, ...], tuple[Any, ...]]] = {"lower_is_better": {}, "higher_is_better": {}}
    for polarity, *row in mirrored.rows(
        f"select split_part(indicator_id, '-', 1), {KEY}, {columns} from "
        "(select *, split_part(indicator_id, '-', 2) as base from fct_development_gap)"
    ):
        sides[polarity][tuple(row[:5])] = tuple(row[5:])
    lower, higher = sides.values()
    assert set(lower) == set(higher)
    assert len(lower) > 400
    return [(lower[key], higher[key]) for key in lower]


@pytest.mark.parametrize("column", ["verdict", "relative_verdict"])
def test_polarity_swaps_narrowed_and_widened_and_nothing_else(mirrored: Build, column: str) -> None:
    pairs = _pairs(mirrored, column)
    assert all(SWAPPED.get(one, one) == other for (one,), (other,) in pairs)
    said = Counter(one for (one,), _ in pairs)
    assert all(said[verdict] > 5 for verdict in ("narrowed", "widened", "undecidable"))
    assert column == "relative_verdict" or said["unchanged"] > 5


def test_polarity_never_changes_gap_distance_margin_or_reason(mirrored: Build) -> None:
    columns = (
        "gap_absolute, gap_lower, gap_upper, baseline_gap, change_since_baseline, change_lower, change_upper, "
        "distance_change, distance_verdict, margin, undecidable_reason, is_verdict_stable, is_sign_certain, closed_share, "
        "change_at_later_weights, process_half_width"
    )
    pairs = _pairs(mirrored, columns)
    assert all(one == other for one, other in pairs)
    assert {"narrowed", "widened", "unchanged", "undecidable"} <= {one[8] for one, _ in pairs}


def test_polarity_mirrors_the_disadvantage(mirrored: Build) -> None:
    pairs = _pairs(mirrored, "disadvantage_change, disadvantage_change_lower, disadvantage_change_upper")
    for one, other in pairs:
        assert other == (None, None, None) if one[0] is None else other == (-one[0], -one[2], -one[1])


def test_parts_of_an_area_sum_to_the_city(mirrored: Build) -> None:
    """Core takes a quarter of Unterbezirk 021: quarter and rest of it are all of it, and of no more."""
    rows = mirrored.rows(
        "select variant_id, max(abs(whole - parts)), count(*) from (select variant_id, indicator_id, period, "
        "sum(case when role = 'city' then numerator end) as whole, "
        "sum(case when role in ('programme', 'rest') then numerator end) as parts, count(numerator) as n "
        "from fct_indicator_value where area_kind = 'area_set' and territory = 'today' "
        "and role in ('programme', 'rest', 'city') group by all having n = 3) group by 1"
    )
    assert {variant for variant, _, _ in rows} == {"core", "narrow"}
    assert all(difference == 0 and count > 100 for _, difference, count in rows)


def test_theil_and_decomposition_are_additive(mirrored: Build) -> None:
    [(theil, count)] = mirrored.rows(
        "select max(abs(theil - theil_between - theil_within)), count(theil_between) from fct_harmonisation"
    )
    assert theil < 1e-12 and count > 100
    [(residual, count)] = mirrored.rows(
        "select max(abs(residual)), count(*) from (select sum(effect) - max(change) as residual "
        "from fct_change_decomposition group by indicator_id, variant_id, role, period)"
    )
    assert residual < 1e-12 and count > 200


def test_a_hole_is_never_a_zero(mirrored: Build) -> None:
    """A suppressed cell takes the value from every sum over it whose other members hold less than 95 per cent."""
    holes = mirrored.rows(
        "select area_id, period, measure_id from fct_measure where value is null and status = 'suppressed'"
    )
    assert len(holes) > 2
    for area, period, measure in holes:
        number = measure.removeprefix("cases_")
        found = mirrored.rows(
            "select value, numerator from fct_indicator_value where split_part(indicator_id, '-', 2) = "
            f"'{number}' and period = '{period}' and area_id in ('{area}', 'city-1')"
        )
        assert found == [(None, None)] * 4, (area, period, measure)
    [(gaps,)] = mirrored.rows(
        "select count(*) from fct_development_gap where undecidable_reason = 'incomplete' and gap_absolute is null"
    )
    assert gaps > 0


def test_holm_is_redone_from_the_printed_columns(mirrored: Build) -> None:
    """Step by step with normal quantiles; the figures tell Holm from no correction and from Bonferroni's."""
    families: dict[tuple[Any, ...], list[tuple[float, str, bool]]] = {}
    for *family, name, beyond, error, adjusted in mirrored.rows(
        "select variant_id, comparator, baseline_id, period, indicator_id, disadvantage_change - margin, "
        "(disadvantage_change - disadvantage_change_lower) / 1.959963984540054, is_widened_adjusted "
        "from fct_development_gap where verdict is not null"
    ):
        # one that cannot be tested is a hypothesis nevertheless, the last of its family
        z = -math.inf if error is None else beyond / error if error else math.copysign(1e9, beyond)
        families.setdefault(tuple(family), []).append((z, name, adjusted))
    told_apart = Counter[str]()
    for tested in families.values():
        still, m = True, len(tested)
        for left, (z, name, adjusted) in zip(
            range(m, 0, -1), sorted(tested, key=lambda one: (-one[0], one[1])), strict=True
        ):
            still = still and bool(z > stats.norm.isf(0.025 / left))
            assert adjusted == (None if z == -math.inf else still), (name, z, left)
            told_apart["from none"] += z > stats.norm.isf(0.025) and not still
            told_apart["from Bonferroni"] += still and z <= stats.norm.isf(0.025 / m)
    assert told_apart["from none"] > 0 and told_apart["from Bonferroni"] > 0
