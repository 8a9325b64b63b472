"""The page on participation: from idea to sub-project by round, events year by year and one by one, and where the programme did what."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from release.spoken import current_language, words
from report.drawing import bars, series
from report.drawing.canvas import Drawing
from report.edition import Row
from report.figure import Cell, Figure, Table, about, cell, laid_out
from report.notation import HIDDEN, MISSING, shown
from report.page import Material, Page

FUNNEL, EVENTS, INTENSITY = "fct_participation_funnel", "fct_participation_event", "fct_programme_intensity"
_YEARLY = ("events", "participants", "ideas")
_DELIVERED = {"events": "event", "participants": "event", "ideas": "contribution"}  # all others: the register


def pages(material: Material) -> Iterator[Page]:
    """The one page on participation; none where the programme publishes nothing of it."""
    edition = material.edition
    figures: list[Figure] = []
    if edition.has(FUNNEL):
        figures += _funnel(material)
    if edition.has(INTENSITY, "dim_area"):
        figures += _by_year(material)
    if edition.has(EVENTS, "dim_area"):
        figures += _events(material)
    if edition.has(INTENSITY, "dim_area"):
        figures += _by_area(material)
    if figures:
        context = {"first_by_area": _first_by_area(figures), "undelivered": _undelivered(material)}
        yield Page(
            "participation.html", words("Beteiligung", "Participation"), "participation.html.jinja", context, figures
        )


def _first_by_area(figures: Sequence[Figure]) -> str:
    return next((figure.figure_id for figure in figures if figure.figure_id.startswith("intensity-")), "")


def _undelivered(material: Material) -> list[Row]:
    """Measures nobody delivers a figure of, and how that is to be read."""
    if not material.edition.has(INTENSITY):
        return []
    language = current_language()
    return material.edition.rows(
        f"select measure_name_{language} as name, min(interpretation_{language}) as told from {INTENSITY}"
        " group by measure_id, name having count(value) = 0 order by name"
    )


def _named(row: Row) -> str:
    """What a measure is called, as a title begins."""
    name = str(row[f"measure_name_{current_language()}"])
    return name[:1].upper() + name[1:]


def _mark(row: Row, column: str) -> str:
    """A value or its mark, as text beside a bar."""
    if row[column] is None:
        return HIDDEN if row.get("is_hidden") else MISSING
    return shown(row[column], 2 if column == "value_per_1000" else None)


# --- from idea to sub-project ------------------------------------------------------------------------------


def _funnel(material: Material) -> list[Figure]:
    edition = material.edition
    data = edition.table(f"select * from {FUNNEL} order by round_id, stage_rank")
    rows = data.to_pylist()
    if not rows:
        return []

    def stage(row: Row) -> str:
        return edition.label("stage", row["stage"])

    def in_round(row: Row) -> str:
        return words(f"Runde {row['round_id']}", f"round {row['round_id']}")

    heads, lines = laid_out(rows, in_round, stage, "item_count")
    rounds = list(dict.fromkeys(row["round_id"] for row in rows))
    groups = [
        bars.Group(
            words(f"Runde {each}", f"round {each}"),
            [
                bars.Bar(stage(row), row["item_count"], _mark(row, "item_count"))
                for row in rows
                if row["round_id"] == each
            ],
        )
        for each in rounds
    ]
    chart = bars.Bars(groups, words("Anzahl", "number"), has_own_scales=True)
    told = [
        f"{group.name}: " + ", ".join(f"{bar.name} {bar.text}" for bar in group.bars if bar.value is not None)
        for group in groups
    ]
    return [
        Figure(
            "participation-funnel",
            FUNNEL,
            words("Von der Idee zum Teilprojekt, je Runde", "From idea to sub-project, by round"),
            told[0] + ".",
            data,
            Table(
                words("Was in jeder Runde jede Stufe erreichte", "What reached each stage in each round"),
                [words("Runde", "Round"), *heads],
                lines,
            ),
            Drawing("; ".join(told), lambda is_narrow: bars.drawn(chart, is_narrow)),
            notes=[
                words(
                    "Jede Runde hat ihren eigenen Maßstab: Balken verschiedener Runden sind nicht vergleichbar, die Zahlen schon.",
                    "Each round has a scale of its own: bars of different rounds do not compare, the numbers do.",
                ),
                words(
                    "Ideen wurden vor der Bewertung gebündelt: Aus mehreren konnte ein Vorschlag werden. Teilprojekte, die aus keiner Runde kamen, fehlen hier.",
                    "Ideas were bundled before the assessment: several could become one proposal. Sub-projects that came from no round are left out here.",
                ),
            ],
            about=about(
                words("Ideen, Vorschläge, Teilprojekte", "ideas, proposals, sub-projects"),
                material.sources("contribution", "assessment", "project"),
                edition.as_of_on,
            ),
        )
    ]


# --- year by year ------------------------------------------------------------------------------------------


def _by_year(material: Material) -> list[Figure]:
    """Events, people present and ideas of the whole city, one figure each, since they are three units."""
    query = f"select * from {INTENSITY} where area_level = 'city' and measure_id = ? order by period"
    tables = [material.edition.table(query, measure) for measure in _YEARLY]
    return [_year_figure(material, data) for data in tables if data.num_rows > data["value"].null_count]


def _year_figure(material: Material, data: pa.Table) -> Figure:
    rows, edition = data.to_pylist(), material.edition
    measure, name = rows[0]["measure_id"], _named(rows[0])
    unit = edition.label("unit", rows[0]["unit"])
    valued = [row for row in rows if row["value"] is not None]
    told = [f"{row['period']}: {shown(row['value'])}" for row in (valued[0], valued[-1])]
    columns = {
        "value": name,
        "value_per_1000": words("je 1.000 Einwohner*innen", "per 1,000 residents"),
        "event_without_figure_count": words("Veranstaltungen ohne Angabe", "events without a figure"),
    }
    if measure != "participants":
        columns.pop("event_without_figure_count")
    lines = [
        [
            cell(rows, n, "period", is_head=True),
            *(cell(rows, n, column, decimals=2 if column == "value_per_1000" else None) for column in columns),
        ]
        for n in range(len(rows))
    ]
    chart = series.Chart(
        [row["period"] for row in rows],
        [series.Series(name, [(row["value"], None, None) for row in rows])],
        unit,
        has_zero=True,
    )
    return Figure(
        f"participation-{measure}",
        INTENSITY,
        words(f"{name} in der ganzen Stadt, je Jahr", f"{name} in the whole city, by year"),
        words(f"{name} in der ganzen Stadt: {', '.join(told)}.", f"{name} in the whole city: {', '.join(told)}."),
        data,
        Table(words(f"{name} je Jahr", f"{name} by year"), [words("Jahr", "Year"), *columns.values()], lines),
        Drawing(f"{name}. {'; '.join(told)}", lambda is_narrow: series.drawn(chart, is_narrow)),
        notes=_on_people(measure),
        about=about(unit, material.sources(_DELIVERED[measure]), edition.as_of_on, _statuses(material, rows)),
    )


def _on_people(measure: str) -> list[str]:
    return [
        words(
            "Gezählt sind Anwesende, auf 5 gerundet: Wer zweimal kam, zählt zweimal.",
            "People present are counted, rounded to 5: whoever came twice counts twice.",
        )
    ] * (measure == "participants")


def _statuses(material: Material, rows: Sequence[Row]) -> list[str]:
    return [material.edition.label("status", row["status"]) for row in rows]


# --- one by one --------------------------------------------------------------------------------------------


def _events(material: Material) -> list[Figure]:
    edition = material.edition
    data = edition.table(
        f"select events.*, area_name from {EVENTS} as events"
        " left join dim_area on dim_area.area_id = events.area_id and dim_area.valid_to is null"
        " order by event_on, event_id"
    )
    rows = data.to_pylist()
    if not rows:
        return []
    ideas = [{**row, "is_hidden": False} for row in rows]  # never hidden: where there is no number none was reported
    lines = [
        [
            cell(rows, n, "event_on", is_head=True),
            cell(rows, n, "event_format"),
            cell(rows, n, "area_name") if row["area_name"] else Cell(words("ohne Gebiet", "no area")),
            cell(rows, n, "participant_count"),
            cell(ideas, n, "idea_count"),
        ]
        for n, row in enumerate(rows)
    ]
    first, last = rows[0], rows[-1]
    return [
        Figure(
            "participation-event-list",
            EVENTS,
            words("Alle Veranstaltungen", "All events"),
            words(
                f"Jede Veranstaltung vom {shown(first['event_on'])} ({first['event_format']}) bis zum {shown(last['event_on'])} ({last['event_format']}), mit Anwesenden und aufgenommenen Ideen.",
                f"Every event from {shown(first['event_on'])} ({first['event_format']}) to {shown(last['event_on'])} ({last['event_format']}), with people present and ideas taken down.",
            ),
            data,
            Table(
                words("Veranstaltungen nach Tag", "Events by day"),
                [
                    words("Tag", "Day"),
                    words("Format", "Format"),
                    words("Gebiet", "Area"),
                    words("Anwesende", "People present"),
                    words("Ideen", "Ideas"),
                ],
                lines,
            ),
            notes=[
                words(
                    "Anwesende sind auf 5 gerundet und gesperrt, wo so wenige kamen, dass sich erraten ließe, wie viele.",
                    "People present are rounded to 5, and hidden where so few came that their number could be guessed.",
                )
            ],
            about=about(words("Personen; Ideen", "persons; ideas"), material.sources("event"), edition.as_of_on),
        )
    ]


# --- where the programme did what --------------------------------------------------------------------------


def _by_area(material: Material) -> list[Figure]:
    """Each measure by area below the city, of the latest year residents are known of."""
    edition = material.edition
    found = []
    for measure in edition.rows(
        f"select measure_id, max(period) as period from {INTENSITY} where area_level <> 'city'"
        " and value is not null and resident_count is not null group by measure_id order by measure_id not like '%stock', measure_id desc"
    ):
        data = edition.table(
            f"select intensity.*, area_name from {INTENSITY} as intensity"
            " join dim_area on dim_area.area_id = intensity.area_id and dim_area.valid_to is null"
            " where intensity.area_level <> 'city' and measure_id = ? and period = ?"
            " order by value_per_1000 desc nulls last, value desc nulls last, area_name",
            measure["measure_id"],
            measure["period"],
        )
        found.append(_area_figure(material, data))
    return found


def _area_figure(material: Material, data: pa.Table) -> Figure:
    rows = data.to_pylist()
    edition, first = material.edition, rows[0]
    name = _named(first)
    is_rate = first["value_per_1000"] is not None
    column = "value_per_1000" if is_rate else "value"
    unit = words("je 1.000 Einwohner*innen", "per 1,000 residents") if is_rate else edition.label("unit", first["unit"])
    chart = bars.Bars(
        [bars.Group("", [bars.Bar(row["area_name"], row[column], _mark(row, column)) for row in rows])], unit
    )
    lines = [
        [
            cell(rows, n, "area_name", is_head=True),
            cell(rows, n, "value"),
            *([cell(rows, n, "value_per_1000", decimals=2)] if is_rate else []),
            cell(rows, n, "resident_count"),
        ]
        for n in range(len(rows))
    ]
    heads = [
        words("Gebiet", "Area"),
        name,
        *([words("je 1.000 Einwohner*innen", "per 1,000 residents")] if is_rate else []),
        words("Einwohner*innen, gerundet", "residents, rounded"),
    ]
    title = words(f"{name} {first['period']}, nach Gebiet", f"{name} {first['period']}, by area")
    told = f"{first['area_name']} {_mark(first, column)}, {rows[-1]['area_name']} {_mark(rows[-1], column)}"
    return Figure(
        f"intensity-{first['measure_id'].replace('_', '-')}",
        INTENSITY,
        title,
        words(
            f"{name} {first['period']}, {unit}: vom höchsten zum niedrigsten Wert, {told}.",
            f"{name} {first['period']}, {unit}: from the highest value to the lowest, {told}.",
        ),
        data,
        Table(title, heads, lines),
        Drawing(f"{title}, {unit}: {told}", lambda is_narrow: bars.drawn(chart, is_narrow)),
        notes=[first[f"interpretation_{current_language()}"], *_on_people(first["measure_id"])],
        about=about(
            edition.label("unit", first["unit"]),
            material.sources(_DELIVERED.get(first["measure_id"], "project")),
            edition.as_of_on,
            _statuses(material, rows),
        ),
    )
