"""Gaps and their change since a baseline, computed again from unrounded values of both sides.

Written from the descriptions of fct_development_gap and STATISTICS sections 1 and 6. One gap is that of a period, by one
measure (absolute or relative) and one reading (sample, process, counted). How rows print it stands in gap_rows.py.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracing.cells import breaks_of, process_of, rank, whole_of
from tracing.declared import baselines
from tracing.limits import Number, joined, minus
from tracing.rows import Row, Rows
from tracing.values import value_of

RELATIVE_MARGIN = 0.05
RELATIVE_SCALES = ("share", "ratio", "count")
SAME_SHARE = 1e-9
_ENDS = {"sample": "{}", "process": "{}_as_process", "counted": "{}_as_counted"}


@dataclass(frozen=True)
class Pair:
    """Which gap: an indicator with its definition, the variant and what it is compared with."""

    indicator: Row = field(hash=False, compare=False)
    variant_id: str
    comparator: str

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells it from others."""
        return self.indicator["indicator_id"], self.indicator["definition_version"], self.variant_id, self.comparator


@dataclass(frozen=True)
class Gap:
    """A gap with the distances of its limits; `remainder` is what is left of it to an independent area."""

    gap: Number
    below: Number
    above: Number
    remainders: tuple[Number, Number]
    is_short: bool
    programme: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)


def side(rows: Rows, pair: Pair, variant_id: str, role: str, period: str) -> dict[str, Any] | None:
    """Unrounded figures of an area set in a period; None where it has no row."""
    row = rows.one(
        "fct_indicator_value", indicator_id=pair.indicator["indicator_id"],
        definition_version=pair.indicator["definition_version"], area_kind="area_set", variant_id=variant_id, role=role,
        territory="today", period=period,
    )  # fmt: skip
    return None if row is None else {**value_of(rows, row), "_row": row}


def log_scaled(indicator: Row, value: Number) -> Number:
    """Log odds of a share, logarithm of a ratio or count, None where there is none."""
    if value is None or indicator["scale"] not in RELATIVE_SCALES or value <= 0:
        return None
    if indicator["scale"] != "share":
        return math.log(value)
    rest = whole_of(indicator) - value
    return math.log(value / rest) if rest > 0 else None


def readings_of(rows: Rows, pair: Pair, period: str) -> dict[str, bool]:
    """Readings a gap of an indicator has, and which of them decides."""
    from tracing.cells import cells_of

    if pair.indicator["kind"] == "survey":
        return {"sample": True}
    if process_of(pair.indicator, cells_of(rows, pair.indicator, period)) is None:
        return {"counted": True}
    decides = pair.indicator["deciding_reading"]
    return {"process": decides == "process", "counted": decides == "counted"}


def gap_of(rows: Rows, pair: Pair, period: str, reading: str, relative: bool) -> Gap | None:
    """The gap of a period; None where a side has no row."""
    key = ("gap", pair.key, period, reading, relative)
    if key not in rows.memo:
        rows.memo[key] = _gap(rows, pair, period, reading, relative)
    found: Gap | None = rows.memo[key]
    return found


def _gap(rows: Rows, pair: Pair, period: str, reading: str, relative: bool) -> Gap | None:
    is_set = pair.comparator not in ("rest", "city")
    programme = side(rows, pair, pair.variant_id, "programme", period)
    shown = (
        side(rows, pair, pair.comparator, "comparison", period)
        if is_set
        else side(rows, pair, pair.variant_id, pair.comparator, period)
    )
    opposite = side(rows, pair, pair.variant_id, "rest", period) if pair.comparator == "city" else shown
    if programme is None or shown is None or opposite is None:
        return None
    low, high = (_ENDS[reading].format(end) for end in ("lower", "upper"))

    def scaled(value: Number) -> Number:
        return log_scaled(pair.indicator, value) if relative else value

    remainder: Number = 1.0
    if pair.comparator == "city":
        own, whole = programme["denominator"], shown["denominator"]
        remainder = None if own is None or not whole else 1 - float(own) / float(whole)

    def distance(own_end: str, other_end: str) -> Number:
        if relative and pair.comparator == "city":
            return None
        far = joined(
            [
                minus(scaled(programme["value"]), scaled(programme[own_end])),
                minus(scaled(opposite["value"]), scaled(opposite[other_end])),
            ]
        )
        if far is None or relative:
            return far
        return None if remainder is None else remainder * far

    is_short = any(one["value"] is not None and one[low] is None for one in (programme, opposite))
    return Gap(
        minus(scaled(programme["value"]), scaled(shown["value"])),
        distance(low, high), distance(high, low), (remainder, remainder), is_short, programme, shown,
    )  # fmt: skip


def baseline_of(rows: Rows, pair: Pair, baseline_id: str, reading: str, relative: bool) -> Gap | None:
    """The mean gap over the periods of a baseline; None unless all of them have one."""
    first, last, _ = baselines(rows)[baseline_id]
    found = [gap_of(rows, pair, str(year), reading, relative) for year in range(int(first), int(last) + 1)]
    gaps = [one for one in found if one is not None and one.gap is not None]
    if len(gaps) != len(found) or not gaps:
        return None

    def rooted(distances: list[Number]) -> Number:
        known = [one for one in distances if one is not None]
        return math.sqrt(sum(one * one for one in known)) / len(gaps) if known else None

    remainders = [one.remainders[0] for one in gaps]
    known = [one for one in remainders if one is not None]
    return Gap(
        math.fsum(one.gap for one in gaps if one.gap is not None) / len(gaps),
        rooted([one.below for one in gaps]), rooted([one.above for one in gaps]),
        (min(known), max(known)) if known else (None, None),
        any(one.is_short for one in found if one is not None),
    )  # fmt: skip


def is_parted(rows: Rows, indicator: Row, earlier: str, later: str) -> bool:
    """Whether a blocking break lies between two periods."""
    return any(one["severity"] == "blocking" and earlier < one["period"] <= later for one in breaks_of(rows, indicator))


def status_of(gap: Gap) -> str:
    """The worse status of both sides."""
    worst = max(rank(one["status"]) for one in (gap.programme, gap.shown))
    return ("final", "revised", "provisional", "estimated", "incomplete")[worst]
