"""The refresh of a city 1, 10 and 100 times as large: seconds, time per value, memory, share of the figures' models.

    python -m benchmarks.scale [--scales 1 10 100] [--date YYYY-MM-DD]

Per scale three times, each time a whole fresh process: the refresh from deliveries made for that scale, ended as soon as
it holds more than the bound; the dbt build alone on multiplied landed tables, and the SQL of its models as one script
(benchmarks/models_alone.py). Writes the section "Scale" of docs/benchmarks.md. Exit code 1 if a run fails; a missed bound is
only reported.
"""

import argparse
import json
import shutil
import sys
import tempfile
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
    """One scale: the size of its deliveries, its refresh, its dbt build alone, and what both noted of themselves."""

    scale: int
    delivered_mb: float
    refresh: Measured
    noted: dict[str, Any]
    build: Measured
    built: dict[str, Any]
    scripted: dict[str, float]
    values: int

    @property
    def slowest(self) -> list[str]:
        """The models that take longest, of those a script can make."""
        models = self.built["models"]
        return sorted(models.keys() & self.scripted.keys(), key=lambda name: -models[name])[:SLOWEST]

    @property
    def to_script(self) -> float:
        """Seconds of these models, of two at a time half, to those of the same SQL as one script."""
        models: dict[str, float] = self.built["models"]
        taken = sum(models[name] for name in self.slowest) / THREADS
        return taken / sum(self.scripted[name] for name in self.slowest)


def group_of(model: str) -> str:
    """The group a model's seconds count in."""
    return next(group for beginning, group in BEGINNINGS.items() if model.startswith(beginning))


def seconds_by_group(models: dict[str, float]) -> dict[str, float]:
    """Seconds of all models by group; summed over threads, divided by their number."""
    sums = dict.fromkeys(GROUPS, 0.0)
    for model, seconds in models.items():
        sums[group_of(model)] += seconds / THREADS
    return sums


