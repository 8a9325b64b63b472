"""Random combinations of edits, each split among its causes: do the parts sum to the change, and does one cause get it whole?

A release of the tiny city is the side before; the side after is its landed tables with edits of known causes, drawn at random
from all combinations of the variants below, models with another constant among them. Every state between is built from the
models' SQL as dbt compiled it, run in DuckDB directly, because dbt itself would take five times as long; the same build by dbt
is compared once. Writes its section of docs/trials.md. Exit code 1 if parts miss a change by more than 1e-9, if other causes are
named than were edited, or if a single one does not get everything.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.launch import refresh_now
from programmes.loading import load_programme
from refresh.changed_cells import Keys, columns_of
from refresh.context import refresh_context
from refresh.modelling import DBT_PROJECT, DbtWorkspace
from refresh.splitting import Side, builder, keys_of, split_changes
from release import reading
from release.layout import VarFolder
from trials.document import REPORT, ROOT, replaced

HEADING = "## Splits of differences (`make trial-differences`)"
COMBINATIONS, SEED, MOST_OFF, PROCESSES = 1000, 20150324, 1e-9, 2
MARTS = (
    "bridge_area_set", "dim_indicator", "fct_change_decomposition", "fct_correction", "fct_development_gap",
    "fct_harmonisation", "fct_indicator_value", "fct_measure",
)  # fmt: skip
OTHER_MODELS = Path("models with limits at 99 per cent")
_Z95, _Z99 = "1.959963984540054", "2.575829303548901"
_FIGURES = "area_figure/statistik__viertel.parquet"
_NEW_DELIVERY = "e" * 64
Row = dict[str, Any]
Edit = Callable[[Path], None]


def _edit(name: str, change: Callable[[list[Row]], list[Row]]) -> Edit:
    """An edit of the rows of one landed file."""

    def apply(landed: Path) -> None:
        table = pq.read_table(landed / name)
        pq.write_table(pa.Table.from_pylist(change(table.to_pylist()), table.schema), landed / name)

    return apply


def _delivered(change: Callable[[list[Row]], None]) -> Edit:
    """An edit of the figures, which all come with another delivery then."""

    def changed(rows: list[Row]) -> list[Row]:
        change(rows)
        return [{**row, "_delivery": _NEW_DELIVERY} for row in rows]

    return _edit(_FIGURES, changed)


def _revised(factor: str, nth: int) -> Edit:
    def change(rows: list[Row]) -> None:
        for row in [row for row in rows if row["period"] < "2022" and row["value"] is not None][::nth]:
            row["value"] = (row["value"] * int(factor) / 100).quantize(row["value"])

    return _delivered(change)


def _withheld(measure: str, area: str) -> Edit:
    def change(rows: list[Row]) -> None:
        for row in rows:
            if (row["measure_id"], row["area_id"], row["period"]) == (measure, f"viertel-{area}", "2021"):
                row.update(value=None, symbol="*", status="suppressed")

    return _delivered(change)


def _next_period(rows: list[Row]) -> None:
    last = max(row["period"] for row in rows)
    for row in [row for row in rows if row["period"] == last]:
        later = row["reference_on"].replace(year=row["reference_on"].year + 1)
        rows.append({**row, "period": str(int(last) + 1), "reference_on": later})


def _corrected(area: str, share: int) -> Edit:
    def change(rows: list[Row]) -> list[Row]:
        texts = {"reason_de": "vertippt", "reason_en": "mistyped", "office": "Statistik", "_source": "programme"}
        value = pa.scalar(share).as_py()
        named = {"correction_id": f"k{area}", "table_name": "statistik__viertel", "measure_id": "unemployed"}
        added = {"area_id": f"viertel-{area}", "period": "2020", "value": value, "_table": "programme__correction"}
        return [*rows, {**texts, **named, **added, "_delivery": _NEW_DELIVERY, "_row": "line 2"}]

    return _edit("programme__correction/programme__correction.parquet", change)


def _declared(name: str, column: str, change: Callable[[Any], Any]) -> Edit:
    def changed(rows: list[Row]) -> list[Row]:
        return [{**rows[0], column: change(rows[0][column])}, *rows[1:]]

    return _edit(f"{name}/{name}.parquet", changed)


EDITS: dict[str, tuple[Edit, ...]] = {
    "new_period": (_delivered(_next_period),),
    "revised": (_revised("110", 3), _revised("93", 7), _revised("140", 40)),
    "withheld": (_withheld("unemployed", "02"), _withheld("population", "05")),
    "correction": (_corrected("03", 55), _corrected("04", 20)),
    "definition": (
        _declared("programme__indicator", "factor", lambda factor: factor * 2),
        _declared("programme__indicator", "tolerance", lambda tolerance: tolerance * 3),
        _declared("programme__indicator", "margin_minimum", lambda margin: margin * 4),
    ),
    "area": (
        _declared("programme__area_set", "weight", lambda weight: weight / 2),
        _declared("programme__area_set", "area_id", lambda _area: "viertel-05"),
    ),
    "code": (lambda _landed: None,),
}


@dataclass
class Models:
    """The models of a published release as dbt compiled them, run on any landing; a landing seen before is not built again."""

    workspace: DbtWorkspace
    place: Path
    _statements: list[tuple[str, str]] = field(default_factory=list)
    _sources: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Collect what the marts rest on, in an order in which it can be built."""
        manifest = json.loads((self.workspace.target / "manifest.json").read_text(encoding="utf-8"))
        self._sources = sorted(source["name"] for source in manifest["sources"].values())
        seen: set[str] = set()

        def collect(unique_id: str) -> None:
            node = manifest["nodes"].get(unique_id)
            if node and unique_id not in seen:
                seen.add(unique_id)
                for needed in node["depends_on"].get("nodes", []):
                    collect(needed)
                self._statements.append((node["alias"], self._sql(node)))

        for unique_id, node in sorted(manifest["nodes"].items()):
            if node["resource_type"] == "model" and node["name"] in MARTS:
                collect(unique_id)

    def _sql(self, node: dict[str, Any]) -> str:
        if node["resource_type"] == "seed":
            names = {"string": "varchar"}
            types = {name: names.get(kind, kind) for name, kind in node["config"]["column_types"].items()}
            return (
                f"select * from read_csv('{DBT_PROJECT / node['original_file_path']}', header = true, types = {types})"
            )
        path = self.workspace.target.joinpath("compiled", node["package_name"], node["original_file_path"])
        return path.read_text(encoding="utf-8").replace(f'"{self.workspace.database.stem}".', "")

    def build(self, landed: Path, project: Path) -> Path:
        """The database of a landing, by these models or those with the other constant."""
        database = self.place / f"{_hash(landed, project)}.duckdb"
        if not database.is_file():
            unfinished = database.with_suffix(f".{os.getpid()}")
            unfinished.unlink(missing_ok=True)
            with duckdb.connect(str(unfinished)) as connection:
                connection.execute("set threads = 1")
                for name in self._sources:
                    files = f"read_parquet('{landed / name}/*.parquet', hive_partitioning = false)"
                    connection.execute(f"create temp view {name} as select * from {files}")
                for name, sql in self._statements:
                    told = re.sub(r'"landed"\."(\w+)"', r"\1", sql)
                    kind = "table" if name in MARTS else "temp view" if name.startswith("stg_") else "temp table"
                    connection.execute(
                        f"create {kind} {name} as {told.replace(_Z95, _Z99) if project == OTHER_MODELS else told}"
                    )
            unfinished.rename(database)
        return database

    def marts(self, landed: Path, project: Path) -> dict[str, Path]:
        """The marts of a landing as Parquet."""
        database = self.build(landed, project)
        folder = database.with_suffix("")
        if not folder.is_dir():
            unfinished = folder.with_suffix(f".{os.getpid()}_marts")
            unfinished.mkdir()
            with duckdb.connect(str(database), read_only=True) as connection:
                for mart in MARTS:
                    connection.execute(
                        f"copy (select * from {mart} order by all) to '{unfinished / mart}.parquet' (format parquet)"
                    )
            with suppress(OSError):  # the other process was quicker
                unfinished.rename(folder)
        return {mart: folder / f"{mart}.parquet" for mart in MARTS}


