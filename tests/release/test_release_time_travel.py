"""Time travel in SQL: three releases of which columns change, a rollback between, one let go."""

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import exports
import pyarrow as pa
import pytest

from release import ledger, retention, store
from release.layout import VarFolder
from release.retention import Rule
from release.time_travel import macros

BERLIN = ZoneInfo("Europe/Berlin")


def _published(var: VarFolder, place: Path, label: str, value: float, at: dt.datetime, **columns: list[Any]) -> str:
    rows = {
        "indicator_id": ["unemployed_pct", "sgb2_pct"], "period": ["2024", "2024"], "value": [value, 20.0],
        "is_synthetic": [True, True], **columns,
    }  # fmt: skip
    marts = {"fct_indicator_value": pa.table(rows), "dim_project": pa.table({"v": [value], "is_synthetic": [True]})}
    marts |= {"fct_new": marts["fct_indicator_value"]} if columns else {}
    found = store.publish(exports.write_export(place / label, label, marts=marts), exports.meta(label), var)
    ledger.append(var, "published", at=at, release_id=found.release_id, inputs_sha256=found.inputs_sha256)
    return found.release_id


@pytest.fixture
def releases(var: VarFolder, tmp_path: Path) -> list[str]:
    """1 March, 5 March (23:30 UTC on the 4th), back to the first on the 7th, and on the 9th one with another column."""
    first = _published(var, tmp_path, "a", 9.5, dt.datetime(2026, 3, 1, 3, tzinfo=dt.UTC))
    second = _published(var, tmp_path, "b", 9.7, dt.datetime(2026, 3, 4, 23, 30, tzinfo=dt.UTC))
    store.rollback(var, first, dt.datetime(2026, 3, 7, 9, tzinfo=dt.UTC))
    third = _published(var, tmp_path, "c", 9.9, dt.datetime(2026, 3, 9, 3, tzinfo=dt.UTC), n=[120, 80])
    return [first, second, third]


@pytest.fixture
def ask(var: VarFolder, releases: list[str]) -> Any:
    """Rows of a query, by a client that knows nothing but the macros."""

    def rows(sql: str, *parameters: Any, is_public: bool = False) -> list[tuple[Any, ...]]:
        with duckdb.connect() as client:
            client.execute(str(macros(var, BERLIN, is_public)))
            return client.execute(sql, list(parameters)).fetchall()

    return rows


VALUE = "select value from as_published_on('fct_indicator_value', ?) where indicator_id = 'unemployed_pct'"


@pytest.mark.parametrize(
    ("day", "value"),
    [
        ("2026-03-01", 9.5),
        ("2026-03-04", 9.5),  # half past eleven at night in UTC is the next day in Dortmund
        ("2026-03-05", 9.7),
        ("2026-03-06", 9.7),
        ("2026-03-07", 9.5),
        ("2026-03-08", 9.5),
        ("2026-03-09", 9.9),
        ("2030-01-01", 9.9),
    ],
)
def test_a_mart_is_what_readers_saw_at_the_end_of_that_day(ask: Any, day: str, value: float) -> None:
    assert ask(VALUE, day) == [(value,)]
    assert ask(VALUE, dt.date.fromisoformat(day)) == [(value,)]
    known = ask("select known_on, indicator_id, value from as_known_on('unemployed_pct', ?)", day)
    assert known == [(dt.date.fromisoformat(day), "unemployed_pct", value)]


def test_before_the_first_publication_there_is_nothing_and_it_is_said(ask: Any) -> None:
    with pytest.raises(duckdb.Error, match="Nothing had been published yet"):
        ask(VALUE, "2026-02-28")


def test_a_mart_has_the_columns_it_had_then(ask: Any) -> None:
    described = "select column_name from (describe from as_published_on('fct_indicator_value', '{}'))"
    assert ("n",) not in ask(described.format("2026-03-05"))
    assert ("n",) in ask(described.format("2026-03-09"))
    assert ask("select count(*) from as_published_on('fct_new', '2026-03-09')") == [(2,)]
    with pytest.raises(duckdb.Error, match="fct_new"):
        ask("from as_published_on('fct_new', '2026-03-05')")


def test_over_all_releases_columns_go_by_name_and_each_span_is_told(ask: Any, releases: list[str]) -> None:
    first, second, third = releases
    found = ask(
        "select release_id, from_day, until_day, value, n from published_history('fct_indicator_value') "
        "where indicator_id = 'unemployed_pct' order by from_day"
    )
    days = [dt.date(2026, 3, day) for day in (1, 5, 7, 9)]
    assert found == [
        (first, days[0], days[1], 9.5, None),
        (second, days[1], days[2], 9.7, None),
        (first, days[2], days[3], 9.5, None),
        (third, days[3], None, 9.9, 120),
    ]
    assert ask("select release_id from release_history() order by seen_from_utc")[2] == (first,)


