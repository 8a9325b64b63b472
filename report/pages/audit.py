"""Pages of the internal edition alone: what the release is made of, how to check it, the walks of claims, tables nobody publishes.

Belongs here: which tables auditors and the data office read on a page, and what each is. Does not belong here: how a walk is
found and told (tracing/ does it, the pages come whole).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from release.claims_words import text_of
from release.spoken import current_language, words
from report.edition import CHECKS
from report.figure import Figure, Table, about, cell
from report.page import Material, Page
from report.pages.claims import MART as CLAIMS

INDEX = "audit/index.html"
WALKS = "walks"  # folder beside those of the languages: a walk is told in both
MOST_ROWS = 300  # lines of a table on a page
_LARGEST = 20_000  # rows a table has at most to be laid down as a workbook


@dataclass(frozen=True)
class _Sheet:
    """A table auditors read: title and sentence, and the columns shown, each German and English; "*" stands for the language."""

    title: tuple[str, str]
    sentence: tuple[str, str]
    columns: Mapping[str, tuple[str, str]]


_SHEETS = {
    CHECKS: _Sheet(
        ("Ergebnisse der Prüfungen", "Results of checks"),
        (
            "Jede Prüfung beider Tore mit ihrem Ausgang; zuerst, was nicht bestanden wurde.",
            "Every check of both gates with its outcome; what did not pass comes first.",
        ),
        {
            "sentence_*": ("Prüfung", "Check"),
            "table_name": ("Tabelle", "Table"),
            "severity": ("Schwere", "Severity"),
            "is_passed": ("bestanden", "passed"),
            "failed_count": ("Zeilen dagegen", "Rows against it"),
        },
    ),
    "fct_delivery": _Sheet(
        ("Lieferungen", "Deliveries"),
        (
            "Jede Lieferung mit Dateiname und Empfang, und was aus ihren Datensätzen wurde.",
            "Every delivery with file name and receipt, and what became of its records.",
        ),
        {
            "source_name_*": ("Quelle", "Source"),
            "file_name": ("Datei", "File"),
            "received_at": ("empfangen (UTC)", "received (UTC)"),
            "record_count": ("Datensätze", "Records"),
            "accepted_record_count": ("übernommen", "accepted"),
            "rejected_record_count": ("abgewiesen", "rejected"),
        },
    ),
    "fct_rejected_row": _Sheet(
        ("Abgewiesene Zeilen", "Rejected rows"),
        (
            "Welche Zeile welcher Lieferung nach welcher Regel nicht zählt; was in ihr stand, steht hier nicht.",
            "Which row of which delivery does not count, by which rule; what it held does not stand here.",
        ),
        {
            "sentence_*": ("Grund", "Reason"),
            "table_name": ("Tabelle", "Table"),
            "row_address": ("Stelle", "Place"),
            "column_name": ("Spalte", "Column"),
        },
    ),
    "fct_correction": _Sheet(
        ("Berichtigungen", "Corrections"),
        ("Jede Berichtigung, die das Amt erklärt hat.", "Every correction the office declared."),
        {
            "measure_id": ("Messgröße", "Measure"),
            "area_id": ("Gebiet", "Area"),
            "period": ("Zeitraum", "Period"),
            "delivered_value": ("geliefert", "delivered"),
            "value": ("berichtigt", "corrected"),
        },
    ),
    "fct_area_class_component": _Sheet(
        ("Bestandteile der Klassen", "Components of the classes"),
        ("Woraus die Klasse eines Gebiets zusammengesetzt ist.", "What the class of an area is made of."),
        {
            "area_id": ("Gebiet", "Area"),
            "dimension": ("Dimension", "Dimension"),
            "indicator_id": ("Indikator", "Indicator"),
            "value": ("Wert", "Value"),
            "mean_value": ("Mittel", "Mean"),
            "standard_deviation": ("Standardabweichung", "Standard deviation"),
            "z_value": ("z-Wert", "z value"),
        },
    ),
    "fct_project_assessment": _Sheet(
        ("Bewertungen von Vorschlägen", "Assessments of proposals"),
        (
            "Welches Kriterium des Bewertungsverfahrens ein Vorschlag erfüllt, mit Begründung.",
            "Which criterion of the rating procedure a proposal meets, with the reason.",
        ),
        {
            "proposal_id": ("Vorschlag", "Proposal"),
            "criterion_name_*": ("Kriterium", "Criterion"),
            "is_met": ("erfüllt", "met"),
            "reason": ("Begründung", "Reason"),
            "decided_on": ("entschieden am", "decided on"),
        },
    ),
}
_ORDER = {CHECKS: "is_passed, check_id, table_name"}


def pages(material: Material) -> Iterator[Page]:
    """The index and a page for each table; none in the public edition."""
    if material.inside is None:
        return
    tables = [mart for mart in _SHEETS if mart == CHECKS or material.edition.has(mart)]
    shown = [page for mart in tables for page in _table(material, mart)]
    yield Page(
        INDEX,
        words("Prüfen", "Audit"),
        "audit.html.jinja",
        {
            "manifest": material.inside.manifest,
            "before": next((one.release_id for one in material.published[1:]), None),
            "walks": [(f"{WALKS}/{claim}.html", wording) for claim, wording in _walked(material)],
            "tables": [(page.path, page.title) for page in shown],
            "elsewhere": [mart for mart, text in material.edition.texts.items() if mart not in _SHEETS and not _is_public(material, mart)],
        },
    )  # fmt: skip
    yield from shown


def write_walks(material: Material, site: Path) -> None:
    """Lay down the walks of the internal edition."""
    if material.inside:
        (site / WALKS).mkdir()
        for claim, page in material.inside.walks.items():
            (site / WALKS / f"{claim}.html").write_text(page, encoding="utf-8")


def _is_public(material: Material, mart: str) -> bool:
    assert material.inside
    return material.inside.manifest.tables[mart].is_public


def _walked(material: Material) -> Iterator[tuple[str, str]]:
    """Claims with a walk, by id, each with its wording."""
    assert material.inside
    found = material.edition.rows(f"from {CLAIMS} where evaluation = 'current' order by claim_id")
    yield from ((row["claim_id"], text_of(row, "wording")) for row in found if row["claim_id"] in material.inside.walks)


def _table(material: Material, mart: str) -> Iterator[Page]:
    edition, sheet = material.edition, _SHEETS[mart]
    title = words(*sheet.title)
    times = [one.name for one in edition.table(f"from {mart} limit 0").schema if pa.types.is_timestamp(one.type)]
    replaced = ", ".join(f"strftime({name}, '%Y-%m-%d %H:%M') as {name}" for name in times)
    chosen = f"* replace ({replaced})" if times else "*"
    data = edition.table(f"select {chosen} from {mart} order by {_ORDER.get(mart, 'all')} limit {_LARGEST}")
    rows = data.to_pylist()
    columns = [column.replace("*", current_language()) for column in sheet.columns]
    lines = [[cell(rows, n, column) for column in columns] for n in range(min(len(rows), MOST_ROWS))]
    more = words(
        f": {MOST_ROWS} von {len(rows)} Zeilen, alle in den Dateien",
        f": {MOST_ROWS} of {len(rows)} rows, all of them in the files",
    )
    figure = Figure(
        figure_id=f"audit-{mart}",
        mart=mart,
        title=title,
        sentence=words(*sheet.sentence),
        data=data,
        table=Table(title + more * (len(rows) > MOST_ROWS), [words(*head) for head in sheet.columns.values()], lines),
        about=about("", "", edition.as_of_on),
    )
    yield Page(f"audit/{mart}.html", title, "audit_table.html.jinja", {}, [figure] if rows else [])
