"""The areas the samples speak of: the programme's own areas, and numbered copies of them for scale tests.

Copy 0 is the city as declared in programmes/nordwaerts. Copy k carries the code prefix `k-` and the name
suffix ` Kk` on every level below the city, so that codes and names stay unique. Copies are invented and
only used for load tests.
"""

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from programmes.loading import load_programme
from programmes.model import Programme
from samples.packing import csv_bytes

PROGRAMME = "nordwaerts"
_REFERENCES = {"area_id", "parent_id", "alternative_parent_id", "publication_unit_id"}


@dataclass(frozen=True)
class Unterbezirk:
    """A statistical sub-district with the areas above it; area in hectares."""

    code: str
    name: str
    statistischer_bezirk: str
    stadtbezirk: str
    stadtbezirk_name: str
    area_ha: float
    is_core: bool


@dataclass(frozen=True)
class Territory:
    """One copy of the city: its Unterbezirke in order of code. Codes carry no prefix here."""

    copy: int
    unterbezirke: tuple[Unterbezirk, ...]
    seed: int = 0

    @property
    def draw(self) -> int:
        """Which draw of the random numbers this is: of the copy, and of the seed where another world is wanted."""
        return self.copy + 1_000_000 * self.seed

    def code(self, code: str) -> str:
        """The code as delivered for this copy."""
        return f"{self.copy}-{code}" if self.copy else code

    def name(self, name: str) -> str:
        """The name as delivered for this copy."""
        return f"{name} K{self.copy}" if self.copy else name

    @cached_property
    def stadtbezirke(self) -> dict[str, str]:
        """Names of the Stadtbezirke by code, in order of first appearance."""
        return {area.stadtbezirk: area.stadtbezirk_name for area in self.unterbezirke}


# What the sources declare as patterns of ids: of answers, organisations and proposals.
_IDS = ((rb"([0-9]{4}-", rb"[0-9]{5})"), (rb"(T-", rb"[0-9]{4})"), (rb"(V-20[0-9]{2}-", rb"[0-9]{3})"))


def territories(scale: int, seed: int = 0) -> tuple[Territory, ...]:
    """The city and scale − 1 copies of it, drawn anew for each seed; raises DeclarationError if the programme is unreadable."""
    programme = load_programme(PROGRAMME)
    unterbezirke = _unterbezirke(programme)
    return tuple(Territory(copy, unterbezirke, seed) for copy in range(scale))


def _unterbezirke(programme: Programme) -> tuple[Unterbezirk, ...]:
    areas = {area.area_id: area for area in programme.areas}
    core = {member.area_id for member in programme.area_sets if member.variant_id == "core"}
    found = []
    for area in programme.areas:
        if area.area_level != "unterbezirk":
            continue
        statistical = areas[area.parent_id or ""]
        district = areas[statistical.parent_id or ""]
        found.append(
            Unterbezirk(
                code=area.area_code,
                name=area.area_name,
                statistischer_bezirk=statistical.area_code,
                stadtbezirk=district.area_code,
                stadtbezirk_name=district.area_name,
                area_ha=float(area.area_ha or 0),
                is_core=not core.isdisjoint({area.area_id, statistical.area_id, district.area_id}),
            )
        )
    return tuple(sorted(found, key=lambda unterbezirk: unterbezirk.code))


def multiplied_declarations(scale: int) -> dict[str, bytes]:
    """Areas, area sets and sources of a programme folder that fits deliveries of this scale, by name in it.

    Raises ValueError where a source no longer declares the pattern of an id as it stands here.
    """
    folder = load_programme(PROGRAMME).folder
    areas = {name: _multiplied(folder / name, territories(scale)) for name in ("areas.csv", "area_sets.csv")}
    sources = {f"sources/{path.name}": path.read_bytes() for path in sorted((folder / "sources").glob("*.yml"))}
    changed = {name: numbered for name, text in sources.items() if (numbered := _numbered(text)) != text}
    if len(changed) < len(_IDS):
        raise ValueError("a pattern of an id is no longer declared as samples/territory.py has it")
    return areas | changed


def _numbered(declared: bytes) -> bytes:
    """A source that also takes the ids of copies, in which the number of the copy stands before the number of the thing."""
    for before, thing in _IDS:
        declared = declared.replace(before + thing, before + rb"(?:[0-9]+-)?" + thing)
    return declared


def _multiplied(path: Path, copies: tuple[Territory, ...]) -> bytes:
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, delimiter=";")
        rows = list(reader)
    made = []
    for territory in copies:
        for row in rows:
            level = row.get("area_level")
            if level == "city" and territory.copy:
                continue
            own = row | {key: _prefixed(row[key], territory) for key in row.keys() & _REFERENCES}
            if level not in (None, "city"):
                own |= {
                    "area_code": territory.code(row["area_code"]),
                    "area_name": territory.name(row["area_name"]),
                }
            made.append(list(own.values()))
    return csv_bytes(reader.fieldnames or (), made)


def _prefixed(area_id: str, territory: Territory) -> str:
    level, _, code = area_id.partition("-")
    return area_id if level in ("", "city") else f"{level}-{territory.code(code)}"
