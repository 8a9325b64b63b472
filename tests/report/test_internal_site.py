"""The edition for the office: nothing is hidden, every page says so, nobody else can open it; the public one knows nothing of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from read_back import Made

from programmes.loading import load_programme
from release import reading
from release.layout import VarFolder
from release.reading import Release
from report import downloads, site
from report.edition import opened
from report.pages import audit

CLAIM = "deck_projects_237"


@contextmanager
def _no_files(_folder: Path, _before: Path | None) -> Iterator[object]:
    yield lambda _wanted: None


@pytest.fixture(scope="module")
def release(published: Path) -> Release:
    found = reading.current(VarFolder("nordwaerts", published))
    assert found
    return found


@pytest.fixture(scope="module")
def inside(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages, with files of those for auditors alone."""
    out = tmp_path_factory.mktemp("internal") / "office" / "site"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(downloads, "deriving", _no_files)
        for name in ("write_picture", "write_book", "write_data"):
            real = getattr(downloads, name)
            of_audit = lambda figure, *more, real=real: real(figure, *more) if "audit" in figure.figure_id else []  # noqa: E731
            patched.setattr(downloads, name, of_audit)
        return site.make_site(release, load_programme("nordwaerts"), out, walks={CLAIM: "<p>the walk</p>"})


def test_every_page_says_that_it_stays_in_the_office(inside: Path) -> None:
    pages = [*(inside / "de").rglob("*.html")]
    assert len(pages) > 100
    assert [page.name for page in pages if "Interne Ausgabe" not in page.read_text(encoding="utf-8")] == []


def test_the_public_site_knows_nothing_of_it(made: Made) -> None:
    pages = [*(made.folder / "de").rglob("*.html")]
    assert [page.name for page in pages if "Interne Ausgabe" in page.read_text(encoding="utf-8")] == []
    assert not (made.folder / "de" / "audit").exists() and not (made.folder / audit.WALKS).exists()


def test_nobody_else_can_open_it(inside: Path) -> None:
    places = [inside, inside.parent, *inside.rglob("*")]
    assert {place.stat().st_mode & 0o777 for place in places if not place.is_symlink()} == {0o600, 0o700}


def test_nothing_is_hidden(inside: Path, made: Made) -> None:
    def marked(folder: Path) -> int:
        return sum(
            len(re.findall(r'class="hidden"', page.read_text(encoding="utf-8"))) for page in folder.rglob("*.html")
        )

    assert marked(made.folder / "de") > 0
    assert marked(inside / "de") == 0


def test_a_mart_inside_has_every_row_and_what_the_public_form_adds(release: Release) -> None:
    hidden = f"from '{release.mart_path('fct_indicator_value', is_public=True)}' where is_hidden"
    [one] = duckdb.sql(f"select * {hidden} order by all limit 1").to_arrow_table().to_pylist()
    key = {name: one[name] for name in release.manifest.tables["fct_indicator_value"].text.trace["key"]}
    told = " and ".join(f"{name} is not distinct from ?" for name in key)
    with opened(release, is_internal=True) as edition:
        for mart, table in release.manifest.tables.items():
            assert edition.rows(f"select count(*) as n from {mart}") == [{"n": table.row_count}], mart
        [row] = edition.rows(f"from fct_indicator_value where {told}", *key.values())
    assert one["value"] is None and row["value"] is not None and row["is_hidden"] is False
    assert set(one) <= set(row)


def test_auditors_find_walks_checks_and_what_was_rejected(inside: Path) -> None:
    index = (inside / "de" / audit.INDEX).read_text(encoding="utf-8")
    assert f"../../{audit.WALKS}/{CLAIM}.html" in index and release_code(index)
    assert (inside / audit.WALKS / f"{CLAIM}.html").read_text(encoding="utf-8") == "<p>the walk</p>"
    rejected = (inside / "de" / "audit" / "fct_rejected_row.html").read_text(encoding="utf-8")
    assert rejected.count("<tr>") > 1
    assert (inside / "figures" / "audit-checks.parquet").is_file()


def test_every_column_a_page_shows_is_there(release: Release) -> None:
    with opened(release, is_internal=True) as edition:
        for mart, sheet in audit._SHEETS.items():
            names = {column.replace("*", language) for column in sheet.columns for language in ("de", "en")}
            assert names <= set(edition.table(f"from {mart} limit 0").column_names), mart


def release_code(page: str) -> bool:
    """Whether the page names fingerprints in full."""
    return len(re.findall(r"<code>[0-9a-f]{64}</code>", page)) >= 2
