"""A few values on one axis, each with its limits: then and now, one area and another; with the span in which a statement is right."""

from collections.abc import Sequence
from dataclasses import dataclass

from report.drawing.canvas import Canvas, place
from report.drawing.scale import scale
from report.notation import fixed


@dataclass(frozen=True)
class Span:
    """One line: its name, value and limits, None where there is none; `text` is the value as it is published."""

    name: str
    value: float | None
    lower: float | None
    upper: float | None
    text: str


@dataclass(frozen=True)
class Spans:
    """What is drawn: the lines, the unit in words, where a statement is right."""

    lines: Sequence[Span]
    unit: str
    window: tuple[float, float] | None = None
    bounds: Sequence[tuple[float, str]] = ()


def drawn(spans: Spans, is_narrow: bool) -> Canvas:
    """One line under the other, wide or for a phone."""
    width, row = (340, 52) if is_narrow else (720, 36)
    left, right, top = (14 if is_narrow else 230), width - 20, 46 if spans.bounds else 30
    canvas = Canvas(width, top + row * len(spans.lines) + 34)
    bottom = top + row * len(spans.lines)
    values = [each for one in spans.lines for each in (one.value, one.lower, one.upper) if each is not None]
    values += [*(spans.window or ()), *(bound for bound, _ in spans.bounds)]
    along = scale(values, left, right, 4 if is_narrow else 6)
    canvas.text(left, 14, spans.unit, "small")
    if spans.window:
        low, high = spans.window
        canvas.box(along.at(low), top, max(along.at(high) - along.at(low), 3), bottom - top, "window")
    for tick in along.ticks:
        canvas.line(along.at(tick), top, along.at(tick), bottom, "grid")
        text, x = fixed(tick, along.decimals), along.at(tick)
        half = 3.5 * len(text)  # of its width, so that the outermost stay on the sheet
        canvas.text(x, bottom + 18, text, "small", "start" if x < half else "end" if x + half > width else "middle")
    for bound, name in spans.bounds:
        canvas.line(along.at(bound), top - 4, along.at(bound), bottom, "bound")
        x = along.at(bound)
        anchor = "start" if x < left + 60 else "end" if x > right - 60 else "middle"
        canvas.text(x, top - 8, name, "small", anchor)
    for n, one in enumerate(spans.lines):
        y = top + row * n + (36 if is_narrow else 20)
        canvas.text(left if is_narrow else left - 12, y - 14 if is_narrow else y + 4, f"{one.name}: {one.text}", "over", "start" if is_narrow else "end")  # fmt: skip
        if one.lower is not None and one.upper is not None:
            canvas.path(f"M{place(along.at(one.lower))} {place(y)}H{place(along.at(one.upper))}", "limit s0")
        if one.value is not None:
            canvas.mark(along.at(one.value), y, 0)
    return canvas
