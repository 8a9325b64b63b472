"""One geography authority: a delivered code or name becomes the declared area, or an error.

Names are compared without case, hyphens and blanks, and with their declared aliases; codes are text and
are never padded, because a code that lost its zero may as well be another area's.
"""

from ingest.findings import BrokenRule
from ingest.formats.german import name_key
from programmes.model import DeclarationError, Programme


class AreaIndex:
    """Look-up of a programme's areas by level and code or name."""

    def __init__(self, programme: Programme) -> None:
        self._levels = {level.level: level for level in programme.head.levels}
        self._ids = programme.area_ids
        self._by_name: dict[tuple[str, str], str] = {}
        for area in programme.areas:
            for name in (area.area_name, *filter(None, area.aliases.split("|"))):
                known = self._by_name.setdefault((area.area_level, name_key(name)), area.area_id)
                if known != area.area_id and name != area.area_name:
                    raise DeclarationError(f"areas.csv: alias '{name}' stands for {known} and {area.area_id}.")

    def resolve(self, text: str, level: str, by: str) -> str:
        """Id of the area on `level` that a delivered code or name stands for; BrokenRule if there is none."""
        declared = self._levels[level]
        if by == "name":
            found = self._by_name.get((level, name_key(text)))
            if found is None:
                raise BrokenRule("area_unknown", declared.name_de)
            return found
        area_id = f"{level}-{text}"
        if area_id in self._ids:
            return area_id
        if declared.code_length and text.isdigit() and len(text) < declared.code_length:
            raise BrokenRule("leading_zero_lost", str(declared.code_length))
        raise BrokenRule("area_unknown", declared.name_de)
