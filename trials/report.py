"""The section of docs/trials.md about the simulation; no figure in it is written by hand."""

from collections.abc import Mapping
from typing import Any

from trials.counting import IN_GRID, Counted, judged
from trials.judging import ERROR_RATE, LOOSE, STRICT, Cell

HEADING = "## Simulation (`make trial-simulation`)"
_PLACE = {10.0: ("north", "optimists"), 20.0: ("rest", "optimists"), 35.0: ("rest", "pessimists")}
_PLACE[50.0] = ("north", "pessimists")


def section(counted: Counted, wrong: list[str], seed: int, builds: int, peak_gib: float) -> str:
    """Everything measured, as Markdown."""
    worlds = next(iter(counted.coverage().values())).worlds
    verdict = (
        "No band was left by more than chance, and every wrong way was found out." if not wrong else "**It failed:**"
    )
    outside = [cell for cell in judged(counted) if not cell.is_in_band]
    noted = "; ".join(f"{cell.name.replace('_', ' ')} {100 * cell.rate:.2f} %" for cell in outside) or "none"
    opening = f"""{HEADING}

{worlds:,} worlds of known truth, seeds fixed beforehand ({seed}, block, sample), {counted.answers:,} answers in {builds}
dbt builds of the real models; at most {peak_gib:.1f} GiB in the trial and a build together. A world is a city of two
parts; what is counted are columns of `fct_sentiment` and `fct_development_gap`. Written by the trial itself.

{verdict}
A count is refused if no true rate inside its band explains it, at 99.9 % over all {len(judged(counted))} cells together.
Measured outside the band itself, marked (!): {noted}.

The smaller of the two effective n is on the safe side where those who weigh more answer otherwise (a small share and a
relation below zero at 10 and 20 %): there the limits hold the truth more often than 95 %."""
    parts = [opening, *(["\n".join(f"- {sentence}" for sentence in wrong)] if wrong else [])]
    parts += [_coverage(counted), _widths(counted), _decisions(counted), _outcomes(counted), _wrong_ways(counted)]
    return "\n\n".join(parts) + "\n"


def _percent(cell: Cell) -> str:
    return f"{100 * cell.rate:.2f}" + ("" if cell.is_in_band else " (!)")


def _coverage(counted: Counted) -> str:
    cells = counted.coverage()
    lines = [
        "### Coverage of the 95 % limits of a share, in per cent",
        "",
        f"Band {_band(STRICT)}; at n = 30 or 100 and at a share of 10 % {_band(LOOSE)}. Relation: correlation of the",
        "logarithm of the weight with the attitude behind the answer; 10 and 20 % are answers of those above, 35 and",
        "50 % of those below.",
        "",
        "| n | CV of the weights | relation | " + " | ".join(f"{truth:g} %" for truth in sorted(IN_GRID)) + " |",
        "|---:|---:|---:|" + "---:|" * len(IN_GRID),
    ]
    for item, design in {sample.item_id: sample.design for sample in counted.samples}.items():
        figures = " | ".join(_percent(cells[item, *_PLACE[truth]]) for truth in sorted(IN_GRID))
        lines.append(f"| {design.n:,} | {design.spread:g} | {design.relation:g} | {figures} |")
    return "\n".join(lines)


def _widths(counted: Counted) -> str:
    lines = [
        "### Half-widths of a share of 50 %, in percentage points",
        "",
        "| n | equal weights | CV 0.5 | CV 0.8 |",
        "|---:|---:|---:|---:|",
    ]
    for n in sorted({sample.design.n for sample in counted.samples}):
        mean = {
            sample.design.spread: counted.mean(("mart", sample.item_id, "north", "pessimists"))
            for sample in counted.samples
            if sample.design.n == n and not sample.design.relation and sample.part == "north"
        }
        lines.append(
            f"| {n:,} | {mean[0.0]:.2f} | "
            + " | ".join(f"{mean[spread]:.2f} (× {mean[spread] / mean[0.0]:.2f})" for spread in (0.5, 0.8))
            + " |"
        )
    critical = {name: counted.mean(("critical", name)) for name in ("equal_weights", "weights")}
    detectable = {name: counted.mean(("detectable", name)) for name in critical}
    lines += [
        "",
        f"Change between two waves of 1,100 answers at 50 %: critical difference {critical['equal_weights']:.2f} pp,",
        f"smallest detectable change {detectable['equal_weights']:.2f} pp; with weights of CV 0.5"
        f" {critical['weights']:.2f} and {detectable['weights']:.2f} pp.",
    ]
    return "\n".join(lines)


