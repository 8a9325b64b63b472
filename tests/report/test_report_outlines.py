"""Outlines for maps: valid coverages of all levels from invalid polygons, little area lost, paths that draw them."""

import datetime as dt
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import shapely

from programmes.loading import load_programme
from programmes.outlines import read_outlines
from report.outlines import mended, outlines, svg_path

REFERENCE = Path(os.environ.get("NORDWAERTS_REFERENCE", Path(__file__).parents[3] / "shared" / "reference"))
REAL = REFERENCE / "dortmund" / "Statist_UnterbezirkePolygon.geojson"
DAY = dt.date(2026, 2, 1)
PROGRAMME = load_programme("nordwaerts")
AREAS = [{**area.model_dump(), "area_id": area.area_id} for area in PROGRAMME.areas]
COUNTS = {"unterbezirk": 170, "publikationseinheit": 145, "statistischer_bezirk": 62, "stadtbezirk": 12, "city": 1}
Row = dict[str, Any]


def row(area_id: str, words: str, crs: str = "EPSG:25832") -> Row:
    return {"area_id": area_id, "crs": crs, "outline_wkt": words}


def sample() -> list[Row]:
    return [row(each.area_id, each.outline, each.crs) for each in PROGRAMME.outlines]


def real() -> list[Row]:
    """The city's own polygons, named as a programme folder would name them."""
    collection = json.loads(REAL.read_text(encoding="cp1252"))
    for feature in collection["features"]:
        feature["properties"]["area_id"] = f"unterbezirk-{feature['properties']['unbeznr']}"
    return [row(each["area_id"], each["outline"], each["crs"]) for each in read_outlines(json.dumps(collection))]


def area(area_id: str, parent: str | None = None, unit: str | None = None, valid_to: dt.date | None = None) -> Row:
    level = area_id.partition("-")[0]
    return {
        "area_id": area_id, "area_level": level, "parent_id": parent, "publication_unit_id": unit,
        "valid_from": dt.date(2011, 1, 1), "valid_to": valid_to,
    }  # fmt: skip


@pytest.mark.parametrize(
    "delivered",
    [
        sample,
        pytest.param(
            real,
            marks=[
                pytest.mark.reference,
                pytest.mark.skipif(not REAL.is_file(), reason=f"{REAL.name} is not committed, and not on this machine"),
            ],
        ),
    ],
)
def test_every_level_is_a_coverage_that_keeps_its_areas(delivered: Any) -> None:
    rows = delivered()
    found = outlines(rows, AREAS, DAY)
    assert {level: len(areas) for level, areas in found.items()} == COUNTS
    for areas in found.values():
        assert shapely.coverage_is_valid(list(areas.values()))
        assert all(each.is_valid and not each.is_empty for each in areas.values())
        assert sum(each.area for each in areas.values()) == pytest.approx(found["city"]["city-05913"].area)
    for each, whole in zip(rows, mended(rows), strict=True):
        pct = 100 * abs(found["unterbezirk"][each["area_id"]].area / whole.area - 1)
        assert round(pct, 2) <= 0.65, each["area_id"]
    before, after = (
        sum(map(shapely.get_num_coordinates, each)) for each in (mended(rows), found["unterbezirk"].values())
    )
    assert after < before
    assert 275e6 < found["city"]["city-05913"].area < 290e6  # the city has 280.7 square kilometres


@pytest.mark.reference
@pytest.mark.skipif(not REAL.is_file(), reason=f"{REAL.name} is not committed, and not on this machine")
def test_the_real_polygons_are_invalid_as_delivered() -> None:
    assert sum(not shapely.from_wkt(each["outline_wkt"]).is_valid for each in real()) == 60


