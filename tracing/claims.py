"""Verdicts computed again: fct_claim_verdict out of the marts its figures stand in and the register as it was declared.

A measured claim by its rule, a composite one by its legs, any in `current` by what came after. Which period of data decides is
the row's key; which figures were known on the day is read from fct_claim_receipt.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tracing.areas import period_end
from tracing.claim_figures import Asked, Measured, of_participation, of_projects, of_volunteering
from tracing.claim_register import RUNNING, Claim, register
from tracing.claim_rules import Agreed, agreed, margin_of, verdict_of
from tracing.claim_spreads import of_area_class, of_gaps, of_harmonisation
from tracing.claim_values import of_indicator, of_measure
from tracing.comparing import Within
from tracing.declared import settings
from tracing.limits import printed
from tracing.rows import Row, Rows

_BLANK = dict.fromkeys(
    ("estimate", "lower", "upper", "unit", "n", "is_full_count", "level_estimate", "baseline_estimate", "window_lower",
     "window_upper", "is_inside_second_window", "denominator", "margin", "rest_estimate", "rest_lower", "rest_upper",
     "process_half_width", "panel_estimate", "panel_n", "entered_n", "left_n", "variant_count", "measured_from_on",
     "measured_to_on", "known_by", "leg_count", "supported_leg_count", "deciding_leg_id", "tipping_margin",
     "superseded_since")
)  # fmt: skip

_FAMILIES: dict[str, Callable[[Rows, Claim, Asked], list[Measured]]] = {
    "projects": of_projects,
    "participation": of_participation,
    "volunteering": of_volunteering,
    "gap": of_gaps,
    "indicator": of_indicator,
    "measure": of_measure,
    "harmonisation": of_harmonisation,
    "area_class": of_area_class,
}


@dataclass(frozen=True)
class Known:
    """What is known about the figures of a claim on the day it was said."""

    by: str | None = None
    reason: str | None = None
    revised_on: dt.date | None = None


def asked_of(rows: Rows, claim: Claim, evaluation: str, period: str | None) -> Asked:
    """For which days a claim is judged in an evaluation."""
    is_running = claim.kind in RUNNING
    if evaluation == "as_of" or claim.names_a_time:
        if is_running:
            return Asked(evaluation, period, *claim.days)
        end = None if period is None else period_end(period)
        return Asked(evaluation, period, end, end)
    end = None if period is None else period_end(period)
    if end is not None and is_running:
        table, column = (
            ("fct_project_status", "valid_from")
            if claim.kind == "projects"
            else ("fct_participation_event", "event_on")
        )
        end = min(end, max(row[column] for row in rows.find(table)))
    return Asked(evaluation, period, end, end)


def known_of(rows: Rows, claim: Claim, evaluation: str, period: str | None) -> Known:
    """Which of the figures of a claim had been received when it was said."""
    if evaluation != "as_of":
        return Known()
    receipts = rows.of("fct_claim_receipt", claim_id=claim.claim_id)
    is_running = claim.kind in RUNNING
    concerned = [
        one for one in receipts
        if (is_running and period is not None and one["period"] <= period) or one["period"] in (period, claim.baseline_period)
    ]  # fmt: skip
    states = {one["state"] for one in concerned}
    if period is None:
        return Known("receipt", "not_received") if receipts else Known("period")
    by = "receipt" if states and states <= {"received", "revised", "not_received"} else "period"
    if "not_received" in states:
        return Known(by, "not_received")
    if "revised" in states:
        days = [one["received_on"] for one in concerned if one["state"] == "revised" and one["received_on"]]
        return Known(by, "revised_since", max(days, default=None))
    return Known(by)


def agreed_of(rows: Rows, claim: Claim, evaluation: str, period: str | None) -> tuple[Agreed, Asked, Known]:
    """What a measured claim is judged by its own figures, before what came later."""
    key = ("agreed", claim.claim_id, evaluation, period)
    if key not in rows.memo:
        asked, known = asked_of(rows, claim, evaluation, period), known_of(rows, claim, evaluation, period)
        found = _FAMILIES[str(claim.kind)](rows, claim, asked)
        rows.memo[key] = agreed(claim, found, settings(rows).get("default_variant"), known.reason), asked, known
    answer: tuple[Agreed, Asked, Known] = rows.memo[key]
    return answer


def computed(rows: Rows, row: Row) -> dict[str, Any]:
    """All figures of a row of fct_claim_verdict, and what was declared of the claim."""
    claim = register(rows)[row["claim_id"]]
    found: dict[str, Any] = dict(_BLANK)
    if not claim.is_checkable:
        is_named = claim.type in ("causal", "awareness", "normative")
        found["reason_code"] = claim.type if is_named else "no_measure"
    elif claim.kind is None:
        found |= _composed(rows, claim, row)
    else:
        found |= _figures(rows, claim, row)
    found["verdict"] = verdict_of(found["reason_code"])
    if row["evaluation"] == "current" and found["verdict"] != "not_checkable":
        found |= _superseded(rows, claim, found)
    found |= claim.told(found["measured_to_on"])
    label = rows.one("dim_label", subject="reason_claim", code=found["reason_code"]) or {}
    return found | {"reason_de": label.get("text_de"), "reason_en": label.get("text_en")}


def _figures(rows: Rows, claim: Claim, row: Row) -> dict[str, Any]:
    said, asked, known = agreed_of(rows, claim, row["evaluation"], row["period"])
    shown = said.shown
    first, last = claim.window("rounding_unit")
    has_margin = claim.type == "non_widening" or claim.is_strong
    return {
        "estimate": _exact(shown.estimate), "lower": _exact(said.lower), "upper": _exact(said.upper), "unit": shown.unit,
        "n": shown.n, "is_full_count": shown.is_full_count, "level_estimate": _exact(shown.level),
        "baseline_estimate": _exact(shown.base), "window_lower": first, "window_upper": last,
        "is_inside_second_window": said.is_inside_second_window if claim.second_rounding_unit is not None else None,
        "denominator": shown.denominator, "margin": printed(margin_of(claim, shown)) if has_margin else None,
        "rest_estimate": shown.rest[0], "rest_lower": shown.rest[1], "rest_upper": shown.rest[2],
        "process_half_width": shown.process_half_width, "panel_estimate": shown.panel[0], "panel_n": shown.panel[1],
        "entered_n": shown.panel[2], "left_n": shown.panel[3], "variant_count": said.variant_count,
        "measured_from_on": asked.from_on, "measured_to_on": asked.to_on, "known_by": known.by,
        "tipping_margin": _exact(said.upper) if claim.type == "non_widening" else None, "reason_code": said.reason,
    }  # fmt: skip


def _exact(value: Any) -> Any:
    return None if value is None else Within(float(value), 1e-9)


def _composed(rows: Rows, claim: Claim, row: Row) -> dict[str, Any]:
    """A claim out of its necessary legs: all must hold, one that fails fells the whole."""
    answers: dict[str, str] = {}
    days: list[tuple[Any, Any]] = []
    counts: list[int | None] = []
    fulls: list[bool | None] = []
    ways: list[str | None] = []
    for leg_id in claim.necessary_legs:
        leg = register(rows)[leg_id]
        if leg.kind is None:
            answers[leg_id] = "not_checkable"
            fulls.append(None)
            continue
        evaluation = "as_of" if row["evaluation"] == "history" and leg.names_a_time else row["evaluation"]
        said, asked, known = agreed_of(rows, leg, evaluation, _period(rows, leg, evaluation, row))
        answers[leg_id] = verdict_of(said.reason)
        days.append((asked.from_on or asked.to_on, asked.to_on))
        counts.append(said.shown.n)
        fulls.append(said.shown.is_full_count)
        ways.append(known.by)
    by_verdict = {
        verdict: min((leg for leg, one in answers.items() if one == verdict), default=None)
        for verdict in ("not_supported", "not_checkable", "undecidable")
    }
    reason = next(
        (
            code
            for verdict, code in (("not_supported", "leg_fails"), ("not_checkable", "leg_not_checkable"))
            if by_verdict[verdict]
        ),
        "every_leg" if set(answers.values()) == {"supported"} else "leg_undecidable",
    )
    return {
        "measured_from_on": min((day for day, _ in days if day), default=None),
        "measured_to_on": max((day for _, day in days if day), default=None),
        "known_by": min((way for way in ways if way), default=None) if row["evaluation"] == "as_of" else None,
        "n": min((one for one in counts if one is not None), default=None),
        "is_full_count": all(one is True for one in fulls),
        "leg_count": len(answers), "supported_leg_count": sum(one == "supported" for one in answers.values()),
        "deciding_leg_id": next((leg for leg in by_verdict.values() if leg), None), "reason_code": reason,
    }  # fmt: skip


def _period(rows: Rows, leg: Claim, evaluation: str, row: Row) -> str | None:
    """The period of the data a leg is judged by in an evaluation of the whole."""
    found = rows.of("fct_claim_verdict", claim_id=leg.claim_id, evaluation=evaluation)
    if evaluation == "history":
        found = [one for one in found if one["period"] == row["period"]]
    return found[0]["period"] if found else None


def _superseded(rows: Rows, claim: Claim, found: dict[str, Any]) -> dict[str, Any]:
    """What came after: corrected figures, data that turned, a later sentence on the same."""
    every = rows.of("fct_claim_verdict", claim_id=claim.claim_id)
    said = next(one for one in every if one["evaluation"] == "as_of")
    reason = since = None
    if found["verdict"] == "not_supported":
        if claim.names_a_time and said["reason_code"] == "revised_since":
            revised_on = known_of(rows, claim, "as_of", said["period"]).revised_on
            reason, since = "revised", None if revised_on is None else str(revised_on.year)
        elif said["verdict"] == "supported":
            history = [one for one in every if one["evaluation"] == "history" and one["measured_to_on"]]
            good = [one["measured_to_on"] for one in history if one["verdict"] == "supported"]
            last = max((day for day in good if day > said["measured_to_on"]), default=said["measured_to_on"])
            bad = [
                one["period"] for one in history if one["verdict"] == "not_supported" and one["measured_to_on"] > last
            ]
            reason, since = "data_turned", min(bad, default=None)
    if reason is None:
        since = min(
            (str(one.document["first_on"].year) for one in register(rows).values() if _replaces(one, claim)),
            default=None,
        )
        reason = None if since is None else "later_sentence"
    return {} if reason is None else {"reason_code": reason, "verdict": "superseded", "superseded_since": since}


def _replaces(later: Claim, claim: Claim) -> bool:
    """Whether a sentence of the same publisher on the same was said later."""
    if not claim.kind or later.is_leg or claim.is_leg or later.document["publisher"] != claim.document["publisher"]:
        return False
    same = ("kind", "of", "area", "method", "counted_from_on")
    if any(later.metric.get(name) != claim.metric.get(name) for name in same) or later.version != claim.version:
        return False
    if later.comparator != claim.comparator or claim.document["last_on"] >= later.document["first_on"]:
        return False
    if claim.names_a_time:
        times = [(one.period and str(one.period)) or one.days[1].isoformat() for one in (later, claim)]
        return later.names_a_time and later.base == claim.base and times[0] == times[1]
    if not later.names_a_time:
        return True
    about = period_end(str(later.period)) if later.period else later.days[1]
    return bool(about > claim.document["last_on"])
