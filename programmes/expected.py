"""What is expected of the figures of one landed table: limits of plausibility, each with a default for every city.

Belongs here: which rules there are, their limits and severities, as a source declares them under `expected`. Does not
belong here: how doubtful rows are found (expectations), nor what a single cell must look like (the contract in ingest).
The defaults were measured on varied samples; docs/decisions.md says how.
"""

from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from programmes.declaration import Declaration

Severity = Literal["block", "hold", "warn"]

# Every rule of plausibility and the severity it has unless a source says otherwise. What no legitimate night can bring
# blocks; what an extraordinary year can bring is held for a person.
SEVERITIES: dict[str, Severity] = {
    "continuity": "hold",
    "repeats": "hold",
    "blanks": "block",
    "gaps": "hold",
    "newest": "warn",
    "sums": "hold",
    "agreements": "hold",
    "reporters": "hold",
    "totals": "hold",
    "answers": "hold",
    "weights": "hold",
    "respondents": "hold",
    "days": "hold",
    "composition": "hold",
    "path": "hold",
    "vanished": "hold",
    "identity": "hold",
    "texts": "hold",
    "references": "block",
}

# Which rules a canonical table is held to without a word in its source.
RULES: dict[str, tuple[str, ...]] = {
    "area_figure": ("continuity", "repeats", "blanks", "gaps", "newest", "days"),
    "volunteer_count": ("continuity", "repeats", "blanks", "gaps", "reporters", "totals", "days", "composition"),
    "survey_case": ("answers", "weights", "respondents"),
    "project": ("days", "vanished", "identity", "composition"),
    "project_event": ("days", "vanished"),
    "assessment": ("days", "vanished"),
    "event": ("days", "vanished", "identity", "composition"),
    "contribution": ("days", "vanished", "identity", "composition"),
    "register_entry": ("vanished", "identity"),
}


class Sum(Declaration):
    """Items whose sum is another item, in every area and period; each is off by at most half a `rounding` step."""

    whole: str
    parts: tuple[str, ...] = Field(min_length=1)
    rounding: Decimal = Field(default=Decimal(0), ge=0)


class Agreement(Declaration):
    """An item that tells the same as one of another landed table, within `band_pct` per cent of the latter.

    Compared per area and period; with `area`, all areas of this table together are held against that one of the other.
    `table` is the other one's full name, `source__table`.
    """

    item: str
    table: str
    other_item: str
    area: str | None = None
    band_pct: Decimal = Field(gt=0)

    def fault(self, table: str, items: Mapping[str, Set[str]], areas: Set[str]) -> str | None:
        """What it names that is not declared, with what can be named; None if all is there. `items` are those of each table."""
        for where, item in ((table, self.item), (self.table, self.other_item)):
            if item not in items.get(where, ()):
                known = ", ".join(sorted(items.get(where, items)))
                return f"agrees with '{where}' on '{item}', which it does not deliver; choose one of {known}"
        if self.area is not None and self.area not in areas:
            return f"agrees on area '{self.area}', which is not declared"
        return None


class Reference(Declaration):
    """A field every value of which stands in a field of another table of the same source, and the other way round.

    `is_mutual` says that the other table names nothing that is missing here.
    """

    field: str
    table: str
    is_mutual: bool = False


class Expected(Declaration):
    """Limits of one table. Percentages are of a figure, points are of all rows of an item and period.

    A figure is doubted when it leaves both what is usual for its series (`deviations` times the usual deviation) and
    the declared floor, so that series that hardly move may move a little, and restless ones much. `words` are all the
    texts a column of free text has by right.
    """

    deviations: Decimal = Field(default=Decimal(8), gt=0)
    item_jump_pct: Decimal = Field(default=Decimal(40), gt=0)
    cell_jump_pct: Decimal = Field(default=Decimal(60), gt=0)
    missing_points: Decimal = Field(default=Decimal(5), ge=0)
    zero_points: Decimal = Field(default=Decimal(10), ge=0)
    suppressed_points: Decimal = Field(default=Decimal(50), ge=0)
    repeated_points: Decimal = Field(default=Decimal(15), ge=0)
    fewer_pct: Decimal = Field(default=Decimal(20), ge=0)
    more_pct: Decimal = Field(default=Decimal(50), ge=0)
    share_points: Decimal = Field(default=Decimal(15), gt=0)
    weight_mean_off: Decimal = Field(default=Decimal("0.1"), gt=0)
    vanished_pct: Decimal = Field(default=Decimal(0), ge=0)
    ahead_days: dict[str, int] = Field(default_factory=dict)
    path: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    sums: tuple[Sum, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    references: tuple[Reference, ...] = ()
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    severity: dict[str, Severity] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_are_known(self) -> "Expected":
        for name in self.severity:
            if name not in SEVERITIES:
                raise ValueError(f"'{name}' is no rule of plausibility; choose one of {', '.join(SEVERITIES)}")
        return self

    def rules(self, canonical: str, free_texts: Sequence[str]) -> dict[str, Severity]:
        """The rules a table of this canonical form with these free texts is held to, with their severities."""
        declared = {
            "path": self.path,
            "sums": self.sums,
            "agreements": self.agreements,
            "references": self.references,
            "texts": free_texts,
        }
        names = (*RULES.get(canonical, ()), *(name for name, limits in declared.items() if limits))
        return {name: self.severity.get(name, SEVERITIES[name]) for name in names}
