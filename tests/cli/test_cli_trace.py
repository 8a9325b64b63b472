"""`nordwaerts trace` on the sample: what it shows, in which forms, what it refuses, and that it stays light and public stays public."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from release.labels import label
from release.layout import VarFolder

REPOSITORY = Path(__file__).resolve().parents[2]
CELL = ("fct_indicator_value", "care_coverage_under_3_pct", "role=programme", "variant_id=core", "period=2024")
SPY = """
import json, sys
from cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    print(json.dumps({"code": end.code, "modules": sorted({name.split(".")[0] for name in sys.modules})}))
"""


@pytest.fixture(scope="module")
def trace(published: Path):
    def call(*arguments: str, lang: str = "en_GB.UTF-8", python: tuple[str, ...] = ("-m", "cli.main")):
        return subprocess.run(
            [sys.executable, *python, "trace", *arguments],
            cwd=REPOSITORY,
            env={**os.environ, "NORDWAERTS_VAR": str(published), "LANG": lang},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return call


def test_a_cell_is_told_from_its_value_to_its_delivered_lines(trace) -> None:
    told = trace(*CELL)
    assert told.returncode == 0, told.stderr
    assert "The walk comes out:" in told.stdout and "DIFFERS" not in told.stdout
    for part in (
        "Published",
        "Formula",
        "Computed again",
        "Members of the area set (64)",
        "Rows behind: fct_measure (128)",
    ):
        assert re.search(rf"^\d+\. {re.escape(part)}", told.stdout, re.M), part
    for part in ("Deliveries", "Near it", "Checks", "Origin"):
        assert re.search(rf"^\d+\. {part}$", told.stdout, re.M), part
    assert "kleinraeumig_2011-2024.jsonl" in told.stdout and "betreuungsplaetze_u3: " in told.stdout
    assert "dbt_project/models/marts/indicator/fct_indicator_value.sql" in told.stdout


def test_a_claim_is_walked_to_the_lines_of_the_register(trace) -> None:
    told = trace("deck_projects_70_pct", lang="de_DE.UTF-8")
    assert told.returncode == 0, told.stderr
    assert told.stdout.count("Der Prüfweg geht auf:") == 2  # then and now
    assert "rd. 70 % der 237 Teilprojekte sind umgesetzt oder gestartet" in told.stdout
    assert "teilprojekte_register.xlsx" in told.stdout
    assert re.search(r"Statusverlauf line \d+: Projekt-Nr\.: NW-\d+, Status: umgesetzt", told.stdout)


def test_each_evaluation_of_a_claim_is_walked_down_by_itself(trace) -> None:
    walks = json.loads(trace("closer_leg_unemployed", "--json").stdout)
    assert [walk["key"]["evaluation"] for walk in walks] == ["as_of", "current"]
    assert all(len(walk["behind"]["fct_measure"]) > 1_000 for walk in walks)
    assert all(link["failed"] == [] for walk in walks for link in walk["in_turn"])


def test_no_cell_that_is_not_declared_is_shown(trace) -> None:
    told = trace("fct_participation_event", "beteiligungsplattform", "1")
    assert "taxonomies/format: Workshop" in told.stdout and "KANARIENVOGEL" not in told.stdout
    assert "KANARIENVOGEL" not in trace("fct_participation_event", "beteiligungsplattform", "1", "--json").stdout


def test_json_holds_the_row_every_cell_and_all_rows_behind(trace) -> None:
    [walk] = json.loads(trace(*CELL, "--json").stdout)
    assert walk["is_whole"] and walk["row"]["indicator_id"] == "care_coverage_under_3_pct"
    assert {cell["outcome"] for cell in walk["cells"]} <= {"key", "equal"}
    assert len(walk["behind"]["fct_measure"]) == 128 and len(walk["behind"]["bridge_area_set"]) == 64
    assert all(delivery["is_intact"] for delivery in walk["deliveries"])
    assert walk["ledger"]["outcome"] == "published" and len(walk["code"]["code_sha256"]) == 64


def test_one_column_is_one_cell(trace) -> None:
    told = trace(*CELL, "--column", "upper")
    assert "1 cells computed again" in told.stdout or "1 cell" in told.stdout
    assert trace(*CELL, "--column", "nothing").returncode == 1


def test_the_page_stands_alone_in_both_languages(trace, tmp_path: Path) -> None:
    page = tmp_path / "walk.html"
    assert trace("deck_projects_70_pct", "--html", str(page)).returncode == 0
    text = page.read_text(encoding="utf-8")
    assert "Prüfweg" in text and "Walk:" in text and "@page { size: A4" in text
    assert not re.search(r"(?:src|href)=|https?://|url\(", text)
    only = tmp_path / "only.html"
    assert trace("deck_projects_70_pct", "--html", str(only), "--lang", "de").returncode == 0
    assert "Walk:" not in only.read_text(encoding="utf-8")
    assert trace("deck_projects_70_pct", "--html", str(tmp_path / "no" / "walk.html")).returncode == 1


def public_row(published: Path, mart: str, where: str) -> dict[str, Any]:
    """The first row of a public table that is so."""
    path = VarFolder("nordwaerts", published).current / "public" / f"{mart}.parquet"
    return duckdb.sql(f"from '{path}' where {where} order by all limit 1").to_arrow_table().to_pylist()[0]


def keys_of(row: dict[str, Any], *columns: str) -> list[str]:
    return [f"{name}={row[name]}" for name in columns]


# what stands in internal rows, deliveries and their walks, and in no public one
INSIDE = (
    "numerator",
    "denominator",
    "kleinraeumig",
    "ehrenamt_",
    "teilprojekte_register",
    "delivery_id",
    "row_address",
)


def test_a_public_walk_shows_nothing_that_is_not_public(trace) -> None:
    told = trace("dim_project", "NW-002", "--public")
    assert told.returncode == 0, told.stderr
    assert "Public edition." in told.stdout and "teilprojekte_register" not in told.stdout
    assert not re.search(r"^\d+\. (?:Near it|Checks)", told.stdout, re.M)
    refused = trace("fct_measure", "--public")
    assert refused.returncode == 1 and "not released to the public" in refused.stderr and not refused.stdout


def test_a_public_form_is_shown_rounded_and_with_nothing_behind_it(trace, published: Path) -> None:
    told, inside = trace(*CELL, "--public"), json.loads(trace(*CELL, "--json").stdout)[0]
    assert told.returncode == 0, told.stderr
    assert f"published           {round(inside['row']['value'], 2)} %" in told.stdout
    assert str(inside["row"]["value"]) not in told.stdout, "six decimals give the numerator"
    assert re.findall(r"^\d+\. (.*)$", told.stdout, re.M) == ["Published", "Origin"]
    assert [word for word in INSIDE if word in told.stdout] == []
    [walk] = json.loads(trace(*CELL, "--public", "--json").stdout)
    assert not {"numerator", "denominator", "delivery_id", "row_address"} & walk["row"].keys()
    assert walk["code"]["table_sha256"] != inside["code"]["table_sha256"], "its file is that of the public edition"
    assert walk["behind"] == {} and walk["deliveries"] == [] and walk["delivered_lines"] == []
    assert {cell["outcome"] for cell in walk["cells"]} == {"key", "unproven"}


@pytest.mark.parametrize(
    ("mart", "reason", "key", "level"),
    [
        ("fct_indicator_value", "protected", ("indicator_id", "area_id", "territory", "period"), "stadtbezirk"),
        ("fct_volunteering", "protected", ("area_id", "period", "counting_unit", "scope", "method", "unit"), "city"),
        ("fct_participation_event", "protected", ("source_id", "event_id"), "none"),
    ],
)
def test_a_hidden_figure_says_why_where_it_is_shown_and_who_may_see_it(
    trace, published: Path, mart: str, reason: str, key: tuple[str, ...], level: str
) -> None:
    row = public_row(published, mart, f"hidden_reason = '{reason}'")
    told = trace(mart, *keys_of(row, *key), "--public")
    assert told.returncode == 0, told.stderr
    facts = dict(re.findall(r"^ {3}(\S.*?) {2,}(\S.*)$", told.stdout, re.M))
    assert facts["not published, because"] == label("hidden_reason", reason)[1]
    assert facts["shown at the coarser level"] == level
    assert facts["who may see it"] == "whoever may read the internal edition in the office"
    assert "published" not in facts
    assert [word for word in INSIDE if word in told.stdout] == []


def test_a_public_claim_is_told_with_its_verdict(trace) -> None:
    told = trace("deck_projects_70_pct", "--public")
    assert told.returncode == 0, told.stderr
    assert "about 70 % of the 237" in told.stdout and "teilprojekte_register" not in told.stdout


def test_a_public_stock_is_computed_again_from_public_rows(trace) -> None:
    told = trace("fct_project_stock", "stock", "all", "valid_from=2021-02-11", "--public", "--json")
    if told.returncode == 1:  # no day of change in this sample
        assert "valid_from" in told.stderr
    else:
        [walk] = json.loads(told.stdout)
        assert walk["is_whole"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fct_indicator_valu", "x"), "Similar are: fct_indicator_value"),
        (("deck_projects_71_pct",), "deck_projects_70_pct"),
        (("fct_indicator_value", "care_coverage_under_4_pct"), "care_coverage_under_3_pct"),
        (("fct_indicator_value", "care_coverage_under_3_pct", "variant_id=core", "role=rest"), "Missing: period"),
        (("fct_indicator_value", "care_coverage_under_3_pct", "year=2024"), "has no column 'year'"),
        (("dim_project", "NW-002", "NW-003"), "too much"),
        (("dim_project", "NW-9999"), "there is no 'NW-9999'"),
    ],
)
def test_what_is_not_there_is_told_with_what_is_nearest(trace, arguments: tuple[str, ...], said: str) -> None:
    refused = trace(*arguments)
    assert refused.returncode == 1 and said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_walk_imports_nothing_heavy_and_answers_at_once(trace) -> None:
    begun = time.perf_counter()
    seen = json.loads(trace(*CELL, python=("-c", SPY)).stdout.splitlines()[-1])
    assert seen["code"] == 0
    assert not {"dagster", "dbt", "great_expectations", "pandas", "pydantic", "pyarrow"} & set(seen["modules"])
    assert time.perf_counter() - begun < 3, "one cell answers within a second, three on a busy machine"
