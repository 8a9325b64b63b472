"""Events and the way from idea to sub-project computed again: fct_participation_event and fct_participation_funnel.

Ideas are contributions of the platform, which no mart holds one by one: they are counted in its delivery.
"""

from collections import defaultdict
from typing import Any

from tracing.measures import CONTRIBUTIONS, ideas_by
from tracing.rows import Row, Rows

STAGES = ("idea", "assessed_proposal", "recommended_proposal", "sub_project", "started_or_done")


def event(rows: Rows, row: Row) -> dict[str, Any]:  # noqa: ARG001
    """The year of an event; all else ends at its delivered row."""
    return {"period": str(row["event_on"].year)}


def funnel(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_participation_funnel."""
    return {
        "stage_rank": STAGES.index(row["stage"]) + 1,
        "item_count": _ideas(rows, row) if row["stage"] == "idea" else _count(rows, row),
    }


def _ideas(rows: Rows, row: Row) -> Any:
    """Ideas of a round, counted in the deliveries of the platform; a round without one has none."""
    sources = {
        one.source_id for one in rows.release.manifest.deliveries if one.table_name.startswith(f"{one.source_id}__")
    }
    counts = [ideas_by(rows, source_id, "round_id", row["round_id"]) for source_id in sorted(sources)]
    if None in counts:
        return CONTRIBUTIONS
    return sum(count or 0 for count in counts) or None


def _count(rows: Rows, row: Row) -> int | None:
    stage, round_id = row["stage"], row["round_id"]
    if stage in ("assessed_proposal", "recommended_proposal"):
        proposals: dict[str, bool] = defaultdict(bool)
        for one in rows.of("fct_project_assessment", round_id=round_id):
            proposals[one["proposal_id"]] |= bool(one["is_recommended"])
        if not proposals:
            return None
        return len(proposals) if stage == "assessed_proposal" else sum(proposals.values())
    projects = rows.of("dim_project", round_id=round_id)
    if not projects:
        return None
    if stage == "sub_project":
        return len(projects)
    ids = {one["project_id"] for one in projects}
    latest = [one for one in rows.find("fct_project_status", valid_to=None) if one["project_id"] in ids]
    rows.note("fct_project_status", latest)
    return sum(bool(one["is_started_or_done"]) for one in latest)
