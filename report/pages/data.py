"""Data and catalogue: every public table with its columns and files, what describes them, how to read them elsewhere; release notes."""

from collections.abc import Iterator

from release.spoken import current_language, words
from report import statistical_files
from report.opendata import claim_review
from report.opendata.csvw import NAME as COLUMNS
from report.page import Material, Page
from report.pages.claims import SYMBOLS


def pages(material: Material) -> Iterator[Page]:
    """The page on data, the notes of this release, and the releases before it."""
    laid, settings = material.laid, material.programme.settings
    marked = [claim_review.data_set(current_language(), table, laid, settings) for table in laid.tables]
    structured = [each for each in marked if each]
    context = {
        "tables": laid.tables,
        "files": laid.files,
        "columns": COLUMNS,
        "has_query": material.engine is not None,
        "has_statistical": statistical_files.is_available(),
    }
    yield Page(
        "data.html", words("Daten und Katalog", "Data and catalogue"), "data.html.jinja", context, structured=structured
    )
    newest, *earlier = material.published
    yield Page(
        "release-notes.html",
        words("Was dieser Stand ändert", "What this release changes"),
        "release_notes.html.jinja",
        {
            "turned": newest.turned,
            "before": earlier[0] if earlier else None,
            "causes": material.causes,
            "symbols": SYMBOLS,
        },
    )
    yield Page(
        "releases.html", words("Frühere Stände", "Earlier releases"), "releases.html.jinja", {"earlier": earlier}
    )
