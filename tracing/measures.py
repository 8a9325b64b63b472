"""Figures of fct_measure computed again: what the office corrected, what is a sum of delivered measures, what was counted.

Delivered figures end at their line; those of survey cases end at the deliveries they are summed from, never at persons.
Does not belong here: values of indicators, which rest on these figures (values.py).
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tracing.answers import tallies
from tracing.areas import period_end
from tracing.cases import cases_of
from tracing.cells import STATUSES, rank
from tracing.comparing import DELIVERED, Unknown
from tracing.declared import settings
from tracing.rows import Row, Rows

CASES = Unknown(
    "Summe über Fälle der Lieferung; einzelne Fälle führt der Stand nicht, der Weg endet an der Lieferung.",
    "A sum over cases of the delivery; the release holds no single cases, the walk ends at the delivery.",
)
CONTRIBUTIONS = Unknown(
    "Gezählte Beiträge der Lieferung; einzelne Beiträge führt der Stand nicht, der Weg endet an der Lieferung.",
    "Counted contributions of the delivery; the release holds no single ones, the walk ends at the delivery.",
)
_PROJECTS = {
    "projects_in_stock": lambda row: row["is_in_stock"],
    "projects_started_or_done": lambda row: row["is_started_or_done"],
    "projects_done": lambda row: row["status"] == "done",
}


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """Value, status and correction of a figure, as they follow from what was delivered."""
    if not row["is_derived"]:
        return _corrected(rows, row)
    found = _summed(rows, row) or _counted(rows, row)
    if found is None and (answered := _answered(rows, row)) is not None:
        return answered
    if found is None:
        why = CONTRIBUTIONS if row["measure_id"] == "ideas_submitted" else CASES
        return {
            "value": why,
            "status": why,
            "correction_id": None,
            "delivered_value": None,
            "n": why if row["n"] else None,
        }
    value, status = found
    return {
        "value": None if value is None else Decimal(value),
        "status": status, "correction_id": None, "delivered_value": None, "n": None,
    }  # fmt: skip


def _answered(rows: Rows, row: Row) -> dict[str, Any] | None:
    """Sums of weighted answers, counted again in the delivery; None where they are none, or it cannot be read."""
    if row["unit"] != "weighted_answers":
        return None
    found = tallies(rows, row["source_id"], row["delivery_id"], row["measure_id"], row["period"])
    tally = None if found is None else found.get(row["area_id"])
    if tally is None:
        return None
    value = tally.weight if row["measure_id"].endswith("_weight") else tally.score
    return {"value": value, "status": "final", "correction_id": None, "delivered_value": None, "n": tally.n}


def ideas_by(rows: Rows, source_id: str, column: str, value: str) -> int | None:
    """Ideas delivered whose column begins with a value; None where they cannot be counted again."""
    cases = cases_of(rows, source_id, "contribution")
    if cases is None:
        return None
    ideas = [case for case in cases if case.get("contribution_kind") == "idea"]
    return sum((case.get(column) or "").startswith(value) for case in ideas)


def _corrected(rows: Rows, row: Row) -> dict[str, Any]:
    found = rows.one(
        "fct_correction",
        table_name=row["table_name"], measure_id=row["measure_id"], area_id=row["area_id"], period=row["period"],
    )  # fmt: skip
    if found is None:
        return {
            "value": row["delivered_value"], "status": DELIVERED, "correction_id": None, "n": None,
            "delivered_value": DELIVERED,
        }  # fmt: skip
    return {
        "value": found["value"],
        "status": "missing" if found["value"] is None else "revised",
        "correction_id": found["correction_id"], "delivered_value": found["delivered_value"], "n": None,
    }  # fmt: skip


def parts_of(rows: Rows, measure_id: str) -> list[str]:
    """Measures a declared sum consists of; none where it is no sum."""
    for one in settings(rows).get("summed_measures") or ():
        if one["measure_id"] == measure_id:
            return [str(part) for part in one["parts"]]
    return []


def _summed(rows: Rows, row: Row) -> tuple[Decimal | None, str] | None:
    parts = parts_of(rows, row["measure_id"])
    if not parts:
        return None
    found = [
        figure
        for part in parts
        for figure in rows.of("fct_measure", measure_id=part, area_id=row["area_id"], period=row["period"], source_id=row["source_id"])
        if not figure["is_derived"]
    ]  # fmt: skip
    values = [figure["value"] for figure in found if figure["value"] is not None]
    if len(values) == len(parts):
        return sum(values, Decimal(0)), _worst(figure["status"] for figure in found)
    return None, "suppressed" if any(figure["status"] == "suppressed" for figure in found) else "missing"


def _worst(statuses: Iterable[str]) -> str:
    return [*STATUSES, "incomplete"][max(map(rank, statuses))]


def _counted(rows: Rows, row: Row) -> tuple[Decimal | None, str] | None:
    """Cases of the programme counted for the city; None where they are no rows of a mart."""
    measure, period = row["measure_id"], row["period"]
    if measure in _PROJECTS:
        day = period_end(period)
        there = [
            one for one in rows.find("fct_project_status")
            if one["valid_from"] <= day and (one["valid_to"] is None or one["valid_to"] >= day)
        ]  # fmt: skip
        rows.note("fct_project_status", there)
        return Decimal(sum(bool(_PROJECTS[measure](one)) for one in there)), "final"
    if measure in ("proposals_assessed", "proposals_recommended"):
        proposals: dict[str, bool] = defaultdict(bool)
        for one in rows.of("fct_project_assessment", round_id=period):
            proposals[one["proposal_id"]] |= bool(one["is_recommended"])
        return Decimal(len(proposals) if measure == "proposals_assessed" else sum(proposals.values())), "final"
    if measure in ("participation_events", "participants"):
        events = rows.of("fct_participation_event", period=period)
        if measure == "participation_events":
            return Decimal(len(events)), "final"
        people = [one["participant_count"] for one in events]
        return (None, "missing") if None in people else (Decimal(sum(people)), "final")
    if measure == "ideas_submitted":
        ideas = ideas_by(rows, row["source_id"], "submitted_on", f"{period}-")
        return None if ideas is None else (Decimal(ideas), "final")
    volunteers = rows.one(
        "fct_volunteering", area_id=row["area_id"], period=period, counting_unit=measure, method="counted"
    )
    if volunteers is not None:
        value = volunteers["value"]
        return (None, "missing") if value is None else (Decimal(str(value)), volunteers["status"])
    return None
