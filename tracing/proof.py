"""Every cell of a row held against what it rests on: computed again, found in the delivered line, or named as unproven.

One outcome a cell: `key`; `equal` or `differs` for figures; `reached` or `lost` for what ends at a delivered or declared row;
`unproven` with its reason; `unwalked` where the walk of the mart says nothing of the column.
"""

from dataclasses import dataclass
from typing import Any, Literal

from tracing.comparing import DELIVERED, Unknown, Within, same
from tracing.ends import End, end_of
from tracing.recomputing import recompute
from tracing.rows import Row, Rows
from tracing.walks import Walk

Outcome = Literal["key", "equal", "differs", "reached", "lost", "unproven", "unwalked"]
FAILED = ("differs", "lost", "unwalked")


@dataclass(frozen=True)
class Cell:
    """One cell of a mart with what became of its walk; `computed` is what was computed again, unrounded."""

    column: str
    published: Any
    outcome: Outcome
    computed: Any = None
    why: tuple[str, str] | None = None


@dataclass(frozen=True)
class Proof:
    """All cells of one row, and the delivered row it ends at where it names one."""

    cells: tuple[Cell, ...]
    end: End | None

    @property
    def failed(self) -> list[Cell]:
        """Cells of which the walk does not resolve or the value differs."""
        return [cell for cell in self.cells if cell.outcome in FAILED]


def prove(rows: Rows, row: Row, walk: Walk) -> Proof:
    """Hold every cell of a row against what it rests on."""
    found = recompute(walk.by)(rows, row) if walk.by else {}
    end = end_of(rows, row, walk)
    return Proof(tuple(_cell(rows, row, walk, name, found, end) for name in row), end)


def _cell(rows: Rows, row: Row, walk: Walk, name: str, found: dict[str, Any], end: End | None) -> Cell:
    published = row[name]
    if name in walk.unproven:
        return Cell(name, published, "unproven", why=walk.unproven[name])
    if name in walk.figures:
        computed = found.get(name)
        if computed is DELIVERED:
            return Cell(name, published, "reached" if _is_reached(rows, end, name) else "lost")
        if isinstance(computed, Unknown):
            return Cell(name, published, "unproven", why=(computed.de, computed.en))
        value = computed.value if isinstance(computed, Within) else computed
        return Cell(name, published, "equal" if same(published, computed) else "differs", value)
    if name in walk.ends or name in walk.verbatim:
        return Cell(name, published, "reached" if _is_reached(rows, end, name) else "lost")
    if name in walk.key:
        return Cell(name, published, "key")
    if name == "is_synthetic":
        is_same = published == rows.release.manifest.is_synthetic
        return Cell(name, published, "equal" if is_same else "differs", rows.release.manifest.is_synthetic)
    return Cell(name, published, "unwalked")


def _is_reached(rows: Rows, end: End | None, name: str) -> bool:
    if end is None:
        return rows.is_public  # the archive is not the public's to read
    return end.is_intact and (end.row_address is None or end.line is not None) and name not in end.lacking
