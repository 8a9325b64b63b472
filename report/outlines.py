"""Outlines of areas for maps: mended, merged to coarser levels, simplified so that neighbours keep one line between them.

Delivered polygons cross themselves, overlap and leave gaps; what comes out is a coverage. Simplified is the finest level alone and
the others are its unions, so that maps of all levels fit on each other. Does not belong here: colours, figures, views.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Row = Mapping[str, Any]
Outlines = dict[str, dict[str, BaseGeometry]]  # level → area id → polygon or multipolygon, in metres
ToView = Callable[[float, float], tuple[float, float]]

_TOLERANCE_M = 20  # borders may move by about this much; less than a pixel on a page
_EARTH_M = 6_371_008.8
_PARENTS = ("parent_id", "publication_unit_id")


def outlines(outline_rows: Sequence[Row], area_rows: Iterable[Row], day: dt.date) -> Outlines:
    """Outlines by level, of the delivered level and of all above it by the areas valid on a day; empty where none is delivered.

    Each level is a valid coverage in metres: of the delivered system, or of a plane at the city where that is in degrees.
    """
    if not outline_rows:
        return {}
    rows = sorted(outline_rows, key=lambda row: str(row["area_id"]))
    delivered = mended(rows)
    simple = shapely.coverage_simplify(shapely.coverage_clean(delivered), _TOLERANCE_M)
    areas = {str(row["area_id"]): row for row in area_rows if _is_valid(row, day)}
    members: dict[str, dict[str, list[BaseGeometry]]] = {}
    for row, outline in zip(rows, simple, strict=True):
        for area_id in sorted(_with_all_above(str(row["area_id"]), areas)):
            members.setdefault(areas[area_id]["area_level"], {}).setdefault(area_id, []).append(outline)
    return {
        level: {area_id: shapely.coverage_union_all(parts) for area_id, parts in found.items()}
        for level, found in members.items()
    }


def mended(rows: Sequence[Row]) -> list[BaseGeometry]:
    """The delivered outlines as valid polygons or multipolygons in metres, in the order of the rows; lines and points left out."""
    shapes = np.array([shapely.from_wkt(row["outline_wkt"]) for row in rows], dtype=object)
    if rows[0]["crs"] == "EPSG:4326":
        west, south, east, north = shapely.total_bounds(shapes)
        metres = np.radians(1) * _EARTH_M
        scale = np.array([metres * np.cos(np.radians((south + north) / 2)), metres])
        shapes = shapely.transform(shapes, lambda points: (points - [(west + east) / 2, (south + north) / 2]) * scale)
    return [_surfaces(shape) for shape in shapely.make_valid(shapes)]


def svg_path(geometry: BaseGeometry, to_view: ToView) -> str:
    """The `d` of an SVG path in whole view units, rings that shrink to nothing left out; the same geometry gives the same text."""
    path, here = "", (0, 0)
    for ring in _rings(geometry):
        points: list[tuple[int, int]] = []
        for x, y in shapely.get_coordinates(ring)[:-1]:
            across, down = to_view(float(x), float(y))
            if (point := (round(across), round(down))) not in points[-1:]:
                points.append(point)
        if len(set(points)) > 2:
            path += f"m{_steps([here, *points])}z"
            here = points[0]
    return path


def _steps(points: Sequence[tuple[int, int]]) -> str:
    """From each point to the next; a minus parts as well as a blank."""
    moves = [number for (ax, ay), (bx, by) in pairwise(points) for number in (bx - ax, by - ay)]
    return "".join(f" {number}" if number >= 0 and place else str(number) for place, number in enumerate(moves))


def _is_valid(row: Row, day: dt.date) -> bool:
    return bool(row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] >= day))


def _with_all_above(area_id: str, areas: Mapping[str, Row]) -> set[str]:
    """The area and all it lies in, of those that are valid."""
    found, waiting = set(), [area_id]
    while waiting:
        current = waiting.pop()
        if current in areas and current not in found:
            found.add(current)
            waiting += [str(areas[current][name]) for name in _PARENTS if areas[current][name] is not None]
    return found


def _surfaces(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of a shape, as one of them or a multipolygon."""
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _rings(geometry: BaseGeometry) -> Iterable[BaseGeometry]:
    return [ring for part in shapely.get_parts(geometry) for ring in shapely.get_rings(part)]
