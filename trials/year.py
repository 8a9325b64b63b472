"""A year and more of nights: does anything grow, slow down or stay behind?

400 nights of the tiny city, one process, the real refresh with Dagster, dbt and Great Expectations; every tenth night
brings a file with one changed figure, the others bring nothing. Then the reading commands are timed as processes of their
own. Of nordwärts, whose refresh takes minutes, four nights with one changed row of a register are measured for disk and
projected to a year in which every night brings one: releases as many as the declared rule keeps, all else every night. Writes
its section of docs/trials.md. Exit code 1 if a rule is broken:
every reading command within 1 s, a refresh at most 1.1 times as long as the first ones, 300 MB a year, no file left behind.
"""

import argparse
import datetime as dt
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestration.history import KEPT_RUNS
from orchestration.launch import refresh_now
from programmes.loading import load_programme
from refresh.context import RefreshContext, refresh_context
from release import ledger, reading
from release.layout import VarFolder
from trials.document import REPORT, ROOT, replaced

HEADING = "## A year of nights (`make trial-year`)"
NIGHTS, EVERY, COMPARED, NORDWAERTS_NIGHTS = 400, 10, 12, 4
READING = ("status", "releases", "claims --all", "deliveries --all", "export dim_project --out {out}.csv")
MOST_SECONDS, MOST_RATIO, MOST_MB = 1.0, 1.1, 300.0
_WORK = ("build", "staging", "landed", "vintages", "dagster")  # folders that can be lost
BEGINNING = dt.datetime(2022, 3, 1, 4, tzinfo=dt.UTC)


class CommandFailed(Exception):
    """A reading command did not answer: how long it took says nothing."""


@dataclass
class Year:
    """One programme living through nights in a folder of its own."""

    programme: Path
    var: VarFolder
    begun: dt.datetime
    seconds: list[float] = field(default_factory=list)  # of the nights that published
    outcomes: dict[str, int] = field(default_factory=dict)

    def night(self, number: int) -> None:
        """One refresh on the night of that number."""
        moment = self.begun + dt.timedelta(days=number)
        begun = time.perf_counter()
        record = refresh_now(self._context(moment))
        if record.outcome == "published":
            self.seconds.append(time.perf_counter() - begun)
        self.outcomes[str(record.outcome)] = self.outcomes.get(str(record.outcome), 0) + 1

    def _context(self, moment: dt.datetime) -> RefreshContext:
        programme = load_programme(self.programme)
        return replace(refresh_context(programme, self.var, is_sample=True, as_of_on=moment.date()), now=lambda: moment)


def change(path: Path, line: int, changed: Callable[[str], str]) -> None:
    """Change one line of a delivered file, which was copied there a while ago."""
    lines = path.read_bytes().decode("latin-1").split("\n")  # every byte stays as it is, whatever its encoding
    lines[line] = changed(lines[line])
    path.write_bytes("\n".join(lines).encode("latin-1"))
    os.utime(path, (0, 0))


def megabytes(folder: Path, *without: str) -> float:
    """What the files of a folder take, hard links counted once; in MB."""
    files = {
        (found.st_dev, found.st_ino): found.st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and path.relative_to(folder).parts[0] not in without
        for found in [path.stat()]
    }
    return sum(files.values()) / 1e6


def left_behind(var: VarFolder) -> list[str]:
    """Files nobody needs any more: half-written ones, staged tables, objects of no release, runs beyond those kept."""
    releases = reading.all_releases(var)
    wanted = {table.sha256 for release in releases for table in release.manifest.tables.values()}
    found = [path for path in var.folder.rglob("*") if ".partial" in path.name or path.name.startswith(".incoming-")]
    found += [path for path in var.staging.iterdir() if path.suffix == ".parquet"]
    found += [path for path in var.objects.iterdir() if path.stem not in wanted]
    runs = [path for path in (var.dagster / "history" / "runs").glob("*") if path.suffix == ".db" and "-" in path.stem]
    databases = list(var.releases.glob("*/monitoring.duckdb"))
    names = [path.relative_to(var.folder).as_posix() for path in found]
    if len(runs) > KEPT_RUNS + 1:
        names.append(f"{len(runs)} histories of runs")
    if len(databases) > 3:
        names.append(f"{len(databases)} databases of releases")
    return names


