"""What assets show in Dagster's catalogue: lineage that leads to assets, counts and hashes, and no value of any row."""

import datetime as dt
from pathlib import Path

import dagster as dg

from expectations.rules import CheckResult
from orchestration import catalogue
from refresh.catalogue import FILE, Catalogue, ColumnLineage
from release.manifest import Manifest, MartText, TableEntry
from release.reading import Release

BUILT = Catalogue(
    {"fct_count": 7},
    ColumnLineage(
        ("fct_count",),
        {"fct_count": {"ratio": ["stg_count.x", "stg_count.y"], "n": []}, "stg_count": {"x": ["landed.count.x"]}},
        {"stg_count": {"y": "ParseError"}},
    ),
)


def behind(key: dg.AssetKey) -> list[dg.AssetKey]:
    """A landed table that two sources deliver."""
    is_landed = key == dg.AssetKey("count")
    return [dg.AssetKey("north__count"), dg.AssetKey("south__count")] if is_landed else [key]


def test_a_mart_shows_its_rows_and_both_columns_a_column_is_made_of() -> None:
    shown = catalogue.built("fct_count", BUILT, behind)
    assert shown["dagster/row_count"] == 7
    deps = [dg.TableColumnDep("stg_count", "x"), dg.TableColumnDep("stg_count", "y")]
    assert shown["dagster/column_lineage"] == dg.TableColumnLineage({"ratio": deps, "n": []})
    assert "columns_of_unknown_lineage" not in shown


def test_a_landed_column_leads_to_every_table_that_delivers_it_and_an_unknown_one_is_named() -> None:
    shown = catalogue.built("stg_count", BUILT, behind)
    deps = [dg.TableColumnDep("north__count", "x"), dg.TableColumnDep("south__count", "x")]
    assert shown["dagster/column_lineage"] == dg.TableColumnLineage({"x": deps})
    assert shown["columns_of_unknown_lineage"] == ["y"]
    assert catalogue.built("seed", BUILT, behind) == {}


def test_a_checked_mart_shows_its_hash_and_how_many_checks_passed_and_no_value_they_saw() -> None:
    def check(name: str, is_passed: bool) -> CheckResult:
        return CheckResult(
            f"fct_count:{name}", "fct_count", "gate_2", name, None, "warn", is_passed, 0, "secret 47", "", "", "", "ab"
        )

    shown = catalogue.observed("fct_count", "ab", [check("one", True), check("two", True), check("three", False)])
    told = {name: value.value for name, value in shown.metadata.items()}
    assert told == {"sha256": "ab", "checks_passed": 2, "checks_failed": 1, "failed": ["fct_count:three"]}


def test_the_release_asset_names_release_folder_and_the_commands_that_trace_and_verify_it(tmp_path: Path) -> None:
    tables = {"fct_count": TableEntry("ab", 7, True, MartText())}
    contents = Manifest("2022-03-01-aaaaaaaa", "a" * 64, dt.date(2022, 3, 1), True, "c", (), tables, "d")
    shown = catalogue.published(Release(tmp_path, contents), "kleinstadt")
    assert (shown["release_id"], shown["folder"].value) == ("2022-03-01-aaaaaaaa", str(tmp_path))
    of = "--programme kleinstadt"
    assert shown["trace"] == f"nordwaerts trace MART KEY… --release 2022-03-01-aaaaaaaa {of} --html trace.html"
    assert shown["verify"] == f"nordwaerts verify 2022-03-01-aaaaaaaa {of}"
    assert "column_lineage" not in shown
    (tmp_path / FILE).touch()
    assert catalogue.published(Release(tmp_path, contents), "kleinstadt")["column_lineage"] == FILE