def test_what_was_let_go_cannot_be_asked_for_and_the_rest_can(ask: Any, var: VarFolder, releases: list[str]) -> None:
    ledger.append(var, "unchanged", at=dt.datetime(2026, 3, 10, 3, tzinfo=dt.UTC), let_go=[releases[1]])
    store.collect(var)
    with pytest.raises(duckdb.Error, match=f"{releases[1]}, which readers saw then, is no longer kept"):
        ask(VALUE, "2026-03-05")
    assert ask(VALUE, "2026-03-08") == [(9.5,)]
    assert ask("select is_kept from release_history() order by seen_from_utc") == [(True,), (False,), (True,), (True,)]
    assert len(ask("from published_history('fct_indicator_value') where indicator_id = 'sgb2_pct'")) == 3


def test_a_release_on_its_way_and_one_the_ledger_does_not_know_are_not_read(ask: Any, var: VarFolder) -> None:
    for name in ("2026-03-11-00000000.partial", "2026-03-11-00000000"):
        (var.releases / name / "internal").mkdir(parents=True)
        (var.releases / name / "internal" / "fct_new.parquet").write_bytes(
            next(var.current.glob("internal/fct_new.parquet")).read_bytes()
        )
    assert len(ask("from published_history('fct_new')")) == 2


def test_the_public_edition_knows_no_internal_mart(ask: Any) -> None:
    assert ask("select v from as_published_on('dim_project', '2026-03-05')", is_public=True) == [(9.7,)]
    assert len(ask("from published_history('dim_project')", is_public=True)) == 4
    with pytest.raises(duckdb.Error, match="public/fct_new"):
        ask("from as_published_on('fct_new', '2026-03-09')", is_public=True)
    with pytest.raises(duckdb.Error, match="as_known_on"):
        ask("from as_known_on('unemployed_pct', '2026-03-09')", is_public=True)


def test_nothing_published_nothing_to_tell(var: VarFolder) -> None:
    assert macros(var, BERLIN) is None


def test_a_folder_with_a_quotation_mark_in_its_name(tmp_path: Path) -> None:
    var = VarFolder("nordwaerts", tmp_path / "Bürgermeister's var").create()
    _published(var, tmp_path, "a", 9.5, dt.datetime(2026, 3, 1, 3, tzinfo=dt.UTC))
    with duckdb.connect() as client:
        client.execute(str(macros(var, BERLIN)))
        assert client.execute(VALUE, ["2026-03-01"]).fetchall() == [(9.5,)]
        assert len(client.execute("from published_history('fct_indicator_value')").fetchall()) == 2


@pytest.fixture
def disordered(var: VarFolder, tmp_path: Path) -> list[str]:
    """1 March; the second by a clock set back to 2020; the third by one that ran ahead to 2099; the fourth on the 20th."""
    moments = {"a": (2026, 3, 1), "b": (2020, 1, 1), "c": (2099, 1, 1), "d": (2026, 3, 20)}
    nights = {"a": [(2026, 3, 2), (2026, 3, 10)], "b": [(2020, 1, 2), (2026, 3, 12)], "c": [(2026, 3, 18)]}
    ids = []
    for number, (label, moment) in enumerate(moments.items()):
        ids.append(_published(var, tmp_path, label, 9.5 + number, dt.datetime(*moment, 3, tzinfo=dt.UTC)))
        for night in nights.get(label, ()):
            ledger.append(var, "unchanged", at=dt.datetime(*night, 3, tzinfo=dt.UTC), release_id=ids[-1])
    return ids


@pytest.mark.attack("a clock set back or ahead for a night · what readers saw on a day stays what they saw")
@pytest.mark.parametrize(
    ("day", "value"), [("2026-03-05", 9.5), ("2026-03-09", 9.5), ("2026-03-12", 10.5), ("2026-03-20", 12.5)]
)
def test_days_follow_the_lines_of_the_ledger_and_not_its_clock(
    var: VarFolder, disordered: list[str], day: str, value: float
) -> None:
    with duckdb.connect() as client:
        client.execute(str(macros(var, BERLIN)))
        assert client.execute(VALUE, [day]).fetchall() == [(value,)]
        with pytest.raises(duckdb.Error, match="Nothing had been published yet"):
            client.execute(VALUE, ["2020-06-01"])


@pytest.mark.attack("a clock set back for a night · no release is let go for it")
def test_what_readers_saw_lately_is_kept_though_a_later_line_is_of_long_ago(
    var: VarFolder, disordered: list[str]
) -> None:
    kept = retention.kept(var, Rule(9, 9, BERLIN), dt.datetime(2026, 3, 18, 4, tzinfo=dt.UTC))
    assert "recent" in kept[disordered[0]]
