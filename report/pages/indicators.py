"""The list of indicators and one page for each: its sheet, its series with breaks, its gap in every variant, its areas."""

from collections.abc import Iterator, Sequence

from release.claims_words import text_of
from release.spoken import current_language, words
from report.drawing import series, spans
from report.drawing.canvas import Drawing
from report.edition import Edition, Row
from report.figure import Cell, Figure, Table, about, cell, head
from report.notation import shown
from report.page import Material, Page
from report.pages.gap_figures import gap_figures
from report.pages.maps import area_map, classed
from report.pages.names import described, level_name, source_of

_KEY = "indicator_id, definition_version"
_VALUE = "value, lower, upper, interval_method, decimals, unit, n, coverage_pct, status, comparability_break, is_hidden, hidden_reason"


def pages(material: Material) -> Iterator[Page]:
    """All pages on indicators; none where the programme publishes no values."""
    edition = material.edition
    if not edition.has("dim_indicator", "fct_indicator_value"):
        return
    sheets = newest_sheets(edition)
    subjects = {
        term.id: words(term.name_de, term.name_en) for term in material.programme.settings.vocabularies.subjects
    }
    groups: dict[str, list[Row]] = {name: [] for name in subjects.values()}
    for sheet in sheets:
        groups.setdefault(subjects.get(sheet["subject_id"], ""), []).append(sheet)
    listed = [(name, members) for name, members in groups.items() if members]
    yield Page("indicators/index.html", words("Indikatoren", "Indicators"), "indicators.html.jinja", {"groups": listed})
    for sheet in sheets:
        yield _page(material, sheet)


def newest_sheets(edition: Edition) -> list[Row]:
    """The newest definition of every indicator, by name."""
    return edition.rows(
        f"select * from dim_indicator qualify row_number() over (partition by indicator_id order by definition_version desc) = 1"
        f" order by {'name_de' if current_language() == 'de' else 'name_en'}, indicator_id"
    )


def _page(material: Material, sheet: Row) -> Page:
    edition = material.edition
    versions = edition.rows(
        "select definition_version, declared_on, valid_from, valid_to, definition_de, definition_en from dim_indicator"
        " where indicator_id = ? order by definition_version",
        sheet["indicator_id"],
    )
    breaks = (
        edition.rows(
            "select period, severity, note_de, note_en, source_text from dim_comparability_break"
            " where indicator_id = ? and definition_version = ? order by period, break_id",
            sheet["indicator_id"],
            sheet["definition_version"],
        )
        if edition.has("dim_comparability_break")
        else []
    )
    figures = [
        _series(edition, sheet, breaks),
        *gap_figures(material, sheet),
        *_districts(material, sheet),
        *_map(material, sheet),
    ]
    figures = [figure for figure in figures if figure.data.num_rows]
    traced = _newest_cell(figures[0].data.to_pylist()) if figures else ""
    context = {"sheet": sheet, "versions": versions, "breaks": list(enumerate(breaks, start=1)), "traced": traced}
    return Page(
        f"indicators/{sheet['indicator_id']}.html",
        text_of(sheet, "name"),
        "indicator.html.jinja",
        context,
        figures,
    )


def _newest_cell(rows: Sequence[Row]) -> str:
    """The newest value of the series, as the auditor's walk is asked for it."""
    newest = max((row for row in rows if row["role"] in ("programme", None)), key=lambda row: str(row["period"]))
    where = [
        f"{name}={newest[name]}" for name in ("area_id", "variant_id", "role", "territory") if newest[name] is not None
    ]
    return " ".join([*where, f"definition_version={newest['definition_version']}", f"period={newest['period']}"])


# --- over time -----------------------------------------------------------------------------------------


