"""A second computation of every indicator, from landed rows and declarations, in arrays instead of SQL.

Written from STATISTICS and the descriptions of the marts, not from the models: the city is a matrix of areas
and area sets over base areas, a measure an array over base areas for each period, an indicator two products.
Nothing is read from the build database. Areas and area sets with changing validity are not handled, since
the sample has none: `Declared` refuses them; tests/dbt_project does them by hand.
"""

import csv
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import yaml

PROGRAMME = Path(__file__).resolve().parents[2] / "programmes" / "nordwaerts"
Z = 1.959963984540054
STATUSES = ["final", "revised", "provisional", "estimated"]  # best first
LAST_WORDS = {"incomplete", "suppressed", "missing"}
MINIMUM_COVERAGE_PCT = 95
MINIMUM_ANSWERS = 30
FURTHEST = [
    "initiated", "qualifying", "idea_store", "planned", "started", "done", "shelved", "merged", "handed_over",
]  # fmt: skip
Target = tuple[str | None, str | None, str | None]  # area, variant, role


def rnd(value: float | None, digits: int = 6) -> float | None:
    """Half away from zero, as printed."""
    if value is None or value != value:
        return None
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def wilson(share: float, n: float) -> tuple[float, float]:
    """Both roots of (p - share)^2 = z^2 p (1 - p) / n."""
    a, b, c = 1 + Z**2 / n, -(2 * share + Z**2 / n), share**2
    root = max(b * b - 4 * a * c, 0.0) ** 0.5
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def byar(cases: float) -> tuple[float, float]:
    """Byar's limits of the expectation of a Poisson count, in the form of Breslow and Day (1987), p. 69."""

    def cube(count: float, z: float) -> float:
        return count * max(1 - 1 / (9 * count) + z / (3 * count**0.5), 0) ** 3

    return (cube(cases, -Z) if cases > 0 else 0.0), cube(cases + 1, Z)


NOT_COUNTED = {"m2", "ha", "km2", "hours", "years", "eur", "ug_per_m3", "pct", "pp", "per_1000", "weighted_answers"}


def _csv(name: str) -> list[dict[str, str]]:
    with (PROGRAMME / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=";"))


