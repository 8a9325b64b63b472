"""Acceptance 2: real files by other hands reach a release through declarations alone, without new SQL.

Expected values are read from the files by the standard library (`read_csv`, `read_features`), never by
the pipeline's own readers; the few literal figures are published facts. What single sources must keep
of their figures is tested in test_reference_figures.py.
"""

import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from reference_programme import DELIVERED, PUBLISHED, Released, read_csv, read_features

from release import ledger, reading

pytestmark = pytest.mark.reference
ROOT = Path(__file__).parents[2]


def test_the_command_publishes_a_release_of_real_deliveries(released: Released) -> None:
    assert released.exit_code == 0, released.output
    assert "SYNTHETIC" not in released.output
    release = reading.current(released.var)
    assert release is not None
    assert not release.manifest.is_synthetic
    assert [entry.outcome for entry in ledger.read(released.var)] == ["published"]


def test_no_mart_says_synthetic(released: Released) -> None:
    marts = {path.stem: path for path in (released.var.current / "internal").glob("*.parquet")}
    carrying = {name for name, path in marts.items() if "is_synthetic" in pq.read_schema(path).names}
    assert {"fct_measure", "fct_indicator_value", "fct_development_gap", "dim_area", "fct_delivery"} <= carrying
    for name in carrying:
        flags = pq.read_table(marts[name], columns=["is_synthetic"])["is_synthetic"].to_pylist()
        assert not any(flags), name
        assert None not in flags, name


def test_no_sql_was_written_for_these_files(released: Released) -> None:
    manifest = json.loads((released.var.build / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    run = {node["original_file_path"] for node in manifest["nodes"].values() if node["package_name"] == "nordwaerts"}
    models = {path for path in run if path.endswith(".sql")}
    project = {path.relative_to(ROOT / "dbt_project").as_posix() for path in (ROOT / "dbt_project").rglob("*.sql")}
    assert models
    assert models <= project
    assert not [path for path in released.programme.rglob("*") if path.suffix in (".sql", ".py")]
    named = " ".join((ROOT / "dbt_project" / path).read_text(encoding="utf-8") for path in models)
    assert not [source for source in ("statistikatlas", "berlin_mss", "melderegister", "05913") if source in named]


def test_every_delivered_figure_is_a_row_and_nothing_else_is(released: Released) -> None:
    reference = released.reference
    atlas = {
        year: sum(
            name.endswith(("_pct", "_abs", "_years"))
            for properties in read_features(reference / f"dortmund/do_data{year}.geojson")
            for name in properties
        )
        for year in (2018, 2024)
    }
    census = [
        row
        for row in read_csv(reference / "official/zensus2022_1000A-2022_de_ffcsv.csv")
        if (row["2_variable_attribute_code"], row["3_variable_attribute_code"]) == ("", "")
        and (row["2_variable_code"], row["3_variable_code"]) == ("ALTGR2", "WDGAT2")
    ]
    expected = {
        "statistikatlas__unterbezirke_2018": atlas[2018],
        "statistikatlas__unterbezirke_2024": atlas[2024],
        "raumbezug__unterbezirke": 2 * len(read_csv(reference / "dortmund/raumbezug.csv")),
        "regionalstatistik__bevoelkerung": len(read_csv(reference / "official/12411-01-01-4_de_ffcsv.csv")),
        "regionalstatistik__beschaeftigte": len(read_csv(reference / "official/13111-01-03-4_de_ffcsv.csv")),
        "regionalstatistik__lebensformen": len(read_csv(reference / "official/12211-Z-11_de_ffcsv.csv")),
        "zensus__laender": len(census),
        "zensus__dortmund": 1,
        "melderegister__bevoelkerung": 1,
        "berlin_mss__ausgabe_2019": 7 * len(read_csv(reference / "berlin_mss/mss_2019_2-1.csv", ",")),
        "berlin_mss__ausgabe_2021": 7 * len(read_csv(reference / "berlin_mss/mss_2021_2-1.csv", ",")),
        "abgeleitete_nenner__unterbezirke": 2 * 5 * len(read_csv(reference / "dortmund/raumbezug.csv")),
        "berlin_z_werte__bevoelkerung_2021": len(read_csv(reference / "berlin_mss/mss2021_z.csv")),
    }
    assert dict(released.rows("select table_name, count(*) from fct_measure group by 1")) == expected
    assert atlas == {2018: 170 * 22, 2024: 170 * 20}
    assert released.rows("select count(*) from fct_rejected_row") == [(0,)]


def test_areas_of_all_files_stand_beside_each_other(released: Released) -> None:
    levels = dict(released.rows("select area_level, count(*) from dim_area group by 1"))
    assert levels == {
        "region": 550,
        "stadtbezirk": 12,
        "statistischer_bezirk": 62,
        "publikationseinheit": 145,
        "unterbezirk": 170,
        "planungsraum_2019": 447,
        "planungsraum_2021": 542,
    }
    cities = Counter(released.rows("select area_level, city_id from dim_area where area_level <> 'region'"))
    assert cities == {
        ("stadtbezirk", "region-05913"): 12,
        ("statistischer_bezirk", "region-05913"): 62,
        ("publikationseinheit", "region-05913"): 145,
        ("unterbezirk", "region-05913"): 170,
        ("planungsraum_2019", "region-11000"): 447,
        ("planungsraum_2021", "region-11000"): 542,
    }


def test_every_delivery_is_on_record_with_source_and_licence(released: Released) -> None:
    delivered = released.rows(
        "select source_id, file_name, licence from fct_delivery where source_id <> 'programme' and verdict = 'in_force'"
    )
    expected = {(source, Path(file).name) for source, files in DELIVERED.items() for file in files}
    expected |= {(source, name) for name, (source, _) in PUBLISHED.items()}
    expected |= {("abgeleitete_nenner", "nenner.csv")}
    assert {(source, name) for source, name, _ in delivered} == expected
    assert all(licence for _, _, licence in delivered)
