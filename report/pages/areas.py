"""One page for each area of the level activity is placed at (in Dortmund the Stadtbezirk): all indicators beside those of the
city, its sub-projects, the classes of the areas in it."""

from collections.abc import Iterator

from release.claims_words import text_of
from release.spoken import words
from report.edition import Row
from report.figure import Cell, Figure, Table, about, cell, head
from report.page import Material, Page
from report.pages.names import by_indicator, by_row, level_name


def pages(material: Material) -> Iterator[Page]:
    """The list of areas and a page for each."""
    edition, level = material.edition, material.programme.settings.activity_level
    if level is None or not edition.has("dim_area", "dim_indicator", "fct_indicator_value"):
        return
    areas = edition.rows("select area_id, area_name from dim_area where area_level = ? and valid_to is null order by area_name", level)  # fmt: skip
    title = level_name(material, level)
    yield Page("areas/index.html", title, "areas.html.jinja", {"areas": areas})
    for area in areas:
        figures = [_indicators(material, area), *_projects(material, area), *_classes(material, area)]
        yield Page(f"areas/{area['area_id']}.html", f"{title} {area['area_name']}", "area.html.jinja", {}, [figure for figure in figures if figure.data.num_rows])  # fmt: skip


def _indicators(material: Material, area: Row) -> Figure:
    edition = material.edition
    data = edition.table(
        """
        select v.indicator_id, v.definition_version, name_de, name_en, v.area_id, level_rank, v.period, v.value, v.lower, v.upper, v.decimals,
            v.unit, v.n, v.status, v.is_hidden, v.hidden_reason, v.is_synthetic
        from fct_indicator_value as v
        join dim_indicator as sheet using (indicator_id, definition_version)
        join (select distinct area_id, level_rank from dim_area where area_id = ? or level_rank = 0) as areas using (area_id)
        where v.area_kind = 'area'
        qualify v.period = max(v.period) over (partition by v.indicator_id)
            and v.definition_version = max(v.definition_version) over (partition by v.indicator_id)
            and count(*) over (partition by v.indicator_id) > 1
        order by name_de, v.indicator_id, level_rank desc
        """,
        area["area_id"],
    )
    rows = data.to_pylist()
    whole = {row["indicator_id"]: n for n, row in enumerate(rows) if row["level_rank"] == 0}
    heads = [
        words("Indikator", "Indicator"), words("Jahr", "Year"), area["area_name"], words("untere Grenze", "lower limit"), words("obere Grenze", "upper limit"),
        words("Gesamtstadt", "Whole city"), words("Einheit", "Unit"), words("Status", "Status"),
    ]  # fmt: skip
    lines = [
        [
            head(text_of(row, "name"), f"../indicators/{row['indicator_id']}.html"),
            *(cell(rows, n, column) for column in ("period", "value", "lower", "upper")),
            cell(rows, whole[row["indicator_id"]], "value"),
            Cell(edition.label("unit", row["unit"]), source=f"{n}.unit"),
            Cell(edition.label("status", row["status"]), source=f"{n}.status"),
        ]
        for n, row in enumerate(rows)
        if row["level_rank"] != 0 and row["indicator_id"] in whole
    ]
    return Figure(
        figure_id=f"area-{area['area_id']}",
        mart="fct_indicator_value",
        title=words("Alle Indikatoren neben denen der Gesamtstadt", "All indicators beside those of the whole city"),
        sentence=words(
            f"Der jüngste Wert jedes Indikators für {area['area_name']} und für die Gesamtstadt.",
            f"The newest value of each indicator for {area['area_name']} and for the whole city.",
        ),
        data=data,
        table=Table(words("Jüngste Werte", "Newest values"), heads, lines),
        about=about(by_row(), by_indicator(), edition.as_of_on),
    )


