"""The figures that decide about a public sentence: one `Measured` a day of the window or variant of the programme area.

Here those of sub-projects, events and volunteering; gaps, spreads and classes stand in claim_spreads.py, indicators and plain
measures in claim_values.py. What the rule makes of them stands in claim_rules.py.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tracing.claim_register import Claim
from tracing.declared import settings
from tracing.limits import Number, printed
from tracing.rows import Row, Rows

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


def _days(asked: Asked, changes: set[dt.date]) -> list[dt.date | None]:
    """The first day of the window and every day on which something changed since."""
    if asked.from_on is None or asked.to_on is None:
        return [asked.from_on]
    return [asked.from_on, *sorted(day for day in changes if asked.from_on < day <= asked.to_on)]


def programme_variants(rows: Rows) -> list[str]:
    """Variants that are versions of the programme area, all of which must agree."""
    return [one["variant_id"] for one in settings(rows)["variants"] if one["purpose"] == "programme"]


def of_projects(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    """Sub-projects counted on every day of the window on which their number can have changed."""
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
            rows.note(
                "fct_project_status", [row for row in there if row["is_in_stock"] or _is_counted(str(claim.of), row)]
            )
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


def of_participation(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    """Running totals of events, people or ideas; an event without a figure leaves only a lower bound."""
    events = rows.find("fct_participation_event")
    column = {"people": "participant_count", "ideas": "idea_count"}.get(str(claim.of))
    begun = claim.metric.get("counted_from_on")
    found = []
    for day in _days(asked, {row["event_on"] for row in events}):
        counted = [
            row for row in events if day and row["event_on"] <= day and (begun is None or row["event_on"] >= begun)
        ]
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


def of_volunteering(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    """Growth of reports within one way of counting, beside that of the same organisations."""
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
    return [
        Measured(
            None, asked.to_on, is_full_count=False, unit="pct", unusable="across_units" if is_elsewhere else "no_data"
        )
    ]


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
