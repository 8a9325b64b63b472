"""Bytes → text cells, one module per format; nothing here guesses a type.

`packed`, `workbook` and `decoding` make text and sheets of bytes; every reader makes a `TextTable` of those: delivered
column names, cells as text exactly as delivered (None where the format has no cell at all), and the address of each row in
the file. What cannot be read as a whole raises DeliveryRefused; what a cell means is decided in landing by the declared
contract.
"""

from dataclasses import dataclass

import pandas as pd

from ingest.findings import Finding


@dataclass(frozen=True)
class Records:
    """Records of a file that hold anything, counted as they are met, and those of them that are no rows.

    `header` counts the header and whatever stands above it, `aside` records beside the named columns.
    """

    found: int = 0
    header: int = 0
    footnotes: int = 0
    aside: int = 0

    def __add__(self, other: "Records") -> "Records":
        return Records(
            self.found + other.found,
            self.header + other.header,
            self.footnotes + other.footnotes,
            self.aside + other.aside,
        )


@dataclass(frozen=True)
class TextTable:
    """Text cells of one delivered table and the address of each row ('line 14', 'Blatt line 9').

    `broken` are the rows that could not even be divided into cells.
    """

    cells: pd.DataFrame
    addresses: pd.Series
    broken: tuple[Finding, ...] = ()
    records: Records = Records()
