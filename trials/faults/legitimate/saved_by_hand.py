"""Workbooks that went through somebody's hands: styles, titles, blank rows, more sheets, dates and numbers as text."""

import datetime as dt

from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from trials.faults.clean import LABOUR, REGISTER, Clean
from trials.faults.corpus import Arriving, legitimate
from trials.faults.editing import WorkbookRow, changed_sheet, changed_workbook, data_rows, rewritten, text_of
from trials.faults.layout import AREA, EMPLOYED, SGB2, labour, register


@legitimate("format", LABOUR)
def labour_saved_with_other_styles(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.freeze_panes = "C7"
        sheet.auto_filter.ref = "A6:H2386"
        sheet.column_dimensions["B"].width = 40
        for row in sheet.iter_rows(min_row=5, max_row=60):
            for cell in row:
                cell.font = Font(name="Arial", size=9, bold=cell.row < 7)
                cell.fill = PatternFill("solid", fgColor="EEEEEE")

    return changed_sheet(clean.content, "Daten", change)


@legitimate("format", LABOUR)
def labour_more_rows_of_titles(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        merged = [str(area) for area in sheet.merged_cells.ranges]
        for area in merged:
            sheet.unmerge_cells(area)
        sheet.insert_rows(4, 3)
        sheet["A4"] = "Auftrag: Stadt Dortmund"
        sheet["A5"] = "Rückfragen an den Statistik-Service"

    return changed_sheet(clean.content, "Daten", change)


@legitimate("format", REGISTER)
def register_more_rows_of_titles(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(2, 1)
        sheet["A2"] = "Entwurf für den Beirat"

    return changed_sheet(clean.content, "Statusverlauf", change)


@legitimate("format", LABOUR)
def labour_without_footnotes(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.delete_rows(data_rows(sheet, 7)[-1][0].row + 1, 10)

    return changed_sheet(clean.content, "Daten", change)


@legitimate("format", LABOUR)
def labour_one_footnote_more(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.cell(sheet.max_row + 1, 1, "Ab 2024 einschließlich der Fälle mit rückwirkender Bewilligung.")

    return changed_sheet(clean.content, "Daten", change)


@legitimate("format", LABOUR)
def labour_with_another_sheet(clean: Clean) -> bytes:
    def change(workbook: Workbook) -> None:
        sheet = workbook.create_sheet("Auswertung", 0)
        sheet.append(["Summe", 1])

    return changed_workbook(clean.content, change)


@legitimate("format", LABOUR)
def labour_begins_in_the_second_column(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        for area in [str(area) for area in sheet.merged_cells.ranges]:
            sheet.unmerge_cells(area)
        sheet.insert_cols(1)

    return changed_sheet(clean.content, "Daten", change)


@legitimate("cells", LABOUR)
def labour_dates_all_real(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            row[0].value = dt.date.fromisoformat(text_of(row[0].value))
            row[0].number_format = "DD.MM.YYYY"

    return labour(clean, change, year=None)


@legitimate("cells", LABOUR)
def labour_numbers_as_texts(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            row[SGB2].value, row[EMPLOYED].value = str(row[SGB2].value), f"{row[EMPLOYED].value:,}".replace(",", ".")

    return labour(clean, change)


@legitimate("format", LABOUR)
def labour_rows_sorted_by_area(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        rows = data_rows(sheet, 7)
        values = [[cell.value for cell in row] for row in rows]
        rewritten(sheet, rows, sorted(values, key=lambda row: str(row[AREA])))

    return changed_sheet(clean.content, "Daten", change)


@legitimate("format", LABOUR)
def labour_rows_hidden_by_a_filter(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        for number in range(7, 1000):
            sheet.row_dimensions[number].hidden = True

    return changed_sheet(clean.content, "Daten", change)


@legitimate("format", LABOUR)
def labour_file_renamed(clean: Clean) -> Arriving:
    return {"AKG_Dortmund_2011-2024_final.xlsx": clean.content}


@legitimate("format", REGISTER)
def register_with_comments_and_a_hidden_column(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet["B9"].comment = Comment("bitte prüfen", "Amt")
        sheet.column_dimensions["P"].hidden = True

    return changed_sheet(clean.content, "Teilprojekte", change)


@legitimate("format", REGISTER)
def register_with_an_undeclared_column(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.cell(5, 17, "Bemerkung")
        sheet.cell(9, 17, "liegt vor")

    return changed_sheet(clean.content, "Teilprojekte", change)


@legitimate("cells", REGISTER)
def register_districts_in_capitals(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            row[9].value = str(row[9].value).upper() if row[9].value else None

    return register(clean, "Teilprojekte", change)


@legitimate("cells", LABOUR)
def labour_code_and_name_without_blank(clean: Clean) -> bytes:
    """`001City-Ost`: the code can be told all the same."""

    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            row[AREA].value = str(row[AREA].value).replace(" ", "", 1)

    return labour(clean, change)
