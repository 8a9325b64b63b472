"""Random tables, hidden in part and published, then attacked: does a stranger conclude how many people a cell has?

The attacker sees what is printed of the cells that are shown, denominators and the rule, never a true count or which cells the rule
itself hides. Every cell is attacked, the shown ones too, for rounding protects them. Writes its section of docs/trials.md. Exit code
1 if any cell is known exactly, or within fewer people than the protection, if the statements contradict each other, or if it
takes longer than it may.
"""

import argparse
import math
import random
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from attacker.bounds import Contradiction, findings
from attacker.table import Statement, Table, Target
from release import suppression
from release.suppression.choice import pattern
from trials.document import REPORT, replaced
from trials.random_tables import BASE, MINIMUM, RandomTable, random_table

HEADING = "## Attacks on random tables (`make trial-attack`)"
TABLES, SEED, MOST_SECONDS = 1000, 20260302, 60
WIDTH = 3  # people between the least and the most a cell can have
Protect = Callable[[RandomTable], Sequence[Statement]]


@dataclass(frozen=True)
class Attacked:
    """What came of one table: its cells, those the rule itself hides, those that are shown, and what is wrong, a sentence each."""

    cells: int
    primary: int
    shown: int
    wrong: tuple[str, ...]


def only_primary_hidden(table: RandomTable) -> Sequence[Statement]:
    """The publication of an office that hides what the rule hides, and nothing for its sake."""
    return table.published([cell for cell in table.cells if table.is_primary(cell)])


def hidden_by_the_office(table: RandomTable) -> Sequence[Statement]:
    """The publication of this office: what the rule hides, what by itself would tell too much, and what must be hidden besides."""
    printed = {cell.name: table.printed(cell) for cell in table.cells}
    limits = {
        cell.name: (
            min(table.count(cell), math.ceil(printed[cell.name].low)),
            max(table.count(cell), math.floor(printed[cell.name].high)),
        )
        for cell in table.cells
    }
    asked = suppression.Table(
        upper=table.denominators,
        cells=tuple(
            suppression.Cell(
                cell.name,
                cell.members,
                *limits[cell.name],
                cost=table.denominator(cell),
                must_hide=table.is_primary(cell) or limits[cell.name][1] - limits[cell.name][0] < WIDTH,
            )
            for cell in table.cells
        ),
    )
    hidden = pattern(asked, WIDTH).hidden
    return table.published([cell for cell in table.cells if cell.name in hidden])


def attacked(protect: Protect, seed: int) -> Attacked:
    """Publish the random table of this seed, attack every cell, and judge."""
    table = random_table(random.Random(seed))
    statements = tuple(protect(table))
    targets = [Target(cell.name, cell.members) for cell in table.cells]
    try:
        found = findings(Table(tuple(map(float, table.denominators)), statements), targets, WIDTH)
        wrong = [f"{each.target.name} has {each.low} to {each.high} people" for each in found]
    except Contradiction:
        wrong = ["statements contradict each other"]
    told = {statement.members for statement in statements}
    return Attacked(
        cells=len(targets),
        primary=sum(map(table.is_primary, table.cells)),
        shown=sum(cell.members in told for cell in table.cells),
        wrong=tuple(f"table {seed}: {sentence}" for sentence in wrong),
    )


def section(found: Sequence[Attacked], seconds: float) -> str:
    """What came of it, as Markdown."""
    cells, primary, shown = (sum(getattr(each, name) for each in found) for name in ("cells", "primary", "shown"))
    wrong = [sentence for each in found for sentence in each.wrong]
    if seconds > MOST_SECONDS:
        wrong.append(f"it took {seconds:.0f} s")
    outcome = "No cell came back." if not wrong else f"**It failed, {len(wrong):,} times:** " + "; ".join(wrong[:5])
    return f"""{HEADING}

{(__doc__ or "").split(chr(10) + chr(10))[1].strip()}

{len(found):,} tables of 12 to 60 areas (seeds from {SEED}), {cells:,} cells: {100 * primary / cells:.1f} % hidden by the rule itself (fewer than
{MINIMUM} people are counted, or are not), {100 * (1 - shown / cells):.1f} % in all. Counts are rounded to {BASE}, a rate has the decimals whose last stands for
at least {BASE} people. Protection: the least and the most a cell can have differ by at least {WIDTH}. {seconds:.0f} s on two cores (at most
{MOST_SECONDS}). {outcome}
"""


def main(protect: Protect = hidden_by_the_office) -> None:
    """Attack them all, judge, write the section."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--tables", type=int, default=TABLES)
    chosen = parser.parse_args()
    begun = time.monotonic()
    with ProcessPoolExecutor(2) as processes:
        found = list(processes.map(partial(attacked, protect), range(SEED, SEED + chosen.tables), chunksize=20))
    text = section(found, time.monotonic() - begun)
    if chosen.tables >= TABLES:
        REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
    sys.exit(1 if "**It failed" in text else 0)


if __name__ == "__main__":
    main()
