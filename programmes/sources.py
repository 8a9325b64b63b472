"""One source of a city: who delivers, under which licence, how it is read, and the canonical table it becomes."""

import re
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from pydantic import Field, model_validator

from programmes.canonical import CANONICAL, CanonicalTable
from programmes.declaration import Declaration
from programmes.expected import Expected, Severity
from programmes.laws import Law, law_of_unit


class Connector(Declaration):
    """Where deliveries come from: a protocol of ingest/connectors and its parameters."""

    protocol: Literal["folder"]
    files: str


class Format(Declaration):
    """How bytes become text cells. `member` picks files inside a ZIP; header_* finds a sheet's header.

    `footnote` is the pattern of a record below the last row that is none; `digit_groups` says that `1 675` or
    `1'675` is a number.
    """

    kind: Literal["csv", "excel", "json_lines", "geojson"]
    member: str | None = None
    delimiter: str = ";"
    encoding: Literal["ladder", "utf-8", "cp1252"] = "ladder"
    decimal: Literal["comma", "point"] = "comma"
    sheet: str | None = None
    header_contains: str | None = None
    header_rows: int = 1
    footnote: str | None = None
    digit_groups: Literal["none", "blank", "apostrophe"] = "none"

    @model_validator(mode="after")
    def _is_read_for_its_kind(self) -> "Format":
        for kinds, names in _READ_FOR_KINDS:
            if self.kind not in kinds:
                self.unread(names, f"format '{self.kind}' has none; {', '.join(names)} belong to {' and '.join(kinds)}")
        return self


# Which kinds of format read which keys; what stands nowhere here, all of them read.
_READ_FOR_KINDS = (
    (("csv",), ("member", "delimiter")),
    (("excel",), ("sheet", "header_rows")),
    (("csv", "excel"), ("header_contains", "footnote")),
    (("csv", "json_lines", "geojson"), ("encoding",)),
)

ColumnType = Literal[
    "text", "code", "integer", "decimal", "date", "year", "reference_date", "boolean", "choice", "area"
]


