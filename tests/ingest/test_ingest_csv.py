"""CSV as offices save it, and ZIPs of it: every row is a row, a finding or a footnote, never lost."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ingest import limits
from ingest.findings import DeliveryRefused
from ingest.formats import Records, TextTable
from ingest.formats.csv_cells import other_delimiter
from ingest.opened import OpenedDelivery
from programmes.sources import Format

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "interfaces" / "office_synthetic"


def read(text: str | bytes, name: str = "datei.csv", **declared: Any) -> TextTable:
    return OpenedDelivery(text.encode() if isinstance(text, str) else text, name).cells(Format(kind="csv", **declared))


def refusal(text: str | bytes, **declared: Any) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as refused:
        read(text, **declared)
    return refused.value


def zipped(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def test_cells_are_text_exactly_as_delivered() -> None:
    table = read("nr;wert;text\n05913;1.5;NA\n007; 01.02.2023 ;null\n")
    assert table.cells.to_dict("list") == {
        "nr": ["05913", "007"],
        "wert": ["1.5", " 01.02.2023 "],
        "text": ["NA", "null"],
    }
    assert list(table.addresses) == ["line 2", "line 3"]


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"'])
def test_a_separator_line_is_no_header(first: str) -> None:
    table = read(f"{first}\r\na;b\r\n1;2\r\n")
    assert list(table.cells.columns) == ["a", "b"]
    assert list(table.addresses) == ["line 3"]


def test_lines_are_counted_as_an_editor_shows_them() -> None:
    table = read('a;b\n1;"zwei\nZeilen"\n\n2;"drei\n\nZeilen"\n3;x\n')
    assert list(table.addresses) == ["line 2", "line 5", "line 8"]
    assert table.cells["b"][0] == "zwei\nZeilen"


def test_old_macintosh_line_ends_are_line_ends() -> None:
    table = read("a;b\r1;2\r3\r4;5;6\r")
    assert list(table.addresses) == ["line 2"]
    assert sorted(finding.row_address for finding in table.broken) == ["line 3", "line 4"]


def test_footers_and_blank_rows_are_no_rows() -> None:
    table = read("a;b;c\n1;2;3\n;;\n\n4;5;6\n\n1) vorläufig\nQuelle: Musteramt, eigene Berechnung")
    assert list(table.cells["a"]) == ["1", "4"]
    assert table.broken == ()


def test_rows_with_another_number_of_fields_are_findings_not_losses() -> None:
    table = read("a;b;c\n1;2;3\n1;2\n1;2;3;4\n7;8;9\n")
    assert list(table.cells["a"]) == ["1", "7"]
    assert [(f.row_address, f.rule_id, f.detail) for f in table.broken] == [
        ("line 3", "field_count", "3"),
        ("line 4", "field_count", "3"),
    ]


@pytest.mark.parametrize(("end", "line"), [("7;8", "line 3"), ("7", "line 3"), ("\n7", "line 4")])
def test_a_file_cut_off_in_its_last_line_is_refused(end: str, line: str) -> None:
    refused = refusal("a;b;c\n1;2;3\n" + end)
    assert (refused.rule_id, refused.line) == ("truncated", line)


def test_a_last_line_without_line_end_is_not_cut_off() -> None:
    assert len(read("a;b;c\n1;2;3\n7;8;9").cells) == 2


def test_a_quote_that_never_ends_is_refused_with_its_line() -> None:
    refused = refusal('a;b\n1;2\n3;"offen\n5;6\n')
    assert (refused.rule_id, refused.line) == ("truncated", "line 3")


def test_a_misplaced_quote_is_refused_with_its_line_but_not_called_cut_off() -> None:
    refused = refusal('a;b\n1;2\n"3"x;4\n5;6\n')
    assert (refused.rule_id, refused.line) == ("unreadable", "line 3")


def test_delimiters_are_declared_not_guessed() -> None:
    assert list(read("a,b\n1,2\n", delimiter=",").cells.columns) == ["a", "b"]
    assert list(read("a\tb\n1\t2\n".encode("utf-16"), delimiter="tab").cells["b"]) == ["2"]
    assert list(read("a,b\n1,2\n").cells.columns) == ["a,b"]


def test_a_declared_header_cell_is_found_below_title_lines() -> None:
    table = read("Auswertung 2024\n\nStand: heute\nnr;wert\n1;2\n", header_contains="nr")
    assert list(table.cells.columns) == ["nr", "wert"]
    assert list(table.addresses) == ["line 5"]
    assert refusal("Auswertung\nnummer;wert\n1;2\n", header_contains="nr").rule_id == "header_missing"


def test_header_names_are_composed_and_trimmed() -> None:
    assert list(read("\ufeff nr ;Gro\u0308ße\u00a0\n1;2\n").cells.columns) == ["nr", "Größe"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [("", "empty"), (" \n\r\n", "empty"), ("\ufeff", "empty"), ("a;b\n", "no_rows"), ("a;b\n;\n", "no_rows")],
)
def test_files_without_content_are_refused(text: str, rule: str) -> None:
    assert refusal(text).rule_id == rule


# -- ZIP


def test_matching_members_are_read_below_each_other_with_their_names() -> None:
    content = zipped({"b.csv": "nr;wert\n3;4\n", "a.csv": "wert;nr\n2;1\n", "README": "Lies mich"})
    table = read(content, "paket.zip", member="*.csv")
    assert table.cells[["nr", "wert"]].to_numpy().tolist() == [["1", "2"], ["3", "4"]]
    assert list(table.addresses) == ["a.csv line 2", "b.csv line 2"]


def test_broken_rows_of_members_carry_the_member() -> None:
    table = read(zipped({"a.csv": "a;b\n1;2\n1;2;3\n"}), member="*.csv")
    assert [finding.row_address for finding in table.broken] == ["a.csv line 3"]


def test_a_column_one_member_lacks_is_missing_as_a_whole() -> None:
    table = read(zipped({"a.csv": "nr;wert\n1;2\n", "b.csv": "nr\n3\n"}), member="*.csv")
    assert list(table.cells.columns) == ["nr"]


def test_shadow_files_of_macos_are_not_members() -> None:
    table = read(zipped({"a.csv": "a;b\n1;2\n", "__MACOSX/._a.csv": "\0\5Mac OS X"}), member="*a.csv")
    assert list(table.addresses) == ["a.csv line 2"]


def test_a_truncated_zip_is_refused() -> None:
    content = zipped({"a.csv": "a;b\n" + "1;2\n" * 500})
    for length in (len(content) // 2, len(content) - 5):
        assert refusal(content[:length], member="*.csv").rule_id == "truncated"


def test_a_damaged_member_is_refused() -> None:
    content = bytearray(zipped({"a.csv": "a;b\n" + "".join(f"{n};{n * n}\n" for n in range(500))}))
    content[60:90] = b"\0" * 30
    assert refusal(bytes(content), member="*.csv").rule_id == "truncated"


@pytest.mark.parametrize("answer", ['{"Status": {"Code": 104}}', "<html>Wartung</html>", "a;b\n1;2\n"])
def test_what_is_no_zip_is_refused(answer: str) -> None:
    refused = refusal(answer, member="*.csv")
    assert (refused.rule_id, refused.detail) == ("unreadable", "ZIP")


def test_a_zip_without_the_member_is_refused_by_name() -> None:
    refused = refusal(zipped({"other.csv": "a\n1\n"}), member="bevoelkerung*.csv")
    assert (refused.rule_id, refused.detail) == ("member_missing", "bevoelkerung*.csv")


def test_an_encrypted_member_is_refused() -> None:
    content = bytearray(zipped({"a.csv": "a;b\n1;2\n"}))
    content[6] |= 1  # flag bit 0 of the local header
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    assert refusal(bytes(content), member="*.csv").rule_id == "unreadable"


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference deliveries are not on this machine")
def test_synthetic_office_files_are_read() -> None:
    mixed = read((REFERENCE / "SYNTHETIC_cp1252_mixed_decimal.csv").read_bytes())
    assert list(mixed.cells["Stadtbezirk"]) == ["05913", "010", "Hörde"]
    assert list(mixed.cells["Quote"]) == ["1.5", "3,7", "-"]
    assert len(read((REFERENCE / "SYNTHETIC_sep_line_duplicate.csv").read_bytes()).cells) == 2
    footer = read((REFERENCE / "SYNTHETIC_utf8bom_footer_total.csv").read_bytes())
    assert list(footer.cells["Stadtbezirk"]) == ["Aplerbeck", "Summe"]


def test_a_row_with_another_delimiter_is_no_footnote() -> None:
    table = read("a;b;c\n1;2;3\n4,5,6\n7,8,9,5\nQuelle: Stadt, Amt, eigene Zählung\n")
    assert list(table.addresses) == ["line 2"]
    assert [(found.row_address, found.rule_id) for found in table.broken] == [
        ("line 3", "field_count"),
        ("line 4", "field_count"),
    ]


def test_a_record_of_one_cell_that_rows_follow_is_no_footnote() -> None:
    table = read("a;b\n1;2\nStand: vorläufig\n3;4\n\nAnmerkung\n")
    assert list(table.addresses) == ["line 2", "line 4"]
    assert [found.row_address for found in table.broken] == ["line 3"]


def test_one_empty_field_too_many_in_every_row_is_a_delimiter_at_the_end() -> None:
    table = read("a;b\n1;2;\n3;4;\n")
    assert table.cells.to_dict("list") == {"a": ["1", "3"], "b": ["2", "4"]}
    assert (list(table.addresses), table.broken) == (["line 2", "line 3"], ())


@pytest.mark.parametrize("text", ["a;b\n1;2;\n3;4\n", "a;b\n1;2;\n3;4\n5;6;7\n"])
def test_one_field_too_many_in_some_rows_breaks_them(text: str) -> None:
    assert "line 2" in [found.row_address for found in read(text).broken]


def test_a_long_text_in_a_column_nobody_declared_is_read() -> None:
    table = read("a;b\n1;" + "x" * 200_000 + "\n")
    assert (list(table.cells["a"]), table.broken) == (["1"], ())


@pytest.mark.parametrize(("mark", "named"), [(",", "; / ,"), ("\t", "; / Tab"), ("|", "; / |")])
def test_another_delimiter_than_agreed_is_named(mark: str, named: str) -> None:
    declared = Format(kind="csv")
    assert other_delimiter(list(read(f"nr{mark}wert\n1{mark}2\n").cells.columns), declared) == named
    assert other_delimiter(["nr", "wert"], declared) is None
    assert other_delimiter(["nr"], declared) is None


@pytest.mark.parametrize(
    ("text", "is_note"),
    [
        ("Quelle: Musteramt", True),
        ("* ein oder zwei Fälle", True),
        ("1) vorläufig", True),
        ("Werte über 1,5 sind geschätzt; siehe Bericht", True),
        ("Die Zahlen, auch ältere, sind vorläufig.", True),
        ("T-0520", False),
        ("4711", False),
        ("Nordmarkt", False),
        ("4|5|6", False),
        ("Hafen alte Mühle 4,5,6", False),
        ("Hafen alte Mühle\t4", False),
    ],
)
def test_only_what_reads_as_a_footnote_is_one(text: str, is_note: bool) -> None:
    table = read(f"a;b;c\n1;2;3\n{text.replace(';', ',')}\n" if ";" in text else f"a;b;c\n1;2;3\n{text}\n")
    assert (table.records.footnotes, len(table.broken)) == ((1, 0) if is_note else (0, 1))


def test_a_declared_pattern_is_the_rule_for_footnotes() -> None:
    text = "a;b\n1;2\nENDE-4711\nQuelle: Musteramt\n"
    table = read(text, footnote="^ENDE-")
    assert (table.records.footnotes, [found.row_address for found in table.broken]) == (1, ["line 4"])


def test_a_total_alone_on_its_line_is_said_to_be_one() -> None:
    assert [found.rule_id for found in read("a;b\n1;2\nSumme\n").broken] == ["total_row"]


def test_records_are_counted_as_they_are_met() -> None:
    table = read("sep=;\na;b;c\n1;2;3\n;;\n\n4;5\n6;7;8\nStand: heute\n")
    assert table.records == Records(found=6, header=2, footnotes=1)
    assert (len(table.cells), len(table.broken)) == (2, 1)


@pytest.mark.parametrize("limit", ["MOST_ROWS", "MOST_CELLS", "MOST_COLUMNS"])
def test_a_table_beyond_the_limits_is_refused_before_it_is_filled(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a;b;c\n" + "1;2;3\n" * 20
    assert len(read(text).cells) == 20
    monkeypatch.setattr(limits, limit, 2)
    assert refusal(text).rule_id == "table_too_large"


def test_a_field_longer_than_any_is_unreadable() -> None:
    too_long = "a;b\n1;" + "x" * (limits.LONGEST_FIELD + 1) + "\n"
    csv.field_size_limit(2 * limits.LONGEST_FIELD)  # as any library of the same process may set it
    assert refusal(too_long).rule_id == "unreadable"


def test_the_same_member_twice_is_refused_with_both_names() -> None:
    twice = {"daten.csv": "a;b\n1;2\n", "alt/daten.csv": "a;b\n3;4\n"}
    refused = refusal(zipped(twice), member="*daten.csv")
    assert (refused.rule_id, refused.detail) == ("member_repeated", "alt/daten.csv, daten.csv")
    copied = {"daten_1.csv": "a;b\n1;2\n", "daten_2.csv": "a;b\n1;2\n"}
    assert refusal(zipped(copied), member="daten*.csv").rule_id == "member_repeated"


def test_a_member_in_a_folder_is_named() -> None:
    refused = refusal(zipped({"ordner/bevoelkerung_1.csv": "a\n1\n"}), member="bevoelkerung*.csv")
    assert (refused.rule_id, refused.detail) == ("member_in_folder", "ordner/bevoelkerung_1.csv")
