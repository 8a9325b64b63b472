"""Many cities in one build: each city's part of the state is its own build, cell by cell and row by row.

Cities share their ids and differ in figures, years and declarations (many_cities.py). Each model that keeps cities apart by
more than its ids is put back to the text it has for one city, and the comparison must find it.
"""

import re
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from compiled_models import Models, compiled, marts_of
from landed_city import city_rows, landed_schemas
from many_cities import CITIES, write_cities
from once import once

from refresh.state import IDS, NotAProgrammeName, ids_among, landed_together, part_of

pytestmark = pytest.mark.slow

# What disclosure control asks for is no mart; keys there are made of ids, so that the programme stands inside them.
ASKED = ("int_disclosure__stated", "int_disclosure__counted", "int_disclosure__placed", "int_disclosure__assumed")


@pytest.fixture(scope="module")
def place() -> Path:
    """Landings and builds of every city, and of the state."""

    def make(folder: Path) -> None:
        for name in write_cities(folder):
            compiled(False).build(folder / name / "landed", folder / f"{name}.duckdb")
        compiled(True).build(folder / "state" / "landed", folder / "state.duckdb")

    return once("many_cities", make)


def differences(place: Path, state: Path) -> dict[str, int]:
    """Mart → rows that one side alone has, over all cities; a row of no city counts too."""
    found: dict[str, int] = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{state}' as state (read_only)")
        for city in CITIES:
            connection.execute(f"attach '{place / city}.duckdb' as {city} (read_only)")
        for mart in marts_of(connection, "state"):
            columns = [name for name, *_ in connection.execute(f"describe state.main.{mart}").fetchall()]
            rows = connection.execute(f"select count(*) from state.main.{mart}").fetchall()[0][0]
            for city in CITIES:
                one, other = (
                    f"select * from {city}.main.{mart}",
                    f"select * from {part_of(city, f'state.main.{mart}', columns)}",
                )
                found[mart] = found.get(mart, 0) + sum(
                    connection.execute(f"select count(*) from (({left}) except all ({right}))").fetchall()[0][0]
                    for left, right in ((one, other), (other, one))
                )
                rows -= connection.execute(f"select count(*) from ({other})").fetchall()[0][0]
            if ids_among(columns):
                found[mart] += abs(rows)
    return {mart: count for mart, count in found.items() if count}


def test_each_city_of_a_state_has_the_marts_of_its_own_build(place: Path) -> None:
    assert differences(place, place / "state.duckdb") == {}


