"""The public edition of the sample: what its files say, what is hidden in them, and that the attacker finds every hole made in them.

The release is the real one; an attack on a copy of its edition tries the tables that were altered, for the others are known to
have withstood.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml
from refreshing import command

from attacker.edition import attack
from release.disclosure import FORMED_MARTS, INTERNAL_MARTS, PUBLIC_MARTS
from release.layout import VarFolder

MODELS = Path(__file__).parents[2] / "dbt_project" / "models" / "public"
FORMS: Mapping[str, Any] = {
    path.stem.removeprefix("public_"): yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
    for path in MODELS.rglob("*.yml")
}
HIDES = sorted(mart for mart, form in FORMS.items() if form.get("config", {}).get("meta", {}).get("hides"))


@pytest.fixture(scope="module")
def public(published: Path) -> Path:
    """The folder of the public edition."""
    return VarFolder("nordwaerts", published).current / "public"


@pytest.fixture
def edition(published: Path, public: Path, tmp_path: Path) -> Path:
    """A copy of the edition, with what the office keeps beside it, to make holes in."""
    shutil.copytree(public, tmp_path / "public", symlinks=False)
    shutil.copytree(VarFolder("nordwaerts", published).build / "export" / "disclosure", tmp_path / "disclosure")
    for path in tmp_path.rglob("*"):
        path.chmod(0o700)
    return tmp_path


@pytest.fixture(scope="module")
def withstood(published: Path) -> frozenset[str]:
    """What the gate of that night noted."""
    return frozenset(json.loads((VarFolder("nordwaerts", published).build / "withstood.json").read_bytes()))


def attacked(edition: Path, withstood: frozenset[str]) -> set[str]:
    """Tables of an altered edition that do not withstand: of which too much is known, or to which no counts of people fit."""
    came = attack(edition / "public", edition / "disclosure", withstood)
    return {*came.findings, *came.unfit}


def alter(edition: Path, public: Path, mart: str, change: str) -> list[tuple[str, ...]]:
    """What an SQL `update rows … returning …` returns, `inside` being the table of the mart inside; at least one row."""
    path = edition / "public" / f"{mart}.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"create table rows as from '{path}'")
        connection.execute(f"create view inside as from '{public.parent}/internal/{mart}.parquet'")
        meant = connection.execute(change).fetchall()
        assert meant, "no row is meant"
        connection.execute(f"copy rows to '{path}' (format parquet)")
    return meant


def test_only_what_is_decided_on_is_public(public: Path) -> None:
    named = json.loads((public / "disclosure.json").read_bytes())["marts"]
    assert {path.stem for path in public.glob("*.parquet")} == {*PUBLIC_MARTS, *named}
    assert set(named) == set(FORMED_MARTS), "nordwärts names every form there is"
    assert not set(INTERNAL_MARTS) & {path.stem for path in public.iterdir()}
    assert {path.name for path in public.iterdir() if path.suffix != ".parquet"} == {"disclosure.json"}


def test_every_file_says_what_table_and_columns_mean(public: Path) -> None:
    for path in sorted(public.glob("*.parquet")):
        schema = pq.read_schema(path)
        assert (schema.metadata or {}).get(b"description"), path.stem
        bare = [field.name for field in schema if not (field.metadata or {}).get(b"description")]
        assert bare == [], path.stem


@pytest.mark.parametrize("mart", HIDES)
def test_a_hidden_row_is_empty_says_so_and_is_never_nought(public: Path, mart: str) -> None:
    form = FORMS[mart]
    columns = {column["name"] for column in form["columns"]}
    hides = form["config"]["meta"]["hides"]
    empty = " and ".join(f"{name} is null" for name in hides)
    said = "hidden_reason is not null" + (" and status = 'hidden'" if "status" in columns else "")
    rows = duckdb.sql(f"select count(*), count(*) filter (where {empty} and {said}) from '{public}/{mart}.parquet' where is_hidden")  # fmt: skip
    [(hidden, as_they_should)] = rows.fetchall()
    assert hidden == as_they_should
    shown = f"from '{public}/{mart}.parquet' where not is_hidden and (hidden_reason is not null{' or status = ' + repr('hidden') if 'status' in columns else ''})"
    assert duckdb.sql(f"select count(*) {shown}").fetchall() == [(0,)]


def test_something_is_hidden_for_every_reason(public: Path) -> None:
    found = {
        reason
        for mart in HIDES
        for (reason,) in duckdb.sql(f"select distinct hidden_reason from '{public}/{mart}.parquet' where is_hidden").fetchall()
    }  # fmt: skip
    assert found == {"small_group", "protected", "few_organisations", "verdict_only"}


def test_the_edition_as_it_is_withstands(edition: Path, withstood: frozenset[str]) -> None:
    came = attack(edition / "public", edition / "disclosure", withstood)
    assert (came.findings, came.unfit, came.withstood) == ({}, (), withstood)
    assert len(withstood) > 100


# what the rule makes of a rate, written a second time: the most decimals, up to two, with three people to a step of the last
_RATE = """
    update rows set is_hidden = false, decimals = shown.decimals, value = round(shown.rate, shown.decimals)
    from (
        select inside.*, inside.value as rate,
            case when denominator / factor >= 300 then 2 when denominator / factor >= 30 then 1 else 0 end as decimals
        from inside join '{public}/dim_indicator.parquet' using (indicator_id, definition_version)
    ) as shown
    where rows.hidden_reason = 'protected' and shown.area_kind = 'area'
        and (rows.indicator_id, rows.definition_version, rows.area_id, rows.territory, rows.period)
            = (shown.indicator_id, shown.definition_version, shown.area_id, shown.territory, shown.period)
    returning concat_ws('/', 'indicator', rows.indicator_id, rows.definition_version, rows.period)
