"""Nights of a small office that declares which figures may leave it: what is told once, and what is hidden once, counts for ever.

The tiny city with a rule of its own; in its south two people are unemployed at first.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from once import once
from refreshed_city import City
from refreshing import TINY_CITY, command, tiny_release

from attacker.bounds import Finding
from attacker.edition import Attack, attack
from attacker.table import Target
from cli.refresh import REFUSED, exit_code
from refresh import attacking
from release import ledger, reading
from release.disclosure import FORMED_MARTS, PUBLIC_MARTS
from release.layout import VarFolder

pytestmark = pytest.mark.slow

_NUMBERS = {
    "minimum_count": 3, "minimum_complement": 3, "minimum_population": 300, "minimum_organisations": 3,
    "people_per_step": 3, "most_decimals": 2, "rounding_base": 5, "protection_width": 2,
}  # fmt: skip
_WHY = {"reason_de": "erfunden", "reason_en": "made up"}
RULE: dict[str, Any] = {
    "is_proposal": True,
    **{name: {"value": value, "source": "made up", **_WHY} for name, value in _NUMBERS.items()},
    "units_of_things": ["m2"],
    "open_levels": ["city"],
    "rounded_levels": ["viertel"],
    "variants_with_figures": [],
    "marts": {"fct_indicator_value": _WHY},
}


def declare(city: City, **changes: Any) -> None:
    """Let the city declare its rule."""
    (Path(city.programme) / "disclosure.yml").write_text(yaml.safe_dump({**RULE, **changes}), encoding="utf-8")


def deliver(city: City, area: str, year: int, people: int) -> None:
    """Deliver the city's statistics again, one figure of the unemployed another."""
    path = city.place / "statistik" / "synthetisch_viertel.csv"
    rows = [line.split(";") for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        if row[:2] == [area, f"31.12.{year}"]:
            row[4] = str(people)
    path.write_text("\n".join(map(";".join, rows)) + "\n", encoding="utf-8")


def shown(city: City, area: str, period: str) -> tuple[float | None, str]:
    """Printed rate of the unemployed of a quarter, and its status."""
    path = city.var.current / "public" / "fct_indicator_value.parquet"
    [row] = [
        row
        for row in pq.read_table(path).to_pylist()
        if (row["indicator_id"], row["area_id"], row["period"]) == ("unemployed_pct", area, period)
    ]
    return row["value"], row["status"]


def attacked(city: City) -> Attack:
    """What comes of an attack on what readers see, tried anew."""
    return attack(city.var.current / "public", city.var.build / "export" / "disclosure")


def _copied(folder: Path, target: Path) -> City:
    shutil.copytree(folder, target, symlinks=True)
    return City(VarFolder("kleinstadt", target / "var"), target / "deliveries", target / "kleinstadt")


def _publish(city: City) -> None:
    record = city.refresh()
    assert record.outcome == "published", [reason.text("en") for reason in record.reasons]


def _after_the_first_night(folder: Path) -> None:
    city = City.tiny(folder)
    city.programme = Path(shutil.copytree(TINY_CITY, folder / "kleinstadt"))
    with (city.programme / "sources" / "statistik.yml").open("a", encoding="utf-8") as source:
        source.write("    expected: {severity: {continuity: warn}}\n")  # figures here leap as no city's do
    with (city.programme / "programme.yml").open("a", encoding="utf-8") as settings:
        settings.write("\npopulation_measure_id: population\n")
    declare(city)
    deliver(city, "05", 2020, 2)
    _publish(city)


def _after_the_second_night(folder: Path) -> None:
    city = _copied(once("ruled_city", _after_the_first_night), folder / "city")
    deliver(city, "05", 2020, 70)
    deliver(city, "04", 2020, 90)
    _publish(city)


@pytest.fixture
def ruled(tmp_path: Path) -> City:
    """The city after its first night with a rule: in the south two people are unemployed in 2020, 80 in 2021."""
    return _copied(once("ruled_city", _after_the_first_night), tmp_path / "ruled")


@pytest.fixture
def revised(tmp_path: Path) -> City:
    """The same a night later: there were 70 in the south, and 90 in the garden instead of 70."""
    return _copied(once("revised_city", _after_the_second_night) / "city", tmp_path / "revised")


def test_a_programme_without_a_rule_publishes_no_forms() -> None:
    var = VarFolder("kleinstadt", tiny_release())
    assert {path.name for path in (var.current / "public").iterdir()} == {f"{mart}.parquet" for mart in PUBLIC_MARTS}
    assert not var.told.exists()


def test_a_refresh_publishes_the_forms_the_rule_names(ruled: City) -> None:
    public = ruled.var.current / "public"
    assert {path.stem for path in public.glob("*.parquet")} & FORMED_MARTS.keys() == {"fct_indicator_value"}
    assert json.loads((public / "disclosure.json").read_bytes())["minimum_count"]["value"] == 3
    assert shown(ruled, "viertel-05", "2020") == (None, "hidden")
    assert shown(ruled, "viertel-04", "2020") == (5.0, "final"), "70 of 1400, and a step of a digit is 14"
    came = attacked(ruled)
    assert (came.findings, came.unfit, len(came.withstood)) == ({}, (), 2)


def test_what_was_hidden_once_stays_hidden_when_it_is_revised(ruled: City, revised: City) -> None:
    assert shown(revised, "viertel-05", "2020") == (None, "hidden"), "70 of 1400 would be shown"
    assert shown(revised, "viertel-04", "2020") == (6.0, "final")
    told = pq.read_table(revised.var.told).to_pylist()
    before = pq.read_table(ruled.var.told).to_pylist()
    lasting = [row for row in before if row["is_hidden"] or row["table_id"].endswith("/2021")]
    assert lasting and all(row in told for row in lasting), "what was told of figures that moved is told no more"
    assert pq.read_table(revised.var.current / "told_before.parquet").to_pylist() == before
    came = attacked(revised)
    assert (came.findings, came.unfit, len(came.withstood)) == ({}, (), 2)


def test_the_second_release_is_made_anew_with_the_same_public_bytes(revised: City) -> None:
    last = reading.current(revised.var)
    assert last is not None
    done = command("reproduce", last.release_id, "--programme", "kleinstadt", var=revised.var.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Release {last.release_id} is the same byte for byte" in done.stdout


def told_in(var: VarFolder) -> tuple[bytes, Iterable[str]]:
    return var.told.read_bytes(), sorted(path.name for path in var.releases.iterdir())


@pytest.mark.attack(
    "a night whose attacker computes a hidden count · refused with a sentence, readers keep what they have"
)
def test_a_night_whose_attacker_finds_something_is_refused(ruled: City, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Finding(Target("viertel-05", (4,)), 70, 70)
    monkeypatch.setattr(
        attacking, "attack", lambda *_: Attack({"indicator/unemployed_pct/1/2020": [finding]}, frozenset())
    )
    before, readers = told_in(ruled.var), ruled.reader_files()
    deliver(ruled, "04", 2020, 90)
    record = ruled.refresh()
    assert (record.outcome, exit_code(record)) == ("refused", REFUSED)
    assert "cannot tell a hidden or rounded count" in record.reasons[0].text("en")
    assert ledger.read(ruled.var)[-1].outcome == "refused"
    assert (told_in(ruled.var), ruled.reader_files()) == (before, readers)


@pytest.mark.attack(
    "a variant beside another that differs by one area prints figures too · the night is refused with a sentence"
)
def test_a_rule_that_gives_an_area_away_is_refused(ruled: City) -> None:
    programme = Path(ruled.programme)
    settings = yaml.safe_load((programme / "programme.yml").read_text(encoding="utf-8"))
    settings["variants"] += [
        {"variant_id": name, "name_de": name, "name_en": name, "purpose": "comparison"} for name in ("more", "less")
    ]
    (programme / "programme.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    with (programme / "area_sets.csv").open("a", encoding="utf-8") as sets:
        for variant, areas in {"more": ("01", "02", "05"), "less": ("01", "02")}.items():
            sets.writelines(f"{variant};programme;viertel-{area};1;whole area;2020-01-01;;\n" for area in areas)
    declare(ruled, variants_with_figures=["more", "less"])
    before, readers = told_in(ruled.var), ruled.reader_files()
    record = ruled.refresh()
    assert record.outcome == "refused"
    assert "counts of people cannot be protected" in record.reasons[0].text("en")
    assert (told_in(ruled.var), ruled.reader_files()) == (before, readers)
