"""A made-up map of the city: `python -m samples.outlines --out FILE` writes outlines of its Unterbezirke as GeoJSON.

**No border is real.** Stadtbezirke lie in the direction they really have from the middle of the city and are about as large;
what lies where inside them is drawn. Unterbezirke of one Publikationseinheit or Sozialraum are neighbours where that can be.
EPSG:25832, whole metres; the same programme gives the same bytes.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from programmes.areas import Area
from programmes.loading import load_programme
from samples.cells import Borders, Chance, Ring, cut, touching
from samples.territory import PROGRAMME

MIDDLE = (393_600, 5_708_000)  # of the city, in metres
# Where a Stadtbezirk lies: km to the east and north of the middle, and about how many square kilometres it has.
STADTBEZIRKE = {
    "10": (-1.7, -0.2, 14), "20": (0.1, 1.9, 14), "30": (1.9, -0.7, 11), "1": (0.0, 5.8, 23),
    "2": (5.6, 4.9, 31), "3": (7.3, 1.0, 31), "4": (7.0, -3.4, 25), "5": (2.6, -5.6, 30),
    "6": (-3.0, -5.2, 35), "7": (-8.0, -1.6, 22), "8": (-4.6, 2.4, 15), "9": (-5.8, 6.8, 29),
}  # fmt: skip
# The outline of the city before its sides are bent, in km from the middle; convex, anticlockwise.
CITY = (
    (-9.8, -2.7), (-8.2, -5.0), (-5.2, -7.0), (-0.7, -8.8), (2.8, -9.5), (6.8, -7.2), (9.8, -4.0), (10.6, 1.1),
    (9.3, 5.2), (6.1, 7.8), (1.3, 8.7), (-4.9, 8.9), (-8.1, 7.0), (-9.7, 2.0),
)  # fmt: skip
_DRAWS, _SWAPS = 40, 4000  # at most, to make neighbours of what belongs together
_SHORTEST_M, _STEP_M, _INNER, _OUTER = 150, 90, 0.1, 0.2

Families = dict[str, dict[str, list[Area]]]  # Stadtbezirk → statistischer Bezirk → its Unterbezirke


def outlines() -> dict[str, list[tuple[int, int]]]:
    """A closed ring of whole metres (EPSG:25832) per Unterbezirk, by area id in order of code; together they tile the city."""
    families = _families(load_programme(PROGRAMME).areas)
    chance = np.random.default_rng([20260302, 0, 9]).random
    areas, cells = _drawn(families, chance)
    borders = Borders(cells, _SHORTEST_M)
    neighbours = borders.neighbours()
    for bezirke in families.values():
        _arrange(areas, neighbours, {area.area_id for members in bezirke.values() for area in members}, chance)
    rings = borders.grown(chance, _INNER, _OUTER, _STEP_M)
    found = {area.area_id: ring for area, ring in zip(areas, rings, strict=True)}
    return dict(sorted(found.items()))


def geojson(rings: dict[str, list[tuple[int, int]]]) -> bytes:
    """The rings as a FeatureCollection that says it is made up, one feature a line."""
    head = {
        "type": "FeatureCollection",
        "name": "Frei erfundene Umrisse, keine amtlichen Grenzen / made-up outlines, no official borders",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}},
    }
    features = [
        {
            "type": "Feature",
            "properties": {"area_id": area_id, "is_made_up": True},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for area_id, ring in rings.items()
    ]
    opening = json.dumps(head, ensure_ascii=False).removesuffix("}") + ', "features": [\n'
    lines = ",\n".join(json.dumps(feature, separators=(",", ":")) for feature in features)
    return f"{opening}{lines}\n]}}\n".encode()


def _families(areas: Iterable[Area]) -> Families:
    by_id = {area.area_id: area for area in areas}
    found: Families = {}
    for area in by_id.values():
        if area.area_level == "unterbezirk":
            bezirk = by_id[area.parent_id or ""]
            found.setdefault(by_id[bezirk.parent_id or ""].area_code, {}).setdefault(bezirk.area_id, []).append(area)
    return found


def _drawn(families: Families, chance: Chance) -> tuple[list[Area], list[Ring]]:
    """Unterbezirke and a cell for each: the city cut into Stadtbezirke, these into statistische Bezirke, and again."""
    sites = [_placed(*STADTBEZIRKE[code][:2]) for code in families]
    districts = cut([_placed(*corner) for corner in CITY], [STADTBEZIRKE[code][2] for code in families], chance, sites)
    assert districts is not None, "a Stadtbezirk has no room where it is placed"
    areas, cells = [], []
    for bezirke, district in zip(families.values(), districts, strict=True):
        for members, cell in zip(bezirke.values(), _best_cut(district, list(bezirke.values()), chance), strict=True):
            areas += members
            cells += _cut_at_last(cell, [1] * len(members), chance)
    return areas, cells


def _placed(east: float, north: float) -> tuple[float, float]:
    return MIDDLE[0] + 1000 * east, MIDDLE[1] + 1000 * north


def _cut_at_last(parent: Ring, sizes: Sequence[float], chance: Chance) -> list[Ring]:
    while True:
        if cells := cut(parent, sizes, chance):
            return cells


def _best_cut(district: Ring, bezirke: Sequence[list[Area]], chance: Chance) -> list[Ring]:
    """A Stadtbezirk cut into its statistische Bezirke so that those sharing a group lie together, as far as draws go."""
    best: tuple[int, list[Ring]] | None = None
    # A place takes part in each group that any of its areas belongs to.
    groups = [{group for area in members for group in _groups(area)} for members in bezirke]
    for _ in range(_DRAWS):
        cells = _cut_at_last(district, [len(members) + 0.5 for members in bezirke], chance)
        beside = [
            {other for other, two in enumerate(cells) if other != index and touching(one, two)}
            for index, one in enumerate(cells)
        ]
        torn = _torn(groups, range(len(cells)), beside)
        if best is None or torn < best[0]:
            best = torn, cells
        if not torn:
            break
    assert best is not None
    return best[1]


def _arrange(areas: list[Area], neighbours: Sequence[set[int]], district: set[str], chance: Chance) -> None:
    """Lets areas of one statistischer Bezirk change places until those of a group are neighbours, in place."""
    places = [place for place, area in enumerate(areas) if area.area_id in district]
    torn = _torn([_groups(area) for area in areas], places, neighbours)
    for _ in range(_SWAPS):
        if not torn:
            return
        one, two = (places[int(chance() * len(places))] for _ in range(2))
        if one != two and areas[one].parent_id == areas[two].parent_id:
            areas[one], areas[two] = areas[two], areas[one]
            after = _torn([_groups(area) for area in areas], places, neighbours)
            if after > torn:
                areas[one], areas[two] = areas[two], areas[one]
            torn = min(torn, after)


def _groups(area: Area) -> set[str]:
    """What an area should be a neighbour for."""
    return {group for group in (area.publication_unit_id, area.alternative_parent_id) if group}


def _torn(groups: Sequence[set[str]], places: Iterable[int], beside: Sequence[set[int]]) -> int:
    """How many pieces too many the groups fall into; a Publikationseinheit counts fourfold."""
    members: dict[str, set[int]] = {}
    for place in places:
        for group in groups[place]:
            members.setdefault(group, set()).add(place)
    return sum(
        (4 if group.startswith("publikationseinheit") else 1) * (_pieces(found, beside) - 1)
        for group, found in members.items()
    )


def _pieces(places: set[int], beside: Sequence[set[int]]) -> int:
    left, count = set(places), 0
    while left:
        count += 1
        waiting = [left.pop()]
        while waiting:
            near = beside[waiting.pop()] & left
            left -= near
            waiting += near
    return count


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m samples.outlines", description="Write made-up outlines of areas.")
    parser.add_argument("--out", type=Path, required=True, help="GeoJSON file to write")
    content = geojson(outlines())
    path = parser.parse_args().out
    path.write_bytes(content)
    print(f"{len(content) / 1e3:.0f} kB, made up, in {path}")


if __name__ == "__main__":
    main()
