"""The pages on volunteering: one figure per way of counting, never two in one, and one page each with growth and areas.

A way of counting is what is counted, of whom, and how. What two of them say is never added, compared or drawn together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from programmes.model import Programme
from release.spoken import words
from report.drawing import bars, series
from report.drawing.canvas import Drawing
from report.edition import Edition, Row
from report.figure import Figure, Table, about, cell
from report.notation import HIDDEN, MISSING, shown
from report.page import Material, Page

MART, PANEL = "fct_volunteering", "fct_volunteering_panel"
_OF_WAY = "counting_unit = ? and scope = ? and method = ?"


class Way(NamedTuple):
    """A way of counting: what, of whom, how."""

    counting_unit: str
    scope: str
    method: str


@dataclass(frozen=True)
class Told:
    """A way of counting in words, and where its page is."""

    way: Way
    unit: str
    scope: str
    method: str
    link: str

    @property
    def name(self) -> str:
        """What is counted and how."""
        return f"{self.unit[:1].upper()}{self.unit[1:]}, {self.method}"


def pages(material: Material) -> Iterator[Page]:
    """The page on all ways of counting and one for each; none where the programme publishes none."""
    edition = material.edition
    if not edition.has(MART, "dim_area"):
        return
    ways = _ways(material)
    if not ways:
        return
    yield Page(
        "volunteering.html",
        words("Ehrenamt", "Volunteering"),
        "volunteering.html.jinja",
        {"ways": ways, "has_panel": edition.has(PANEL)},
        [_over_years(material, each) for each in ways],
    )
    for each in ways:
        figures = _growth(material, each) if edition.has(PANEL) else []
        figures += _by_area(material, each)
        title = words(f"Ehrenamt: {each.name}", f"Volunteering: {each.name}")
        yield Page(each.link, title, "volunteering_way.html.jinja", {"way": each, "part": _part(each.way)}, figures)


def _ways(material: Material) -> list[Told]:
    """The ways of counting that have a series for the city, in the order the programme declares what it counts."""
    found = material.edition.rows(
        f"select distinct counting_unit, scope, method from {MART} join dim_area using (area_id)"
        " where area_level = 'city' order by counting_unit, scope, method"
    )
    declared = [term.id for term in material.programme.settings.vocabularies.counting_units]
    order = {code: place for place, code in enumerate(declared)}
    found.sort(key=lambda row: order.get(row["counting_unit"], len(order)))
    return [_told(material.edition, material.programme, Way(**row)) for row in found]


def _told(edition: Edition, programme: Programme, way: Way) -> Told:
    names = {term.id: words(term.name_de, term.name_en) for term in programme.settings.vocabularies.counting_units}
    return Told(
        way,
        names.get(way.counting_unit, way.counting_unit),
        edition.label("scope", way.scope),
        edition.label("method", way.method),
        f"volunteering/{_part(way)}.html",
    )


def _part(way: Way) -> str:
    return f"{way.counting_unit}-{way.method}".replace("_", "-")


def _mark(row: Row, column: str) -> str:
    if row[column] is None:
        return HIDDEN if row["is_hidden"] else MISSING
    return shown(row[column])


def _about(material: Material, told: Told, unit: str, rows: Sequence[Row]) -> dict[str, str]:
    edition = material.edition
    stated = about(
        f"{unit}; {told.unit}",
        material.sources("volunteer_count"),
        edition.as_of_on,
        [edition.label("status", row["status"]) for row in rows if "status" in row],
    )
    return {
        **stated,
        words("Wer gezählt ist", "Who is counted"): told.scope,
        words("Erhebungsart", "Method"): told.method,
    }


def _hidden_notes(edition: Edition, rows: Sequence[Row]) -> list[str]:
    """Why figures are hidden, and where the same figure is shown."""
    reasons = dict.fromkeys((row["hidden_reason"], row["shown_at_level"]) for row in rows if row["is_hidden"])
    levels: dict[str, str] = {}
    if edition.has("dim_area"):
        levels = {
            row["area_level"]: words(row["level_name_de"], row["level_name_en"])
            for row in edition.rows("select distinct area_level, level_name_de, level_name_en from dim_area")
        }
    notes = []
    for reason, level in reasons:
        told = words("Gesperrt: ", "Hidden: ") + edition.label("hidden_reason", reason)
        if level:
            told += words("; gezeigt wird die Ebene: ", "; shown is the level: ") + (levels.get(level) or str(level))
        notes.append(told + ".")
    return notes


# --- the city over the years ---------------------------------------------------------------------------------


def _over_years(material: Material, told: Told) -> Figure:
    edition = material.edition
    data = edition.table(
        f"select {MART}.* from {MART} join dim_area using (area_id) where area_level = 'city'"
        f" and valid_to is null and {_OF_WAY} order by period",
        *told.way,
    )
    rows = data.to_pylist()
    unit = edition.label("unit", rows[0]["unit"])
    columns = {
        "value": unit,
        "organisation_count": words("Organisationen mit Meldung", "organisations that reported"),
        "missing_organisation_count": words("davon ohne Angabe", "of these without a figure"),
        "reference_on": words("Stichtag", "reference date"),
    }
    lines = [
        [
            cell(rows, n, "period", is_head=True),
            *(cell(rows, n, column) for column in columns),
        ]
        for n in range(len(rows))
    ]
    valued = [row for row in rows if row["value"] is not None]
    sentences = (
        [
            words(
                f"{row['period']}: {shown(row['value'])} {unit}, gemeldet von {shown(row['organisation_count'])} Organisationen",
                f"{row['period']}: {shown(row['value'])} {unit}, reported by {shown(row['organisation_count'])} organisations",
            )
            for row in (valued[0], valued[-1])
        ]
        if valued
        else [words("Alle Werte sind gesperrt oder fehlen", "All values are hidden or missing")]
    )
    chart = series.Chart(
        [row["period"] for row in rows],
        [series.Series(told.name, [(row["value"], None, None) for row in rows])],
        unit,
        has_zero=True,
    )
    return Figure(
        f"volunteering-{_part(told.way)}",
        MART,
        words(f"{told.name}: ganze Stadt", f"{told.name}: whole city"),
        "; ".join(sentences) + ".",
        data,
        Table(
            words(f"{told.name}, je Jahr", f"{told.name}, by year"), [words("Jahr", "Year"), *columns.values()], lines
        ),
        Drawing(f"{told.name}. {'; '.join(sentences)}", lambda is_narrow: series.drawn(chart, is_narrow))
        if valued
        else None,
        notes=_hidden_notes(edition, rows),
        about=_about(material, told, unit, rows),
    )


# --- growth, and growth of the same organisations -------------------------------------------------------------


def _growth(material: Material, told: Told) -> list[Figure]:
    edition = material.edition
    data = edition.table(
        f"select * from {PANEL} where {_OF_WAY}"
        f" and base_period = (select min(base_period) from {PANEL} where {_OF_WAY}) order by period",
        *told.way,
        *told.way,
    )
    rows = data.to_pylist()
    if not rows:
        return []
    base = rows[0]["base_period"]
    columns: dict[str, tuple[str, int | None]] = {
        "growth_pct": (words("alle Meldungen, %", "all reports, %"), None),
        "panel_growth_pct": (words("dieselben Organisationen, %", "the same organisations, %"), 0),
        "panel_coverage_pct": (words("Abdeckung, %", "coverage, %"), 0),
        "base_organisation_count": (words(f"Organisationen {base}", f"organisations {base}"), None),
        "organisation_count": (words("Organisationen im Jahr", "organisations in the year"), None),
        "panel_organisation_count": (words("in beiden Jahren", "in both years"), None),
        "entered_organisation_count": (words("hinzugekommen", "came"), None),
        "left_organisation_count": (words("weggefallen", "went"), None),
    }
    lines = [
        [
            cell(rows, n, "period", is_head=True),
            *(cell(rows, n, column, decimals=decimals) for column, (_, decimals) in columns.items()),
        ]
        for n in range(len(rows))
    ]
    last = rows[-1]
    growth, same = (
        HIDDEN if last["is_hidden"] and last[column] is None else shown(last[column], decimals)
        for column, decimals in (("growth_pct", last["decimals"]), ("panel_growth_pct", 0))
    )
    is_drawn = any(row["growth_pct"] is not None or row["panel_growth_pct"] is not None for row in rows)
    sentence = words(
        f"Von {base} bis {last['period']} änderte sich die Summe aller Meldungen um {growth} %, die derselben Organisationen um {same} %.",
        f"From {base} to {last['period']} the sum of all reports changed by {growth} %, that of the same organisations by {same} %.",
    )
    if not is_drawn:
        sentence = words("Die Änderungen sind gesperrt.", "The changes are hidden.")
    chart = series.Chart(
        [row["period"] for row in rows],
        [
            series.Series(columns[column][0].removesuffix(", %"), [(row[column], None, None) for row in rows])
            for column in ("growth_pct", "panel_growth_pct")
        ],
        words(f"Änderung seit {base}, in %", f"change since {base}, in %"),
        has_zero=True,
    )
    title = words(f"Änderung seit {base}: {told.name}", f"Change since {base}: {told.name}")
    return [
        Figure(
            f"volunteering-{_part(told.way)}-growth",
            PANEL,
            title,
            sentence,
            data,
            Table(title, [words("Jahr", "Year"), *(name for name, _ in columns.values())], lines),
            Drawing(sentence, lambda is_narrow: series.drawn(chart, is_narrow)) if is_drawn else None,
            notes=[
                words(
                    "Abdeckung: wie viele der Organisationen, die in einem der beiden Jahre meldeten, in beiden meldeten. Dieselben Organisationen stehen in ganzen Prozent, damit niemand auf eine einzelne schließen kann.",
                    "Coverage: how many of the organisations that reported in either year reported in both. The same organisations are given in whole per cent, so that nobody can tell a single one.",
                ),
                *_hidden_notes(edition, rows),
            ],
            about=_about(material, told, edition.label("unit", "pct"), rows),
        )
    ]


# --- by area ----------------------------------------------------------------------------------------------------


def _by_area(material: Material, told: Told) -> list[Figure]:
    edition = material.edition
    data = edition.table(
        f"select {MART}.*, area_name from {MART} join dim_area using (area_id) where area_level <> 'city'"
        f" and valid_to is null and {_OF_WAY} and period = (select max(period) from {MART} where {_OF_WAY})"
        " order by value desc nulls last, area_name",
        *told.way,
        *told.way,
    )
    rows = data.to_pylist()
    if not rows:
        return []
    unit, period = edition.label("unit", rows[0]["unit"]), rows[0]["period"]
    columns = {
        "value": unit,
        "organisation_count": words("Organisationen mit Meldung", "organisations that reported"),
        "missing_organisation_count": words("davon ohne Angabe", "of these without a figure"),
    }
    lines = [
        [
            cell(rows, n, "area_name", is_head=True),
            *(cell(rows, n, column) for column in columns),
        ]
        for n in range(len(rows))
    ]
    chart = bars.Bars(
        [bars.Group("", [bars.Bar(row["area_name"], row["value"], _mark(row, "value")) for row in rows])], unit
    )
    title = words(f"{told.name} {period}, nach Gebiet", f"{told.name} {period}, by area")
    picture = ", ".join(f"{row['area_name']} {_mark(row, 'value')}" for row in rows)
    first = rows[0]
    return [
        Figure(
            f"volunteering-{_part(told.way)}-areas",
            MART,
            title,
            words(
                f"Im Jahr {period} meldeten Organisationen mit Sitz in {first['area_name']} am meisten: {_mark(first, 'value')} {unit}.",
                f"In {period} organisations seated in {first['area_name']} reported most: {_mark(first, 'value')} {unit}.",
            ),
            data,
            Table(title, [words("Gebiet", "Area"), *columns.values()], lines),
            Drawing(f"{title}: {picture}", lambda is_narrow: bars.drawn(chart, is_narrow)),
            notes=[
                words(
                    "Das Gebiet ist der Sitz der Organisation. Wer sich wo engagiert, sagt das nicht.",
                    "The area is the seat of the organisation. It does not say who is active where.",
                ),
                *_hidden_notes(edition, rows),
            ],
            about=_about(material, told, unit, rows),
        )
    ]
