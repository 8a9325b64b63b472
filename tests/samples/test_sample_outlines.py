"""The made-up map: the committed bytes, areas within areas, Stadtbezirke where they are, neighbours that belong together."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from programmes.areas import Area
from programmes.loading import load_programme
from samples.cells import Borders, cut
from samples.outlines import STADTBEZIRKE, geojson, outlines

FILE = Path(__file__).parents[2] / "programmes" / "nordwaerts" / "outlines.geojson"
AREAS = {area.area_id: area for area in load_programme("nordwaerts").areas}


@pytest.fixture(scope="module")
def shapes() -> dict[str, Any]:
    """The committed polygons by Unterbezirk."""
    features = json.loads(FILE.read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["area_id"]: shape(feature["geometry"]) for feature in features}


def _merged(shapes: dict[str, Any], above: Callable[[Area], str | None]) -> dict[str, Any]:
    parts: dict[str, list[Any]] = {}
    for area_id, polygon in shapes.items():
        parts.setdefault(above(AREAS[area_id]) or "", []).append(polygon)
    return {name: shapely.coverage_union_all(found) for name, found in parts.items()}


def _stadtbezirk(area: Area) -> str:
    return AREAS[AREAS[area.parent_id or ""].parent_id or ""].area_code


def test_the_same_bytes_twice_and_as_committed() -> None:
    first = geojson(outlines())
    assert first == geojson(outlines()) == FILE.read_bytes(), "run make sample and commit outlines.geojson"
    assert len(first) < 300_000


def test_every_feature_and_the_file_say_that_they_are_made_up() -> None:
    collection = json.loads(FILE.read_text(encoding="utf-8"))
    assert "erfunden" in collection["name"] and "made-up" in collection["name"]
    assert all(feature["properties"]["is_made_up"] is True for feature in collection["features"])


def test_unterbezirke_tile_the_city_without_gap_or_overlap(shapes: dict[str, Any]) -> None:
    assert shapes.keys() == {area_id for area_id, area in AREAS.items() if area.area_level == "unterbezirk"}
    assert shapely.coverage_is_valid(list(shapes.values()))
    [city] = _merged(shapes, lambda _: "city").values()
    assert city.geom_type == "Polygon" and not city.interiors
    assert city.area / city.convex_hull.area < 0.98  # irregular


@pytest.mark.parametrize(
    ("above", "count"),
    [(_stadtbezirk, 12), (lambda area: area.parent_id, 62), (lambda area: area.publication_unit_id, 145)],
)
def test_areas_that_belong_together_are_one_piece(
    shapes: dict[str, Any], above: Callable[[Area], str | None], count: int
) -> None:
    merged = _merged(shapes, above)
    assert len(merged) == count
    assert [name for name, polygon in merged.items() if polygon.geom_type != "Polygon" or polygon.interiors] == []


def test_most_sozialraeume_are_one_piece(shapes: dict[str, Any]) -> None:
    merged = _merged(shapes, lambda area: area.alternative_parent_id)
    assert sum(polygon.geom_type != "Polygon" for name, polygon in merged.items() if name) <= 2


def test_stadtbezirke_lie_in_the_direction_they_have(shapes: dict[str, Any]) -> None:
    districts = _merged(shapes, _stadtbezirk)
    middle = shapely.MultiPolygon(list(shapes.values())).centroid
    at = {code: (polygon.centroid.x - middle.x, polygon.centroid.y - middle.y) for code, polygon in districts.items()}
    west, north, east = at["10"], at["20"], at["30"]
    assert west[0] < north[0] < east[0] and north[1] > max(west[1], east[1])
    farthest = max(abs(shift) for code in ("10", "20", "30") for shift in at[code])
    for code, (right, up) in at.items():
        assert code in ("10", "20", "30") or (right**2 + up**2) ** 0.5 > farthest, f"{code} lies in the middle"
    assert at["1"][1] > 3000 and at["5"][1] < -3000 and at["7"][0] < -5000 and at["3"][0] > 5000
    assert at["9"][0] < 0 < at["9"][1] and at["6"][0] < 0 > at["6"][1] and at["4"][0] > 0 > at["4"][1]
    assert at["2"][0] > 0 < at["2"][1] and at["8"][0] < 0 < at["8"][1]


def test_stadtbezirke_are_about_as_large_as_said(shapes: dict[str, Any]) -> None:
    districts = _merged(shapes, _stadtbezirk)
    whole, said = sum(each.area for each in districts.values()), sum(size for *_, size in STADTBEZIRKE.values())
    for code, polygon in districts.items():
        assert polygon.area / whole == pytest.approx(STADTBEZIRKE[code][2] / said, rel=0.4)  # bent in waves


# --- the pieces, on a square -------------------------------------------------------------------------

SQUARE = [(0.0, 0.0), (1000.0, 0.0), (1000.0, 1000.0), (0.0, 1000.0)]


def test_a_cut_gives_the_sizes_asked_for() -> None:
    cells = cut(SQUARE, [1, 3], lambda: 0.5, sites=[(200, 500), (800, 500)])
    assert cells is not None
    assert [shapely.Polygon(cell).area for cell in cells] == pytest.approx([250_000, 750_000], rel=1e-3)


def test_a_node_on_a_side_is_known_to_both_cells_and_short_sides_vanish() -> None:
    cells = [
        [(0.0, 0.0), (500.0, 0.0), (500.0, 1000.0), (0.0, 1000.0)],
        [(500.0, 0.0), (1000.0, 0.0), (1000.0, 400.0), (500.0, 400.0)],
        [(500.0, 400.0), (1000.0, 400.0), (1000.0, 1000.0), (500.0, 1000.0)],
    ]
    borders = Borders(cells, shortest=0)
    assert [len(ring) for ring in borders.rings] == [5, 4, 4]
    assert borders.neighbours() == [{1, 2}, {0, 2}, {0, 1}]
    assert [len(ring) for ring in Borders(cells, shortest=401).rings] != [5, 4, 4]
    bent = borders.grown(lambda: 0.7, inner=0.1, outer=0.2, step=50)
    assert shapely.coverage_is_valid([shapely.Polygon(ring) for ring in bent])
    assert min(map(len, bent)) > 20
