"""The committed files themselves: reproducible, small, receipted, marked, and dirty exactly as listed."""

import csv
import datetime as dt
import io
import re
import shutil
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from samples import official as official_files
from samples.__main__ import generators, make_deliveries, write
from samples.city import city_of
from samples.packing import Delivery

Row = dict[str, Any]
PROGRAMME = Path(__file__).parents[2] / "programmes" / "nordwaerts"
AS_OF = dt.date(2026, 3, 2)
CANARY = re.compile(rb"KANARIENVOGEL|@kanari\.example")
ASSUMPTIONS = PROGRAMME.parents[1] / "samples" / "ASSUMPTIONS.md"


def _files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _sources() -> dict[str, Row]:
    return {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (PROGRAMME / "sources").glob("*.yml")}


@pytest.mark.slow
def test_regeneration_gives_the_committed_bytes(sample: Path, tmp_path: Path) -> None:
    shutil.copytree(sample, tmp_path, dirs_exist_ok=True)
    for source_id in generators():
        shutil.rmtree(tmp_path / source_id)
    write(tmp_path, 1)
    made, committed = _files(tmp_path), _files(sample)
    assert made.keys() == committed.keys()
    assert [name for name in made if made[name] != committed[name]] == [], "run python -m samples and commit"


@pytest.mark.slow
def test_a_delivery_made_by_hand_stays_with_its_receipt(tmp_path: Path) -> None:
    (tmp_path / "kita").mkdir()
    (tmp_path / "kita" / "synthetisch.csv").write_text("name;plaetze\n", encoding="utf-8")
    own = "kita;synthetisch.csv;2026-02-01T08:00:00Z;Stand 2026"
    receipts = f"source_id;file_name;received_at;publisher_version\nehrenamt;alt.csv;2020-01-01T08:00:00Z;x\n{own}\n"
    (tmp_path / "receipts.csv").write_text(receipts, encoding="utf-8")
    write(tmp_path, 1)
    written = (tmp_path / "receipts.csv").read_text(encoding="utf-8").splitlines()
    assert own in written
    assert not any("alt.csv" in line for line in written)
    assert written[1:] == sorted(written[1:])
    assert (tmp_path / "kita" / "synthetisch.csv").read_text(encoding="utf-8") == "name;plaetze\n"


def test_every_generator_is_of_a_declared_source() -> None:
    assert generators()
    assert generators().keys() <= _sources().keys()


def test_the_sample_is_below_8_mb(sample: Path) -> None:
    assert sum(map(len, _files(sample).values())) < 8_000_000


def test_every_file_has_one_receipt_and_arrived_in_time(sample: Path) -> None:
    with (sample / "receipts.csv").open(encoding="utf-8", newline="") as handle:
        receipts = list(csv.DictReader(handle, delimiter=";"))
    names = Counter(f"{row['source_id']}/{row['file_name']}" for row in receipts)
    assert names == Counter(name for name in _files(sample) if "/" in name)
    newest: dict[str, dt.date] = {}
    for row in receipts:
        received = dt.datetime.strptime(row["received_at"], "%Y-%m-%dT%H:%M:%SZ").date()
        assert received < AS_OF
        assert row["publisher_version"]
        newest[row["source_id"]] = max(received, newest.get(row["source_id"], received))
    for source_id, source in _sources().items():
        assert (AS_OF - newest[source_id]).days <= source["max_age_days"], source_id


def test_every_file_name_fits_the_declared_pattern(sample: Path) -> None:
    for source_id, source in _sources().items():
        names = {path.name for path in (sample / source_id).iterdir()}
        assert names == {path.name for path in (sample / source_id).glob(source["connector"]["files"])}


def test_every_file_says_that_it_is_synthetic(sample: Path) -> None:
    silent = [name for name, content in _files(sample).items() if b"synthetisch" not in content.lower()]
    assert silent == ["receipts.csv"]


def _declared_columns(source: Row) -> set[str]:
    return {
        entry["from"] for table in source["tables"].values() for entry in (*table["columns"], *table.get("items", ()))
    }