def _series(edition: Edition, sheet: Row, breaks: Sequence[Row]) -> Figure:
    data = edition.table(
        f"""
        select {_KEY}, area_kind, area_id, variant_id, role, territory, period, reference_on, {_VALUE}, is_synthetic
        from fct_indicator_value
        where indicator_id = ? and definition_version = ?
        and ((area_kind = 'area_set' and territory = 'today') or (area_kind = 'area' and not exists (
            select 1 from fct_indicator_value as sets
            where sets.indicator_id = fct_indicator_value.indicator_id and sets.area_kind = 'area_set'
        ) and area_id in (select area_id from dim_area where level_rank = 0)))
        order by case role when 'programme' then 0 when 'rest' then 1 else 2 end, period
        """,
        sheet["indicator_id"],
        sheet["definition_version"],
    )
    rows = data.to_pylist()
    unit = edition.label("unit", sheet["unit"])
    roles = list(dict.fromkeys(row["role"] for row in rows))
    periods = sorted({row["period"] for row in rows})
    by_role = {role: {row["period"]: row for row in rows if row["role"] == role} for role in roles}
    lines = [
        series.Series(
            edition.label("role", role or "city"),
            [_point(by_role[role].get(period)) for period in periods],
        )
        for role in roles
    ]
    marked = [
        series.Break(periods.index(one["period"]), one["severity"] == "blocking", number)
        for number, one in enumerate(breaks, start=1)
        if one["period"] in periods
    ]
    chart = series.Chart(periods, lines, unit, marked)
    newest = [row for row in rows if row["period"] == periods[-1]] if periods else []
    said = "; ".join(
        f"{edition.label('role', row['role'] or 'city')} {shown(row['value'], row['decimals'])}" for row in newest
    )
    return Figure(
        figure_id=f"{sheet['indicator_id']}-series",
        mart="fct_indicator_value",
        title=words("Verlauf", "Over time"),
        sentence=f"{text_of(sheet, 'name')}, {periods[-1]}: {said} ({unit})." if newest else text_of(sheet, "name"),
        data=data,
        table=_series_table(edition, rows),
        drawing=Drawing(described(lines, periods, unit), lambda is_narrow: series.drawn(chart, is_narrow))
        if periods
        else None,
        notes=[limits_in_words(rows)],
        about=about(unit, source_of(sheet), edition.as_of_on, [edition.label("status", row["status"]) for row in rows]),
    )


def limits_in_words(rows: Sequence[Row]) -> str:
    """What the limits of a figure cover."""
    if any(row["n"] for row in rows):
        return words("Band und Striche: 95-%-Grenzen der Stichprobe.", "Band and bars: 95 % limits of the sample.")
    if any((row["interval_method"] or "").endswith("_process") for row in rows):
        return words(
            "Vollerhebung: Band und Striche zeigen, wie weit die Zahl auch ohne jeden Wandel durch Zufall schwanken kann (95 %).",
            "Full count: band and bars show how far the figure can move by chance even if nothing changes (95 %).",
        )
    return words(
        "Vollerhebung ohne Stichprobenfehler: Grenzen decken nur, was Rundung der gelieferten Zahlen offen lässt, und sind oft zu schmal, um gesehen zu werden.",
        "Full count without sampling error: limits cover only what rounding of the delivered figures leaves open, and are often too narrow to be seen.",
    )


def _point(row: Row | None) -> series.Point:
    return (row["value"], row["lower"], row["upper"]) if row else (None, None, None)


def _series_table(edition: Edition, rows: list[Row]) -> Table:
    heads = [
        words("Gebiet", "Area"),
        words("Jahr", "Year"),
        words("Wert", "Value"),
        words("untere Grenze", "lower limit"),
        words("obere Grenze", "upper limit"),
        "n",
        words("Status", "Status"),
    ]
    has_n = any(row["n"] is not None for row in rows)
    lines = [
        [
            head(edition.label("role", row["role"] or "city")),
            cell(rows, n, "period"),
            *(cell(rows, n, column) for column in ("value", "lower", "upper")),
            *([cell(rows, n, "n")] if has_n else []),
            Cell(edition.label("status", row["status"]), source=f"{n}.status"),
        ]
        for n, row in enumerate(rows)
    ]
    caption = words("Wert mit Grenzen je Gebiet und Jahr", "Value with limits by area and year")
    return Table(caption, [name for name in heads if has_n or name != "n"], lines)


# --- the districts -------------------------------------------------------------------------------------


