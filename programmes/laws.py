"""What a figure of a unit can be at all: the laws of units, declared once and held in every source.

Counts of persons, things and events are whole and not negative, shares lie between 0 and 100, amounts are not negative,
differences have a sign. Of a unit that is not named here nothing is known. An item may declare bounds of its own.
"""

from dataclasses import dataclass
from decimal import Decimal

_ZERO, _HUNDRED = Decimal(0), Decimal(100)


@dataclass(frozen=True)
class Law:
    """What values of one unit, item or field have in common; `is_positive` leaves out zero."""

    is_whole: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    is_positive: bool = False

    def broken_by(self, value: Decimal) -> str | None:
        """The rule a value breaks, None for one that can be; whether it is whole shows in its notation (`whole_only`)."""
        if self.is_whole and value != value.to_integral_value():
            return "not_whole"
        if self.is_positive and value <= 0:
            return "not_positive"
        if self.minimum is not None and value < self.minimum:
            return "below_minimum"
        if self.maximum is not None and value > self.maximum:
            return "above_maximum"
        return None


COUNT = Law(is_whole=True, minimum=_ZERO)
AMOUNT = Law(minimum=_ZERO)
SHARE = Law(minimum=_ZERO, maximum=_HUNDRED)
DIFFERENCE = Law()
WEIGHT = Law(is_positive=True, maximum=_HUNDRED)

_COUNTED = (
    *("persons", "inhabitants", "children", "pupils", "households", "organisations", "firms", "cases"),
    *("dwellings", "flats", "buildings", "places", "offers", "events", "ideas", "projects"),
)
_MEASURED = (
    *("m2", "ha", "km2", "hours", "years", "eur", "ug_per_m3"),
    *("per_1000", "m2_per_inhabitant", "persons_per_ha", "inhabitants_per_ha"),
)
LAWS: dict[str, Law] = {
    **dict.fromkeys(_COUNTED, COUNT),
    **dict.fromkeys(_MEASURED, AMOUNT),
    "pct": SHARE,
    "pp": DIFFERENCE,
}


def law_of_unit(unit: str | None) -> Law:
    """The law of a unit; one that holds for everything where the unit is not known."""
    return LAWS.get(unit or "", Law())
