"""The change of a gap since a baseline with its limits, margin and verdicts, computed again.

Verdicts compare printed limits with the printed margin, as a reader can. Gaps themselves stand in gaps.py, rows in gap_rows.py.
"""

from dataclasses import dataclass

from tracing.declared import baselines
from tracing.gaps import RELATIVE_MARGIN, SAME_SHARE, Gap, Pair, baseline_of, gap_of, is_parted
from tracing.limits import Number, joined, minus, printed
from tracing.rows import Rows


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


def word_of_change(change: Change, moved: float) -> str | None:
    """The word on a change that was computed otherwise, with the distances of the limits as they are."""
    if not change.has_own_verdict or change.sign is None:
        return None
    worse = change.sign * moved
    down, up = (change.below, change.above) if change.sign > 0 else (change.above, change.below)
    low = None if down is None else printed(worse - down)
    return word(low, None if up is None else printed(worse + up), change.margin)
