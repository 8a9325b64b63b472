"""The page on sub-projects: the stock of a day out of both denominators, by generation and status, and the register line by line."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from release.spoken import current_language, words
from report.drawing import bars, series
from report.drawing.canvas import Drawing
from report.edition import Row
from report.figure import Cell, Figure, Table, about, cell
from report.notation import MISSING, shown
from report.page import Material, Page
from report.pages.register import generation, register

MART = "fct_project_stock"
CLAIMS = "fct_claim_verdict"
DENOMINATORS = ("stock", "ever_adopted")
STATUSES = (
    "initiated",
    "qualifying",
    "idea_store",
    "planned",
    "started",
    "done",
    "without_status",
    "shelved",
    "merged",
    "handed_over",
)
_LATEST = f"select max(valid_from) as on_day from {MART}"
_YEAR_ENDS = f"""
    select unnest(generate_series(date_trunc('year', min(valid_from)), max(valid_from), interval 1 year))::date
        + interval 1 year - interval 1 day as on_day
    from {MART}"""
_ALL_FIRST = "generation_id <> 'all', generation_id"


def pages(material: Material) -> Iterator[Page]:
    """The one page on sub-projects; none where the programme publishes no stock."""
    edition = material.edition
    if not edition.has(MART):
        return
    definitions = edition.rows(
        f"select distinct denominator_id, denominator_definition_de, denominator_definition_en from {MART}"
        " order by denominator_id desc"
    )
    said = _said(material)
    figures = [_latest(material), _over_time(material), _statuses(material)]
    if said:
        figures += [_on_days(material, is_by_generation=False), _on_days(material, is_by_generation=True)]
    figures += register(material)
    context = {
        "definitions": [row[f"denominator_definition_{current_language()}"] for row in definitions],
        "said": said,
    }
    yield Page("projects.html", words("Teilprojekte", "Sub-projects"), "projects.html.jinja", context, figures)


def _said(material: Material) -> list[Row]:
    """Public sentences on sub-projects, each with the day it is measured on."""
    if not material.edition.has(CLAIMS):
        return []
    return material.edition.rows(
        f"select claim_id, wording_{current_language()} as wording, measured_to_on from {CLAIMS}"
        " where metric_kind = 'projects' and evaluation = 'as_of' and not is_leg and measured_to_on is not null"
        " order by measured_to_on, claim_id"
    )


def _stock(material: Material, days: str, where: str = "true") -> pa.Table:
    """Counts of the days a query names, both denominators."""
    return material.edition.table(
        f"select on_day::date as on_day, stock.* from (select distinct on_day from ({days})) as days"
        f" join {MART} as stock on valid_from <= on_day and (valid_to is null or valid_to >= on_day)"
        f" where {where} order by on_day, {_ALL_FIRST}, denominator_id desc"
    )


def _about(material: Material, unit: str) -> dict[str, str]:
    return about(unit, material.sources("project", "project_event"), material.edition.as_of_on)


# --- both denominators side by side ----------------------------------------------------------------------


def _heads() -> list[str]:
    return [
        words("gestartet oder umgesetzt", "started or done"),
        words("Bestand", "stock"),
        words("% des Bestands", "% of the stock"),
        words("jemals beschlossen", "ever adopted"),
        words("% der jemals beschlossenen", "% of those ever adopted"),
    ]


def _counts(rows: Sequence[Row], stock: int, ever: int) -> list[Cell]:
    """The cells of one day and generation: what is started or done, and both denominators with their rates."""
    return [
        cell(rows, stock, "started_or_done_count"),
        cell(rows, stock, "denominator_count"),
        cell(rows, stock, "started_or_done_pct", decimals=1),
        cell(rows, ever, "denominator_count"),
        cell(rows, ever, "started_or_done_pct", decimals=1),
    ]


def _pairs(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Which rows are the two denominators of one day and generation."""
    found: dict[tuple[object, str], dict[str, int]] = {}
    for index, row in enumerate(rows):
        found.setdefault((row["on_day"], row["generation_id"]), {})[row["denominator_id"]] = index
    return [(pair["stock"], pair["ever_adopted"]) for pair in found.values() if set(pair) == set(DENOMINATORS)]


