"""A city among the cities of its state: five made-up cities with figures by hand (test_many_cities.py builds the model with all others)."""

from typing import Any

import duckdb
import pytest
from compiled_models import compiled

# City → value and limits of one share in one year.
PRINTED: dict[str, tuple[float | None, float | None, float | None]] = {
    "ahorn": (10.0, 9.0, 11.0),
    "birkenau": (12.0, 10.5, 13.5),
    "elmstedt": (14.0, 13.5, 14.5),
    "linde": (20.0, None, None),
    "ulmen": (30.0, 29.0, 31.0),
    "weiden": (None, None, None),  # hidden by the rule of the city
}
DEFINITION = {
    "kind": "ratio", "scale": "share", "unit": "pct", "factor": 100,
    "numerator_measure_id": "jobless", "subtracted_measure_id": None, "denominator_measure_id": "people",
}  # fmt: skip
OTHERWISE = [
    ("kind", "weighted_mean"), ("scale", "ratio"), ("unit", "per_1000"), ("factor", 1000),
    ("numerator_measure_id", "seekers"), ("subtracted_measure_id", "trainees"), ("denominator_measure_id", "workers"),
]  # fmt: skip


def indicator(city: str, version: int = 1, **otherwise: Any) -> dict[str, Any]:
    definition = DEFINITION | otherwise
    named = {name: value and f"{city}:{value}" for name, value in definition.items() if name.endswith("_measure_id")}
    return {"indicator_id": f"{city}:jobless_pct", "definition_version": version, **definition, **named}


def figure(
    city: str, version: int = 1, area: str = "city", period: str = "2020", method: str = "wilson_process"
) -> dict[str, Any]:
    value, lower, upper = PRINTED[city]
    return {
        "indicator_id": f"{city}:jobless_pct", "definition_version": version, "area_id": f"{city}:{area}", "period": period,
        "value": value, "lower": lower, "upper": upper, "interval_method": method, "unit": "pct", "status": "final",
        "comparability_break": None, "area_kind": "area", "is_synthetic": True,
    }  # fmt: skip


def compared(figures: list[dict[str, Any]], indicators: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """City and period → what the model says."""
    types = {
        "public_fct_indicator_value": "indicator_id varchar, definition_version bigint, area_id varchar, period varchar, value double,"
        " lower double, upper double, interval_method varchar, unit varchar, status varchar, comparability_break varchar,"
        " area_kind varchar, is_synthetic boolean",
        "dim_indicator": "indicator_id varchar, definition_version bigint, kind varchar, scale varchar, unit varchar,"
        " factor decimal(24, 8), numerator_measure_id varchar, subtracted_measure_id varchar,"
        " denominator_measure_id varchar",
        "dim_area": "area_id varchar, level_rank bigint",
    }
    areas = [{"area_id": f"{city}:{area}", "level_rank": rank} for city in PRINTED for area, rank in (("city", 0), ("north", 1))]
    with duckdb.connect() as connection:
        for (name, columns), rows in zip(types.items(), (figures, indicators, areas), strict=True):
            connection.execute(f"create table main.{name} ({columns})")
            for row in rows:
                names = [column.split()[0] for column in columns.replace("(24, 8)", "").split(", ")]
                connection.execute(f"insert into main.{name} values ({', '.join('?' * len(names))})", [row[each] for each in names])
        found = connection.execute(compiled(True).statements["state_indicator_peers"]).fetch_arrow_table().to_pylist()
    return {(row["indicator_id"].partition(":")[0], row["period"]): row for row in found}


def of_all() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return [figure(city) for city in PRINTED], [indicator(city) for city in PRINTED]


def test_a_city_stands_among_all_that_print_a_figure() -> None:
    found = compared(*of_all())
    assert found.keys() == {(city, "2020") for city in PRINTED if city != "weiden"}
    names = ("city_count", "lowest", "lower_quartile", "median_value", "upper_quartile", "highest")
    assert {tuple(row[name] for name in names) for row in found.values()} == {(5, 10.0, 12.0, 14.0, 20.0, 30.0)}


@pytest.mark.parametrize(
    ("city", "lower", "higher", "not_told_apart"),
    [("ahorn", 0, 2, 1), ("birkenau", 0, 1, 2), ("elmstedt", 1, 1, 1), ("linde", None, None, None), ("ulmen", 3, 0, 0)],
)
def test_it_is_told_apart_from_cities_whose_limits_do_not_touch_its_own(
    city: str, lower: int | None, higher: int | None, not_told_apart: int | None
) -> None:
    row = compared(*of_all())[city, "2020"]
    assert [row[name] for name in ("lower_city_count", "higher_city_count", "not_told_apart_count")] == [
        lower, higher, not_told_apart,
    ]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), OTHERWISE, ids=[column for column, _ in OTHERWISE])
def test_a_city_that_computes_it_otherwise_is_no_peer(column: str, value: Any) -> None:
    figures, indicators = of_all()
    indicators[0] = indicator("ahorn", **{column: value})
    found = compared(figures, indicators)
    assert [found[city, "2020"]["city_count"] for city in ("ahorn", "birkenau")] == [1, 4]


def test_limits_of_rounding_alone_tell_no_city_apart() -> None:
    figures, indicators = of_all()
    figures[0] = figure("ahorn", method="rounding_bound")
    found = compared(figures, indicators)
    assert found["ahorn", "2020"]["lower_city_count"] is None
    assert found["ahorn", "2020"]["city_count"] == 5
    assert [found["birkenau", "2020"][name] for name in ("higher_city_count", "not_told_apart_count")] == [1, 1]


def test_each_figure_is_compared_by_its_own_version_of_the_definition() -> None:
    figures, indicators = of_all()
    newer = [figure("ahorn", version=2, period="2021"), figure("birkenau", period="2021")]
    found = compared([*figures, *newer], [*indicators, indicator("ahorn", version=2, factor=1000)])
    assert [found["ahorn", period]["city_count"] for period in ("2020", "2021")] == [5, 1]
    assert [found["birkenau", period]["city_count"] for period in ("2020", "2021")] == [5, 1]


def test_a_part_of_a_city_is_no_city() -> None:
    figures, indicators = of_all()
    assert compared([*figures, figure("ahorn", area="north")], indicators) == compared(figures, indicators)
