"""What readers of a published sample release see of the sub-projects, against golden files and published figures.

tests/samples/golden/*.csv say for each row why it is there; tests/samples/test_golden_counts.py counts the
same from the delivered files without any of our code. A failure names the row's reason.
"""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from release.layout import VarFolder

GOLDEN = Path(__file__).parents[1] / "samples" / "golden"
STATUSES = (
    "initiated", "qualifying", "idea_store", "planned", "started", "done", "shelved", "merged", "handed_over",
    "without_status",
)  # fmt: skip
Query = Callable[[str], list[tuple[Any, ...]]]


def golden(name: str) -> list[dict[str, str]]:
    """Rows of a golden file."""
    with (GOLDEN / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=";"))


@pytest.fixture(scope="module")
def query(published: Path) -> Query:
    """All rows of a query on the Parquet of the published release."""
    folder = VarFolder("nordwaerts", published).current.resolve() / "internal"

    def run(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as connection:
            for file in folder.glob("*.parquet"):
                connection.execute(f"create view {file.stem} as select * from '{file}'")
            return connection.execute(sql).fetchall()

    return run


def on(day: str) -> str:
    """The where-clause that takes the state of a day."""
    return f"valid_from <= date '{day}' and (valid_to is null or valid_to >= date '{day}')"


@pytest.mark.parametrize(
    "row", golden("project_status.csv"), ids=lambda r: f"{r['on']}-{r['generation']}-{r['denominator']}"
)
def test_stock_of_a_day_is_the_golden_one(row: dict[str, str], query: Query) -> None:
    columns = ", ".join(f"{status}_count" for status in STATUSES)
    found = query(
        f"select {columns}, started_or_done_count, denominator_count, started_or_done_pct from fct_project_stock "
        f"where denominator_id = '{row['denominator']}' and generation_id = '{row['generation']}' and {on(row['on'])}"
    )
    counts = [int(row[name]) for name in (*STATUSES, "started_or_done", "denominator_count")]
    assert found == [(*counts, float(row["started_or_done_pct"]))], row["comment"]


@pytest.mark.parametrize("row", golden("participation_funnel.csv"), ids=lambda r: f"{r['round']}-{r['stage']}")
def test_funnel_is_the_golden_one(row: dict[str, str], query: Query) -> None:
    found = query(
        f"select item_count from fct_participation_funnel where round_id = '{row['round']}' and stage = '{row['stage']}'"
    )
    assert found == [(int(row["items"]) if row["items"] else None,)], row["comment"]


def test_the_golden_funnel_is_the_whole_funnel(query: Query) -> None:
    rows = query("select round_id, stage from fct_participation_funnel order by round_id, stage_rank")
    assert rows == [(row["round"], row["stage"]) for row in golden("participation_funnel.csv")]


def test_166_of_237_on_every_day_of_the_declared_window(query: Query) -> None:
    """The deck: about 70 % of 237; the window is 1 Feb to 31 Dec 2022."""
    rows = query(
        "select distinct started_or_done_count, denominator_count from fct_project_stock where denominator_id = 'stock' "
        "and generation_id = 'all' and valid_from <= date '2022-12-31' and valid_to >= date '2022-02-01'"
    )
    assert rows == [(166, 237)]


def test_every_day_from_the_first_adoption_has_one_row(query: Query) -> None:
    rows = query(
        "select count(*) from (select valid_to, lead(valid_from) over (partition by denominator_id, generation_id "
        "order by valid_from) as next_from from fct_project_stock) "
        "where valid_to is distinct from cast(next_from - interval 1 day as date)"
    )
    assert rows == [(0,)]


def test_the_counts_of_a_row_make_its_denominator(query: Query) -> None:
    everything = " + ".join(f"{status}_count" for status in STATUSES)
    wrong = query(
        f"select count(*) from fct_project_stock where denominator_count <> {everything} - "
        "case when denominator_id = 'stock' then shelved_count + merged_count + handed_over_count else 0 end"
    )
    assert wrong == [(0,)]


def test_generations_add_up_to_all_on_every_day(query: Query) -> None:
    """Each generation has spans of its own; on every day on which anything changed they make the row `all`."""
    wrong = query(
        "select count(*) from (select everything.valid_from from fct_project_stock as everything "
        "inner join fct_project_stock as one on everything.denominator_id = one.denominator_id "
        "and one.generation_id <> 'all' and everything.valid_from between one.valid_from "
        "and coalesce(one.valid_to, date '9999-12-31') where everything.generation_id = 'all' "
        "group by everything.denominator_id, everything.valid_from, everything.denominator_count, "
        "everything.started_or_done_count having sum(one.denominator_count) <> everything.denominator_count "
        "or sum(one.started_or_done_count) <> everything.started_or_done_count)"
    )
    assert wrong == [(0,)]


def test_stock_agrees_with_the_status_rows_on_every_day(query: Query) -> None:
    wrong = query(
        "select count(*) from (select stock.valid_from from fct_project_stock as stock inner join fct_project_status "
        "as history on stock.valid_from between history.valid_from and coalesce(history.valid_to, date '9999-12-31') "
        "where stock.denominator_id = 'stock' and stock.generation_id = 'all' "
        "group by stock.valid_from, stock.denominator_count "
        "having count(*) filter (where history.is_in_stock) <> stock.denominator_count)"
    )
    assert wrong == [(0,)]


def test_assessment_of_round_2019_names_its_step_and_reasons(query: Query) -> None:
    """echt-nordstadt: 46 submitted, 28 recommended; the rest stays with its reasons."""
    rows = query(
        "select is_recommended, count(distinct proposal_id), count(distinct case when reason is not null then proposal_id "
        "end), count(distinct project_id), count(*) from fct_project_assessment where round_id = '2019' group by 1 order by 1"
    )
    assert rows == [(False, 18, 18, 0, 72), (True, 28, 0, 28, 112)]
    steps = query("select distinct path_step_rank, path_step_id from fct_project_assessment order by 1")
    assert steps == [(2, "office_check"), (4, "recommendation")]


def test_first_generation_was_not_assessed(query: Query) -> None:
    rows = query(
        "select count(*), count(round_id), count(project_id) from dim_project left join (select distinct project_id, "
        "true as is_assessed from fct_project_assessment) using (project_id) where generation_id = '1' "
        "and is_assessed is null"
    )
    assert rows == [(87, 0, 87)]


def test_register_names_bodies_cooperations_and_large_projects(query: Query) -> None:
    """DOMAIN: Kuratorium and its board, four strategy circles, office, cooperation; DoNaPart 11/2016 to 12/2019."""
    assert query("select register_id, count(*) from dim_register_entry group by 1 order by 1") == [
        ("body", 8),
        ("large_project", 4),
        ("research_cooperation", 6),
    ]
    rows = query(
        "select cast(valid_from as varchar), cast(valid_to as varchar) from dim_register_entry "
        "where entry_name like '%DoNaPart%'"
    )
    assert rows == [("2016-11-01", "2019-12-31")]
    invented = query(
        "select count(*) from dim_register_entry where register_id = 'large_project' and entry_name not like '%(erfunden)'"
    )
    assert invented == [(0,)]


@pytest.mark.parametrize(
    ("period", "measure", "value"),
    [
        ("2015", "events", 50),  # dortmund.de
        ("2015", "participants", 2230),
        ("2016", "events", 53),
        ("2016", "participants", 2516),
        ("2015", "ideas", 2000),
        ("2015", "sub_projects_in_stock", 199),  # council decision of 10 December 2015
        ("2017", "sub_projects_in_stock", 230),
        ("2022", "sub_projects_in_stock", 237),
        ("2024", "approved_eur", None),
    ],
)
def test_intensity_of_the_city_is_what_was_published(
    period: str, measure: str, value: int | None, query: Query
) -> None:
    rows = query(
        f"select value, round(1000 * value / resident_count, 6) - value_per_1000 from fct_programme_intensity "
        f"where area_id = 'city-05913' and period = '{period}' and measure_id = '{measure}'"
    )
    assert rows == [(value, None if value is None else 0)]


def test_residents_of_2024_are_the_register_population(query: Query) -> None:
    """statistikportal.dortmund.de: 614,495; the twelve Stadtbezirke make the city."""
    rows = query(
        "select area_level, sum(resident_count) from fct_programme_intensity where period = '2024' "
        "and measure_id = 'events' group by 1 order by 1"
    )
    assert rows == [("city", 614_495), ("stadtbezirk", 614_495)]
