"""disclosure.yml: which figures on people may leave the office, and how coarse they are (statistische Geheimhaltung).

A programme without this file publishes no figure that counts people.
"""

from pydantic import Field, model_validator

from programmes.declaration import Declaration

# The numbers models print and hide by; how wide what is left must be, the attacker decides by.
PRINTING = (
    "minimum_count",
    "minimum_complement",
    "minimum_population",
    "minimum_organisations",
    "people_per_step",
    "most_decimals",
    "rounding_base",
)


class Number(Declaration):
    """One number of the rule with the reason readers see and where it is practised."""

    value: int = Field(ge=0)
    reason_de: str = Field(min_length=1)
    reason_en: str = Field(min_length=1)
    source: str = Field(min_length=1)


class Reasoned(Declaration):
    """One thing that is public, or is not, and why."""

    reason_de: str = Field(min_length=1)
    reason_en: str = Field(min_length=1)


class Disclosure(Declaration):
    """The rule as a whole: what is protected, the numbers, and what is public at all.

    Counts of people below `minimum_count`, or that many short of everybody (`minimum_complement`), are hidden, and so are
    areas of fewer people than `minimum_population`. A printed rate has at most `most_decimals` decimals, and so few that a
    step of its last digit is worth `people_per_step` people; printed counts are multiples of `rounding_base`. Whoever knows
    all that was ever published must be left with a span of at least `protection_width` people for each hidden or rounded
    count. At `open_levels` and for `variants_with_figures` sums count as known to everybody, so limits and changes are
    printed; at `rounded_levels` there are rates alone. Other variants say their verdicts and no figure. A measure counts
    people unless its unit is one of `units_of_things`. Only `marts` have a public form.
    """

    is_proposal: bool
    minimum_count: Number
    minimum_complement: Number
    minimum_population: Number
    minimum_organisations: Number
    people_per_step: Number
    most_decimals: Number
    rounding_base: Number
    protection_width: Number
    units_of_things: tuple[str, ...] = ()
    open_levels: tuple[str, ...] = Field(min_length=1)
    rounded_levels: tuple[str, ...] = ()
    variants_with_figures: tuple[str, ...] = ()
    first_period: str = "0000"
    marts: dict[str, Reasoned]

    @property
    def scopes(self) -> dict[str, tuple[str, ...]]:
        """What is public, or counts people, by what it is a list of."""
        return {
            "open_levels": self.open_levels,
            "rounded_levels": self.rounded_levels,
            "variants_with_figures": self.variants_with_figures,
            "units_of_things": self.units_of_things,
            "marts": tuple(self.marts),
        }

    @property
    def numbers(self) -> dict[str, int]:
        """The numbers of the rule by name."""
        return {name: value.value for name, value in self if isinstance(value, Number)}

    @model_validator(mode="after")
    def _protects(self) -> "Disclosure":
        if self.people_per_step.value <= self.protection_width.value:
            raise ValueError(
                "people_per_step must be more than protection_width, or a printed rate alone tells too much"
            )
        if 2 * self.minimum_count.value > self.rounding_base.value + 1:
            raise ValueError(
                "rounding_base must be at least twice minimum_count less one, or 0 would say more than hidden"
            )
        if both := set(self.open_levels) & set(self.rounded_levels):
            raise ValueError(f"'{min(both)}' stands in open_levels and in rounded_levels")
        return self

    def fault(self, levels: set[str], variants: set[str]) -> str | None:
        """The first name that is declared nowhere else."""
        known_by_scope = {"open_levels": levels, "rounded_levels": levels, "variants_with_figures": variants}
        for name, known in known_by_scope.items():
            for each in self.scopes[name]:
                if each not in known:
                    return f"disclosure.yml: {name} names '{each}', which is not declared"
        return None
