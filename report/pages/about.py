"""Pages on the site itself: method and quality, plain language, accessibility, imprint, privacy.

What an office says of itself is declared in programme.yml; where it says nothing, the page says so.
"""

from collections.abc import Iterator

from release.claims_words import text_of
from release.spoken import current_language, words
from report.declared import declared
from report.figure import Cell, Figure, Table, about, cell, head
from report.page import Material, Page
from report.pages.names import baseline_names, by_row, declared_here


def pages(material: Material) -> Iterator[Page]:
    """All of them; the rule of disclosure control only where the programme has one."""
    said = declared(material.programme.settings.publication, current_language())
    figures = [
        figure for figure in (*_margins(material), *_breaks(material), *_deliveries(material)) if figure.data.num_rows
    ]
    method = {
        "rule": _rule(material),
        "is_proposal": material.rule.get("is_proposal", False),
        "figures_by_id": {figure.figure_id: figure for figure in figures},
    }
    yield Page("method.html", words("Methode und Qualität", "Method and quality"), "method.html.jinja", method, figures)
    yield Page("plain.html", words("In einfacher Sprache", "In plain language"), "plain.html.jinja")
    yield Page(
        "accessibility.html",
        words("Erklärung zur Barrierefreiheit", "Accessibility statement"),
        "accessibility.html.jinja",
        {"said": said},
    )
    yield Page("imprint.html", words("Impressum", "Imprint"), "legal.html.jinja", {"text": said.imprint, "said": said})
    yield Page(
        "privacy.html", words("Datenschutz", "Privacy"), "legal.html.jinja", {"text": said.privacy, "said": said}
    )


def _rule(material: Material) -> list[dict[str, str]]:
    """The numbers of the rule of disclosure control, each with its reason."""
    return [
        {"name": name, "value": str(one["value"]), "reason": one[f"reason_{current_language()}"]}
        for name, one in material.rule.items()
        if isinstance(one, dict) and "value" in one
    ]


def _margins(material: Material) -> Iterator[Figure]:
    edition = material.edition
    if not edition.has("dim_indicator"):
        return
    data = edition.table(
        "select indicator_id, definition_version, name_de, name_en, unit, polarity, baseline_id, tolerance, margin_minimum,"
        " margin_baseline_gap_pct, declared_on, is_synthetic from dim_indicator where is_gap_available order by name_de, indicator_id"
    )
    rows, baselines = data.to_pylist(), baseline_names(material)
    heads = [
        words("Indikator", "Indicator"), words("Einheit", "Unit"), words("Ausgangsjahr", "Baseline"), words("Grenze mindestens", "Margin at least"),
        words("Grenze in % des Abstands", "Margin in % of the gap"), words("Toleranz", "Tolerance"), words("erklärt am", "declared on"),
    ]  # fmt: skip
    lines = [
        [
            head(text_of(row, "name"), f"indicators/{row['indicator_id']}.html"),
            Cell(edition.label("unit", row["unit"]), source=f"{n}.unit"),
            Cell(baselines.get(row["baseline_id"], ""), source=f"{n}.baseline_id"),
            *(
                cell(rows, n, column)
                for column in ("margin_minimum", "margin_baseline_gap_pct", "tolerance", "declared_on")
            ),
        ]
        for n, row in enumerate(rows)
    ]
    yield Figure(
        figure_id="margins",
        mart="dim_indicator",
        title=words("Grenzen, ab denen ein Abstand als gewachsen gilt", "Margins from which a gap counts as widened"),
        sentence=words(
            "Jede Grenze ist von uns gesetzt, nicht von der Stadt, und trägt den Tag, an dem wir sie erklärt haben. Waren die Daten da schon bekannt, sagt es die Aussage.",
            "Every margin is set by us, not by the city, and bears the day on which we declared it. Where the data were known by then, the sentence says so.",
        ),
        data=data,
        table=Table(words("Grenze und Toleranz je Indikator", "Margin and tolerance by indicator"), heads, lines),
        about=about(by_row(), declared_here(material), edition.as_of_on),
    )


