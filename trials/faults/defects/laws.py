"""Figures that cannot be: negative, in halves, a part above its whole, a share above 100, another unit, another date."""

from trials.faults.clean import BUILDINGS, LABOUR, LEAVERS, PORTAL, RATE, SURVEY, VOLUNTEERS, Clean
from trials.faults.corpus import defect
from trials.faults.editing import Record, Row, WorkbookRow, changed_records
from trials.faults.layout import LAST, LONG_TERM, UNEMPLOYED, each, labour, official, portal, records_of, table
from trials.faults.reasons import ABOVE, DATE_AND_PERIOD, FUTURE, JUMP, NEGATIVE, NOT_WHOLE, PART, UNIT, WEIGHTS


@defect("law", PORTAL, "rejected_rows", NEGATIVE, "Zahl berichtigen")
def portal_negative_population(clean: Clean) -> bytes:
    def change(records: list[Record]) -> None:
        record = records_of(records)[40]
        record["bev_65_und_aelter"] = -record["bev_65_und_aelter"]

    return changed_records(clean.content, change)


@defect("law", PORTAL, "stopped", NOT_WHOLE, "ganze Zahl")
def portal_population_in_thousands(clean: Clean) -> bytes:
    def change(record: Record) -> None:
        record["hauptwohnsitzbevoelkerung"] /= 1000

    return portal(clean, change)


@defect("law", PORTAL, "rejected_rows", NOT_WHOLE, "ganze Zahl")
def portal_half_a_dwelling(clean: Clean) -> bytes:
    def change(records: list[Record]) -> None:
        for record in records_of(records)[20:26]:
            record["wohnungen_fertiggestellt"] += 0.5

    return changed_records(clean.content, change)


@defect("law", VOLUNTEERS, "stopped", PART, "Ganze")
def volunteers_more_new_than_active(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        for row in rows[::12]:
            row["davon_neu"] = str(int(row["engagierte_aktiv"]) + 4)

    return table(clean, change)


@defect("law", LABOUR, "stopped", PART, "Ganze")
def labour_total_and_long_term_swapped(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            row[UNEMPLOYED].value, row[LONG_TERM].value = row[LONG_TERM].value, row[UNEMPLOYED].value

    return labour(clean, change)


@defect("law", PORTAL, "rejected_rows", PART, "Ganze")
def portal_more_small_children_than_children(clean: Clean) -> bytes:
    def change(records: list[Record]) -> None:
        record = records_of(records)[77]
        record["bev_unter_3"] = record["bev_unter_15"] + 12

    return changed_records(clean.content, change)


@defect("law", PORTAL, "stopped", PART, "Ganze")
def portal_more_empty_dwellings_than_dwellings(clean: Clean) -> bytes:
    """The column of all dwellings was delivered in tens."""

    def change(record: Record) -> None:
        record["wohnungen"] = max(1, record["wohnungen"] // 100)

    return portal(clean, change)


@defect("law", LEAVERS, "stopped", (*PART, *JUMP), "Ganze|veröffentlicht")
def official_more_without_certificate_than_leavers(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        if row["2_variable_attribute_code"] == "ABSCHL01":
            row["value"] = str(int(row["value"]) * 100)

    return official(clean, change, range(2011, 2025))


@defect("law", RATE, "stopped", ABOVE, "100")
def official_rate_lost_its_comma(clean: Clean) -> bytes:
    return official(clean, lambda row: row.update(value=row["value"].replace(",", "")), range(2011, 2025))


@defect("law", SURVEY, "rejected_rows", WEIGHTS, "Gewicht")
def survey_negative_weights_for_missing(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        for row in rows[::200]:
            row["gewicht"] = "-1"

    return table(clean, change)


@defect("law", SURVEY, "stopped", WEIGHTS, "Gewicht")
def survey_weights_in_thousandths(clean: Clean) -> bytes:
    return table(clean, each(lambda row: row.update(gewicht=row["gewicht"].replace(",", "").lstrip("0") or "1")))


@defect("law", PORTAL, "stopped", DATE_AND_PERIOD, "Stichtag")
def portal_reference_date_of_the_year_before(clean: Clean) -> bytes:
    return portal(clean, lambda record: record.update(stichtag=f"{LAST - 1}-12-31"))


@defect("law", PORTAL, "rejected_rows", DATE_AND_PERIOD, "Stichtag")
def portal_one_reference_date_mistyped(clean: Clean) -> bytes:
    def change(records: list[Record]) -> None:
        records_of(records)[5]["stichtag"] = "2042-12-31"

    return changed_records(clean.content, change)


@defect("law", RATE, "stopped", UNIT, "Einheit")
def official_rate_per_thousand(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        if row["value_variable_code"] == "ERWP06":
            row["value"], row["value_unit"] = row["value"].replace(",", "") + ",0", "Promille"

    return official(clean, change)


@defect("law", BUILDINGS, "stopped", UNIT, "Einheit")
def official_buildings_in_thousands(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        row["value"], row["value_unit"] = str(max(1, round(int(row["value"]) / 1000))), "1000"

    return official(clean, change, range(2022, 2025))


@defect("law", VOLUNTEERS, "stopped", ("period_not_as_named", *DATE_AND_PERIOD), "Jahrgang")
def volunteers_some_rows_of_another_year(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        for row in rows[100:130]:
            row["stichtag"] = "31.12.2023"

    return table(clean, change)


@defect("law", VOLUNTEERS, "stopped", ("period_not_as_named", *FUTURE, *DATE_AND_PERIOD), "Jahrgang")
def volunteers_year_mistyped(clean: Clean) -> bytes:
    return table(clean, each(lambda row: row.update(stichtag="31.12.2042")))
