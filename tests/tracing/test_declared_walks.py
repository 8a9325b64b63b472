"""Every mart declares a walk that can be gone: all its columns, by columns that exist, with a formula in two languages."""

import string

import pytest
import yaml

from release.disclosure import FORMED_MARTS, INTERNAL_MARTS, PUBLIC_MARTS
from tracing.recomputing import known, recompute
from tracing.walks import MARTS, declared_today, sql_file

NAMES = sorted({*PUBLIC_MARTS, *FORMED_MARTS, *INTERNAL_MARTS})
MODELS = {
    model["name"]: model
    for path in MARTS.glob("**/*.yml")
    for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    if model["name"] in NAMES
}
COLUMNS = {name: [column["name"] for column in model["columns"]] for name, model in MODELS.items()}


@pytest.mark.parametrize("mart", NAMES)
def test_every_column_is_walked_in_one_way(mart: str) -> None:
    walk = declared_today(mart)
    assert walk is not None, f"no walk is declared for {mart}"
    ways = [set(walk.get(name, ())) for name in ("figures", "ends")] + [set(walk.get("unproven", {}))]
    assert not ways[0] & ways[1] and not ways[0] & ways[2] and not ways[1] & ways[2]
    walked = {*walk["key"], *set.union(*ways), "is_synthetic"}
    assert walked == set(COLUMNS[mart])
    assert set(walk.get("verbatim", ())) <= set(COLUMNS[mart])


@pytest.mark.parametrize("mart", NAMES)
def test_what_it_rests_on_exists_and_is_computed_by_a_function(mart: str) -> None:
    walk = declared_today(mart)
    assert walk is not None
    for table, columns in walk.get("rests_on", {}).items():
        assert set(columns) <= set(COLUMNS[table]), f"{mart} rests on {table}"
    assert bool(walk.get("figures")) == ("by" in walk)
    if "by" in walk:
        assert known(walk["by"]) and callable(recompute(walk["by"]))
    assert sql_file(mart)


@pytest.mark.parametrize("mart", NAMES)
def test_its_formula_names_columns_in_both_languages(mart: str) -> None:
    walk = declared_today(mart)
    assert walk is not None
    named = [
        {name for _, name, _, _ in string.Formatter().parse(walk[f"formula_{language}"]) if name}
        for language in ("de", "en")
    ]
    assert named[0] <= set(COLUMNS[mart])
    if mart != "fct_rejected_row":  # whose sentence is that of the language
        assert named[0] == named[1]
    for why in walk.get("unproven", {}).values():
        assert why["de"] and why["en"]


@pytest.mark.parametrize("mart", NAMES)
def test_its_key_is_that_of_the_mart_in_the_same_order(mart: str) -> None:
    walk = declared_today(mart)
    assert walk is not None
    keys = [
        test["unique_combination"]["arguments"]["columns"]
        for test in MODELS[mart].get("data_tests", [])
        if "unique_combination" in test
    ]
    assert keys in ([], [walk["key"]])


def test_a_mart_without_a_walk_would_be_found() -> None:
    assert declared_today("stg_area_figure") is None
    assert declared_today("fct_nothing") is None
