"""A delivered table on its way through the contract: its declared cells, and what was found wrong with them.

Every later step names a row by its position (`LINE`) and rejects through here, so that a finding carries
the address in the delivered file, is reported once, and keeps the delivered cells of declared columns
only. Nothing is converted here.
"""

import json
from functools import cache

import numpy as np
import pandas as pd

from ingest.findings import DeliveryRefused, Finding
from ingest.formats import TextTable
from ingest.formats.csv_cells import other_delimiter
from ingest.formats.german import clean
from programmes.sources import Table

LINE = "__line"  # position in the delivered table, dropped before writing


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
        self.cells = cache(self._clean_column)

    def _declared_cells(self, cells: pd.DataFrame, file_name: str) -> pd.DataFrame:
        names = [column.source for column in self.declared.columns] + [item.source for item in self.declared.items]
        names += [name for item in self.declared.items for name in item.where] + list(self.declared.where)
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
                raise DeliveryRefused("column_missing", file_name, f"'{name}'")
            if name in repeated:
                raise DeliveryRefused("column_repeated", file_name, f"'{name}'")
        return cells[names]

    def _clean_column(self, name: str) -> pd.Series:
        """Cells of a declared column without stray blanks, by position; None where there is no cell."""
        codes, uniques = pd.factorize(self._cells[name])
        plain = np.array([*(clean(text) for text in uniques), None], dtype=object)
        return pd.Series(plain[codes], dtype=object)

    def lines_in_scope(self) -> pd.Series:
        """Positions of the rows the table is declared for."""
        keep = np.ones(len(self._cells), dtype=bool)
        for name, wanted in self.declared.where.items():
            keep &= self.cells(name).isin(wanted).to_numpy()
        return pd.Series(np.flatnonzero(keep))

    @property
    def line_count(self) -> int:
        """Delivered rows the table is declared for, broken ones included."""
        return len(self.lines_in_scope()) + self._broken_count

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

    def rejected_cells(self) -> tuple[str, ...]:
        """For each finding the delivered cells of declared columns as JSON; empty for a row without cells."""
        lines = sorted({line for line in self._rejected_lines if line is not None})
        records = self._cells.iloc[lines].to_dict("records")
        texts = {line: json.dumps(record, ensure_ascii=False) for line, record in zip(lines, records, strict=True)}
        return tuple("{}" if line is None else texts[line] for line in self._rejected_lines)
