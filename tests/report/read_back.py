"""Reads pages back as a reader has them: every cell against the file of its figure, every file against the public table.

Parses numbers and days by itself, with nothing of the code that wrote them.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import yaml

LABELS = Path(__file__).parents[2] / "dbt_project" / "seeds" / "label.csv"
PROGRAMME = Path(__file__).parents[2] / "programmes" / "nordwaerts" / "programme.yml"
MARKS = {"hidden": "●", "missing": "–"}
NUMBER = re.compile(r"^[−-]?\d[\d.,]*$")
# Nothing hides these: in a hidden row they are missing where there is none.
NEVER_HIDDEN = {
    ("fct_participation_event", "idea_count"),
    ("fct_development_gap", "verdict"),
    ("fct_development_gap", "relative_verdict"),
}


@dataclass(frozen=True)
class Printed:
    """One cell of a table as it stands in a page."""

    figure: str
    mart: str
    line: int
    source: str | None
    kind: str
    text: str

    @property
    def row(self) -> int:
        """The row of the data it names."""
        return int((self.source or "").partition(".")[0])

    @property
    def column(self) -> str:
        """The column of the data it names."""
        return (self.source or "").partition(".")[2]


@dataclass(frozen=True)
class Made:
    """A site in a folder, and the folder of public tables it was made from."""

    folder: Path
    public: Path

    def pages(self, language: str) -> list[Path]:
        """All pages of a language."""
        return sorted((self.folder / language).rglob("*.html"))

    def rows(self, figure: str) -> list[dict[str, Any]]:
        """The data of a figure."""
        return pq.read_table(self.folder / "figures" / f"{figure}.parquet").to_pylist()


@dataclass
class _Reader(HTMLParser):
    cells: list[Printed] = field(default_factory=list)
    figure: str = ""
    mart: str = ""
    line: int = 0
    open_cell: dict[str, str | None] | None = None
    text: str = ""
    is_body: bool = False
    columns: list[str] = field(default_factory=list)  # of the data, where a long table names row and column once
    row: str | None = None
    at: int = -1

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "figure":
            self.figure, self.mart, self.line = given["id"] or "", given["data-mart"] or "", -1
        elif tag == "tbody":
            self.is_body = True
        elif tag == "thead":
            self.columns = []
        elif tag == "th" and not self.is_body:
            self.columns.append(given.get("data-column") or "")
        elif tag == "tr" and self.is_body:
            self.line += 1
            self.row, self.at = given.get("data-row"), -1
        elif tag in ("td", "th") and self.is_body:
            self.open_cell, self.text = given, ""
            self.at += 1
            if self.row and self.columns[self.at] and "data-cell" not in given:
                given["data-cell"] = f"{self.row}.{self.columns[self.at]}"

    def handle_data(self, data: str) -> None:
        self.text += data if self.open_cell is not None else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "tbody":
            self.is_body = False
        elif tag == "figure":
            self.figure = self.mart = ""
        elif tag in ("td", "th") and self.open_cell is not None:
            found = self.open_cell
            kind = found.get("class") or "text"
            self.cells.append(
                Printed(self.figure, self.mart, self.line, found.get("data-cell"), kind, self.text.strip())
            )
            self.open_cell = None


def printed(page: str) -> list[Printed]:
    """All cells in the tables of figures on a page."""
    reader = _Reader()
    reader.feed(page)
    return [each for each in reader.cells if each.figure]


def findings(made: Made, page: Path, html: str | None = None) -> Iterator[str]:
    """What is printed on a page otherwise than published, in words; `html` in place of what the page holds."""
    language = page.relative_to(made.folder).parts[0]
    cells = printed(html if html is not None else page.read_text(encoding="utf-8"))
    data = {figure: made.rows(figure) for figure in dict.fromkeys(each.figure for each in cells)}
    for cell in cells:
        if not cell.source:
            if NUMBER.match(cell.text) or cell.kind in ("number", "hidden"):
                yield f"{cell.figure}: '{cell.text}' names no cell"
        elif not _tells(cell, data[cell.figure], language):
            yield f"{cell.figure}: '{cell.text}' ({cell.kind}) is not cell {cell.source}"
    for figure, mart in (
        dict.fromkeys((each.figure, each.mart) for each in cells) if language == "de" else ()
    ):  # data have none
        yield from unpublished(made, figure, mart)


def unpublished(made: Made, figure: str, mart: str) -> Iterator[str]:
    """Rows of the file of a figure that its public table does not hold, by the columns both have."""
    with duckdb.connect() as connection:
        connection.execute(f"create view figure as from '{made.folder}/figures/{figure}.parquet'")
        connection.execute(f"create view mart as from '{made.public}/{mart}.parquet'")
        ours, theirs = (
            [row[0] for row in connection.execute(f"describe {name}").fetchall()] for name in ("figure", "mart")
        )
        shared = ", ".join(name for name in ours if name in theirs)
        for row in connection.execute(f"select {shared} from figure except select {shared} from mart").fetchall():
            yield f"{figure}: {row} is no row of {mart}"


def _tells(cell: Printed, rows: list[dict[str, Any]], language: str) -> bool:
    if cell.row >= len(rows) or cell.column not in rows[cell.row]:
        return False
    row, value = rows[cell.row], rows[cell.row][cell.column]
    if value is None:
        is_hidden = bool(row.get("is_hidden")) and (cell.mart, cell.column) not in NEVER_HIDDEN
        kind = "hidden" if is_hidden else "missing"
        return cell.kind == kind and cell.text == MARKS[kind]
    if isinstance(value, bool):
        return cell.text == {"de": ("nein", "ja"), "en": ("no", "yes")}[language][value]
    if isinstance(value, int | float | Decimal):
        return cell.kind in ("number", "text") and is_rounded(cell.text, Decimal(str(value)), language)
    if isinstance(value, date):
        return cell.kind == "whole" and cell.text == (f"{value:%d.%m.%Y}" if language == "de" else value.isoformat())
    return _is_text(cell, str(value), language)


def is_rounded(text: str, value: Decimal, language: str) -> bool:
    """Whether a text is that number, or rounds it to one decimal or more."""
    if not NUMBER.match(text):
        return False
    thousands, point = (".", ",") if language == "de" else (",", ".")
    plain = text.replace(thousands, "").replace(point, ".").replace("−", "-")
    read, decimals = Decimal(plain), len(plain.partition(".")[2])
    if read == 0 and plain.startswith("-"):
        return False
    return read == value or (decimals >= 1 and abs(read - value) <= Decimal(5).scaleb(-decimals - 1))


def _is_text(cell: Printed, value: str, language: str) -> bool:
    """Whether a text is the value, its first digits, its name, or the place of a line in the reader's words."""
    if cell.kind == "verdict":
        return cell.text.partition(" ")[2] in _names(value, language)
    if cell.text.endswith("…"):
        return len(cell.text) > 12 and value.startswith(cell.text.removesuffix("…"))
    told = cell.text.replace(" Zeile ", " line ") if cell.column.endswith("row_address") else cell.text
    return " ".join(told.split()) == " ".join(value.split()) or cell.text in _names(value, language)


@cache
def _names(code: str, language: str) -> frozenset[str]:
    """What a code is called: by the labels, or, where it is a variant of the programme area or a baseline, by the programme."""
    with LABELS.open(encoding="utf-8", newline="") as handle:
        labels = [row[f"text_{language}"] for row in csv.DictReader(handle) if row["code"] == code]
    programme = yaml.safe_load(PROGRAMME.read_text(encoding="utf-8"))
    declared = {
        one.get("variant_id") or one["baseline_id"]: one for one in (*programme["variants"], *programme["baselines"])
    }
    return frozenset([*labels, *([declared[code][f"name_{language}"]] if code in declared else [])])
