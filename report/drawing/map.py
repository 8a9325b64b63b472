"""A map of areas by class: told by colour and by hatching, with the borders of a coarser level and the outline of the whole.

Hidden and missing are no class and look like none. The areas are drawn once; the narrow form shows the same ones smaller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from report.drawing.canvas import Canvas, place
from report.outlines import ToView, svg_path

_SIDE, _NARROW, _WIDE = 500, 340, 720
_SPACING = {"c1": 18, "c2": 11, "c3": 7, "c4": 4}  # between the lines of a hatching: the denser, the higher the class


@dataclass(frozen=True)
class MapChart:
    """What is drawn: the outline of each area and its kind (`c0` to `c4`, `hidden`, `missing`), borders, and what kinds mean.

    `name` tells maps of one page apart; the legend is in the order of its lines.
    """

    name: str
    areas: Mapping[str, BaseGeometry]
    kinds: Mapping[str, str]
    borders: Sequence[BaseGeometry]
    legend: Sequence[tuple[str, str]]


def drawn(chart: MapChart, is_narrow: bool) -> Canvas:
    """The map on a sheet, its legend beside it or, on a phone, below."""
    west, south, east, north = shapely.total_bounds([*chart.areas.values()])
    unit = _SIDE / max(east - west, north - south)
    height = (north - south) * unit

    def to_view(x: float, y: float) -> tuple[float, float]:
        return (x - west) * unit, (north - y) * unit

    shrunk = _NARROW / _SIDE if is_narrow else 1.0
    canvas = Canvas(_NARROW, round(height * shrunk) + 24 * len(chart.legend) + 16) if is_narrow else Canvas(_WIDE, round(height))  # fmt: skip
    if is_narrow:
        canvas.parts.append(f'<use href="#map-{chart.name}" transform="scale({shrunk:.2f})"/>')
    else:
        canvas.parts.append(f'<g id="map-{chart.name}">{_areas(chart, to_view)}</g>')
    for number, (kind, text) in enumerate(chart.legend):
        x, y = (8, round(height * shrunk) + 16 + 24 * number) if is_narrow else (_SIDE + 16, 24 + 28 * number)
        _swatch(canvas, kind, x, y)
        canvas.text(x + 34, y + 13, text)
    return canvas


def _areas(chart: MapChart, to_view: ToView) -> str:
    """Areas by kind, hatched by class, with borders above."""
    parts = []
    for kind in sorted(set(chart.kinds.values())):
        members = [chart.areas[area_id] for area_id in sorted(chart.areas) if chart.kinds.get(area_id) == kind]
        together = shapely.MultiPolygon([part for member in members for part in shapely.get_parts(member)])
        parts.append(f'<path class="area {kind}" d="{svg_path(together, to_view)}"/>')
        if kind in _SPACING:
            parts.append(f'<path class="hatch" d="{_hatching(members, to_view, _SPACING[kind])}"/>')
    for border in chart.borders:
        parts.append(f'<path class="border" d="{svg_path(border, to_view)}"/>')
    whole = shapely.coverage_union_all([*chart.areas.values()])
    parts.append(f'<path class="outline" d="{svg_path(whole, to_view)}"/>')
    return "".join(parts)


def _hatching(members: Sequence[BaseGeometry], to_view: ToView, spacing: int) -> str:
    """Level lines across these areas, so many units apart."""
    seen = shapely.transform(shapely.union_all(members), lambda points: [to_view(x, y) for x, y in points])
    west, north, east, south = seen.bounds
    lines = [
        shapely.LineString([(west - 1, y), (east + 1, y)])
        for y in range(spacing * (int(north) // spacing + 1), int(south) + 1, spacing)
    ]
    steps = []
    for line in shapely.get_parts(shapely.intersection(lines, seen)) if lines else ():
        if line.geom_type == "LineString" and line.length >= 1:
            (x1, y), (x2, _) = sorted(line.coords)
            steps.append(f"M{round(x1)} {round(y)}H{round(x2)}")
    return "".join(steps)


def _swatch(canvas: Canvas, kind: str, x: float, y: float) -> None:
    canvas.box(x, y, 26, 16, f"area {kind}")
    if kind in _SPACING:
        steps = (f"M{place(x)} {place(y + at)}h26" for at in range(_SPACING[kind] // 2, 16, _SPACING[kind]))
        canvas.path("".join(steps), "hatch")
    canvas.box(x, y, 26, 16, "border")
