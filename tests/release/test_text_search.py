"""A text is found in whatever form a file holds it; a file nobody can open is said, not taken for clean."""

import gzip
import io
import json
import unicodedata
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from release.text_search import NotSearched, occurrences, plain

NAME = "Jörg Müßig-Ahornblatt"
WANTED = plain(NAME)


def zipped(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return target.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.create_sheet("Zweites")["C7"] = f"Ansprechperson {NAME} (privat)"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


LINE = f"nr;name\n1;{NAME}\n"
FORMS = {
    "utf-8": LINE.encode(),
    "utf-8 with a mark": LINE.encode("utf-8-sig"),
    "windows-1252": LINE.encode("cp1252"),
    "utf-16 without a mark": LINE.encode("utf-16-le"),
    "utf-16 of the other order": LINE.encode("utf-16-be"),
    "decomposed": unicodedata.normalize("NFD", LINE).encode(),
    "upper case": LINE.upper().encode(),
    "other blanks": LINE.replace(" ", "\N{NO-BREAK SPACE} ").encode(),
    "json with escapes": json.dumps({"name": NAME}).encode(),
    "markup with entities": b"<p>J&ouml;rg M&#252;&szlig;ig-Ahornblatt</p>",
    "markup within the name": "<r><t>Jörg </t></r><r><t>Müßig-Ahornblatt</t></r>".encode(),
    "workbook": workbook(),
    "zip": zipped("a.csv", LINE.encode("cp1252")),
    "zip in a zip": zipped("b.zip", zipped("a.csv", LINE.encode())),
    "name of a member": zipped(f"{NAME}.csv", b"1"),
    "gzip": gzip.compress(LINE.encode()),
    "beyond the first piece": b"0" * ((1 << 22) - 9) + LINE.encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_name_is_found_in_every_form(form: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(FORMS[form])
    assert occurrences(WANTED, path) >= 1
    assert occurrences(plain("Jörg Musterfrau"), path) == 0


@pytest.mark.parametrize(
    "column",
    [
        pa.array([None, NAME]),
        pa.array([NAME, "x"]).dictionary_encode(),
        pa.array([[f"von {NAME}"]]),
        pa.array([{"name": NAME}]),
    ],
)
def test_a_name_is_found_in_a_table(column: pa.Array, tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": pa.array(range(len(column))), "text": column}), tmp_path / "t.parquet")
    assert occurrences(WANTED, tmp_path / "t.parquet") == 1
    with duckdb.connect(str(tmp_path / "t.duckdb")) as connection:
        connection.execute(f"create table t as from '{tmp_path / 't.parquet'}'")
    assert occurrences(WANTED, tmp_path / "t.duckdb") == 1


def test_a_name_is_found_that_is_all_there_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes("Émile André".encode("cp1252"))
    assert occurrences(plain("Émile André"), tmp_path / "file") == 1


def test_first_and_last_name_of_two_rows_are_nobody(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["Jörg", "Müßig-Ahornblatt"]}), tmp_path / "t.parquet")
    assert occurrences(WANTED, tmp_path / "t.parquet") == 0


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 torn", b"\x1f\x8b torn", b"PAR1 torn", b"\0" * 8 + b"DUCK torn", zipped("a", b"1" * 99)[:-30]],
    ids=["zip", "gzip", "parquet", "duckdb", "zip cut off"],
)
def test_what_cannot_be_opened_is_said(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(NotSearched):
        occurrences(WANTED, tmp_path / "file")
