"""Series over time with their limits, the span in which a statement is right, and what breaks comparability.

Across a blocking break no line is drawn, since no change is stated across it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from report.drawing.canvas import Canvas, place
from report.drawing.scale import Scale, scale
from report.notation import fixed

Point = tuple[float | None, float | None, float | None]  # value, lower, upper


@dataclass(frozen=True)
class Series:
    """One line: what it is called, and per period value and limits, None where there is none."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Break:
    """Where figures compare no longer: before which period, whether the line is cut, the number of its note."""

    before: int
    is_blocking: bool
    number: int


@dataclass(frozen=True)
class Chart:
    """What is drawn: periods, lines, a span or bounds in which a statement is right, breaks, the unit in words."""

    periods: Sequence[str]
    series: Sequence[Series]
    unit: str
    breaks: Sequence[Break] = ()
    window: tuple[float, float] | None = None
    bounds: Sequence[tuple[float, str]] = ()
    has_zero: bool = False


def drawn(chart: Chart, is_narrow: bool) -> Canvas:
    """The chart on a sheet, wide or for a phone."""
    width, height = (340, 320) if is_narrow else (720, 340)
    left, right = 52, width - 14
    has_limits = any(point[1] is not None for one in chart.series for point in one.points)
    named = chart.series if has_limits or len(chart.series) > 1 else ()  # one line alone is what the title says
    names = _legend_places(named, is_narrow, left, right)
    legend = 20 * len({y for _, y in names}) + (0 if is_narrow else 2)
    canvas = Canvas(width, height + legend)
    top, bottom = legend + 26, height + legend - 30
    values = [each for one in chart.series for point in one.points for each in point if each is not None]
    values += [*(chart.window or ()), *(bound for bound, _ in chart.bounds), *([0.0] if chart.has_zero else [])]
    up = scale(values, bottom, top)
    step = (right - left) / max(len(chart.periods), 1)
    places = [left + step * (n + 0.5) for n in range(len(chart.periods))]
    _grid(canvas, chart, up, left, right)
    every = max(1, -(-len(places) * (44 if is_narrow else 46) // (right - left)))
    for n, (x, period) in enumerate(zip(places, chart.periods, strict=True)):
        if (len(places) - 1 - n) % every == 0:
            canvas.text(x, bottom + 20, period, "small", "middle")
    for one in chart.breaks:
        x = left + step * one.before
        canvas.line(x, top, x, bottom, "break")
        canvas.text(x + 3, top + 10, f"[{one.number}]", "small")
    blocked = {one.before for one in chart.breaks if one.is_blocking}
    apart = (4 if is_narrow else 6) if has_limits and len(chart.series) > 2 else 0
    for number, one_series in enumerate(chart.series):
        aside = apart * (number - (len(chart.series) - 1) / 2)
        _line(canvas, one_series, number, [x + aside for x in places], up, blocked, has_bands=not apart)
    _legend(canvas, named, names)
    return canvas


def _grid(canvas: Canvas, chart: Chart, up: Scale, left: float, right: float) -> None:
    canvas.text(4, up.last - 12, chart.unit, "small")
    if chart.window:
        low, high = chart.window
        canvas.box(left, up.at(high), right - left, max(up.at(low) - up.at(high), 3), "window")
    for tick in up.ticks:
        canvas.line(left, up.at(tick), right, up.at(tick), "zero" if tick == 0 and chart.has_zero else "grid")
        canvas.text(left - 6, up.at(tick) + 4, fixed(tick, up.decimals), "small", "end")
    for bound, name in chart.bounds:
        canvas.line(left, up.at(bound), right, up.at(bound), "bound")
        canvas.text(right, up.at(bound) - 5, name, "small", "end")


def _line(
    canvas: Canvas,
    series: Series,
    number: int,
    places: Sequence[float],
    up: Scale,
    blocked: set[int],
    has_bands: bool,
) -> None:
    """One line with its limits: strokes, and bands but where so many lie above each other that none could be told."""
    kind, runs = f"s{number % 4}", _runs(series, blocked)
    for run in runs:
        edge = [(places[n], series.points[n][1], series.points[n][2]) for n in run]
        spans = [(x, low, high) for x, low, high in edge if low is not None and high is not None]
        if has_bands and len(spans) > 1:
            forth = " ".join(f"{place(x)} {place(up.at(high))}" for x, _, high in spans)
            back = " ".join(f"{place(x)} {place(up.at(low))}" for x, low, _ in reversed(spans))
            canvas.path(f"M{forth} {back}z", f"band {kind}")
        for x, low, high in spans:
            canvas.path(f"M{place(x)} {place(up.at(low))}V{place(up.at(high))}", f"limit {kind}")
    for run in runs:
        steps = " ".join(f"{place(places[n])} {place(up.at(float(series.points[n][0] or 0)))}" for n in run)
        if len(run) > 1:
            canvas.path(f"M{steps}", f"line {kind} d{number % 4}")
        for n in run:
            canvas.mark(places[n], up.at(float(series.points[n][0] or 0)), number)


def _runs(series: Series, blocked: set[int]) -> list[list[int]]:
    """Periods whose values a line may join."""
    runs: list[list[int]] = [[]]
    for n, (value, _, _) in enumerate(series.points):
        if n in blocked or value is None:
            runs.append([])
        if value is not None:
            runs[-1].append(n)
    return [run for run in runs if run]


def _legend_places(series: Sequence[Series], is_narrow: bool, left: float, right: float) -> list[tuple[float, float]]:
    """Where each name of the legend begins: beside the one before where it fits, else below."""
    places: list[tuple[float, float]] = []
    x, y = left, 14.0
    for one in series:
        width = 44 + 7.4 * len(one.name)
        if places and (is_narrow or x + width > right):
            x, y = left, y + 20
        places.append((x, y))
        x += width
    return places


def _legend(canvas: Canvas, series: Sequence[Series], places: Sequence[tuple[float, float]]) -> None:
    for number, (one, (x, y)) in enumerate(zip(series, places, strict=True)):
        canvas.path(f"M{place(x)} {place(y - 4)}h26", f"line s{number % 4} d{number % 4}")
        canvas.mark(x + 13, y - 4, number)
        canvas.text(x + 32, y, one.name)
