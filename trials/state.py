"""A made-up state, all of its municipalities in one build: seconds and memory, and whether each city's part is its own build.

    python -m trials.state [--cities N] [--sample N] [--seed N] [--keep FOLDER] [--without-spark] [--date YYYY-MM-DD]

Every municipality is landed by the refresh's own code, all of them are built together, and a seeded sample of cities is built
alone; their marts and public forms are compared cell by cell. Where Spark is installed, the state of that sample is built on it
and compared in the same way; what the state says of cities as peers is compared between the engines. A difference is planted in one
city and must be found there and nowhere else. Writes its section of docs/trials.md for a whole state. Exit code 1 if anything
differs or the planted difference is not found.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.measuring import ContenderFailed, Measured, measure
from programmes.loading import load_programme
from programmes.settings import Engine
from refresh.context import refresh_context
from refresh.modelling import DbtManifest, DbtWorkspace, build_untested
from refresh.public_forms import FORM
from refresh.spark import EngineMissing, require_engine
from refresh.state import ids_among, land, landed_together, part_of
from release.layout import VarFolder
from trials.cells import Compared, compare
from trials.document import REPORT, replaced
from trials.engines import unique_by

HEADING = "## A state in one build (`make trial-state`)"
CITIES, SAMPLE, SEED, BOUND_MIB = 396, 10, 20150324, 4096
STATE, DRAWN, DRAWN_ON_SPARK = "state", "state_of_the_sample", "state_on_spark"  # names of var folders
STATES = (STATE, DRAWN, DRAWN_ON_SPARK)
PEERS, PEERS_KEY = "state_indicator_peers", ("indicator_id", "definition_version", "period")
_PLANTED = ("fct_indicator_value", "value")


@dataclass(frozen=True)
class Tried:
    """What was measured, and what was compared: sample city → table → what differs, on either engine."""

    cities: int
    landing: Measured
    build: Measured
    alone: Measured
    on_duckdb: Mapping[str, Mapping[str, Compared]]
    is_found: bool
    sample: Sequence[str] = ()
    spark: Measured | None = None
    on_spark: Mapping[str, Mapping[str, Compared]] | None = None
    spark_missing: str = ""

    @property
    def differing(self) -> list[str]:
        """Every city and table with a difference."""
        sides = {"DuckDB": self.on_duckdb, "Spark": self.on_spark or {}}
        return [
            f"{engine}, {city}, {table}: {each.differing}"
            for engine, cities in sides.items()
            for city, tables in cities.items()
            for table, each in tables.items()
            if each.differing
        ]

    @property
    def is_good(self) -> bool:
        """Whether nothing differs and the comparison is one that finds differences."""
        return self.is_found and not self.differing


def land_all(programmes: Path, root: Path) -> None:
    """Land every municipality, each in a var folder of its own, then link all of them as the landing of the state."""
    landed = {}
    for folder in sorted(programmes.iterdir()):
        context = refresh_context(load_programme(str(folder)), VarFolder(folder.name, root), is_sample=True)
        landed[folder.name] = land(context)
    landed_together(landed, VarFolder(STATE, root).landed)


def build(root: Path, name: str, engine: Engine = "duckdb") -> None:
    """Build one var folder, that of a state or of a city, and ask no data test: each release asks its own."""
    build_untested(workspace(root, name, engine))


def workspace(root: Path, name: str, engine: Engine = "duckdb") -> DbtWorkspace:
    """Where the build of a var folder lies."""
    return DbtWorkspace(VarFolder(name, root), is_synthetic=True, engine=engine, is_state=name in STATES)


def tried(cities: int, sample: int, seed: int, work: Path, with_spark: bool = True) -> Tried:
    """Make a state, land it, build it, build the sample alone, compare. Raises ContenderFailed where a step does."""
    root, programmes = work / "var", work / "programmes"
    measure(["-m", "samples", "--out", str(programmes), "--municipalities", str(cities)], work / "samples.log", {})
    landing = _measured(work, "land", str(programmes), str(root))
    together = _measured(work, "build", str(root), STATE)
    chosen = sorted(random.Random(seed).sample(sorted(folder.name for folder in programmes.iterdir()), sample))
    alone = _measured(work, "build", str(root), *chosen)
    state = workspace(root, STATE).database
    found = {city: compared(workspace(root, city), state, city) for city in chosen}
    tried_on_duckdb = Tried(cities, landing, together, alone, found, finds_what_is_planted(root, chosen), chosen)
    try:
        require_engine("spark" if with_spark else "duckdb")
    except EngineMissing as missing:
        return Tried(**{**vars(tried_on_duckdb), "spark_missing": missing.reason.en})
    if not with_spark:
        return Tried(**{**vars(tried_on_duckdb), "spark_missing": "Spark was left out."})
    for name in (DRAWN, DRAWN_ON_SPARK):
        landed_together({city: VarFolder(city, root).landed for city in chosen}, VarFolder(name, root).landed)
    _measured(work, "build", str(root), DRAWN)
    spark = _measured(work, "spark", str(root), DRAWN_ON_SPARK)
    of_spark = workspace(root, DRAWN_ON_SPARK).database
    on_spark = {city: compared(workspace(root, city), of_spark, city) for city in chosen}
    on_spark["all cities of the sample"] = {PEERS: peers_compared(workspace(root, DRAWN).database, of_spark)}
    return Tried(**{**vars(tried_on_duckdb), "spark": spark, "on_spark": on_spark})


def _measured(work: Path, *arguments: str) -> Measured:
    taken = measure(["-m", "trials.state", *arguments], work / f"{arguments[0]}.log", {})
    print(f"{' '.join(arguments[:1])}: {taken.wall:.0f} s, {taken.peak_mib:,.0f} MiB", flush=True)
    return taken


def compared(city: DbtWorkspace, state: Path, programme: str, planted: str = "{}") -> dict[str, Compared]:
    """Published table → what differs between a city's own build and its part of the state's."""
    found = {}
    keys = unique_by(DbtManifest(city.target / "manifest.json"))
    with duckdb.connect() as connection:
        connection.execute(f"attach '{city.database}' as one (read_only); attach '{state}' as state (read_only)")
        for table in published(connection):
            columns = [name for name, *_ in connection.execute(f"describe one.main.{table}").fetchall()]
            relation = planted.format(f"state.main.{table}") if table == _PLANTED[0] else f"state.main.{table}"
            found[table] = compare(connection, f"one.main.{table}", part_of(programme, relation, columns), keys[table])
    return found


def peers_compared(one: Path, other: Path) -> Compared:
    """What differs in the comparison of cities between two builds of the same state."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as one (read_only); attach '{other}' as other (read_only)")
        return compare(connection, f"one.main.{PEERS}", f"other.main.{PEERS}", PEERS_KEY)


