"""The page on the mood: what the citizen survey found, by question and outcome, never without limits and number of answers."""

from collections.abc import Iterator, Mapping

from release.spoken import current_language, words
from report.drawing import series, spans
from report.drawing.canvas import Drawing
from report.edition import Row
from report.figure import Cell, Figure, Table, about, cell
from report.notation import shown
from report.page import Material, Page

MART = "fct_sentiment"
OUTCOMES = ("optimists", "pessimists", "grade")
ROLES = ("programme", "rest", "city")
_SETS = f"""
    from {MART} where area_kind = 'area_set' and item_id = ? and outcome = ?
        and variant_id in (select variant_id from bridge_area_set where is_default_variant)
        and role in ('programme', 'rest', 'city')"""
_BY_ROLE = "case role when 'programme' then 0 when 'rest' then 1 else 2 end"


def pages(material: Material) -> Iterator[Page]:
    """The one page on the mood; none where no survey is published."""
    edition = material.edition
    if not edition.has(MART, "bridge_area_set"):
        return
    asked = [
        (item.id, outcome)
        for item in material.programme.settings.vocabularies.survey_items
        for outcome in OUTCOMES
        if edition.rows(f"select 1 {_SETS} limit 1", item.id, outcome)
    ]
    figures = []
    for item, outcome in asked:
        figures.append(_over_waves(material, item, outcome))
        figures += _change(material, item, outcome)
    if figures:
        yield Page("mood.html", words("Stimmung", "Mood"), "mood.html.jinja", {}, figures)


def _figure_id(item: str, outcome: str) -> str:
    return f"mood-{item}-{outcome}".replace("_", "-")


def _unit(material: Material, row: Row, column: str = "unit") -> str:
    if row[column] == "pct":
        return words("% der gültigen Antworten", "% of valid answers")
    return material.edition.label("unit", row[column])


def _about(material: Material, unit: str, rows: list[Row]) -> dict[str, str]:
    edition = material.edition
    return about(
        unit,
        material.sources("survey_case"),
        edition.as_of_on,
        [edition.label("status", row["status"]) for row in rows],
    )


def _role(material: Material, row: Row) -> Cell:
    return Cell(material.edition.label("role", row["role"]), is_head=True)


def _told(material: Material, row: Row) -> str:
    """A value with its limits and number of answers."""
    value, lower, upper = (shown(row[column], row["decimals"]) for column in ("value", "lower", "upper"))
    role, n = material.edition.label("role", row["role"]), shown(row["n"])
    return words(f"{role} {value} ({lower} bis {upper}, n = {n})", f"{role} {value} ({lower} to {upper}, n = {n})")


# --- over the waves -----------------------------------------------------------------------------------------------


def _over_waves(material: Material, item: str, outcome: str) -> Figure:
    edition = material.edition
    data = edition.table(f"select * {_SETS} order by period desc, {_BY_ROLE}", item, outcome)
    rows = data.to_pylist()
    unit, name = _unit(material, rows[0]), _name(material, rows[0])
    lines = [
        [
            cell(rows, n, "period", is_head=True),
            Cell(edition.label("role", row["role"])),
            *(cell(rows, n, column) for column in ("value", "lower", "upper", "n")),
        ]
        for n, row in enumerate(rows)
    ]
    waves = sorted({row["period"] for row in rows})
    found = {(row["role"], row["period"]): row for row in rows}
    chart = series.Chart(
        waves,
        [
            series.Series(edition.label("role", role), [_point(found, role, wave) for wave in waves])
            for role in ROLES
            if any((role, wave) in found for wave in waves)
        ],
        unit,
    )
    latest = [row for row in rows if row["period"] == waves[-1]]
    sentence = f"{waves[-1]}, {unit}: {'; '.join(_told(material, row) for row in latest)}."
    first = "; ".join(_told(material, row) for row in rows if row["period"] == waves[0])
    return Figure(
        _figure_id(item, outcome),
        MART,
        name,
        sentence,
        data,
        Table(
            words(
                f"{name}, je Welle mit Grenzen und Zahl der Antworten",
                f"{name}, by wave with limits and number of answers",
            ),
            [
                words("Welle", "Wave"),
                words("Gebiet", "Area"),
                unit,
                words("untere Grenze", "lower limit"),
                words("obere Grenze", "upper limit"),
                words("Antworten (n)", "answers (n)"),
            ],
            lines,
        ),
        Drawing(f"{waves[0]}: {first}. {sentence}", lambda is_narrow: series.drawn(chart, is_narrow)),
        notes=_on_grades(outcome),
        about=_about(material, unit, rows),
    )


