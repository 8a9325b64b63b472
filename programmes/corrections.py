"""corrections.csv: figures the office corrects, each a dated row with its reason; what was delivered stays as it was.

A correction takes the place of one delivered figure of an area in everything that is computed. Both stand side by side in
`fct_measure` and `fct_correction`. Gate 1 judges what was delivered, so that a correction never hides a doubt.
"""

import datetime as dt
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from programmes.declaration import Declaration, blank_to_none
from programmes.sources import LandedTable


class Correction(Declaration):
    """One figure as the office holds it: `value` in the unit of the measure, or blank for a figure that must not be used.

    `table_name` is the landed table, `source__table`; `office` the unit that answers for it, never a person.
    """

    correction_id: str = Field(min_length=1)
    table_name: str
    measure_id: str
    area_id: str
    period: str = Field(pattern=r"^\d{4}$")
    value: Annotated[Decimal | None, BeforeValidator(blank_to_none)] = None
    reason_de: str = Field(min_length=1)
    reason_en: str = Field(min_length=1)
    since: dt.date
    office: str = Field(min_length=1)

    def fault(self, tables: dict[str, LandedTable], areas: frozenset[str]) -> str | None:
        """What it names that is not declared, with what can be named; None if all is there."""
        table = tables.get(self.table_name)
        if table is None or table.declared.canonical != "area_figure":
            known = ", ".join(name for name, each in tables.items() if each.declared.canonical == "area_figure")
            return f"table_name '{self.table_name}' holds no figures of areas; choose one of {known}"
        items = {item.item for item in table.declared.items} | {table.declared.constants.get("measure_id", "")}
        if self.measure_id not in items:
            return f"'{self.table_name}' delivers no measure_id '{self.measure_id}'; it delivers {', '.join(sorted(items - {''}))}"
        if self.area_id not in areas:
            return f"area_id '{self.area_id}' is not declared in areas.csv"
        return None