class Bounds(Declaration):
    """What values of a column or an item can be, where that is narrower or wider than the law of their unit or field."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    is_whole: bool | None = None

    def narrowing(self, law: Law) -> Law:
        """The law with the bounds that are declared."""
        return Law(
            is_whole=law.is_whole if self.is_whole is None else self.is_whole,
            minimum=law.minimum if self.minimum is None else self.minimum,
            maximum=law.maximum if self.maximum is None else self.maximum,
            is_positive=law.is_positive,
        )


class Column(Bounds):
    """One delivered column that may enter, and the canonical field it becomes."""

    source: str = Field(alias="from")
    to: str
    type: ColumnType = "text"
    is_required: bool = True
    values: dict[str, str] = Field(default_factory=dict)
    level: str | None = None
    by: Literal["code", "name"] = "code"
    pattern: str | None = None
    split: str | None = None

    @model_validator(mode="after")
    def _type_has_what_it_needs(self) -> "Column":
        if self.type == "area" and self.level is None:
            raise ValueError(f"column '{self.source}': type 'area' needs 'level'")
        if self.type in ("choice", "boolean") and not self.values:
            raise ValueError(f"column '{self.source}': type '{self.type}' needs 'values'")
        where = f"column '{self.source}' has type '{self.type}'"
        for types, names in (
            (("choice", "boolean"), ("values",)),
            (("area",), ("level", "by")),
            (("integer", "decimal"), ("minimum", "maximum")),
            (("decimal",), ("is_whole",)),
        ):
            if self.type not in types:
                self.unread(names, f"{where}, and only {' or '.join(types)} has {' and '.join(names)}")
        return self


class Item(Bounds):
    """One delivered column that becomes rows: a measure, a survey question, a criterion, a mark.

    `where` selects rows of a long table (column → delivered text); `since` is the first period in
    which the column is delivered, so that earlier blanks are not missing figures; `every_period` is
    false for what is measured only now and then; `jump_pct` is the change of one year that may pass by right.
    `part_of` is the item of the same table it is a part of; `delivered_unit` is what the `unit_column` of the table
    says beside it.
    """

    source: str = Field(alias="from")
    item: str
    unit: str | None = None
    since: int | None = None
    every_period: bool = True
    jump_pct: Decimal | None = Field(default=None, gt=0)
    part_of: str | None = None
    delivered_unit: str | None = None
    where: dict[str, str] = Field(default_factory=dict)
    values: dict[str, str] = Field(default_factory=dict)

    @property
    def law(self) -> Law:
        """What a figure of this item can be: the law of its unit, with the bounds declared here."""
        return self.narrowing(law_of_unit(self.unit))


# Keys of an item that only a table of figures reads.
_OF_FIGURES = ("unit", "minimum", "maximum", "is_whole", "jump_pct", "part_of", "delivered_unit")


class Completeness(Declaration):
    """Every area of `level` must be present for every item in every period from `first_period` on."""

    level: str
    first_period: int


class Plausibility(Declaration):
    """A range outside which a value is worth a look; it warns and never blocks."""

    column: str
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    item: str | None = None


class Rows(Declaration):
    """Which texts of a column the rows of a table have: some of them, what begins so, a range of equally long codes, or
    what a pattern matches as a whole; one of these is enough."""

    texts: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    first: str | None = None
    last: str | None = None
    pattern: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _may_be_a_plain_list(cls, declared: Any) -> Any:
        return {"texts": declared} if isinstance(declared, list | tuple) else declared

    @model_validator(mode="after")
    def _says_which(self) -> "Rows":
        if (self.first is None) != (self.last is None):
            raise ValueError("'first' and 'last' of a range of rows come together")
        if (
            self.first is not None
            and self.last is not None
            and (len(self.first) != len(self.last) or self.last < self.first)
        ):
            raise ValueError(f"the range from '{self.first}' to '{self.last}' needs codes of one length, in order")
        if not (self.texts or self.prefixes or self.first or self.pattern):
            raise ValueError("rows need one of 'texts', 'prefixes', 'first' with 'last', or 'pattern'")
        return self

    def take(self, text: str) -> bool:
        """Whether a row with this text is one of them."""
        if text in self.texts or text.startswith(self.prefixes):
            return True
        if self.first is not None and self.last is not None and len(text) == len(self.first):
            return self.first <= text <= self.last
        return self.pattern is not None and re.fullmatch(self.pattern, text) is not None

    @property
    def said(self) -> str:
        """What is asked for, for findings: declared words alone, none that was delivered."""
        span = (f"{self.first} – {self.last}",) if self.first is not None else ()
        pattern = (self.pattern,) if self.pattern is not None else ()
        return ", ".join((*self.texts, *(f"{prefix}…" for prefix in self.prefixes), *span, *pattern))


class Table(Declaration):
    """One landed table: which deliveries feed it, how it is read, and the canonical table it becomes.

    `where` says which rows it is declared for, `total_row` holds the texts of rows that are totals and out of scope. Areas
    of two levels in one column, and several cities in one delivery, are told apart by it: a table for each.
    """

    canonical: str
    description_de: str
    description_en: str
    files: str | None = None
    format: Format
    mode: Literal["snapshot", "by_period"]
    is_period_in_name: bool = False
    minimum_rows: int = Field(ge=1)
    columns: tuple[Column, ...]
    constants: dict[str, str] = Field(default_factory=dict)
    items: tuple[Item, ...] = ()
    quality_column: str | None = None
    unit_column: str | None = None
    where: dict[str, Rows] = Field(default_factory=dict)
    total_row: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    completeness: Completeness | None = None
    plausibility: tuple[Plausibility, ...] = ()
    expected: Expected = Expected()

    @property
    def canonical_table(self) -> CanonicalTable:
        """The canonical table this one is mapped onto."""
        return CANONICAL[self.canonical]

    @property
    def free_texts(self) -> tuple[str, ...]:
        """Fields that take what somebody wrote, as no vocabulary and no pattern says what it can be."""
        of_columns = [c.to for c in self.columns if c.type in ("text", "code") and c.pattern is None]
        cell = self.canonical_table.cell_field
        is_answer = cell is not None and self.canonical_table.field(cell).type == "text"
        return (*of_columns, *([str(cell)] if is_answer and not all(item.values for item in self.items) else []))

    @property
    def rules(self) -> dict[str, Severity]:
        """The rules of plausibility this table is held to, with their severities."""
        return self.expected.rules(self.canonical, self.free_texts)

    @model_validator(mode="after")
    def _maps_onto_the_canonical_table(self) -> "Table":
        if self.canonical not in CANONICAL:
            raise ValueError(f"'{self.canonical}' is no canonical table; choose one of {', '.join(CANONICAL)}")
        canonical = self.canonical_table
        names = {field.name for field in canonical.fields}
        given = [column.to for column in self.columns] + list(self.constants)
        for name in given:
            if name not in names:
                raise ValueError(f"'{name}' is no field of canonical table '{self.canonical}'")
            if given.count(name) > 1:
                raise ValueError(f"field '{name}' is filled twice")
        taken = {canonical.cell_field, "symbol"} & set(self.constants)
        if taken:
            raise ValueError(f"field '{min(map(str, taken))}' is read from the delivery and cannot be constant")
        if self.items and canonical.item_field is None:
            raise ValueError(f"canonical table '{self.canonical}' takes no 'items'")
        self._items_are_read()
        self._items_fit_together()
        for field in self.expected.words:
            if field not in self.free_texts:
                known = ", ".join(self.free_texts) or "none"
                raise ValueError(f"'words' are declared for '{field}', which is no free text here; those are: {known}")
        return self

    def _items_are_read(self) -> None:
        """A table of figures, of answers or of marks reads other keys of its items."""
        canonical = self.canonical_table
        names = {field.name for field in canonical.fields}
        kind = "marks" if canonical.cell_field is None else "answers"
        if canonical.cell_field is not None and canonical.field(canonical.cell_field).type == "decimal":
            kind = "figures"
        unread: tuple[str, ...] = () if kind == "figures" else _OF_FIGURES
        unread += ("values",) if kind != "answers" else ()
        unread += ("since",) if "period" not in names else ()
        unread += ("every_period",) if self.completeness is None else ()
        unread += ("jump_pct",) if "continuity" not in self.rules else ()
        readable = [field.alias or name for name, field in Item.model_fields.items() if name not in unread]
        for item in self.items:
            item.unread(
                unread,
                f"item '{item.item}' stands in '{self.canonical}', a table of {kind}"
                f"{'' if self.completeness else ' without completeness'}, where an item can have {', '.join(readable)}",
            )
        if kind != "figures":
            self.unread(("quality_column", "unit_column"), f"'{self.canonical}' holds no figures")

    def _items_fit_together(self) -> None:
        items = {item.item for item in self.items}
        named = items | {self.constants.get(str(self.canonical_table.item_field), "")}
        for usual in self.plausibility:
            if usual.item is not None and usual.item not in named:
                raise ValueError(f"plausibility names item '{usual.item}', which the table does not have")
        for item in self.items:
            if item.part_of is not None and item.part_of not in items - {item.item}:
                raise ValueError(f"item '{item.item}' is part_of '{item.part_of}', which is no other item of the table")
            if (item.delivered_unit is None) != (self.unit_column is None):
                raise ValueError(f"item '{item.item}': 'delivered_unit' and the table's 'unit_column' go together")


class Source(Declaration):
    """One deliverer: who, under which licence, how often, and what a bad delivery means."""

    # landed tables are named <source>__<table>: two underscores in an id would be read as that border
    source_id: str = Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")
    name_de: str
    name_en: str
    publisher: str
    licence: str
    cadence: Literal["daily", "monthly", "quarterly", "yearly", "once"]
    max_age_days: int = Field(gt=0)
    on_failure: Literal["block", "keep_last_good"]
    max_rejected_pct: Decimal = Decimal(1)
    connector: Connector
    tables: dict[str, Table]

    def landed_name(self, table: str) -> str:
        """Name of the landed table, which is also its file and asset name."""
        return f"{self.source_id}__{table}"


class LandedTable(NamedTuple):
    """One declared landed table: its name `<source>__<table>`, who delivers it, and how it is read."""

    name: str
    source: Source
    declared: Table
