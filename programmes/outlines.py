"""outlines.geojson: where the areas of one level lie, so that maps can be drawn; a city without the file has no maps.

A FeatureCollection, one polygon or multipolygon per area with `area_id` among its properties. Outlines are taken as they are
delivered: polygons that cross themselves, overlap or leave gaps are no error here, whoever draws them mends them (report/).
Does not belong here: any geometry.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from programmes.declaration import Declaration, Entry

OUTLINES_FILE = "outlines.geojson"
# How a file says in which system its coordinates are, in metres or in degrees; without a word they are degrees (RFC 7946).
DEGREES = "EPSG:4326"
SYSTEMS = {"EPSG:25832": "EPSG:25832", "EPSG:25833": "EPSG:25833", "EPSG:4326": DEGREES, "OGC:CRS84": DEGREES}
_NAMED = re.compile(r"^(?:urn:ogc:def:crs:)?(EPSG|OGC):(?:[\d.]*:)?(\w+)$")
_FEATURES = re.compile(r'"features"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_DEPTH = {"Polygon": 1, "MultiPolygon": 2}


class Outline(Declaration):
    """One area as a polygon or multipolygon in well-known text; `is_made_up` where the file says that no border is real."""

    area_id: str
    crs: str
    outline: str
    is_made_up: bool = False


class OutlineFault(ValueError):
    """What is wrong with a file of outlines, as `deutsch · english`, and the line of the feature it is about."""

    def __init__(self, line: int, german: str, english: str) -> None:
        super().__init__(f"{german} · {english}")
        self.line, self.german, self.english = line, german, english


def read_outlines(text: str) -> Iterator[Entry]:
    """The outlines of a GeoJSON text, each an entry for `Outline` with the line its feature begins in; raises OutlineFault."""
    try:
        collection = json.loads(text)
    except json.JSONDecodeError as error:
        raise OutlineFault(error.lineno, "kein lesbares JSON", "not readable as JSON") from error
    found = _FEATURES.search(text)
    if not (isinstance(collection, dict) and collection.get("type") == "FeatureCollection" and found):
        raise OutlineFault(
            1, "verlangt ist eine FeatureCollection mit features", "a FeatureCollection with features is demanded"
        )
    crs = _system(collection.get("crs"))
    for line, feature in _features(text, found.end()):
        yield Entry(line, _outline(line, feature, crs))


def outline_fault(outlines: Iterable[Outline], levels: dict[str, str]) -> tuple[int, str, str] | None:
    """Line, German and English words of the first outline that names no area, or one of another level than the first."""
    first: Outline | None = None
    for outline in outlines:
        area, first = outline.area_id, first or outline
        if area not in levels:
            return (
                outline.line,
                f"area_id '{area}' ist nicht in areas.csv angegeben",
                f"area_id '{area}' is not declared in areas.csv",
            )
        if levels[area] != levels[first.area_id]:
            words = f"'{area}'", f"'{levels[area]}'", f"'{levels[first.area_id]}'"
            return (
                outline.line,
                "{} ist von Ebene {}, das erste Gebiet von {}; Umrisse einer Ebene angeben".format(*words),
                "{} is of level {}, the first area of {}; declare outlines of one level".format(*words),
            )
    return None


def _system(crs: Any) -> str:
    if crs is None:
        return DEGREES
    named = crs.get("properties") if isinstance(crs, dict) else None
    found = _NAMED.match(str(named.get("name"))) if isinstance(named, dict) else None
    system = SYSTEMS.get(f"{found[1]}:{found[2]}") if found else None
    if system is None:
        known = ", ".join(SYSTEMS)
        raise OutlineFault(
            1,
            f"crs muss eines von {known} nennen; umrechnen, etwa mit ogr2ogr -t_srs EPSG:25832",
            f"crs must name one of {known}; convert, as with ogr2ogr -t_srs EPSG:25832",
        )
    return system


def _features(text: str, start: int) -> Iterator[tuple[int, Any]]:
    """Line and content of each feature of a text that is known to be JSON."""
    decoder, line, counted = json.JSONDecoder(), 1, 0
    while text[start := _end(text, start)] != "]":
        line, counted = line + text.count("\n", counted, start), start
        feature, start = decoder.raw_decode(text, start)
        yield line, feature


def _end(text: str, start: int) -> int:
    """Where blanks and commas end."""
    found = _BETWEEN.match(text, start)
    return found.end() if found else start


def _outline(line: int, feature: Any, crs: str) -> dict[str, Any]:
    properties, geometry = (
        feature.get(name) or {} if isinstance(feature, dict) else {} for name in ("properties", "geometry")
    )
    area_id = properties.get("area_id")
    if not isinstance(area_id, str):
        raise OutlineFault(line, "properties ohne area_id", "properties without area_id")
    kind = str(geometry.get("type"))
    if kind not in _DEPTH:
        raise OutlineFault(
            line, f"'{area_id}' muss Polygon oder MultiPolygon sein", f"'{area_id}' must be a Polygon or MultiPolygon"
        )
    try:
        words = _in_words(geometry.get("coordinates"), _DEPTH[kind])
    except (TypeError, ValueError, IndexError) as error:
        raise OutlineFault(
            line,
            f"'{area_id}': Jeder Ring braucht mindestens vier Punkte aus zwei Zahlen, der letzte ist der erste",
            f"'{area_id}': every ring needs at least four points of two numbers, the last being the first",
        ) from error
    return {
        "area_id": area_id, "crs": crs, "outline": f"{kind.upper()} {words}",
        "is_made_up": properties.get("is_made_up", False),
    }  # fmt: skip


def _in_words(coordinates: Any, depth: int) -> str:
    """Nested rings as well-known text; raises ValueError, TypeError or IndexError for what is no closed ring."""
    if not isinstance(coordinates, list) or not coordinates:
        raise ValueError
    if depth:
        return f"({', '.join(_in_words(inner, depth - 1) for inner in coordinates)})"
    points = [(point[0], point[1]) for point in coordinates]
    if len(points) < 4 or points[0] != points[-1] or not all(map(_is_number, (n for point in points for n in point))):
        raise ValueError
    return f"({', '.join(f'{x} {y}' for x, y in points)})"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
