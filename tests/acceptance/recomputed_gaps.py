"""A second computation of gaps, families, dispersion and decomposition, on the second computation of the values.

Written from STATISTICS (C9 to C18, sections 5 and 6) and the papers the marts name. Other ways than the models'
wherever there is one: Das Gupta's effects as mean over the orders in which factors move, Pitman and Morgan as the
correlation of sum and difference, beta by scipy's regression, Holm's steps from the normal quantile.
"""

import itertools
import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from recomputed_values import STATUSES, Recomputed, Z, rnd
from scipy import optimize, stats

POWER = 2.801585218
RELATIVE_MARGIN = 0.05
RELATIVE_SCALES = ("share", "ratio", "count")
Number = float | None


def minus(one: Number, other: Number) -> Number:
    return None if one is None or other is None else one - other


def verdict_of(lower: Number, upper: Number, margin: Number) -> str:
    if lower is None or upper is None or margin is None:
        return "undecidable"
    if upper < -margin:
        return "narrowed"
    if lower > margin:
        return "widened"
    return "unchanged" if lower >= -margin and upper <= margin else "undecidable"


@dataclass(frozen=True)
class Gap:
    """A gap with the distances of its limits; `remainder` is what is left of the gap to an independent area."""

    gap: Number
    below: Number
    above: Number
    remainder: Number


def whole_of(indicator: dict[str, str]) -> float:
    """The value of a share of which nothing is left out."""
    return {"pct": 100.0, "per_1000": 1000.0}.get(indicator["unit"], float(indicator["factor"]))


def log_scaled(indicator: dict[str, str], value: Number) -> Number:
    """Log odds of a share, logarithm of a ratio or count, None where there is none."""
    if value is None or indicator["scale"] not in RELATIVE_SCALES or value <= 0:
        return None
    rest = whole_of(indicator) - value if indicator["scale"] == "share" else 1.0
    return math.log(value) - math.log(rest) if rest > 0 else None


