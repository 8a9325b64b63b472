"""What a gate refuses changes nothing that readers see, is on the record, and says how to repair it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from deliveries import empty, lacks_a_district, mislabelled_year, small_area_delivery, truncated, wrong_year
from refreshed_city import City
from refreshing import command

from refresh import exporting
from refresh.modelling import DbtWorkspace
from refresh.outcomes import NodeResult
from release import ledger
from release.standing import standing


@pytest.mark.parametrize(
    ("corrupt", "rule"),
    [
        (empty, "is empty"),
        (truncated, "ends in mid content"),
        (mislabelled_year, "The file name says 2011–2024"),
        (wrong_year, "The last period is not older"),
        (lacks_a_district, "Every area occurs in every period"),
    ],
)
def test_a_corrupt_delivery_of_a_blocking_source_is_refused(
    city: City, corrupt: Callable[[Path], None], rule: str
) -> None:
    before = city.reader_files()
    corrupt(city.place)
    record = city.refresh()
    assert record.outcome == "refused"
    assert city.reader_files() == before
    last = ledger.read(city.var)[-1]
    assert last.outcome == "refused"
    text = city.var.last_refusal.read_text(encoding="utf-8")
    assert small_area_delivery(city.place).name in text
    assert rule in text
    assert "deliver" in text.lower()
    again = city.refresh()
    assert again.outcome == "refused"
    assert [reason.en for reason in again.reasons] == [reason.en for reason in record.reasons]
    assert city.reader_files() == before


def test_the_command_leaves_with_exit_2_and_a_sentence(city: City) -> None:
    truncated(city.place)
    programme = city.place.parent / "programme"
    shutil.copytree(Path("programmes/nordwaerts"), programme, ignore=shutil.ignore_patterns("sample"))
    shutil.copytree(city.place, programme / "sample")
    done = command("refresh", "--sample", "--programme", str(programme), var=city.var.root)
    assert done.returncode == 2, done.stdout + done.stderr
    assert small_area_delivery(city.place).name in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_corrected_delivery_is_published_and_clears_the_refusal(city: City) -> None:
    path = small_area_delivery(city.place)
    good = path.read_bytes()
    lacks_a_district(city.place)
    assert city.refresh().outcome == "refused"
    path.write_bytes(good)
    assert city.refresh().outcome == "unchanged"
    assert not city.var.last_refusal.exists()


def test_one_bad_row_publishes_without_it_and_shows_it(night_of_volunteers: City) -> None:
    city = night_of_volunteers
    lines = (city.place / "ehrenamt" / "ehrenamt_2021.csv").read_bytes().splitlines()
    with duckdb.connect(str(city.var.current / "monitoring.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select rule_id, row_address, sentence_de from fct_rejected_row where sentence_de like '%ehrenamt_2021.csv%'"
        ).fetchall()
        organisations = connection.execute(
            "select sum(organisation_count) from fct_volunteering where area_id = 'city-05913' and period = '2021'"
            " and counting_unit = 'active_persons'"
        ).fetchall()[0][0]
    shown = {(rule, place): sentence for rule, place, sentence in found}
    assert set(shown) == {("choice", "line 11"), ("area_unknown", "line 62")}, "line 62 is planted in the sample"
    assert "gezählt, geschätzt, hochgerechnet" in shown["choice", "line 11"]
    assert "geraten" not in shown["choice", "line 11"], "a finding never repeats a delivered value"
    assert organisations == len(lines) - 3


def test_a_source_that_keeps_its_last_good_delivery_goes_on_with_it(night_after_a_rollback: City) -> None:
    city = night_after_a_rollback
    assert ledger.read(city.var)[-1].outcome == "published"
    assert standing(city.var).kept.keys() == {"ehrenamt__meldungen"}
    with duckdb.connect(str(city.var.current / "monitoring.duckdb"), read_only=True) as connection:
        years = connection.execute("select max(period) from fct_volunteering").fetchall()[0][0]
        refused = connection.execute("select file_name, reason from fct_delivery where verdict = 'refused'").fetchall()
    assert years == "2024"
    assert [name for name, _ in refused] == ["ehrenamt_2024.csv"]
    assert "fehlt" in refused[0][1]


def test_sample_and_real_deliveries_never_meet_in_one_folder(city: City, tmp_path: Path) -> None:
    before = city.reader_files()
    shutil.copytree(city.place, tmp_path / "inbox" / "nordwaerts")
    done = command("refresh", var=city.var.root, NORDWAERTS_INBOX=str(tmp_path / "inbox"))
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Begin afresh" in done.stdout
    assert city.reader_files() == before


def test_more_rejects_than_the_source_allows_refuse_the_delivery(city: City) -> None:
    path = small_area_delivery(city.place)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for record in lines:
        record["wohnflaeche_qm"] = "unbekannt"  # one of about 21 figures of each line: more than one per cent
    path.write_text("".join(json.dumps(record) + "\n" for record in lines), encoding="utf-8")
    record = city.refresh()
    assert record.outcome == "refused"
    assert any("permitted share" in reason.en for reason in record.reasons)


def test_figures_no_model_can_compute_are_a_refusal_that_names_model_key_and_file(tmp_path: Path) -> None:
    """Too large to be squared in the model that needs the square: a finding about data, and no figure is told."""
    city = City.tiny(tmp_path)
    before = city.reader_files()
    path = city.place / "statistik" / "synthetisch_viertel.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("01;31.12.2021;2.000;", "01;31.12.2021;999999999999997;"), encoding="utf-8")
    record = city.refresh()
    assert record.outcome == "refused"
    (reason,) = record.reasons
    assert reason.rule == "computable:int_indicator__ratio"
    for part in ("period=2021", "area_id=viertel-01", "statistik/synthetisch_viertel.csv"):
        assert part in reason.de
    assert city.reader_files() == before
    told = [city.var.last_refusal, city.var.ledger, *(path for path in city.var.build.rglob("*.log"))]
    assert not [path for path in told if "999999999999997" in path.read_text(encoding="utf-8")]


def test_a_failed_test_of_a_table_is_a_refusal_and_not_a_broken_refresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = City.tiny(tmp_path)
    before = city.reader_files()
    path = city.place / "statistik" / "synthetisch_viertel.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2.000;1.200;150", "2.001;1.200;150"), encoding="utf-8")
    failing = "test.nordwaerts.assert_only_suppressed_and_missing_figures_have_no_value"
    build = exporting.build_models

    def build_and_fail(workspace: DbtWorkspace) -> tuple[NodeResult, ...]:
        nodes = build(workspace)
        assert [node.unique_id for node in nodes if node.unique_id == failing]
        return tuple(replace(n, status="fail", failed_count=3) if n.unique_id == failing else n for n in nodes)

    monkeypatch.setattr(exporting, "build_models", build_and_fail)
    record = city.refresh()
    assert record.outcome == "refused"
    assert [reason.rule for reason in record.reasons] == [f"dbt:{failing.rpartition('.')[2]}"]
    for part in (
        "Tabelle fct_measure",
        "nur gesperrte und fehlende Zahlen haben keinen Wert",
        "synthetisch_viertel.csv",
    ):
        assert part in record.reasons[0].de
    assert city.reader_files() == before
    assert record.reasons[0].de in city.var.last_refusal.read_text(encoding="utf-8")
