"""Reported volunteering computed again: fct_volunteering and fct_volunteering_panel.

What single organisations report is no mart: their reports are counted and summed again in the delivery (cases.py), or the walk
says that they cannot be. Growth, the panel of two years and the year before follow. No organisation is shown.
"""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from tracing.areas import above, areas_on
from tracing.cases import cases_of
from tracing.comparing import Unknown, Within
from tracing.rows import Row, Rows

REPORTS = Unknown(
    "Summe über Meldungen einzelner Organisationen; die Lieferung lässt sich hier nicht auszählen.",
    "A sum over reports of single organisations; the delivery cannot be counted again here.",
)
_WAY = ("area_id", "counting_unit", "scope", "method", "unit")
_COUNTED = (
    "growth_pct", "panel_growth_pct", "panel_organisation_count", "panel_coverage_pct", "entered_organisation_count",
    "left_organisation_count",
)  # fmt: skip
Report = tuple[str, Decimal | None, dt.date]  # organisation, what it reports, reference date


def reports_of(rows: Rows, row: Row, period: str) -> list[Report] | None:
    """Reports of one way of counting, area and year; None where the deliveries cannot be counted again."""
    if ("reports",) not in rows.memo:
        rows.memo[("reports",)] = _reports(rows)
    found: dict[tuple[Any, ...], list[Report]] | None = rows.memo[("reports",)]
    if found is None:
        return None
    return found.get((row["area_id"], period, row["counting_unit"], row["method"], row["unit"]), [])


def _reports(rows: Rows) -> dict[tuple[Any, ...], list[Report]] | None:
    found: dict[tuple[Any, ...], list[Report]] = defaultdict(list)
    for source_id in sorted({one.source_id for one in rows.release.manifest.deliveries}):
        cases = cases_of(rows, source_id, "volunteer_count")
        if cases is None:
            return None
        for case in cases:
            day, area, organisation = case.get("reference_on"), case.get("area_id"), case.get("organisation_id")
            if day and area and organisation:
                on = dt.date.fromisoformat(day)
                value = None if case.get("value") is None else Decimal(str(case["value"]))
                for place in above(area, areas_on(rows, on)):
                    way = (place, day[:4], case["item_id"], case.get("method"), case.get("unit"))
                    found[way].append((organisation, value, on))
    return dict(found)


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_volunteering: the sum of the reports, and what it owes to the year before."""
    way = {name: row[name] for name in _WAY}
    before = [one["period"] for one in rows.of("fct_volunteering", **way) if one["period"] < row["period"]]
    previous = max(before, default=None)
    pair = rows.one("fct_volunteering_panel", **way, period=row["period"], base_period=previous) if previous else None
    taken = {"previous_period": previous, **{name: pair and pair[name] for name in _COUNTED}}
    reports = reports_of(rows, row, row["period"])
    if reports is None:
        names = ("value", "status", "organisation_count", "missing_organisation_count", "reference_on")
        return taken | dict.fromkeys(names, REPORTS)
    missing = sum(value is None for _, value, _ in reports)
    return taken | {
        "value": None if missing else sum((value for _, value, _ in reports if value is not None), Decimal(0)),
        "status": "incomplete" if missing else "final",
        "organisation_count": len({organisation for organisation, _, _ in reports}),
        "missing_organisation_count": missing, "reference_on": max((on for _, _, on in reports), default=None),
    }  # fmt: skip


def panel(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_volunteering_panel: who reported in both years, who came, who went, and the growth of both."""
    ended, begun = (_by_organisation(reports_of(rows, row, row[name])) for name in ("period", "base_period"))
    if ended is None or begun is None:
        names = (
            "value",
            "base_value",
            "organisation_count",
            "base_organisation_count",
            "panel_value",
            "panel_base_value",
        )
        return dict.fromkeys((*names, *_COUNTED), REPORTS)
    both = ended.keys() & begun.keys()
    pairs = [(ended[one], begun[one]) for one in both]
    known = [(now, then) for now, then in pairs if now is not None and then is not None]
    value, base = _sum(list(ended.values())), _sum(list(begun.values()))
    panel_value = sum((now for now, _ in known), Decimal(0)) if known else None
    panel_base = sum((then for _, then in known), Decimal(0)) if known else None
    return {
        "value": value, "base_value": base, "organisation_count": len(ended), "base_organisation_count": len(begun),
        "panel_value": panel_value, "panel_base_value": panel_base, "panel_organisation_count": len(both),
        "entered_organisation_count": len(ended) - len(both), "left_organisation_count": len(begun) - len(both),
        "growth_pct": _growth(value, base), "panel_growth_pct": _growth(panel_value, panel_base),
        "panel_coverage_pct": Within.digits(100 * len(both) / len(ended.keys() | begun.keys()), 4),
    }  # fmt: skip


def _by_organisation(reports: list[Report] | None) -> dict[str, Decimal | None] | None:
    """What each organisation reports in all; None where it reports no figure."""
    if reports is None:
        return None
    found: dict[str, Decimal | None] = {}
    for organisation, value, _ in reports:
        known = found.get(organisation)
        found[organisation] = known if value is None else value + (known or Decimal(0))
    return found


def _sum(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(values) else None


def _growth(value: Decimal | None, base: Decimal | None) -> Within:
    return Within.digits(None if value is None or not base else 100 * (float(value) / float(base) - 1), 6)
