"""The contenders and the state each starts from, put back before every run.

The ordinary night: yesterday's refresh was published, the manifest of the dbt project is prepared, and one
corrected delivery has come in, so that everything is to be done again. The stock way starts from exactly the
same: yesterday's release, yesterday's event log, its manifest and dbt's partial parse ready. The very first refresh
starts from nothing, in every turn, because the landing of the night is held against it.
"""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measuring import ROOT, ContenderFailed, Measured, measure

PROGRAMME = ROOT / "programmes" / "nordwaerts"
# Telemetry off; everything else is Dagster's default.
_STOCK_SETTINGS = "telemetry:\n  enabled: false\n"
_CORRECTED = Path("sample") / "ehrenamt" / "ehrenamt_2024.csv"


@dataclass
class Round:
    """Every contender once, with what it noted about itself."""

    runs: dict[str, Measured] = field(default_factory=dict)
    phases: dict[str, float] = field(default_factory=dict)
    first_phases: dict[str, float] = field(default_factory=dict)
    imports: dict[str, float] = field(default_factory=dict)
    reading: dict[str, float] = field(default_factory=dict)


class Bench:
    """The places of all contenders in one working folder."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.before = work / "before" / PROGRAMME.name
        self.night = work / "night" / PROGRAMME.name
        self.refresh = work / "refresh"
        self.stock = work / "stock"
        self.script = work / "script"
        self.marts = work / "marts.sql"

    def prepare(self) -> None:
        """Lay out deliveries and run yesterday's refresh of both ways."""
        for folder in (self.before, self.night):
            shutil.copytree(PROGRAMME, folder, ignore=shutil.ignore_patterns("__pycache__"))
        lines = (self.before / _CORRECTED).read_bytes().splitlines(keepends=True)
        (self.before / _CORRECTED).write_bytes(b"".join(lines[:-1]))
        shutil.copytree(
            ROOT / "dbt_project", self.stock / "dbt_project", ignore=shutil.ignore_patterns("target", "logs")
        )
        (self.stock / "dagster").mkdir()
        (self.stock / "dagster" / "dagster.yaml").write_text(_STOCK_SETTINGS, encoding="utf-8")
        self._refresh(self.before)
        self._stock("prepare")
        self._stock("run", str(self.before))
        self._compile_marts()
        for place in (self.refresh, self.stock):
            shutil.copytree(place, _kept(place), symlinks=True)

    def round(self) -> Round:
        """Run every contender once, in turns."""
        done = Round()
        runs = done.runs
        runs["imports"] = measure(
            ["-m", "benchmarks.imports", str(self.work / "imports.json")], self._log("imports"), {}
        )
        done.imports = json.loads((self.work / "imports.json").read_text(encoding="utf-8"))
        shutil.rmtree(self.refresh)
        runs["first"], done.first_phases = self._timed_refresh()
        _put_back(self.refresh)
        runs["refresh"], done.phases = self._timed_refresh()
        runs["unchanged"] = self._refresh(self.night)
        done.reading = self._reading()
        for command in ("status", "releases"):
            runs[command] = self._nordwaerts(command)
        _put_back(self.stock)
        runs["stock"] = self._stock("run", str(self.night))
        shutil.rmtree(self.script, ignore_errors=True)
        landed = self.refresh / "var" / PROGRAMME.name / "landed"
        arguments = ["-m", "benchmarks.script", *map(str, (self.night, landed, self.marts, self.script))]
        runs["script"] = measure(arguments, self._log("script"), {})
        return done

    def _reading(self) -> dict[str, float]:
        """Seconds of reading the release the night published, by way."""
        result = self.work / "reading.json"
        arguments = ["-m", "benchmarks.reading", str(self.refresh / "var"), PROGRAMME.name, str(result)]
        measure(arguments, self._log("reading"), {})
        found: dict[str, float] = json.loads(result.read_text(encoding="utf-8"))
        return found

    def release(self, place: Path) -> Path:
        """The current release below a contender's place."""
        return (place / "var" / PROGRAMME.name / "releases" / "current").resolve()

    def _timed_refresh(self) -> tuple[Measured, dict[str, float]]:
        """A refresh of the night's deliveries, and its seconds by phase."""
        measured = self._refresh(self.night)
        return measured, json.loads((self.work / "timings.json").read_text(encoding="utf-8"))

    def _refresh(self, folder: Path) -> Measured:
        timings = self.work / "timings.json"
        return self._nordwaerts("refresh", "--programme", str(folder), "--sample", "--timings", str(timings))

    def _nordwaerts(self, *arguments: str) -> Measured:
        environment = {"NORDWAERTS_VAR": str(self.refresh / "var")}
        return measure(["-m", "cli.main", *arguments], self._log(arguments[0]), environment)

    def _stock(self, *arguments: str) -> Measured:
        environment = {
            "NORDWAERTS_VAR": str(self.stock / "var"),
            "NORDWAERTS_STOCK_DBT": str(self.stock / "dbt_project"),
            "DAGSTER_HOME": str(self.stock / "dagster"),
            **self._dbt_places(self.stock),
        }
        return measure(["-m", "benchmarks.stock", *arguments], self._log("stock"), environment)

    def _dbt_places(self, place: Path) -> dict[str, str]:
        programme = place / "var" / PROGRAMME.name
        return {
            "NORDWAERTS_LANDED": str(programme / "landed"),
            "NORDWAERTS_BUILD_DB": str(programme / "build" / "monitoring.duckdb"),
        }

    def _compile_marts(self) -> None:
        project, target = self.stock / "dbt_project", self.work / "compiled"
        command = ["compile", "--quiet", "--project-dir", str(project), "--profiles-dir", str(project)]
        places = ["--target-path", str(target), "--log-path", str(target), "--vars", '{"is_synthetic": true}']
        measure(["-m", "dbt.cli.main", *command, *places], self._log("compile"), self._dbt_places(self.stock))
        arguments = ["-m", "benchmarks.marts_script", str(target / "manifest.json"), str(self.marts)]
        measure(arguments, self._log("marts"), {})

    def _log(self, name: str) -> Path:
        return self.work / f"{name}.log"


def _kept(place: Path) -> Path:
    return place.with_name(f"{place.name}_kept")


def _put_back(place: Path) -> None:
    if not _kept(place).is_dir():
        raise ContenderFailed(f"There is no prepared state for {place.name}.")
    shutil.rmtree(place)
    shutil.copytree(_kept(place), place, symlinks=True)
