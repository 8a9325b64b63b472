"""What holds for every model: portable SQL, complete dictionary, layers, names by the rules, no order of rows.

The portable subset is what DuckDB and Spark answer alike; sqlfluff (.sqlfluff) holds what it has a rule for,
the scan here the rest, in models, macros and tests as written. Dictionary and names are checked against the
columns dbt really built, the layers against what dbt says each model reads.
"""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest
import sqlfluff
import yaml

from docs.data_dictionary import declared_marts
from programmes.claims import MetricKind
from programmes.loading import load_programme
from release.disclosure import PUBLIC_MARTS

PROJECT = Path(__file__).parents[2] / "dbt_project"
DICTIONARY = {mart["name"]: mart for mart in declared_marts()}
MARTS = sorted(DICTIONARY)
MODELS = sorted((PROJECT / "models").rglob("*.sql"))
FORMS = {
    path.stem: yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))["models"][0]
    for path in MODELS
    if path.stem.startswith("public_")
}
TABLES = {**DICTIONARY, **FORMS}

# layer → what it may read. A staging model of a declaration file is a declaration, any other a delivery. Claims judge
# published figures, so they read marts, and of what is below them the declarations alone. Public forms round and hide what
# marts and claims say; what they tell of counts of people is set against the marts.
MAY_READ = {
    "declarations": {"source"},
    "deliveries": {"source"},
    "intermediate": {"declarations", "deliveries", "intermediate", "seed"},
    "marts": {"declarations", "deliveries", "intermediate", "marts", "seed"},
    "claims": {"declarations", "marts", "claims", "seed"},
    "public": {"declarations", "intermediate", "marts", "claims", "seed", "public"},
    "disclosure": {"declarations", "intermediate", "marts", "public", "disclosure"},
    "state": {"marts", "public"},
}

FORBIDDEN = {
    "clock": r"\bnow\s*\(|current_(date|time|timestamp)|\btoday\s*\(|\bgetdate\b",
    "chance": r"\brandom\s*\(|\buuid\s*\(|gen_random|\brand\s*\(|using sample|tablesample",
    "hash": r"\bhash\s*\(",
    "dialect clause": r"\bqualify\b|\bfilter\s*\(|\bexclude\b|group by all|order by all|union by name|\basof\b",
    "dialect function": r"\blist_|\b(string_agg|group_concat|any_value|strptime)\b|\bmedian\s*\(|quantile_cont",
    "first or last row": r"\barg_(min|max)\b|\bfirst\s*\(|\blast\s*\(|\blimit\b|ignore nulls",
    "cast to varchar outside t_text": r"\bvarchar\b|::",
    # null in a list that is a query: null on DuckDB, false on Spark
    "null among what a query lists": r"coalesce\(\s*[\w.]+ (not )?in (\(\s*select|\{\{ named_by_rule)",
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
        "select coalesce(a in {{ named_by_rule('marts') }}, true) from t",
        "select coalesce(t.a not in (select b from u), false) from t",
    ],
)
def test_the_scan_finds_what_it_forbids(sql: str) -> None:
    assert offences("model.sql", sql) != []


def _layer(unique_id: str, folder: str) -> str:
    kind, name = unique_id.split(".")[0], unique_id.split(".")[-1]
    if kind != "model":
        return kind
    if folder == "staging":
        return "declarations" if name.startswith("stg_programme_") else "deliveries"
    return folder


def edges_not_allowed(folders: dict[str, str], reads: dict[str, list[str]]) -> list[str]:
    """`reader -> read` for every edge MAY_READ does not name; both by unique id, with the folder each model lies in."""
    layers = {unique_id: _layer(unique_id, folder) for unique_id, folder in folders.items()}
    return [
        f"{reader} -> {read}"
        for reader, others in reads.items()
        for read in others
        if layers.get(read, _layer(read, "")) not in MAY_READ[layers[reader]]
    ]


def test_every_layer_reads_only_what_lies_below(built: Any) -> None:
    of_a_state = [node for nodes in built.manifest.disabled.values() for node in nodes]
    nodes = [*built.manifest.nodes.values(), *of_a_state]
    models = {node.unique_id: node for node in nodes if node.resource_type == "model"}
    folders = {unique_id: node.fqn[1] for unique_id, node in models.items()}
    assert {_layer(unique_id, folder) for unique_id, folder in folders.items()} == set(MAY_READ)
    assert edges_not_allowed(folders, {unique_id: node.depends_on.nodes for unique_id, node in models.items()}) == []