def _rate(rows: Sequence[Row], stock: int, ever: int) -> str:
    """Both rates in a sentence."""
    count, of, pct = (shown(rows[stock][name], 1) for name in ("started_or_done_count", "denominator_count", "started_or_done_pct"))  # fmt: skip
    of_ever, pct_ever = (shown(rows[ever][name], 1) for name in ("denominator_count", "started_or_done_pct"))
    day = shown(rows[stock]["on_day"])
    return words(
        f"Am {day} waren {count} Teilprojekte gestartet oder umgesetzt: {pct} % der {of} im Bestand, {pct_ever} % der {of_ever} jemals beschlossenen.",
        f"On {day} {count} sub-projects were started or done: {pct} % of the {of} in stock, {pct_ever} % of the {of_ever} ever adopted.",
    )


def _named(row: Row) -> Cell:
    return Cell(generation(row["generation_id"]), is_head=True)


def _latest(material: Material) -> Figure:
    data = _stock(material, _LATEST)
    rows = data.to_pylist()
    pairs = _pairs(rows)
    lines = [[_named(rows[stock]), *_counts(rows, stock, ever)] for stock, ever in pairs]
    groups = [
        bars.Group(
            generation(rows[pair[0]]["generation_id"]),
            [
                bars.Bar(
                    material.edition.label("denominator", rows[index]["denominator_id"]),
                    rows[index]["started_or_done_pct"],
                    f"{shown(rows[index]['started_or_done_pct'], 1)} %",
                )
                for index in pair
            ],
        )
        for pair in pairs
    ]
    unit = words("gestartet oder umgesetzt, in %", "started or done, in %")
    chart = bars.Bars(groups, unit, full=100)
    day = shown(rows[0]["on_day"])
    return Figure(
        "projects-latest",
        MART,
        words("Bestand am neuesten Tag", "Stock on the latest day"),
        _rate(rows, *pairs[0]),
        data,
        Table(
            words(f"Teilprojekte am {day}, nach Generation", f"Sub-projects on {day}, by generation"),
            [words("Generation", "Generation"), *_heads()],
            lines,
        ),
        Drawing(_rate(rows, *pairs[0]), lambda is_narrow: bars.drawn(chart, is_narrow)),
        about=_about(material, words("Teilprojekte; %", "sub-projects; %")),
    )


def _over_time(material: Material) -> Figure:
    """All generations at the end of each year and on the latest day."""
    latest = material.edition.rows(_LATEST)[0]["on_day"]
    days = f"select * from ({_YEAR_ENDS}) where on_day <= ({_LATEST}) union all {_LATEST}"
    data = _stock(material, days, "generation_id = 'all'")
    rows = data.to_pylist()
    pairs = _pairs(rows)
    lines = [[cell(rows, stock, "on_day", is_head=True), *_counts(rows, stock, ever)] for stock, ever in pairs]
    names = {
        "stock": words("von 100 im Bestand", "of 100 in stock"),
        "ever_adopted": words("von 100 jemals beschlossenen", "of 100 ever adopted"),
    }
    chart = series.Chart(
        [str(rows[stock]["on_day"].year) for stock, _ in pairs],
        [
            series.Series(name, [(rows[pair[n]]["started_or_done_pct"], None, None) for pair in pairs])
            for n, name in enumerate(names.values())
        ],
        words("gestartet oder umgesetzt, in %", "started or done, in %"),
        has_zero=True,
    )
    first, last = _rate(rows, *pairs[0]), _rate(rows, *pairs[-1])
    return Figure(
        "projects-over-time",
        MART,
        words("Bestand über die Jahre", "Stock over the years"),
        last,
        data,
        Table(
            words(
                "Teilprojekte am Jahresende und am neuesten Tag",
                "Sub-projects at the end of years and on the latest day",
            ),
            [words("Tag", "Day"), *_heads()],
            lines,
        ),
        Drawing(f"{first} {last}", lambda is_narrow: series.drawn(chart, is_narrow)),
        notes=[
            words(
                f"Jeder Punkt steht am 31. Dezember des Jahres, der letzte am {shown(latest)}, dem Tag der jüngsten Änderung im Register.",
                f"Each point stands on 31 December of its year, the last on {shown(latest)}, the day of the latest change in the register.",
            ),
            words(
                "Der Bestand schrumpft, wenn Teilprojekte ausscheiden. Dann steigt sein Anteil, ohne dass mehr getan wurde; der andere Nenner zeigt es.",
                "The stock shrinks when sub-projects leave. Its share then rises without more having been done; the other denominator shows it.",
            ),
        ],
        about=_about(material, words("Teilprojekte; %", "sub-projects; %")),
    )


