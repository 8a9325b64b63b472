"""The same figures in other bytes: character set, line ends, quotes, blank lines, order, names of files."""

import json
import zipfile
from io import BytesIO

from trials.faults.clean import LEAVERS, PLATFORM, POPULATION, PORTAL, SURVEY, VOLUNTEERS, Clean
from trials.faults.corpus import Arriving, legitimate
from trials.faults.editing import (
    BOM,
    Record,
    Row,
    changed_members,
    changed_records,
    changed_rows,
    changed_text,
    members,
)
from trials.faults.layout import each, official, platform, portal, table


@legitimate("bytes", SURVEY)
def survey_without_byte_order_mark(clean: Clean) -> bytes:
    return clean.content.removeprefix(BOM)


@legitimate("bytes", PORTAL)
def portal_with_byte_order_mark(clean: Clean) -> bytes:
    return BOM + clean.content


@legitimate("bytes", PLATFORM)
def platform_members_with_byte_order_mark(clean: Clean) -> bytes:
    return changed_members(clean.content, ".csv", lambda member: BOM + member)


@legitimate("bytes", SURVEY)
def survey_in_windows_1252(clean: Clean) -> bytes:
    return clean.content.decode("utf-8-sig").encode("cp1252")


@legitimate("bytes", SURVEY)
def survey_with_unix_line_ends(clean: Clean) -> bytes:
    return clean.content.replace(b"\r\n", b"\n")


@legitimate("bytes", VOLUNTEERS)
def volunteers_with_unix_line_ends(clean: Clean) -> bytes:
    return clean.content.replace(b"\r\n", b"\n")


@legitimate("bytes", PORTAL)
def portal_with_windows_line_ends(clean: Clean) -> bytes:
    return clean.content.replace(b"\n", b"\r\n")


@legitimate("bytes", PORTAL)
def portal_without_last_line_end(clean: Clean) -> bytes:
    return clean.content.rstrip(b"\n")


@legitimate("bytes", SURVEY)
def survey_without_last_line_end(clean: Clean) -> bytes:
    return clean.content.rstrip(b"\r\n")


@legitimate("bytes", PORTAL)
def portal_in_ascii_escapes(clean: Clean) -> bytes:
    return "".join(json.dumps(json.loads(line)) + "\n" for line in clean.content.decode().splitlines()).encode()


@legitimate("format", SURVEY)
def survey_every_field_quoted(clean: Clean) -> bytes:
    def change(text: str) -> str:
        return "".join(";".join(f'"{field}"' for field in line.split(";")) + "\r\n" for line in text.splitlines())

    return changed_text(clean.content, change)


@legitimate("format", VOLUNTEERS)
def volunteers_texts_quoted(clean: Clean) -> bytes:
    return table(clean, each(lambda row: row.update(quelle="Meldebogen; mit Anlage", hinweis='sagt "fertig"')))


@legitimate("format", VOLUNTEERS)
def volunteers_with_blank_lines_below(clean: Clean) -> bytes:
    return clean.content + b"\r\n\r\n\r\n"


@legitimate("format", SURVEY)
def survey_with_separator_line(clean: Clean) -> bytes:
    return BOM + b"sep=;\r\n" + clean.content.removeprefix(BOM)


@legitimate("format", SURVEY)
def survey_columns_in_another_order(clean: Clean) -> bytes:
    return table(clean, lambda rows: [dict(reversed(row.items())) for row in rows])


@legitimate("format", POPULATION)
def official_columns_in_another_order(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> list[Row]:
        return [dict(sorted(row.items())) for row in rows]

    return changed_members(clean.content, "_flat.csv", lambda member: changed_rows(member, change))


@legitimate("format", PORTAL)
def portal_keys_in_another_order(clean: Clean) -> bytes:
    return changed_records(clean.content, lambda records: [dict(sorted(record.items())) for record in records])


@legitimate("format", SURVEY)
def survey_with_an_undeclared_column(clean: Clean) -> bytes:
    return table(clean, each(lambda row: row.update(erhebungsweg="online")))


@legitimate("format", PORTAL)
def portal_with_an_undeclared_key(clean: Clean) -> bytes:
    return portal(clean, lambda record: record.update(bearbeitet={"am": "2026-02-06", "von": "Statistik"}), year=None)


@legitimate("format", PLATFORM)
def platform_with_a_long_undeclared_text(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        rows[7]["body/de"] = "<p>" + "Bitte lesen; es dauert. \n" * 4_000 + "</p>"

    return platform(clean, "proposals", change)


@legitimate("format", PORTAL)
def portal_sorted_by_year(clean: Clean) -> bytes:
    return changed_records(clean.content, lambda records: sorted(records, key=lambda record: int(record["jahr"])))


@legitimate("format", VOLUNTEERS)
def volunteers_in_another_order(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        clean.rng.shuffle(rows)

    return table(clean, change)


@legitimate("cells", VOLUNTEERS)
def volunteers_with_blanks_around_cells(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        for name in ("traeger_id", "engagierte_aktiv", "erhebungsart"):
            row[name] = f" {row[name]} "

    return table(clean, each(change))


@legitimate("cells", VOLUNTEERS)
def volunteers_hours_without_thousands_dots(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        row["stunden_gemeldet"] = row["stunden_gemeldet"].replace(".", "")

    return table(clean, each(change))


@legitimate("cells", POPULATION)
def official_numbers_with_thousands_dots(clean: Clean) -> bytes:
    return official(clean, lambda row: row.update(value=f"{int(row['value']):,}".replace(",", ".")), range(2011, 2025))


@legitimate("cells", PORTAL)
def portal_whole_numbers_as_decimals(clean: Clean) -> bytes:
    """`1835.0`, as a data frame with a gap writes it."""

    def change(record: Record) -> None:
        record["wohnungen"] = float(record["wohnungen"])

    return portal(clean, change)


@legitimate("bytes", LEAVERS)
def official_zip_compressed_with_other_members(clean: Clean) -> bytes:
    return _packed({"__MACOSX/._HINWEIS.txt": b"\0\5\x16\7", **members(clean.content)})


@legitimate("bytes", PLATFORM)
def platform_zip_in_another_order(clean: Clean) -> bytes:
    return _packed(dict(reversed(members(clean.content).items())))


def _packed(wanted: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in wanted.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@legitimate("format", VOLUNTEERS)
def volunteers_file_renamed(clean: Clean) -> Arriving:
    return {"Ehrenamt_2024_Endfassung.csv": clean.content}


@legitimate("format", SURVEY)
def survey_downloaded_again(clean: Clean) -> Arriving:
    return {"befragung_2022 (1).csv": clean.content}


@legitimate("format", PORTAL)
def portal_file_renamed(clean: Clean) -> Arriving:
    return {"kleinraeumig_2011-2024_v2.jsonl": clean.content}


@legitimate("format", POPULATION)
def official_table_with_a_longer_code(clean: Clean) -> Arriving:
    return {"12411-01-01-4-B_de_flat.zip": clean.content}


@legitimate("bytes", PORTAL, history="same")
def portal_the_same_bytes_again(clean: Clean) -> bytes:
    return clean.content
