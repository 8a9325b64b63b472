"""The reference files as a programme folder and an inbox, made in a scratch folder for one test run.

Declarations are committed; areas and area sets come from the reference files themselves, because those
are never committed. Two deliveries are written here: population totals that exist only as published
figures, each naming its publication.
"""

import csv
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from release.layout import VarFolder

DECLARED = Path(__file__).parent / "programme"
PROGRAMME_ID = "referenzdateien"
DORTMUND, BERLIN = "05913", "11000"

# Published totals of one city that no machine delivery in the folder holds: file → (source, row).
PUBLISHED = {
    "melderegister_veroeffentlicht.csv": (
        "melderegister",
        {
            "ags": DORTMUND,
            "stichtag": "31.12.2024",
            "bevoelkerung": "614.495",
            "fundstelle": "Stadt Dortmund, Bevölkerung 2024",
        },
    ),
    "zensus2022_dortmund_veroeffentlicht.csv": (
        "zensus",
        {
            "ags": DORTMUND,
            "stichtag": "15.05.2022",
            "bevoelkerung": "598.246",
            "fundstelle": "Zensus 2022, Veröffentlichung der Statistischen Ämter",
        },
    ),
}

DELIVERED = {
    "statistikatlas": ["dortmund/do_data2018.geojson", "dortmund/do_data2024.geojson"],
    "raumbezug": ["dortmund/raumbezug.csv"],
    "regionalstatistik": [
        "official/12411-01-01-4_de_ffcsv.csv",
        "official/13111-01-03-4_de_ffcsv.csv",
        "official/12211-Z-11_de_ffcsv.csv",
    ],
    "zensus": ["official/zensus2022_1000A-2022_de_ffcsv.csv"],
    "berlin_mss": ["berlin_mss/mss_2019_2-1.csv", "berlin_mss/mss_2021_2-1.csv"],
    "berlin_z_werte": ["berlin_mss/mss2021_z.csv"],
}

DENOMINATORS = (
    *("unterbezirk", "jahr", "stichtag"),
    *("bevoelkerung", "von_18_bis_64", "unter_65", "unter_15", "ab_65"),
)

_AREA = ("area_level", "area_code", "area_name", "parent_id", "alternative_parent_id", "publication_unit_id", "area_ha")
_AREA_FIELDS = (*_AREA, "valid_from", "valid_to", "aliases")
_SET_FIELDS = ("variant_id", "role", "area_id", "weight", "weight_basis", "valid_from", "valid_to", "note")