def test_canaries_sit_only_in_columns_nobody_declared(
    sample: Path, platform: dict[str, list[Row]], register: dict[str, list[Row]], volunteers: dict[int, list[Row]]
) -> None:
    sources = _sources()
    found: dict[str, set[str]] = {}
    deliveries = {
        "beteiligungsplattform": [row for rows in platform.values() for row in rows],
        "projektregister": [row for rows in register.values() for row in rows],
        "ehrenamt": [row for rows in volunteers.values() for row in rows],
        "buergerbefragung": [
            row
            for path in (sample / "buergerbefragung").iterdir()
            for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";")
        ],
    }
    for source_id, rows in deliveries.items():
        found[source_id] = {column for row in rows for column, cell in row.items() if CANARY.search(str(cell).encode())}
        assert found[source_id].isdisjoint(_declared_columns(sources[source_id]))
    assert {"author/name", "likes/user_endorsements", "name", "about"} <= found["beteiligungsplattform"]
    assert found["projektregister"] == {"Ansprechperson", "Vertretung"}
    assert found["ehrenamt"] == {"kontakt_mail"}
    assert found["buergerbefragung"] == {"freitext"}
    for source_id in ("statistikportal", "arbeitsagentur", "regionalstatistik"):
        assert not any(CANARY.search(path.read_bytes()) for path in (sample / source_id).iterdir())


def test_planted_bad_rows_are_exactly_those_listed(
    platform: dict[str, list[Row]], volunteers: dict[int, list[Row]], places: dict[str, tuple[str, str, bool]]
) -> None:
    assumptions = ASSUMPTIONS.read_text("utf-8")
    districts = {place[0] for place in places.values()}
    bad = []
    for year, rows in volunteers.items():
        seen = set()
        for row in rows:
            counts = (row["engagierte_aktiv"], row["davon_neu"], row["angebote_offen"])
            if not all(cell.isdigit() for cell in counts) or row["stadtbezirk_nr"] not in districts:
                bad.append((f"ehrenamt_{year}.csv", row["traeger_id"]))
            if tuple(row.values()) in seen:
                bad.append((f"ehrenamt_{year}.csv", row["traeger_id"]))
            seen.add(tuple(row.values()))
        organisations = Counter(row["traeger_id"] for row in rows)
        assert sum(count > 1 for count in organisations.values()) == (1 if year == 2023 else 0)
    for row in platform["meetings"]:
        try:
            dt.datetime.strptime(row["start_time"], "%Y-%m-%d %H:%M:%S UTC")
        except ValueError:
            bad.append(("meetings", row["id"]))
    assert len(bad) == 5
    for name, row_id in bad:
        assert name in assumptions
        assert row_id in assumptions


def test_district_names_are_typed_in_several_ways_but_all_resolvable(register: dict[str, list[Row]]) -> None:
    names = [name for row in register["Teilprojekte"] for name in (row["Stadtbezirke"] or "").split(",") if name]
    official = {
        "Innenstadt-West", "Innenstadt-Nord", "Eving", "Scharnhorst", "Lütgendortmund", "Huckarde", "Mengede",
    }  # fmt: skip
    resolved = {
        unicodedata.normalize("NFC", name).replace("\u00a0", " ").strip().casefold().replace(" ", "-") for name in names
    }
    assert resolved == {name.casefold() for name in official}
    assert {"Innenstadt Nord", "INNENSTADT-NORD"} <= {name.strip() for name in names}
    assert any("\u00a0" in name for name in names)
    assert any(name != unicodedata.normalize("NFC", name) for name in names)


def test_workbooks_carry_titles_merged_headers_and_both_kinds_of_dates(sample: Path) -> None:
    register = openpyxl.load_workbook(sample / "projektregister" / "teilprojekte_register.xlsx")
    labour = openpyxl.load_workbook(sample / "arbeitsagentur" / "akg_dortmund_2011-2024.xlsx")
    assert register.sheetnames == ["Teilprojekte", "Statusverlauf", "Bewertung", "Verzeichnis"]
    for sheet in (register["Teilprojekte"], register["Bewertung"], register["Verzeichnis"], labour["Daten"]):
        merged = {str(cells) for cells in sheet.merged_cells.ranges}
        assert "A5:A6" in merged
        assert any(cells[0] != cells[3:4] for cells in merged)
        assert not any(sheet.cell(4, column).value for column in range(1, 14))
    dates = [labour["Daten"].cell(row, 1).value for row in range(7, 2387)]
    assert {type(cell) for cell in dates} == {str, dt.datetime}


