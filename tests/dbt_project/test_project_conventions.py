"""What holds for every model: portable SQL, complete dictionary, names by the rules, no order of rows.

The portable subset is what DuckDB and Spark answer alike; the scan reads models, macros and tests as
written. Dictionary and names are checked against the columns dbt really built.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[2] / "dbt_project"
MARTS = sorted(path.stem for path in (PROJECT / "models" / "marts").glob("*.sql"))

FORBIDDEN = {
    "clock": r"\bnow\s*\(|current_(date|time|timestamp)|\btoday\s*\(|\bgetdate\b",
    "chance": r"\brandom\s*\(|\buuid\s*\(|gen_random|\brand\s*\(|using sample|tablesample",
    "hash": r"\bhash\s*\(",
    "dialect clause": r"\bqualify\b|\bfilter\s*\(|\bexclude\b|group by all|order by all|union by name|\basof\b",
    "dialect function": r"\blist_|\b(string_agg|group_concat|any_value|strptime)\b|\bmedian\s*\(|quantile_cont",
    "first or last row": r"\barg_(min|max)\b|\bfirst\s*\(|\blast\s*\(|\blimit\b|ignore nulls",
    "cast to varchar outside t_text": r"\bvarchar\b|::",
    "double quotes around names": r'(?<![\w\'|])"[a-z_]+"(?=\s*[,.]\s*\w)',
}
ALLOWED_IN_DIALECT = {"cast to varchar outside t_text"}


def _sql(path: Path) -> str:
    text = re.sub(r"\{#.*?#\}", " ", path.read_text(encoding="utf-8"), flags=re.S)
    text = re.sub(r"--[^\n]*", " ", text)
    return text.lower()


def offences(name: str, sql: str) -> list[str]:
    """Names of the forbidden constructs in a piece of SQL."""
    allowed = ALLOWED_IN_DIALECT if name == "dialect.sql" else set()
    found = [rule for rule, pattern in FORBIDDEN.items() if rule not in allowed and re.search(pattern, sql)]
    for window in re.findall(r"\bover\s*\((.*?)\n?\s*\)\s*as\b", sql, flags=re.S):
        if "order by" not in window or "nulls last" not in window:
            found.append("window without order and nulls last")
    return found


@pytest.mark.parametrize("path", sorted(PROJECT.rglob("*.sql")), ids=lambda path: path.stem)
def test_sql_is_portable(path: Path) -> None:
    assert offences(path.name, _sql(path)) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select now()",
        "select random()",
        "select a, count(*) filter (where b) from t",
        "select * exclude (a) from t",
        "select cast(a as varchar) from t",
        "select row_number() over (partition by a) as n from t",
        "select row_number() over (order by a) as n from t",
        "select median(a) from t",
    ],
)
def test_the_scan_finds_what_it_forbids(sql: str) -> None:
    assert offences("model.sql", sql) != []


def _dictionary(mart: str) -> dict[str, Any]:
    declared = yaml.safe_load((PROJECT / "models" / "marts" / f"{mart}.yml").read_text(encoding="utf-8"))
    assert [model["name"] for model in declared["models"]] == [mart]
    return declared["models"][0]


@pytest.mark.parametrize("mart", MARTS)
def test_dictionary_equals_what_was_built(built: Any, mart: str) -> None:
    model = _dictionary(mart)
    columns = built.rows(
        f"select column_name from information_schema.columns where table_name = '{mart}' and table_schema = 'main' "
        "order by ordinal_position"
    )
    assert [column["name"] for column in model["columns"]] == [name for (name,) in columns]
    assert model["description"].startswith("One row per ")
    assert all(column["description"].endswith(".") for column in model["columns"])
    assert all(column["data_type"] for column in model["columns"])


@pytest.mark.parametrize("mart", MARTS)
def test_names_tell_type_and_unit(mart: str) -> None:
    for column in _dictionary(mart)["columns"]:
        name, kind = column["name"], column["data_type"]
        if kind == "boolean":
            assert name.startswith(("is_", "has_")), name
        if kind == "date":
            assert name.endswith("_on") or name in ("valid_from", "valid_to"), name
        if kind == "timestamp":
            assert name.endswith("_at"), name
        if name.endswith("_id"):
            assert kind == "string", name
        if name.endswith("_count") and kind != "boolean":
            assert kind == "bigint", name
        if name.endswith("_pct"):
            assert kind == "double" and "per cent" in column["description"], name


@pytest.mark.parametrize("mart", MARTS)
def test_every_row_says_that_it_is_synthetic(built: Any, mart: str) -> None:
    assert built.rows(f"select distinct is_synthetic from {mart}") == [(True,)]


def test_every_mart_guards_its_grain() -> None:
    unguarded = [mart for mart in MARTS if "unique_combination" not in str(_dictionary(mart).get("data_tests"))]
    assert unguarded == ["fct_rejected_row"]  # one row may break one rule in several cells of one column


def test_every_mart_that_names_a_delivery_is_held_against_the_deliveries() -> None:
    """`source_id` of dim_indicator is whose figures it takes, `delivery_id` the file it is declared in: no pair."""
    sql = _sql(PROJECT / "tests" / "assert_every_pair_of_source_and_delivery_was_delivered.sql")
    naming = {
        mart
        for mart in MARTS
        if {"source_id", "delivery_id"} <= {column["name"] for column in _dictionary(mart)["columns"]}
    }
    held = set(re.findall(r"'((?:dim|fct|bridge)_\w+)'", sql)) - {"fct_delivery"}
    assert held == naming - {"fct_delivery", "dim_indicator"}


def test_dbt_tests_cost_no_more_than_what_they_test(built: Any) -> None:
    """No ceiling on their number: what counts is their time beside that of the models, on the same machine."""
    results = json.loads((built.folder / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    seconds = {
        kind: sum(result["execution_time"] for result in results if result["unique_id"].startswith(f"{kind}."))
        for kind in ("model", "test")
    }
    print(f"models {seconds['model']:.1f} s, data tests {seconds['test']:.1f} s")
    assert 0 < seconds["test"] <= seconds["model"]


def test_every_model_is_described(built: Any) -> None:
    models = [node for node in built.manifest.nodes.values() if node.resource_type == "model"]
    assert [node.name for node in models if not node.description] == []


@pytest.mark.parametrize("mart", MARTS)
def test_order_of_rows_changes_nothing(built: Any, shuffled: Any, mart: str) -> None:
    rows = f"select * from {mart} order by all"
    assert shuffled.rows(rows) == built.rows(rows)
