"""The whole walk of one row as one record: published, recomputed, rows behind, deliveries, surroundings.

Put together from the other modules of this package; how it is told stands in telling.py. Never computes a figure itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from release.disclosure import FORMED_MARTS
from release.manifest import Manifest
from release.reading import ReleaseMissing
from tracing import surroundings
from tracing.chain import Chain, chained
from tracing.delivered_lines import shown_lines
from tracing.ends import deliveries_of
from tracing.proof import Cell, Proof, prove
from tracing.rows import Row, Rows
from tracing.walks import Walk, walk_of

IN_A_FORM = (
    "Für die Veröffentlichung gerundet und geschützt; nachgerechnet wird die interne Fassung desselben Stands.",
    "Rounded and protected for publication; computed again is the internal edition of the same release.",
)
LINES_SHOWN = 6  # delivered lines of each table behind


@dataclass(frozen=True)
class Trace:
    """Everything a walk of one row found; `chain` what lies behind it, `lines` delivered lines."""

    walk: Walk
    row: Row
    proof: Proof
    manifest: Manifest
    is_public: bool
    chain: Chain = field(default_factory=Chain)
    deliveries: Sequence[Mapping[str, Any]] = ()
    near: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    checks: Sequence[Row] = ()
    ledger: Mapping[str, Any] | None = None
    code: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[tuple[str, str]] = ()

    @property
    def key(self) -> dict[str, Any]:
        """The row's key."""
        return {column: self.row[column] for column in self.walk.key}

    @property
    def is_form(self) -> bool:
        """Whether the row was rounded and protected for publication: shown, and computed again inside the office only."""
        return self.is_public and self.walk.mart in FORMED_MARTS

    @property
    def behind(self) -> Mapping[str, Sequence[Row]]:
        """The rows it rests on by table, down to delivered ones."""
        return self.chain.behind

    @property
    def is_whole(self) -> bool:
        """Whether every cell resolves, of the row and of those it rests on, and what was computed is what was published."""
        return not self.proof.failed and self.chain.is_whole and not self.damage

    @property
    def damage(self) -> list[tuple[str, str]]:
        """Why deliveries it rests on cannot be looked up as they came, in German and English."""
        return [(one["why_de"], one["why_en"]) for one in self.deliveries if one.get("why_de")]


def traced(rows: Rows, mart: str, row: Row) -> Trace:
    """Walk one row of a mart."""
    walk = walk_of(rows.release, mart)
    rows.forget()
    rows.walking(walk)
    proof = _proof(rows, row, walk)
    behind = {table: found for table, found in rows.seen.items() if table != "fct_delivery"}
    rows.walking(None)
    chain = chained(rows, mart, behind) if _is_open(proof) else Chain(behind)
    behind = chain.behind
    ending = {mart: [row, *behind.get(mart, ())], **{table: found for table, found in behind.items() if table != mart}}
    deliveries = deliveries_of(rows, ending)
    lines = [line for table, found in ending.items() for line in shown_lines(rows, table, found, LINES_SHOWN)]
    return Trace(
        walk, row, proof, rows.release.manifest, rows.is_public, chain, deliveries,
        surroundings.near(rows, behind, deliveries), surroundings.checks(rows, mart, ending, deliveries),
        surroundings.ledger_line(rows), surroundings.code(rows, mart), lines,
    )  # fmt: skip


def _is_open(proof: Proof) -> bool:
    """Whether something was computed, so that there is a way further down."""
    return any(cell.outcome in ("equal", "differs") for cell in proof.cells)


def _proof(rows: Rows, row: Row, walk: Walk) -> Proof:
    """The proof of a row; where it cannot be made of this edition or of so old a release, every cell says why."""
    try:
        if not rows.is_public or walk.mart not in FORMED_MARTS:
            return prove(rows, row, walk)
        why = IN_A_FORM
    except (ReleaseMissing, KeyError):
        if rows.is_public:
            why = ("Beruht auf Angaben, die nicht öffentlich sind.", "Rests on what is not public.")
        elif not walk.is_of_release:
            why = ("Der Stand ist älter als dieser Prüfweg und führt nicht alles, was er braucht.",
                   "The release is older than this walk and does not hold all it needs.")  # fmt: skip
        else:
            raise
    return Proof(tuple(Cell(name, row[name], "key" if name in walk.key else "unproven", why=why) for name in row), None)