def _on_days(material: Material, is_by_generation: bool) -> Figure:
    """The days public sentences are measured on."""
    days = (
        f"select distinct measured_to_on as on_day from {CLAIMS}"
        " where metric_kind = 'projects' and evaluation = 'as_of' and measured_to_on is not null"
    )
    data = _stock(material, days, f"generation_id {'<>' if is_by_generation else '='} 'all'")
    rows = data.to_pylist()
    lines = [
        [
            cell(rows, stock, "on_day", is_head=True),
            *([Cell(generation(rows[stock]["generation_id"]))] if is_by_generation else []),
            *_counts(rows, stock, ever),
        ]
        for stock, ever in _pairs(rows)
    ]
    first, last = _pairs(rows)[0], _pairs(rows)[-1]
    heads = [words("Tag", "Day"), *([words("Generation", "Generation")] if is_by_generation else []), *_heads()]
    by = words(", nach Generation", ", by generation") if is_by_generation else ""
    title = words(f"An den Tagen öffentlicher Aussagen{by}", f"On the days of public sentences{by}")
    of = f"{generation(rows[first[0]]['generation_id'])}: " if is_by_generation else ""
    return Figure(
        "projects-days-by-generation" if is_by_generation else "projects-days",
        MART,
        title,
        of + _rate(rows, *first) if is_by_generation else f"{_rate(rows, *first)} {_rate(rows, *last)}",
        data,
        Table(title, heads, lines),
        notes=[
            words(
                "Gezählt nach dem Register von heute. Wo eine Aussage nur ein Jahr nennt, steht der letzte Tag dieses Jahres.",
                "Counted by the register of today. Where a sentence names a year only, it is the last day of that year.",
            )
        ],
        about=_about(material, words("Teilprojekte; %", "sub-projects; %")),
    )


# --- statuses ---------------------------------------------------------------------------------------------


def _statuses(material: Material) -> Figure:
    """How many have which status on the latest day."""
    edition = material.edition
    data = _stock(material, _LATEST, "denominator_id = 'ever_adopted'")
    rows = data.to_pylist()
    together = next(row for row in rows if row["generation_id"] == "all")
    names = {status: edition.label("project_status", status) for status in STATUSES}
    lines = [
        [Cell(name, is_head=True), *(cell(rows, n, column) for n in range(len(rows)))]
        for column, name in (
            *((f"{status}_count", name) for status, name in names.items()),
            ("denominator_count", words("jemals beschlossen", "ever adopted")),
        )
    ]
    chart = bars.Bars(
        [
            bars.Group(
                "",
                [
                    bars.Bar(name, together[f"{status}_count"], shown(together[f"{status}_count"]))
                    for status, name in names.items()
                ],
            )
        ],
        edition.label("unit", "projects"),
    )
    told = ", ".join(f"{shown(together[f'{status}_count'])} {name}" for status, name in names.items()) or MISSING
    day = shown(together["on_day"])
    done = shown(together["done_count"])
    started = shown(together["started_count"])
    return Figure(
        "projects-status",
        MART,
        words("Status am neuesten Tag", "Status on the latest day"),
        words(
            f"Von {shown(together['denominator_count'])} jemals beschlossenen Teilprojekten waren am {day} {done} umgesetzt und {started} gestartet.",
            f"Of {shown(together['denominator_count'])} sub-projects ever adopted {done} were done and {started} started on {day}.",
        ),
        data,
        Table(
            words(f"Teilprojekte nach Status am {day}", f"Sub-projects by status on {day}"),
            [words("Status", "Status"), *(generation(row["generation_id"]) for row in rows)],
            lines,
        ),
        Drawing(f"{day}: {told}", lambda is_narrow: bars.drawn(chart, is_narrow)),
        notes=[
            words(
                "Zurückgestellte, zusammengelegte und übergebene zählen nicht zum Bestand.",
                "Those shelved, merged or handed over do not count in the stock.",
            )
        ],
        about=_about(material, edition.label("unit", "projects")),
    )
