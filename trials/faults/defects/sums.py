"""Figures that do not add up: a part defined anew, totals among the rows, remainders that do not fit."""

from openpyxl.worksheet.worksheet import Worksheet

from trials.faults.clean import LABOUR, PORTAL, VOLUNTEERS, Clean
from trials.faults.corpus import defect
from trials.faults.editing import Record, Row, changed_records, changed_sheet, data_rows, rewritten, year_of
from trials.faults.layout import LAST, district_of, portal, records_of, table
from trials.faults.reasons import JUMP, PART, SUM, TOTAL


@defect("sums", PORTAL, "held", (*SUM, *JUMP, *PART), "Ganze|Nachbarjahre")
def portal_working_age_counted_to_the_end(clean: Clean) -> bytes:
    """15 to 64 delivered as 15 and older."""

    def change(record: Record) -> None:
        record["bev_15_bis_64"] += record["bev_65_und_aelter"]

    return portal(clean, change)


@defect("sums", PORTAL, "held", (*SUM, *JUMP, *PART), "Ganze|Nachbarjahre")
def portal_total_without_second_homes(clean: Clean) -> bytes:
    """The total of another statistic: a twentieth less than its age groups."""

    def change(record: Record) -> None:
        record["hauptwohnsitzbevoelkerung"] = record["hauptwohnsitzbevoelkerung"] * 95 // 100

    return portal(clean, change)


@defect("sums", PORTAL, "held", (*SUM, *JUMP, *PART), "Ganze|Nachbarjahre")
def portal_remaining_land_as_reactivated(clean: Clean) -> bytes:
    def change(record: Record) -> None:
        record["flaeche_reaktiviert_qm"] = record["brachflaeche_qm"]

    return portal(clean, change)


@defect("sums", VOLUNTEERS, "rejected_rows", TOTAL, "Summe")
def volunteers_total_under_an_id(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        total = {
            name: str(sum(int(row[name]) for row in rows))
            for name in ("engagierte_aktiv", "davon_neu", "angebote_offen")
        }
        hours = sum(float(row["stunden_gemeldet"].replace(".", "").replace(",", ".")) for row in rows)
        rows.append(rows[-1] | total | {"traeger_id": "T-9999", "stunden_gemeldet": f"{hours:.1f}".replace(".", ",")})

    return table(clean, change)


@defect("sums", VOLUNTEERS, "rejected_rows", (*TOTAL, "pattern"), "Zeile")
def volunteers_subtotals_by_district(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> list[Row]:
        totals = []
        for district in sorted({row["stadtbezirk_nr"] for row in rows})[:4]:
            own = [row for row in rows if row["stadtbezirk_nr"] == district]
            counts = {
                name: str(sum(int(row[name]) for row in own))
                for name in ("engagierte_aktiv", "davon_neu", "angebote_offen")
            }
            totals.append(own[0] | counts | {"traeger_id": f"Summe {district}"})
        return [*rows, *totals]

    return table(clean, change)


@defect("sums", PORTAL, "rejected_rows", "area_unknown", "Gebiet")
def portal_city_total_as_an_area(clean: Clean) -> bytes:
    def change(records: list[Record]) -> None:
        rows = records_of(records)
        total = {
            key: sum(row[key] for row in rows)
            for key, value in rows[0].items()
            if isinstance(value, int) and key != "jahr"
        }
        records.append(rows[0] | total | {"unterbezirk_nr": "000", "unterbezirk": "Stadt"})

    return changed_records(clean.content, change)


@defect("sums", LABOUR, "stopped", ("area_unknown", "pattern"), "Zeile")
def labour_subtotals_by_district(clean: Clean) -> bytes:
    def change(sheet: Worksheet) -> None:
        rows = data_rows(sheet, 7)
        values = [[cell.value for cell in row] for row in rows]
        made: list[list[object]] = []
        for year in range(2011, LAST + 1):
            own = [row for row in values if year_of(row[0]) == year]
            made += own
            for district in sorted(set(district_of().values())):
                of_district = [row for row in own if district_of()[str(row[1])[:3]] == district]
                made.append(
                    [
                        own[0][0],
                        f"Stadtbezirk {district}",
                        *(
                            sum(c for c in column if isinstance(c, int))
                            for column in list(zip(*of_district, strict=True))[2:]
                        ),
                    ]
                )
        rewritten(sheet, rows, made)

    return changed_sheet(clean.content, "Daten", change)
