"""What a delivery may be at most, in one place, so that no file can take the machine down.

Each limit is far above what a city delivers and far below what the machine cannot bear; a delivery beyond it is refused
with a sentence before it is filled into memory. Sizes are counted while reading, never taken from what a file declares.
"""

import os

MIB = 1024**2

LARGEST_FILE = 512 * MIB  # a ZIP may hold pictures beside its tables
# The largest delivery of a hundredfold city (docs/benchmarks.md) has 155 MB; text takes up to ten times its size as cells.
LARGEST_TEXT = 256 * MIB
# Text of official tables packs 5 to 20 times smaller; only a bomb packs 100 times, and what is small may pack as it likes.
LARGEST_RATIO, SMALL = 100, 16 * MIB
# Open-data packages hold tens of members; a directory of millions is an attack on whoever lists it.
MOST_MEMBERS = 10_000
# What a table takes in memory are its cells, about 60 bytes each; the hundredfold city has 6 million.
MOST_CELLS = 12_000_000
# A workbook is filled as a whole from its first to its last cell, and 16,384 x 1,048,576 cells are half a terabyte.
MOST_SHEET_CELLS = 10_000_000
MOST_ROWS = 2_000_000  # a row for every inhabitant of the largest German cities but one
MOST_COLUMNS = 16_384  # what a sheet of a workbook can hold
LONGEST_FIELD = 16 * MIB  # in a column nobody declared: bodies of web pages, geometries
LONGEST_CELL = 32_767  # in a declared column: what a cell of a workbook can hold
DEEPEST_NESTING = 64  # records hold figures; a geometry nests eight deep
# What the process that reads deliveries may take for one of them in one table, whatever they hold (ingest/worker.py).
# Landing takes 15 times the size of a text of long records and 35 times that of one of many short ones; a hundredfold city takes
# a minute or two.
MOST_MEMORY = 6144 * MIB
MOST_SECONDS = 300  # of processor, so that a busy machine refuses nothing
PROCESSES = min(4, len(os.sched_getaffinity(0)))  # that read deliveries side by side, each within that memory
AT_ONCE = 48 * MIB  # of deliveries read side by side, together; a larger one is read alone (refresh/landing_ahead.py)
PATIENCE = 10.0  # seconds such a process waits for a question before it ends


def in_words(size: int) -> str:
    """A size as people read it."""
    return f"{size // MIB} MiB"
