"""The rest of the way down: rows behind a row walked in their turn, until every one ends at delivered or declared rows.

Rows that name a delivered line are looked up in it, all of them; rows of computed marts are proven like the first, the same mart
never twice on one way, and of each table at most a handful, of one indicator, which the walk says: so that it answers at once.
Does not belong here: a single proof.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracing.ends import end_of
from tracing.proof import Proof, prove
from tracing.rows import Row, Rows
from tracing.walks import Walk, walk_of

AT_MOST = 6  # rows of one computed mart behind another row
_DECLARED = ("bridge_area_set", "dim_area", "dim_indicator", "dim_comparability_break", "dim_label", "fct_delivery")


@dataclass(frozen=True)
class Link:
    """One row on the way down, of a computed mart, and its proof."""

    walk: Walk
    row: Row
    proof: Proof


@dataclass
class Chain:
    """All that lies behind a row: rows by table, those proven in turn, and of how many the delivered line was found."""

    behind: dict[str, list[Row]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    left_out: int = 0
    ends: int = 0
    lost: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether everything on the way comes out."""
        return not self.lost and all(not link.proof.failed for link in self.links)


def chained(rows: Rows, mart: str, behind: Mapping[str, Sequence[Row]]) -> Chain:
    """Follow the rows behind a row down to where they end."""
    chain = Chain({table: list(found) for table, found in behind.items()})
    waiting = [(table, found, {mart}) for table, found in behind.items()]
    proven: set[tuple[str, tuple[object, ...]]] = set()
    while waiting:
        table, found, above = waiting.pop(0)
        walk = walk_of(rows.release, table)
        if "row_address" in walk.ends or table in _DECLARED or table in above or walk.by is None:
            continue
        told = [row for row in found if (table, _key(walk, row)) not in proven]
        taken = [row for row in told if row.get("indicator_id") == told[-1].get("indicator_id")][-AT_MOST:]
        chain.left_out += len(told) - len(taken)
        for row in taken:
            proven.add((table, _key(walk, row)))
            rows.walking(walk)
            chain.links.append(Link(walk, row, prove(rows, row, walk)))
            further = {name: more for name, more in rows.seen.items() if name != "fct_delivery"}
            rows.walking(None)
            for name, more in further.items():
                _merge(chain, rows, name, more)
                waiting.append((name, more, {*above, table}))
    _look_up(rows, chain)
    return chain


def _key(walk: Walk, row: Row) -> tuple[object, ...]:
    return tuple(row[column] for column in walk.key)


def _merge(chain: Chain, rows: Rows, table: str, found: Sequence[Row]) -> None:
    key = walk_of(rows.release, table)
    known = {_key(key, row): row for row in chain.behind.get(table, ())}
    chain.behind[table] = list({**known, **{_key(key, row): row for row in found}}.values())


def _look_up(rows: Rows, chain: Chain) -> None:
    """Look every row that names a delivered line up in it."""
    if rows.is_public:
        return
    for table, found in chain.behind.items():
        walk = walk_of(rows.release, table)
        if "row_address" not in walk.ends:
            continue
        for row in found:
            end = end_of(rows, row, walk)
            if end is not None and end.row_address is not None:
                chain.ends += 1
                if not end.is_reached:
                    chain.lost.append(f"{table} {' '.join(str(part) for part in _key(walk, row))}: {end.row_address}")
