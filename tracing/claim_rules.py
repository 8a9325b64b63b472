"""What the rule of a claim makes of its figures: a reason and, by it, a verdict. STATISTICS section 6, rules 1 to 4.

Second implementation beside int_claim__judged and int_claim__agreed. Does not belong here: where figures come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tracing.claim_figures import Measured
from tracing.claim_register import Claim
from tracing.limits import Number

VERDICTS = {
    **dict.fromkeys(("no_measure", "causal", "awareness", "normative", "across_units", "leg_not_checkable"), "not_checkable"),
    **dict.fromkeys(
        ("inside_window", "above_threshold", "below_threshold", "direction_certain", "strong_direction_certain",
         "within_margin", "ranks_first", "every_leg", "class_as_stated"), "supported",
    ),
    **dict.fromkeys(
        ("other_class", "outside_window", "other_denominator", "not_above_threshold", "not_below_threshold",
         "direction_contrary", "too_weak", "beyond_margin", "outranked", "leg_fails"), "not_supported",
    ),
    **dict.fromkeys(("data_turned", "revised", "later_sentence"), "superseded"),
}  # fmt: skip


def verdict_of(reason: str) -> str:
    """The verdict a reason gives; undecidable for all that leave a claim open."""
    return VERDICTS.get(reason, "undecidable")


def _below(one: Number, other: Number) -> bool:
    return one is not None and other is not None and one < other


def _at_most(one: Number, other: Number) -> bool:
    return one is not None and other is not None and one <= other


def reason_of(claim: Claim, one: Measured, receipt_reason: str | None) -> str:
    """Why a claim is judged as it is, on one day and for one variant."""
    if one.unusable == "across_units":
        return one.unusable
    if receipt_reason is not None:
        return receipt_reason
    if one.unusable is not None:
        return one.unusable
    decided = _decided(claim, one)
    if decided is not None:
        return decided
    if one.panel[1] is not None:
        return "other_organisations"
    return "lower_bound_only" if one.upper is None else "interval_spans"


def _decided(claim: Claim, one: Measured) -> str | None:
    low, high, kind = one.lower, one.upper, claim.type
    expected, margin = claim.expected_value, margin_of(claim, one)
    if kind in ("count", "share", "level", "growth"):
        return _in_window(claim, one)
    if kind == "threshold":
        return _beyond(claim, low, high)
    if kind == "direction":
        return _directed(claim, one, margin)
    if kind == "class":
        return "class_as_stated" if one.estimate == expected else "other_class"
    if kind == "ranking":
        return "ranks_first" if _below(0, low) else "outranked" if _at_most(high, 0) else None
    if kind == "non_widening":
        return "within_margin" if _at_most(high, margin) else "beyond_margin" if _below(margin, low) else None
    return None


def margin_of(claim: Claim, one: Measured) -> Number:
    """The margin that decides: the claim's own, else that of the catalogue."""
    return one.margin if claim.margin is None else float(claim.margin)


def _in_window(claim: Claim, one: Measured) -> str | None:
    first, last = claim.window("rounding_unit")
    stated = claim.denominator
    if stated is not None and one.denominator is not None and one.denominator != stated:
        return "other_denominator"
    if _at_most(first, one.lower) and _below(one.upper, last):
        return "inside_window"
    return "outside_window" if _below(one.upper, first) or _at_most(last, one.lower) else None


def _beyond(claim: Claim, low: Number, high: Number) -> str | None:
    bound, is_in = claim.expected_value, bool(claim.is_bound_included)
    if claim.direction == "down":
        if _below(high, bound) or (is_in and high is not None and high == bound):
            return "below_threshold"
        return "not_below_threshold" if _below(bound, low) or (not is_in and low is not None and low == bound) else None
    if _below(bound, low) or (is_in and low is not None and low == bound):
        return "above_threshold"
    return "not_above_threshold" if _below(high, bound) or (not is_in and high is not None and high == bound) else None


def _directed(claim: Claim, one: Measured, margin: Number) -> str | None:
    low, high, estimate = one.lower, one.upper, one.estimate
    if claim.direction == "down":
        low, high = (None if high is None else -high), (None if low is None else -low)
        estimate = None if estimate is None else -estimate
    if _below(0, low) and not claim.is_strong:
        return "direction_certain"
    if _below(0, low) and _at_most(margin, estimate):
        return "strong_direction_certain"
    if _at_most(high, 0):
        return "direction_contrary"
    return "too_weak" if claim.is_strong and _below(high, margin) else None


@dataclass(frozen=True)
class Agreed:
    """What all days and variants say together: the one shown, the limits over all days, and the reason."""

    shown: Measured
    lower: Number
    upper: Number
    variant_count: int
    is_inside_second_window: bool
    reason: str


def agreed(claim: Claim, found: Sequence[Measured], default_variant: str | None, receipt_reason: str | None) -> Agreed:
    """Every day of the window and every variant must give the same verdict."""
    reasons = [reason_of(claim, one, receipt_reason) for one in found]
    if receipt_reason is not None:
        found = [_unknown(one) for one in found]
    shown = [place for place, one in enumerate(found) if one.variant_id in (None, default_variant)]
    last = max(shown, key=lambda place: (found[place].on is not None, found[place].on))
    lowers = [low for place in shown if (low := found[place].lower) is not None]
    uppers = [high for place in shown if (high := found[place].upper) is not None]
    verdicts = {verdict_of(reason) for reason in reasons}
    variants = {one.variant_id for one in found} - {None}
    reason = reasons[last]
    if len(verdicts) > 1:
        reason = "variants_disagree" if len(variants) > 1 else "not_every_day"
    first, end = claim.window("second_rounding_unit")
    inside = all(_at_most(first, one.lower) and _below(one.upper, end) for one in found)
    return Agreed(
        found[last], min(lowers, default=None), max(uppers) if uppers and len(uppers) == len(shown) else None,
        len(variants), inside, reason,
    )  # fmt: skip


def _unknown(one: Measured) -> Measured:
    """What could not be known then is left out."""
    return Measured(
        one.variant_id,
        one.on,
        n=one.n,
        is_full_count=one.is_full_count,
        margin=one.margin,
        unit=one.unit,
        unusable=one.unusable,
    )
