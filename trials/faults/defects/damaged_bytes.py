"""Bytes that broke on the way: another character set, a file cut off or overwritten, something else under its name."""

from trials.faults.clean import BUILDINGS, LABOUR, PLATFORM, PORTAL, REGISTER, SURVEY, VOLUNTEERS, Clean
from trials.faults.corpus import defect
from trials.faults.editing import changed_members, changed_text, members, recoded
from trials.faults.layout import platform
from trials.faults.reasons import BROKEN_TEXT, CUT_OFF

LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Anmeldung</title></head><body>Sitzung abgelaufen</body></html>\n"


@defect("bytes", VOLUNTEERS, "stopped", BROKEN_TEXT, "UTF-16")
def volunteers_in_utf16_big_endian(clean: Clean) -> bytes:
    return recoded(clean.content, "utf-16-be")


@defect("bytes", VOLUNTEERS, "stopped", ("encoding", "choice"), "Zeichensatz|Wörter")
def volunteers_saved_on_an_old_mac(clean: Clean) -> bytes:
    return recoded(clean.content, "mac_roman")


@defect("bytes", SURVEY, "stopped", BROKEN_TEXT, "Zeichensatz")
def survey_in_dos_code_page(clean: Clean) -> bytes:
    return clean.content.decode("utf-8-sig").encode("cp850")


@defect("bytes", PLATFORM, "stopped", (*BROKEN_TEXT, "area_unknown"), "Gebiet|Zeichen")
def platform_encoded_twice(clean: Clean) -> bytes:
    return changed_members(clean.content, "proposals.csv", lambda member: member.decode("cp1252", "replace").encode())


@defect("bytes", PLATFORM, "stopped", (*BROKEN_TEXT, "area_unknown"), "Gebiet|Zeichen")
def platform_umlauts_became_replacement_marks(clean: Clean) -> bytes:
    def lose(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["taxonomies/stadtbezirk"] = row["taxonomies/stadtbezirk"].replace("ö", "\ufffd").replace("ü", "\ufffd")

    return platform(clean, "proposals", lose)


@defect("bytes", VOLUNTEERS, "stopped", CUT_OFF, "bricht mitten")
def volunteers_cut_in_mid_row(clean: Clean) -> bytes:
    """The connection ended in the fifth field of a row."""
    row = clean.content.index(b"\n", len(clean.content) * 6 // 10) + 1
    place = row
    for _ in range(4):
        place = clean.content.index(b";", place) + 1
    return clean.content[: place + 1]


@defect("bytes", PORTAL, "stopped", CUT_OFF, "Zeile")
def portal_cut_in_mid_record(clean: Clean) -> bytes:
    return clean.content[: clean.content.rindex(b'"wohnungen"')]


@defect("bytes", PLATFORM, "stopped", CUT_OFF, "ZIP")
def platform_upload_broke_off(clean: Clean) -> bytes:
    return clean.content[: len(clean.content) * 8 // 10]


@defect("bytes", LABOUR, "stopped", CUT_OFF, "Datei")
def labour_workbook_broke_off(clean: Clean) -> bytes:
    return clean.content[: len(clean.content) // 2]


@defect("bytes", LABOUR, "stopped", ("unreadable",), "lesen")
def labour_is_a_login_page(_clean: Clean) -> bytes:
    return LOGIN_PAGE


@defect("bytes", BUILDINGS, "stopped", ("unreadable",), "ZIP")
def official_zip_is_a_login_page(_clean: Clean) -> bytes:
    return LOGIN_PAGE


@defect("bytes", VOLUNTEERS, "stopped", "empty", "leer")
def volunteers_without_a_byte(_clean: Clean) -> bytes:
    return b""


@defect("bytes", VOLUNTEERS, "stopped", (*BROKEN_TEXT, *CUT_OFF, "number_format", "choice"), "Zeile")
def volunteers_block_of_zero_bytes(clean: Clean) -> bytes:
    """A disk that failed: one block of the file is nothing but zeros."""
    half = len(clean.content) // 2
    return clean.content[:half] + b"\0" * 4096 + clean.content[half + 4096 :]


@defect("bytes", REGISTER, "stopped", CUT_OFF, "lesen")
def register_is_password_protected(clean: Clean) -> bytes:
    """What Office writes with a password: a compound file instead of a ZIP."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504 + b"EncryptedPackage".hex().encode() + clean.content[:20_000]


@defect("bytes", PLATFORM, "stopped", (*CUT_OFF, "member_damaged"), "ZIP")
def platform_member_was_overwritten(clean: Clean) -> bytes:
    """The checksum of a member no longer fits its bytes."""
    wanted = members(clean.content)
    name = next(each for each in wanted if each.endswith("proposals.csv"))
    place = clean.content.index(wanted[name][-2_000:-1_900])
    return clean.content[:place] + b"#" * 100 + clean.content[place + 100 :]


@defect("bytes", PORTAL, "stopped", ("invisible_character", "control_character", "area_unknown"), "Zeile")
def portal_invisible_character_in_codes(clean: Clean) -> bytes:
    """A zero-width mark before every code of one year."""
    return changed_text(clean.content, lambda text: text.replace('"unterbezirk_nr":"9', '"unterbezirk_nr":"\\u20639'))


@defect("bytes", SURVEY, "stopped", ("no_rows", "row_minimum", "empty"), "Zeile")
def survey_header_alone(clean: Clean) -> bytes:
    return clean.content[: clean.content.index(b"\n") + 1]