"""
_VOLUNTEERS = """
    update rows set is_hidden = false, value = 5 * round(inside.value / 5)
    from inside
    where rows.hidden_reason = 'protected' and rows.unit = 'persons' and inside.value < 3
        and (rows.area_id, rows.period, rows.counting_unit, rows.scope, rows.method, rows.unit)
            = (inside.area_id, inside.period, inside.counting_unit, inside.scope, inside.method, inside.unit)
    returning concat_ws('/', 'volunteers', rows.counting_unit, rows.scope, rows.method, rows.period)
"""
_EVENT = """
    update rows set is_hidden = false, participant_count = 5 * round(inside.participant_count / 5)
    from inside
    where rows.hidden_reason = 'protected' and rows.source_id = inside.source_id and rows.event_id = inside.event_id
    returning concat_ws('/', 'participants', rows.period)
"""


@pytest.mark.parametrize(
    ("mart", "change"),
    [("fct_indicator_value", _RATE), ("fct_volunteering", _VOLUNTEERS), ("fct_participation_event", _EVENT)],
)
@pytest.mark.attack(
    "cells hidden for their own or others' sake, shown as the rule rounds them · the attacker finds every table"
)
def test_every_table_in_which_hidden_cells_are_shown_is_found(
    edition: Path, public: Path, withstood: frozenset[str], mart: str, change: str
) -> None:
    tables = {table for (table,) in alter(edition, public, mart, change.format(public=public))}
    assert attacked(edition, withstood) == tables


@pytest.mark.attack("a rate printed with more decimals than the rule allows · the attacker computes the count")
def test_a_rate_with_two_decimals_where_the_rule_prints_none_is_found(
    edition: Path, public: Path, withstood: frozenset[str]
) -> None:
    change = """
        update rows set decimals = 2, value = round(inside.value, 2) from inside
        where rows.indicator_id = 'sgb2_pct' and rows.area_kind = 'area' and rows.decimals = 0 and rows.period = '2020'
            and (rows.indicator_id, rows.definition_version, rows.area_id, rows.territory, rows.period)
                = (inside.indicator_id, inside.definition_version, inside.area_id, inside.territory, inside.period)
        returning rows.definition_version
    """
    [version, *_] = {version for (version,) in alter(edition, public, "fct_indicator_value", change)}
    assert attacked(edition, withstood) == {f"indicator/sgb2_pct/{version}/2020"}


@pytest.mark.attack("figures of a second variant added to the public edition · they are not vouched for")
def test_figures_of_a_second_variant_are_not_vouched_for(
    edition: Path, public: Path, withstood: frozenset[str]
) -> None:
    change = """
        insert into rows by name
        select rows.* replace ('dorstfeld_only' as variant_id) from rows
        where variant_id = 'core' and role = 'programme' and indicator_id = 'sgb2_pct' and period = '2020'
        returning concat_ws('|', indicator_id, definition_version, area_kind, '', variant_id, role, territory, period)
    """
    added = {key for (key,) in alter(edition, public, "fct_indicator_value", change)}
    assert attacked(edition, withstood) == added


def test_an_export_for_the_public_is_the_form(published: Path, public: Path, tmp_path: Path) -> None:
    target = tmp_path / "rates.parquet"
    done = command("export", "fct_indicator_value", "--public", "--out", str(target), var=published)
    assert done.returncode == 0, done.stderr
    assert target.read_bytes() == (public / "fct_indicator_value.parquet").read_bytes()
    assert not {"numerator", "denominator", "delivery_id"} & set(pq.read_schema(target).names)
    refused = command("export", "fct_measure", "--public", "--out", str(tmp_path / "counts.csv"), var=published)
    assert (refused.returncode, (tmp_path / "counts.csv").exists()) == (1, False)


def test_laid_out_it_says_the_same_in_every_form(published: Path, public: Path, tmp_path: Path) -> None:
    done = command("public", str(tmp_path / "web"), var=published)
    assert done.returncode == 0, done.stderr
    laid = (tmp_path / "web" / "nordwaerts" / "current").resolve()
    marts = {path.stem for path in public.glob("*.parquet")}
    about = json.loads((laid / "edition.json").read_bytes())
    found = {path.relative_to(laid).as_posix() for path in laid.rglob("*") if path.is_file()}
    assert set(about["files"]) == found - {"edition.json"}
    assert set(about["tables"]) == marts
    with duckdb.connect(str(laid / "public.duckdb"), read_only=True) as database:
        assert {name for (name,) in database.execute("show tables").fetchall()} == {*marts, "release"}
        for mart in sorted(marts):
            stated = (public / f"{mart}.parquet").read_bytes()
            assert (laid / f"{mart}.parquet").read_bytes() == stated
            [(rows,)] = database.execute(f"select count(*) from (from '{public}/{mart}.parquet' except all from {mart})").fetchall()  # fmt: skip
            assert rows == 0
            lines = len(duckdb.sql(f"from read_csv('{laid}/csv/{mart}.csv', all_varchar = true)"))
            assert lines == len(
                duckdb.sql(f"from read_csv('{laid}/csv_de/{mart}.csv', all_varchar = true, delim = ';')")
            )
            assert lines == about["tables"][mart]["rows"] == pq.read_metadata(laid / f"{mart}.parquet").num_rows
