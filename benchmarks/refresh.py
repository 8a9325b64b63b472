"""The benchmark of the refresh: every contender in turns, whole fresh processes, ratios by round.

    python -m benchmarks.refresh [--runs N] [--date YYYY-MM-DD]

A turn runs every contender once, so that whatever else the machine does hits all of them; ratios are formed
within a turn, and the median of the turns counts. After each turn the marts of all contenders are compared
cell by cell and the checks by their ids: who checks less or computes something else stops the benchmark.
Writes docs/benchmarks.md. Exit code 1 if a contender failed or differs; a missed bound is only reported,
because a loaded machine is no fault of the code.
"""

import argparse
import multiprocessing
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.contenders import Bench, Round
from benchmarks.equality import PROVENANCE, Different, require_equal_checks, require_equal_marts
from benchmarks.measuring import ROOT, ContenderFailed
from benchmarks.report import Findings, document, scale_section

REPORT = ROOT / "docs" / "benchmarks.md"


def run(runs: int, date: str | None) -> str:
    """Measure `runs` turns; the document. Raises ContenderFailed or Different."""
    with tempfile.TemporaryDirectory(prefix="nordwaerts-bench-") as work:
        bench = Bench(Path(work))
        print("preparing yesterday's state of both ways", flush=True)
        bench.prepare()
        rounds: list[Round] = []
        for turn in range(1, runs + 1):
            rounds.append(bench.round())
            # In a process of its own: memory this one held would count as the peak of whatever it starts next.
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
                checks, stock_cells, script_cells, marts = apart.submit(_compare, bench).result()
            seconds = ", ".join(f"{name} {run.wall:.1f} s" for name, run in rounds[-1].runs.items())
            print(f"turn {turn} of {runs}: {seconds}; {checks} checks, {stock_cells} cells equal", flush=True)
        found = Findings(rounds, checks, stock_cells, script_cells, marts)
    return document(found, date)


def _compare(bench: Bench) -> tuple[dict[str, int], int, int, list[str]]:
    ours, stock = bench.release(bench.refresh), bench.release(bench.stock)
    checks = require_equal_checks(ours, stock)
    names = sorted(path.stem for path in (ours / "internal").glob("*.parquet"))
    scripted = sorted(path.stem for path in bench.script.glob("*.parquet"))
    if {path.stem for path in (stock / "internal").glob("*.parquet")} != set(names) or not scripted:
        raise Different("the contenders do not make the same marts")
    stock_cells = require_equal_marts(ours / "internal", stock / "internal", names)
    script_cells = require_equal_marts(ours / "internal", bench.script, scripted, PROVENANCE)
    return checks, stock_cells, script_cells, sorted(set(names) - set(scripted))


def main() -> int:
    """Measure, write the document, say what it says; the exit code."""
    parser = argparse.ArgumentParser(description="Measure the refresh against its yardsticks.")
    parser.add_argument("--runs", type=int, default=3, help="turns (default 3)")
    parser.add_argument("--date", default=None, help="day to state in the document")
    chosen = parser.parse_args()
    try:
        text = run(max(1, chosen.runs), chosen.date)
    except (ContenderFailed, Different) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    kept = scale_section(REPORT.read_text(encoding="utf-8"))
    REPORT.write_text(text + kept, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