@dataclass(frozen=True)
class Released:
    """What the command said, and the release it left behind."""

    reference: Path
    programme: Path
    var: VarFolder
    exit_code: int
    output: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query on the current release's database, as a reader would open it."""
        database = self.var.current / "monitoring.duckdb"
        assert database.is_file(), self.output
        with duckdb.connect(str(database), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def reference_folder() -> Path:
    """Where the reference files lie: NORDWAERTS_REFERENCE, else `shared/reference` beside the project."""
    named = os.environ.get("NORDWAERTS_REFERENCE")
    return Path(named) if named else Path(__file__).parents[3] / "shared" / "reference"


def read_csv(path: Path, delimiter: str = ";") -> list[dict[str, str]]:
    """Rows of a reference CSV by the standard library alone, independent of the pipeline's own readers."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=delimiter))


def read_features(path: Path) -> list[dict[str, Any]]:
    """Properties of a GeoJSON by the standard library alone."""
    return [feature["properties"] for feature in json.loads(path.read_text(encoding="utf-8"))["features"]]


def assemble(reference: Path, folder: Path) -> Path:
    """The programme folder: committed declarations with areas and area sets made from the files."""
    shutil.copytree(DECLARED, folder)
    _write(folder / "areas.csv", _AREA_FIELDS, _areas(reference))
    _write(folder / "area_sets.csv", _SET_FIELDS, _area_sets(reference))
    return folder


def deliver(reference: Path, inbox: Path) -> None:
    """Put the files into the inbox as an office would, and the published figures beside them."""
    place = inbox / PROGRAMME_ID
    for source, files in DELIVERED.items():
        (place / source).mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copyfile(reference / file, place / source / Path(file).name)
    for name, (source, row) in PUBLISHED.items():
        (place / source).mkdir(parents=True, exist_ok=True)
        _write(place / source / name, tuple(row), iter([row]))
    (place / "abgeleitete_nenner").mkdir()
    _write(place / "abgeleitete_nenner" / "nenner.csv", DENOMINATORS, derived_denominators(reference))


def derived_denominators(reference: Path) -> Iterator[dict[str, str]]:
    """The recipe of the recomputation: area × built-up share of 2024 × density of the year × age shares of the year."""
    areas = {row["unterbezirk_code"]: row for row in read_csv(reference / "dortmund/raumbezug.csv")}
    files = {year: read_features(reference / f"dortmund/do_data{year}.geojson") for year in (2018, 2024)}
    built_up = {row["unbeznr"]: row["building_density_pct"] / 100 for row in files[2024]}
    for year, features in files.items():
        for row in features:
            code = row["unbeznr"]
            people = float(areas[code]["area_ha_calc"]) * built_up[code] * row["population_density_ha_abs"]
            minors, old = row["share_0_6_pct"] + row["share_6_18_pct"], row["share_65_80_pct"] + row["share_80plus_pct"]
            shares = (100, 100 - minors - old, 100 - old, row["share_0_6_pct"] + 0.75 * row["share_6_18_pct"], old)
            named = dict(zip(DENOMINATORS[3:], (f"{people * share / 100:.6f}" for share in shares), strict=True))
            yield {"unterbezirk": code, "jahr": str(year), "stichtag": f"{year}-12-31"} | named


def _areas(reference: Path) -> Iterator[dict[str, str]]:
    regions = {
        row["1_variable_attribute_code"]: row["1_variable_attribute_label"]
        for file in DELIVERED["regionalstatistik"]
        for row in read_csv(reference / file)
    }
    for code in sorted(regions):
        yield _area("region", code, regions[code])
    yield from _dortmund(read_csv(reference / "dortmund/raumbezug.csv"))
    for row in read_csv(reference / "berlin_mss/mss_2019_2-1.csv", ","):
        yield _area("planungsraum_2019", row["id"], row["name"], f"region-{BERLIN}", valid_to="2020-12-31")
    # the table of z-values names all 542 areas; six of them have no figures
    for row in read_csv(reference / "berlin_mss/mss2021_z.csv"):
        yield _area("planungsraum_2021", row["PLR-ID"], row["PLR-Name"], f"region-{BERLIN}", valid_from="2021-01-01")


def _dortmund(rows: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    above = {}
    for row in rows:
        district, statistical = f"stadtbezirk-{row['stadtbezirk_code']}", row["stat_bezirk_code"]
        unit = (row["merged_unit_2024"] or row["unterbezirk_code"]).replace("+", "_")
        above[district] = _area("stadtbezirk", row["stadtbezirk_code"], row["stadtbezirk_name"], f"region-{DORTMUND}")
        above[f"s{statistical}"] = _area("statistischer_bezirk", statistical, row["stat_bezirk_name"], district)
        above[f"p{unit}"] = _area("publikationseinheit", unit, f"Einheit {unit}", district)
        yield _area(
            "unterbezirk", row["unterbezirk_code"], row["unterbezirk_name"], f"statistischer_bezirk-{statistical}"
        ) | {"publication_unit_id": f"publikationseinheit-{unit}"}
    yield from above.values()


def _area(
    level: str, code: str, name: str, parent_id: str = "", valid_from: str = "2011-01-01", valid_to: str = ""
) -> dict[str, str]:
    row = {"area_level": level, "area_code": code, "area_name": name, "valid_from": valid_from, "valid_to": valid_to}
    return row | {"parent_id": parent_id}


def _area_sets(reference: Path) -> Iterator[dict[str, str]]:
    for variant in ("core", "wide", "dorstfeld_only"):
        for row in read_csv(reference / "dortmund/raumbezug.csv"):
            if row[f"nordwaerts_{variant}"] == "1":
                member = {"variant_id": variant, "role": "programme", "weight": "1", "weight_basis": "whole area"}
                yield member | {"area_id": f"unterbezirk-{row['unterbezirk_code']}", "valid_from": "2015-01-01"}


def _write(path: Path, fields: tuple[str, ...], rows: Iterator[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, fields, restval="", delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
