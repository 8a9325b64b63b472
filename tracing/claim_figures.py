"""The figures that decide about a public sentence, by what it is measured in, from the published marts they stand in.

One `Measured` a day of the window or variant of the programme area. What the rule makes of them stands in claim_rules.py.
"""

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tracing.areas import period_end
from tracing.claim_register import CLASS_NUMBERS, Claim
from tracing.declared import settings
from tracing.limits import Number, joined, minus, printed
from tracing.rows import Row, Rows
from tracing.values import LEAST_ANSWERS, LEAST_COVERAGE_PCT, breaks_of

LEAST_PANEL_PCT = 50


@dataclass(frozen=True)
class Asked:
    """For which time a claim is judged: the evaluation, its period, and the days."""

    evaluation: str
    period: str | None
    from_on: dt.date | None
    to_on: dt.date | None


@dataclass(frozen=True)
class Measured:
    """What was measured for a claim on one day, of one variant."""

    variant_id: str | None = None
    on: dt.date | None = None
    estimate: Number = None
    lower: Number = None
    upper: Number = None
    level: Number = None
    base: Number = None
    denominator: int | None = None
    n: int | None = None
    is_full_count: bool | None = None
    margin: Number = None
    rest: tuple[Number, Number, Number] = (None, None, None)
    process_half_width: Number = None
    panel: tuple[Any, ...] = (None, None, None, None)
    unit: str | None = None
    unusable: str | None = None


def measured(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    """Everything measured for a claim at the time asked for."""
    family: Callable[[Rows, Claim, Asked], list[Measured]] = _FAMILIES[str(claim.kind)]
    return family(rows, claim, asked)


def _days(asked: Asked, changes: set[dt.date]) -> list[dt.date | None]:
    """The first day of the window and every day on which something changed since."""
    if asked.from_on is None or asked.to_on is None:
        return [asked.from_on]
    return [asked.from_on, *sorted(day for day in changes if asked.from_on < day <= asked.to_on)]


def _projects(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    history, adopted = rows.find("fct_project_status"), rows.find("dim_project")
    changes = {row["valid_from"] for row in history} | {row["adopted_on"] for row in adopted if row["adopted_on"]}
    found = []
    for day in _days(asked, changes):
        there = [
            row for row in history
            if day and row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] >= day)
        ]  # fmt: skip
        known = [row for row in adopted if day and row["adopted_on"] and row["adopted_on"] <= day]
        stock = sum(bool(row["is_in_stock"]) for row in there) if there else None
        if claim.of == "ever_adopted":
            count = len(known) or None
            rows.note("dim_project", known)
        else:
            count = sum(_is_counted(str(claim.of), row) for row in there) if there else None
            rows.note("fct_project_status", [row for row in there if row["is_in_stock"] or _is_counted(str(claim.of), row)])
        is_share = claim.type == "share"
        estimate = None if count is None else float(count)
        if is_share:
            estimate = printed(100 * count / stock) if stock and count is not None else None
        found.append(
            Measured(
                None, day, estimate, estimate, estimate, estimate, None, stock if is_share else None,
                stock if is_share else count, True, unit="pct" if is_share else "projects",
                unusable="no_data" if estimate is None else None,
            )
        )  # fmt: skip
    return found


def _is_counted(of: str, row: Row) -> bool:
    if of == "stock":
        return bool(row["is_in_stock"])
    return bool(row["is_started_or_done"]) if of == "started_or_done" else row["status"] == of


