"""`nordwaerts programme`: every source with its folder and file names, as declared, and nothing of a refresh."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from programmes.loading import load_programme

TINY_CITY = Path(__file__).parents[1] / "recipes" / "tiny_city"


def _said(*arguments: str) -> str:
    done = CliRunner().invoke(main, ["programme", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_every_source_variant_and_baseline_is_named() -> None:
    programme = load_programme("nordwaerts")
    said = _said("--lang", "de")
    for source in programme.sources.values():
        assert f"nordwaerts/{source.source_id}/" in said
        assert f"{source.name_de} · {source.publisher}" in said
        for table in source.tables.values():
            assert (table.files or source.connector.files) in said
    for variant in programme.settings.variants:
        assert variant.name_de in said
    for baseline in programme.settings.baselines:
        assert baseline.name_de in said


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "statistics of the small city (made up) · Kleinstadt · yearly, at most 500 days old"),
        ("de", "Statistik der Kleinstadt (erfunden) · Kleinstadt · jährlich, höchstens 500 Tage alt"),
    ],
)
def test_another_city_says_its_own(language: str, expected: str) -> None:
    said = _said("--programme", str(TINY_CITY), "--lang", language)
    assert expected in said
    assert "kleinstadt/statistik/   *.csv" in said


def test_json_gives_a_source_per_object() -> None:
    [row] = json.loads(_said("--programme", str(TINY_CITY), "--json"))
    assert row["source_id"] == "statistik"
    assert (row["files"], row["cadence"], row["max_age_days"]) == (["*.csv"], "yearly", 500)


def test_a_programme_there_is_not_is_a_sentence() -> None:
    done = CliRunner().invoke(main, ["programme", "--programme", "nowhere"])
    assert done.exit_code == 1
    assert "There is no programme 'nowhere'" in done.output
