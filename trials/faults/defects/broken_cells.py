"""Cells that say something else than they should: notations, marks glued to numbers, dates, codes, errors of a sheet."""

import datetime as dt
import re

from trials.faults.clean import CITY, LABOUR, PLATFORM, POPULATION, RATE, REGISTER, SURVEY, VOLUNTEERS, Clean
from trials.faults.corpus import defect
from trials.faults.editing import Row, WorkbookRow, changed_rows, text_of
from trials.faults.layout import (
    AREA,
    EMPLOYED,
    LONG_TERM,
    UNEMPLOYED,
    YOUNG,
    each,
    labour,
    official,
    platform,
    register,
    table,
)
from trials.faults.reasons import ABSENT, NO_NUMBER


@defect("cells", VOLUNTEERS, "stopped", NO_NUMBER, "Zahl")
def volunteers_hours_with_decimal_point(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        row["stunden_gemeldet"] = row["stunden_gemeldet"].replace(".", "").replace(",", ".")

    return table(clean, each(change))


@defect("cells", VOLUNTEERS, "stopped", NO_NUMBER, "Zahl")
def volunteers_footnote_mark_on_numbers(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        for row in rows[::40]:
            row["engagierte_aktiv"] += " 1)"

    return table(clean, change)


@defect("cells", LABOUR, "stopped", (*NO_NUMBER, "superscript"), "Zahl")
def labour_superscript_on_numbers(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows[::4]:
            row[UNEMPLOYED].value = f"{row[UNEMPLOYED].value}²"

    return labour(clean, change)


@defect("cells", LABOUR, "stopped", NO_NUMBER, "Zahl")
def labour_small_numbers_as_less_than_five(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            value = row[YOUNG].value
            row[YOUNG].value = "<5" if not isinstance(value, int) or value < 5 else value

    return labour(clean, change, year=None)


@defect("cells", LABOUR, "stopped", (*NO_NUMBER, *ABSENT), "Zahl|fehl")
def labour_three_dots_for_not_there_yet(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            row[EMPLOYED].value = "..."

    return labour(clean, change)


@defect("cells", LABOUR, "stopped", NO_NUMBER, "Zahl")
def labour_thousands_parted_by_narrow_blanks(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            row[EMPLOYED].value = f"{row[EMPLOYED].value or 0:,}".replace(",", "\u202f")

    return labour(clean, change)


@defect("cells", CITY, "stopped", NO_NUMBER, "Zahl")
def portal_decimal_commas_in_texts(clean: Clean) -> bytes:
    return re.sub(rb'"no2_jahresmittel":(\d+)\.(\d+)', rb'"no2_jahresmittel":"\1,\2"', clean.content)


@defect("cells", LABOUR, "stopped", "date_format", "Datum")
def labour_dates_as_serial_numbers(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            row[0].value = (dt.date.fromisoformat(text_of(row[0].value)) - dt.date(1899, 12, 30)).days
            row[0].number_format = "General"

    return labour(clean, change)


@defect("cells", VOLUNTEERS, "stopped", "date_format", "Datum")
def volunteers_dates_the_american_way(clean: Clean) -> bytes:
    return table(clean, each(lambda row: row.update(stichtag="12/31/2024")))


@defect("cells", PLATFORM, "stopped", "date_format", "Datum")
def platform_month_and_day_swapped(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        day = row["start_time"]
        row["start_time"] = f"{day[:4]}-{day[8:10]}-{day[5:7]}{day[10:]}" if day.startswith("20") else day

    return platform(clean, "meetings", each(change))


@defect("cells", REGISTER, "stopped", "date_format", "Datum")
def register_dates_without_a_day(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows[::12]:
            row[2].value = text_of(row[2].value)[:7]

    return register(clean, "Statusverlauf", change)


@defect("cells", VOLUNTEERS, "stopped", "pattern", "Form")
def volunteers_ids_lost_their_letter(clean: Clean) -> bytes:
    """`T-0012` opened and saved as a number."""
    return table(clean, each(lambda row: row.update(traeger_id=str(int(row["traeger_id"][2:])))))


@defect("cells", VOLUNTEERS, "stopped", "pattern", "Form")
def volunteers_ids_in_scientific_notation(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        for number, row in enumerate(rows[::30]):
            row["traeger_id"] = f"{number + 1},00E+03"

    return table(clean, change)


@defect("cells", PLATFORM, "stopped", "pattern", "Form")
def platform_ids_as_decimals(clean: Clean) -> bytes:
    return platform(clean, "proposals", each(lambda row: row.update(id=f"{row['id']}.0")))


@defect("cells", SURVEY, "stopped", ("leading_zero_lost", "code_lost_zero"), "führende Null")
def survey_area_codes_lost_their_zero(clean: Clean) -> bytes:
    return table(clean, each(lambda row: row.update(unterbezirk_nr=str(int(row["unterbezirk_nr"])))))


@defect("cells", LABOUR, "stopped", ("spreadsheet_error",), "Tabellenkalkulation")
def labour_division_by_zero(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows[::3]:
            row[LONG_TERM].value = "#DIV/0!"

    return labour(clean, change)


@defect("cells", LABOUR, "stopped", ("formula_without_value",), "Formel")
def labour_formulas_without_values(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows[::3]:
            row[UNEMPLOYED].value = f"=D{row[0].row}+E{row[0].row}"

    return labour(clean, change)


@defect("cells", LABOUR, "stopped", ("required_empty", "pattern"), "Zeile")
def labour_area_only_in_the_first_row_of_a_merged_block(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for position, row in enumerate(rows):
            if position % 5:
                row[AREA].value = None

    return labour(clean, change)


@defect("cells", POPULATION, "stopped", NO_NUMBER, "Zahl")
def official_numbers_with_their_unit(clean: Clean) -> bytes:
    return official(clean, lambda row: row.update(value=f"{row['value']} Personen"), range(2011, 2025))


@defect("cells", RATE, "stopped", NO_NUMBER, "Zahl")
def official_rate_with_decimal_point(clean: Clean) -> bytes:
    return official(clean, lambda row: row.update(value=row["value"].replace(",", ".")), range(2011, 2025))


@defect("cells", SURVEY, "stopped", "choice", "vereinbarten Wörtern")
def survey_answers_as_decimals(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        row["f01_zukunft_dortmund"] += ",0" if row["f01_zukunft_dortmund"] else ""

    return changed_rows(clean.content, each(change))


@defect("cells", PLATFORM, "rejected_rows", NO_NUMBER, "Zahl")
def platform_half_a_person_present(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        rows[10]["attendees"] = "45.5"

    return platform(clean, "meetings", change)


@defect("cells", POPULATION, "stopped", "quality_flag", "Qualitätskennzeichen")
def official_quality_signs_of_another_table(clean: Clean) -> bytes:
    return official(clean, lambda row: row.update(value_q="B"), range(2011, 2025))