@pytest.mark.parametrize(
    ("reader", "read"),
    [
        ("int_gap__compared", "fct_measure"),
        ("int_gap__compared", "int_claim__judged"),
        ("fct_measure", "fct_claim_verdict"),
        ("int_claim__judged", "int_gap__compared"),
        ("int_claim__judged", "stg_event"),
        ("stg_event", "stg_programme_area"),
        ("fct_development_gap", "public_fct_indicator_value"),
        ("public_fct_participation_event", "stg_event"),
        ("public_fct_indicator_value", "int_disclosure__stated"),
        ("int_disclosure__counted", "stg_event"),
    ],
)
def test_an_edge_against_the_layers_is_found(reader: str, read: str) -> None:
    folders = {f"model.nordwaerts.{path.stem}": path.relative_to(PROJECT / "models").parts[0] for path in MODELS}
    edge = {f"model.nordwaerts.{reader}": [f"model.nordwaerts.{read}"]}
    assert edges_not_allowed(folders, edge) == [f"model.nordwaerts.{reader} -> model.nordwaerts.{read}"]


def test_the_release_and_every_claim_are_exposed(built: Any) -> None:
    """A claim needs no line in dbt: the exposure of its metric names what all claims on that metric rest on."""
    exposed = {
        exposure.name: {unique_id.split(".")[-1] for unique_id in exposure.depends_on.nodes}
        for exposure in built.manifest.exposures.values()
    }
    reads = {
        node.name: node.depends_on.nodes for node in built.manifest.nodes.values() if node.resource_type == "model"
    }
    assert exposed.pop("release") == set(MARTS)
    assert exposed.keys() == {f"claims_on_{kind}" for kind in get_args(MetricKind)}
    for kind in get_args(MetricKind):
        [model] = [name for name in reads if name in (f"int_claim__{kind}", f"int_claim__{kind}s")]
        read = {unique_id.split(".")[-1] for unique_id in reads[model]}
        assert exposed[f"claims_on_{kind}"] == read.intersection(MARTS) | {"fct_claim_verdict"}


def test_marts_and_claims_are_all_that_is_published() -> None:
    lying = {path.relative_to(PROJECT / "models").parts[0] for path in MODELS if path.stem in MARTS}
    assert lying == {"marts", "claims"}
    assert [p.stem for p in MODELS if "marts" in p.parts and p.stem not in MARTS] == []


def test_a_public_form_is_named_for_a_mart_that_is_not_public_itself() -> None:
    formed = {name.removeprefix("public_") for name in FORMS}
    assert {path.stem for path in MODELS if path.relative_to(PROJECT / "models").parts[0] == "public"} == set(FORMS)
    assert formed <= set(MARTS) - set(PUBLIC_MARTS)
    rule = load_programme("nordwaerts").disclosure
    assert rule is not None
    assert set(rule.marts) == formed


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_and_its_yaml_lie_side_by_side(path: Path) -> None:
    declared = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))
    assert [model["name"] for model in declared["models"]] == [path.stem]
    assert {test["model"] for test in declared.get("unit_tests", [])} <= {path.stem}
    layer, *subject = path.relative_to(PROJECT / "models").parts[:-1]
    assert (layer in ("claims", "disclosure")) != bool(subject)  # every other layer is parted by subject


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("select a::int as b from t", "CV11"),
        ("select ifnull(a, 0) as b from t", "CV02"),
        ("select a from t where a != 1", "CV01"),
        ("select a from t where a = null", "CV05"),
        ("select a from t limit 1", "CV09"),
        ("select a from t qualify a > 1", "CV09"),
        ("select b from t inner join u on t.a = u.a", "RF02"),
        ("with t as (select a from u) select a from v", "ST03"),
        ('select a from t as "t"', "RF06"),
    ],
)
def test_sqlfluff_finds_what_it_is_set_up_for(sql: str, rule: str) -> None:
    found = sqlfluff.lint(sql + "\n", config_path=str(PROJECT.parent / ".sqlfluff"))
    assert rule in {violation["code"] for violation in found}


NOUNS = {"closure", "membership", "component", "baseline", "break", "level", "ratio", "survey", "weighted_mean", "life"}
NOUNS |= {"status", "projects", "participation", "volunteering", "indicators", "gaps", "measures"}  # what a row is
NOUNS |= {"harmonisation", "area_class"}


def test_an_intermediate_model_is_named_for_what_was_done_or_what_a_row_is() -> None:
    names = [path.stem.split("__") for path in MODELS if path.stem.startswith("int_")]
    assert {len(parts) for parts in names} == {2}
    words = {word for _, word in names}
    assert sorted(word for word in words if not word.endswith("ed")) == sorted(NOUNS)


def test_an_intermediate_model_says_its_grain_and_has_it_tested() -> None:
    for path in MODELS:
        if path.stem.startswith("int_"):
            [model] = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))["models"]
            assert model["description"].startswith("One row per "), path.stem
            assert "unique_combination" in str(model.get("data_tests")), path.stem


