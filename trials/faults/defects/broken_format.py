"""The right data in another shape than agreed: delimiter, header, sheet, member, one record a line."""

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from samples.packing import zip_bytes
from trials.faults.clean import BUSINESSES, LABOUR, LEAVERS, PLATFORM, PORTAL, REGISTER, SURVEY, VOLUNTEERS, Clean
from trials.faults.corpus import defect
from trials.faults.editing import changed_members, changed_sheet, changed_text, changed_workbook, members


@defect("format", VOLUNTEERS, "stopped", "delimiter", "Trennzeichen")
def volunteers_parted_by_bars(clean: Clean) -> bytes:
    return changed_text(clean.content, lambda text: text.replace(";", "|"))


@defect("format", LEAVERS, "stopped", "delimiter", "Trennzeichen")
def official_member_parted_by_tabs(clean: Clean) -> bytes:
    return changed_members(clean.content, "_flat.csv", lambda member: member.replace(b";", b"\t"))


@defect("format", SURVEY, "stopped", "field_count", "Felder")
def survey_last_rows_parted_by_tabs(clean: Clean) -> bytes:
    def change(text: str) -> str:
        lines = text.split("\r\n")
        return "\r\n".join([*lines[:-61], *(line.replace(";", "\t") for line in lines[-61:])])

    return changed_text(clean.content, change)


@defect("format", VOLUNTEERS, "stopped", ("field_count", "truncated", "unreadable"), "Anführungszeichen|bricht mitten")
def volunteers_quote_left_open(clean: Clean) -> bytes:
    def change(text: str) -> str:
        lines = text.split("\r\n")
        lines[200] = lines[200].replace("Meldebogen", '"Meldebogen').replace("Telefonat", '"Telefonat')
        lines[200] = lines[200].replace("Sammelmeldung", '"Sammelmeldung')
        return "\r\n".join(lines)

    return changed_text(clean.content, change)


@defect("format", SURVEY, "stopped", "column_missing", "gewicht")
def survey_column_renamed(clean: Clean) -> bytes:
    return changed_text(clean.content, lambda text: text.replace(";gewicht;", ";Gewichtung 2022;", 1))


@defect("format", SURVEY, "stopped", "column_repeated", "mehrfach")
def survey_column_twice(clean: Clean) -> bytes:
    return changed_text(clean.content, lambda text: text.replace(";hinweis", ";gewicht", 1))


@defect("format", VOLUNTEERS, "stopped", ("column_missing", "header_missing", "delimiter"), "Spalte")
def volunteers_without_header(clean: Clean) -> bytes:
    return clean.content[clean.content.index(b"\n") + 1 :]


@defect(
    "format",
    VOLUNTEERS,
    "rejected_rows",
    ("number_format", "date_format", "area_unknown", "pattern", "header_repeated"),
    "Zeile",
)
def volunteers_header_repeated_in_the_middle(clean: Clean) -> bytes:
    """Two exports put together by hand."""
    header, rest = clean.content.split(b"\r\n", 1)
    lines = rest.split(b"\r\n")
    return b"\r\n".join([header, *lines[:260], header, *lines[260:]])


@defect("format", LABOUR, "stopped", "sheet_missing", "Daten")
def labour_sheet_renamed(clean: Clean) -> bytes:
    def rename(workbook: Workbook) -> None:
        workbook["Daten"].title = "Tabelle1"

    return changed_workbook(clean.content, rename)


@defect("format", REGISTER, "stopped", "sheet_missing", "Statusverlauf")
def register_sheet_left_out(clean: Clean) -> bytes:
    return changed_workbook(clean.content, lambda workbook: workbook.remove(workbook["Statusverlauf"]))


@defect("format", LABOUR, "stopped", ("header_missing", "column_missing"), "Spalte")
def labour_second_header_row_deleted(clean: Clean) -> bytes:
    def delete(sheet: Worksheet) -> None:
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        sheet.delete_rows(6)

    return changed_sheet(clean.content, "Daten", delete)


@defect("format", LABOUR, "stopped", ("header_missing", "column_missing"), "Stichtag")
def labour_header_deleted(clean: Clean) -> bytes:
    def delete(sheet: Worksheet) -> None:
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        sheet.delete_rows(5, 2)

    return changed_sheet(clean.content, "Daten", delete)


@defect("format", PLATFORM, "stopped", "member_missing", "meetings")
def platform_component_left_out(clean: Clean) -> bytes:
    return zip_bytes({name: data for name, data in members(clean.content).items() if not name.endswith("meetings.csv")})


@defect("format", BUSINESSES, "stopped", ("member_missing", "member_in_folder"), "Ordner")
def official_member_in_a_folder(clean: Clean) -> bytes:
    return zip_bytes({f"Download/{name}": data for name, data in members(clean.content).items()})


@defect("format", PORTAL, "stopped", ("no_json_object", "unreadable", "truncated"), "JSON")
def portal_printed_over_many_lines(clean: Clean) -> bytes:
    return changed_text(
        clean.content, lambda text: "[\n" + text.replace(",", ",\n  ").replace("}\n", "\n},\n").rstrip(",\n") + "\n]\n"
    )


@defect("format", PORTAL, "stopped", ("no_json_object", "unreadable", "truncated", "field_count"), "Zeile")
def portal_two_records_in_a_line(clean: Clean) -> bytes:
    lines = clean.content.split(b"\n")
    return b"\n".join([*lines[:700], lines[700] + lines[701], *lines[702:]])


@defect("format", PORTAL, "stopped", ("repeated_name"), "Zeile")
def portal_key_twice_in_an_object(clean: Clean) -> bytes:
    """The exporter wrote a measure twice, of two versions; the last one would win in silence."""
    return clean.content.replace(b'"bev_unter_15":', b'"hauptwohnsitzbevoelkerung":17,"bev_unter_15":')


@defect("format", PORTAL, "stopped", ("no_number_word", "unreadable"), "Zeile")
def portal_not_a_number(clean: Clean) -> bytes:
    def change(text: str) -> str:
        lines = text.splitlines()
        return "\n".join(
            line.replace('"wohnungen":', '"wohnungen":NaN,"x":') if "2024," in line else line for line in lines
        )

    return changed_text(clean.content, change)