def _name(material: Material, row: Row) -> str:
    name = row[f"item_name_{current_language()}"]
    return name if row["outcome"] == "grade" else f"{name}: {material.edition.label('outcome', row['outcome'])}"


def _point(found: Mapping[tuple[str, str], Row], role: str, wave: str) -> series.Point:
    row = found.get((role, wave))
    return (row["value"], row["lower"], row["upper"]) if row else (None, None, None)


def _on_grades(outcome: str) -> list[str]:
    limits = words(
        "Senkrechte Striche: 95-%-Grenzen; nebeneinander gezeichnet, damit man sie unterscheiden kann. Wo sie sich weit überlappen, sagt eine Rangfolge nichts.",
        "Upright strokes: 95 % limits, drawn beside each other so that they can be told apart. Where they overlap widely, a ranking says nothing.",
    )
    grades = words(
        "1 ist die beste Note, 6 die schlechteste: Niedriger ist besser.",
        "1 is the best grade, 6 the worst: lower is better.",
    )
    return [grades, limits] if outcome == "grade" else [limits]


# --- change since the baseline -------------------------------------------------------------------------------------


def _change(material: Material, item: str, outcome: str) -> list[Figure]:
    """Change of the latest wave since the programme began, beside the smallest one that is told from none."""
    edition = material.edition
    data = edition.table(
        f"select * {_SETS} and period = (select max(period) {_SETS}) and baseline_period is not null order by {_BY_ROLE}",
        item,
        outcome,
        item,
        outcome,
    )
    rows = data.to_pylist()
    if not rows:
        return []
    first = rows[0]
    unit = _unit(material, first, "change_unit")
    columns = {
        "change_since_baseline": words("Änderung", "change"),
        "change_since_baseline_lower": words("untere Grenze", "lower limit"),
        "change_since_baseline_upper": words("obere Grenze", "upper limit"),
        "critical_difference_since_baseline": words("kritische Differenz", "critical difference"),
        "smallest_detectable_change_since_baseline": words(
            "kleinste auffindbare Änderung", "smallest detectable change"
        ),
        "n": words("Antworten (n)", "answers (n)"),
    }
    lines = [[_role(material, row), *(cell(rows, n, column) for column in columns)] for n, row in enumerate(rows)]
    drawn = spans.Spans(
        [
            spans.Span(
                edition.label("role", row["role"]),
                row["change_since_baseline"],
                row["change_since_baseline_lower"],
                row["change_since_baseline_upper"],
                shown(row["change_since_baseline"], row["decimals"]),
            )
            for row in rows
        ],
        words(f"Änderung, {unit}", f"change, {unit}"),
        bounds=[(0.0, words("keine Änderung", "no change"))],
    )
    told = [_changed(material, row) for row in rows]
    title = words(
        f"Änderung {first['baseline_period']} bis {first['period']}: {_name(material, first)}",
        f"Change {first['baseline_period']} to {first['period']}: {_name(material, first)}",
    )
    return [
        Figure(
            f"{_figure_id(item, outcome)}-change",
            MART,
            title,
            words(f"Änderung ({unit}): {'; '.join(told)}.", f"Change ({unit}): {'; '.join(told)}."),
            data,
            Table(title, [words("Gebiet", "Area"), *columns.values()], lines),
            Drawing(f"{title}: {'; '.join(told)}", lambda is_narrow: spans.drawn(drawn, is_narrow)),
            about=_about(material, unit, rows),
        )
    ]


def _changed(material: Material, row: Row) -> str:
    value, lower, upper, critical = (
        shown(row[column], row["decimals"])
        for column in (
            "change_since_baseline",
            "change_since_baseline_lower",
            "change_since_baseline_upper",
            "critical_difference_since_baseline",
        )
    )
    role, n = material.edition.label("role", row["role"]), shown(row["n"])
    return words(
        f"{role} {value} ({lower} bis {upper}; kritische Differenz {critical}; n = {n})",
        f"{role} {value} ({lower} to {upper}; critical difference {critical}; n = {n})",
    )
