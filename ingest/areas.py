"""One geography authority: a delivered code or name becomes the declared area, or an error.

Names are compared without case, hyphens and blanks, and with their declared aliases; codes are text and
are never padded, because a code that lost its zero may as well be another area's. An alias of two areas
is an error of the declaration; two areas of one name are an error only where that name is delivered.
A `Locality` is all that reading a cell takes from the programme beside the table's own declaration.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.findings import BrokenRule
from ingest.formats.german import name_key
from programmes.areas import Area
from programmes.model import DeclarationError, Programme
from programmes.settings import Level


@dataclass(frozen=True)
class Locality:
    """Where a city is: its areas and its time zone; the fingerprint is a SHA-256 over all they are made of."""

    areas: "AreaIndex"
    time_zone: str
    fingerprint: str


def locality_of(programme: Programme) -> Locality:
    """The locality of a programme, to be made once for all its deliveries; raises DeclarationError."""
    levels, areas, time_zone = programme.settings.levels, programme.areas, programme.settings.time_zone
    records = [record.model_dump(mode="json") for record in (*levels, *areas)]
    fingerprint = hashlib.sha256(json.dumps([time_zone, records], sort_keys=True).encode()).hexdigest()
    return Locality(AreaIndex(levels, areas), time_zone, fingerprint)


class AreaIndex:
    """Look-up of areas by level and code or name."""

    def __init__(self, levels: Sequence[Level], areas: Sequence[Area]) -> None:
        self._levels = {level.level: level for level in levels}
        self._ids = {area.area_id for area in areas}
        self._by_name: dict[tuple[str, str], set[str]] = defaultdict(set)
        for area in areas:
            self._by_name[area.area_level, name_key(area.area_name)].add(area.area_id)
        for area in areas:
            for alias in filter(None, area.aliases.split("|")):
                known = self._by_name[area.area_level, name_key(alias)]
                known.add(area.area_id)
                if len(known) > 1 and name_key(alias) != name_key(area.area_name):
                    raise DeclarationError(
                        f"areas.csv: Der Name „{alias}“ steht für {' und '.join(sorted(known))}.",
                        f"areas.csv: alias '{alias}' stands for {' and '.join(sorted(known))}.",
                    )

    def resolve(self, text: str, level: str, by: str) -> str:
        """Id of the area on `level` that a delivered code or name stands for; BrokenRule if there is none."""
        declared = self._levels[level]
        if by == "name":
            found = self._by_name.get((level, name_key(text)), set())
            if len(found) > 1:
                raise BrokenRule("area_ambiguous", declared.name_de)
            if not found:
                raise BrokenRule("area_unknown", declared.name_de)
            return next(iter(found))
        area_id = f"{level}-{text}"
        if area_id in self._ids:
            return area_id
        if declared.code_length and text.isdigit() and len(text) < declared.code_length:
            raise BrokenRule("leading_zero_lost", str(declared.code_length))
        raise BrokenRule("area_unknown", declared.name_de)
