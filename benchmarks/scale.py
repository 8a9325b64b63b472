"""The refresh of a city 1, 10 and 100 times as large: seconds, time per value, memory, and its models against a script.

    python -m benchmarks.scale [--scales 1 10 100] [--date YYYY-MM-DD]

Per scale twice, each time a whole fresh process: the refresh from deliveries made for that scale, ended as soon as it holds
more than the bound; and the SQL of its models as one script on the tables it landed (benchmarks/timed_script.py). Writes the
section "Scale" of docs/benchmarks.md anew after every scale. Exit code 1 if a run fails; a missed bound is only reported.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.contenders import PROGRAMME
from benchmarks.measuring import ContenderFailed, Measured, measure
from benchmarks.refresh import REPORT
from benchmarks.report import SCALE_HEADING, THREADS, scale_section

BOUND_MIB = 4096
BOUND_RATIO = 1.25  # seconds of the slowest models to those of the same SQL as one script
SLOWEST = 10
LARGEST_EDITION = 10  # scale up to which the public edition is made
GROUPS = ("staging", "measures and indicators", "figures", "other marts")
# Beginning of a model's name → its group; the first that fits counts. Figures are what is made of indicators, projects
# and answers: gaps, harmonisation, decomposition, classes, sentiment, sub-projects and whatever comes later.
BEGINNINGS = {
    "stg_": "staging",
    "int_indicator__decomposed": "figures",
    "int_indicator__stratified": "figures",
    "int_indicator__": "measures and indicators",
    "int_measure__": "measures and indicators",
    "int_area__": "measures and indicators",
    "int_area_set__": "measures and indicators",
    "int_reference_area__": "measures and indicators",
    "int_population__": "measures and indicators",
    "int_survey__": "measures and indicators",
    "fct_measure": "measures and indicators",
    "fct_indicator_value": "measures and indicators",
    "int_volunteering__": "other marts",
    "fct_volunteering": "other marts",
    "fct_participation_": "other marts",
    "fct_data_quality": "other marts",
    "fct_delivery": "other marts",
    "fct_claim_receipt": "other marts",
    "fct_rejected_row": "other marts",
    "dim_": "other marts",
    "bridge_": "other marts",
    "": "figures",
}
_VALUES = ("fct_measure", "fct_indicator_value")


@dataclass(frozen=True)
class Scaled:
    """One scale: the size of its deliveries, its refresh and what that noted of itself, and its models as a script.

    A refresh that was ended noted nothing.
    """

    scale: int
    delivered_mb: float
    refresh: Measured
    values: int = 0
    noted: dict[str, Any] | None = None
    scripted: dict[str, float] | None = None

    @property
    def slowest(self) -> list[tuple[str, float, float]]:
        """The models that take longest, of those a script can make: name, seconds on their thread, seconds in the script."""
        models, script = (self.noted or {}).get("models", {}), self.scripted or {}
        found = [(name, seconds, script[name]) for name, seconds in models.items() if name in script]
        return sorted(found, key=lambda each: -each[1])[:SLOWEST]


def group_of(model: str) -> str:
    """The group a model's seconds count in."""
    return next(group for beginning, group in BEGINNINGS.items() if model.startswith(beginning))


def seconds_by_group(models: dict[str, float]) -> dict[str, float]:
    """Seconds of all models by group; summed over threads, divided by their number."""
    sums = dict.fromkeys(GROUPS, 0.0)
    for model, seconds in models.items():
        sums[group_of(model)] += seconds / THREADS
    return sums


def run(scales: list[int], work: Path) -> Iterator[Scaled]:
    """Measure every scale in turn. Raises ContenderFailed."""
    for scale in scales:
        print(f"scale {scale}: making deliveries", flush=True)
        folder = programme_of(scale, work)
        delivered_mb = sum(path.stat().st_size for path in (folder / "sample").rglob("*") if path.is_file()) / 1e6
        var, timings, script = work / f"var-{scale}", work / f"timings-{scale}.json", work / f"script-{scale}.json"
        place = {"NORDWAERTS_VAR": str(var)}
        refresh = measure(
            ["-m", "cli.main", "refresh", "--programme", str(folder), "--sample", "--timings", str(timings)],
            work / "refresh.log",
            place,
            BOUND_MIB,
        )
        print(f"scale {scale}: refresh {refresh.wall:.1f} s, {refresh.together_mib:.0f} MiB", flush=True)
        if refresh.ended_at is not None:
            yield Scaled(scale, delivered_mb, refresh)
        else:
            measure(["-m", "benchmarks.timed_script", str(folder), str(script)], work / "script.log", place)
            noted, scripted = (json.loads(path.read_text(encoding="utf-8")) for path in (timings, script))
            yield Scaled(scale, delivered_mb, refresh, _values(var), noted, scripted)
        shutil.rmtree(var)
        shutil.rmtree(folder)


def programme_of(scale: int, work: Path) -> Path:
    """A programme folder with sample deliveries of a scale, and the declarations that fit them. Raises ContenderFailed."""
    folder = work / f"programme-{scale}" / PROGRAMME.name
    shutil.copytree(PROGRAMME, folder, ignore=shutil.ignore_patterns("sample", "__pycache__"))
    sample = folder / "sample"
    measure(["-m", "samples", "--out", str(sample), "--scale", str(scale)], work / "samples.log", {})
    for declared in (*sample.glob("area*.csv"), *sample.glob("sources/*.yml")):
        declared.replace(folder / declared.relative_to(sample))
    if (sample / "sources").is_dir():
        (sample / "sources").rmdir()
    if scale > LARGEST_EDITION:
        (folder / "disclosure.yml").unlink()
    return folder


