"""The decoding ladder: marks first, then strict UTF-8, then strict Windows-1252; wrong guesses are refused."""

import pytest

from ingest.findings import DeliveryRefused
from ingest.formats.decoding import to_text

TEXT = "Straße;Hörde;5 €;Bürgergärten\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "cp1252"])
def test_the_ladder_reads_what_offices_save(encoding: str) -> None:
    content = b"\xff\xfe" + TEXT.encode("utf-16-le") if encoding == "utf-16-le-bom" else TEXT.encode(encoding)
    assert to_text(content, "datei.csv", "ladder") == TEXT


def test_big_endian_unicode_text_is_read() -> None:
    assert to_text(b"\xfe\xff" + TEXT.encode("utf-16-be"), "datei.csv", "ladder") == TEXT


def test_a_declared_encoding_is_taken_at_its_word() -> None:
    assert to_text(TEXT.encode("cp1252"), "datei.csv", "cp1252") == TEXT
    assert to_text(TEXT.encode(), "datei.csv", "utf-8") == TEXT


def test_what_is_utf8_to_the_last_byte_is_read_as_such_where_windows_was_agreed() -> None:
    assert to_text(TEXT.encode(), "datei.csv", "cp1252") == TEXT
    assert to_text("Café;Straße\n".encode(), "datei.csv", "cp1252") == "Café;Straße\n"


@pytest.mark.parametrize(
    ("content", "encoding", "named"),
    [
        (TEXT.encode("cp1252"), "utf-8", "UTF-8 / Windows-1252"),
        (TEXT.encode("utf-16-le"), "cp1252", "Windows-1252 / UTF-16"),
        (TEXT.encode("utf-16-be"), "ladder", "UTF-8, Windows-1252 / UTF-16"),
        ("Gebäude".encode("cp850"), "cp1252", "Windows-1252 / CP850, Mac Roman"),
        (b"\x81\x8d", "ladder", "UTF-8, Windows-1252 / ?"),
    ],
)
def test_the_character_set_found_is_named_beside_the_agreed_one(content: bytes, encoding: str, named: str) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        to_text(content, "datei.csv", encoding)
    assert (refused.value.rule_id, refused.value.detail) == ("encoding", named)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode().decode("cp1252", errors="replace").encode(),  # UTF-8 read as cp1252 and saved again
        "H\ufffdrde".encode(),
        "Gebäude".encode().decode("cp1252").encode(),
        "Café".encode().decode("cp1252").encode(),
        "5 €".encode().decode("cp1252").encode(),
        "Café".encode("cp1252") + "Café".encode(),
        "Gebäude".encode("cp850"),
        "Hörde".encode("cp850"),
        "Bürger".encode("cp850"),
        "Straße".encode("mac_roman"),
        "Hörde".encode("mac_roman"),
        "Bäcker".encode("mac_roman"),
        "Bürger".encode("mac_roman"),
        b"\xff\xfe" + "Hörde".encode("utf-16-le")[:-1],
    ],
)
def test_wrongly_saved_umlauts_are_refused(content: bytes) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        to_text(content, "datei.csv", "ladder")
    assert refused.value.rule_id == "encoding"


@pytest.mark.parametrize("name", ["Nataša", "Miloševič", "„Bürger“", "Paragraf §3", "Málaga", "São Tomé", "LÉvIS"])
def test_foreign_names_in_utf8_are_no_reason_to_refuse(name: str) -> None:
    assert to_text(name.encode(), "datei.csv", "ladder") == name
