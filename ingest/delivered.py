"""A delivered table on its way through the contract: its declared cells, and what was found wrong with them.

Every later step names a row by its position (`LINE`) and rejects through here, so that a finding carries
the address in the delivered file, is reported once, and keeps the delivered cells of declared columns
only. Nothing is converted here.
"""

import json
from dataclasses import astuple, dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

from ingest.findings import DeliveryRefused, Finding
from ingest.formats import TextTable, not_values
from ingest.formats.csv_cells import other_delimiter
from ingest.formats.footnotes import is_total
from ingest.formats.german import clean
from programmes.sources import Rows, Table

LINE = "__line"  # position in the delivered table, dropped before writing


@dataclass(frozen=True)
class RecordCount:
    """What became of the records of one delivery in one table; each is counted where it happens, none by subtraction.

    `records` hold anything at all. A record counts as rejected if anything of it was, as accepted if rows came of all of
    it; out of scope is what the declaration leaves out.
    """

    records: int = 0
    header: int = 0
    out_of_scope: int = 0
    footnotes: int = 0
    accepted: int = 0
    rejected: int = 0

    @property
    def closes(self) -> bool:
        """Whether every record of the file is accounted for exactly once."""
        return self.records == self.header + self.out_of_scope + self.footnotes + self.accepted + self.rejected

    def __add__(self, other: "RecordCount") -> "RecordCount":
        """The count of two tables or deliveries together."""
        return RecordCount(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))

    @property
    def equation(self) -> str:
        """The count in figures: records = header + out of scope + footnotes + accepted + rejected."""
        parts = (self.header, self.out_of_scope, self.footnotes, self.accepted, self.rejected)
        return f"{self.records} {'=' if self.closes else '≠'} {' + '.join(map(str, parts))}"


