"""What is printed on pages is what was published; a cell that is altered anywhere is found."""

import datetime as dt
import re
import shutil
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from read_back import Made, findings, printed, unpublished

LANGUAGES = ("de", "en")
PAGES = (
    "projects.html", "participation.html", "volunteering.html", "mood.html", "gaps.html", "classes.html", "method.html",
    "indicators/unemployed_pct.html", "areas/stadtbezirk-20.html", "claims/deck_projects_237.html",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_on_every_page_is_the_cell_of_the_public_edition_it_names(made: Made, language: str) -> None:
    pages = made.pages(language)
    assert {page.relative_to(made.folder / language).as_posix() for page in pages} >= set(PAGES)
    for page in pages:
        assert list(findings(made, page)) == [], page
    for name in PAGES:
        assert (
            len([each for each in printed((made.folder / language / name).read_text(encoding="utf-8")) if each.source])
            > 10
        )


@pytest.mark.parametrize("page", PAGES)
def test_a_figure_says_what_it_is_in_and_whence(made: Made, page: str) -> None:
    html = (made.folder / "de" / page).read_text(encoding="utf-8")
    for figure in re.findall(r"<figure.*?</figure>", html, re.S):
        for part in ("<figcaption>", "<dt>Einheit</dt>", "<dt>Quelle</dt>", "<dt>Stand</dt>", "<dt>Zitieren</dt>"):
            assert part in figure


@pytest.mark.parametrize(
    ("page", "kind", "other"),
    [
        ("projects.html", "number", "7"),
        ("participation.html", "number", "7"),
        ("mood.html", "number", "7"),
        ("volunteering.html", "number", "7"),
        ("volunteering/active-persons-projected.html", "hidden", "5"),
        ("volunteering/active-persons-projected.html", "hidden", "–"),
        ("participation.html", "missing", "0"),
        ("participation.html", "missing", "●"),
    ],
)
def test_an_altered_cell_is_found(made: Made, page: str, kind: str, other: str) -> None:
    path = made.folder / "de" / page
    html = path.read_text(encoding="utf-8")
    spoilt = re.sub(rf'(<td class="{kind}" data-cell="[^"]+">)([^<]+)', rf"\g<1>{other}\g<2>", html, count=1)
    replaced = re.sub(rf'(<td class="{kind}" data-cell="[^"]+">)[^<]+', rf"\g<1>{other}", html, count=1)
    assert html not in (spoilt, replaced)
    assert len(list(findings(made, path, spoilt))) == 1
    assert len(list(findings(made, path, replaced))) == 1


def test_a_number_that_names_no_cell_is_found(made: Made) -> None:
    path = made.folder / "de" / "projects.html"
    html = re.sub(r' data-cell="[^"]+"', "", path.read_text(encoding="utf-8"), count=3)
    assert [each for each in findings(made, path, html) if "names no cell" in each]


def test_a_file_of_a_figure_that_is_not_what_was_published_is_found(made: Made, tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    source = made.folder / "figures" / "projects-latest.parquet"
    shutil.copy(source, tmp_path / "figures")
    apart = Made(tmp_path, made.public)
    assert list(unpublished(apart, "projects-latest", "fct_project_stock")) == []
    data = pq.read_table(source)
    place = data.column_names.index("denominator_count")
    more = data.set_column(place, "denominator_count", pc.add(data["denominator_count"], 1))
    pq.write_table(more, tmp_path / "figures" / "projects-latest.parquet")
    assert len(list(unpublished(apart, "projects-latest", "fct_project_stock"))) == data.num_rows


def test_hidden_missing_and_zero_are_three_marks(made: Made) -> None:
    found = [
        each
        for page in made.pages("de")
        for each in printed(page.read_text(encoding="utf-8"))
        if each.kind in ("hidden", "missing") or each.text == "0"
    ]
    assert {(each.kind, each.text) for each in found} == {("hidden", "●"), ("missing", "–"), ("number", "0")}


def test_every_hidden_row_is_marked_where_it_is_shown(made: Made) -> None:
    for page in made.pages("de"):
        cells = printed(page.read_text(encoding="utf-8"))
        for figure in dict.fromkeys(each.figure for each in cells):
            hidden = {n for n, row in enumerate(made.rows(figure)) if row.get("is_hidden")}
            assert hidden == {each.row for each in cells if each.figure == figure and each.kind == "hidden"}, figure


def test_two_ways_of_counting_never_stand_in_one_figure(made: Made) -> None:
    figures = sorted((made.folder / "figures").glob("*.parquet"))
    ways = {}
    for path in figures:
        table = pq.read_table(path)
        if "counting_unit" in table.column_names:
            ways[path.stem] = set(
                zip(*(table[c].to_pylist() for c in ("counting_unit", "scope", "method")), strict=True)
            )
        if "measure_id" in table.column_names:
            assert len(set(table["measure_id"].to_pylist())) == 1, path
    assert all(len(found) == 1 for found in ways.values())
    with duckdb.connect() as connection:
        query = (
            "select distinct counting_unit, scope, method"
            f" from '{made.public}/fct_volunteering.parquet' join '{made.public}/dim_area.parquet' using (area_id)"
            " where area_level = 'city'"
        )
        assert set().union(*ways.values()) == set(connection.execute(query).fetchall())


def test_both_denominators_stand_side_by_side(made: Made) -> None:
    for figure in ("projects-latest", "projects-over-time", "projects-days", "projects-days-by-generation"):
        cells = [
            each
            for each in printed((made.folder / "en" / "projects.html").read_text(encoding="utf-8"))
            if each.figure == figure and each.column == "denominator_count"
        ]
        rows = made.rows(figure)
        lines = {each.line for each in cells}
        assert len(lines) >= 7
        for line in lines:
            found = [rows[each.row]["denominator_id"] for each in cells if each.line == line]
            assert found == ["stock", "ever_adopted"], figure


def test_the_register_has_a_line_for_each_sub_project_in_stock(made: Made) -> None:
    rows = made.rows("register")
    [stock] = [
        row for row in made.rows("projects-latest") if (row["denominator_id"], row["generation_id"]) == ("stock", "all")
    ]
    assert len({row["project_id"] for row in rows}) == len(rows) == stock["denominator_count"]
    lines = {each.line for each in _of(made, "projects.html", "register")}
    assert len(lines) == len(rows)
    with duckdb.connect() as connection:
        project = {
            found[0]: found[1:]
            for found in connection.execute(
                "select project_id, project_name, generation_id, adopted_on, is_city_wide, row_address, delivery_id"
                f" from '{made.public}/dim_project.parquet'"
            ).fetchall()
        }
    names = (
        "project_name",
        "generation_id",
        "adopted_on",
        "is_city_wide",
        "adopted_row_address",
        "adopted_delivery_id",
    )
    for row in rows:
        assert tuple(row[name] for name in names) == project[row["project_id"]]
        assert len(row["delivery_id"]) == 64


def test_the_query_on_the_page_finds_the_237_of_the_deck(made: Made) -> None:
    page = (made.folder / "de" / "projects.html").read_text(encoding="utf-8")
    [query] = re.findall(r"<pre.*?><code>(select .*?)</code>", page, re.S)
    with duckdb.connect() as connection:
        connection.execute(f"create view fct_project_status as from '{made.public}/fct_project_status.parquet'")
        lines = connection.execute(query.replace("&lt;", "<").replace("&gt;", ">")).fetchall()
    [stock] = [
        row
        for row in made.rows("projects-days")
        if (row["denominator_id"], row["on_day"]) == ("stock", dt.date(2022, 12, 31))
    ]
    assert len(lines) == stock["denominator_count"] == 237


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_of_the_survey_stands_without_limits_and_n(made: Made, language: str) -> None:
    cells = printed((made.folder / language / "mood.html").read_text(encoding="utf-8"))
    lines: dict[tuple[str, int], set[str]] = {}
    for each in cells:
        lines.setdefault((each.figure, each.line), set()).add(each.column)
    assert lines
    for columns in lines.values():
        assert "n" in columns
        assert {"value", "lower", "upper"} <= columns or {
            "change_since_baseline",
            "change_since_baseline_lower",
            "change_since_baseline_upper",
            "critical_difference_since_baseline",
        } <= columns


def test_no_code_reaches_a_reader(made: Made) -> None:
    for page in made.pages("de"):
        texts = {each.text for each in printed(page.read_text(encoding="utf-8"))}
        assert not {text for text in texts if re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", text)}, page


def _of(made: Made, page: str, figure: str) -> list:
    cells = printed((made.folder / "de" / page).read_text(encoding="utf-8"))
    return [each for each in cells if each.figure == figure]
