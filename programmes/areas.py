"""areas.csv and area_sets.csv: the areas there are, and which of them make up the programme area or are compared with it."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from programmes.declaration import Declaration, OptionalDate, OptionalText, blank_to_none


class Area(Declaration):
    """One area and the period it existed; `area_code` is official text, leading zeros kept."""

    area_level: str
    area_code: str
    area_name: str
    parent_id: OptionalText = None
    alternative_parent_id: OptionalText = None
    publication_unit_id: OptionalText = None
    area_ha: Annotated[Decimal | None, BeforeValidator(blank_to_none)] = None
    valid_from: dt.date
    valid_to: OptionalDate = None
    aliases: str = ""

    @property
    def area_id(self) -> str:
        """Key of the area in every table: level and official code."""
        return f"{self.area_level}-{self.area_code}"


class AreaSetMember(Declaration):
    """A part of an area set: an area of any level with the weight it belongs to the variant by."""

    variant_id: str
    role: Literal["programme", "comparison"]
    area_id: str
    weight: Decimal = Field(ge=0, le=1)
    weight_basis: str
    valid_from: dt.date
    valid_to: OptionalDate = None
    note: str = ""