def run(scales: list[int], work: Path) -> list[Scaled]:
    """Measure every scale in turn. Raises ContenderFailed."""
    landed = work / "landed"
    found = []
    for scale in sorted({1, *scales}):
        print(f"scale {scale}: making deliveries", flush=True)
        folder = programme_of(scale, work)
        delivered_mb = sum(path.stat().st_size for path in (folder / "sample").rglob("*") if path.is_file()) / 1e6
        var, timings, out = work / f"var-{scale}", work / f"timings-{scale}.json", work / f"models-{scale}.json"
        refresh = measure(
            ["-m", "cli.main", "refresh", "--programme", str(folder), "--sample", "--timings", str(timings)],
            work / "refresh.log",
            {"NORDWAERTS_VAR": str(var)},
            BOUND_MIB,
        )
        print(f"scale {scale}: refresh {refresh.wall:.1f} s, {refresh.peak_mib:.0f} MiB", flush=True)
        if scale == 1:
            shutil.move(var / PROGRAMME.name / "landed", landed)
        shutil.rmtree(var)
        place, alone = {"NORDWAERTS_VAR": str(var)}, ["-m", "benchmarks.models_alone"]
        measure([*alone, "lay", str(landed), str(folder), str(scale)], work / "lay.log", place)
        build = measure([*alone, "build", str(folder), str(out)], work / "build.log", place)
        print(f"scale {scale}: dbt build alone {build.wall:.1f} s, {build.peak_mib:.0f} MiB", flush=True)
        noted = json.loads(timings.read_text(encoding="utf-8")) if refresh.ended_at is None else {}
        built = json.loads(out.read_text(encoding="utf-8"))
        measure([*alone, "script", str(folder), str(out)], work / "script.log", place)
        scripted = json.loads(out.read_text(encoding="utf-8"))
        found.append(Scaled(scale, delivered_mb, refresh, noted, build, built, scripted, _values(var)))
        shutil.rmtree(var)
        shutil.rmtree(folder)
    return found


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
        "of the city. Values are the rows of fct_measure and fct_indicator_value. Memory is that of the largest process, the",
        "refresh itself or one that reads deliveries for it. One run each; seconds of models are sums over "
        f"{THREADS} threads, divided by {THREADS}. Other work on the machine",
        "touches seconds, not memory.",
        "",
        "### Whole refresh",
        "",
        f"A refresh of more than {BOUND_MIB} MiB is ended; what it said last tells how far it came. Above scale {LARGEST_EDITION} it",
        "has no rule of disclosure, and so no public edition: the search for what to hide asks a linear programme about every",
        "figure that is known too closely, so it grows with the square of the areas that one city total adds up, and no city",
        "has the 17,000 of scale 100. So compare its seconds with those of scale 10 less export and gate 2.",
        "",
        "| scale | deliveries, MB | values | seconds | in dbt | export and gate 2 | figures' models, share | µs per value | peak, MiB | at most 4 GiB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_refresh_row(one) for one in found]
    lines += [
        "",
        "### dbt build alone",
        "",
        "Models and tests of the same build in a process of its own, on the landed tables of scale 1 multiplied with the",
        "prefixes of the sample generator (benchmarks/models_alone.py): no landing, no gates, no export, no release. The",
        "copies have the figures of the first.",
        "",
        "| scale | values | seconds | µs per value | tests, s | "
        + ", s | ".join(GROUPS)
        + ", s | figures' models, share | peak, MiB | at most 4 GiB |",
        "|---|" + "---|" * (7 + len(GROUPS)),
    ]
    lines += [_build_row(one) for one in found]
    lines += [
        "",
        "### The slowest models, and the same SQL as one script",
        "",
        f"The {SLOWEST} models that take longest in that build; the script makes all models one after the other, without dbt, on",
        f"{THREADS} threads. dbt makes {THREADS} at a time, so half of their seconds are compared.",
        "",
        f"| scale | models, s | script, s | ratio | at most {BOUND_RATIO} | seconds of each on its thread : in the script |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_script_row(one) for one in found]
    return "\n" + "\n".join(lines) + "\n"


def _refresh_row(one: Scaled) -> str:
    row = f"| {one.scale} | {one.delivered_mb:.1f} | {one.values:,} | "
    if one.refresh.ended_at is not None:
        return row + (
            f"ended after {one.refresh.wall:.0f} | – | – | – | – | over {BOUND_MIB} | **missed**, after “{one.refresh.ended_at}” |"
        )
    figures = seconds_by_group(one.noted["models"])["figures"]
    return row + (
        f"{one.refresh.wall:.1f} | {one.noted['dbt_build']:.1f} | {one.noted['export'] + one.noted['gate_2']:.1f} | {100 * figures / one.refresh.wall:.0f} % | "
        f"{1e6 * one.refresh.wall / one.values:.0f} | {one.refresh.peak_mib:.0f} | {_verdict(one.refresh)} |"
    )


def _build_row(one: Scaled) -> str:
    groups = seconds_by_group(one.built["models"])
    shown = " | ".join(f"{seconds:.1f}" for seconds in groups.values())
    return (
        f"| {one.scale} | {one.values:,} | {one.build.wall:.1f} | {1e6 * one.build.wall / one.values:.0f} | "
        f"{one.built['dbt_tests']:.1f} | {shown} | {100 * groups['figures'] / one.build.wall:.0f} % | "
        f"{one.build.peak_mib:.0f} | {_verdict(one.build)} |"
    )


def _script_row(one: Scaled) -> str:
    models, script = one.built["models"], one.scripted
    each = " · ".join(f"{name} {models[name]:.1f} : {script[name]:.1f}" for name in one.slowest)
    verdict = "holds" if one.to_script <= BOUND_RATIO else "**missed**"
    return (
        f"| {one.scale} | {sum(models[name] for name in one.slowest) / THREADS:.1f} | "
        f"{sum(script[name] for name in one.slowest):.1f} | {one.to_script:.2f} | {verdict} | {each} |"
    )


def _verdict(run: Measured) -> str:
    return "holds" if run.peak_mib <= BOUND_MIB else "**missed**"


def main() -> int:
    """Measure, write the section, say what it says; the exit code."""
    parser = argparse.ArgumentParser(description="Measure the refresh of larger cities.")
    parser.add_argument("--scales", type=int, nargs="+", default=[1, 10, 100], help="copies of the city")
    parser.add_argument("--date", default=None, help="day to state in the document")
    chosen = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="nordwaerts-scale-") as work:
            text = section(run(chosen.scales, Path(work)), chosen.date)
    except ContenderFailed as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    document = REPORT.read_text(encoding="utf-8")
    REPORT.write_text(document.removesuffix(scale_section(document)) + text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
