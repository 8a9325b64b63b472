"""A sheet to draw on: shapes, texts, and the SVG they become, in a page or as a file of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape

_STYLE = (
    "text{font:14px 'Source Sans Pro','Noto Sans',sans-serif;fill:#1b1b1b}.small{font-size:12px}.strong{font-weight:600}"
    ".axis,.grid{stroke:#8a8a8a;fill:none}.grid{stroke-opacity:.45}.zero{stroke:#1b1b1b}"
    ".s0{stroke:#0b5394;fill:#0b5394}.s1{stroke:#b45309;fill:#b45309}.s2{stroke:#4d4d4d;fill:#4d4d4d}.s3{stroke:#6b21a8;fill:#6b21a8}"
    ".line{fill:none;stroke-width:2.5}.d1{stroke-dasharray:7 4}.d2{stroke-dasharray:2 4}.d3{stroke-dasharray:10 3 2 3}"
    ".band{fill-opacity:.18;stroke:none}.limit{fill:none;stroke-width:1.5}.window{fill:#5b8c5a;fill-opacity:.28;stroke:#2f5d2f;stroke-width:.75}"
    ".bound{stroke:#2f5d2f;stroke-width:2;stroke-dasharray:6 3;fill:none}.break{stroke:#1b1b1b;stroke-dasharray:3 3;fill:none}"
    ".ground{fill:#fff}.area{stroke:#6b7280;stroke-width:.6}.c0{fill:#e8f1fa}.c1{fill:#b9d4ee}.c2{fill:#7fb0dd}.c3{fill:#3f82bf}.c4{fill:#0b4f8a}"
    ".hidden{fill:#d9d9d9;stroke:#6b7280}.missing{fill:#f6f6f6;stroke:#6b7280}.outline{fill:none;stroke:#1b1b1b;stroke-width:1.6}"
    ".border{fill:none;stroke:#1b1b1b;stroke-width:.8}.hatch{stroke:#1b1b1b;stroke-width:1;fill:none}.c3+.hatch,.c4+.hatch{stroke:#fff}.mark{stroke-width:1}"
    ".over{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}"
)


def place(value: float) -> str:
    """A coordinate with one decimal at most."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


@dataclass
class Canvas:
    """A sheet of so many units; what is drawn later lies above."""

    width: int
    height: int
    parts: list[str] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """A straight line."""
        ends = f'x1="{place(x1)}" y1="{place(y1)}" x2="{place(x2)}" y2="{place(y2)}"'
        self.parts.append(f'<line class="{kind}" {ends}/>')

    def path(self, steps: str, kind: str) -> None:
        """Any outline."""
        self.parts.append(f'<path class="{kind}" d="{steps}"/>')

    def box(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        """A rectangle."""
        size = f'width="{place(width)}" height="{place(height)}"'
        self.parts.append(f'<rect class="{kind}" x="{place(x)}" y="{place(y)}" {size}/>')

    def text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> None:
        """A line of text."""
        at = f'x="{place(x)}" y="{place(y)}"' + ("" if anchor == "start" else f' text-anchor="{anchor}"')
        self.parts.append(f"<text {at}{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{escape(text)}</text>")

    def mark(self, x: float, y: float, number: int) -> None:
        """The mark of the nth series: disc, square, triangle, diamond."""
        r = 4
        shapes = (
            f"M{place(x - r)} {place(y)}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z",
            f"M{place(x - r)} {place(y - r)}h{2 * r}v{2 * r}h{-2 * r}z",
            f"M{place(x)} {place(y - r - 1)}l{r + 1} {2 * r}h{-2 * r - 2}z",
            f"M{place(x)} {place(y - r - 1)}l{r + 1} {r + 1}l{-r - 1} {r + 1}l{-r - 1} {-r - 1}z",
        )
        self.path(shapes[number % len(shapes)], f"mark s{number % len(shapes)}")


@dataclass(frozen=True)
class Drawing:
    """One picture in a wide and a narrow form, with what it shows in words for those who do not see it."""

    description: str
    draw: Callable[[bool], Canvas]  # whether narrow

    @cached_property
    def wide(self) -> Canvas:
        """For a page, a file and print."""
        return self.draw(False)

    @cached_property
    def narrow(self) -> Canvas:
        """For a phone."""
        return self.draw(True)

    def inline(self, is_narrow: bool) -> str:
        """The picture for a page, whose style sheet colours it."""
        return _svg(self.narrow if is_narrow else self.wide, self.description, "narrow" if is_narrow else "wide")

    def file(self, title: str, note: str) -> str:
        """The picture as a file of its own: with a title above, what it is and whence below."""
        inner = self.wide
        framed = Canvas(inner.width, inner.height + 64)
        framed.box(0, 0, framed.width, framed.height, "ground")
        framed.text(8, 24, title, "strong")
        framed.parts.append(f'<g transform="translate(0 36)">{"".join(inner.parts)}</g>')
        framed.text(8, framed.height - 10, note, "small")
        return _svg(framed, self.description, style=_STYLE)


def _svg(canvas: Canvas, description: str, kind: str = "", style: str = "") -> str:
    size = f'viewBox="0 0 {canvas.width} {canvas.height}"' + (
        f' width="{canvas.width}" height="{canvas.height}" xmlns="http://www.w3.org/2000/svg"' if style else ""
    )
    named = f'role="img" aria-label="{escape(description)}"'
    styled = f"<style>{style}</style>" if style else ""
    return (
        f"<svg{f' class={chr(34)}{kind}{chr(34)}' if kind else ''} {size} {named}>{styled}{''.join(canvas.parts)}</svg>"
    )
