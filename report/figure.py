"""One figure of the page: a sentence, a picture, a table, and files of exactly what both show.

Every cell of the table names the row and column of the data it is taken from, so that a test, or a reader, can hold it against
the files of the figure, and those against the edition.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from release.spoken import words
from report.drawing.canvas import Drawing
from report.edition import Row
from report.notation import HIDDEN, MISSING, mark_of, shown

LONG = 24  # rows a table has at most to stand open beside its picture, and whole on one sheet of paper


@dataclass(frozen=True)
class Cell:
    """One cell of a table on a page: its text, its kind, where in the data it stands, and where a link leads."""

    text: str
    kind: str = "text"
    source: str | None = None  # "<row>.<column>" of the data of the figure
    link: str | None = None
    is_head: bool = False


@dataclass(frozen=True)
class Table:
    """A table on a page: what it holds, its column heads, its rows."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def marks(self) -> list[tuple[str, str]]:
        """The marks that stand in it, each with its meaning."""
        kinds = {cell.kind for row in self.rows for cell in row}
        meanings = {
            "hidden": (HIDDEN, words("gesperrt, zum Schutz von Menschen", "hidden, to protect people")),
            "missing": (MISSING, words("keine Angabe", "no figure")),
        }
        return [meaning for kind, meaning in meanings.items() if kind in kinds]

    def is_of_numbers(self, column: int) -> bool:
        """Whether a column holds numbers, or marks in their place."""
        kinds = {row[column].kind for row in self.rows}
        return "number" in kinds and kinds <= {"number", "hidden", "missing"}

    def columns(self) -> list[str] | None:
        """The column of the data each column shows, "" for none, where each line is one row of the data.

        A long table then names row and column once, and a cell beside the data says so; None where its cells name both themselves.
        """
        if len(self.rows) <= LONG or any(len({*_of(row, 0)} - {""}) != 1 for row in self.rows):
            return None
        columns = [{*each} - {""} for each in zip(*(_of(row, 2) for row in self.rows), strict=True)]
        return ["".join(each) for each in columns] if all(len(each) <= 1 for each in columns) else None

    def line_of(self, row: Sequence[Cell]) -> str:
        """The row of the data that a line shows."""
        return next(filter(None, _of(row, 0)))


@dataclass(frozen=True)
class Figure:
    """Title, sentence, pictures, table and data of one figure; `about` is what stands below it: unit, source, day, status."""

    figure_id: str
    mart: str
    title: str
    sentence: str
    data: pa.Table
    table: Table
    drawing: Drawing | None = None
    notes: Sequence[str] = ()
    about: Mapping[str, str] = field(default_factory=dict)


def _of(row: Sequence[Cell], part: int) -> list[str]:
    """Of each cell the row (0) or the column (2) of the data it shows, "" for none."""
    return [(each.source or "").partition(".")[part] for each in row]


def cell(rows: Sequence[Row], index: int, column: str, decimals: int | None = None, **more: Any) -> Cell:
    """The cell of a table that shows one value of the data."""
    row, value = rows[index], rows[index][column]
    kind = mark_of(row, value)
    digits = row.get("decimals") if decimals is None and isinstance(value, float) else decimals
    text = {"hidden": HIDDEN, "missing": MISSING}.get(kind) or shown(value, digits)
    return Cell(text, kind, f"{index}.{column}", **more)


def head(text: str, link: str | None = None) -> Cell:
    """The cell a row of a table begins with."""
    return Cell(text, is_head=True, link=link)


def laid_out(
    rows: Sequence[Row], down: Callable[[Row], str], across: Callable[[Row], str], column: str
) -> tuple[list[str], list[list[Cell]]]:
    """A table with one line per `down` and one column per `across`: the heads and the lines, in the order of the data."""
    columns = list(dict.fromkeys(across(row) for row in rows))
    lines: dict[str, dict[str, Cell]] = {}
    for index, row in enumerate(rows):
        lines.setdefault(down(row), {})[across(row)] = cell(rows, index, column)
    empty = Cell(MISSING, "missing")
    return columns, [[head(name), *(line.get(each, empty) for each in columns)] for name, line in lines.items()]


def about(unit: str, source: str, as_of_on: dt.date, statuses: Iterable[str] = ()) -> dict[str, str]:
    """What stands below a figure, in the language spoken."""
    told = {
        words("Einheit", "Unit"): unit,
        words("Quelle", "Source"): source,
        words("Stand", "As of"): shown(as_of_on),
        words("Status", "Status"): ", ".join(dict.fromkeys(statuses)),
    }
    return {name: text for name, text in told.items() if text}
