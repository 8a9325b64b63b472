"""The start page, the list of public sentences, and one page for each: what was said, what holds then and now, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from release.claims_told import answered, is_exact
from release.claims_words import figure as in_figures
from release.claims_words import said_on, text_of
from release.spoken import current_language, words
from report.drawing import series, spans
from report.drawing.canvas import Drawing
from report.edition import Edition, Row
from report.figure import Cell, Figure, Table, about, cell, head
from report.notation import shown
from report.opendata.claim_review import claim_review
from report.opendata.feed import Published
from report.page import Material, Page
from report.pages.names import source_of
from report.pages.register import register
from report.turned import Turned

MART = "fct_claim_verdict"
SYMBOLS = {"supported": "✓", "not_supported": "✗", "undecidable": "?", "superseded": "↷", "not_checkable": "∅"}
_ORDER = ("not_supported", "superseded", "undecidable", "supported", "not_checkable")  # what deserves a look first
# Canonical tables behind figures that are no indicator.
_DELIVERED_AS = {
    "projects": ("project", "project_event"),
    "participation": ("event", "contribution"),
    "volunteering": ("volunteer_count",),
}
_COUNTED_IN_REGISTER = ("stock", "started_or_done")
_SIDES = ("as_of", "current")
_SHOWN = (
    "claim_id",
    "evaluation",
    "period",
    "verdict",
    "estimate",
    "lower",
    "upper",
    "unit",
    "n",
    "margin",
    "tipping_margin",
    "window_lower",
    "window_upper",
    "expected_value",
    "baseline_id",
    "baseline_estimate",
    "level_estimate",
    "denominator",
    "measured_from_on",
    "measured_to_on",
    "decimals",
    "is_hidden",
    "hidden_reason",
    "is_synthetic",
)


@dataclass(frozen=True)
class Verdict:
    """A verdict: its code, symbol and word."""

    code: str
    symbol: str
    word: str


@dataclass(frozen=True)
class Entry:
    """A public sentence as lists show it: wording, who said it where and when, verdicts then and now, the reason of now."""

    claim_id: str
    is_leg: bool
    wording: str
    source: str
    publisher: str
    said_on: str
    reason: str
    then: Verdict
    now: Verdict

    @property
    def link(self) -> str:
        """Where its page is, below the folder of the language."""
        return f"claims/{self.claim_id}.html"


@dataclass(frozen=True)
class Group:
    """Sentences of which became the same."""

    then: Verdict
    now: Verdict
    entries: Sequence[Entry]

    @property
    def is_turned(self) -> bool:
        """Whether their verdict is another one now."""
        return self.then.code != self.now.code


def pages(material: Material) -> Iterator[Page]:
    """All pages on claims; none where the programme publishes no verdicts."""
    edition = material.edition
    if not edition.has(MART):
        return
    rows = edition.rows(f"select * from {MART} order by said_first_on, document_title, is_leg, claim_id, period")
    others = {(row["claim_id"], row["evaluation"]): row for row in rows if row["evaluation"] in _SIDES}
    listed = [
        _entry(others[claim_id, "as_of"], others[claim_id, "current"], edition)
        for claim_id in dict.fromkeys(row["claim_id"] for row in rows)
    ]
    said = [entry for entry in listed if not entry.is_leg]
    yield Page(
        "claims/index.html",
        words("Öffentliche Aussagen", "Public sentences"),
        "claims.html.jinja",
        {"groups": _grouped(said), "legs": [entry for entry in listed if entry.is_leg]},
    )
    legs = {claim.claim_id: [leg.claim for leg in claim.legs] for claim in material.programme.claim_register.claims}
    entries = {entry.claim_id: entry for entry in listed}
    for entry in listed:
        own = [row for row in rows if row["claim_id"] == entry.claim_id]
        yield _page(
            material, entry, own, others, [entries[leg] for leg in legs.get(entry.claim_id, ()) if leg in entries]
        )


def start_groups(material: Material) -> list[Group]:
    """What the start page lists: sentences by what became of them."""
    page = next(pages(material), None)
    return list(page.context["groups"]) if page else []


def _entry(then: Row, now: Row, edition: Edition) -> Entry:
    return Entry(
        claim_id=now["claim_id"],
        is_leg=now["is_leg"],
        wording=text_of(now, "wording"),
        source=now["document_title"],
        publisher=now["publisher"],
        said_on=said_on(now),
        reason=text_of(now, "reason"),
        then=_verdict(then, edition),
        now=_verdict(now, edition),
    )


def _verdict(row: Row, edition: Edition) -> Verdict:
    return Verdict(row["verdict"], SYMBOLS[row["verdict"]], edition.label("verdict", row["verdict"]))


def _grouped(entries: Sequence[Entry]) -> list[Group]:
    """Entries by their verdicts then and now: those that turned first, then by what deserves a look."""

    def turn(entry: Entry) -> tuple[bool, int, int]:
        return entry.then.code == entry.now.code, _ORDER.index(entry.now.code), _ORDER.index(entry.then.code)

    groups = [list(found) for _, found in groupby(sorted(entries, key=turn), key=turn)]
    return [Group(members[0].then, members[0].now, members) for members in groups]


# --- one claim -----------------------------------------------------------------------------------------


def _page(
    material: Material, entry: Entry, rows: list[Row], others: Mapping[tuple[str, str], Row], legs: list[Entry]
) -> Page:
    edition, now = material.edition, others[entry.claim_id, "current"]
    answers = [
        {
            "when": edition.label("evaluation", side),
            "period": row["period"],
            "answer": answered(row, others),
            "symbol": SYMBOLS[row["verdict"]],
        }
        for side in _SIDES
        for row in [others[now["claim_id"], side]]
    ]
    figures = [_figure(material, now)] if any(row["estimate"] is not None for row in rows) else []
    then = others[now["claim_id"], "as_of"]
    counted = (
        register(material, then["measured_to_on"])
        if then["metric_of"] in _COUNTED_IN_REGISTER and then["measured_to_on"]
        else []
    )
    indicator = _indicator(edition, now)
    receipts = (
        edition.rows(
            "select period, state, received_on from fct_claim_receipt where claim_id = ? order by period",
            now["claim_id"],
        )
        if edition.has("fct_claim_receipt")
        else []
    )
    context = {
        "entry": entry,
        "answers": answers,
        "legs": legs,
        "note": text_of(now, "note") if now[f"note_{current_language()}"] else "",
        "is_post_hoc": now["is_post_hoc"] and now["verdict"] != "not_checkable",
        "page_reference": now["page_reference"],
        "declared_on": now["declared_on"],
        "indicator": indicator,
        "is_about_projects": now["metric_kind"] == "projects",
        "counted": counted,
        "received": sorted({row["received_on"] for row in receipts if row["received_on"]}),
        "turns": _turns(material, now["claim_id"]),
        "rounding": _rounding(material, now),
    }
    marked = claim_review(current_language(), now, material.laid, material.programme.settings, material.verdicts)
    return Page(
        entry.link, entry.wording, "claim.html.jinja", context, [*figures, *counted], [marked] if marked else []
    )


def _turns(material: Material, claim_id: str) -> list[tuple[Published, Turned]]:
    """Releases with which the verdict on a sentence turned, the latest first."""
    return [(release, one) for release in material.published for one in release.turned if one.claim_id == claim_id]


def _rounding(material: Material, now: Row) -> int | None:
    """To multiples of what the printed figures of this sentence are rounded; None where they count no people."""
    rule = material.rule
    counts_people = now["metric_kind"] in ("participation", "volunteering") and now["estimate"] is not None
    if (
        not counts_people
        or not rule
        or (now["unit"] in rule["units_of_things"] and now["metric_kind"] != "volunteering")
    ):
        return None
    return int(rule["rounding_base"]["value"])


def _indicator(edition: Edition, now: Row) -> Row | None:
    if now["metric_kind"] not in ("gap", "indicator", "harmonisation") or not edition.has("dim_indicator"):
        return None
    found = edition.rows(
        "select * from dim_indicator where indicator_id = ? order by definition_version desc", now["metric_of"]
    )
    return found[0] if found else None


def _figure(material: Material, now: Row) -> Figure:
    edition = material.edition
    data = edition.table(
        f"select {', '.join(_SHOWN)} from {MART} where claim_id = ?"
        " order by case evaluation when 'as_of' then 0 when 'current' then 1 else 2 end, period",
        now["claim_id"],
    )
    rows = data.to_pylist()
    unit = edition.label("unit", now["unit"])
    indicator = _indicator(edition, now)
    statement = answered(now, {}).parts if not now["leg_count"] else ()
    return Figure(
        figure_id=f"claim-{now['claim_id']}",
        mart=MART,
        title=f"{indicator['name_' + current_language()]}: {_what(now)}" if indicator else _what(now),
        sentence=statement[0][1] if statement else text_of(now, "reason"),
        data=data,
        table=_table(edition, rows, 0 if is_exact(now) else None),
        drawing=_drawing(edition, rows, unit, now),
        notes=_notes(now, unit),
        about=about(
            unit,
            source_of(indicator) if indicator else material.sources(*_DELIVERED_AS.get(now["metric_kind"], ())),
            edition.as_of_on,
        ),
    )


def _what(now: Row) -> str:
    if now["claim_type"] in ("direction", "non_widening") and now["metric_kind"] == "gap":
        return words(
            f"Änderung des Abstands seit {now['baseline_id']}", f"change of the gap since {now['baseline_id']}"
        )
    if now["metric_kind"] == "harmonisation":
        return words(
            f"Änderung der Streuung seit {now['baseline_id']}", f"change of the spread since {now['baseline_id']}"
        )
    if now["claim_type"] == "growth" or now["claim_type"] == "direction":
        return words(f"Änderung seit {now['baseline_id']}", f"change since {now['baseline_id']}")
    return words("Gemessen und gesagt", "Measured and said")


def _table(edition: Edition, rows: list[Row], digits: int | None) -> Table:
    lines = [
        [
            head(
                edition.label("evaluation", row["evaluation"])
                if row["evaluation"] != "history"
                else words("Datenjahr", "data of")
            ),
            cell(rows, n, "period"),
            Cell(f"{SYMBOLS[row['verdict']]} {edition.label('verdict', row['verdict'])}", "verdict", f"{n}.verdict"),
            *(cell(rows, n, column, digits) for column in ("estimate", "lower", "upper")),
            cell(rows, n, "measured_to_on"),
        ]
        for n, row in enumerate(rows)
    ]
    heads = [
        words("Wann", "When"),
        words("Zeitraum", "Period"),
        words("Urteil", "Verdict"),
        words("Wert", "Value"),
        words("untere Grenze", "lower limit"),
        words("obere Grenze", "upper limit"),
        words("gemessen am", "measured on"),
    ]
    return Table(
        words(
            "Urteil und entscheidende Zahl, damals, heute und je Datenjahr",
            "Verdict and deciding figure, then, now and by year of data",
        ),
        heads,
        lines,
    )


def _drawing(edition: Edition, rows: list[Row], unit: str, now: Row) -> Drawing:
    history = [row for row in rows if row["evaluation"] == "history" and row["estimate"] is not None]
    window = (now["window_lower"], now["window_upper"]) if now["window_lower"] is not None else None
    bounds = []
    if now["margin"] is not None and now["claim_type"] == "non_widening":
        bounds.append(
            (now["margin"], words(f"Grenze {in_figures(now['margin'])}", f"limit {in_figures(now['margin'])}"))
        )
    elif now["expected_value"] is not None and window is None:
        bounds.append(
            (
                now["expected_value"],
                words(f"gesagt {in_figures(now['expected_value'])}", f"said {in_figures(now['expected_value'])}"),
            )
        )
    is_change = now["claim_type"] in ("direction", "non_widening", "growth")
    if len(history) > 1:
        name = words("gemessen, mit Grenzen", "measured, with limits")
        points = [(row["estimate"], row["lower"], row["upper"]) for row in history]
        chart = series.Chart(
            [row["period"] for row in history],
            [series.Series(name, points)],
            unit,
            window=window,
            bounds=bounds,
            has_zero=is_change,
        )
        return Drawing(_described(history, unit), lambda is_narrow: series.drawn(chart, is_narrow))
    sides = [row for row in rows if row["evaluation"] in _SIDES and row["estimate"] is not None]
    lines = [
        spans.Span(
            f"{edition.label('evaluation', row['evaluation'])} ({row['period']})",
            row["estimate"],
            row["lower"],
            row["upper"],
            shown(row["estimate"]),
        )
        for row in sides
    ]
    drawn = spans.Spans(lines, unit, window, bounds)
    return Drawing(_described(sides, unit), lambda is_narrow: spans.drawn(drawn, is_narrow))


def _described(rows: list[Row], unit: str) -> str:
    """The picture in words: its first and last value."""
    first, last = rows[0], rows[-1]
    told = f"{first['period']}: {shown(first['estimate'])} {unit}"
    return told if first is last else f"{told}; {last['period']}: {shown(last['estimate'])} {unit}"


def _notes(now: Row, unit: str) -> list[str]:
    notes = []
    if now["window_lower"] is not None:
        notes.append(
            words("Grün hinterlegt: wo die Aussage richtig wäre.", "Green ground: where the statement would be right.")
        )
    if now["lower"] is not None and now["lower"] == now["upper"]:
        notes.append(
            words(
                "Die Grenzen fallen mit dem Wert zusammen: gezählt, nicht geschätzt.",
                "The limits coincide with the value: counted, not estimated.",
            )
        )
    if now["margin"] is not None and now["claim_type"] == "non_widening":
        notes.append(
            words(
                f"Gestrichelt: bis zu {in_figures(now['margin'])} {unit} mehr gilt der Abstand als nicht gewachsen.",
                f"Dashed: up to {in_figures(now['margin'])} {unit} more the gap counts as not widened.",
            )
        )
    return notes
