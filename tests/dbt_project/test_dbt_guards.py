"""Every dbt test of the project is made to fail once: a guard that cannot fail guards nothing.

A copy of the built database is corrupted table by table, and dbt runs its tests on it. What must fail is
named beside the damage that makes it fail; generic tests of grain are all hit by doubling one row per mart.
"""

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dbt_run import Build
from landed_city import landed_schemas

from docs.data_dictionary import PUBLISHED, declared_marts

PROJECT = Path(__file__).parents[2] / "dbt_project"
SINGULAR = sorted(path.stem for path in (PROJECT / "tests").glob("*.sql"))

DAMAGE = {
    "assert_programme_and_rest_make_the_city": "delete from bridge_area_set where role = 'rest' and weight < 1",
    "assert_parts_add_up_to_the_city": "update fct_indicator_value set numerator = numerator + 1 where role = 'rest'",
    "assert_gap_to_city_follows_from_gap_to_rest": (
        "update fct_development_gap set gap_absolute = gap_absolute + 1 where comparator = 'city'"
    ),
    "assert_one_status_per_project_and_day": "update fct_project_status set valid_to = null where project_id = 'P1'",
    "assert_area_hierarchy_is_within_reach": "update dim_area set city_id = null where area_id = 'unterbezirk-011'",
    "assert_every_measure_of_an_indicator_is_delivered": (
        "update dim_indicator set numerator_measure_id = 'misspelt' where indicator_id = 'grade'"
    ),
    "assert_only_suppressed_and_missing_figures_have_no_value": (
        "update fct_measure set value = 0 where status = 'suppressed'"
    ),
    "assert_every_pair_of_source_and_delivery_was_delivered": (
        "update fct_participation_event set source_id = 'statistics'"  # there, but not with this delivery
    ),
    "relationships_fct_measure_delivery_id": "update fct_measure set delivery_id = 'x' where measure_id = 'noisy'",
    "accepted_values_fct_project_status_status": (
        "insert into fct_project_status select * replace ('lost' as status, date '1999-01-01' as valid_from, "
        "date '1999-01-02' as valid_to) from fct_project_status where project_id = 'P4'"
    ),
    "not_null_fct_delivery_verdict": "update fct_delivery set verdict = null where source_id = 'agency'",
}


@pytest.fixture(scope="module")
def corrupted(built: Build, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The tiny city after everything went wrong at once, and what dbt's tests say of it."""
    build = Build(tmp_path_factory.mktemp("corrupted"))
    shutil.copytree(built.landed, build.landed)
    second = {"programme_id": "other", "starts_on": dt.date(2015, 1, 1)}
    schema = landed_schemas()["programme__programme"]
    pq.write_table(pa.Table.from_pylist([second], schema=schema), build.landed / "programme__programme" / "b.parquet")
    nameless = {"index_id": "without_people", "period": "2015", "population_measure_id": "misspelt"}
    schema = landed_schemas()["programme__class_index"]
    pq.write_table(
        pa.Table.from_pylist([nameless], schema=schema), build.landed / "programme__class_index" / "b.parquet"
    )
    shutil.copy(built.database, build.database)
    marts = [mart["name"] for mart in declared_marts()]
    with duckdb.connect(str(build.database)) as connection:
        for mart in marts:
            connection.execute(f"create temp table one as select * from {mart} limit 1")
            connection.execute(f"insert into {mart} select * from one; drop table one")
        for statement in DAMAGE.values():
            connection.execute(statement)
        connection.execute("insert into dim_project select * replace ('P9' as project_id) from dim_project limit 1")
    return build.run("test", "--select", "test_type:data", afresh=False)


@pytest.mark.parametrize("guard", sorted({*SINGULAR, *DAMAGE}))
def test_guard_finds_its_damage(corrupted: Build, guard: str) -> None:
    failed = [name for name, status in corrupted.results.items() if name.startswith(guard) and status == "fail"]
    assert failed


def test_a_population_nobody_delivers_is_found_like_a_measure(corrupted: Build) -> None:
    [compiled] = (corrupted.folder / "target" / "compiled").rglob("assert_every_measure_of_an_indicator_is_delivered.sql")
    assert {("without_people", None), ("grade", 1)} == set(corrupted.rows(compiled.read_text(encoding="utf-8")))


def test_doubled_rows_are_found_in_every_mart(corrupted: Build) -> None:
    beginnings = tuple(f"unique_combination_{kind}" for kind in PUBLISHED)
    grain = {name: status for name, status in corrupted.results.items() if name.startswith(beginnings)}
    assert len(grain) >= 16
    assert set(grain.values()) == {"fail"}