def _values(var: Path) -> int:
    with duckdb.connect(str(var / PROGRAMME.name / "build" / "monitoring.duckdb"), read_only=True) as con:
        counts = [con.execute(f"select count(*) from {mart}").fetchone() for mart in _VALUES]
    return sum(count[0] for count in counts if count)


def section(found: list[Scaled], date: str | None) -> str:
    """The section of the document as Markdown."""
    lines = [
        SCALE_HEADING.strip(),
        "",
        f"Written by `make bench-scale` (benchmarks/scale.py), not by hand. {f'Measured on {date}. ' if date else ''}"
        "Deliveries by `python -m samples --scale N`: N copies",
        "of the city. Values are the rows of fct_measure and fct_indicator_value. Memory is what the refresh and the processes that read",
        "deliveries for it hold together, looked at twice a second (PSS), and beside it that of the largest of them, which no moment escapes and which counts",
        f"shared pages whole; the greater one is judged. One run each; seconds of models are sums over {THREADS} threads, divided by {THREADS}.",
        "Other work on the machine touches seconds, not memory.",
        "",
        "### Whole refresh",
        "",
        f"A refresh of more than {BOUND_MIB} MiB is ended; what it said last tells how far it came. Above scale {LARGEST_EDITION} it has no rule of",
        "disclosure, and so no public edition: the search for what to hide asks a linear programme about every figure that is known",
        "too closely, so it grows with the square of the areas one city total adds up, and no city has the 17,000 of scale 100.",
        "Compare its seconds with those of scale 10 less export and gate 2.",
        "",
        "| scale | deliveries, MB | values | seconds | µs per value | landing and gate 1 | in dbt | export and gate 2 | release | largest process, MiB | together, MiB | at most 4 GiB |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_refresh_row(one) for one in found]
    lines += [
        "",
        "### Its models",
        "",
        "| scale | " + ", s | ".join(GROUPS) + ", s | tests, s | figures' models, share of the refresh |",
        "|---|" + "---|" * (len(GROUPS) + 2),
    ]
    lines += [_models_row(one) for one in found if one.noted]
    lines += [
        "",
        "### The slowest of them, and the same SQL as one script",
        "",
        f"The {SLOWEST} models that take longest in the refresh; the script makes all models one after the other from the same landed",
        f"tables, without dbt, on {THREADS} threads. dbt makes {THREADS} at a time, so half of their seconds are compared.",
        "",
        f"| scale | models, s | script, s | ratio | at most {BOUND_RATIO} | seconds of each on its thread : in the script |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_script_row(one) for one in found if one.scripted]
    return "\n" + "\n".join(lines) + "\n"


def _refresh_row(one: Scaled) -> str:
    row = f"| {one.scale} | {one.delivered_mb:.1f} | "
    if one.noted is None:
        return row + (
            f"– | ended after {one.refresh.wall:.0f} | – | – | – | – | – | {one.refresh.peak_mib:.0f} | over {BOUND_MIB} | "
            f"**missed**, after “{one.refresh.ended_at}” |"
        )
    landing, dbt, export, release = (
        sum(one.noted[phase] for phase in phases)
        for phases in (("landing", "gate_1"), ("dbt_build",), ("export", "gate_2"), ("release",))
    )
    return row + (
        f"{one.values:,} | {one.refresh.wall:.1f} | {1e6 * one.refresh.wall / one.values:.0f} | {landing:.1f} | {dbt:.1f} | "
        f"{export:.1f} | {release:.1f} | {one.refresh.peak_mib:.0f} | {one.refresh.together_mib:.0f} | "
        f"{_verdict(max(one.refresh.peak_mib, one.refresh.together_mib) <= BOUND_MIB)} |"
    )


def _models_row(one: Scaled) -> str:
    assert one.noted is not None
    groups = seconds_by_group(one.noted["models"])
    shown = " | ".join(f"{seconds:.1f}" for seconds in groups.values())
    share = 100 * groups["figures"] / one.refresh.wall
    return f"| {one.scale} | {shown} | {one.noted['dbt_tests']:.1f} | {share:.0f} % |"


def _script_row(one: Scaled) -> str:
    models, script = sum(seconds for _, seconds, _ in one.slowest), sum(scripted for *_, scripted in one.slowest)
    ratio = models / THREADS / script
    each = " · ".join(f"{name} {seconds:.1f} : {scripted:.1f}" for name, seconds, scripted in one.slowest)
    return f"| {one.scale} | {models / THREADS:.1f} | {script:.1f} | {ratio:.2f} | {_verdict(ratio <= BOUND_RATIO)} | {each} |"


def _verdict(holds: bool) -> str:
    return "holds" if holds else "**missed**"


def main() -> int:
    """Measure, write the section, say what it says; the exit code."""
    parser = argparse.ArgumentParser(description="Measure the refresh of larger cities.")
    parser.add_argument("--scales", type=int, nargs="+", default=[1, 10, 100], help="copies of the city")
    parser.add_argument("--date", default=None, help="day to state in the document")
    chosen = parser.parse_args()
    found: list[Scaled] = []
    try:
        with tempfile.TemporaryDirectory(prefix="nordwaerts-scale-") as work:
            for one in run(chosen.scales, Path(work)):
                found.append(one)
                text, document = section(found, chosen.date), REPORT.read_text(encoding="utf-8")
                REPORT.write_text(document.removesuffix(scale_section(document)) + text, encoding="utf-8")
    except ContenderFailed as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
