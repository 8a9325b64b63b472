"""Does every cell of every mart come out? The auditor's walk over all of them, in two programmes.

Each mart of a release of nordwärts and of the tiny city is walked row by row: every cell is computed again from what it rests on,
found in its delivered line, or named as one that cannot be (tracing/proof.py). Then single cells, drawn with a seed, are
traced by the command as processes of their own and timed. Writes its section of docs/trials.md. Exit code 1 if a cell
does not come out, a mart has no walk, or the command is slower than agreed. `--var FOLDER` takes a var root with releases that
are there instead of refreshing.
"""

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from release import reading
from release.layout import VarFolder
from release.reading import Release
from tracing.keys import command_of
from tracing.proof import FAILED, prove
from tracing.rows import Row, Rows
from tracing.walks import Walk, walked
from trials.document import REPORT, ROOT, replaced

HEADING = "## Every cell walked (`make trial-trace`)"
PROGRAMMES = {"nordwaerts": "nordwaerts", "kleinstadt": str(ROOT / "tests" / "recipes" / "tiny_city")}
TIMED, SEED, MOST_SECONDS, MOST_MINUTES, NAMED = 40, 20151210, 1.0, 10.0, 5


@dataclass
class MartWalk:
    """What became of the cells of one mart; `failures` name the first that do not come out."""

    mart: str
    rows: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    unproven: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    has_walk: bool = True

    @property
    def failed(self) -> int:
        """Cells that do not come out."""
        return sum(self.outcomes[outcome] for outcome in FAILED)


def walk_mart(rows: Rows, mart: str, walk: Walk | None) -> MartWalk:
    """Walk every cell of a mart; an error is a failure of the whole row, named by its key."""
    found = MartWalk(mart, has_walk=walk is not None)
    if walk is None:
        return found
    rows.walking(walk)
    for row in rows.every(mart):
        found.rows += 1
        try:
            proof = prove(rows, row, walk)
        except Exception as error:
            found.outcomes["lost"] += len(row)
            _name(found, f"{command_of(walk, row)}: {type(error).__name__}: {error}")
            continue
        for cell in proof.cells:
            found.outcomes[cell.outcome] += 1
            if cell.outcome == "unproven":
                found.unproven[cell.column] += 1
            elif cell.outcome in FAILED:
                _name(found, f"{command_of(walk, row)} --column {cell.column}: {cell.outcome}")
    rows.walking(None)
    return found


def _name(found: MartWalk, failure: str) -> None:
    if len(found.failures) < NAMED:
        found.failures.append(failure)


def walk_release(release: Release) -> Iterator[MartWalk]:
    """Walk every mart of a release."""
    rows = Rows(release, whole=True)
    for mart, walk in walked(release).items():
        yield walk_mart(rows, mart, walk)


def drawn(release: Release, count: int, seed: int) -> list[tuple[Walk, Row]]:
    """So many rows of a release, of every mart that has some as evenly as it goes, the same for the same seed."""
    chance, rows = random.Random(seed), Rows(release, whole=True)
    marts = [(mart, walk) for mart, walk in walked(release).items() if walk and release.manifest.tables[mart].row_count]
    chance.shuffle(marts)
    return [
        (walk, chance.choice(rows.every(mart))) for mart, walk in (marts[place % len(marts)] for place in range(count))
    ]


def timed(release: Release, var: Path, programme: str) -> list[float]:
    """Seconds of processor the command takes for single cells, import included, which no other work on the machine lengthens."""
    found = []
    environment = {**os.environ, "NORDWAERTS_VAR": str(var)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation has its bytecode
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", "cli", "release", "tracing"], cwd=ROOT, env=environment, check=True
    )
    for walk, row in drawn(release, TIMED, SEED):
        command = [sys.executable, "-m", "cli.main", *_arguments(walk, row), "--programme", programme]
        begun = _of_children()
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        found.append(_of_children() - begun)
    return found