def test_a_text_at_three_columns_is_written_once() -> None:
    written = [
        column["description"]
        for path in MODELS
        for model in yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))["models"]
        for column in model.get("columns", [])
    ]
    assert [text for text, count in Counter(written).items() if count > 2 and not text.startswith("{{ doc(")] == []


@pytest.mark.parametrize("mart", TABLES)
def test_dictionary_equals_what_was_built(built: Any, mart: str) -> None:
    model = TABLES[mart]
    columns = built.rows(
        f"select column_name from information_schema.columns where table_name = '{mart}' and table_schema = 'main' "
        "order by ordinal_position"
    )
    assert [column["name"] for column in model["columns"]] == [name for (name,) in columns]
    assert model["description"].startswith("One row per ")
    assert all(column["description"].endswith((".", "') }}")) for column in model["columns"])
    assert all(column["data_type"] for column in model["columns"])


@pytest.mark.parametrize("mart", TABLES)
def test_names_tell_type_and_unit(mart: str) -> None:
    for column in TABLES[mart]["columns"]:
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


@pytest.mark.parametrize("mart", TABLES)
def test_every_row_says_that_it_is_synthetic(built: Any, mart: str) -> None:
    assert built.rows(f"select distinct is_synthetic from {mart}") == [(True,)]


THRESHOLDS = dict(
    re.findall(r"macro (\w+)\(\) %\}([0-9.]+)\{%", (PROJECT / "macros" / "thresholds.sql").read_text(encoding="utf-8"))
)
COMMON = {"1", "3", "4"}  # numbers that mean other things as well


def thresholds_in(sql: str) -> set[str]:
    """Thresholds written as numbers in a piece of SQL."""
    numbers = re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", sql)
    return set(THRESHOLDS.values()).intersection(numbers) - COMMON


@pytest.mark.parametrize("path", sorted(PROJECT.rglob("*.sql")), ids=lambda path: path.stem)
def test_a_threshold_stands_in_one_place(path: Path) -> None:
    assert path.name == "thresholds.sql" or thresholds_in(_sql(path)) == set()


def test_a_threshold_elsewhere_is_found() -> None:
    assert len(THRESHOLDS) >= 10
    assert thresholds_in("case when n < 30 or coverage_pct < 95 or b > 1.5 and c <> 130 and d = 30.5 end") == {
        "30",
        "95",
        "1.5",
    }


def test_sentences_name_the_thresholds_in_force(built: Any) -> None:
    sentences = dict(
        built.rows("select reason_code, sentence_de || ' ' || sentence_en from reason where subject = 'claim'")
    )
    for code, threshold in (("small_n", "minimum_answers"), ("incomplete", "minimum_coverage_pct")):
        assert re.findall(r"\d+", sentences[code]) == [THRESHOLDS[threshold]] * 2
    status = {column["name"]: column["description"] for column in DICTIONARY["fct_indicator_value"]["columns"]}[
        "status"
    ]
    assert re.findall(r"\d+", status) == [THRESHOLDS["minimum_coverage_pct"], THRESHOLDS["minimum_answers"]]


def test_every_reason_a_model_gives_has_its_sentence(built: Any) -> None:
    given = "select distinct reason_code from fct_claim_verdict where reason_de is null or reason_en is null or verdict is null"
    assert built.rows(given) == []
    declared = {code for (code,) in built.rows("select reason_code from reason")}
    sql = " ".join(_sql(path) for path in MODELS)
    assert [code for code in sorted(declared) if f"'{code}'" not in sql] == []


def test_every_mart_guards_its_grain() -> None:
    unguarded = [mart for mart in TABLES if "unique_combination" not in str(TABLES[mart].get("data_tests"))]
    assert unguarded == ["fct_rejected_row"]  # one row may break one rule in several cells of one column


def test_every_mart_that_names_a_delivery_is_held_against_the_deliveries() -> None:
    """`source_id` of dim_indicator is whose figures it takes, `delivery_id` the file it is declared in: no pair."""
    sql = _sql(PROJECT / "tests" / "assert_every_pair_of_source_and_delivery_was_delivered.sql")
    naming = {
        mart
        for mart in MARTS
        if {"source_id", "delivery_id"} <= {column["name"] for column in DICTIONARY[mart]["columns"]}
    }
    held = set(re.findall(r"'((?:dim|fct|bridge)_\w+)'", sql)) - {"fct_delivery"}
    assert held == naming - {"fct_delivery", "dim_indicator"}


def test_every_model_is_described(built: Any) -> None:
    models = [node for node in built.manifest.nodes.values() if node.resource_type == "model"]
    assert [node.name for node in models if not node.description] == []


@pytest.mark.parametrize("mart", TABLES)
def test_order_of_rows_changes_nothing(built: Any, shuffled: Any, mart: str) -> None:
    rows = f"select * from {mart} order by all"
    assert shuffled.rows(rows) == built.rows(rows)
