"""What dbt reads about deliveries and declarations: verdicts and counts of rows, and the types declarations land in."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from made_up_office import Office, places

from ingest.landing import ARROW_TYPES
from refresh.context import PROJECT_ROOT, inbox_root, refresh_context
from refresh.delivery_tables import write_refresh_tables
from refresh.landing import land_table
from refresh.programme_tables import PROGRAMME_TABLES

YEARLY = "vereine__plaetze"


def _landed(office: Office, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(office.var.landed / name).to_pylist()
    return rows


def _write(office: Office) -> None:
    """Land the yearly table and what became of its deliveries."""
    deliveries = office.deliveries()
    outcome = land_table(deliveries.context, deliveries, office.table(YEARLY))
    assert write_refresh_tables(deliveries.context, deliveries, {YEARLY: outcome})["refresh__delivery"] > 0


def _by_file(office: Office) -> dict[str, dict[str, Any]]:
    return {row["file_name"]: row for row in _landed(office, "refresh__delivery") if row["source_id"] == "vereine"}


def test_a_delivery_says_whether_it_counts_and_how_many_rows_were_accepted_and_rejected(yearly_office: Office) -> None:
    office = yearly_office
    office.deliver("vereine", "korrektur.csv", places(2021, ("03", "viel")), "2022-02-25T08:00:00Z")
    _write(office)
    counted = {
        name: (row["verdict"], row["accepted_row_count"], row["rejected_row_count"])
        for name, row in _by_file(office).items()
    }
    # an unreadable figure is rejected and its area stays in the table, as missing
    assert counted == {
        "2020.csv": ("in_force", 5, 0),
        "2021.csv": ("superseded", 0, 0),
        "korrektur.csv": ("in_force", 5, 1),
    }
    records = {
        name: [row[f"{what}_count"] for what in ("record", "header", "accepted_record", "rejected_record")]
        for name, row in _by_file(office).items()
    }
    assert records == {"2020.csv": [6, 1, 5, 0], "2021.csv": [0, 0, 0, 0], "korrektur.csv": [6, 1, 4, 1]}
    (rejected,) = _landed(office, "refresh__rejected_row")
    assert (rejected["table_name"], rejected["row_address"], rejected["rule_id"]) == (YEARLY, "line 4", "number_format")


def test_a_refused_delivery_is_named_beside_the_kept_ones_with_its_reason(yearly_office: Office) -> None:
    office = yearly_office
    office.accept(office.land(YEARLY))
    office.deliver("vereine", "2022.csv", "ganz;anders\n1;2\n", "2022-02-25T08:00:00Z")
    _write(office)
    rows = _by_file(office)
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "2020.csv": "in_force",
        "2021.csv": "in_force",
        "2022.csv": "refused",
    }
    assert "2022.csv" in rows["2022.csv"]["reason"]
    assert rows["2021.csv"]["reason"] is None


def test_declarations_land_in_the_types_of_their_models() -> None:
    expected = {
        ("programme__area_set", "variant_id"): "text",
        ("programme__area_set", "weight"): "decimal",
        ("programme__area_set", "valid_from"): "date",
        ("programme__area_set", "valid_to"): "date",  # may be left open
        ("programme__indicator", "definition_version"): "integer",
        ("programme__indicator", "is_headline"): "boolean",
        ("programme__indicator", "denominator_measure_id"): "text",
    }
    assert {key: PROGRAMME_TABLES[key[0]][key[1]] for key in expected} == {
        key: ARROW_TYPES[kind] for key, kind in expected.items()
    }


def test_deliveries_come_from_the_named_inbox_else_from_the_one_beside_the_packages(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    programme = office.context().programme
    monkeypatch.setenv("NORDWAERTS_INBOX", str(tmp_path / "eingang"))
    assert inbox_root() == tmp_path / "eingang"
    real = refresh_context(programme, office.var, is_sample=False, as_of_on=office.as_of_on)
    assert real.inbox == tmp_path / "eingang" / programme.settings.programme_id
    assert refresh_context(programme, office.var, is_sample=True).inbox == programme.sample_folder
    monkeypatch.delenv("NORDWAERTS_INBOX")
    assert inbox_root() == PROJECT_ROOT / "inbox"


def test_the_day_of_a_refresh_is_the_one_asked_for_else_the_samples_own(office: Office) -> None:
    programme = office.context().programme
    stated = programme.settings.sample.as_of_on if programme.settings.sample else None
    assert stated is not None
    asked = stated.replace(year=stated.year + 1)
    assert refresh_context(programme, office.var, is_sample=True, as_of_on=asked).as_of_on == asked
    assert refresh_context(programme, office.var, is_sample=True).as_of_on == stated
    assert refresh_context(programme, office.var, is_sample=False).as_of_on > stated, "today"
