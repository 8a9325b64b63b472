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
            return _ended(rows, name, published, end)
        if isinstance(computed, Unknown):
            return Cell(name, published, "unproven", why=(computed.de, computed.en))
        value = computed.value if isinstance(computed, Within) else computed
        return Cell(name, published, "equal" if same(published, computed) else "differs", value)
    if name in walk.ends or name in walk.verbatim:
        return _ended(rows, name, published, end)
    if name in walk.key:
        return Cell(name, published, "key")
    if name == "is_synthetic":
        is_same = published == rows.release.manifest.is_synthetic
        return Cell(name, published, "equal" if is_same else "differs", rows.release.manifest.is_synthetic)
    return Cell(name, published, "unwalked")


def _ended(rows: Rows, name: str, published: Any, end: End | None) -> Cell:
    """A cell that ends at the delivered row: found there, or not; the archive is not the public's to read."""
    if rows.is_public:
        return Cell(name, published, "unproven", why=_NOT_PUBLIC)
    is_there = end is not None and end.is_intact and (end.row_address is None or end.line is not None)
    return Cell(name, published, "reached" if is_there and end is not None and name not in end.lacking else "lost")


_NOT_PUBLIC = (
    "Steht in der Lieferung; das Archiv ist nicht öffentlich.",
    "Stands in the delivery; the archive is not public.",
)
