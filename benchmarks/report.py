"""docs/benchmarks.md from what was measured; nothing in it is written by hand but the words around figures.

States machine and versions, never host names or paths. Ratios are formed within a turn.
"""

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from benchmarks.contenders import Round
from benchmarks.measuring import Spread

_PACKAGES = ("dagster", "dagster-dbt", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations", "pandas", "pyarrow")
THREADS = 2  # of the dbt profile
SCALE_HEADING = "\n## Scale\n"
CONTENDERS = {
    "first": "refresh, very first: nothing prepared",
    "refresh": "refresh, ordinary night",
    "stock": "the stock way, identical checks",
    "script": "one script, no checks",
    "imports": "only importing the same packages",
    "unchanged": "refresh, unchanged night",
    "status": "`nordwaerts status`",
    "releases": "`nordwaerts releases`",
}


@dataclass(frozen=True)
class Findings:
    """Everything measured: turns, checks by maker, cells compared, marts no script makes."""

    rounds: list[Round]
    checks: dict[str, int]
    stock_cells: int
    script_cells: int
    not_scripted: list[str]

    def spread(self, quantity: Callable[[Round], float]) -> Spread:
        """A quantity over all turns."""
        return Spread.of([quantity(turn) for turn in self.rounds])

    def ratio(self, one: str, other: str, quantity: str = "wall") -> Spread:
        """Seconds of one contender to those of another, turn by turn."""
        return self.spread(lambda turn: getattr(turn.runs[one], quantity) / getattr(turn.runs[other], quantity))


def scale_section(text: str) -> str:
    """The last section of the document, which benchmarks/scale.py writes; empty if there is none."""
    _, heading, section = text.partition(SCALE_HEADING)
    return heading + section


def document(found: Findings, date: str | None) -> str:
    """The whole document as Markdown, without the section on scale."""
    parts = [
        _opening(found, date),
        _bounds(found),
        _contenders(found),
        _ratios(found),
        _phases(found),
        _in_the_way(found),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _opening(found: Findings, date: str | None) -> str:
    checks = ", ".join(f"{count} {name}" for name, count in found.checks.items())
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return f"""
# Benchmarks

Written by `make bench` (benchmarks/), not by hand. {f"Measured on {date}. " if date else ""}Machine: {os.cpu_count()} cores,
{platform.system()}, Python {platform.python_version()}; {versions}. Data: the synthetic sample deliveries of the programme.

Every contender runs as a whole fresh process, all in turns, {len(found.rounds)} turn(s); figures are the median and, in brackets,
least and greatest. Ratios are formed within a turn. Byte code is compiled, as `make` does it.

* **ordinary night**: yesterday's release, event log and prepared dbt manifest are there; one corrected delivery came in,
  so that it is landed and everything checked, computed and published again. The stock way starts from the same state, with
  its manifest and dbt's partial parse ready.
* **the stock way** (benchmarks/stock.py): Dagster's in-process executor and default storage, `DbtCliResource` with
  `.stream()`, Great Expectations imported with the module; landing, rules, export and release are the same functions.
* **one script** (benchmarks/script.py): landing of deliveries written by hand in DuckDB SQL, declarations as the refresh
  landed them; the arithmetic is the compiled SQL of the dbt project, executed in order as one script. It archives,
  checks and publishes nothing.

After every turn: the same {sum(found.checks.values())} checks by id in both ways ({checks}); {found.stock_cells:,} cells of all marts equal
between refresh and stock way; {found.script_cells:,} cells equal between refresh and script (numbers to nine decimals, without
the columns that name delivered bytes). The script does not make {", ".join(found.not_scripted)}, which rest on
checks and receipts."""


def _bounds(found: Findings) -> str:
    slowest = found.spread(lambda turn: max(turn.runs["status"].wall, turn.runs["releases"].wall))
    rows = [
        ("refresh to the stock way", found.ratio("refresh", "stock"), 0.45, ""),
        ("refresh to only importing", found.ratio("refresh", "imports"), 2.2, ""),
        ("unchanged night to only importing", found.ratio("unchanged", "imports"), 0.5, ""),
        ("landing one corrected delivery to landing everything", found.spread(landing_ratio), 0.2, ""),
        ("slowest command that does not refresh", slowest, 1.0, " s"),
        ("gate 1 to an ordinary night", found.spread(gate_share), 0.2, ""),
        (
            "publishing, with lineage, notes and signatures, to an ordinary night",
            found.spread(publishing_share),
            0.15,
            "",
        ),
        (
            "reading Parquet of the release to plain Parquet",
            found.spread(lambda turn: reading_ratio(turn, "release")),
            1.3,
            "",
        ),
        ("reading the database to plain Parquet", found.spread(lambda turn: reading_ratio(turn, "database")), 1.3, ""),
    ]
    lines = ["## Bounds", "", "| | measured | bound | |", "|---|---|---|---|"]
    for name, measured, bound, unit in rows:
        verdict = "holds" if measured.median <= bound else "**missed**"
        lines.append(f"| {name} | {measured.text()}{unit} | at most {bound:g}{unit} | {verdict} |")
    return "\n".join(lines)


def landing_ratio(turn: Round) -> float:
    """Landing of a night with one corrected delivery to landing everything for the first time, within one turn."""
    return turn.phases["landing"] / turn.first_phases["landing"]


def _contenders(found: Findings) -> str:
    lines = ["## Contenders", "", "| | seconds | CPU seconds | largest process, MiB |", "|---|---|---|---|"]
    for name, label in CONTENDERS.items():
        wall, cpu, peak = (
            found.spread(lambda turn, n=name, q=quantity: getattr(turn.runs[n], q))  # type: ignore[misc]
            for quantity in ("wall", "cpu", "peak_mib")
        )
        lines.append(f"| {label} | {wall.text()} | {cpu.text()} | {peak.median:.0f} |")
    return "\n".join(lines)


def _ratios(found: Findings) -> str:
    lines = ["## Ratios", "", "| | seconds | CPU seconds |", "|---|---|---|"]
    for one, other in (("refresh", "stock"), ("refresh", "imports"), ("refresh", "script"), ("stock", "script")):
        wall, cpu = found.ratio(one, other), found.ratio(one, other, "cpu")
        lines.append(f"| {CONTENDERS[one]} : {CONTENDERS[other]} | {wall.text()} | {cpu.text()} |")
    return "\n".join(lines)


def phases(turn: Round) -> dict[str, float]:
    """Seconds of the ordinary night by phase; they sum to the seconds of the whole process."""
    noted, imports = turn.phases, turn.imports
    gate_import = min(imports["great_expectations"], noted["gate_1"])
    models, tests = noted["dbt_models"] / THREADS, noted["dbt_tests"]
    found = {
        "start and end of the process": turn.runs["refresh"].wall - noted["total"],
        "imports of Dagster and dbt": noted["imports"],
        "import of Great Expectations": gate_import,
        "Dagster definitions, manifest": noted["definitions"],
        "archive": noted["archive"],
        "landing": noted["landing"],
        "gate 1 (Great Expectations)": noted["gate_1"] - gate_import,
        "dbt models": models,
        "dbt tests": tests,
        "dbt otherwise": noted["dbt_build"] - models - tests,
        "catalogue (column lineage)": noted["catalogue"],
        "export": noted["export"],
        "gate 2 (Great Expectations)": noted["gate_2"],
        "release": noted["release"],
    }
    return {**found, "Dagster (run, events, storage) and the rest": turn.runs["refresh"].wall - sum(found.values())}


def gate_share(turn: Round) -> float:
    """Gate 1 as a share of the ordinary night, the import of Great Expectations left out, which both gates need."""
    return phases(turn)["gate 1 (Great Expectations)"] / turn.runs["refresh"].wall


def publishing_share(turn: Round) -> float:
    """The release with all it carries, and the column lineage made for it, as a share of the ordinary night."""
    noted = phases(turn)
    return (noted["release"] + noted["catalogue (column lineage)"]) / turn.runs["refresh"].wall


def reading_ratio(turn: Round, way: str) -> float:
    """Seconds of reading every mart of the release one way to those of the same bytes as plain files."""
    return turn.reading[way] / turn.reading["plain"]


def _phases(found: Findings) -> str:
    spreads = {name: found.spread(lambda turn, n=name: phases(turn)[n]) for name in phases(found.rounds[0])}  # type: ignore[misc]
    whole = found.spread(lambda turn: turn.runs["refresh"].wall)
    lines = ["## Where an ordinary night goes", "", "| | seconds | share |", "|---|---|---|"]
    lines += [f"| {name} | {one.text()} | {100 * one.median / whole.median:.0f} % |" for name, one in spreads.items()]
    lines.append(f"| **whole process** | {whole.text()} | 100 % |")
    lines += [
        "",
        f"Seconds of dbt models are a sum over {THREADS} threads, divided by {THREADS}. The import of Great Expectations happens "
        "within gate 1 and is taken from the process that only imports, in the same turn.",
    ]
    return "\n".join(lines)


def _in_the_way(found: Findings) -> str:
    imports = {name: found.spread(lambda turn, n=name: turn.imports[n]).median for name in found.rounds[0].imports}  # type: ignore[misc]
    listed = " · ".join(f"{name} {seconds:.1f}" for name, seconds in imports.items())
    refresh, script, imported, stock = (
        found.spread(lambda turn, n=name: turn.runs[n].wall).median  # type: ignore[misc]
        for name in ("refresh", "script", "imports", "stock")
    )
    middle = {name: found.spread(lambda turn, n=name: phases(turn)[n]).median for name in phases(found.rounds[0])}  # type: ignore[misc]
    gates = middle["gate 1 (Great Expectations)"] + middle["gate 2 (Great Expectations)"] + middle["dbt tests"]
    dagster = middle["Dagster (run, events, storage) and the rest"] + middle["Dagster definitions, manifest"]
    return f"""
## What stands in the way of the script

The script needs {script:.1f} s, the refresh {refresh:.1f} s. Only importing what the refresh imports takes {imported:.1f} s ({listed}), so
that a refresh in a fresh process cannot come below {imported / script:.1f} times the script, whatever it does. On top come the checks
the script does not make ({gates:.1f} s), Dagster's own book-keeping of every step and check ({dagster:.1f} s), dbt's work per model
beside the SQL ({middle["dbt otherwise"]:.1f} s), the start and end of the process ({middle["start and end of the process"]:.1f} s), archive, export and release.

The stock way takes {stock:.1f} s: it starts dbt as a program twice (once to ask its version, which also looks for a newer
one on the network where there is one), pays dbt's imports and the reading of the project again there, and waits for
the disk at every event of the run history. Checking less is no part of the difference: the checks are the same ones."""