def _hash(landed: Path, project: Path) -> str:
    """What a state is: the rows of every table, in whatever files and order they lie."""
    digest = hashlib.sha256(str(project).encode())
    for folder in sorted(landed.iterdir()):
        rows = [row for path in folder.glob("*.parquet") for row in _rows(path.read_bytes())]
        digest.update(f"{folder.name} {sorted(rows)}".encode())
    return digest.hexdigest()


@cache
def _rows(content: bytes) -> list[str]:
    """The rows of one file as text; most files of a state are those of the state before."""
    return [repr(sorted(row.items())) for row in pq.read_table(pa.BufferReader(content)).to_pylist()]


@dataclass(frozen=True)
class Tried:
    """What came of one combination: cells that changed, the furthest miss of a sum, what is wrong with it, how long it took."""

    cells: int
    furthest: float
    wrong: Sequence[str]
    seconds: float


def combinations(count: int, seed: int) -> list[dict[str, int]]:
    """So many different combinations, each cause → the number of its variant, drawn at random."""
    choices = [[None, *range(len(variants))] for variants in EDITS.values()]
    every = [
        {cause: variant for cause, variant in zip(EDITS, chosen, strict=True) if variant is not None}
        for chosen in product(*choices)
        if any(variant is not None for variant in chosen)
    ]
    return random.Random(seed).sample(every, min(count, len(every)))