def _projects(material: Material, area: Row) -> Iterator[Figure]:
    edition = material.edition
    if not edition.has("dim_project", "bridge_project_area", "fct_project_status"):
        return
    data = edition.table(
        """
        select project.project_id, project_name, adopted_on, status, state.valid_from, is_in_stock, project.row_address, project.delivery_id,
            project.is_synthetic
        from dim_project as project
        join bridge_project_area as place on project.project_id = place.project_id and place.area_id = ?
        join fct_project_status as state on project.project_id = state.project_id and state.valid_to is null
        where is_in_stock
        order by project.project_id
        """,
        area["area_id"],
    )
    rows = data.to_pylist()
    heads = [words("Kennung", "Identifier"), words("Teilprojekt", "Sub-project"), words("beschlossen am", "adopted on"), words("Status", "Status"), words("seit", "since")]  # fmt: skip
    lines = [
        [
            Cell(row["project_id"], source=f"{n}.project_id", is_head=True),
            cell(rows, n, "project_name"),
            cell(rows, n, "adopted_on"),
            Cell(edition.label("project_status", row["status"]), source=f"{n}.status"),
            cell(rows, n, "valid_from"),
        ]
        for n, row in enumerate(rows)
    ]
    yield Figure(
        figure_id=f"area-{area['area_id']}-projects",
        mart="dim_project",
        title=words("Teilprojekte im Bestand", "Sub-projects in stock"),
        sentence=words(
            f"Teilprojekte, die in {area['area_name']} liegen und heute im Bestand sind; stadtweite stehen bei allen Teilprojekten.",
            f"Sub-projects that lie in {area['area_name']} and are in stock today; city-wide ones stand with all sub-projects.",
        ),
        data=data,
        table=Table(words("Teilprojekte mit Status", "Sub-projects with status"), heads, lines),
        about=about(edition.label("unit", "projects"), material.sources("project", "project_event"), edition.as_of_on),
    )


def _classes(material: Material, area: Row) -> Iterator[Figure]:
    edition = material.edition
    if not edition.has("fct_area_class"):
        return
    data = edition.table(
        """
        select class.index_id, index_name_de, index_name_en, class.period, class.area_id, area_name, status_class, dynamics_class,
            group_name_de, group_name_en, class.is_valid, reason_de, reason_en, is_hidden, hidden_reason, class.is_synthetic
        from fct_area_class as class
        join (select distinct area_id, area_name, parent_id from dim_area) as inside on class.area_id = inside.area_id
        where inside.parent_id = ?
        qualify class.period = max(class.period) over (partition by class.index_id)
        order by class.index_id, area_name
        """,
        area["area_id"],
    )
    rows = data.to_pylist()
    heads = [words("Gebiet", "Area"), words("Jahr", "Year"), words("Status", "Status"), words("Dynamik", "Dynamics"), words("Grund, wenn keine", "Reason, where none")]  # fmt: skip
    lines = [
        [
            Cell(row["area_name"], source=f"{n}.area_name", is_head=True),
            cell(rows, n, "period"),
            *(
                Cell(edition.label(column, row[column]), source=f"{n}.{column}")
                if row[column]
                else cell(rows, n, column)
                for column in ("status_class", "dynamics_class")
            ),
            Cell(text_of(row, "reason") if row["reason_de"] else ""),
        ]
        for n, row in enumerate(rows)
    ]
    yield Figure(
        figure_id=f"area-{area['area_id']}-classes",
        mart="fct_area_class",
        title=words("Klassen der Gebiete darin", "Classes of the areas in it"),
        sentence=words(
            f"Wie die soziale Lage in den Gebieten von {area['area_name']} im Vergleich aller Gebiete der Stadt steht, und wohin sie sich bewegt.",
            f"How the areas of {area['area_name']} stand among all areas of the city, and where they move.",
        ),
        data=data,
        table=Table(words("Status und Dynamik", "Status and dynamics"), heads, lines),
        about=about(edition.label("unit", "status_class"), by_indicator(), edition.as_of_on),
    )
