"""A first refresh publishes what the design promises, and readers are never disturbed."""

import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from refreshed_city import City
from refreshing import command

from programmes.stored import delivered, stored_at
from release import ledger, reading
from release.layout import VarFolder

MARTS = {
    "dim_area", "bridge_area_set", "dim_indicator", "fct_measure", "fct_indicator_value", "fct_development_gap",
    "dim_project", "fct_project_status", "fct_participation_event", "fct_participation_funnel", "fct_volunteering",
    "fct_sentiment", "fct_delivery", "fct_data_quality",
}  # fmt: skip


def test_every_mart_of_the_design_is_published_and_says_that_it_is_synthetic(published: Path) -> None:
    release = reading.current(VarFolder("nordwaerts", published))
    assert release is not None
    assert set(release.manifest.tables) >= MARTS
    for mart in release.manifest.tables:
        table = pq.read_table(release.mart_path(mart))
        assert set(table["is_synthetic"].to_pylist()) == ({True} if table.num_rows else set()), mart
        assert table.num_rows or mart == "fct_correction", "the sample corrects no figure, everything else has rows"


@pytest.mark.attack("another account reads what Dagster, dbt and DuckDB wrote in a whole refresh · all of it is closed")
def test_what_a_whole_refresh_writes_is_closed(published: Path) -> None:
    written = [path for folder in published.iterdir() for path in (folder, *folder.rglob("*")) if not path.is_symlink()]
    assert [path for path in written if path.stat().st_mode & 0o077] == []
    assert {path.suffix for path in written} >= {".db", ".duckdb", ".parquet", ".jsonl"}


def test_the_database_holds_the_marts_as_tables_and_nothing_beside_it(published: Path) -> None:
    folder = VarFolder("nordwaerts", published).current
    with duckdb.connect(str(folder / "monitoring.duckdb"), read_only=True) as connection:
        kinds = dict(connection.execute("select table_name, table_type from information_schema.tables").fetchall())
    assert set(kinds) >= MARTS
    assert set(kinds.values()) == {"BASE TABLE"}
    assert not list(folder.glob("*.wal"))


def test_an_auditor_walks_in_sql_from_an_indicator_to_the_archived_byte(published: Path) -> None:
    var = VarFolder("nordwaerts", published)
    with duckdb.connect(str(var.current / "monitoring.duckdb"), read_only=True) as connection:
        value, delivery_id, row = connection.execute(
            """select m.value, m.delivery_id, m.row_address from fct_measure m join dim_indicator i
               on i.numerator_measure_id = m.measure_id and i.indicator_id = 'basic_security_65_plus_pct'
               where m.area_id = 'unterbezirk-041' and m.period = '2018'"""
        ).fetchall()[0]
        file_name = connection.execute(
            "select file_name from fct_delivery where delivery_id = ?", [delivery_id]
        ).fetchall()[0][0]
    assert file_name.startswith("kleinraeumig_")
    line = int(row.removeprefix("line "))
    path = stored_at(var.archive / "objects", delivery_id)
    record = json.loads(delivered(path).decode("utf-8").splitlines()[line - 1])
    assert (record["unterbezirk_nr"], str(record["jahr"])) == ("041", "2018")
    assert float(record["grundsicherung_65_und_aelter"]) == float(value)


@pytest.mark.attack("names and addresses in columns nobody declared · end at landing")
def test_no_canary_passes_landing(published: Path) -> None:
    var = VarFolder("nordwaerts", published)
    leaks = []
    for path in sorted(var.folder.rglob("*")):
        if path.is_file() and var.archive not in path.parents:
            content = path.read_bytes()
            if path.suffix == ".parquet":
                content = "\n".join(map(str, pq.read_table(path).to_pylist())).encode()
            if b"KANARIENVOGEL" in content or b"@kanari.example" in content:
                leaks.append(path.relative_to(var.folder))
    assert not leaks
    archived = b"".join(delivered(path) for path in (var.archive / "objects").iterdir())
    assert b"@kanari.example" in archived, "the canaries must be in the deliveries, or this test proves nothing"


def test_an_unchanged_night_publishes_nothing_and_says_so(published: Path, city: City) -> None:
    before = city.reader_files()
    record = city.refresh()
    assert record.outcome == "unchanged"
    assert city.reader_files() == before
    entries = ledger.read(city.var)
    assert [entry.outcome for entry in entries] == ["published", "unchanged"]


def test_a_reader_keeps_the_old_figures_until_it_reopens(night_of_a_reader: City) -> None:
    """A second process held monitoring.duckdb open, read-only, while a new release was published."""
    first, still, reopened = json.loads(night_of_a_reader.var.root.with_name("reader_saw.json").read_text())
    assert (still, reopened) == (first, first - 1)


def test_commands_that_read_answer_from_the_release(published: Path, tmp_path: Path) -> None:
    status = command("status", "--json", var=published)
    assert json.loads(status.stdout)[0]["is_synthetic"] is True
    target = tmp_path / "gap.csv"
    done = command("export", "fct_development_gap", "--format", "csv", "--out", str(target), var=published)
    assert done.returncode == 0, done.stderr
    assert "is_synthetic" in target.read_text(encoding="utf-8").splitlines()[0]
