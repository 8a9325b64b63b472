"""The site as a whole: links, files, numbers in sentences, weight, and the same pages from the same release."""

import gzip
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import nullcontext
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook
from read_back import Made

import cli.main as group
from programmes.loading import load_programme
from release import reading
from release.layout import VarFolder
from report import downloads, site
from report.figure import Cell, Figure, Table
from report.page import Material, Page
from report.pages import claims, start

LANGUAGES = ("de", "en")


class _Links(HTMLParser):
    """Where a page leads, and what of it can be led to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name in ("href", "src") and value]
        self.ids += [value for name, value in attrs if name == "id" and value]


def broken(folder: Path) -> Iterator[str]:
    """Links of a site that lead nowhere in it; those to PNG are followed to their SVG, since tests draw none."""
    pages = {page: _Links(page) for page in sorted(folder.rglob("*.html"))}
    for page, found in pages.items():
        for link in dict.fromkeys(found.links):
            if link.startswith(("mailto:", "https://", "http://")):
                continue
            path, fragment = urldefrag(link)
            target = (page.parent / path).resolve() if path else page
            if target.suffix == ".png":
                target = target.with_suffix(".svg")
            if not target.is_file() or (fragment and target in pages and fragment not in pages[target].ids):
                yield f"{page.relative_to(folder)}: {link}"


def test_no_link_is_broken_and_no_name_is_given_twice_on_a_page(made: Made) -> None:
    assert list(broken(made.folder)) == []
    for page in made.folder.rglob("*.html"):
        ids = _Links(page).ids
        assert len(ids) == len(set(ids)), page


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="b.html#c">b</a><a href="b.html#d">b</a><a href="x.html">x</a>')
    (tmp_path / "b.html").write_text('<p id="c">c</p>')
    assert list(broken(tmp_path)) == ["a.html: b.html#d", "a.html: x.html"]


def test_nothing_on_a_page_is_fetched_from_elsewhere(made: Made) -> None:
    for page in made.folder.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        fetched = re.findall(r'<(?:script|img|iframe|object|embed|source|video|audio)[^>]*(?:src|data)="([^"]+)"', html)
        fetched += re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
        assert all("//" not in each for each in fetched), page
    assert "url(" not in (made.folder / "style.css").read_text(encoding="utf-8")
    assert "@import" not in (made.folder / "style.css").read_text(encoding="utf-8")


def test_a_page_weighs_no_more_than_agreed(made: Made) -> None:
    style = (made.folder / "style.css").read_bytes()
    for page in made.folder.rglob("*.html"):
        content = page.read_bytes()
        assert len(content) + len(style) <= 200_000, page
        assert len(gzip.compress(content)) + len(gzip.compress(style)) <= 60_000, page


def test_every_page_says_that_sample_figures_are_made_up(made: Made) -> None:
    for language, words in (("de", "Kein Wert ist eine amtliche Angabe"), ("en", "no value is an official figure")):
        for page in made.pages(language):
            assert words in page.read_text(encoding="utf-8"), page
    for picture in (made.folder / "figures" / "de").glob("*.svg"):
        assert "synthetische Musterdaten" in picture.read_text(encoding="utf-8")


def test_the_files_of_a_figure_hold_what_it_shows(made: Made) -> None:
    figures = sorted((made.folder / "figures").glob("*.parquet"))
    assert len(figures) > 150
    for path in figures[::9]:
        rows = pq.read_table(path).num_rows
        with duckdb.connect() as connection:
            for ending, options in (("csv", ""), ("de.csv", ", delim=';', decimal_separator=','")):
                text = path.with_name(f"{path.stem}.{ending}")
                query = f"select count(*) from read_csv('{text}', header = true, all_varchar = true{options})"
                assert connection.execute(query).fetchall() == [(rows,)], text
        for language in LANGUAGES:
            book = CalamineWorkbook.from_path(made.folder / "figures" / language / f"{path.stem}.xlsx")
            assert len(book.get_sheet_by_name("data").to_python()) == rows + 1
            assert any("Musterdaten" in str(cell) or "sample" in str(cell).lower() for row in book.get_sheet_by_name("about").to_python() for cell in row)  # fmt: skip


# --- numbers in sentences ------------------------------------------------------------------------------

NUMBER = re.compile(r"(?<![\w.,])[−-]?\d[\d.,]*\d|(?<![\w.,])\d")


def unfounded(text: str, values: set[Decimal], language: str) -> list[str]:
    """Numbers of a text that round none of these values, in whole numbers or to one or two decimals."""
    thousands, point = (".", ",") if language == "de" else (",", ".")
    found = []
    for shown in NUMBER.findall(text):
        plain = shown.replace(thousands, "").replace(point, ".").replace("−", "-")
        read = abs(Decimal(plain))
        step = Decimal(1).scaleb(-len(plain.partition(".")[2]))
        if not any(abs(value - read) <= step / 2 for value in values):
            found.append(shown)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_in_a_sentence_on_a_claim_is_one_of_its_row(made: Made, language: str) -> None:
    """Texts of the row itself are left out: they are published as they are."""
    rows = pq.read_table(made.public / "fct_claim_verdict.parquet").to_pylist()
    by_claim = {
        claim_id: [row for row in rows if row["claim_id"] == claim_id] for claim_id in {row["claim_id"] for row in rows}
    }
    seen = 0
    for claim_id, own in sorted(by_claim.items()):
        told = [*own, *(row for leg in {row["deciding_leg_id"] for row in own} - {None} for row in by_claim[leg])]
        known = {
            Decimal(95),
            Decimal(1),
            *(number for row in told for number in _numbers(row)),
        }  # 95 % limits; one below a bound
        html = (made.folder / language / "claims" / f"{claim_id}.html").read_text(encoding="utf-8")
        for box in re.findall(r'<div class="verdict-box">(.*?)</div>', html, re.S):
            text = _without_texts(" ".join(unescape(re.sub(r"<[^>]+>", " ", box)).split()), told, language)
            assert unfounded(text, known, language) == [], (claim_id, text)
            seen += len(NUMBER.findall(text))
    assert seen > 200


def _numbers(row: dict[str, Any]) -> Iterator[Decimal]:
    """Figures of a row, the whole numbers beside its half ones, and the years it names."""
    for value in row.values():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield from (abs(Decimal(str(value))) + side for side in (Decimal(0), Decimal("0.5"), Decimal("-0.5")))
        elif isinstance(value, str) and re.fullmatch(r"\d{4}|mean_\d{4}_\d{4}", value):
            yield from map(Decimal, re.findall(r"\d{4}", value))


def _without_texts(text: str, rows: list[dict[str, Any]], language: str) -> str:
    for row in rows:
        for name, value in row.items():
            if name.endswith(f"_{language}") and isinstance(value, str):
                text = text.replace(value.rstrip("."), " ")
    return re.sub(r"\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}", " ", text)


def test_a_number_nobody_published_is_found() -> None:
    assert unfounded("Es waren 2.516 (2016), nicht 70,04 %.", {Decimal(2516), Decimal(2016)}, "de") == ["70,04"]
    assert unfounded("It was 2,516 in 2016.", {Decimal(2516)}, "en") == ["2016"]


# --- the same again ------------------------------------------------------------------------------------


def test_the_same_release_gives_the_same_bytes(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "KINDS", (start.pages, claims.pages))
    monkeypatch.setattr(downloads, "deriving", lambda *_: nullcontext(lambda _wanted: None))
    monkeypatch.setattr(site, "_site", _without_footer(site._site))
    release, programme = reading.current(VarFolder("nordwaerts", published)), load_programme("nordwaerts")
    first, second = (site.make_site(release, programme, tmp_path / name / "web") for name in ("one", "two"))
    names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    differing = [str(name) for name in names if (first / name).read_bytes() != (second / name).read_bytes()]
    assert [name for name in differing if name not in ("data/public.duckdb", "data/edition.json")] == []


def _without_footer(make):  # type: ignore[no-untyped-def]
    def made(material, titles):  # type: ignore[no-untyped-def]
        names = (
            "plain.html",
            "release-notes.html",
            "releases.html",
            "accessibility.html",
            "imprint.html",
            "privacy.html",
        )
        return make(material, {**dict.fromkeys(names, "x"), **titles})

    return made


def test_what_is_unchanged_is_linked_and_what_changed_is_made_again(tmp_path: Path) -> None:
    before, now = tmp_path / "before", tmp_path / "now"
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    for folder in (before, now):
        (folder / "figures" / "de").mkdir(parents=True)
        for name in ("same", "other"):
            (folder / "figures" / "de" / f"{name}.svg").write_text(
                picture.replace("9", "8") if (folder, name) == (now, "other") else picture
            )
    wanted = [downloads.Derived("figures/de", name, "png") for name in ("same", "other")]
    for folder, earlier in ((before, None), (now, before)):
        with downloads.deriving(folder, earlier) as derive:
            derive(wanted)
    assert (now / wanted[0].path).samefile(before / wanted[0].path)
    assert not (now / wanted[1].path).samefile(before / wanted[1].path)
    assert (now / wanted[1].path).read_bytes().startswith(b"\x89PNG")


def test_a_figure_on_two_pages_is_written_once_and_linked_when_made_again(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shared(material: Material) -> Iterator[Page]:
        data = material.edition.table("select unit from dim_indicator order by unit limit 2")
        figure = Figure("units", "dim_indicator", "Units", "Some.", data, Table("Units", ["unit"], [[Cell("%")]]))
        for name in ("one", "other"):
            yield Page(f"{name}.html", name, "classes.html.jinja", {}, [figure])

    release = reading.current(VarFolder("nordwaerts", published))
    monkeypatch.setattr(site, "KINDS", (shared,))
    made = site.make_site(release, load_programme("nordwaerts"), tmp_path / "site")
    before = (made / "figures" / "units.csv").stat().st_ino
    again = site.make_site(release, load_programme("nordwaerts"), tmp_path / "site")
    assert (again / "figures" / "units.csv").stat().st_ino == before


def test_the_snippet_on_the_page_on_data_runs(
    made: Made, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    html = (made.folder / "en" / "data.html").read_text(encoding="utf-8")
    [snippet] = re.findall(r'<code class="language-python">(.*?)</code>', html, re.S)
    monkeypatch.chdir(made.folder / "data")
    exec(compile(unescape(snippet), "snippet", "exec"), {})
    assert "deck_volunteering_25_pct" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no R on this machine")
def test_the_snippet_in_r_runs(made: Made) -> None:
    html = (made.folder / "en" / "data.html").read_text(encoding="utf-8")
    [snippet] = re.findall(r'<code class="language-r">(.*?)</code>', html, re.S)
    asked = ["Rscript", "--vanilla", "-e", unescape(snippet)]
    done = subprocess.run(asked, cwd=made.folder / "data", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "deck_volunteering_25_pct" in done.stdout


@pytest.mark.parametrize(
    "page",
    ["claims/deck_projects_237", "claims/deck_volunteering_25_pct", "indicators/unemployed_pct", "indicators/active_volunteers_per_1000"],
)  # fmt: skip
def test_the_command_a_page_names_walks_to_the_delivery(
    made: Made, page: str, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = (made.folder / "de" / f"{page}.html").read_text(encoding="utf-8")
    [command] = re.findall(r"<pre><code>nordwaerts (.*?)</code></pre>", html)
    monkeypatch.setenv("NORDWAERTS_VAR", str(published))
    done = CliRunner().invoke(group.main, unescape(command).split())
    assert done.exit_code == 0, done.output
