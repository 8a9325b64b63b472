"""Figures of sentences about gaps, the spread between areas, and the class of an area, from the marts they stand in.

See claim_figures.py for what a `Measured` is, claim_rules.py for what is made of them.
"""

from tracing.cells import LEAST_ANSWERS, LEAST_COVERAGE_PCT, breaks_of
from tracing.claim_figures import Asked, Measured, programme_variants
from tracing.claim_register import CLASS_NUMBERS, Claim
from tracing.limits import Number
from tracing.rows import Row, Rows


def of_gaps(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    """Change, or size, of a gap against the comparator the claim names, for every variant of the programme area."""
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
            found.append(
                Measured(
                    variant,
                    asked.to_on,
                    margin=None if claim.margin is None else float(claim.margin),
                    unusable="no_data",
                )
            )
            continue
        low, high = own["disadvantage_change_lower"], own["disadvantage_change_upper"]
        estimate = own["disadvantage_change"]
        if is_size:
            gap = own["gap_absolute"]
            estimate = None if gap is None else abs(gap)
            low, high = own["gap_lower"], own["gap_upper"]
            if gap is not None and gap < 0:
                low, high = (None if one is None else -one for one in (high, low))
        beside: tuple[Number, Number, Number] = (None, None, None)
        if rest is not None and not is_size:
            ends = ("disadvantage_change_lower", "disadvantage_change_upper")
            beside = rest["disadvantage_change"], rest[ends[0]], rest[ends[1]]
        found.append(
            Measured(
                variant, asked.to_on, estimate, low, high, own["gap_absolute"], own["baseline_gap"], None,
                own["programme_n"], own["is_full_count"],
                own["margin"] if claim.margin is None else float(claim.margin),
                beside, own["process_half_width"], unit=own["gap_unit"], unusable=_unusable_gap(own, is_size),
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


def of_area_class(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    """The class an index puts an area into, as its number."""
    is_dynamics = claim.expected_class in ("positive", "stable", "negative")
    row = rows.one("fct_area_class", index_id=claim.of, area_id=claim.area, period=asked.period)
    name = None if row is None else row["dynamics_class" if is_dynamics else "status_class"]
    number = None if name is None else float(CLASS_NUMBERS[name])
    unusable = "no_data" if row is None else "no_class" if number is None else None
    unit = "dynamics_class" if is_dynamics else "status_class"
    return [
        Measured(None, asked.to_on, number, number, number, number, is_full_count=True, unit=unit, unusable=unusable)
    ]


def of_harmonisation(rows: Rows, claim: Claim, asked: Asked) -> list[Measured]:
    """Change of the spread between areas since the baseline, in per cent, with its limits."""
    found = rows.of(
        "fct_harmonisation", indicator_id=claim.of, definition_version=claim.version, area_level=claim.area,
        period=asked.period,
    )  # fmt: skip
    row = found[0] if found else None
    is_converged = row is not None and row["baseline_period"] == claim.baseline_period
    unusable = None
    if row is None:
        unusable = "no_data"
    elif is_blocked(rows, claim, asked):
        unusable = "blocking_break"
    elif not is_converged:
        unusable = "missing_baseline"
    elif row["inference_refused_reason"] is not None:
        unusable = "withheld" if row["inference_refused_reason"] == "withheld_values" else "not_testable"
    if row is None or not is_converged:
        return [Measured(None, asked.to_on, is_full_count=False, unit="pct", unusable=unusable)]
    return [
        Measured(
            None, asked.to_on, row["sigma_change_pct"], row["sigma_change_lower_pct"], row["sigma_change_upper_pct"],
            row["sigma"], row["sigma_baseline"], None, row["pair_count"], False, unit="pct", unusable=unusable,
        )
    ]  # fmt: skip


def is_blocked(rows: Rows, claim: Claim, asked: Asked) -> bool:
    """Whether a blocking break lies between baseline and period."""
    breaks = breaks_of(rows, {"indicator_id": claim.of, "definition_version": claim.version})
    base, period = claim.baseline_period, asked.period
    return any(one["severity"] == "blocking" and base and period and base < one["period"] <= period for one in breaks)