def tried(models: Models, base: Path, keys: Keys, combination: dict[str, int], scratch: Path) -> Tried:
    """Split one combination and judge the split."""
    begun = time.monotonic()
    shutil.rmtree(scratch, ignore_errors=True)
    edited = Path(shutil.copytree(base, scratch / "edited"))
    for cause, variant in combination.items():
        EDITS[cause][variant](edited)
    is_other = "code" in combination
    project = OTHER_MODELS if is_other else DBT_PROJECT
    before = Side(models.marts(base, DBT_PROJECT), base, "one")
    after = Side(models.marts(edited, project), edited, "other" if is_other else "one", project=project)
    with duckdb.connect(config={"threads": "1"}) as connection:  # every core has a process of its own
        split = split_changes(connection, before, after, keys, models.build, scratch)
        rows = connection.execute(
            """
            select mart, key, column_name, any_value(change), sum(part), sum(share), count(distinct cause) from part
            group by all
            """
        ).fetchall()
        cells = connection.execute("select count(*) from cell").fetchall()[0][0]
    misses = [
        abs(parts - change) if change is not None else abs(shares - 1) for _, _, _, change, parts, shares, _ in rows
    ]
    furthest, named = max(misses, default=0.0), set(split.causes)
    wrong = [
        *([f"a sum is off by {furthest:.1e}"] if furthest > MOST_OFF else []),
        *([f"{sorted(named)} named"] if named != set(combination) else []),
        *(["cells without parts"] if len(rows) != cells or not cells else []),
        *(["one cause does not get everything"] if len(combination) == 1 and any(row[-1] != 1 for row in rows) else []),
    ]
    return Tried(cells, furthest, tuple(f"{combination}: {each}" for each in wrong), time.monotonic() - begun)


def _tried(models: Models, base: Path, keys: Keys, place: Path, combination: dict[str, int]) -> Tried:
    """The same in a process of its own."""
    return tried(models, base, keys, combination, place / f"scratch_{os.getpid()}")


