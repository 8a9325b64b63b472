"""What the programme did in a year and area computed again: fct_programme_intensity.

Sub-projects at the end of the year, events and people in its course, residents from the measure the programme names. What lies
in several parts of an area counts once in it; what lies nowhere counts for the city. Ideas end at their delivery.
"""

from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tracing.areas import areas_on, members_of_area, period_end
from tracing.cases import cases_of
from tracing.cells import figures_at
from tracing.comparing import Within
from tracing.declared import settings
from tracing.measures import CONTRIBUTIONS
from tracing.projects import alive_on
from tracing.rows import Row, Rows

_OF_PROJECTS: dict[str, Callable[[Row], Any]] = {
    "sub_projects_in_stock": lambda one: one["is_in_stock"],
    "sub_projects_started": lambda one: one["status"] == "started",
    "sub_projects_done": lambda one: one["status"] == "done",
}
_PROJECT = (
    "Stand am Jahresende. Ein Teilprojekt in mehreren Gebieten zählt in jedem, ohne Gebiet nur für die Stadt.",
    "State at the end of the year. A sub-project in several areas counts in each, without one only for the city.",
)
_EVENT = (
    "Im Lauf des Jahres. Ohne Gebiet, etwa im Netz, zählt eine Veranstaltung nur für die Stadt.",
    "In the course of the year. Without an area, such as online, an event counts only for the city.",
)
_IDEA = (
    "Auf der Plattform im Lauf des Jahres eingereicht. Ohne Gebiet zählt eine Idee nur für die Stadt.",
    "Submitted on the platform in the course of the year. Without an area an idea counts only for the city.",
)
_MONEY = (
    "Es ist kein Budget je Teilprojekt geliefert: unbekannt, nicht null Euro.",
    "No budget of sub-projects is delivered: unknown, not zero.",
)
_MEASURES = {
    "sub_projects_in_stock": ("sub_projects", "Teilprojekte im Bestand", "sub-projects in stock", _PROJECT),
    "sub_projects_started": ("sub_projects", "gestartete Teilprojekte", "sub-projects started, not done", _PROJECT),
    "sub_projects_done": ("sub_projects", "umgesetzte Teilprojekte", "sub-projects done", _PROJECT),
    "events": ("events", "Beteiligungsveranstaltungen", "participation events", _EVENT),
    "participants": ("persons", "Teilnehmende", "people present at events", _EVENT),
    "ideas": ("ideas", "eingereichte Ideen", "ideas submitted", _IDEA),
    "approved_eur": ("eur", "bewilligte Mittel", "money approved", _MONEY),
}
_DESCRIPTIVE = (
    "Beschreibend, nicht ursächlich: Wo das Programm mehr tut, war oft mehr zu tun. ",
    "Descriptive, not causal: where the programme does more, there often was more to do. ",
)


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_programme_intensity."""
    measure, period = row["measure_id"], row["period"]
    unit, german, english, note = _MEASURES[measure]
    residents = _residents(rows, row["area_id"], period)
    found: dict[str, Any] = {
        "area_level": areas_on(rows, period_end(period))[row["area_id"]]["area_level"],
        "measure_name_de": german, "measure_name_en": english, "unit": unit, "is_descriptive": True,
        "interpretation_de": _DESCRIPTIVE[0] + note[0], "interpretation_en": _DESCRIPTIVE[1] + note[1],
        "resident_count": residents, "event_without_figure_count": 0,
    }  # fmt: skip
    ideas = _ideas(rows, row) if measure == "ideas" else None
    if measure == "ideas" and ideas is None:
        return found | {
            "value": CONTRIBUTIONS, "status": CONTRIBUTIONS,
            "value_per_1000": _per_1000(row["value"], residents),  # on the published count
        }  # fmt: skip
    if measure == "approved_eur":
        return found | {"value": None, "status": "missing", "value_per_1000": None}
    if ideas is not None:
        count, unreported, received = ideas[0], 0, ideas[1]
    elif measure in _OF_PROJECTS:
        count, unreported, received = _projects(rows, row), 0, _received(rows, rows.find("dim_project"))
    else:
        count, unreported, received = _events(rows, row)
    status = _status(received, period, unreported)
    value = Decimal(count) if status in ("final", "provisional") else None
    return found | {
        "event_without_figure_count": unreported, "status": status, "value": value,
        "value_per_1000": _per_1000(value, residents),
    }  # fmt: skip


def _status(received: Any, period: str, unreported: int) -> str:
    if received is None:
        return "missing"
    if unreported:
        return "incomplete"
    return "provisional" if received <= period_end(period) else "final"


def _per_1000(value: Any, residents: int | None) -> Within:
    return Within.digits(None if value is None or not residents else 1000 * float(value) / residents, 6)


def _received(rows: Rows, items: Iterable[Row]) -> Any:
    """The day the newest delivery of some rows was received."""
    days = []
    for source_id, delivery_id in {(one["source_id"], one["delivery_id"]) for one in items}:
        found = rows.one("fct_delivery", source_id=source_id, delivery_id=delivery_id)
        days += [found["received_on"]] if found is not None else []
    return max(days, default=None)


def _is_city(rows: Rows, area_id: str, period: str) -> bool:
    return bool(areas_on(rows, period_end(period))[area_id]["level_rank"] == 0)


def _inside(rows: Rows, area_id: str, period: str) -> set[str]:
    """All areas that lie in an area, itself among them."""
    key = ("all inside", area_id, period)
    if key not in rows.memo:
        levels = {one["area_level"] for one in areas_on(rows, period_end(period)).values()}
        rows.memo[key] = {one for level in levels for one in members_of_area(rows, area_id, period, level)}
    found: set[str] = rows.memo[key]
    return found


def _projects(rows: Rows, row: Row) -> int:
    inside, is_city = _inside(rows, row["area_id"], row["period"]), _is_city(rows, row["area_id"], row["period"])
    counts = _OF_PROJECTS[row["measure_id"]]
    found = []
    for one in alive_on(rows, period_end(row["period"])):
        places = {place["area_id"] for place in rows.find("bridge_project_area", project_id=one["project_id"])}
        if counts(one) and (places & inside or (is_city and not places)):
            found.append(one)
    rows.note("dim_project", [one["_project"] for one in found])
    return len({one["project_id"] for one in found})


def _events(rows: Rows, row: Row) -> tuple[int, int, Any]:
    inside, is_city = _inside(rows, row["area_id"], row["period"]), _is_city(rows, row["area_id"], row["period"])
    there = [
        one for one in rows.find("fct_participation_event", period=row["period"])
        if one["area_id"] in inside or (is_city and one["area_id"] is None)
    ]  # fmt: skip
    rows.note("fct_participation_event", there)
    received = _received(rows, rows.find("fct_participation_event"))
    if row["measure_id"] == "events":
        return len(there), 0, received
    known = [one["participant_count"] for one in there if one["participant_count"] is not None]
    return sum(known), len(there) - len(known), received


def _ideas(rows: Rows, row: Row) -> tuple[int, Any] | None:
    """Ideas of a year in an area, counted in the deliveries, and the day these came; None where they cannot be counted."""
    inside, is_city = _inside(rows, row["area_id"], row["period"]), _is_city(rows, row["area_id"], row["period"])
    count, sources = 0, set()
    for source_id in sorted({one.source_id for one in rows.release.manifest.deliveries}):
        cases = cases_of(rows, source_id, "contribution")
        if cases is None:
            return None
        ideas = [case for case in cases if case.get("contribution_kind") == "idea"]
        sources |= {source_id} if ideas else set()
        count += sum(
            (case.get("submitted_on") or "").startswith(f"{row['period']}-")
            and (case.get("area_id") in inside or (is_city and case.get("area_id") is None))
            for case in ideas
        )
    days = [one.received_on for one in rows.release.manifest.deliveries if one.source_id in sources]
    return count, max(days, default=None)


def _residents(rows: Rows, area_id: str, period: str) -> int | None:
    """Residents of an area, of the finest level delivered and of one source; None where one of its parts has no figure."""
    measure = settings(rows).get("population_measure_id")
    if measure is None:
        return None
    key = ("population from", measure)
    if key not in rows.memo:
        ranks = {one["area_level"]: one["level_rank"] for one in rows.find("dim_area")}
        offered = {
            (-ranks[one["area_level"]], one["source_id"], one["area_level"])
            for one in rows.find("fct_measure", measure_id=measure)
        }
        rows.memo[key] = min(offered, default=None)
    if rows.memo[key] is None:
        return None
    _, source, level = rows.memo[key]
    parts, inside = figures_at(rows, measure, source, level, period), members_of_area(rows, area_id, period, level)
    values = [parts[area].value for area in inside if area in parts and parts[area].value is not None]
    if not inside or len(values) != len(inside):
        return None
    total = sum((value for value in values if value is not None), Decimal(0))
    return int(total.quantize(Decimal(1), ROUND_HALF_UP))
