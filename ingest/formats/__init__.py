"""Bytes → text cells, one module per format; nothing here guesses a type.

`decoding` makes text and sheets of bytes; every reader makes a `TextTable` of those: delivered column
names, cells as text exactly as delivered (None where the format has no cell at all), and the address of
each row in the file. What cannot be read as a whole raises DeliveryRefused; what a cell means is decided
in landing by the declared contract.
"""

from dataclasses import dataclass

import pandas as pd

from ingest.findings import Finding


@dataclass(frozen=True)
class TextTable:
    """Text cells of one delivered table and the address of each row ('line 14', 'Blatt line 9').

    `broken` are the rows that could not even be divided into cells.
    """

    cells: pd.DataFrame
    addresses: pd.Series
    broken: tuple[Finding, ...] = ()
