"""Two sources that tell the same: a new delivery is held against the other one as readers see it, and waits where it differs."""

import shutil
from pathlib import Path

import pytest
from made_up_office import TINY_CITY, YEARLY, places
from nightly_office import NightlyOffice, before_the_first_night

from programmes.loading import load_programme
from programmes.model import DeclarationError

CLUBS = "vereine__plaetze"
AGREED = "{item: places, table: statistik__viertel, other_item: population, band_pct: 5}"
POPULATION = [("01", "2000"), ("02", "1000"), ("03", "1000"), ("04", "2500"), ("05", "2500")]


def yearly(agreed: str) -> str:
    return YEARLY + f"    expected:\n      item_jump_pct: 90\n      agreements: [{agreed}]\n"


@pytest.fixture
def office(tmp_path: Path) -> NightlyOffice:
    """An office after a first night in which both sources tell the same of 2020."""
    made = before_the_first_night(tmp_path, yearly(AGREED))
    made.put("vereine", "2020.csv", places(2020, *POPULATION))
    assert made.night().outcome == "published"
    return made


def test_what_differs_from_the_other_source_waits_and_names_place_and_remedy(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", places(2021, ("01", "2110"), *POPULATION[1:]))
    record = office.night()
    assert record.tables[CLUBS].verdict == "held"
    (check,) = {check for checks in record.standing.waiting[CLUBS].values() for check in checks}
    assert check == f"{CLUBS}:plausible:agreements"
    (reason,) = record.reasons
    assert "weicht von der anderen Quelle ab: places 2021 viertel-01;" in reason.de
    assert "Herausgebern abgleichen" in reason.de


def test_what_lies_within_the_band_counts(office: NightlyOffice) -> None:
    office.put("vereine", "2021.csv", places(2021, ("01", "2090"), *POPULATION[1:]))
    assert office.night().tables[CLUBS].verdict == "accepted"


@pytest.mark.parametrize(
    ("agreed", "said"),
    [
        (AGREED.replace("viertel", "vierteln"), "'statistik__vierteln' on 'population', which it does not deliver"),
        (AGREED.replace("item: places", "item: plaetze"), "'vereine__plaetze' on 'plaetze'"),
        (AGREED.replace("}", ", area: viertel-99}"), "agrees on area 'viertel-99', which is not declared"),
    ],
)
def test_an_agreement_about_nothing_is_refused_at_load(tmp_path: Path, agreed: str, said: str) -> None:
    folder = Path(shutil.copytree(TINY_CITY, tmp_path / "kleinstadt"))
    (folder / "sources" / "vereine.yml").write_text(yearly(agreed), encoding="utf-8")
    with pytest.raises(DeclarationError, match=said):
        load_programme(folder)