def _of_children() -> float:
    """Seconds of processor of all processes that were started and waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _arguments(walk: Walk, row: Row) -> list[str]:
    return ["trace", walk.mart, *(f"{name}={row[name]}" for name in walk.key if row[name] is not None)]


def _release(var: Path, programme: str, source: str, is_made: bool) -> Release | None:
    if not is_made:
        subprocess.run(
            [sys.executable, "-m", "cli.main", "refresh", "--sample", "--programme", source], cwd=ROOT, check=True,
            env={**os.environ, "NORDWAERTS_VAR": str(var)}, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    return reading.current(VarFolder(programme, var))


@dataclass
class Walked:
    """One programme walked: its release, its marts, and how long it took."""

    release_id: str
    marts: list[MartWalk]
    seconds: float
    single: list[float]

    @property
    def p95(self) -> float:
        """Seconds 95 of 100 single cells take at most."""
        return statistics.quantiles(self.single, n=20)[-1]


def section(walks: dict[str, Walked]) -> str:
    """The section of docs/trials.md."""
    lines = [
        HEADING, "",
        "Every cell of every mart, computed again by a second implementation from what it rests on (`equal`), found in the",
        "delivered or declared line it names (`reached`), part of the key (`key`), or named as one that cannot be computed",
        f"again (`not again`). Then {TIMED} drawn cells by `nordwaerts trace`, each a process of its own. Written by the trial itself.",
    ]  # fmt: skip
    for programme, walk in walks.items():
        total: Counter[str] = Counter()
        for mart in walk.marts:
            total += mart.outcomes
        failed, missing = sum(mart.failed for mart in walk.marts), [m.mart for m in walk.marts if not m.has_walk]
        word = "Passed" if not failed and not missing else "FAILED"
        lines += [
            "", f"**{programme}: {word}.** {sum(total.values()):,} cells of {len(walk.marts)} marts in {walk.seconds:.0f} s:",
            f"{total['equal']:,} equal, {total['reached']:,} reached, {total['key']:,} keys, {total['unproven']:,} not computed"
            f" again, {failed:,} failed. One cell by the command, import included, in seconds of processor: median"
            f" {statistics.median(walk.single):.2f}, 95 % within {walk.p95:.2f}.",
            "", "| mart | rows | equal | reached | key | not again | failed |", "|---|---:|---:|---:|---:|---:|---:|",
        ]  # fmt: skip
        for mart in walk.marts:
            counts = [mart.outcomes[name] for name in ("equal", "reached", "key", "unproven")]
            cells = " | ".join(f"{count:,}" for count in (mart.rows, *counts, mart.failed))
            lines.append(
                f"| `{mart.mart}` | {cells} |"
                if mart.has_walk
                else f"| `{mart.mart}` | no walk is declared | | | | | |"
            )
        named = {
            f"`{m.mart}`: {', '.join(f'`{name}`' for name in sorted(m.unproven))}" for m in walk.marts if m.unproven
        }
        lines += ["", "Not computed again, each with its reason in the walk:", ""] if named else []
        lines += [f"- {one}" for one in sorted(named)]
        lines += [f"- FAILED: `{failure}`" for mart in walk.marts for failure in mart.failures]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--var", type=Path, action="append", help="var root with releases that are there")
    parser.add_argument("--no-report", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trial-trace-") as scratch:
        walks = {}
        for programme, source in PROGRAMMES.items():
            there = [var for var in arguments.var or () if (var / programme / "releases" / "current").exists()]
            var = there[0] if there else Path(scratch)
            if arguments.var and not there:
                continue
            release = _release(var, programme, source, bool(there))
            assert release is not None
            begun = time.perf_counter()
            marts = list(walk_release(release))
            took = time.perf_counter() - begun
            walks[programme] = Walked(release.release_id, marts, took, timed(release, var, programme))
    text = section(walks)
    print(text)
    if not arguments.no_report:
        REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), text), encoding="utf-8")
    is_whole = all(mart.has_walk and not mart.failed for walk in walks.values() for mart in walk.marts)
    is_quick = all(walk.p95 <= MOST_SECONDS and walk.seconds <= 60 * MOST_MINUTES for walk in walks.values())
    return 0 if is_whole and is_quick else 1


if __name__ == "__main__":
    sys.exit(main())
