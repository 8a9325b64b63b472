"""Maps: which areas are drawn, in which class each lies, and what the legend says. Without outlines there is none."""

from collections.abc import Sequence

from release.spoken import words
from report.drawing.canvas import Drawing
from report.drawing.map import MapChart, drawn
from report.edition import Row
from report.notation import shown
from report.page import Material

_CLASSES = 5


def area_map(
    material: Material, name: str, level: str, kinds: dict[str, str], legend: Sequence[tuple[str, str]], told: str
) -> Drawing | None:
    """A map of the areas of a level by kind; areas without a kind are missing. None where their outlines are not delivered."""
    areas = material.outlines.get(level)
    if not areas:
        return None
    coarser = material.outlines.get(str(material.programme.settings.activity_level), {})
    every = {area_id: kinds.get(area_id, "missing") for area_id in areas}
    extra = [("hidden", words("gesperrt", "hidden")), ("missing", words("keine Angabe", "no figure"))]
    lines = [*legend, *((kind, text) for kind, text in extra if kind in every.values())]
    chart = MapChart(name, areas, every, [coarser[area_id] for area_id in sorted(coarser)], lines)
    return Drawing(told, lambda is_narrow: drawn(chart, is_narrow))


def classed(rows: Sequence[Row]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Areas in up to five classes of about as many each, by their value, and the legend: lowest and highest value of each class.

    Equal values lie in one class, and every number of the legend is the value of an area.
    """
    valued = sorted((row for row in rows if row["value"] is not None), key=lambda row: row["value"])
    classes: dict[float, int] = {}
    for place, row in enumerate(valued):
        classes.setdefault(row["value"], place * _CLASSES // len(valued))
    kinds = {
        row["area_id"]: f"c{classes[row['value']]}"
        if row["value"] is not None
        else "hidden"
        if row["is_hidden"]
        else "missing"
        for row in rows
    }
    legend = []
    for number in range(_CLASSES):
        members = [row for row in valued if classes[row["value"]] == number]
        if members:
            first, last = (shown(row["value"], row["decimals"]) for row in (members[0], members[-1]))
            legend.append(
                (f"c{number}", first if first == last else words(f"{first} bis {last}", f"{first} to {last}"))
            )
    return kinds, legend
