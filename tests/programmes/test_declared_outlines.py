"""outlines.geojson: what is taken as it is, what is refused with file, line and remedy, and that it may be missing."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from programmes.loading import load_programme
from programmes.model import DeclarationError
from refresh.programme_tables import declared_rows

TINY_CITY = Path(__file__).parents[1] / "recipes" / "tiny_city"
SQUARE = [[0, 0], [1.5, 0], [1.5, 2], [0, 0]]
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}


def feature(area_id: str = "viertel-01", kind: str = "Polygon", coordinates: Any = None) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": [SQUARE] if coordinates is None else coordinates}
    return {"type": "Feature", "properties": {"area_id": area_id}, "geometry": geometry}


def loaded(tmp_path: Path, *features: Any, crs: Any = CRS) -> Any:
    """The tiny city with these outlines, a feature a line from line 2 on."""
    folder = Path(shutil.copytree(TINY_CITY, tmp_path / "city"))
    lines = ",\n".join(json.dumps(each) for each in features)
    head = "" if crs is None else f', "crs": {json.dumps(crs)}'
    text = f'{{"type": "FeatureCollection"{head}, "features": [\n{lines}\n]}}'
    (folder / "outlines.geojson").write_text(text, encoding="utf-8")
    return load_programme(folder)


def test_a_city_without_the_file_has_no_outlines() -> None:
    programme = load_programme(TINY_CITY)
    assert programme.outlines == () and declared_rows(programme)["programme__outline"] == []


def test_outlines_land_as_text_with_their_line(tmp_path: Path) -> None:
    programme = loaded(
        tmp_path,
        feature(),
        feature("viertel-02", "MultiPolygon", [[SQUARE, SQUARE], [[[*point, 7] for point in SQUARE]]]),
    )
    ring = "(0 0, 1.5 0, 1.5 2, 0 0)"
    assert [
        {key: row[key] for key in ("area_id", "crs", "outline", "is_made_up", "_file", "_row")}
        for row in declared_rows(programme)["programme__outline"]
    ] == [
        {"area_id": "viertel-01", "crs": "EPSG:25832", "outline": f"POLYGON ({ring})", "is_made_up": False,
         "_file": "outlines.geojson", "_row": "line 2"},
        {"area_id": "viertel-02", "crs": "EPSG:25832", "outline": f"MULTIPOLYGON (({ring}, {ring}), ({ring}))",
         "is_made_up": False, "_file": "outlines.geojson", "_row": "line 3"},
    ]  # fmt: skip
    assert "outlines.geojson" in {path.name for path in programme.declaration_files()}


def test_a_polygon_that_crosses_itself_is_no_error_of_the_declaration(tmp_path: Path) -> None:
    assert loaded(tmp_path, feature(coordinates=[[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]])).outlines


@pytest.mark.parametrize(
    ("crs", "system"),
    [
        (None, "EPSG:4326"),
        ({"type": "name", "properties": {"name": "EPSG:25833"}}, "EPSG:25833"),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, "EPSG:4326"),
    ],
)
def test_the_system_of_the_coordinates_is_that_of_the_file(tmp_path: Path, crs: Any, system: str) -> None:
    assert loaded(tmp_path, feature(), crs=crs).outlines[0].crs == system


OPEN = [[[0, 0], [1, 0], [1, 1], [0, 1]]]


@pytest.mark.parametrize(
    ("mistaken", "said"),
    [
        (feature("viertel-99"), "line 3: area_id 'viertel-99' is not declared in areas.csv"),
        (
            feature("city-1"),
            "line 3: 'city-1' is of level 'city', the first area of 'viertel'; declare outlines of one",
        ),
        (feature(), "line 3: area_id 'viertel-01' is declared twice, first in line 2"),
        (feature("viertel-02", "LineString"), "line 3: 'viertel-02' must be a Polygon or MultiPolygon. Correct this"),
        (feature("viertel-02", coordinates=OPEN), "line 3: 'viertel-02': every ring needs at least four points"),
        (feature("viertel-02", coordinates=[]), "line 3: 'viertel-02': every ring"),
        (feature("viertel-02", coordinates=[SQUARE[1:]]), "line 3: 'viertel-02': every ring"),
        (feature("viertel-02", coordinates=[[[0, "1"], *SQUARE[1:3], [0, "1"]]]), "line 3: 'viertel-02': every ring"),
        (feature("viertel-02", coordinates=[[[float("nan"), 1], *SQUARE]]), "line 3: 'viertel-02': every ring"),
        ({"type": "Feature", "properties": {}, "geometry": None}, "line 3: properties without area_id"),
        (3, "line 3: properties without area_id"),
        (feature("viertel-02") | {"properties": {"area_id": "viertel-02", "is_made_up": "so"}}, "line 3, is_made_up"),
    ],
)
def test_a_mistake_is_named_with_file_and_line_in_both_languages(tmp_path: Path, mistaken: Any, said: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        loaded(tmp_path, feature(), mistaken)
    assert f"outlines.geojson, {said}" in str(refused.value)
    if "declared twice" not in said:
        assert refused.value.german.startswith("outlines.geojson, Zeile 3")


def test_another_system_is_refused_with_the_way_to_convert(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"outlines\.geojson, line 1: crs must name one of .*ogr2ogr -t_srs"):
        loaded(tmp_path, feature(), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"type": "FeatureCollection",\n"features": [', "line 2: not readable as JSON"),
        (b'{"type": "Feature"}', "line 1: a FeatureCollection with features is demanded"),
        (b'{"features": []}', "line 1: a FeatureCollection"),
        ("{„}".encode("cp1252"), "is not written in UTF-8. Save the file in UTF-8."),
    ],
)
def test_a_file_that_is_no_collection_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    folder = Path(shutil.copytree(TINY_CITY, tmp_path / "city"))
    (folder / "outlines.geojson").write_bytes(content)
    with pytest.raises(DeclarationError, match=said):
        load_programme(folder)
