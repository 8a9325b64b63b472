"""The trial of intervals and decisions: worlds of known truth, estimated by the real models, counted.

    python -m trials.simulation [--worlds N] [--block N]

Blocks of worlds are drawn and landed, dbt builds fct_sentiment and fct_development_gap from them, and what is
counted are columns of these marts: limits that hold the truth, decisions that are wrong. Beside them stand the
wrong ways the methods were chosen over; a simulation that does not refuse them shows nothing. Writes its section
of docs/trials.md. Exit code 1 if a band is left, or if a wrong way keeps its own.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from trials import full_counts
from trials.counting import IN_GRID, Counted, failures
from trials.document import REPORT, ROOT, replaced
from trials.report import section
from trials.worlds import SEED, WAVES, Sample, Worlds
from trials.wrong_ways import WRONG_WAY_WORLDS, Z, count_wrong_ways

MARTS = ("fct_sentiment", "fct_development_gap")
Z_ONE_SIDED = 1.6448536269514722

Numbers = npt.NDArray[np.float64]


def simulate(worlds: int, block_size: int, work: Path) -> Counted:
    """Draw, build and count `worlds` worlds in blocks; only one block lies on disk at a time."""
    counted = Counted()
    for block, first in enumerate(range(0, worlds, block_size)):
        with tempfile.TemporaryDirectory(dir=work) as scratch:
            folder = Path(scratch)
            drawn = Worlds(block, min(block_size, worlds - first), counted.samples, counted.scenarios)
            counted.answers += drawn.land(folder / "landed")
            full_counts.land(folder / "landed", block, drawn.count, counted.counts)
            _build(folder)
            with duckdb.connect(str(folder / "monitoring.duckdb"), read_only=True) as marts:
                _count_coverage(marts, counted)
                _count_waves(marts, counted)
                _count_decisions(marts, counted)
                _count_outcomes(marts, counted)
    return counted


def _build(folder: Path) -> None:
    """The real models in a process of their own, tests left out: one fresh database from what was landed."""
    environment = {
        **os.environ,
        "NORDWAERTS_LANDED": str(folder / "landed"),
        "NORDWAERTS_BUILD_DB": str(folder / "monitoring.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    project = str(ROOT / "dbt_project")
    command = [str(Path(sys.executable).with_name("dbt")), "build", "--project-dir", project, "--profiles-dir", project]
    command += ["--exclude-resource-type", "test", "unit_test", "--select", *(f"+{mart}" for mart in MARTS)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"dbt failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def _columns(marts: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any]) -> list[Numbers]:
    found = marts.execute(sql, parameters).fetchnumpy()
    return [np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan) for column in found.values()]


def _truths(samples: list[Sample]) -> Iterator[tuple[Sample, str, float]]:
    for sample in samples:
        for outcome, truth in sample.truth.items():
            yield sample, outcome, truth


def _count_coverage(marts: duckdb.DuckDBPyConnection, counted: Counted) -> None:
    """Limits of a share that hold the truth."""
    for sample, outcome, truth in _truths(counted.samples):
        if truth not in IN_GRID:
            continue
        lower, upper = _columns(
            marts,
            """
            select lower, upper from fct_sentiment
            where item_id = ? and outcome = ? and area_kind = 'area' and starts_with(area_id, ?)
            """,
            [sample.item_id, outcome, sample.part],
        )
        cell = ("mart", sample.item_id, sample.part, outcome)
        counted.add(cell, (lower <= truth) & (truth <= upper))
        counted.sums[cell] += float(np.sum(upper - lower)) / 2


def _count_waves(marts: duckdb.DuckDBPyConnection, counted: Counted) -> None:
    """Limits of the change of the north from wave to wave, and its critical difference."""
    for scenario in counted.scenarios:
        before, after = (
            next(s for s in scenario.samples if (s.wave, s.part) == (wave, "north")).truth for wave in WAVES
        )
        outcome = "grade" if scenario.is_grade else "pessimists"
        lower, upper, critical, detectable = _columns(
            marts,
            """
            select change_since_baseline_lower, change_since_baseline_upper, critical_difference_since_baseline,
                smallest_detectable_change_since_baseline
            from fct_sentiment
            where item_id = ? and outcome = ? and period = ? and area_kind = 'area' and starts_with(area_id, 'north')
            """,
            [scenario.item_id, outcome, WAVES[1]],
        )
        truth = after[outcome] - before[outcome]
        counted.add(("change", scenario.item_id), (lower <= truth) & (truth <= upper))
        for name, widths in (("critical", critical), ("detectable", detectable)):
            counted.worlds[name, scenario.item_id] += len(widths)
            counted.sums[name, scenario.item_id] += float(widths.sum())


def _count_decisions(marts: duckdb.DuckDBPyConnection, counted: Counted) -> None:
    """'Not widened' at the margin is wrong: by the mart, by a one-sided 5 % rule, by the estimate alone."""
    for scenario in counted.scenarios:
        decided, change, lower, upper, margin = _columns(
            marts,
            """
            select is_not_widened::integer as decided, disadvantage_change, disadvantage_change_lower,
                disadvantage_change_upper, margin
            from fct_development_gap
            where indicator_id = ? and comparator = 'rest' and period = ?
            """,
            [scenario.item_id, WAVES[1]],
        )
        one_sided = change + (upper - change) * Z_ONE_SIDED / Z
        counted.add(("error", scenario.item_id), decided == 1)
        counted.add(("one-sided", scenario.item_id), one_sided <= margin)
        counted.add(("estimate", scenario.item_id), change <= margin)
        counted.add(("gap", scenario.item_id), (lower <= scenario.margin) & (scenario.margin <= upper))


def _count_outcomes(marts: duckdb.DuckDBPyConnection, counted: Counted) -> None:
    """The same of full counts: as one outcome of a process, and, which is wrong, as if chance had no part in them."""
    for scenario in counted.counts:
        decided, lower, upper, counted_upper = _columns(
            marts,
            """
            select is_not_widened::integer as decided, disadvantage_change_lower, disadvantage_change_upper,
                change_upper_as_counted
            from fct_development_gap
            where indicator_id = ? and comparator = 'rest' and period = ?
            """,
            [scenario.item_id, WAVES[1]],
        )
        counted.add(("gap", scenario.item_id), (lower <= scenario.margin) & (scenario.margin <= upper))
        counted.add(("error", scenario.item_id), decided == 1)
        counted.add(("as counted", scenario.item_id), counted_upper <= scenario.margin)


def main() -> int:
    """Run the trial, write its section, say what it says; the exit code."""
    parser = argparse.ArgumentParser(description="Simulate surveys and count what the marts say of them.")
    parser.add_argument("--worlds", type=int, default=2000, help="worlds in each cell (default 2000)")
    parser.add_argument("--block", type=int, default=250, help="worlds in one dbt build (default 250)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nordwaerts-trial-") as work:
        counted = simulate(chosen.worlds, chosen.block, Path(work))
    count_wrong_ways(counted, WRONG_WAY_WORLDS, chosen.block)
    wrong = failures(counted)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    text = section(counted, wrong, SEED, -(-chosen.worlds // chosen.block), peak + own)
    REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