def _participation(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    events = rows.find("fct_participation_event")
    column = {"people": "participant_count", "ideas": "idea_count"}.get(str(claim.of))
    begun = claim.metric.get("counted_from_on")
    found = []
    for day in _days(asked, {row["event_on"] for row in events}):
        counted = [row for row in events if day and row["event_on"] <= day and (begun is None or row["event_on"] >= begun)]
        rows.note("fct_participation_event", counted)
        values = [1 if column is None else row[column] for row in counted]
        known = [value for value in values if value is not None]
        total, is_whole = float(sum(known)), bool(values) and len(known) == len(values)
        found.append(
            Measured(
                None, day, total, total, total if is_whole else None, total, None, None, len(values) or None,
                (is_whole and column is None) if values else (None if column is None else False),
                unit=str(claim.of), unusable=None if values else "no_data",
            )
        )  # fmt: skip
    return found


def _volunteering(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    cities = {row["city_id"] for row in rows.find("dim_area")}

    def ends(period: str | None) -> list[dict[str, Any]]:
        return [
            row
            for row in rows.of("fct_volunteering", counting_unit=claim.of, period=period)
            if (claim.area if claim.area != "city" else None) == row["area_id"] or (claim.area == "city" and row["area_id"] in cities)
        ]  # fmt: skip

    ended, begun = ends(asked.period), ends(claim.base)
    for one in ended:
        for other in begun:
            way = ("scope", "method", "unit", "area_id")
            if one["method"] != claim.metric.get("method") or any(one[name] != other[name] for name in way):
                continue
            panel = rows.one(
                "fct_volunteering_panel", area_id=one["area_id"], counting_unit=claim.of, scope=one["scope"],
                method=one["method"], unit=one["unit"], period=asked.period, base_period=claim.base,
            )  # fmt: skip
            if panel is not None:
                return [_grown(panel, one, other, asked)]
    is_elsewhere = len({row["period"] for row in (*ended, *begun)}) == 2
    return [Measured(None, asked.to_on, is_full_count=False, unit="pct", unusable="across_units" if is_elsewhere else "no_data")]


def _grown(panel: Row, ended: Row, begun: Row, asked: Asked) -> Measured:
    growths = [one for one in (panel["growth_pct"], panel["panel_growth_pct"]) if one is not None]
    unusable = None
    if panel["value"] is None or panel["base_value"] is None:
        unusable = "incomplete"
    elif panel["base_value"] <= 0:
        unusable = "missing_baseline"
    elif ended["method"] != "counted" or "estimated" in (ended["status"], begun["status"]):
        unusable = "only_estimated"
    elif (panel["panel_coverage_pct"] or 0) < LEAST_PANEL_PCT or panel["panel_growth_pct"] is None:
        unusable = "few_common_organisations"
    return Measured(
        None, asked.to_on, panel["growth_pct"], min(growths, default=None), max(growths, default=None),
        _number(panel["value"]), _number(panel["base_value"]), None, panel["organisation_count"], False,
        panel=(panel["panel_growth_pct"], panel["panel_organisation_count"], panel["entered_organisation_count"],
               panel["left_organisation_count"]),
        unit="pct", unusable=unusable,
    )  # fmt: skip


def _number(value: Any) -> Number:
    return None if value is None else float(value)


def programme_variants(rows: Rows) -> list[str]:
    """Variants that are versions of the programme area, all of which must agree."""
    return [one["variant_id"] for one in settings(rows)["variants"] if one["purpose"] == "programme"]


def _gaps(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    catalogue = rows.one("dim_indicator", indicator_id=claim.of, definition_version=claim.version)
    baseline_id = claim.base or (catalogue and catalogue["baseline_id"])
    is_size = claim.type in ("level", "threshold")
    found = []
    for variant in programme_variants(rows):
        key = {
            "indicator_id": claim.of, "definition_version": claim.version, "variant_id": variant,
            "baseline_id": baseline_id, "period": asked.period,
        }  # fmt: skip
        own = rows.one("fct_development_gap", comparator=claim.comparator, **key)
        rest = rows.one("fct_development_gap", comparator="rest", **key) if own is not None else None
        if own is None:
            found.append(Measured(variant, asked.to_on, margin=_number(claim.margin), unusable="no_data"))
            continue
        low, high = own["disadvantage_change_lower"], own["disadvantage_change_upper"]
        estimate = own["disadvantage_change"]
        if is_size:
            gap = own["gap_absolute"]
            estimate = None if gap is None else abs(gap)
            low, high = own["gap_lower"], own["gap_upper"]
            if gap is not None and gap < 0:
                low, high = (None if one is None else -one for one in (high, low))
        beside = ("disadvantage_change", "disadvantage_change_lower", "disadvantage_change_upper")
        found.append(
            Measured(
                variant, asked.to_on, estimate, low, high, own["gap_absolute"], own["baseline_gap"], None,
                own["programme_n"], own["is_full_count"],
                own["margin"] if claim.margin is None else float(claim.margin),
                (None, None, None) if is_size or rest is None else tuple(rest[name] for name in beside),  # type: ignore[arg-type]
                own["process_half_width"], unit=own["gap_unit"], unusable=_unusable_gap(own, is_size),
            )
        )  # fmt: skip
    return found


def _unusable_gap(own: Row, is_size: bool) -> str | None:
    if is_size and own["gap_absolute"] is None:
        return "no_data"
    if is_size and None in (own["gap_lower"], own["gap_upper"]):
        return "withheld"
    if not is_size and own["undecidable_reason"] not in (None, "interval_spans_margin"):
        return str(own["undecidable_reason"])
    if not is_size and own["disadvantage_change"] is None:
        return "missing_baseline"
    if any(n is not None and n < LEAST_ANSWERS for n in (own["programme_n"], own["comparator_n"])):
        return "small_n"
    if own["coverage_pct"] is not None and own["coverage_pct"] < LEAST_COVERAGE_PCT:
        return "incomplete"
    return "only_estimated" if own["status"] == "estimated" else None


def _area_class(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    is_dynamics = claim.expected_class in ("positive", "stable", "negative")
    row = rows.one("fct_area_class", index_id=claim.of, area_id=claim.area, period=asked.period)
    name = row and row["dynamics_class" if is_dynamics else "status_class"]
    number = None if name is None else float(CLASS_NUMBERS[name])
    unusable = "no_data" if row is None else "no_class" if number is None else None
    unit = "dynamics_class" if is_dynamics else "status_class"
    return [Measured(None, asked.to_on, number, number, number, number, is_full_count=True, unit=unit, unusable=unusable)]


def _harmonisation(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    found = rows.of(
        "fct_harmonisation", indicator_id=claim.of, definition_version=claim.version, area_level=claim.area,
        period=asked.period,
    )  # fmt: skip
    row = found[0] if found else None
    is_converged = row is not None and row["baseline_period"] == claim.baseline_period
    unusable = None
    if row is None:
        unusable = "no_data"
    elif _is_blocked(rows, claim, asked):
        unusable = "blocking_break"
    elif not is_converged:
        unusable = "missing_baseline"
    elif row["inference_refused_reason"] is not None:
        unusable = "withheld" if row["inference_refused_reason"] == "withheld_values" else "not_testable"
    if row is None or not is_converged:
        return [Measured(None, asked.to_on, is_full_count=False, unit="pct", unusable=unusable)]
    ends: list[Number] = [None, None, None]
    if row["inference_refused_reason"] is None and row["sigma_baseline"]:
        ratio = row["sigma"] / row["sigma_baseline"]
        half = row["critical_t"] * math.sqrt(max(1 - row["correlation"] ** 2, 0) / row["degrees_of_freedom"])
        root = math.sqrt(1 + half * half)
        ends = [100 * (ratio - 1), 100 * (ratio * (root - half) - 1), 100 * (ratio * (root + half) - 1)]
    return [
        Measured(
            None, asked.to_on, *(printed(one) for one in ends), row["sigma"], row["sigma_baseline"], None,
            row["pair_count"], False, unit="pct", unusable=unusable,
        )
    ]  # fmt: skip


def _is_blocked(rows: Rows, claim: Claim, asked: Asked) -> bool:
    breaks = breaks_of(rows, {"indicator_id": claim.of, "definition_version": claim.version})
    base, period = claim.baseline_period, asked.period
    return any(one["severity"] == "blocking" and base and period and base < one["period"] <= period for one in breaks)


def _indicator(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    from tracing.claim_values import of_indicator

    return of_indicator(rows, claim, asked, _is_blocked(rows, claim, asked))


def _measure(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    from tracing.claim_values import of_measure

    return of_measure(rows, claim, asked)


_FAMILIES: dict[str, Callable[[Rows, Claim, Asked], list[Measured]]] = {
    "projects": _projects,
    "participation": _participation,
    "volunteering": _volunteering,
    "gap": _gaps,
    "indicator": _indicator,
    "measure": _measure,
    "harmonisation": _harmonisation,
    "area_class": _area_class,
}