def test_overlap_and_crossing_are_mended() -> None:
    rows = [
        row("quarter-1", "POLYGON ((0 0, 1000 0, 1000 1000, 0 1000, 0 0))"),
        row("quarter-2", "POLYGON ((995 0, 2000 0, 2000 1000, 995 1000, 995 0))"),
        row("quarter-3", "POLYGON ((0 1000, 1000 2000, 1000 1000, 0 2000, 0 1000))"),
        row(
            "quarter-4",
            "POLYGON ((2000 0, 3000 0, 3000 1000, 2000 1000, 2000 0, 2000 500, 2500 500, 2000 500, 2000 0))",
        ),
    ]
    places = [area(each["area_id"], "city-1") for each in rows] + [area("city-1")]
    found = outlines(rows, places, DAY)
    assert not shapely.coverage_is_valid([shapely.from_wkt(each["outline_wkt"]) for each in rows])
    assert shapely.coverage_is_valid(list(found["quarter"].values()))
    assert {each.geom_type for each in found["quarter"].values()} == {"Polygon", "MultiPolygon"}
    assert found["city"]["city-1"].area == pytest.approx(3_500_000, rel=1e-3)


def test_only_areas_of_the_day_and_both_ways_up() -> None:
    rows = [row(f"quarter-{n}", f"POLYGON (({n} 0, {n + 1} 0, {n + 1} 1, {n} 1, {n} 0))") for n in (1, 2, 3)]
    gone = dt.date(2020, 12, 31)
    places = [
        area("quarter-1", "district-1", "unit-1"), area("quarter-2", "district-1", "unit-1"),
        area("quarter-3", "district-2", "unit-3", valid_to=gone), area("district-1"), area("district-2"),
        area("unit-1"), area("unit-3"),
    ]  # fmt: skip
    now, then = outlines(rows, places, DAY), outlines(rows, places, gone)
    assert {level: sorted(found) for level, found in now.items()} == {
        "quarter": ["quarter-1", "quarter-2"], "district": ["district-1"], "unit": ["unit-1"],
    }  # fmt: skip
    assert {level: len(found) for level, found in then.items()} == {"quarter": 3, "district": 2, "unit": 2}
    assert outlines([], places, DAY) == {}


def test_degrees_become_metres() -> None:
    [shape] = mended(
        [row("quarter-1", "POLYGON ((7.46 51.51, 7.47 51.51, 7.47 51.52, 7.46 51.52, 7.46 51.51))", "EPSG:4326")]
    )
    # by Bessel's series a degree is 111.26 km northwards and 69.43 km eastwards there
    assert shape.area == pytest.approx(1112.6 * 694.3, rel=0.005)


def drawn(path: str) -> list[list[tuple[int, int]]]:
    """The corners of a path of relative moves, read as a browser does."""
    assert re.fullmatch(r"(m-?\d+(?: ?-?\d+)*z)*", path)
    rings, here = [], (0, 0)
    for ring in re.findall(r"m([^z]*)z", path):
        numbers = [int(each) for each in re.findall(r"-?\d+", ring)]
        points = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            here = (here[0] + dx, here[1] + dy)
            points.append(here)
        here = points[0]
        rings.append(points)
    return rings


def test_a_path_draws_the_rings_in_whole_units() -> None:
    shape = shapely.from_wkt(
        "MULTIPOLYGON (((0 0, 0 90, 90 90, 90 0, 0 0), (30 30, 60 30, 60 60, 30 30)), ((200 0, 210.4 0, 200 10.4, 200 0)),"
        " ((5 5, 5.1 5, 5 5.1, 5 5)))"
    )
    path = svg_path(shape, lambda x, y: (x, 100 - y))
    assert drawn(path) == [
        [(0, 100), (0, 10), (90, 10), (90, 100)],
        [(30, 70), (60, 70), (60, 40)],
        [(200, 100), (210, 100), (200, 90)],
    ]  # the smallest is less than a unit
    assert path == svg_path(shape, lambda x, y: (x, 100 - y))


def test_paths_of_neighbours_share_their_corners() -> None:
    found = outlines(sample(), AREAS, DAY)
    west, _, _, north = found["city"]["city-05913"].bounds
    paths = {
        level: [svg_path(each, lambda x, y: ((x - west) / 10, (north - y) / 10)) for each in areas.values()]
        for level, areas in found.items()
    }
    fine = {corner for path in paths["unterbezirk"] for ring in drawn(path) for corner in ring}
    assert {corner for path in paths["stadtbezirk"] for ring in drawn(path) for corner in ring} <= fine
    assert sum(map(len, paths["unterbezirk"])) < 44_000