def test_small_counts_are_starred_in_parts_only(labour: list[Row]) -> None:
    parts = ("Arbeitslose | unter 25 Jahre", "Arbeitslose | langzeitarbeitslos")
    totals = (
        "Arbeitslose | insgesamt",
        "Leistungsberechtigte SGB II | insgesamt",
        "Leistungsberechtigte SGB II | unter 15 Jahre",
    )
    assert sum(row[part] == "*" for row in labour for part in parts) > 20
    for row in labour:
        assert all(row[part] not in (1, 2) for part in parts)
        assert all(isinstance(row[total], int) and row[total] >= 3 for total in totals)
        assert (row[parts[0]] is None) == (row["jahr"] < 2015)


def test_newest_key_date_of_13111_is_not_loaded_for_kreise(official: dict[str, list[Row]]) -> None:
    newest = [row for row in official["13111-01-03-4"] if row["time"] == "2025-06-30"]
    for row in newest:
        assert (row["value"] == "-") == (row["1_variable_code"] == "KREISE")
        assert (row["value_q"] == "") == (row["value"] == "-")
    assert {row["1_variable_attribute_code"] for row in newest} > {"DG", "05", "05913", "05911"}


def test_encodings_of_the_csv_files(sample: Path) -> None:
    for path in (sample / "buergerbefragung").iterdir():
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    for path in (sample / "ehrenamt").iterdir():
        with pytest.raises(UnicodeDecodeError):
            path.read_bytes().decode("utf-8")
    for path in (sample / "regionalstatistik").iterdir():
        with zipfile.ZipFile(path) as archive:
            member = path.name.replace(".zip", ".csv")
            assert archive.read(member).startswith(b"\xef\xbb\xbf")
    with zipfile.ZipFile(sample / "beteiligungsplattform" / "nordwaerts-open-data.zip") as archive:
        assert {"README.md", "LICENSE.md"} <= set(archive.namelist())
        assert archive.read("nordwaerts.example-open-data-debates.csv") == b"\n"
        proposals = archive.read("nordwaerts.example-open-data-proposals.csv").decode("utf-8")
    assert re.search(r";'[-+=] ", proposals), "formula guard"
    assert re.search(r'"<p>[^"]*\n[^"]*"', proposals), "HTML over several lines"


@pytest.mark.slow
def test_scale_multiplies_areas_and_cases(tmp_path: Path) -> None:
    write(tmp_path, 2)
    files = _files(tmp_path)
    areas = files["areas.csv"].decode().splitlines()
    committed = (PROGRAMME / "areas.csv").read_text("utf-8").splitlines()
    assert len(areas) - 2 == 2 * (len(committed) - 2)
    assert len({line.split(";", 2)[1] + line.split(";", 1)[0] for line in areas}) == len(areas)
    lines = files["statistikportal/kleinraeumig_2011-2024.jsonl"].decode().splitlines()
    assert len(lines) == 2 * 14 * 170
    assert sum('"unterbezirk_nr":"1-' in line for line in lines) == 14 * 170


def test_scale_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        make_deliveries(0)


def test_another_seed_is_another_city_with_the_published_figures() -> None:
    committed, other = (official_files.deliveries(city_of(1, seed)) for seed in (0, 4))
    assert [each.file_name for each in committed] == [each.file_name for each in other]
    for code, year, value in (("12411", "2018", "587010"), ("13211", "2018", "10,3")):
        for files in (committed, other):
            assert value in _of_the_city(files, code, year)
    assert all(first.content != second.content for first, second in zip(committed, other, strict=True))
    assert other == official_files.deliveries(city_of(1, 4))
    people, others = city_of(1).people[0].total, city_of(1, 4).people[0].total
    assert (people.sum(axis=0) == others.sum(axis=0)).all()
    assert (people != others).any()


def _of_the_city(files: list[Delivery], code: str, year: str) -> list[str]:
    """Values of Dortmund in a year of an official table."""
    file = next(each for each in files if each.file_name.startswith(code))
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        text = archive.read(next(name for name in archive.namelist() if name.endswith(".csv"))).decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    return [r["value"] for r in rows if r["1_variable_attribute_code"] == "05913" and r["time"].startswith(year)]