def is_as_dbt_builds(models: Models, landed: Path, scratch: Path) -> bool:
    """Whether the marts of a landing are those dbt builds of it, cell by cell as text."""
    copy = Path(shutil.copytree(landed, scratch / "copy"))
    build = builder(models.workspace.var.programme_id, models.workspace.is_synthetic, scratch, models.workspace.target)
    with duckdb.connect() as connection:
        for name, database in (("ours", models.build(landed, DBT_PROJECT)), ("dbts", build(copy, DBT_PROJECT))):
            connection.execute(f"attach '{database}' as {name} (read_only)")
        for mart in MARTS:
            told = ", ".join(f'cast("{name}" as varchar)' for name in columns_of(connection, f"ours.main.{mart}"))
            one, other = (f"(select {told} from {side}.main.{mart})" for side in ("ours", "dbts"))
            if connection.execute(f"({one} except {other}) union all ({other} except {one})").fetchone():
                return False
    return True


def base_of(var: VarFolder, place: Path) -> tuple[Models, Path, Keys]:
    """Models, landed tables and keys of marts of the release readers see."""
    release = reading.current(var)
    if release is None:
        raise FileNotFoundError("no release to compare with")
    place.mkdir(exist_ok=True)
    keys = {mart: key for mart, key in keys_of(release.manifest).items() if mart in MARTS}
    return Models(DbtWorkspace(var, is_synthetic=True), place), var.landed, keys


def refreshed(root: Path) -> VarFolder:
    """The tiny city, refreshed once."""
    programme = load_programme(ROOT / "tests" / "recipes" / "tiny_city")
    var = VarFolder(programme.settings.programme_id, root)
    record = refresh_now(refresh_context(programme, var, is_sample=True))
    if record.outcome != "published":
        raise FileNotFoundError(f"the tiny city was not published: {record.outcome}")
    return var


def section(count: int, found: Sequence[Tried], builds: int, is_equal: bool, seconds: float) -> str:
    """What came of it, as Markdown."""
    wrong = [sentence for each in found for sentence in each.wrong]
    outcome = "No part was missing." if not wrong and is_equal else "**It failed:** " + "; ".join(wrong[:5])
    return f"""{HEADING}

{(__doc__ or "").split(chr(10) + chr(10))[1].strip()}

{count:,} combinations of {sum(map(len, EDITS.values()))} edits of {len(EDITS)} causes (seed {SEED}), {builds:,} states built, {seconds:,.0f} s of {PROCESSES} processes together: {sum(each.cells for each in found):,} changed
cells of {len(MARTS)} marts; the furthest a sum of parts lies from its change is {max(each.furthest for each in found):.1e} (at most {MOST_OFF:.0e}).
The directly run build is {"" if is_equal else "not "}that of dbt, cell by cell. {outcome}
"""


def main() -> None:
    """Try them, judge them, write the section."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--combinations", type=int, default=COMBINATIONS)
    parser.add_argument(
        "--keep", type=Path, help="folder for builds and outcomes; a later call goes on where this one ended"
    )
    chosen = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nordwaerts-differences-") as folder:
        kept = chosen.keep or Path(folder) / "kept"
        kept.mkdir(parents=True, exist_ok=True)
        outcomes = kept / "outcomes.jsonl"
        models, base, keys = base_of(refreshed(Path(folder) / "var"), kept / "builds")
        found = [Tried(*json.loads(line)) for line in outcomes.read_text().splitlines()] if outcomes.is_file() else []
        left = combinations(chosen.combinations, SEED)[len(found) :]
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as processes, outcomes.open("a") as told:
            one = partial(_tried, models, base, keys, Path(folder))
            for each in processes.map(one, left):
                found.append(each)
                told.write(json.dumps([each.cells, each.furthest, each.wrong, each.seconds]) + "\n")
                told.flush()
                if len(found) % 50 == 0 or each.wrong:
                    print(len(found), f"{time.monotonic() - begun:.0f} s", *each.wrong, flush=True)
        builds = len([*models.place.glob("*.duckdb")])
        is_equal = is_as_dbt_builds(models, base, Path(folder))
    text = section(len(found), found, builds, is_equal, sum(each.seconds for each in found))
    if chosen.combinations >= COMBINATIONS:
        REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
    sys.exit(0 if is_equal and not any(each.wrong for each in found) else 1)


if __name__ == "__main__":
    main()
