"""Status and dynamics classes of areas: where an area stands among all of the city, and where it moves, as maps and a table."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from release.claims_words import text_of
from release.spoken import words
from report.drawing.canvas import Drawing
from report.edition import Edition, Row
from report.figure import Cell, Figure, Table, about, cell
from report.notation import shown
from report.page import Material, Page
from report.pages.maps import area_map
from report.pages.names import by_indicator, level_name

_KINDS = {
    "status_class": {"high": "c0", "medium": "c1", "low": "c3", "very_low": "c4"},
    "dynamics_class": {"positive": "c0", "stable": "c2", "negative": "c4"},
}


def pages(material: Material) -> Iterator[Page]:
    """The one page of all class indices; none where no classes are public."""
    edition = material.edition
    if not edition.has("fct_area_class", "dim_area"):
        return
    indices = edition.rows("select distinct index_id from fct_area_class order by index_id")
    figures = [figure for row in indices for figure in _figures(material, row["index_id"])]
    yield Page(
        "classes.html",
        words("Soziale Lage in Klassen", "Social situation in classes"),
        "classes.html.jinja",
        {},
        figures,
    )


def _figures(material: Material, index_id: str) -> Iterator[Figure]:
    data = material.edition.table(
        """
        select class.index_id, index_name_de, index_name_en, class.period, class.area_level, class.area_id, area_name, population,
            minimum_population, class.is_valid, reason_de, reason_en, status_class, dynamics_class, group_id, group_name_de, group_name_en,
            is_hidden, hidden_reason, class.is_synthetic
        from fct_area_class as class
        join (select distinct area_id, area_name from dim_area) as areas using (area_id)
        where class.index_id = ?
        qualify class.period = max(class.period) over ()
        order by area_name, class.area_id
        """,
        index_id,
    )
    rows = data.to_pylist()
    if rows:
        yield _figure(material, rows, data, "status_class", words("Status", "Status"))
        yield _figure(material, rows, data, "dynamics_class", words("Dynamik", "Dynamics"))


def _figure(material: Material, rows: Sequence[Row], data: pa.Table, column: str, what: str) -> Figure:
    edition, first = material.edition, rows[0]
    name, period, areas = text_of(first, "index_name"), first["period"], level_name(material, first["area_level"])
    heads = [
        words("Gebiet", "Area"),
        what,
        words("Einwohner*innen", "Residents"),
        words("Grund, wenn keine Klasse", "Reason, where no class"),
    ]
    lines = [
        [
            Cell(row["area_name"], source=f"{n}.area_name", is_head=True),
            Cell(edition.label(column, row[column]), source=f"{n}.{column}") if row[column] else cell(rows, n, column),
            cell(rows, n, "population"),
            Cell(text_of(row, "reason") if row["reason_de"] else ""),
        ]
        for n, row in enumerate(rows)
    ]
    return Figure(
        figure_id=f"{first['index_id']}-{column.partition('_')[0]}",
        mart="fct_area_class",
        title=f"{what}: {name}",
        sentence=words(
            f"{what} {period} je {areas}, verglichen mit allen Gebieten der Stadt.",
            f"{what} in {period} by {areas}, compared with all areas of the city.",
        ),
        data=data,
        table=Table(words(f"{what} je {areas}, {period}", f"{what} by {areas}, {period}"), heads, lines),
        drawing=_map(material, edition, rows, column, what),
        notes=[
            words(
                f"Nur Gebiete mit mindestens {shown(first['minimum_population'])} Einwohner*innen bekommen eine Klasse.",
                f"Only areas with at least {shown(first['minimum_population'])} residents get a class.",
            )
        ],
        about=about(edition.label("unit", column), by_indicator(), edition.as_of_on),
    )


def _map(material: Material, edition: Edition, rows: Sequence[Row], column: str, what: str) -> Drawing | None:
    kinds = {
        row["area_id"]: _KINDS[column][row[column]] if row[column] else "hidden" if row["is_hidden"] else "missing"
        for row in rows
    }
    there = set(kinds.values())
    legend = [(kind, edition.label(column, code)) for code, kind in _KINDS[column].items() if kind in there]
    told = words(
        f"Karte: {what} in Klassen, sie stehen in der Tabelle.", f"Map: {what} in classes, they stand in the table."
    )
    return area_map(material, f"{rows[0]['index_id']}-{column}", rows[0]["area_level"], kinds, legend, told)