class DeliveredTable:
    """Text cells of one delivery beside their contract; raises DeliveryRefused if a declared column is missing."""

    def __init__(self, declared: Table, text: TextTable, file_name: str) -> None:
        self.declared = declared
        self.canonical = declared.canonical_table
        self.findings: list[Finding] = list(text.broken)
        self._addresses = text.addresses.to_numpy(dtype=object)
        self._cells = self._declared_cells(text.cells, file_name)
        self._rejected_lines: list[int | None] = [None] * len(text.broken)
        self._broken_count = len(text.broken)
        self._known: set[tuple[int, str | None, str]] = set()
        self._records = text.records
        self._out_of_scope: set[int] = set()
        self.cells = cache(self._clean_column)

    def _declared_cells(self, cells: pd.DataFrame, file_name: str) -> pd.DataFrame:
        names = [column.source for column in self.declared.columns] + [item.source for item in self.declared.items]
        names += [name for item in self.declared.items for name in item.where]
        names += [*self.declared.where, *self.declared.total_row]
        names += [name for name in (self.declared.quality_column, self.declared.unit_column) if name]
        names = list(dict.fromkeys(names))
        repeated = set(cells.columns[cells.columns.duplicated()])
        for name in names:
            if name not in cells.columns:
                other = (
                    other_delimiter(cells.columns, self.declared.format) if self.declared.format.kind == "csv" else None
                )
                if other:
                    raise DeliveryRefused("delimiter", file_name, other, "line 1")
                rule = "quality_column_missing" if name == self.declared.quality_column else "column_missing"
                raise DeliveryRefused(rule, file_name, f"'{name}'")
            if name in repeated:
                raise DeliveryRefused("column_repeated", file_name, f"'{name}'")
        return cells[names]

    def _clean_column(self, name: str) -> pd.Series:
        """Cells of a declared column without stray blanks, by position; None where there is no cell."""
        codes, uniques = pd.factorize(self._cells[name])
        plain = np.array([*(clean(text) for text in uniques), None], dtype=object)
        return pd.Series(plain[codes], dtype=object)

    @cached_property
    def _lines_in_scope(self) -> np.ndarray:
        keep = np.ones(len(self._cells), dtype=bool)
        is_total_row = np.zeros(len(self._cells), dtype=bool)
        for name, texts in self.declared.total_row.items():
            is_total_row |= self.cells(name).isin(texts).to_numpy()
        for name, wanted in self.declared.where.items():
            cells = self.cells(name)
            keep &= cells.isin([text for text in cells.dropna().unique() if wanted.take(text)]).to_numpy()
            unfit = {text: rule for text in cells.dropna().unique() if (rule := not_values.no_value(text))}
            for line in np.flatnonzero(cells.isin(unfit).to_numpy() & ~is_total_row):
                self.reject(int(line), name, unfit[cells[line]])
        self._out_of_scope |= set(map(int, np.flatnonzero(~keep | is_total_row))) - self.rejected_lines
        lines: np.ndarray = np.flatnonzero(keep & ~is_total_row)
        return lines

    def lines_in_scope(self) -> pd.Series:
        """Positions of the rows the table is declared for."""
        return pd.Series(self._lines_in_scope)

    def pass_over(self, lines: np.ndarray, taken: np.ndarray) -> None:
        """Note that rows hold nothing for any declared item; a row that stands there twice is taken if one of it is."""
        self._out_of_scope |= set(lines[~taken].tolist()) - set(lines[taken].tolist())

    def counted(self, accepted: np.ndarray) -> RecordCount:
        """What became of the records, where rows came of these positions."""
        rejected = {finding.row_address for finding in self.findings}
        return RecordCount(
            records=self._records.found,
            header=self._records.header,
            out_of_scope=self._records.aside + len(self._out_of_scope),
            footnotes=self._records.footnotes,
            accepted=len(set(self._addresses[np.unique(accepted)]) - rejected),
            rejected=len(rejected),
        )

    def nothing_in_scope(self, file_name: str) -> DeliveryRefused:
        """Why no row is one the table is declared for: the column that holds none of the agreed codes."""
        for name, wanted in self.declared.where.items():
            found = set(self.cells(name).dropna().unique())
            if not any(map(wanted.take, found)):
                return DeliveryRefused(*_code_not_found(name, wanted, found, file_name))
        columns = dict.fromkeys([*self.declared.where, *(name for item in self.declared.items for name in item.where)])
        return DeliveryRefused("nothing_in_scope", file_name, ", ".join(columns or self._cells.columns))

    def is_total_row(self, line: int) -> bool:
        """Whether an entry of the row names a total."""
        return bool(self._names_a_total[line])

    @cached_property
    def _names_a_total(self) -> np.ndarray:
        found = np.zeros(len(self._cells), dtype=bool)
        for name in self._cells.columns:
            cells = self.cells(name)
            found |= cells.isin([text for text in cells.dropna().unique() if is_total(text)]).to_numpy()
        return found

    @property
    def line_count(self) -> int:
        """Delivered rows the table is declared for, broken ones included."""
        return len(self._lines_in_scope) + self._broken_count

    def addresses(self, lines: pd.Series) -> np.ndarray:
        """Addresses in the delivered file of rows given by position."""
        found: np.ndarray = self._addresses[lines.to_numpy()]
        return found

    def reject(self, line: int, column: str | None, rule: str, detail: str = "") -> None:
        """Note that a row or a cell of it breaks a rule; the same row, column and rule are noted once."""
        if (line, column, rule) in self._known:
            return
        self._known.add((line, column, rule))
        self.findings.append(Finding(str(self._addresses[line]), column, rule, detail))
        self._rejected_lines.append(line)

    @property
    def rejected_lines(self) -> set[int]:
        """Positions of rejected rows that have cells."""
        return {line for line in self._rejected_lines if line is not None}

    def rejected_cells(self) -> tuple[str, ...]:
        """For each finding the delivered cells of declared columns as JSON; empty for a row without cells."""
        lines = sorted(self.rejected_lines)
        records = self._cells.iloc[lines].to_dict("records")
        texts = {line: json.dumps(record, ensure_ascii=False) for line, record in zip(lines, records, strict=True)}
        return tuple("{}" if line is None else texts[line] for line in self._rejected_lines)


def _code_not_found(name: str, rows: Rows, found: set[str], file_name: str) -> tuple[str, str, str]:
    """Rule, file and detail; of the codes found only how many digits they have, because no value leaves the file."""
    wanted = rows.texts
    digits = {len(code) for code in wanted if code.isascii() and code.isdigit()}
    if len(digits) == 1 and rows.said == ", ".join(wanted) and all(code.isdigit() for code in wanted):
        (agreed,) = digits
        numbers = {code for code in found if code.isascii() and code.isdigit()}
        if any(len(code) < agreed and code.zfill(agreed) in wanted for code in numbers):
            return "code_lost_zero", file_name, f"'{name}', {agreed}"
        longer = sorted({len(code) for code in numbers if len(code) > agreed and code.startswith(wanted)})
        if longer:
            return "code_too_long", file_name, f"'{name}', {agreed} / {', '.join(map(str, longer))}"
    return "no_agreed_code", file_name, f"'{name}' ({rows.said})"
