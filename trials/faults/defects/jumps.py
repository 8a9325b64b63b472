"""Single cells that can be but are wrong: a digit too many, digits exchanged, two areas exchanged."""

from trials.faults.clean import CITY, LABOUR, PLATFORM, POPULATION, PORTAL, VOLUNTEERS, Clean
from trials.faults.corpus import defect
from trials.faults.editing import Record, Row, WorkbookRow, changed_records
from trials.faults.layout import LAST, SGB2, UNEMPLOYED, labour, official, platform, records_of, swap, table
from trials.faults.reasons import ABOVE, JUMP, SUM


@defect("cell_jump", PORTAL, "held", (*JUMP, *SUM), "Nachbarjahre|Ganze")
def portal_key_pressed_twice(clean: Clean) -> bytes:
    """A zero too many in the population of one area."""

    def change(records: list[Record]) -> None:
        records_of(records)[60]["hauptwohnsitzbevoelkerung"] *= 10

    return changed_records(clean.content, change)


@defect("cell_jump", PORTAL, "held", JUMP, "Nachbarjahre|Ganze")
def portal_dwellings_of_one_area_tenfold(clean: Clean) -> bytes:
    def change(records: list[Record]) -> None:
        records_of(records)[101]["wohnungen"] *= 10

    return changed_records(clean.content, change)


@defect("cell_jump", LABOUR, "held", JUMP, "Nachbarjahre|Ganze")
def labour_digits_exchanged(clean: Clean) -> bytes:
    """The first two digits of the largest number whose digits differ much are exchanged."""

    def change(rows: list[WorkbookRow]) -> None:
        def exchanged(value: object) -> int:
            text = str(value)
            return int(text[1] + text[0] + text[2:]) if isinstance(value, int) and value > 99 else int(value or 0)  # type: ignore[call-overload]

        worst = max(rows, key=lambda row: exchanged(row[SGB2].value) / max(1, int(str(row[SGB2].value))))
        worst[SGB2].value = exchanged(worst[SGB2].value)

    return labour(clean, change)


@defect("cell_jump", LABOUR, "held", JUMP, "Nachbarjahre|Ganze")
def labour_last_digit_lost_in_large_areas(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in sorted(rows, key=lambda row: -int(str(row[UNEMPLOYED].value)))[:3]:
            row[SGB2].value = int(str(row[SGB2].value)) // 10

    return labour(clean, change)


@defect("cell_jump", VOLUNTEERS, "held", JUMP, "Nachbarjahre|Ganze")
def volunteers_one_organisation_thousandfold(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        rows[33]["engagierte_aktiv"] = str(int(rows[33]["engagierte_aktiv"]) * 100)

    return table(clean, change)


@defect("cell_jump", VOLUNTEERS, "held", JUMP, "Nachbarjahre|Ganze")
def volunteers_hours_of_one_organisation_tenfold(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        largest = max(rows, key=lambda row: int(row["engagierte_aktiv"]))
        largest["stunden_gemeldet"] = largest["stunden_gemeldet"].replace(".", "").partition(",")[0] + "00"

    return table(clean, change)


@defect("cell_jump", PORTAL, "held", JUMP, "Nachbarjahre|Ganze")
def portal_two_areas_exchanged(clean: Clean) -> bytes:
    """All figures of the largest and the smallest area of the last year."""

    def change(records: list[Record]) -> None:
        ordered = sorted(records_of(records), key=lambda record: int(record["hauptwohnsitzbevoelkerung"]))
        small, large = ordered[0], ordered[-1]
        small["unterbezirk_nr"], large["unterbezirk_nr"] = large["unterbezirk_nr"], small["unterbezirk_nr"]

    return changed_records(clean.content, change)


@defect("cell_jump", PORTAL, "held", JUMP, "Nachbarjahre|Ganze")
def portal_two_cells_of_an_area_exchanged(clean: Clean) -> bytes:
    def change(records: list[Record]) -> None:
        swap(records_of(records)[90], "bev_unter_15", "wohnungen")

    return changed_records(clean.content, change)


@defect("cell_jump", POPULATION, "held", JUMP, "Nachbarjahre|Ganze")
def official_digits_exchanged(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        row["value"] = row["value"][2] + row["value"][1] + row["value"][0] + row["value"][3:]

    return official(clean, change)


@defect("cell_jump", CITY, "held", JUMP, "Nachbarjahre|Ganze")
def portal_decimal_point_lost(clean: Clean) -> bytes:
    def change(records: list[Record]) -> None:
        record = records_of(records, LAST)[0]
        record["no2_jahresmittel"] = round(record["no2_jahresmittel"] * 10)

    return changed_records(clean.content, change)


@defect("cell_jump", PORTAL, "held", JUMP, "veröffentlicht", history="same")
def portal_old_figure_revised_by_half(clean: Clean) -> bytes:
    """Delivered again, one figure of 2016 is another by half: nobody announced it."""

    def change(records: list[Record]) -> None:
        for record in records_of(records, 2016)[70:76]:
            record["wohnflaeche_qm"] = round(record["wohnflaeche_qm"] * 0.5)

    return changed_records(clean.content, change)


@defect("cell_jump", PLATFORM, "held", ("between:participant_count", *ABOVE), "üblichen Bereich|über dem")
def platform_crowd_at_one_event(clean: Clean) -> bytes:
    """A telephone number in the column of people present."""

    def change(rows: list[Row]) -> None:
        rows[100]["attendees"] = "2315099"

    return platform(clean, "meetings", change)
