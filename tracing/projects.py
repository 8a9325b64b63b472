"""Sub-projects computed again: dim_project, fct_project_status, fct_project_stock and fct_project_assessment.

What the register says of a sub-project ends at its delivered row; names come from the declared vocabularies, counts and spans
from the other rows. Does not belong here: counts for the year or an area (measures.py, intensity.py).
"""

import datetime as dt
from collections import defaultdict
from typing import Any

from tracing.comparing import DELIVERED, Within
from tracing.declared import settings
from tracing.rows import Row, Rows

LEFT = ("merged", "handed_over", "shelved")
STATUSES = ("initiated", "qualifying", "idea_store", "planned", "started", "done", "shelved", "merged", "handed_over")
_DAY = dt.timedelta(days=1)
_DENOMINATORS = {
    "stock": (
        "Bestand: am Tag beschlossen und weder zurückgestellt noch zusammengelegt noch an einen Fachbereich übergeben",
        "stock: adopted by the day and neither shelved nor merged nor handed over",
    ),
    "ever_adopted": (
        "jemals beschlossen: am Tag beschlossen, auch wenn inzwischen ausgeschieden",
        "ever adopted: adopted by the day, also if it has left since",
    ),
}


def term(rows: Rows, vocabulary: str, term_id: str | None) -> dict[str, Any]:
    """A declared term with its rank, empty where the programme declares none such."""
    for place, one in enumerate(settings(rows).get("vocabularies", {}).get(vocabulary) or (), start=1):
        if one["id"] == term_id:
            return {"name_de": one["name_de"], "name_en": one["name_en"], "rank": place}
    return {}


def project(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of dim_project."""
    fields = rows.of("bridge_project_field_of_action", project_id=row["project_id"])
    areas = rows.of("bridge_project_area", project_id=row["project_id"])
    family = term(rows, "families", row["family_id"])
    return {
        "family_name_de": family.get("name_de"), "family_name_en": family.get("name_en"),
        "field_of_action_count": len(fields), "area_count": len(areas), "is_city_wide": not areas,
    }  # fmt: skip


def status(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_project_status: it lasts to the eve of the next."""
    later = [
        one["valid_from"] for one in rows.of("fct_project_status", project_id=row["project_id"])
        if one["valid_from"] > row["valid_from"]
    ]  # fmt: skip
    return {
        "valid_to": min(later) - _DAY if later else None,
        "is_in_stock": row["status"] not in LEFT, "is_started_or_done": row["status"] in ("started", "done"),
        "status": DELIVERED, "decided_by": DELIVERED,
    }  # fmt: skip


def lives(rows: Rows) -> list[dict[str, Any]]:
    """Every stretch of every adopted sub-project with its status, from its adoption on; before its first status none."""
    if ("lives",) in rows.memo:
        known: list[dict[str, Any]] = rows.memo[("lives",)]
        return known
    history: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in rows.find("fct_project_status"):
        history[one["project_id"]].append(one)
    found = []
    for each in rows.find("dim_project"):
        adopted, course = each["adopted_on"], history[each["project_id"]]
        if adopted is None:
            continue
        base = {"project_id": each["project_id"], "generation_id": each["generation_id"], "_project": each}
        first = min((one["valid_from"] for one in course), default=None)
        if first is None or first > adopted:
            end = None if first is None else first - _DAY
            found.append(
                {**base, "status": None, "from": adopted, "to": end, "is_in_stock": True, "is_started_or_done": False}
            )
        for one in course:
            if one["valid_to"] is None or one["valid_to"] >= adopted:
                found.append(
                    {**base, "status": one["status"], "from": max(one["valid_from"], adopted), "to": one["valid_to"],
                     "is_in_stock": one["is_in_stock"], "is_started_or_done": one["is_started_or_done"], "_status": one}
                )  # fmt: skip
    rows.memo[("lives",)] = found
    return found


def alive_on(rows: Rows, day: dt.date) -> list[dict[str, Any]]:
    """The stretches a day lies in."""
    key = ("alive", day)
    if key not in rows.memo:
        rows.memo[key] = [one for one in lives(rows) if one["from"] <= day and (one["to"] is None or one["to"] >= day)]
    found: list[dict[str, Any]] = rows.memo[key]
    return found


def stock(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_project_stock: what was in which status from a day on."""
    generation, day = row["generation_id"], row["valid_from"]
    key = ("changes", generation)
    if key not in rows.memo:
        own = [one for one in lives(rows) if generation in ("all", one["generation_id"])]
        rows.memo[key] = sorted({one["from"] for one in own} | {one["to"] + _DAY for one in own if one["to"]})
    later = [one for one in rows.memo[key] if one > day]
    there = [one for one in alive_on(rows, day) if generation in ("all", one["generation_id"])]
    rows.note("dim_project", [one["_project"] for one in there])
    rows.note("fct_project_status", [one["_status"] for one in there if "_status" in one])
    done = sum(bool(one["is_started_or_done"]) for one in there)
    whole = len(there) if row["denominator_id"] == "ever_adopted" else sum(bool(one["is_in_stock"]) for one in there)
    german, english = _DENOMINATORS[row["denominator_id"]]
    return {
        "valid_to": later[0] - _DAY if later else None,
        **{f"{name}_count": sum(one["status"] == name for one in there) for name in STATUSES},
        "without_status_count": sum(one["status"] is None for one in there),
        "started_or_done_count": done, "denominator_count": whole,
        "started_or_done_pct": Within.digits(100 * done / whole if whole else None, 6),
        "denominator_definition_de": german, "denominator_definition_en": english,
    }  # fmt: skip


def assessment(rows: Rows, row: Row) -> dict[str, Any]:
    """Names and dates of a row of fct_project_assessment; the assessment itself ends at its delivered row."""
    criterion, step = term(rows, "criteria", row["criterion_id"]), term(rows, "path_steps", row["path_step_id"])
    adopted = rows.one("dim_project", project_id=row["project_id"]) if row["project_id"] else None
    return {
        "criterion_name_de": criterion.get("name_de"), "criterion_name_en": criterion.get("name_en"),
        "path_step_rank": step.get("rank"), "path_step_name_de": step.get("name_de"),
        "path_step_name_en": step.get("name_en"), "adopted_on": adopted and adopted["adopted_on"],
    }  # fmt: skip