class Gaps:
    """Rows of the gap marts by their keys, printed digits and all."""

    def __init__(self, recomputed: Recomputed) -> None:
        self.values = recomputed.values
        self.source = recomputed
        self.declared = recomputed.declared
        self.indicators = {
            one["indicator_id"]: one
            for one in self.declared.indicators
            if one["kind"] != "level" and one["base_level"] == "unterbezirk"
        }
        self.periods: dict[str, list[int]] = {
            name: sorted({period for other, _, period in self.values if other == name}) for name in self.indicators
        }
        sets = [key for key in recomputed.memberships["unterbezirk"] if key[0] is None]
        self.programmes = [variant for _, variant, role in sets if role == "programme"]
        self.comparisons = [variant for _, variant, role in sets if role == "comparison"]

    def single_baseline(self, indicator: dict[str, str]) -> int | None:
        first, last, _ = self.declared.baselines[indicator["baseline_id"]]
        return first if first == last else None

    # --- gaps of single periods ---

    def sides(self, name: str, variant: str, comparator: str, period: int) -> tuple[Any, Any, Any]:
        """Programme area, what it is compared with, and the area it is independent of."""

        def of(set_variant: str, role: str) -> Any:
            return self.values.get((name, (None, set_variant, role), period))

        shown = of(comparator, "comparison") if comparator in self.comparisons else of(variant, comparator)
        opposite = of(variant, "rest") if comparator == "city" else shown
        return of(variant, "programme"), shown, opposite

    def deciding_reading(self, indicator: dict[str, str]) -> str:
        if indicator["kind"] == "survey":
            return "sample"
        return indicator["interval_basis"] if self.source._process(indicator) else "counted"

    def gap(
        self, name: str, variant: str, comparator: str, period: int, relative: bool, reading: str | None = None
    ) -> Gap | None:
        programme, shown, opposite = self.sides(name, variant, comparator, period)
        if programme is None or shown is None or opposite is None:
            return None
        indicator = self.indicators[name]
        prefix = f"{reading}_" if reading else ""

        def scaled(value: Number) -> Number:
            return log_scaled(indicator, value) if relative else value

        remainder: Number = 1.0
        if comparator == "city":
            own, all_of_it = programme["denominator"], shown["denominator"]
            remainder = None if own is None or not all_of_it else 1 - own / all_of_it

        def distance(programme_limit: str, opposite_limit: str) -> Number:
            steps = [
                minus(scaled(programme["value"]), scaled(programme[prefix + programme_limit])),
                minus(scaled(opposite["value"]), scaled(opposite[prefix + opposite_limit])),
            ]
            if None in steps or remainder is None or (relative and comparator == "city"):
                return None
            return math.hypot(*steps) if relative else remainder * math.hypot(*steps)

        return Gap(
            minus(scaled(programme["value"]), scaled(shown["value"])),
            distance("lower", "upper"),
            distance("upper", "lower"),
            remainder,
        )

    @staticmethod
    def _mean(gaps: list[Gap | None]) -> Gap | None:
        """Gap of a baseline, where every period of it has one."""
        if any(one is None or one.gap is None for one in gaps):
            return None
        count = len(gaps)

        def joined(parts: list[Number]) -> Number:
            return None if None in parts else math.sqrt(sum(part**2 for part in parts)) / count

        return Gap(
            sum(one.gap for one in gaps) / count,
            joined([one.below for one in gaps]),
            joined([one.above for one in gaps]),
            gaps[0].remainder if len({one.remainder for one in gaps}) == 1 else None,
        )

    # --- change since a baseline ---

    def _changed(
        self, indicator: dict[str, str], now: Gap, before: Gap | None, rest: Gap | None, relative: bool, open_: bool
    ) -> dict[str, Any]:
        """Change with limits and margin as printed; `open_`: later than the baseline and no blocking break."""
        minimum = float(indicator["margin_minimum"])
        if relative:
            rest_margin = RELATIVE_MARGIN
        else:
            share = float(indicator["margin_pct_of_baseline_gap"]) / 100
            rest_margin = max(minimum, share * abs(rest.gap)) if rest else minimum
        found: dict[str, Any] = dict.fromkeys(
            (
                "change",
                "lower",
                "upper",
                "half",
                "worse",
                "worse_lower",
                "worse_upper",
                "size",
                "size_lower",
                "size_upper",
            )
        )
        found["margin"] = None if now.remainder is None else rnd(now.remainder * rest_margin)
        found["baseline"] = before.gap if before else None
        found |= dict.fromkeys(("worse_below", "worse_above"))
        if not open_ or before is None or now.gap is None:
            return found
        change = now.gap - before.gap
        known = None not in (now.below, now.above, before.below, before.above)
        down = math.hypot(now.below, before.above) if known else None
        up = math.hypot(now.above, before.below) if known else None
        found |= {"change": change, "size": rnd(abs(now.gap) - abs(before.gap))}
        if known:
            found |= {"lower": rnd(change - down), "upper": rnd(change + up), "half": (down + up) / 2}
            found |= {"worse_below": down, "worse_above": up}
            if now.gap * before.gap < 0:
                inner = outer = max(down, up)
            else:
                inner, outer = (up, down) if before.gap < 0 else (down, up)
            size = abs(now.gap) - abs(before.gap)
            found |= {"size_lower": rnd(size - inner), "size_upper": rnd(size + outer)}
        polarity = indicator["polarity"]
        if polarity == "lower_is_better":
            found |= {"worse": rnd(change), "worse_lower": found["lower"], "worse_upper": found["upper"]}
        elif polarity == "higher_is_better":
            found |= {"worse_below": found.get("worse_above"), "worse_above": found.get("worse_below")}
            found |= {
                "worse": rnd(-change),
                "worse_lower": None if found["upper"] is None else rnd(-change - up),
                "worse_upper": None if found["lower"] is None else rnd(-change + down),
            }
        return found

    @cached_property
    def development(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        """fct_development_gap by (indicator, variant, comparator, baseline, period)."""
        rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        for name, variant in itertools.product(self.indicators, self.programmes):
            for comparator in ["rest", "city", *self.comparisons]:
                rows |= self._series(name, variant, comparator)
        self._judge_stability(rows)
        self._judge_families(rows)
        return rows

    def _series(self, name: str, variant: str, comparator: str) -> dict[tuple[Any, ...], dict[str, Any]]:
        indicator, declared = self.indicators[name], self.declared
        periods = self.periods[name]
        own, log, rest = (
            {period: self.gap(name, variant, other, period, relative) for period in periods}
            for other, relative in [(comparator, False), (comparator, True), ("rest", False)]
        )
        readings = {
            (reading, relative): {p: self.gap(name, variant, comparator, p, relative, reading) for p in periods}
            for reading in ("counted", "process")
            for relative in (False, True)
        }
        seen = [period for period in periods if own[period] is not None and own[period].gap is not None]
        blocking = declared.breaks_of(indicator, "blocking")
        shocks = declared.breaks_of(indicator, "shock")
        starts = declared.settings["starts_on"].year
        early = [(period, own[period].gap) for period in seen if period < starts]
        trend = stats.linregress(*zip(*early, strict=True)).slope if len(early) > 1 else None
        rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        for baseline_id, (first, last, for_all) in declared.baselines.items():
            is_deciding = baseline_id == indicator["baseline_id"]
            if not (for_all or is_deciding):
                continue
            span = range(first, last + 1)
            base, log_base, rest_base = (self._mean([one.get(y) for y in span]) for one in (own, log, rest))
            if base is None and not is_deciding:
                continue
            for period in periods:
                if own[period] is None:
                    continue
                later = period > last
                blocked = any(first < one <= period for one in blocking)
                now = self._changed(indicator, own[period], base, rest_base, False, later and not blocked)
                has_word = comparator != "city" or (
                    base is not None
                    and None not in (base.remainder, own[period].remainder)
                    and abs(base.remainder - own[period].remainder) < 1e-9
                )
                in_logs = self._changed(indicator, log[period], log_base, None, True, later and not blocked)
                rows[name, variant, comparator, baseline_id, period] = self._row(
                    indicator, variant, comparator, period, own[period], log[period], base, now, in_logs, later, blocked
                ) | {
                    **self._by_reading(indicator, readings, rest_base, span, period, later, blocked),
                    "pre_period_trend_per_year": rnd(trend),
                    "is_deciding_baseline": is_deciding,
                    "is_default_variant": variant == declared.settings["default_variant"],
                }
                row = rows[name, variant, comparator, baseline_id, period]
                row["verdict_comparator"] = comparator if has_word else "rest"
                if not has_word and now["change"] is not None:
                    row |= dict.fromkeys(column for column in row if column.startswith("verdict_as"))
                    row |= dict.fromkeys(("verdict", "distance_verdict", "is_not_widened"))
                    if row["undecidable_reason"] == "interval_spans_margin":
                        row["undecidable_reason"] = None
                if comparator == "city" and in_logs["change"] is not None:
                    row |= dict.fromkeys(column for column in row if column.startswith("relative_verdict"))
                    row["relative_tipping_margin"] = None
                    if row["relative_undecidable_reason"] in ("interval_spans_margin", "no_logarithm"):
                        row["relative_undecidable_reason"] = None
                    if not has_word:
                        row["has_differing_readings"] = None
                before = [one for one in seen if one < period] if own[period].gap is not None else []
                row["previous_period"] = before[-1] if before else None
                row["change_since_previous"] = (
                    rnd(own[period].gap - own[before[-1]].gap)
                    if before and not any(before[-1] < one <= period for one in blocking)
                    else None
                )
                shock = shocks[0] if shocks and period >= shocks[0] else None
                row["shock_period"] = shock
                earlier = rows.get((name, variant, comparator, baseline_id, (shock or 0) - 1))
                row["change_before_shock"] = earlier["change_since_baseline"] if earlier else None
                row["_reweighted"] = None
                row["change_at_later_weights"] = None
                if is_deciding and now["worse"] is not None:
                    self._reweigh(row, indicator, variant, comparator, period, own[period].gap, now)
        return rows

    def _by_reading(
        self, indicator: dict[str, str], readings: dict[tuple[str, bool], dict[int, Gap | None]], rest: Gap | None,
        span: range, period: int, later: bool, blocked: bool,
    ) -> dict[str, Any]:  # fmt: skip
        """What the other columns say by each reading, where there is one."""
        found: dict[str, Any] = {"deciding_reading": self.deciding_reading(indicator), "process_half_width": None}
        for reading in ("counted", "process"):
            columns = dict.fromkeys(("change_lower", "change_upper", "verdict", "relative_verdict"))
            is_read = indicator["kind"] != "survey" and (reading == "counted" or self.source._process(indicator))
            for relative in (False, True) if is_read else ():
                gaps = readings[reading, relative]
                base = self._mean([gaps.get(year) for year in span])
                now = self._changed(indicator, gaps[period], base, rest, relative, later and not blocked)
                said = verdict_of(now["worse_lower"], now["worse_upper"], now["margin"])
                has_verdict = later and indicator["polarity"] != "neutral"
                if not relative:
                    columns |= {"change_lower": now["lower"], "change_upper": now["upper"]}
                    columns["verdict"] = said if has_verdict else None
                    if reading == "process":
                        found["process_half_width"] = rnd(now["half"])
                elif indicator["scale"] in RELATIVE_SCALES:
                    columns["relative_verdict"] = said if has_verdict else None
            found |= {f"{column}_as_{reading}": cell for column, cell in columns.items()}
        pairs = [
            (found[f"{column}_as_counted"], found[f"{column}_as_process"]) for column in ("verdict", "relative_verdict")
        ]
        differ = [None if None in pair else pair[0] != pair[1] for pair in pairs]
        found["has_differing_readings"] = True if True in differ else differ[0]
        return found

    def _row(
        self, indicator: dict[str, str], variant: str, comparator: str, period: int, own: Gap, log: Gap,
        base: Gap | None, now: dict[str, Any], in_logs: dict[str, Any], later: bool, blocked: bool,
    ) -> dict[str, Any]:  # fmt: skip
        programme, shown, _ = self.sides(indicator["indicator_id"], variant, comparator, period)
        scale, unit = indicator["scale"], indicator["unit"]
        is_relative = scale in RELATIVE_SCALES
        has_sign = indicator["polarity"] != "neutral"
        half = now["half"]
        base_gap = base.gap if base else None
        reason = None
        if later:
            decided = None not in (now["worse_lower"], now["worse_upper"], now["margin"]) and (
                verdict_of(now["worse_lower"], now["worse_upper"], now["margin"]) != "undecidable"
            )
            if blocked:
                reason = "blocking_break"
            elif "suppressed" in (programme["status"], shown["status"]):
                reason = "small_n"
            elif own.gap is None:
                reason = "incomplete"
            elif base is None:
                reason = "missing_baseline"
            elif None in (own.below, base.below):
                reason = "withheld"
            elif not decided:
                reason = "interval_spans_margin"
        is_gap_certain = (
            base is not None
            and None not in (base.below, base.above)
            and (base.gap - base.below > 5e-7 or base.gap + base.above < -5e-7)
        )
        ranks = [
            STATUSES.index(side["status"]) if side["status"] in STATUSES else len(STATUSES)
            for side in (programme, shown)
        ]
        return {
            "programme_value": rnd(programme["value"]),
            "comparator_value": rnd(shown["value"]),
            "value_unit": unit,
            "gap_absolute": rnd(own.gap),
            "gap_lower": rnd(minus(own.gap, own.below)),
            "gap_upper": None if own.gap is None or own.above is None else rnd(own.gap + own.above),
            "gap_unit": "pp" if unit == "pct" else unit,
            "gap_relative": (
                rnd(programme["value"] / shown["value"])
                if is_relative and programme["value"] is not None and shown["value"]
                else None
            ),
            "log_measure": {"share": "log_odds_ratio", "ratio": "log_ratio", "count": "log_ratio"}.get(scale),
            "gap_log": rnd(log.gap),
            "baseline_gap": rnd(base_gap),
            "is_gap_reversed": None if base_gap is None or own.gap is None else base_gap * own.gap < 0,
            "closed_share": (rnd(-now["change"] / base_gap) if now["change"] is not None and is_gap_certain else None),
            "change_since_baseline": rnd(now["change"]),
            "change_lower": now["lower"],
            "change_upper": now["upper"],
            "log_change_since_baseline": rnd(in_logs["change"]),
            "difference_in_differences": rnd(now["change"]),
            "distance_change": now["size"],
            "disadvantage_change": now["worse"],
            "disadvantage_change_lower": now["worse_lower"],
            "disadvantage_change_upper": now["worse_upper"],
            "critical_difference": rnd(half),
            "smallest_detectable_change": None if half is None else rnd(half * POWER / Z),
            "margin": now["margin"],
            "verdict": (
                verdict_of(now["worse_lower"], now["worse_upper"], now["margin"]) if later and has_sign else None
            ),
            "distance_verdict": verdict_of(now["size_lower"], now["size_upper"], now["margin"]) if later else None,
            "relative_verdict": (
                verdict_of(in_logs["worse_lower"], in_logs["worse_upper"], in_logs["margin"])
                if later and has_sign and is_relative
                else None
            ),
            "undecidable_reason": reason,
            "relative_undecidable_reason": self._relative_reason(log, in_logs, later, reason) if is_relative else None,
            "is_not_widened": None if now["worse_upper"] is None else now["worse_upper"] <= now["margin"],
            "is_sign_certain": None if now["lower"] is None else now["lower"] > 0 or now["upper"] < 0,
            "tipping_margin": now["worse_upper"],
            "relative_tipping_margin": in_logs["worse_upper"],
            "programme_n": programme["n"],
            "comparator_n": shown["n"],
            "is_full_count": programme["is_full_count"],
            "coverage_pct": rnd(min(programme["coverage_pct"], shown["coverage_pct"]), 4),
            "status": [*STATUSES, "incomplete"][max(ranks)],
        }

    @staticmethod
    def _relative_reason(log: Gap, in_logs: dict[str, Any], later: bool, reason: str | None) -> str | None:
        """What takes a change its absolute verdict takes the relative one too; else logarithms or their limits."""
        if not later or reason in ("blocking_break", "small_n", "incomplete"):
            return reason
        if log.gap is None:
            return "no_logarithm"
        if in_logs["baseline"] is None:
            return "missing_baseline"
        limits = (in_logs["worse_lower"], in_logs["worse_upper"], in_logs["margin"])
        if in_logs["half"] is None:
            return "withheld" if reason == "withheld" else "no_logarithm"
        return "interval_spans_margin" if verdict_of(*limits) == "undecidable" else None

    def _reweigh(
        self, row: dict[str, Any], indicator: dict[str, str], variant: str, comparator: str, period: int,
        gap: float, now: dict[str, Any],
    ) -> None:  # fmt: skip
        """The change had the weights of the later period held in both; its limits lie as far off as the change's."""
        other = (comparator, "comparison") if comparator in self.comparisons else (variant, comparator)
        parts = [
            self.decomposed.get((indicator["indicator_id"], *one, period)) for one in ((variant, "programme"), other)
        ]
        if None in parts:
            return
        change = gap - (parts[0]["baseline_at_later_weights"] - parts[1]["baseline_at_later_weights"])
        row["change_at_later_weights"] = rnd(change)
        signed = change if indicator["polarity"] == "lower_is_better" else -change
        if row["verdict_comparator"] == comparator:
            is_known = None not in (now["worse_below"], now["worse_above"])
            row["_reweighted"] = (
                verdict_of(rnd(signed - now["worse_below"]), rnd(signed + now["worse_above"]), now["margin"])
                if is_known
                else "undecidable"
            )

    def _judge_stability(self, rows: dict[tuple[Any, ...], dict[str, Any]]) -> None:
        said: dict[tuple[Any, ...], set[str]] = defaultdict(set)
        together = {
            variant: "all" if purpose == "programme" else variant for variant, purpose in self.declared.variants.items()
        }
        for (name, variant, comparator, _, period), row in rows.items():
            said[name, together[variant], comparator, period] |= {row["verdict"], row["_reweighted"]} - {None}
        for (name, variant, comparator, baseline, period), row in rows.items():
            verdicts = said[name, together[variant], comparator, period]
            later = period > self.declared.baselines[baseline][1]
            has_word = row["verdict_comparator"] == comparator
            row["is_verdict_stable"] = len(verdicts) == 1 if later and verdicts and has_word else None

    def _judge_families(self, rows: dict[tuple[Any, ...], dict[str, Any]]) -> None:
        families: dict[tuple[Any, ...], list[tuple[float, str]]] = defaultdict(list)
        for (name, *family, period), row in rows.items():
            row["is_widened_adjusted"] = None
            has_word = row["verdict_comparator"] == family[1]
            if has_word and self.indicators[name]["is_headline"] == "true" and row["verdict"] is not None:
                z = -math.inf
                if row["disadvantage_change_lower"] is not None:
                    error = (row["disadvantage_change"] - row["disadvantage_change_lower"]) / Z
                    beyond = row["disadvantage_change"] - row["margin"]
                    z = beyond / error if error else math.copysign(1e9, beyond)
                families[*family, period].append((z, name))
        for (*family, period), tested in families.items():
            still = True
            for left, (z, name) in zip(
                range(len(tested), 0, -1), sorted(tested, key=lambda one: (-one[0], one[1])), strict=True
            ):
                still = still and bool(z > stats.norm.isf(0.025 / left))
                rows[name, *family, period]["is_widened_adjusted"] = None if z == -math.inf else still

    @cached_property
    def families(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        """fct_gap_family by (variant, comparator, baseline, period)."""
        members: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
        for (name, *family), row in self.development.items():
            if self.indicators[name]["is_headline"] == "true" and row["verdict"] is not None:
                members[tuple(family)].append(row)
        return {
            family: {
                "headline_count": len(one),
                "tested_count": (tested := sum(row["disadvantage_change"] is not None for row in one)),
                **{
                    f"{word}_count": sum(row["verdict"] == word for row in one)
                    for word in ("narrowed", "unchanged", "widened", "undecidable")
                },
                "widened_adjusted_count": sum(row["is_widened_adjusted"] is True for row in one),
                "widened_expected_by_chance": rnd(0.025 * tested),
            }
            for family, one in members.items()
        }

    # --- decomposition ---

    @cached_property
    def decomposed(self) -> dict[tuple[Any, ...], dict[str, float]]:
        """Effects of share, age and rate, and the baseline at later weights, by (indicator, variant, role, period)."""
        found: dict[tuple[Any, ...], dict[str, float]] = {}
        sets = [(key[1:], w) for key, w in self.source.memberships["unterbezirk"].items() if key[0] is None]
        for name, indicator in self.indicators.items():
            base = self.single_baseline(indicator)
            if base is None or indicator["kind"] != "ratio":
                continue
            upper, lower = self._strata(indicator)
            for period in self.periods[name]:
                if period > base and base in upper and period in upper:
                    for target, weights in sets:
                        effects = self._effects(
                            weights, upper[base], lower[base], upper[period], lower[period], float(indicator["factor"])
                        )
                        if effects:
                            found[name, *target, period] = effects
        return found

    def _strata(self, indicator: dict[str, str]) -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
        """Numerators and denominators by period: an array of base areas by age groups, nan where not known."""
        declared = [one for one in self.declared.strata if one["indicator_id"] == indicator["indicator_id"]]
        groups = [
            indicator
            | {
                "numerator_measure_id": one["numerator_measure_id"],
                "subtracted_measure_id": one["subtracted_numerator_measure_id"],
                "denominator_measure_id": one["denominator_measure_id"],
            }
            for one in declared
        ] or [indicator]
        place = {area: row for row, area in enumerate(self.source.base_areas("unterbezirk"))}
        upper: dict[int, np.ndarray] = defaultdict(lambda: np.full((len(place), len(groups)), np.nan))
        lower: dict[int, np.ndarray] = defaultdict(lambda: np.full((len(place), len(groups)), np.nan))
        for column, group in enumerate(groups):
            for (area, period), cells in self.source.parts(group).items():
                if all(cell is not None and cell.value is not None for cell in cells):
                    upper[period][place[area], column] = cells[0].value - cells[1].value
                    lower[period][place[area], column] = cells[2].value
        return dict(upper), dict(lower)

    @staticmethod
    def _effects(
        weights: np.ndarray, n0: np.ndarray, d0: np.ndarray, n1: np.ndarray, d1: np.ndarray, factor: float
    ) -> dict[str, float]:
        known = ~np.isnan(n0 + d0 + n1 + d1) & (weights > 0)[:, None]
        if not known.any():
            return {}
        d0, d1 = np.where(known, d0, 0), np.where(known, d1, 0)
        n0, n1 = np.where(known, n0, 0), np.where(known, n1, 0)

        def divide(one: np.ndarray, other: np.ndarray) -> np.ndarray:
            return np.divide(one, other, out=np.full(np.broadcast(one, other).shape, np.nan), where=other != 0)

        def stand_in(one: np.ndarray, other: np.ndarray) -> np.ndarray:
            return np.nan_to_num(np.where(np.isnan(one), other, one))

        areas = [d.sum(axis=1, keepdims=True) for d in (d0, d1)]
        ages = [divide(d0, areas[0]), divide(d1, areas[1])]
        rates = [divide(n0, d0), divide(n1, d1)]
        factors = {
            "share": [weights[:, None] * area / (weights @ area[:, 0]) for area in areas],
            "age": [stand_in(ages[0], ages[1]), stand_in(ages[1], ages[0])],
            "rate": [stand_in(rates[0], rates[1]), stand_in(rates[1], rates[0])],
        }
        corner = {
            moved: factor * sum(s * a * r for s, a, r in [_at(factors, moved)])[known].sum()
            for moved in itertools.product((0, 1), repeat=3)
        }
        effects = dict.fromkeys(factors, 0.0)
        orders = list(itertools.permutations(range(3)))
        for order in orders:
            state = [0, 0, 0]
            for position in order:
                before = corner[tuple(state)]
                state[position] = 1
                effects[list(factors)[position]] += (corner[tuple(state)] - before) / len(orders)
        return effects | {"baseline_at_later_weights": corner[1, 0, 0], "groups": float(known.any(axis=0).sum())}

    @cached_property
    def decomposition(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        """fct_change_decomposition by (indicator, variant, role, baseline period, period, component)."""
        rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        for (name, variant, role, period), parts in self.decomposed.items():
            base = self.single_baseline(self.indicators[name])
            now, before = (self.values.get((name, (None, variant, role), one)) for one in (period, base))
            if now is None or before is None or now["value"] is None or before["value"] is None:
                continue
            change = now["value"] - before["value"]
            effects = {"within": parts["rate"], "mix": parts["share"]}
            if parts["groups"] > 1:
                effects["age"] = parts["age"]
            effects["not_observed"] = change - parts["rate"] - parts["share"] - parts["age"]
            for component, effect in effects.items():
                rows[name, variant, role, base, period, component] = {"effect": effect, "change": change}
        return rows

    # --- dispersion and convergence ---

    @cached_property
    def harmonisation(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        """fct_harmonisation by (indicator, level, variant, period)."""
        rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        levels: dict[tuple[str, str, int], dict[str, dict[str, Any]]] = defaultdict(dict)
        for (name, target, period), figures in self.values.items():
            if name in self.indicators and target[0] and figures["is_full_count"]:
                level = self.declared.level(target[0])
                if self.declared.level_rank[level] > 0:
                    levels[name, level, period][target[0]] = figures
        shown = {
            key: {area: one for area, one in areas.items() if one["value"] is not None}
            for key, areas in levels.items()
            if len(areas) >= 3
        }
        shown = {key: areas for key, areas in shown.items() if sum(one["denominator"] for one in areas.values()) > 0}
        for (name, level, period), areas in shown.items():
            values = np.array([one["value"] for one in areas.values()])
            weights = np.array([one["denominator"] for one in areas.values()])
            weights = weights / weights.sum()
            mean = float(weights @ values)
            variance = float(weights @ (values - mean) ** 2)
            is_scale = self.indicators[name]["scale"] in RELATIVE_SCALES
            is_relative = bool(is_scale and values.min() >= 0 and mean > 0)
            theil = _theil(weights, values) if is_relative else None
            above = values > 0
            logs = [log_scaled(self.indicators[name], value) for value in values]
            kept = np.array([one is not None for one in logs])
            held = np.array([one for one in logs if one is not None])
            log_spread = None
            if is_scale and kept.any():
                centre = np.average(held, weights=weights[kept])
                log_spread = float(np.average((held - centre) ** 2, weights=weights[kept]) ** 0.5)
            dispersion = {
                "area_count": len(levels[name, level, period]),
                "n": len(values),
                "zero_count": int((values == 0).sum()),
                "weighted_mean": mean,
                "coefficient_of_variation": variance**0.5 / mean if is_relative else None,
                "theil": theil,
                "log_measure": _LOG_MEASURE.get(self.indicators[name]["scale"]),
                "log_dispersion": log_spread,
                "log_left_out_count": int((~kept).sum()) if is_scale else None,
                "mean_log_deviation": (float(weights[above] @ np.log(mean / values[above])) if is_relative else None),
            }
            converged = self._converged(name, level, period, shown) if is_scale else _NOT_CONVERGED
            for variant in self.programmes:
                if self.declared.variants[variant] != "programme":
                    continue
                parts = dict.fromkeys(
                    ("theil_between", "theil_within", "theil_between_share", "variance_between_share")
                )
                if level == "unterbezirk" and is_scale:
                    inside = self.source.memberships["unterbezirk"][None, variant, "programme"]
                    place = {area: row for row, area in enumerate(self.source.base_areas("unterbezirk"))}
                    member = np.array([inside[place[area]] for area in areas])
                    between = within = spread = 0.0
                    for part in (weights * member, weights * (1 - member)):
                        share = part.sum()
                        own = float(part @ values) / share
                        spread += share * (own - mean) ** 2
                        if own > 0 and mean > 0:
                            between += share * own / mean * math.log(own / mean)
                            within += share * own / mean * _theil(part / share, values)
                    parts["variance_between_share"] = spread / variance if variance else None
                    if is_relative:
                        parts |= {"theil_between": between, "theil_within": within}
                        parts["theil_between_share"] = between / theil if theil > 1e-9 else None
                rows[name, level, variant, period] = dispersion | parts | converged
        return rows

    def _areas(self, name: str, level: str, period: int | None) -> list[tuple[Any, dict[str, Any]]]:
        """Figures of the areas of a level, shown or not."""
        return [
            (target[0], figures)
            for (other, target, year), figures in self.values.items()
            if other == name and year == period and target[0] and self.declared.level(target[0]) == level
        ]

    def _converged(
        self, name: str, level: str, period: int, shown: dict[tuple[str, str, int], dict[str, dict[str, Any]]]
    ) -> dict[str, Any]:
        indicator = self.indicators[name]
        base = self.single_baseline(indicator)
        early, later = shown.get((name, level, base), {}), shown[name, level, period]
        blocked = any(base < one <= period for one in self.declared.breaks_of(indicator, "blocking"))
        both = {
            area: tuple(log_scaled(indicator, one[area]["value"]) for one in (early, later))
            for area in later
            if area in early
        }
        pairs = {area: pair for area, pair in both.items() if None not in pair}
        if period <= base or blocked or not pairs:
            return _NOT_CONVERGED
        distinct = set(pairs.values())
        withheld = any(
            figures["value"] is None and figures["denominator"] != 0
            for year in (base, period)
            for target, figures in self._areas(name, level, year)
        )
        logs = np.array(list(pairs.values()))
        n, df = len(pairs), len(pairs) - 2
        x, y = logs[:, 0], logs[:, 1]
        line = stats.linregress(x, y - x)
        residuals = y - x - line.intercept - line.slope * x
        refused = next(
            (
                reason
                for reason, applies in [
                    ("too_few_areas", n < 4),
                    ("withheld_values", withheld),
                    ("no_variation", np.var(x) <= 1e-16),
                    ("copied_values", len(distinct) < n),
                    ("exactly_linear", np.mean(residuals**2) <= 1e-16),
                ]
                if applies
            ),
            None,
        )
        allowed = refused is None
        r = stats.pearsonr(x + y, x - y).statistic
        t = r * math.sqrt(df) / math.sqrt(1 - r**2) if allowed else None
        critical = float(stats.t.ppf(0.975, df))
        speed = -math.log(1 + line.slope) / (period - base) if -1 < line.slope < 0 else None
        ratio = float(np.std(y) / np.std(x))
        ends = (
            {end: _spread_at(x, y, ratio, t) for end, t in (("lower", -critical), ("upper", critical))}
            if allowed
            else {}
        )
        return {
            "baseline_period": base,
            "pair_count": n,
            "distinct_pair_count": len(distinct),
            "is_inference_allowed": allowed,
            "inference_refused_reason": refused,
            "sigma_baseline": float(np.std(x, ddof=1)),
            "sigma": float(np.std(y, ddof=1)),
            "sigma_change_pct": 100 * (ratio - 1) if allowed else None,
            "sigma_change_lower_pct": ends.get("lower"),
            "sigma_change_upper_pct": ends.get("upper"),
            "variance_ratio": float(np.var(x) / np.var(y)),
            "correlation": float(np.corrcoef(x, y)[0, 1]),
            "pitman_morgan_t": t,
            "degrees_of_freedom": df,
            "critical_t": critical,
            "sigma_verdict": (
                "converged" if t and t > critical else "diverged" if t and t < -critical else "undecidable"
            ),
            "beta_total": float(line.slope),
            "beta_standard_error": float(line.stderr) if allowed else None,
            "beta_t": float(line.slope / line.stderr) if allowed else None,
            "convergence_speed_per_year": speed,
            "half_life_years": math.log(2) / speed if speed else None,
        }


_LOG_MEASURE = {"share": "log_odds", "ratio": "log", "count": "log"}
_NOT_CONVERGED: dict[str, Any] = dict.fromkeys(
    ("baseline_period", "pair_count", "distinct_pair_count", "is_inference_allowed", "inference_refused_reason",
     "sigma_baseline", "sigma", "sigma_change_pct", "sigma_change_lower_pct", "sigma_change_upper_pct", "variance_ratio", "correlation", "pitman_morgan_t", "degrees_of_freedom", "critical_t",
     "sigma_verdict", "beta_total", "beta_standard_error", "beta_t", "convergence_speed_per_year", "half_life_years")
)  # fmt: skip


def _spread_at(x: np.ndarray, y: np.ndarray, ratio: float, critical: float) -> float:
    """Per cent by which the later spread may differ until the test of Pitman and Morgan on figures so rescaled is critical."""

    (own, shared), (_, later) = np.cov(x, y)

    def beyond(scale: float) -> float:  # the correlation of x + y / scale and x - y / scale
        r = (own - later / scale**2) / math.sqrt((own + later / scale**2) ** 2 - 4 * (shared / scale) ** 2)
        return float(r * math.sqrt(len(x) - 2) / math.sqrt(1 - r**2)) - critical

    return 100 * (float(optimize.brentq(beyond, ratio / 50, ratio * 50, xtol=1e-13)) - 1)


def _at(factors: dict[str, list[np.ndarray]], moved: tuple[int, ...]) -> list[np.ndarray]:
    return [states[one] for states, one in zip(factors.values(), moved, strict=True)]


def _theil(weights: np.ndarray, values: np.ndarray) -> float:
    """Theil's T of values with weights that sum to one; a zero adds nothing."""
    ratio = values / float(weights @ values)
    above = ratio > 0
    return float(weights[above] @ (ratio[above] * np.log(ratio[above])))
