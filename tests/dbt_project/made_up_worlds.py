"""Made-up worlds: a city of twelve quarters whose figures and catalogue a test chooses, built by the real models.

District 1 (quarters 01 to 06) is programme area in variant `core`; `half` takes quarter 06 to a half only, `single` is
quarter 01 alone; `abroad` (quarters 11 and 12) is a comparison set. Years 2015 (the baseline) to 2018.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from dbt_run import NO_TESTS, Build
from landed_city import city_rows, from_table, landed_schemas, write_city

CODES = tuple(f"{number:02}" for number in range(1, 13))
YEARS = (2015, 2016, 2017, 2018)
# figures of a measure by quarter and year; None is withheld, a key that is not there was not delivered
Figures = Mapping[tuple[str, int], Decimal | float | int | None]
MARTS = (
    "development_gap",
    "gap_family",
    "harmonisation",
    "change_decomposition",
    "indicator_value",
    "area_class",
    "measure",
)


def indicator(indicator_id: str, numerator: str, denominator: str | None = "people", **more: Any) -> dict[str, Any]:
    """A share in per cent, unless told otherwise, in the words of the catalogue."""
    [share] = [row for row in city_rows("programme__indicator") if row["indicator_id"] == "noisy_pct"]
    return share | {
        "indicator_id": indicator_id,
        "numerator_measure_id": numerator,
        "denominator_measure_id": denominator,
        "tolerance": Decimal(0),
        "margin_minimum": Decimal("0.5"),
        "margin_pct_of_baseline_gap": Decimal(0),
        "interval_basis": "process",
        **more,
    }


def same_every_year(figures: Mapping[str, Any]) -> dict[tuple[str, int], Any]:
    """Figures of one year for all of them."""
    return {(code, year): value for code, value in figures.items() for year in YEARS}


def build_world(
    made: Build,
    indicators: Iterable[dict[str, Any]],
    figures: Mapping[str, Figures],
    codes: Iterable[str] = CODES,
    **tables: list[dict[str, Any]],
) -> None:
    """Land and build a world: measures by name, what is declared, and further tables by name of the folder.

    `units` of measures are persons, unless the name ends in `_m2`, `_pct` or `_eur`.
    """
    write_city(made.landed)
    places = list(codes)
    areas = [("city", "1", None), ("stadtbezirk", "1", "city-1"), ("stadtbezirk", "2", "city-1")]
    areas += [
        ("unterbezirk", code, f"stadtbezirk-{1 if int(code) <= 6 or (code > '90' and int(code) % 2) else 2}")
        for code in places
    ]
    rows: dict[str, list[dict[str, Any]]] = {
        "programme__area": [
            _declared("area", area_id=f"{level}-{code}", area_level=level, area_code=code, area_name=code, parent_id=parent,
                      valid_from=dt.date(2011, 1, 1))
            for level, code, parent in areas
        ],
        "programme__area_set": [
            _declared("area_set", variant_id=variant, role=role, area_id=area, weight=Decimal(weight), valid_from=dt.date(2015, 1, 1))
            for variant, role, area, weight in [
                ("core", "programme", "stadtbezirk-1", "1"),
                *[("half", "programme", f"unterbezirk-{code}", "0.5" if code == "06" else "1") for code in CODES[:6]],
                ("single", "programme", "unterbezirk-01", "1"),
                *[("abroad", "comparison", f"unterbezirk-{code}", "1") for code in CODES[10:]],
            ]
        ],
        "programme__variant": [
            _declared("variant", variant_id=variant, purpose=purpose)
            for variant, purpose in [("core", "programme"), ("half", "programme"), ("single", "part"), ("abroad", "comparison")]
        ],
        "programme__indicator": list(indicators),
        "programme__break": [],
        "programme__claim": [],
        "programme__claim_leg": [],
        "programme__class_index": [],
        "programme__class_component": [],
        "programme__class_exception": [],
        "area_figure": _landed(figures),
        **tables,
    }  # fmt: skip
    for name, found in rows.items():
        table = pa.Table.from_pylist(found, schema=landed_schemas()[name])
        pq.write_table(table, made.landed / name / "rows.parquet")
    made.run("build", "--select", *(f"+fct_{mart}" for mart in MARTS), "+dim_indicator", *NO_TESTS)
    assert {name: status for name, status in made.results.items() if status != "success"} == {}


def _declared(table: str, **row: Any) -> dict[str, Any]:
    return from_table(f"programme__{table}", row, 1)


def _landed(figures: Mapping[str, Figures]) -> list[dict[str, Any]]:
    units = {"m2": "m2", "pct": "pct", "eur": "eur"}
    cells = [
        (measure, code, year, value) for measure, known in figures.items() for (code, year), value in known.items()
    ]
    return [
        from_table(
            "statistics__figures",
            {
                "measure_id": measure,
                "area_level": "unterbezirk",
                "area_id": f"unterbezirk-{code}",
                "period": str(year),
                "reference_on": dt.date(year, 12, 31),
                "value": None if value is None else Decimal(f"{value:.8f}"),
                "symbol": "*" if value is None else None,
                "status": "suppressed" if value is None else "final",
                "unit": units.get(measure.rpartition("_")[2], "persons"),
            },
            line,
        )
        for line, (measure, code, year, value) in enumerate(cells, start=2)
    ]
