"""The sample refreshed on DuckDB and on Spark: every published table compared cell by cell, time and memory as ratios.

    python -m trials.engines [--scale N] [--date YYYY-MM-DD]

Each engine refreshes the same deliveries in a fresh process with a var folder of its own, landing, gates, export and release
included. A difference is planted in a copy of one table and must be found. Writes its section of docs/trials.md, one for
each scale. Exit code 1 if anything differs, or if the planted difference is not found.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.measuring import ContenderFailed, Measured, measure
from benchmarks.scale import programme_of
from programmes.settings import Engine
from refresh.modelling import DbtManifest
from refresh.public_forms import FORM
from release import reading
from release.layout import VarFolder
from release.reading import Release
from trials.cells import Compared, compare, examples
from trials.document import REPORT, replaced

HEADING = "## The two engines at scale {scale} (`make trial-spark{setting}`)"
ENGINES: tuple[Engine, ...] = ("duckdb", "spark")
_SETTINGS = "NORDWAERTS_SPARK_"  # how the names of Spark's begin (docs/guide-scale.md)
_TOLD = ("COMPILES", "MASTER", "MEMORY", "PARTITIONS")  # the others name places of the office, or hold passwords
# For more than the city itself, unless the environment says otherwise (docs/guide-scale.md).
_FOR_MUCH = {f"{_SETTINGS}COMPILES": "true", f"{_SETTINGS}MEMORY": "8g"}
_GRAIN = "unique_combination"
_PLANTED = ("fct_indicator_value", "value")


@dataclass(frozen=True)
class Refreshed:
    """A refresh on one engine: what it took, and where its release and parsed models lie."""

    taken: Measured
    var: VarFolder

    @property
    def release(self) -> Release:
        """What it published."""
        found = reading.current(self.var)
        if found is None:
            raise ContenderFailed("nothing was published")
        return found


def refreshed(folder: Path, engine: Engine, work: Path, environment: Mapping[str, str]) -> Refreshed:
    """Refresh a programme folder from its sample; raises ContenderFailed with the end of what it said."""
    root = work / f"var-{engine}"
    command = ["-m", "cli.main", "refresh", "--programme", str(folder), "--sample", "--engine", engine]
    taken = measure(command, work / f"{engine}.log", {"NORDWAERTS_VAR": str(root), **environment})
    return Refreshed(taken, VarFolder(folder.name, root))


def unique_by(manifest: DbtManifest) -> dict[str, tuple[str, ...]]:
    """Published table, mart or public form → the columns a test of dbt says it is unique by, else those of its walk."""
    tests = [test for test in manifest.tests.values() if (test.get("test_metadata") or {}).get("name") == _GRAIN]
    tested = {manifest.table_of(test): tuple(test["test_metadata"]["kwargs"]["columns"]) for test in tests}
    walked = {mart: tuple(text.trace.get("key", ())) for mart, text in manifest.texts().items()}
    published = {name: key for name, key in tested.items() if name in walked or name.startswith(FORM)}
    return {**walked, **published}


def compared(one: Refreshed, other: Refreshed) -> dict[str, Compared]:
    """Layer/table → what differs, for every table either release publishes, inside and in public."""
    keys = unique_by(DbtManifest(one.var.build / "dbt" / "manifest.json"))
    found = {}
    with duckdb.connect() as connection:
        for layer in ("internal", "public"):
            sides = [
                {path.stem: path for path in (each.release.folder / layer).glob("*.parquet")} for each in (one, other)
            ]
            for mart in sorted(sides[0].keys() | sides[1].keys()):
                key = keys.get(FORM + mart, keys[mart]) if layer == "public" else keys[mart]
                one_side, other_side = (f"'{side[mart]}'" if mart in side else None for side in sides)
                if not (one_side and other_side):
                    found[f"{layer}/{mart}"] = Compared(0, 0, {"(table)": 1})
                    continue
                found[f"{layer}/{mart}"] = compare(connection, one_side, other_side, key)
                for column in found[f"{layer}/{mart}"].differing:
                    for example in examples(connection, one_side, other_side, key, column):
                        print(f"{layer}/{mart}.{column}: {example}", flush=True)
    return found


def finds_what_is_planted(one: Refreshed) -> bool:
    """Whether the largest figure, altered by one part in a hundred million, is found."""
    mart, column = _PLANTED
    path = f"'{one.release.mart_path(mart)}'"
    key = unique_by(DbtManifest(one.var.build / "dbt" / "manifest.json"))[mart]
    altered = f"case when {column} = (select max({column}) from {path}) then {column} * (1 + 1e-8) else {column} end"
    planted = f"(select * replace ({altered} as {column}) from {path})"
    with duckdb.connect() as connection:
        return compare(connection, path, planted, key).differing.keys() == {column}


def section(
    scale: int,
    both: Mapping[Engine, Refreshed],
    found: Mapping[str, Compared],
    is_found: bool,
    settings: Mapping[str, str],
    date: str | None,
) -> str:
    """What the trial showed, in the words of docs/trials.md."""
    duck, spark = both["duckdb"].taken, both["spark"].taken
    cells, last = (sum(getattr(each, name) for each in found.values()) for name in ("cells", "in_the_last_bits"))
    told = [name for name in (f"{_SETTINGS}{each}" for each in _TOLD) if name in settings]
    differing = {table: each.differing for table, each in found.items() if each.differing}
    verdict = "; ".join(f"{table}: {columns}" for table, columns in differing.items()) or "no cell differs"
    rows = [
        ("seconds", duck.wall, spark.wall),
        ("CPU seconds", duck.cpu, spark.cpu),
        ("largest process, MiB", duck.peak_mib, spark.peak_mib),
    ]
    return "\n".join(
        [
            HEADING.format(scale=scale, setting=f" SCALE={scale}" if scale > 1 else ""),
            "",
            f"Both engines refreshed the same sample deliveries, each whole and in a fresh process{f', on {date}' if date else ''}. Compared were {cells:,} cells of",
            f"the published tables, inside and in public: {verdict}; {last:,} numbers differ in their last bits, by less than 1e-9.",
            f"A figure altered by 1e-8 of itself was {'found' if is_found else 'NOT FOUND'}. "
            + (", ".join(f"`{name}={settings[name]}`" for name in told) or "Spark as it comes")
            + ".",
            "",
            "| | DuckDB | Spark | ratio |",
            "|---|---|---|---|",
            *(f"| {name} | {one:,.0f} | {other:,.0f} | {other / one:.1f} |" for name, one, other in rows),
        ]
    )


def main() -> int:
    """Refresh twice, compare, write; the exit code."""
    parser = argparse.ArgumentParser(description="Refresh the sample on both engines and compare every cell.")
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--date", help="day to state in the document")
    chosen = parser.parse_args()
    settings = dict(_FOR_MUCH) if chosen.scale > 1 else {}
    settings |= {name: value for name, value in os.environ.items() if name.startswith(_SETTINGS)}
    with tempfile.TemporaryDirectory(prefix="nordwaerts-engines-") as place:
        work, both = Path(place), {}
        try:
            folder = programme_of(chosen.scale, work)
            for engine in ENGINES:
                both[engine] = refreshed(folder, engine, work, settings)
                print(f"{engine}: {both[engine].taken.wall:.0f} s", flush=True)
            found, is_found = compared(both["duckdb"], both["spark"]), finds_what_is_planted(both["duckdb"])
        except ContenderFailed as failed:
            print(failed)
            return 1
    told = section(chosen.scale, both, found, is_found, settings, chosen.date)
    REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), told), encoding="utf-8")
    print(told)
    return 0 if is_found and not any(each.differing for each in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