def _decisions(counted: Counted) -> str:
    errors = counted.by_scenario("error", ERROR_RATE)
    one_sided = counted.by_scenario("one-sided", ERROR_RATE)
    changes, gaps = counted.by_scenario("change", STRICT), counted.by_scenario("gap", STRICT)
    lines = [
        "### Decisions at the margin, in per cent",
        "",
        f'The gap widens by exactly its margin, so that "not widened" is wrong. Band {_band(ERROR_RATE)}; coverage of',
        f"changes {_band(STRICT)}. Beside it a one-sided 5 % rule, which is not used.",
        "",
        '| scenario | n north, rest | CV | relation | margin | wrongly "not widened" | one-sided 5 % rule '
        "| coverage: change of the gap | coverage: change of the north |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for scenario in counted.scenarios:
        name, design = scenario.item_id, scenario.samples[0].design
        sizes = ", ".join(f"{sample.design.n:,}" for sample in scenario.samples[:2])
        lines.append(
            f"| {name.replace('_', ' ')} | {sizes} | {design.spread:g} | {design.relation:g} | {scenario.margin:g} | "
            f"{_percent(errors[name])} | {_percent(one_sided[name])} | {_percent(gaps[name])} "
            f"| {_percent(changes[name])} |"
        )
    return "\n".join(lines)


def _outcomes(counted: Counted) -> str:
    errors, gaps = counted.by_count("error", ERROR_RATE), counted.by_count("gap")
    as_counted = counted.by_count("as counted", ERROR_RATE)
    lines = [
        "### Full counts as one outcome of a process, in per cent",
        "",
        "Nobody is drawn, and yet a year counts otherwise than another one with the same conditions. The gap widens by exactly",
        f'its margin; wrongly "not widened": {_band(ERROR_RATE)}; coverage {_band(STRICT)}, {_band(LOOSE)} where a part has',
        "few cases. Beside it the reading as counted, which does not decide: rounding alone, here none.",
        "",
        '| share or rate, north and rest | people, north and rest | margin | wrongly "not widened" | as counted | coverage |',
        "|---|---:|---:|---:|---:|---:|",
    ]
    for scenario in counted.counts:
        name, unit = scenario.item_id, "per 1,000" if scenario.is_rate else "%"
        levels = ", ".join(f"{level:g}" for level in scenario.levels.values())
        people = ", ".join(f"{each:,}" for each in scenario.people.values())
        lines.append(
            f"| {levels} {unit} | {people} | {scenario.margin:g} | {_percent(errors[name])} | "
            f"{_percent(as_counted[name])} | {_percent(gaps[name])} |"
        )
    return "\n".join(lines)


def _wrong_ways(counted: Counted) -> str:
    drawn = next(iter(counted.coverage("kish").values())).worlds
    lines = [
        "### Wrong ways that such worlds refuse",
        "",
        f"No model computes the first two: {drawn:,} worlds, the first of them those above. The others are of the marts.",
        "",
        "| wrong way | cells out of band | furthest |",
        "|---|---:|---|",
    ]
    ways: dict[str, Mapping[Any, Cell]] = {
        "Wilson on Kish's effective n alone": counted.coverage("kish"),
        "Wilson on n, as if weights were equal": counted.coverage("unweighted"),
        "one-sided 5 % rule": counted.by_scenario("one-sided", ERROR_RATE),
        "the estimate alone against the margin": counted.by_scenario("estimate", ERROR_RATE),
        "a full count as if chance had no part in it": counted.by_count("as counted", ERROR_RATE),
    }
    for name, cells in ways.items():
        out = [cell for cell in cells.values() if not cell.is_in_band]
        far = max(cells.values(), key=lambda cell: max(cell.band[0] - cell.rate, cell.rate - cell.band[1]))
        lines.append(f"| {name} | {len(out)} of {len(cells)} | {100 * far.rate:.2f} % ({far.name.replace('_', ' ')}) |")
    return "\n".join(lines)


def _band(band: tuple[float, float]) -> str:
    return f"{100 * band[0]:g} to {100 * band[1]:g} %"