class Declared:
    """What the programme folder declares: areas, area sets, indicators, breaks, baselines."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = yaml.safe_load((PROGRAMME / "programme.yml").read_text(encoding="utf-8"))
        self.indicators = _csv("indicators.csv")
        self.breaks = _csv("breaks.csv")
        self.strata = _csv("age_strata.csv")
        self.level_rank = {level["level"]: rank for rank, level in enumerate(self.settings["levels"])}
        self.variants = {variant["variant_id"]: variant["purpose"] for variant in self.settings["variants"]}
        self.baselines = {
            base["baseline_id"]: (base["first_period"], base["last_period"], base.get("is_for_all", True))
            for base in self.settings["baselines"]
        }
        areas = _csv("areas.csv")
        assert {(row["valid_from"], row["valid_to"]) for row in areas} == {("2011-01-01", "")}
        assert {row["valid_to"] for row in _csv("area_sets.csv")} == {""}
        assert {(row["valid_from"], row["valid_to"]) for row in self.indicators} == {("2011-01-01", "")}
        self.areas = {f"{row['area_level']}-{row['area_code']}": row for row in areas}

    def level(self, area: str) -> str:
        return self.areas[area]["area_level"]

    def above(self, area: str) -> set[str]:
        """The area, everything it lies in, and the units its figures are merged or grouped into."""
        found, waiting = set(), [area]
        while waiting:
            one = waiting.pop()
            found.add(one)
            row = self.areas[one]
            waiting += [
                row[parent] for parent in ("parent_id", "alternative_parent_id", "publication_unit_id") if row[parent]
            ]
        return found

    def tolerance(self, indicator: dict[str, str], period: int) -> float:
        measures = self.measures(indicator)
        added = [
            float(one["added_tolerance"])
            for one in self.breaks
            if one["severity"] == "tolerance"
            and int(one["period"]) <= period
            and self.concerns(one, indicator, measures)
        ]
        return float(indicator["tolerance"]) + sum(added)

    def rounded_to(self, measure: str, period: int) -> float:
        """Multiples a measure is delivered in; 1 where it is not rounded."""
        known = [
            float(one["rounded_to"])
            for one in self.breaks
            if one["measure_id"] == measure and int(one["period"]) <= period and float(one["rounded_to"])
        ]
        return max(known, default=1.0)

    @staticmethod
    def measures(indicator: dict[str, str]) -> set[str]:
        return {indicator[f"{part}_measure_id"] for part in ("numerator", "subtracted", "denominator")} - {""}

    @staticmethod
    def concerns(one: dict[str, str], indicator: dict[str, str], measures: set[str]) -> bool:
        """Whether a break holds for an indicator: named, or on a measure of it, or for all."""
        if not one["indicator_id"] and not one["measure_id"]:
            return True
        return one["indicator_id"] == indicator["indicator_id"] or one["measure_id"] in measures

    def breaks_of(self, indicator: dict[str, str], severity: str) -> list[int]:
        measures = self.measures(indicator)
        return sorted(
            int(one["period"])
            for one in self.breaks
            if one["severity"] == severity and self.concerns(one, indicator, measures)
        )


@dataclass(frozen=True)
class Cell:
    """A delivered figure of one area and period."""

    value: float | None
    status: str
    symbol: str | None = None
    reference_on: dt.date | None = None


class Landed:
    """Figures by source, measure and level: (area, period) → cell; and the answers of the survey."""

    def __init__(self, folder: Path, declared: Declared) -> None:
        self.folder = folder
        self.figures: dict[tuple[str, str, str], dict[tuple[str, int], Cell]] = defaultdict(dict)
        self.units: dict[str, str] = {}
        for source, measure, level, area, period, *cell, unit in self._rows(
            "_source, measure_id, area_level, area_id, period::int, value::double, status, symbol, reference_on, unit",
            "area_figure",
        ):
            self.figures[source, measure, level][area, period] = Cell(*cell)
            self.units[measure] = unit
        [self.city] = [area for area in declared.areas if declared.level(area) == "city"]
        self._count_projects()
        self._count_proposals()
        self._count_platform()
        self._count_volunteers()

    def _rows(self, columns: str, table: str) -> list[tuple[Any, ...]]:
        return duckdb.sql(f"select {columns} from '{self.folder}/{table}/*.parquet'").fetchall()

    def _put(self, source: str, measure: str, period: int, value: float | None, **others: Any) -> None:
        cell = Cell(value, "missing" if value is None else others.pop("status", "final"), **others)
        self.figures[source, measure, "city"][self.city, period] = cell

    def _count_projects(self) -> None:
        history: dict[str, dict[dt.date, str]] = defaultdict(dict)
        for project, status, on in self._rows("project_id, status, status_on", "project_event"):
            known = history[project].get(on, status)
            history[project][on] = max(known, status, key=FURTHEST.index)
        for year in {on.year for course in history.values() for on in course}:
            at_end = [
                course[max(on for on in course if on.year <= year)]
                for course in history.values()
                if min(course).year <= year
            ]
            counted = {
                "projects_in_stock": sum(status not in ("shelved", "merged", "handed_over") for status in at_end),
                "projects_started_or_done": sum(status in ("started", "done") for status in at_end),
                "projects_done": at_end.count("done"),
            }
            for measure, value in counted.items():
                self._put("projektregister", measure, year, value, reference_on=dt.date(year, 12, 31))

    def _count_proposals(self) -> None:
        rounds: dict[int, dict[str, bool]] = defaultdict(dict)
        for round_id, proposal, recommended in self._rows("round_id::int, proposal_id, is_recommended", "assessment"):
            rounds[round_id][proposal] = rounds[round_id].get(proposal, False) or recommended
        for year, proposals in rounds.items():
            for measure, value in [
                ("proposals_assessed", len(proposals)),
                ("proposals_recommended", sum(proposals.values())),
            ]:
                self._put("projektregister", measure, year, value, reference_on=dt.date(year, 12, 31))

    def _count_platform(self) -> None:
        people: dict[int, list[int | None]] = defaultdict(list)
        for on, count in self._rows("event_on, participant_count", "event"):
            people[on.year].append(count)
        for year, counts in people.items():
            on = dt.date(year, 12, 31)
            known = [count for count in counts if count is not None]
            present = sum(known) if len(known) == len(counts) else None
            self._put("beteiligungsplattform", "participation_events", year, len(counts), reference_on=on)
            self._put("beteiligungsplattform", "participants", year, present, reference_on=on)
        ideas: dict[int, int] = defaultdict(int)
        for on, kind in self._rows("submitted_on, contribution_kind", "contribution"):
            ideas[on.year] += kind == "idea"
        for year, count in ideas.items():
            if count:
                self._put("beteiligungsplattform", "ideas_submitted", year, count, reference_on=dt.date(year, 12, 31))

    def _count_volunteers(self) -> None:
        reports: dict[tuple[str, int], list[tuple[float | None, str, dt.date]]] = defaultdict(list)
        for unit, period, method, *report in self._rows(
            "counting_unit, period::int, method, value::double, status, reference_on", "volunteer_count"
        ):
            if method == "counted":
                reports[unit, period].append(tuple(report))
        self.units["reported_hours"] = "hours"
        for (unit, period), rows in reports.items():
            values = [value for value, _, _ in rows]
            self._put(
                "ehrenamt", unit, period,
                None if None in values else sum(values),
                status=STATUSES[max(STATUSES.index(status) for _, status, _ in rows)] if None not in values else "missing",
                reference_on=max(on for _, _, on in rows),
            )  # fmt: skip

    @cached_property
    def answers(self) -> dict[tuple[str, int], tuple[list[str], list[str], np.ndarray]]:
        """Areas, answers and weights of the valid answers by item and wave."""
        valid = {"improve", "unchanged", "worsen", "1", "2", "3", "4", "5", "6"}
        asked: dict[tuple[str, int], list[tuple[str, str, float]]] = defaultdict(list)
        for item, period, area, answer, weight in self._rows(
            "item_id, period::int, area_id, answer, weight::double", "survey_case"
        ):
            if answer in valid:
                asked[item, period].append((area, answer, weight))
        return {
            key: ([area for area, _, _ in rows], [answer for _, answer, _ in rows], np.array([w for _, _, w in rows]))
            for key, rows in asked.items()
        }


class Recomputed:
    """Every value of every indicator: (indicator, target, period) → figures, None where there is none."""

    def __init__(self, folder: Path) -> None:
        self.declared = Declared()
        self.landed = Landed(folder, self.declared)
        self.values: dict[tuple[str, Target, int], dict[str, Any]] = {}
        for indicator in self.declared.indicators:
            {"ratio": self._ratio, "survey": self._survey, "level": self._level}[indicator["kind"]](indicator)

    # --- areas and area sets as weights over base areas ---

    def base_areas(self, level: str) -> list[str]:
        return sorted(area for area in self.declared.areas if self.declared.level(area) == level)

    @cached_property
    def memberships(self) -> dict[str, dict[Target, np.ndarray]]:
        """Weight of each base area in each target, for the two levels figures are delivered at."""
        found: dict[str, dict[Target, np.ndarray]] = {}
        for level in {indicator["base_level"] for indicator in self.declared.indicators}:
            base = self.base_areas(level)
            above = [self.declared.above(area) for area in base]
            weights: dict[Target, np.ndarray] = {}
            for area in self.declared.areas:
                inside = np.array([area in one for one in above], dtype=float)
                if inside.any():
                    weights[area, None, None] = inside
            if level == "unterbezirk":  # the only level whose areas make up the parts of the area sets
                members = _csv("area_sets.csv")
                for variant, role in dict.fromkeys((row["variant_id"], row["role"]) for row in members):
                    parts = [row for row in members if (row["variant_id"], row["role"]) == (variant, role)]
                    part = np.max([float(row["weight"]) * weights[row["area_id"], None, None] for row in parts], axis=0)
                    weights[None, variant, role] = part
                    if role == "programme":
                        weights[None, variant, "rest"] = 1 - part
                        weights[None, variant, "city"] = np.ones(len(base))
            found[level] = weights
        return found

    def targets(self, indicator: dict[str, str]) -> dict[Target, np.ndarray]:
        """Targets an indicator may be shown for."""
        finest = self.declared.level_rank[indicator["permitted_level"]]
        return {
            target: weights
            for target, weights in self.memberships[indicator["base_level"]].items()
            if target[0] is None or self.declared.level_rank[self.declared.level(target[0])] <= finest
        }

    def denominator_source(self, indicator: dict[str, str]) -> str:
        """The indicator's own source where it delivers the denominator, else the first by name."""
        measure, level = indicator["denominator_measure_id"], indicator["base_level"]
        offered = sorted(source for source, *rest in self.landed.figures if rest == [measure, level])
        return indicator["source_id"] if indicator["source_id"] in offered else offered[0]

    # --- the three kinds ---

    def _level(self, indicator: dict[str, str]) -> None:
        key = indicator["source_id"], indicator["numerator_measure_id"], indicator["base_level"]
        for (area, period), cell in self.landed.figures[key].items():
            value = None if cell.value is None else float(indicator["factor"]) * cell.value
            rounded = self.declared.rounded_to(indicator["numerator_measure_id"], period)
            bound = self.declared.tolerance(indicator, period) + float(indicator["factor"]) * (rounded // 2)
            self.values[indicator["indicator_id"], (area, None, None), period] = {
                "value": value,
                "lower": None if value is None else value - bound,
                "upper": None if value is None else value + bound,
                "counted_lower": None if value is None else value - bound,
                "counted_upper": None if value is None else value + bound,
                "process_lower": None, "process_upper": None,
                "interval_method": None if value is None else "rounding_bound",
                "numerator": None, "denominator": None, "n": None, "effective_n": None, "is_full_count": True,
                "coverage_pct": 0.0 if value is None else 100.0,
                "symbol": cell.symbol, "status": cell.status, "reference_on": cell.reference_on,
                "member_count": 1, "expected_member_count": 1, "areas_effective": None,
            }  # fmt: skip

    def parts(self, indicator: dict[str, str]) -> dict[tuple[str, int], tuple[Cell | None, ...]]:
        """Numerator, subtracted part (none: zero) and denominator of every delivered numerator."""
        level, own = indicator["base_level"], indicator["source_id"]
        upper = self.landed.figures[own, indicator["numerator_measure_id"], level]
        taken = self.landed.figures[own, indicator["subtracted_measure_id"], level]
        lower = self.landed.figures[self.denominator_source(indicator), indicator["denominator_measure_id"], level]
        nothing = None if indicator["subtracted_measure_id"] else Cell(0.0, "final")
        return {key: (cell, taken.get(key, nothing), lower.get(key)) for key, cell in upper.items()}

    def _ratio(self, indicator: dict[str, str]) -> None:
        base = self.base_areas(indicator["base_level"])
        place = {area: position for position, area in enumerate(base)}
        periods: dict[int, dict[int, tuple[Cell | None, ...]]] = defaultdict(dict)
        for (area, period), cells in self.parts(indicator).items():
            periods[period][place[area]] = cells
        for period, cells in periods.items():
            tolerance = self.declared.tolerance(indicator, period)
            for target, weights in self.targets(indicator).items():
                members = np.flatnonzero(weights)
                delivered = [member for member in members if member in cells]
                if delivered:
                    figures = self._sum(
                        indicator, weights, members, {m: cells[m] for m in delivered}, tolerance, period
                    )
                    self.values[indicator["indicator_id"], target, period] = figures
                    if target[0] in place:
                        self._explain(figures, *cells[place[target[0]]])

    def _sum(
        self,
        indicator: dict[str, str],
        weights: np.ndarray,
        members: np.ndarray,
        cells: dict[int, tuple[Cell | None, ...]],
        tolerance: float,
        period: int,
    ) -> dict[str, Any]:
        known = {m: c for m, c in cells.items() if c[2] is not None and c[2].value is not None}
        whole = {m: c for m, c in known.items() if all(part is not None and part.value is not None for part in c)}
        shares = np.array([weights[m] for m in whole])
        upper = shares * [c[0].value - c[1].value for c in whole.values()]
        lower = shares * [c[2].value for c in whole.values()]
        known_sum = sum(weights[m] * c[2].value for m, c in known.items())
        # denominators nobody delivered count with the mean of the others
        coverage = 100 * (lower.sum() / known_sum if known_sum else 1.0) * len(known) / len(members)
        worst = max((STATUSES.index(part.status) for c in whole.values() for part in c), default=None)
        value = bound = areas = chance = None
        if coverage < MINIMUM_COVERAGE_PCT:
            status = "incomplete"
        elif lower.sum() == 0:
            status = "missing"
        else:
            status = STATUSES[worst]
            value = float(indicator["factor"]) * upper.sum() / lower.sum()
            areas = lower.sum() ** 2 / (lower**2).sum()
            bound = tolerance * min(1, Z / (3 * areas) ** 0.5)
            bound += self._rounding(indicator, shares, upper.sum(), lower.sum(), period)
            chance = self._chance(indicator, upper.sum(), lower.sum())
            if len(known) < len(members) or any(c[2].value for m, c in known.items() if m not in whole):
                bound = None  # a figure is left out: no limits
        is_shown = status != "incomplete"
        return {
            "value": value,
            **self._limits(indicator, value, bound, chance),
            "numerator": upper.sum() if is_shown else None,
            "denominator": lower.sum() if is_shown else None,
            "n": None, "effective_n": None, "is_full_count": True, "coverage_pct": coverage, "symbol": None,
            "status": status, "reference_on": max(c[0].reference_on for c in cells.values()),
            "member_count": len(cells), "expected_member_count": len(members), "areas_effective": areas,
        }  # fmt: skip

    def _rounding(
        self, indicator: dict[str, str], weights: np.ndarray, upper: float, lower: float, period: int
    ) -> float:
        """How far rounded counts may move a quotient: 1.96 standard deviations, at most the worst case of every cell."""

        def error(*parts: str) -> float:
            multiples = [
                self.declared.rounded_to(indicator[f"{part}_measure_id"], period)
                for part in parts
                if indicator[f"{part}_measure_id"]
            ]
            variance = sum((one**2 - 1) / 12 for one in multiples)
            worst = sum(one // 2 for one in multiples)
            return min(Z * (variance * (weights**2).sum()) ** 0.5, worst * weights.sum())

        off, off_below = error("numerator", "subtracted"), error("denominator")
        return float(indicator["factor"]) * (off + abs(upper / lower) * off_below) / (lower - off_below)

    def _process(self, indicator: dict[str, str]) -> str | None:
        """How chance makes the counts of an indicator, None where nothing is counted."""
        units = {
            part: self.landed.units.get(indicator[f"{part}_measure_id"], "") for part in ("numerator", "denominator")
        }
        if indicator["scale"] == "share" and units["denominator"] not in NOT_COUNTED:
            return "binomial"
        return "poisson" if indicator["scale"] == "ratio" and units["numerator"] not in NOT_COUNTED else None

    def _chance(self, indicator: dict[str, str], cases: float, lower: float) -> tuple[str, float, float] | None:
        """Limits of a full count as one outcome of a process, with their method."""
        process, factor = self._process(indicator), float(indicator["factor"])
        if process is None:
            return None
        if process == "binomial" and 0 <= cases <= lower:
            low, high = wilson(cases / lower, lower)
            return "wilson_process", factor * low, factor * high
        low, high = byar(cases)
        return "byar_process", factor * low / lower, factor * high / lower

    def _limits(
        self,
        indicator: dict[str, str],
        value: float | None,
        bound: float | None,
        chance: tuple[str, float, float] | None,
    ) -> dict[str, Any]:
        """Limits of both readings, and those of the one that decides."""
        readings: dict[str, Any] = dict.fromkeys(("counted_lower", "counted_upper", "process_lower", "process_upper"))
        if value is None or bound is None:
            decides = chance[0] if chance and indicator["interval_basis"] == "process" else "rounding_bound"
            return readings | {"lower": None, "upper": None, "interval_method": None if value is None else decides}
        readings |= {"counted_lower": value - bound, "counted_upper": value + bound}
        decides, method = "counted", "rounding_bound"
        if chance is not None:
            readings["process_lower"] = value - np.hypot(value - chance[1], bound)
            readings["process_upper"] = value + np.hypot(chance[2] - value, bound)
            if indicator["interval_basis"] == "process":
                decides, method = "process", chance[0]
        ends = {end: readings[f"{decides}_{end}"] for end in ("lower", "upper")}
        return readings | ends | {"interval_method": method}

    @staticmethod
    def _explain(figures: dict[str, Any], *cells: Cell | None) -> None:
        """A base area tells what was delivered for it: status and symbol of the first part without a figure."""
        holes = [cell for cell in cells if cell is None or cell.value is None]
        if holes:
            figures["status"] = holes[0].status if holes[0] else "missing"
            figures["numerator"] = figures["denominator"] = None
            figures["symbol"] = holes[0].symbol if holes[0] else None
        else:
            figures["symbol"] = next((cell.symbol for cell in cells if cell and cell.symbol), None)

    def _survey(self, indicator: dict[str, str]) -> None:
        item = indicator["denominator_measure_id"].removesuffix("_weight")
        asked = indicator["numerator_measure_id"].removesuffix("_weighted_sum").removeprefix(item).lstrip("_")
        place = {area: position for position, area in enumerate(self.base_areas("unterbezirk"))}
        for (item_id, period), (areas, answers, weights) in self.landed.answers.items():
            if item_id != item:
                continue
            where = np.array([place[area] for area in areas])
            scores = np.array([float(a) if indicator["scale"] == "grade" else float(a == asked) for a in answers])
            for target, membership in self.targets(indicator).items():
                chosen = membership[where] > 0
                if chosen.any():
                    self.values[indicator["indicator_id"], target, period] = self._estimate(
                        indicator, (weights * membership[where])[chosen], scores[chosen], len(set(where[chosen]))
                    )

    @staticmethod
    def _estimate(indicator: dict[str, str], weights: np.ndarray, scores: np.ndarray, areas: int) -> dict[str, Any]:
        n, total, factor = len(weights), weights.sum(), float(indicator["factor"])
        figures: dict[str, Any] = dict.fromkeys(
            ("value", "lower", "upper", "interval_method", "numerator", "denominator", "effective_n", "symbol",
             "reference_on", "expected_member_count", "areas_effective", "counted_lower", "counted_upper",
             "process_lower", "process_upper")
        )  # fmt: skip
        figures |= {"n": n, "is_full_count": False, "coverage_pct": 100.0, "status": "final", "member_count": areas}
        if n < MINIMUM_ANSWERS:
            return figures | {"status": "suppressed"}
        mean = weights @ scores / total
        variance = n / (n - 1) * np.sum((weights * (scores - mean)) ** 2) / total**2
        kish = total**2 / np.sum(weights**2)
        if indicator["scale"] == "share":
            effective = min(kish, mean * (1 - mean) / variance) if variance > 0 else kish
            lower, upper = wilson(mean, effective)
            method = "wilson_effective_n"
        else:
            effective, method = kish, "linearised"
            lower, upper = mean - Z * variance**0.5, mean + Z * variance**0.5
        return figures | {
            "value": factor * mean, "lower": factor * lower, "upper": factor * upper, "interval_method": method,
            "numerator": weights @ scores, "denominator": total, "effective_n": effective,
        }  # fmt: skip
