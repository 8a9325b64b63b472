"""What is not there: an area, a district, a measure, a year; or all of it replaced by zeros and signs."""

from openpyxl.worksheet.worksheet import Worksheet

from trials.faults.clean import LABOUR, LEAVERS, PLATFORM, POPULATION, PORTAL, REGISTER, SURVEY, VOLUNTEERS, Clean
from trials.faults.corpus import defect
from trials.faults.editing import (
    Record,
    Row,
    WorkbookRow,
    changed_members,
    changed_records,
    changed_rows,
    changed_sheet,
    data_rows,
    rewritten,
)
from trials.faults.layout import (
    LAST,
    UNEMPLOYED,
    YOUNG,
    district_of,
    each,
    labour,
    official,
    platform,
    portal,
    register,
    table,
)
from trials.faults.reasons import ABSENT, ANSWERS, FEWER


@defect("missing", PORTAL, "stopped", "complete", "fehlt für")
def portal_district_missing_in_the_last_year(clean: Clean) -> bytes:
    def change(records: list[Record]) -> list[Record]:
        gone = {code for code, district in district_of().items() if district == "8"}
        return [each for each in records if each["jahr"] != LAST or each["unterbezirk_nr"] not in gone]

    return changed_records(clean.content, change)


@defect("missing", LABOUR, "stopped", "complete", "fehlt für")
def labour_area_missing_in_all_years(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        rows = data_rows(sheet, 7)
        kept = [[cell.value for cell in row] for row in rows if not str(row[1].value).startswith("960 ")]
        rewritten(sheet, rows, kept)

    return changed_sheet(clean.content, "Daten", change)


@defect("missing", VOLUNTEERS, "held", (*ABSENT, *FEWER, *ANSWERS), "Gebiet|sonst|Vollständig")
def volunteers_district_missing(clean: Clean) -> bytes:
    return table(clean, lambda rows: [row for row in rows if row["stadtbezirk_nr"] != "20"])


@defect("missing", SURVEY, "held", (*ABSENT, *FEWER, *ANSWERS), "Gebiet|sonst|Vollständig")
def survey_without_a_district(clean: Clean) -> bytes:
    return table(clean, lambda rows: [row for row in rows if district_of()[row["unterbezirk_nr"]] != "20"])


@defect("missing", PORTAL, "stopped", (*ABSENT, "complete"), "fehlt")
def portal_measure_missing_in_the_last_year(clean: Clean) -> bytes:
    return portal(clean, lambda record: record.update(grundsicherung_65_und_aelter=None))


@defect("missing", PORTAL, "stopped", ABSENT, "Null")
def portal_measure_filled_with_zeros(clean: Clean) -> bytes:
    """A join that found nothing."""
    return portal(clean, lambda record: record.update(einschulungen_sprachfoerderbedarf=0))


@defect("missing", LABOUR, "stopped", ABSENT, "fehl")
def labour_all_of_a_column_suppressed(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            row[YOUNG].value = "*"

    return labour(clean, change)


@defect("missing", LABOUR, "held", ABSENT, "fehl")
def labour_third_of_a_column_blank(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows[::3]:
            row[UNEMPLOYED].value = None

    return labour(clean, change)


@defect("missing", SURVEY, "stopped", (*ABSENT, *ANSWERS), "Antwort")
def survey_question_answered_by_nobody(clean: Clean) -> bytes:
    return table(clean, each(lambda row: row.update(f02_zukunft_wohnviertel="9")))


@defect("missing", PLATFORM, "held", ABSENT, "fehl")
def platform_events_without_people(clean: Clean) -> bytes:
    return platform(clean, "meetings", each(lambda row: row.update(attendees="")))


@defect("missing", PLATFORM, "held", ABSENT, "fehl")
def platform_ideas_without_district(clean: Clean) -> bytes:
    return platform(clean, "proposals", each(lambda row: row.update({"taxonomies/stadtbezirk": ""})))


@defect("missing", REGISTER, "stopped", (*ABSENT, *FEWER), "kleiner|verschwindet")
def register_crosses_lost(clean: Clean) -> bytes:
    """Saved by a program that dropped one column of crosses."""

    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            row[5].value = None

    return register(clean, "Teilprojekte", change)


@defect("missing", POPULATION, "stopped", ABSENT, "fehl")
def official_last_year_not_loaded(clean: Clean) -> bytes:
    return official(clean, lambda row: row.update(value="-", value_q=""))


@defect("missing", LEAVERS, "stopped", ("no_agreed_code", "nothing_in_scope"), "Schlüssel")
def official_without_the_city(clean: Clean) -> bytes:
    def change(member: bytes) -> bytes:
        return changed_rows(member, lambda rows: [r for r in rows if r["1_variable_attribute_code"] != "05913"])

    return changed_members(clean.content, "_flat.csv", change)


@defect("missing", VOLUNTEERS, "held", ABSENT, "Null")
def volunteers_hours_all_zero(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        row["stunden_gemeldet"] = "0"

    return table(clean, each(change))