def published(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Marts and public forms of the attached build `one`."""
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'one' and schema_name = 'main' order by all"
    ).fetchall()
    return [name for (name,) in rows if name.startswith(("bridge_", "dim_", "fct_", FORM))]


def finds_what_is_planted(root: Path, cities: Sequence[str]) -> bool:
    """Whether one figure of one city, altered by one part in a hundred million, is found in that city and in no other."""
    mart, column = _PLANTED
    state = workspace(root, STATE).database
    with duckdb.connect(str(state), read_only=True) as connection:
        columns = [name for name, *_ in connection.execute(f"describe main.{mart}").fetchall()]
        own = ids_among(columns)[0]
        most = connection.execute(
            f"select max({column}) from main.{mart} where starts_with({own}, '{cities[0]}:')"
        ).fetchall()[0][0]
    altered = f"case when {column} = {most!r} and starts_with({own}, '{cities[0]}:') then {column} * (1 + 1e-8) else {column} end"
    planted = f"(select * replace ({altered} as {column}) from {{}})"
    found = [compared(workspace(root, city), state, city, planted)[mart].differing.keys() for city in cities]
    return found == [{column}, *[set()] * (len(cities) - 1)]


def section(found: Tried, date: str | None) -> str:
    """What came of it, as Markdown."""
    told = [*found.on_duckdb.values(), *(found.on_spark or {}).values()]
    cells, last = (
        sum(getattr(each, name) for tables in told for each in tables.values())
        for name in ("cells", "in_the_last_bits")
    )
    peak = max(found.landing.peak_mib, found.build.peak_mib)
    sample = len(found.sample)
    rows = [
        _row(f"landing of {found.cities} cities, DuckDB", found.landing, found.cities),
        _row(f"build of {found.cities} cities at once, DuckDB", found.build, found.cities),
        _row(f"build of {sample} of them one by one, DuckDB", found.alone, sample),
        *([_row(f"build of these {sample} at once, Spark", found.spark, sample)] if found.spark else []),
    ]
    return "\n".join(
        [
            HEADING,
            "",
            f"A made-up state of {found.cities} municipalities{f', on {date}' if date else ''}: landed by the refresh's own code, built in one dbt build. {sample} of them (seed {SEED})",
            f"were built alone and compared with their part of the state, marts and public forms, and as peers between the engines: {cells:,} cells, "
            + ("; ".join(found.differing[:5]) or "no cell differs")
            + f"; {last:,} numbers",
            f"differ in their last bits, by less than 1e-9. A figure of one city altered by 1e-8 of itself was {'found there alone' if found.is_found else 'NOT FOUND'}.",
            f"Largest process {peak:,.0f} MiB, {'within' if peak <= BOUND_MIB else 'BEYOND'} the {BOUND_MIB:,} MiB of the embedded tier. {found.spark_missing}".rstrip(),
            "",
            "| | seconds | per city | CPU seconds | largest process, MiB |",
            "|---|---|---|---|---|",
            *rows,
        ]
    )


def _row(name: str, taken: Measured, cities: int) -> str:
    return f"| {name} | {taken.wall:,.0f} | {taken.wall / cities:.2f} | {taken.cpu:,.0f} | {taken.peak_mib:,.0f} |"


def main(arguments: Iterable[str] | None = None) -> int:
    """Try it, judge it, write the section; or, as a process of its own, one step that is measured."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and not given[0].startswith("-"):
        step, place, *names = given
        if step == "land":
            land_all(Path(place), Path(names[0]))
        for name in names if step != "land" else ():
            build(Path(place), name, "spark" if step == "spark" else "duckdb")
        return 0
    parser = argparse.ArgumentParser(
        description="Build a made-up state at once and compare each city with its own build."
    )
    parser.add_argument("--cities", type=int, default=CITIES)
    parser.add_argument("--sample", type=int, default=SAMPLE, help="cities that are built alone and compared")
    parser.add_argument("--seed", type=int, default=SEED, help="of the sample")
    parser.add_argument("--keep", type=Path, help="new folder that stays, with programmes, landings and builds")
    parser.add_argument("--without-spark", action="store_true")
    parser.add_argument("--date", help="day to state in the document")
    chosen = parser.parse_args(given)
    with tempfile.TemporaryDirectory(prefix="nordwaerts-state-") as place:
        work = chosen.keep or Path(place)
        work.mkdir(parents=True, exist_ok=True)
        try:
            found = tried(chosen.cities, chosen.sample, chosen.seed, work.absolute(), not chosen.without_spark)
        except ContenderFailed as failed:
            print(failed)
            return 1
    told = section(found, chosen.date)
    if chosen.cities >= CITIES:
        REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), told), encoding="utf-8")
    print(told)
    return 0 if found.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
