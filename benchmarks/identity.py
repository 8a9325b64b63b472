"""Whether the working tree still publishes what an earlier commit published: all marts, byte by byte.

    python -m benchmarks.identity BASE_COMMIT [--except MART.COLUMN …]

Refreshes the sample deliveries twice with this interpreter, once from an export of the commit and once from the
working tree, each with its own packages, dbt project and var folder. Where bytes differ, it names the columns
whose cells differ with their number; `*` stands for whole rows or a whole mart that only one side has. Exit code
1 if anything differs that `--except` does not declare.
"""

import argparse
import io
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measuring import ROOT, ContenderFailed, measure

ROWS = "*"
LAYERS = ("internal", "public")


def differences(base: Path, now: Path) -> dict[str, dict[str, int]]:
    """Layer/mart → column → number of cells that differ, for every mart whose bytes differ.

    Empty columns mean the same cells in other bytes: another order, type or encoding. Expects the folders
    `internal` and `public` with Parquet in both places; raises FileNotFoundError where one of them has none.
    """
    found = {}
    for layer in LAYERS:
        names = {path.name for place in (base, now) for path in _marts(place / layer)}
        for name in sorted(names):
            one, other = base / layer / name, now / layer / name
            if not (one.is_file() and other.is_file()):
                found[f"{layer}/{one.stem}"] = {ROWS: pq.read_metadata(one if one.is_file() else other).num_rows}
            elif one.read_bytes() != other.read_bytes():
                found[f"{layer}/{one.stem}"] = _cells(pq.read_table(one), pq.read_table(other))
    return found


def undeclared(found: dict[str, dict[str, int]], declared: Collection[str]) -> list[str]:
    """Marts with a difference that no `mart.column` in `declared` covers; `mart.*` covers rows, not columns.

    A mart whose bytes alone differ is undeclared, whatever is said.
    """
    return [
        mart
        for mart, columns in found.items()
        if not columns or any(f"{mart.rpartition('/')[2]}.{column}" not in declared for column in columns)
    ]


def _marts(folder: Path) -> list[Path]:
    marts = list(folder.glob("*.parquet"))
    if not marts:
        raise FileNotFoundError(f"There are no marts in {folder}.")
    return marts


def _cells(one: pa.Table, other: pa.Table) -> dict[str, int]:
    shared = [name for name in one.column_names if name in other.column_names]
    differing = {name: one.num_rows for name in one.column_names if name not in shared}
    differing |= {name: other.num_rows for name in other.column_names if name not in shared}
    left, right = (table.select(shared).to_pydict() for table in (one, other))
    if one.num_rows != other.num_rows:
        rows, others = (Counter(zip(*columns.values(), strict=True)) for columns in (left, right))
        return {**differing, ROWS: (rows - others).total() + (others - rows).total()}
    # Rows meet by the columns that hold the same values on both sides; the others only break ties.
    steady = [name for name in shared if Counter(left[name]) == Counter(right[name])]
    order = steady + [name for name in shared if name not in steady]
    pairs = list(zip(_sorted(left, order), _sorted(right, order), strict=True))
    for position, name in enumerate(order):
        if count := sum(row[position] != match[position] for row, match in pairs):
            differing[name] = count
    return differing


def _sorted(columns: dict[str, list[object]], order: list[str]) -> list[tuple[object, ...]]:
    rows = zip(*(columns[name] for name in order), strict=True)
    return sorted(rows, key=lambda row: [(cell is not None, cell) for cell in row])


def export(commit: str, folder: Path) -> None:
    """The files of a commit, laid out in a new folder; raises CalledProcessError for an unknown commit."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        tar.extractall(folder, filter="data")


def refresh(root: Path, var: Path, *options: str, environment: Mapping[str, str] | None = None) -> Path:
    """Refresh nordwärts from its sample with the packages in `root`; the release. Raises ContenderFailed."""
    arguments = ["-m", "cli.main", "refresh", "--sample", *options]
    measure(arguments, var.with_suffix(".log"), {"NORDWAERTS_VAR": str(var), **(environment or {})}, root=root)
    return (var / "nordwaerts" / "releases" / "current").resolve()


def main() -> int:
    """Refresh twice, compare, say what differs; the exit code."""
    parser = argparse.ArgumentParser(description="Compare the marts of the working tree with those of a commit.")
    parser.add_argument("commit", help="the commit to compare with")
    parser.add_argument("--except", dest="declared", nargs="*", default=[], metavar="MART.COLUMN")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nordwaerts-identity-") as work:
        before = Path(work) / "base"
        try:
            export(chosen.commit, before)
            base, now = refresh(before, Path(work) / "var-base"), refresh(ROOT, Path(work) / "var-now")
        except (subprocess.CalledProcessError, ContenderFailed) as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            return 1
        found = differences(base, now)
        compared = sum(len(_marts(now / layer)) for layer in LAYERS)
    for mart, columns in found.items():
        counts = ", ".join(f"{column} ({count})" for column, count in columns.items())
        print(f"{mart}: {counts or 'the same cells in other bytes'}")
    missed = undeclared(found, chosen.declared)
    print(f"{compared} marts compared with {chosen.commit}: {len(found)} differ, {len(missed)} of them undeclared")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
