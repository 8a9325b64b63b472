"""Declarations of composite indices: what is accepted, and that each mistake is named with file and place."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from programmes.loading import load_programme
from programmes.model import DeclarationError

SMALL_CITY = Path(__file__).parents[1] / "recipes" / "tiny_city"

Entry = dict[str, Any]
Mistake = Callable[[Entry, Entry], object]


def _index() -> Entry:
    return {
        "index_id": "lage",
        "name_de": "Soziale Lage",
        "name_en": "social situation",
        "area_level": "viertel",
        "periods": ["2020", "2021"],
        "population": {"measure_id": "population", "source_id": "statistik", "level": "viertel", "minimum": 300},
        "status": ["unemployed_pct"],
        "change_over_years": 1,
    }


def _exception() -> Entry:
    return {
        "index_id": "lage",
        "period": "2021",
        "area_id": "viertel-01",
        "reason_de": "Neubau im Bezug.",
        "reason_en": "New buildings being moved into.",
    }


def _city(folder: Path, indices: list[Entry], exceptions: list[Entry]) -> Path:
    shutil.copytree(SMALL_CITY, folder)
    (folder / "class_indices.yml").write_text(yaml.safe_dump({"indices": indices}), encoding="utf-8")
    (folder / "exceptions.yml").write_text(yaml.safe_dump({"exceptions": exceptions}), encoding="utf-8")
    return folder


def test_a_city_without_indices_declares_nothing() -> None:
    programme = load_programme(SMALL_CITY)
    assert (programme.class_indices, programme.class_exceptions) == ((), ())


def test_dynamics_are_the_change_of_status_or_indicators_of_their_own(tmp_path: Path) -> None:
    own = _index() | {"index_id": "eigene", "change_over_years": None, "dynamics": ["living_space_m2_per_inhabitant"]}
    programme = load_programme(_city(tmp_path / "city", [_index(), own], [_exception()]))
    assert [index.components for index in programme.class_indices] == [
        (("status", "unemployed_pct", None), ("dynamics", "unemployed_pct", 1)),
        (("status", "unemployed_pct", None), ("dynamics", "living_space_m2_per_inhabitant", None)),
    ]
    [exception] = programme.class_exceptions
    assert exception.reason_de == "Neubau im Bezug."


MISTAKES: list[tuple[Mistake, str]] = [
    (lambda index, _: index.update(area_level="bezirk"), r"class_indices\.yml: 'lage' names level 'bezirk'"),
    (lambda index, _: index["population"].update(level="haus"), r"class_indices\.yml: 'lage' names level 'haus'"),
    (lambda index, _: index["population"].update(source_id="amt"), r"class_indices\.yml: 'lage' names source 'amt'"),
    (
        lambda index, _: index["population"].update(minimum=-1),
        r"class_indices\.yml, line \d+, indices\.0\.population\.minimum",
    ),
    (lambda index, _: index.update(status=["glueck"]), r"class_indices\.yml: 'lage' names indicator 'glueck'"),
    (lambda index, _: index.update(status=["density"]), r"class_indices\.yml: 'lage': indicator 'density' is neutral"),
    (
        lambda index, _: index.update(area_level="city", status=["average"]),
        r"indicator 'average' has no value at 'city'",
    ),
    (lambda index, _: index.update(status=["of_the_city"]), r"indicator 'of_the_city' has no value at 'viertel'"),
    (lambda index, _: index.update(periods=[2020]), r"class_indices\.yml, line \d+, indices\.0\.periods\.0"),
    (lambda index, _: index.update(periods=["2020", "2020"]), r"'lage' names an entry of 'periods' twice"),
    (lambda index, _: index.update(status=["unemployed_pct"] * 2), r"'lage' names an entry of 'status' twice"),
    (lambda index, _: index.update(frozen_period="2015"), r"frozen_period '2015', not in its periods"),
    (lambda index, _: index.pop("change_over_years"), r"needs either 'dynamics' or 'change_over_years'"),
    (lambda index, _: index.update(dynamics=["unemployed_pct"]), r"needs either 'dynamics' or 'change_over_years'"),
    (lambda index, _: index.update(weights=[1]), r"class_indices\.yml, line \d+, indices\.0\.weights"),
    (lambda _, exception: exception.update(area_id="viertel-99"), r"exceptions\.yml: 'viertel-99' of 2021 is no area"),
    (lambda _, exception: exception.update(area_id="city-1"), r"exceptions\.yml: 'city-1' of 2021 is no area of level"),
    (lambda _, exception: exception.update(period="2019"), r"exceptions\.yml: 'viertel-01' of 2019 belongs to index"),
    (lambda _, exception: exception.update(index_id="x"), r"index 'x', which has no such period"),
    (lambda _, exception: exception.update(reason_en=""), r"exceptions\.yml, line \d+, exceptions\.0\.reason_en"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_a_mistake_is_named_with_file_and_place(tmp_path: Path, mistake: Mistake, message: str) -> None:
    index, exception = _index(), _exception()
    mistake(index, exception)
    folder = _city(tmp_path / "city", [index], [exception])
    _add_indicators(folder)
    with pytest.raises(DeclarationError, match=message) as error:
        load_programme(folder)
    assert error.value.german


@pytest.mark.parametrize(
    ("indices", "exceptions", "message"),
    [
        ([_index(), _index()], [], r"class_indices\.yml: 'lage' is declared twice"),
        ([_index()], [_exception(), _exception()], r"exceptions\.yml: 'viertel-01' of 2021 is declared twice"),
    ],
)
def test_nothing_is_declared_twice(tmp_path: Path, indices: list[Entry], exceptions: list[Entry], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        load_programme(_city(tmp_path / "city", indices, exceptions))


def _add_indicators(folder: Path) -> None:
    """Three indicators that cannot stand in an index of quarters: neutral, of quarters only, of the city only."""
    catalogue = folder / "indicators.csv"
    head, first, *_ = catalogue.read_text(encoding="utf-8").splitlines()
    names, cells = head.split(";"), first.split(";")
    for changes in (
        {"indicator_id": "density", "polarity": "neutral"},
        {
            "indicator_id": "average",
            "kind": "level",
            "is_headline": "false",
            "denominator_measure_id": "",
            "base_level": "viertel",
        },
        {"indicator_id": "of_the_city", "base_level": "city"},
    ):
        row = dict(zip(names, cells, strict=True)) | changes
        with catalogue.open("a", encoding="utf-8") as handle:
            handle.write(";".join(row.values()) + "\n")