@pytest.mark.parametrize("table", ASKED)
def test_what_disclosure_control_asks_of_a_city_is_what_it_asks_of_its_own_build(place: Path, table: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{place}/state.duckdb' as state (read_only)")
        rows = 0
        for city in CITIES:
            connection.execute(f"attach '{place / city}.duckdb' as {city} (read_only)")
            kinds = connection.execute(f"describe state.main.{table}").fetchall()
            own = [
                f"replace(\"{name}\", '{city}:', '')" if kind == "VARCHAR" else f'"{name}"' for name, kind, *_ in kinds
            ]
            key = "table_id" if table != ASKED[-1] else "row_key"
            part = f"(select {', '.join(own)} from state.main.{table} where contains({key}, '{city}:'))"
            for left, right in ((f"{city}.main.{table}", part), (part, f"{city}.main.{table}")):
                told = f"select count(*) from ((select * from {left}) except all (select * from {right}))"
                assert connection.execute(told).fetchall() == [(0,)], city
            rows += connection.execute(f"select count(*) from {part}").fetchall()[0][0]
        assert connection.execute(f"select count(*) from state.main.{table}").fetchall() == [(rows,)]
        assert rows


def test_every_mart_has_rows_of_several_cities_and_of_nobody_else(place: Path) -> None:
    with duckdb.connect(str(place / "state.duckdb"), read_only=True) as connection:
        for mart in marts_of(connection, "state"):
            ids = ids_among([name for name, *_ in connection.execute(f"describe main.{mart}").fetchall()])
            if ids:
                found = connection.execute(f"select distinct split_part({ids[0]}, ':', 1) from main.{mart}").fetchall()
                assert len(found) > 1, mart
                assert {city for (city,) in found} <= set(CITIES), mart


def kept_apart() -> list[str]:
    """Models beyond staging whose text for a state is another than for a city."""
    city, state = compiled(False).statements, compiled(True).statements
    of_both = {name: sql for name, sql in state.items() if name in city}  # the others compare cities
    return sorted(name for name, sql in of_both.items() if sql != city[name] and not name.startswith("stg_"))


def test_the_models_that_keep_cities_apart_are_known() -> None:
    assert len(kept_apart()) > 30


def mixed(state: Models, city: Models, model: str) -> str:
    """A model of the state as if all rows were of one programme."""
    one = re.sub(r"split_part\(([\w.]+), ':', 1\) = split_part\(([\w.]+), ':', 1\)", "true", state.statements[model])
    one = re.sub(
        r"(split_part\([\w.]+, ':', 1\) = [\w.]+programme|[\w.]+programme = split_part\([\w.]+, ':', 1\))", "true", one
    )
    return one if one != state.statements[model] else city.statements[model]


@pytest.mark.parametrize(
    "model",
    [
        "int_measure__counted", "int_population__summed", "fct_programme_intensity", "fct_harmonisation",
        "int_claim__evaluated", "public_fct_volunteering",
    ],
)  # fmt: skip
def test_a_model_that_mixes_cities_is_found(place: Path, tmp_path: Path, model: str) -> None:
    state, city = compiled(True), compiled(False)
    try:
        built = state.build(place / "state" / "landed", tmp_path / "mixed.duckdb", {model: mixed(state, city, model)})
    except duckdb.Error:
        return  # a figure for two cities where there is one aborts the build, and nothing is published
    assert differences(place, built)


def test_every_printed_figure_of_a_city_as_a_whole_stands_among_its_peers(place: Path) -> None:
    count = "select split_part(indicator_id, ':', 1), count(*) from"
    with duckdb.connect(str(place / "state.duckdb"), read_only=True) as connection:
        found = connection.execute(f"{count} state_indicator_peers group by all").fetchall()
        printed = f"{count} public_fct_indicator_value inner join dim_area using (area_id) where level_rank = 0 and value is not null"
        assert dict(found) == dict(connection.execute(f"{printed} group by all").fetchall())
    assert dict(found).keys() == CITIES.keys() - {"ahorn"}, "it has no rule of disclosure, so it prints nothing"
    assert "state_indicator_peers" not in compiled(False).statements


def test_every_id_of_a_mart_is_taken_back(place: Path) -> None:
    """A text column that holds ids of a programme and is not in IDS would go out with the programme in it."""
    with duckdb.connect(str(place / "state.duckdb"), read_only=True) as connection:
        for mart in marts_of(connection, "state"):
            for name, kind, *_ in connection.execute(f"describe main.{mart}").fetchall():
                if kind == "VARCHAR" and name not in IDS:
                    told = f"select count(*) from main.{mart} where split_part(\"{name}\", ':', 1) in {tuple(CITIES)}"
                    assert connection.execute(told).fetchall() == [(0,)], f"{mart}.{name}"


@pytest.mark.parametrize("programme", ["", "a:b", "a=b", "a/b"])
def test_a_programme_whose_ids_could_not_be_told_apart_is_refused(tmp_path: Path, programme: str) -> None:
    with pytest.raises(NotAProgrammeName):
        landed_together({programme: tmp_path}, tmp_path / "state")


def test_landed_tables_are_those_of_the_cities(place: Path) -> None:
    for table in landed_schemas():
        for city in CITIES:
            own = place / city / "landed" / table / "rows.parquet"
            linked = place / "state" / "landed" / table / f"programme={city}" / "rows.parquet"
            assert linked.samefile(own)
    landed = place / "elmstedt" / "landed" / "area_figure" / "rows.parquet"
    assert pq.read_metadata(landed).num_rows == len(city_rows("area_figure"))
