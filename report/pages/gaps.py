"""The overview of gaps: every indicator that has one, and how many widened against what chance alone would show."""

from collections.abc import Iterator

from release.claims_words import text_of
from release.spoken import words
from report.edition import Row
from report.figure import Cell, Figure, Table, about, cell, head
from report.page import Material, Page
from report.pages.gap_figures import gap_verdict
from report.pages.names import baseline_names, by_indicator, by_row, comparator_name, variant_names


def pages(material: Material) -> Iterator[Page]:
    """The one page of the overview; none where no gap is public."""
    if material.edition.has("dim_indicator", "fct_development_gap", "fct_gap_family"):
        figures = [_all_gaps(material), _family(material)]
        title = words("Entwicklungsabstände", "Development gaps")
        yield Page("gaps.html", title, "gaps.html.jinja", {}, [figure for figure in figures if figure.data.num_rows])


def _all_gaps(material: Material) -> Figure:
    edition = material.edition
    data = edition.table(
        """
        select gap.indicator_id, gap.definition_version, sheet.name_de, sheet.name_en, sheet.is_headline, variant_id, comparator,
            gap.baseline_id, period, gap_absolute, gap_lower, gap_upper, gap_unit, gap_relative, change_since_baseline, change_lower,
            change_upper, margin, verdict, relative_verdict, decimals, is_hidden, hidden_reason, status, gap.is_synthetic
        from fct_development_gap as gap
        join dim_indicator as sheet using (indicator_id, definition_version)
        where is_default_variant and is_deciding_baseline and comparator in ('rest', 'city')
        qualify period = max(period) over (partition by gap.indicator_id, definition_version)
            and definition_version = max(definition_version) over (partition by gap.indicator_id)
        order by sheet.is_headline desc, sheet.name_de, gap.indicator_id, case comparator when 'rest' then 0 else 1 end
        """
    )
    rows, baselines = data.to_pylist(), baseline_names(material)
    heads = [
        words("Indikator", "Indicator"), words("Vergleich", "Comparator"), words("Jahr", "Year"), words("Abstand", "Gap"), words("Einheit", "Unit"),
        words("Änderung", "Change"), words("seit", "since"), words("Urteil", "Verdict"), words("relatives Urteil", "relative verdict"),
    ]  # fmt: skip
    lines = [
        [
            head(_named(row), f"indicators/{row['indicator_id']}.html"),
            Cell(edition.label("role", row["comparator"]), source=f"{n}.comparator"),
            cell(rows, n, "period"),
            cell(rows, n, "gap_absolute"),
            Cell(edition.label("unit", row["gap_unit"]), source=f"{n}.gap_unit"),
            cell(rows, n, "change_since_baseline"),
            Cell(baselines.get(row["baseline_id"], row["baseline_id"]), source=f"{n}.baseline_id"),
            gap_verdict(edition, rows, n),
            gap_verdict(edition, rows, n, "relative_verdict"),
        ]
        for n, row in enumerate(rows)
    ]
    return Figure(
        figure_id="gaps",
        mart="fct_development_gap",
        title=words("Jeder Indikator mit einem Abstand", "Every indicator that has a gap"),
        sentence=words(
            "Der jüngste Abstand des Programmgebiets zum Rest der Stadt und zur Gesamtstadt, und ob der Nachteil sich seit dem Ausgangsjahr verändert hat.",
            "The newest gap of the programme area to the rest of the city and to the whole city, and whether the disadvantage changed since the baseline.",
        ),
        data=data,
        table=Table(words("Jüngster Abstand je Indikator", "Newest gap by indicator"), heads, lines),
        notes=[
            words(
                "★ Leitindikator. Absolutes und relatives Urteil können sich widersprechen; ein Wort fasst beide nie zusammen.",
                "★ headline indicator. Absolute and relative verdict may contradict each other; one word never summarises both.",
            )
        ],
        about=about(
            by_row(), by_indicator(), edition.as_of_on, [edition.label("status", row["status"]) for row in rows]
        ),
    )


def _named(row: Row) -> str:
    return text_of(row, "name") + (" ★" if row["is_headline"] else "")


def _family(material: Material) -> Figure:
    edition = material.edition
    data = edition.table(
        """
        select variant_id, comparator, baseline_id, period, headline_count, tested_count, narrowed_count, unchanged_count, widened_count,
            undecidable_count, widened_adjusted_count, widened_expected_by_chance, is_synthetic
        from fct_gap_family
        where period = (select max(period) from fct_gap_family)
        order by variant_id = ? desc, variant_id, baseline_id, case comparator when 'rest' then 0 else 1 end, comparator
        """,
        material.programme.settings.default_variant,
    )
    rows, names, baselines = data.to_pylist(), variant_names(material), baseline_names(material)
    heads = [
        words("Fassung des Gebiets", "Variant of the area"), words("Vergleich", "Comparator"), words("seit", "since"), words("geprüft", "tested"),
        words("verringert", "narrowed"), words("nicht verändert", "unchanged"), words("vergrößert", "widened"), words("nicht entscheidbar", "cannot be decided"),
        words("vergrößert nach Holm", "widened by Holm"), words("vergrößert durch Zufall erwartet", "widened expected by chance"),
    ]  # fmt: skip
    counts = (
        "tested_count", "narrowed_count", "unchanged_count", "widened_count", "undecidable_count", "widened_adjusted_count", "widened_expected_by_chance",
    )  # fmt: skip
    lines = [
        [
            head(names.get(row["variant_id"], row["variant_id"])),
            Cell(comparator_name(material, row["comparator"]), source=f"{n}.comparator"),
            Cell(baselines.get(row["baseline_id"], row["baseline_id"]), source=f"{n}.baseline_id"),
            *(cell(rows, n, column) for column in counts),
        ]
        for n, row in enumerate(rows)
    ]
    period = rows[0]["period"] if rows else ""
    return Figure(
        figure_id="gap-family",
        mart="fct_gap_family",
        title=words(
            "Wie viele sich vergrößert haben, und wie viele durch Zufall zu erwarten wären",
            "How many widened, and how many were to be expected by chance",
        ),
        sentence=words(
            f"Urteile über die Leitindikatoren {period}: Wer viele Abstände prüft, findet auch ohne jede Veränderung einige, die gewachsen scheinen.",
            f"Verdicts on the headline indicators in {period}: whoever tests many gaps finds some that seem to have widened without any change.",
        ),
        data=data,
        table=Table(
            words(
                "Urteile über Leitindikatoren je Fassung, Vergleich und Ausgangsjahr",
                "Verdicts on headline indicators by variant, comparator and baseline",
            ),
            heads,
            lines,
        ),
        notes=[
            words(
                "Nach Holm gilt ein Abstand erst dann als gewachsen, wenn er es auch beim Blick auf alle zugleich wäre.",
                "By Holm a gap counts as widened only if it would with all of them looked at together.",
            )
        ],
        about=about(words("Indikatoren", "indicators"), by_indicator(), edition.as_of_on),
    )
