"""Bars by group: counts under each other, each with its number as text; a group may have a scale of its own.

A bar that is hidden or missing has no length, only its mark.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from report.drawing.canvas import Canvas


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its value, None where there is none, and the value as it is published, or its mark."""

    name: str
    value: float | None
    text: str


@dataclass(frozen=True)
class Group:
    """Bars that are compared with each other, under a heading."""

    name: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Bars:
    """What is drawn: the groups, the unit in words, whether each group has a scale of its own, what a full bar is."""

    groups: Sequence[Group]
    unit: str
    has_own_scales: bool = False
    full: float | None = None


def drawn(bars: Bars, is_narrow: bool) -> Canvas:
    """One bar under the other, wide or for a phone."""
    width, row, title = (340, 42, 30) if is_narrow else (720, 26, 32)
    left, room = (8, 80) if is_narrow else (250, 90)
    full = width - left - room
    lines = sum(len(group.bars) for group in bars.groups)
    titled = [group for group in bars.groups if group.name]
    canvas = Canvas(width, 26 + row * lines + title * len(titled) + 4)
    canvas.text(left if not titled else 8, 14, bars.unit, "small")
    together = bars.full or _longest(bars.groups)
    y = 26.0
    for group in bars.groups:
        if group.name:
            canvas.text(8, y + title - 10, group.name, "strong")
            y += title
        longest = _longest([group]) if bars.has_own_scales else together
        for bar in group.bars:
            _bar(canvas, bar, y, left, full * (bar.value or 0) / longest, is_narrow)
            y += row
    return canvas


def _longest(groups: Sequence[Group]) -> float:
    return max((bar.value or 0 for group in groups for bar in group.bars), default=0) or 1


def _bar(canvas: Canvas, bar: Bar, y: float, left: float, length: float, is_narrow: bool) -> None:
    top = y + 20 if is_narrow else y + 4
    canvas.text(left if is_narrow else left - 12, y + 14 if is_narrow else y + 18, bar.name, "", "start" if is_narrow else "end")  # fmt: skip
    canvas.line(left, top - 2, left, top + 18, "axis")
    if bar.value is not None:
        canvas.box(left, top, length, 16, "s0")
    canvas.text(left + length + 8, top + 13, bar.text, "strong")