def _breaks(material: Material) -> Iterator[Figure]:
    edition = material.edition
    if not edition.has("dim_comparability_break", "dim_indicator"):
        return
    data = edition.table(
        "select one.indicator_id, one.definition_version, name_de, name_en, period, one.kind, severity, added_tolerance, note_de, note_en, source_text,"
        " one.is_synthetic from dim_comparability_break as one join dim_indicator using (indicator_id, definition_version)"
        " order by period, break_id, name_de, one.indicator_id"
    )
    rows = data.to_pylist()
    heads = [
        words("Indikator", "Indicator"),
        words("ab", "from"),
        words("Art", "Kind"),
        words("was geschah", "what happened"),
    ]
    lines = [
        [
            head(text_of(row, "name"), f"indicators/{row['indicator_id']}.html"),
            cell(rows, n, "period"),
            Cell(edition.label("break_severity", row["severity"]), source=f"{n}.severity"),
            Cell(text_of(row, "note"), source=f"{n}.note_{current_language()}"),
        ]
        for n, row in enumerate(rows)
    ]
    yield Figure(
        figure_id="breaks",
        mart="dim_comparability_break",
        title=words("Brüche der Vergleichbarkeit", "Breaks of comparability"),
        sentence=words(
            "Ab wann Zahlen nicht mehr, oder nur mit Einschränkung, mit den Jahren davor zu vergleichen sind.",
            "From when figures compare no longer, or with limitations, with the years before.",
        ),
        data=data,
        table=Table(words("Brüche je Indikator", "Breaks by indicator"), heads, lines),
        about=about(words("Jahre", "years"), declared_here(material), edition.as_of_on),
    )


def _deliveries(material: Material) -> Iterator[Figure]:
    edition = material.edition
    if not edition.has("fct_delivery"):
        return
    data = edition.table(
        "select source_id, source_name_de, source_name_en, publisher, delivery_id, received_on, verdict, accepted_row_count, rejected_row_count,"
        " licence, is_synthetic from fct_delivery order by source_name_de, source_id, received_on, delivery_id"
    )
    rows = data.to_pylist()
    heads = [
        words("Quelle", "Source"), words("Lieferung (SHA-256, Anfang)", "Delivery (SHA-256, first digits)"), words("eingegangen", "received"), words("Zustand", "State"),
        words("Zeilen übernommen", "Rows accepted"), words("Zeilen abgewiesen", "Rows rejected"),
    ]  # fmt: skip
    lines = [
        [
            head(row[f"source_name_{current_language()}"] or row["source_id"]),
            Cell(f"{row['delivery_id'][:12]}…", source=f"{n}.delivery_id"),
            cell(rows, n, "received_on"),
            Cell(edition.label("delivery_verdict", row["verdict"]), source=f"{n}.verdict"),
            *(cell(rows, n, column) for column in ("accepted_row_count", "rejected_row_count")),
        ]
        for n, row in enumerate(rows)
    ]
    yield Figure(
        figure_id="deliveries",
        mart="fct_delivery",
        title=words("Was geliefert, abgewiesen und angehalten wurde", "What was delivered, refused and held"),
        sentence=words(
            "Jede Lieferung hinter diesem Stand, und was aus ihr wurde. Was die Prüfung ablehnt oder anhält, zählt nicht mit.",
            "Every delivery behind this release, and what became of it. What the gate refuses or holds does not count.",
        ),
        data=data,
        table=Table(words("Lieferungen", "Deliveries"), heads, lines),
        notes=[
            words(
                "Die Prüfsumme ist der Fingerabdruck der gelieferten Datei: Wer die Datei hat, kann sie damit wiedererkennen.",
                "The checksum is the fingerprint of the delivered file: whoever has the file can recognise it by it.",
            )
        ],
        about=about(
            words("Zeilen", "rows"),
            words("Eingangsbuch dieses Systems", "record of receipts of this system"),
            edition.as_of_on,
        ),
    )
