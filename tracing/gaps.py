"""Gaps and their change since a baseline, computed again from unrounded values of both sides.

Written from the descriptions of fct_development_gap and STATISTICS sections 1 and 6. One gap is that of a period, by one
measure (absolute or relative) and one reading (sample, process, counted). How rows print it stands in gap_rows.py.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracing.declared import baselines
from tracing.limits import Number, joined, minus, printed
from tracing.rows import Row, Rows
from tracing.values import breaks_of, process_of, rank, value_of, whole_of

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
    from tracing.values import cells_of

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


@dataclass(frozen=True)
class Change:
    """Change of a gap since a baseline; limits, margin and verdicts as printed."""

    now: Gap
    base: Gap | None
    is_later: bool
    is_blocked: bool
    has_own_verdict: bool
    change: Number
    below: Number
    above: Number
    sign: float | None
    margin: Number

    @property
    def lower(self) -> Number:
        """Lower limit of the change."""
        return printed(minus(self.change, self.below)) if self.below is not None else None

    @property
    def upper(self) -> Number:
        """Upper limit of the change."""
        return printed(self.change + self.above) if self.change is not None and self.above is not None else None

    @property
    def worse(self) -> Number:
        """Change signed so that more is worse."""
        return None if self.change is None or self.sign is None else self.sign * self.change

    @property
    def worse_limits(self) -> tuple[Number, Number]:
        """Its limits, printed."""
        if self.worse is None or self.sign is None:
            return None, None
        down, up = (self.below, self.above) if self.sign > 0 else (self.above, self.below)
        low = None if down is None else printed(self.worse - down)
        return low, None if up is None else printed(self.worse + up)

    @property
    def size(self) -> Number:
        """Change of the size of the gap."""
        if self.change is None or self.base is None or self.now.gap is None or self.base.gap is None:
            return None
        return abs(self.now.gap) - abs(self.base.gap)

    @property
    def size_limits(self) -> tuple[Number, Number]:
        """Its limits, printed; of a gap that crossed zero the wider one counts on both sides."""
        if self.size is None or self.base is None or self.base.gap is None or self.now.gap is None:
            return None, None
        down, up = self.below, self.above
        if down is None or up is None:
            return None, None
        if self.now.gap * self.base.gap < 0:
            down = up = max(down, up)
        elif self.base.gap < 0:
            down, up = up, down
        return printed(self.size - down), printed(self.size + up)

    @property
    def verdict(self) -> str | None:
        """The word on the disadvantage."""
        if not self.is_later or self.sign is None or (self.change is not None and not self.has_own_verdict):
            return None
        return word(*self.worse_limits, self.margin)

    @property
    def distance_verdict(self) -> str | None:
        """The word on the size of the gap."""
        if not self.is_later or (self.change is not None and not self.has_own_verdict):
            return None
        return word(*self.size_limits, self.margin)


def word(lower: Number, upper: Number, margin: Number) -> str:
    """The verdict on limits against a margin; limits that are not there decide nothing."""
    if margin is not None:
        if upper is not None and upper < -margin:
            return "narrowed"
        if lower is not None and lower > margin:
            return "widened"
        if lower is not None and upper is not None and lower >= -margin and upper <= margin:
            return "unchanged"
    return "undecidable"


def is_parted(rows: Rows, indicator: Row, earlier: str, later: str) -> bool:
    """Whether a blocking break lies between two periods."""
    return any(one["severity"] == "blocking" and earlier < one["period"] <= later for one in breaks_of(rows, indicator))


def changed(rows: Rows, pair: Pair, baseline_id: str, period: str, reading: str, relative: bool) -> Change | None:
    """The change of a gap since a baseline, by one reading; None where the period has no gap row."""
    key = ("change", pair.key, baseline_id, period, reading, relative)
    if key not in rows.memo:
        rows.memo[key] = _changed(rows, pair, baseline_id, period, reading, relative)
    found: Change | None = rows.memo[key]
    return found


def _changed(rows: Rows, pair: Pair, baseline_id: str, period: str, reading: str, relative: bool) -> Change | None:
    now = gap_of(rows, pair, period, reading, relative)
    if now is None:
        return None
    base = baseline_of(rows, pair, baseline_id, reading, relative)
    first, last, _ = baselines(rows)[baseline_id]
    remainder = now.remainders[0]
    own = pair.comparator != "city"
    if not own and not relative and base is not None and remainder is not None and None not in base.remainders:
        own = all(abs(float(one or 0) - remainder) < SAME_SHARE for one in base.remainders)
    rest_margin = RELATIVE_MARGIN
    if not relative:
        rest = baseline_of(rows, Pair(pair.indicator, pair.variant_id, "rest"), baseline_id, reading, False)
        share = float(pair.indicator["margin_baseline_gap_pct"] or 0) / 100
        rest_gap = rest.gap if rest is not None and rest.gap is not None else 0.0
        rest_margin = max(float(pair.indicator["margin_minimum"]), share * abs(rest_gap))
    is_later, is_blocked = period > last, is_parted(rows, pair.indicator, first, period)
    change = below = above = None
    if is_later and not is_blocked and base is not None:
        change = minus(now.gap, base.gap)
    if base is not None:
        below, above = joined([now.below, base.above]), joined([now.above, base.below])
    sign = {"lower_is_better": 1.0, "higher_is_better": -1.0}.get(pair.indicator["polarity"])
    margin = None if remainder is None else printed(remainder * rest_margin)
    return Change(now, base, is_later, is_blocked, own, change, below, above, sign, margin)


def status_of(gap: Gap) -> str:
    """The worse status of both sides."""
    worst = max(rank(one["status"]) for one in (gap.programme, gap.shown))
    return ("final", "revised", "provisional", "estimated", "incomplete")[worst]