def _districts(material: Material, sheet: Row) -> Iterator[Figure]:
    edition, level = material.edition, material.programme.settings.activity_level
    values = ", ".join(f"v.{name}" for name in _VALUE.split(", "))
    data = edition.table(
        f"""
        select {_KEY}, area_id, area_name, area_level, period, {values}, v.is_synthetic
        from fct_indicator_value as v join (
            select distinct area_id, area_name, area_level, level_rank from dim_area where level_rank = 0 or area_level = ?
        ) as areas using (area_id)
        where indicator_id = ? and definition_version = ? and area_kind = 'area'
        and period = (
            select max(period) from fct_indicator_value as newer
            where newer.indicator_id = v.indicator_id and newer.definition_version = v.definition_version
        )
        order by level_rank desc, area_name
        """,
        level,
        sheet["indicator_id"],
        sheet["definition_version"],
    )
    rows = data.to_pylist()
    if not any(row["area_level"] == level for row in rows):
        return
    unit, period, name = edition.label("unit", sheet["unit"]), rows[0]["period"], text_of(sheet, "name")
    areas = level_name(material, level)
    lines = [
        spans.Span(row["area_name"], row["value"], row["lower"], row["upper"], shown(row["value"], row["decimals"]))
        for row in rows
    ]
    drawn = spans.Spans(lines, unit)
    heads = [
        words("Gebiet", "Area"),
        words("Wert", "Value"),
        words("untere Grenze", "lower limit"),
        words("obere Grenze", "upper limit"),
        words("Status", "Status"),
    ]
    cells = [
        [
            Cell(
                row["area_name"],
                source=f"{n}.area_name",
                is_head=True,
                link=f"../areas/{row['area_id']}.html" if row["area_level"] == level else None,
            ),
            *(cell(rows, n, column) for column in ("value", "lower", "upper")),
            Cell(edition.label("status", row["status"]), source=f"{n}.status"),
        ]
        for n, row in enumerate(rows)
    ]
    whole = "".join(
        f" {row['area_name']}: {shown(row['value'], row['decimals'])} {unit}."
        for row in rows
        if row["area_level"] != level
    )
    yield Figure(
        figure_id=f"{sheet['indicator_id']}-districts",
        mart="fct_indicator_value",
        title=words(f"Im Vergleich: {areas}", f"Compared: {areas}"),
        sentence=words(f"{name} je {areas}, {period}.{whole}", f"{name} by {areas}, {period}.{whole}"),
        data=data,
        table=Table(words(f"Wert je {areas}, {period}", f"Value by {areas}, {period}"), heads, cells),
        drawing=Drawing(
            words(
                f"Werte auf einer Achse ({unit}); sie stehen in der Tabelle.",
                f"Values on one axis ({unit}); they stand in the table.",
            ),
            lambda is_narrow: spans.drawn(drawn, is_narrow),
        ),
        about=about(unit, source_of(sheet), edition.as_of_on, [edition.label("status", row["status"]) for row in rows]),
    )


# --- the map -------------------------------------------------------------------------------------------


def _map(material: Material, sheet: Row) -> Iterator[Figure]:
    """The finest level that has outlines and published values."""
    edition = material.edition
    found = edition.rows(
        "select distinct area_level, level_rank from fct_indicator_value join dim_area using (area_id)"
        " where indicator_id = ? and definition_version = ? and area_kind = 'area' order by level_rank desc",
        sheet["indicator_id"],
        sheet["definition_version"],
    )
    levels = [row["area_level"] for row in found if row["area_level"] in material.outlines and row["level_rank"] > 0]
    if not levels:
        return
    values = ", ".join(f"v.{name}" for name in _VALUE.split(", "))
    data = edition.table(
        f"""
        select {_KEY}, area_id, area_name, period, {values}, shown_at_level, v.is_synthetic
        from fct_indicator_value as v
        join (select distinct area_id, area_name from dim_area where area_level = ?) as areas using (area_id)
        where indicator_id = ? and definition_version = ? and area_kind = 'area'
        qualify period = max(period) over ()
        order by area_name, area_id
        """,
        levels[0],
        sheet["indicator_id"],
        sheet["definition_version"],
    )
    rows = data.to_pylist()
    unit, name, areas, period = (
        edition.label("unit", sheet["unit"]),
        text_of(sheet, "name"),
        level_name(material, levels[0]),
        rows[0]["period"],
    )
    kinds, legend = classed(rows)
    told = words(
        f"Karte: {name} {period} in Klassen, die Werte stehen in der Tabelle.",
        f"Map: {name} {period} in classes, the values stand in the table.",
    )
    heads = [words("Gebiet", "Area"), words("Wert", "Value"), words("Status", "Status")]
    cells = [
        [
            Cell(row["area_name"], source=f"{n}.area_name", is_head=True),
            cell(rows, n, "value"),
            Cell(edition.label("status", row["status"]), source=f"{n}.status"),
        ]
        for n, row in enumerate(rows)
    ]
    yield Figure(
        figure_id=f"{sheet['indicator_id']}-map",
        mart="fct_indicator_value",
        title=words("Auf der Karte", "On the map"),
        sentence=words(
            f"{name} je {areas}, {period}, in Klassen mit etwa gleich vielen Gebieten.",
            f"{name} by {areas}, {period}, in classes of about as many areas each.",
        ),
        data=data,
        table=Table(words(f"Wert je {areas}, {period}", f"Value by {areas}, {period}"), heads, cells),
        drawing=area_map(material, f"{sheet['indicator_id']}", levels[0], kinds, legend, told),
        notes=[
            words(
                "Dicke Linien: Grenzen der Stadtbezirke. Je dichter die Schraffur, desto höher der Wert.",
                "Thick lines: borders of city districts. The denser the hatching, the higher the value.",
            )
        ],
        about=about(unit, source_of(sheet), edition.as_of_on, [edition.label("status", row["status"]) for row in rows]),
    )
