"""A whole year that is wrong: the year before under its name, years exchanged, frozen, older, or not there yet."""

from openpyxl.worksheet.worksheet import Worksheet

from trials.faults.clean import BUSINESSES, LABOUR, POPULATION, PORTAL, SURVEY, VOLUNTEERS, Clean
from trials.faults.corpus import Arriving, defect
from trials.faults.editing import (
    BOM,
    Record,
    Row,
    changed_members,
    changed_records,
    changed_rows,
    changed_sheet,
    changed_text,
    data_rows,
    rewritten,
    year_of,
)
from trials.faults.layout import LAST, UNEMPLOYED, each, official, records_of
from trials.faults.reasons import ABSENT, DATE_AND_PERIOD, FUTURE, JUMP, REPEATED


@defect("period", PORTAL, "stopped", REPEATED, "eines anderen")
def portal_year_before_again(clean: Clean) -> bytes:
    def change(records: list[Record]) -> None:
        earlier = {record["unterbezirk_nr"]: record for record in records_of(records, LAST - 1)}
        for record in records_of(records):
            record |= earlier[record["unterbezirk_nr"]] | {"jahr": LAST, "stichtag": record["stichtag"]}

    return changed_records(clean.content, change)


@defect("period", LABOUR, "stopped", REPEATED, "eines anderen")
def labour_year_before_again(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        rows = data_rows(sheet, 7)
        old = [row for row in rows if year_of(row[0].value) == LAST - 1]
        new = [row for row in rows if year_of(row[0].value) == LAST]
        for before, now in zip(old, new, strict=True):
            for source, target in zip(before[1:], now[1:], strict=True):
                target.value = source.value

    return changed_sheet(clean.content, "Daten", change)


@defect("period", LABOUR, "held", REPEATED, "eines anderen")
def labour_one_column_of_the_year_before(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        rows = data_rows(sheet, 7)
        old = [row for row in rows if year_of(row[0].value) == LAST - 1]
        new = [row for row in rows if year_of(row[0].value) == LAST]
        for before, now in zip(old, new, strict=True):
            now[UNEMPLOYED + 3].value = before[UNEMPLOYED + 3].value

    return changed_sheet(clean.content, "Daten", change)


@defect("period", VOLUNTEERS, "stopped", REPEATED, "eines anderen")
def volunteers_year_before_with_new_dates(clean: Clean) -> bytes:
    return changed_rows(clean.files["ehrenamt_2023.csv"], each(lambda row: row.update(stichtag="31.12.2024")))


@defect("period", SURVEY, "stopped", (*REPEATED, "plausible:respondents", "plausible:answers"), "eines anderen|einmal")
def survey_wave_before_again(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        row["welle"], row["fall_nr"] = "2022", row["fall_nr"].replace("2021-", "2022-")

    return changed_rows(clean.files["befragung_2021.csv"], each(change))


@defect("period", SURVEY, "stopped", "period_not_as_named", "Dateiname")
def survey_wave_before_under_the_name_of_this(clean: Clean) -> bytes:
    """Saved again on the way: the very same bytes would be no new delivery."""
    return clean.files["befragung_2021.csv"].removeprefix(BOM)


@defect("period", POPULATION, "held", REPEATED, "eines anderen")
def official_series_frozen(clean: Clean) -> bytes:
    def change(member: bytes) -> bytes:
        def freeze(rows: list[Row]) -> None:
            held = {_place(row): row["value"] for row in rows if row["time"].startswith("2021")}
            for row in rows:
                if row["time"] > "2022":
                    row["value"] = held[_place(row)]

        return changed_rows(member, freeze)

    return changed_members(clean.content, "_flat.csv", change)


def _place(row: Row) -> tuple[str, str]:
    return row["1_variable_attribute_code"], row["2_variable_attribute_code"]


@defect("period", PORTAL, "stopped", ("complete", "period_not_as_named", *JUMP, *DATE_AND_PERIOD), "2011")
def portal_all_years_labelled_one_later(clean: Clean) -> Arriving:
    def change(record_list: list[Record]) -> None:
        for record in record_list:
            record["jahr"] += 1
            record["stichtag"] = f"{record['jahr']}-12-31"

    return {"kleinraeumig_2012-2025.jsonl": changed_records(clean.content, change)}


@defect("period", PORTAL, "held", (*JUMP, *REPEATED), "veröffentlicht|eines anderen", history="same")
def portal_two_years_exchanged(clean: Clean) -> bytes:
    def change(record_list: list[Record]) -> None:
        for record in record_list:
            year = {2014: 2023, 2023: 2014}.get(record["jahr"], record["jahr"])
            if year != record["jahr"]:
                record["jahr"], record["stichtag"] = year, f"{year}-12-31"

    return changed_records(clean.content, change)


@defect("period", PORTAL, "stopped", "fact:periods_behind", "Jahrgang", history="same")
def portal_edition_of_last_year_again(clean: Clean) -> Arriving:
    def change(records: list[Record]) -> list[Record]:
        return [record for record in records if record["jahr"] < LAST]

    return {"kleinraeumig_2011-2023.jsonl": changed_records(clean.content, change)}


@defect(
    "period",
    PORTAL,
    "stopped",
    (*ABSENT, *JUMP),
    "2025",
)
def portal_next_year_prefilled_with_zeros(clean: Clean) -> Arriving:
    def change(records: list[Record]) -> list[Record]:
        blank = [
            {key: 0 if isinstance(value, int) else value for key, value in record.items()}
            | {"jahr": LAST + 1, "stichtag": f"{LAST + 1}-12-31"}
            for record in records_of(records)
        ]
        return [*records, *blank]

    return {"kleinraeumig_2011-2025.jsonl": changed_records(clean.content, change)}


@defect("period", LABOUR, "stopped", (*REPEATED, *FUTURE), "2025")
def labour_next_year_copied_ahead(clean: Clean) -> Arriving:
    """The clerk prepared the rows of next year by copying the last ones."""

    def change(sheet: Worksheet) -> None:
        rows = data_rows(sheet, 7)
        values = [[cell.value for cell in row] for row in rows]
        ahead = [["31.12.2025", *row[1:]] for row in values if year_of(row[0]) == LAST]
        rewritten(sheet, rows, [*values, *ahead])

    return {"akg_dortmund_2011-2025.xlsx": changed_sheet(clean.content, "Daten", change)}


@defect("period", SURVEY, "stopped", ("period_not_as_named",), "Dateiname")
def survey_some_cases_of_the_wave_before(clean: Clean) -> bytes:
    def change(text: str) -> str:
        old = clean.files["befragung_2021.csv"].decode("utf-8-sig").split("\r\n")[1:101]
        return text.rstrip("\r\n") + "\r\n" + "\r\n".join(old) + "\r\n"

    return changed_text(clean.content, change)


@defect("period", BUSINESSES, "held", (*JUMP, *REPEATED), "Nachbarjahre|eines anderen")
def official_two_years_exchanged(clean: Clean) -> bytes:
    """The newest year stands under 2012 and the other way round."""

    def change(row: Row) -> None:
        row["time"] = {"2012": str(LAST), str(LAST): "2012"}[row["time"]]

    return official(clean, change, (2012, LAST))