def reading_seconds(year: Year) -> dict[str, float]:
    """Seconds of every reading command as a process of its own, the best of three; fails with the words of one that fails.

    `status` may end with 3, as it does while a delivery is kept or held.
    """
    environment = {**os.environ, "NORDWAERTS_VAR": str(year.var.root), "PYTHONPATH": str(ROOT)}
    found = {}
    for command in READING:
        arguments = command.format(out=year.var.root / "out").split()
        took = []
        for _ in range(3):
            begun = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-m", "cli.main", *arguments, "--programme", year.var.programme_id],
                env=environment, check=False, capture_output=True, text=True,
            )  # fmt: skip
            took.append(time.perf_counter() - begun)
            if done.returncode not in ((0, 3) if command == "status" else (0,)):
                raise CommandFailed(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
        found[command.split(" --out")[0]] = min(took)
    return found


def tiny_year(place: Path, nights: int) -> Year:
    """The tiny city through all nights."""
    programme = Path(shutil.copytree(ROOT / "tests" / "recipes" / "tiny_city", place / "city"))
    delivered = programme / "sample" / "statistik" / "synthetisch_viertel.csv"
    (programme / "sample" / "receipts.csv").unlink()
    declared = programme / "sources" / "statistik.yml"
    declared.write_text(declared.read_text(encoding="utf-8").replace("max_age_days: 500", "max_age_days: 5000"))
    year = Year(programme, VarFolder("kleinstadt", place / "var"), BEGINNING)
    change(delivered, 0, str)
    for number in range(nights):
        if number and number % EVERY == 0:
            change(delivered, 1, _inhabitants(number))
        year.night(number)
        if number % 50 == 0:
            print(f"night {number}: {year.outcomes}, last {year.seconds[-1]:.1f} s", flush=True)
    return year


def nordwaerts_growth(place: Path, nights: int) -> tuple[float, float]:
    """MB that one night with one changed row of the volunteering reports adds to nordwärts: its release, and all else."""
    year, sizes = _nordwaerts(place), []
    for number in range(nights + 1):
        _corrected_night(year, number)
        whole = megabytes(year.var.folder, *_WORK)
        sizes.append((whole, megabytes(year.var.folder, *_WORK, "objects", "releases")))
        print(f"nordwaerts, night {number}: {year.outcomes}, {whole:.2f} MB kept", flush=True)
    # the first nights also add the second database
    grown, beside = ((last - early) / (nights - 2) for last, early in zip(sizes[-1], sizes[2], strict=True))
    return grown - beside, beside


def corrected_nights(place: Path, releases: int) -> VarFolder:
    """nordwärts after so many nights that each published a release."""
    year = _nordwaerts(place)
    for number in range(releases):
        _corrected_night(year, number)
    if year.outcomes != {"published": releases}:
        raise CommandFailed(f"not every night published: {year.outcomes}")
    return year.var


def _nordwaerts(place: Path) -> Year:
    programme = Path(shutil.copytree(ROOT / "programmes" / "nordwaerts", place / "nordwaerts"))
    return Year(programme, VarFolder("nordwaerts", place / "var"), dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC))


def _corrected_night(year: Year, number: int) -> None:
    """A night with one changed row of the volunteering reports; the first brings everything."""
    if number:
        change(year.programme / "sample" / "ehrenamt" / "ehrenamt_2024.csv", number + 4, _one_more)
    year.night(number)


def releases_of_a_year() -> int:
    """How many releases of 365 nights that each published one the declared rule still keeps on the last of them."""
    rule, last = load_programme("nordwaerts").settings.retention, dt.date(2026, 12, 31)
    nights = [last - dt.timedelta(days=age) for age in range(365)]
    return sum((last - day).days <= rule.all_for_days or (day + dt.timedelta(days=1)).day == 1 for day in nights)


def _inhabitants(number: int) -> Callable[[str], str]:
    """The first line of the tiny city with another number of inhabitants."""
    return lambda _: f"01;31.12.2020;2.{number:03};1.200;150;70.000"


def _one_more(text: str) -> str:
    """The line with its last whole number raised by one."""
    cells = text.split(";")
    position = max(place for place, cell in enumerate(cells) if cell.isdigit())
    cells[position] = str(int(cells[position]) + 1)
    return ";".join(cells)


def main() -> None:
    """Play the nights, judge them, write the section."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--nights", type=int, default=NIGHTS)
    parser.add_argument("--nordwaerts-nights", type=int, default=NORDWAERTS_NIGHTS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        year = tiny_year(Path(folder), chosen.nights)
        first, last = (statistics.median(part) for part in (year.seconds[1 : COMPARED + 1], year.seconds[-COMPARED:]))
        kept = megabytes(year.var.folder, *_WORK)
        work = megabytes(year.var.folder) - kept
        commands = reading_seconds(year)
        behind = left_behind(year.var)
        lines = len(ledger.read(year.var))
        of_release, beside = nordwaerts_growth(Path(folder), chosen.nordwaerts_nights)
    releases = releases_of_a_year()
    a_year = releases * of_release + 365 * beside
    slowest = max(commands.values())
    broken = [
        *([f"a reading command takes {slowest:.2f} s"] if slowest > MOST_SECONDS else []),
        *([f"refreshes take {last / first:.2f} times as long"] if last / first > MOST_RATIO else []),
        *([f"{a_year:.0f} MB a year"] if a_year > MOST_MB else []),
        *(f"left behind: {name}" for name in behind),
    ]
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(year.outcomes.items()))
    text = f"""{HEADING}

{(__doc__ or "").split(chr(10) + chr(10))[1].strip()}

Tiny city, {chosen.nights} nights: {outcomes}; {lines} lines on the ledger. Refreshes that published: median of the
first {COMPARED} {first:.2f} s, of the last {COMPARED} {last:.2f} s, ratio {last / first:.2f} (at most {MOST_RATIO}).
Kept: {kept:.1f} MB; work files: {work:.1f} MB. Left behind: {", ".join(behind) or "nothing"}.

Reading commands at the end: {", ".join(f"`{name}` {seconds:.2f} s" for name, seconds in commands.items())}.

nordwärts: a night with one changed row adds a release of {of_release:.2f} MB and {beside:.3f} MB beside it. If every night
brings one, {releases} of 365 releases are kept: {a_year:.0f} MB a year (at most {MOST_MB:.0f}; {365 * (of_release + beside):.0f} without the rule). {"Every rule holds." if not broken else "Broken: " + "; ".join(broken) + "."}
"""
    if chosen.nights >= NIGHTS:
        REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
