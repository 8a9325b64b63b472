"""Whether the same areas grew alike: spread of two periods by Pitman (1939) and Morgan (1939), and beta by least squares.

The t of Pitman and Morgan is that of the correlation between sum and difference of both logarithms. Tests are refused as the
mart's description says. Does not belong here: which areas and values (dispersion.py).
"""

import math
from collections.abc import Callable
from typing import Any

from tracing.declared import baselines
from tracing.gaps import is_parted
from tracing.limits import Number
from tracing.rows import Row, Rows

LEAST_PAIRS = 4
_NOTHING = 1e-16
NONE: dict[str, Any] = dict.fromkeys(
    ("baseline_period", "pair_count", "distinct_pair_count", "is_inference_allowed", "inference_refused_reason",
     "sigma_baseline", "sigma", "sigma_change_pct", "sigma_change_lower_pct", "sigma_change_upper_pct", "variance_ratio", "correlation", "pitman_morgan_t", "degrees_of_freedom", "critical_t",
     "sigma_verdict", "beta_total", "beta_standard_error", "beta_t", "convergence_speed_per_year", "half_life_years")
)  # fmt: skip


def converged(
    rows: Rows,
    indicator: Row,
    row: Row,
    logs: Callable[[str], dict[str, Number]],
    withheld: Callable[[str], int],
) -> dict[str, Any]:
    """Columns of a row on convergence since the deciding baseline; all None where that is no single year."""
    first, last, _ = baselines(rows).get(indicator["baseline_id"], ("", "-", True))
    if first != last or row["period"] <= first or is_parted(rows, indicator, first, row["period"]):
        return NONE
    early, later = logs(first), logs(row["period"])
    pairs = [(float(early[area] or 0), float(later[area] or 0)) for area in later if area in early]
    if not pairs:
        return NONE
    n, df = len(pairs), len(pairs) - 2
    x, growth = [one for one, _ in pairs], [other - one for one, other in pairs]
    ss_x, ss_g, sp = _products(x, x), _products(growth, growth), _products(x, growth)
    ss_y = max(ss_x + 2 * sp + ss_g, 0.0)
    is_spread = ss_x > n * _NOTHING
    beta = sp / ss_x if is_spread else None
    residual = ss_g - sp * sp / ss_x if is_spread else 0.0
    refused = _refused(pairs, growth, withheld(first) + withheld(row["period"]), is_spread, residual)
    t = error = None
    if refused is None:
        sums = [one + other for one, other in pairs]
        r = -_products(sums, growth) / math.sqrt(_products(sums, sums) * ss_g)
        t = r * math.sqrt(df) / math.sqrt(1 - r * r)
        error = math.sqrt(residual / ss_x / df)
    critical = student(df)
    change: tuple[Number, Number, Number] = (None, None, None)
    if refused is None:
        lower, upper = (_spread_at(ss_x, ss_y, ss_x + sp, df, wished) for wished in (-critical, critical))
        change = 100 * (math.sqrt(ss_y / ss_x) - 1), lower, upper
    speed = None
    if beta is not None and -1 < beta < 0:
        speed = -math.log(1 + beta) / (int(row["period"]) - int(first)) or None
    return {
        "baseline_period": first, "pair_count": n, "distinct_pair_count": len(set(zip(x, growth, strict=True))),
        "is_inference_allowed": refused is None, "inference_refused_reason": refused,
        "sigma_baseline": math.sqrt(ss_x / (n - 1)) if n > 1 else None,
        "sigma": math.sqrt(ss_y / (n - 1)) if n > 1 else None,
        "sigma_change_pct": change[0], "sigma_change_lower_pct": change[1], "sigma_change_upper_pct": change[2],
        "variance_ratio": ss_x / ss_y if ss_y else None,
        "correlation": (ss_x + sp) / math.sqrt(ss_x * ss_y) if ss_x * ss_y > 0 else None,
        "pitman_morgan_t": t, "degrees_of_freedom": df, "critical_t": critical,
        "sigma_verdict": "converged" if t and t > critical else "diverged" if t and t < -critical else "undecidable",
        "beta_total": beta, "beta_standard_error": error, "beta_t": beta / error if beta is not None and error else None,
        "convergence_speed_per_year": speed, "half_life_years": math.log(2) / speed if speed else None,
    }  # fmt: skip


def _spread_at(ss_x: float, ss_y: float, sp_xy: float, df: int, wished: float) -> float:
    """Per cent by which the later spread may differ until figures so rescaled have this t; by bisection, t grows with it."""
    low, high = 1e-6, 1e6
    for _ in range(120):
        scale = math.sqrt(low * high)
        later, both = ss_y / scale**2, sp_xy / scale
        r = (ss_x - later) / math.sqrt((ss_x + later) ** 2 - 4 * both * both)
        t = r * math.sqrt(df / (1 - r * r)) if abs(r) < 1 else math.copysign(math.inf, r)
        low, high = (scale, high) if t < wished else (low, scale)
    return 100 * (low - 1)


def _products(one: list[float], other: list[float]) -> float:
    """Sum of products of deviations from the mean."""
    mean, other_mean = math.fsum(one) / len(one), math.fsum(other) / len(other)
    return math.fsum((a - mean) * (b - other_mean) for a, b in zip(one, other, strict=True))


def _refused(
    pairs: list[tuple[float, float]], growth: list[float], withheld: int, is_spread: bool, residual: float
) -> str | None:
    n = len(pairs)
    if n < LEAST_PAIRS:
        return "too_few_areas"
    if withheld:
        return "withheld_values"
    if not is_spread:
        return "no_variation"
    if len({(one, change) for (one, _), change in zip(pairs, growth, strict=True)}) < n:
        return "copied_values"
    return "exactly_linear" if residual <= n * _NOTHING else None


def student(df: int) -> float:
    """The 97.5 % point of Student's t, by bisection on its distribution; that of the normal beyond the printed table."""
    if not 1 <= df <= 200:
        return 1.959963984540054
    low, high = 0.0, 100.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _below(middle, df) < 0.975 else (low, middle)
    return low


def _below(t: float, df: int) -> float:
    """Distribution of Student's t by its finite series in the angle (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = math.atan(t / math.sqrt(df))
    cosine, sine = math.cos(angle), math.sin(angle)
    if df % 2:
        term = total = cosine if df > 1 else 0.0
        for k in range(3, df - 1, 2):
            term *= (k - 1) / k * cosine * cosine
            total += term
        inside = 2 / math.pi * (angle + sine * total)
    else:
        term = total = 1.0
        for k in range(2, df - 1, 2):
            term *= (k - 1) / k * cosine * cosine
            total += term
        inside = sine * total
    return 0.5 + inside / 2
