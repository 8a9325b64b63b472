"""A kind of page is made only where the tables it needs are public."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from read_back import Made

from programmes.loading import load_programme
from report.edition import Edition
from report.opendata.edition import Edition as LaidEdition
from report.page import Material, Page
from report.pages import areas, claims, classes, gaps, indicators, mood, participation, projects, volunteering

KINDS = (
    projects.pages, participation.pages, volunteering.pages, mood.pages, claims.pages, indicators.pages, gaps.pages, areas.pages, classes.pages
)  # fmt: skip


def _material(connection: duckdb.DuckDBPyConnection, texts: dict) -> Material:
    edition = Edition("none", dt.date(2026, 3, 2), True, texts, {}, connection)
    laid = LaidEdition("none", dt.date(2026, 3, 2), True, (), {}, ())
    return Material(edition, laid, Path("nowhere"), load_programme("nordwaerts"), [], (), {})


@pytest.mark.parametrize("kind", KINDS)
def test_without_its_tables_there_is_no_page(kind: Callable[[Material], Iterator[Page]]) -> None:
    with duckdb.connect() as connection:
        assert list(kind(_material(connection, {}))) == []


def test_without_claims_register_panel_and_events_the_others_are_made(made: Made) -> None:
    marts = ("fct_project_stock", "fct_participation_funnel", "fct_volunteering", "dim_area")
    with duckdb.connect() as connection:
        for mart in marts:
            connection.execute(f"create table {mart} as from '{made.public}/{mart}.parquet'")
        found = [page for kind in KINDS for page in kind(_material(connection, dict.fromkeys(marts)))]
    figures = {page.path: [figure.figure_id for figure in page.figures] for page in found}
    assert figures["projects.html"] == ["projects-latest", "projects-over-time", "projects-status"]
    assert figures["participation.html"] == ["participation-funnel"]
    assert "mood.html" not in figures
    assert figures["volunteering/active-persons-counted.html"] == ["volunteering-active-persons-counted-areas"]
