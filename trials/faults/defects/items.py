"""A whole measure that is wrong in the last year: another unit, columns exchanged, values shifted by one area."""

from trials.faults.clean import EMPLOYED, LABOUR, PORTAL, RATE, VOLUNTEERS, Clean
from trials.faults.corpus import defect
from trials.faults.editing import Record, Row, WorkbookRow, changed_records
from trials.faults.layout import EMPLOYED as RESIDENT
from trials.faults.layout import SGB2, UNEMPLOYED, each, labour, official, portal, records_of, swap, table
from trials.faults.reasons import JUMP, PART


@defect("item", PORTAL, "held", JUMP, "Nachbarjahre|Ganze")
def portal_living_space_in_thousands(clean: Clean) -> bytes:
    return portal(clean, lambda record: record.update(wohnflaeche_qm=round(record["wohnflaeche_qm"] / 1000)))


@defect("item", PORTAL, "held", JUMP, "Nachbarjahre|Ganze")
def portal_green_in_hectares(clean: Clean) -> bytes:
    def change(record: Record) -> None:
        record["gruenflaeche_erreichbar_qm"] = round(record["gruenflaeche_erreichbar_qm"] / 10_000)

    return portal(clean, change)


@defect("item", PORTAL, "held", JUMP, "Nachbarjahre|Ganze")
def portal_places_tenfold(clean: Clean) -> bytes:
    return portal(clean, lambda record: record.update(betreuungsplaetze_ue3=record["betreuungsplaetze_ue3"] * 10))


@defect("item", PORTAL, "held", (*JUMP, *PART), "Nachbarjahre|Ganze")
def portal_young_and_old_exchanged(clean: Clean) -> bytes:
    return portal(clean, lambda record: swap(record, "bev_unter_15", "bev_65_und_aelter"))


@defect("item", PORTAL, "held", JUMP, "Nachbarjahre|Ganze")
def portal_housing_and_business_land_exchanged(clean: Clean) -> bytes:
    return portal(clean, lambda record: swap(record, "bauland_wohnen_qm", "bauland_gewerbe_qm"))


@defect("item", PORTAL, "held", JUMP, "Nachbarjahre|Ganze")
def portal_values_shifted_by_one_area(clean: Clean) -> bytes:
    """Sorted without the column of the codes."""

    def change(records: list[Record]) -> None:
        rows = records_of(records)
        codes = [record["unterbezirk_nr"] for record in rows]
        for record, code in zip(rows, [*codes[1:], codes[0]], strict=True):
            record["unterbezirk_nr"] = code

    return changed_records(clean.content, change)


@defect("item", LABOUR, "held", (*JUMP, *PART), "Nachbarjahre|Ganze")
def labour_column_shifted_by_one_area(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        values = [row[UNEMPLOYED].value for row in rows]
        for row, value in zip(rows, [values[-1], *values[:-1]], strict=True):
            row[UNEMPLOYED].value = value

    return labour(clean, change)


@defect("item", LABOUR, "held", (*JUMP, *PART), "Nachbarjahre|Ganze")
def labour_recipients_and_employees_exchanged(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            row[SGB2].value, row[RESIDENT].value = row[RESIDENT].value, row[SGB2].value

    return labour(clean, change)


@defect("item", RATE, "held", JUMP, "Nachbarjahre|Ganze")
def official_rate_as_fraction(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        if row["value_variable_code"] == "ERWP06":
            row["value"] = f"{float(row['value'].replace(',', '.')) / 100:.3f}".replace(".", ",")

    return official(clean, change)


@defect("item", EMPLOYED, "held", JUMP, "Nachbarjahre|Ganze")
def official_employees_counted_twice(clean: Clean) -> bytes:
    """Men, women and both added up."""
    return official(clean, lambda row: row.update(value=str(int(row["value"]) * 2)))


@defect("item", VOLUNTEERS, "held", JUMP, "Nachbarjahre|Ganze")
def volunteers_hours_in_minutes(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        hours = float(row["stunden_gemeldet"].replace(".", "").replace(",", "."))
        row["stunden_gemeldet"] = str(round(hours * 60))

    return table(clean, each(change))


@defect("item", VOLUNTEERS, "held", (*JUMP, *PART), "Nachbarjahre|Ganze")
def volunteers_active_persons_halved(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        row["engagierte_aktiv"] = str(max(int(row["davon_neu"]), int(row["engagierte_aktiv"]) // 2))

    return table(clean, each(change))


@defect("item", PORTAL, "held", JUMP, "Nachbarjahre|Ganze")
def portal_new_dwellings_added_up_over_years(clean: Clean) -> bytes:
    """The stock since 2015 instead of the year."""

    def change(records: list[Record]) -> None:
        total: dict[str, int] = {}
        for record in records:
            if "wohnungen_fertiggestellt" in record:
                code = record["unterbezirk_nr"]
                total[code] = total.get(code, 0) + int(record["wohnungen_fertiggestellt"])
        for record in records_of(records):
            record["wohnungen_fertiggestellt"] = total[record["unterbezirk_nr"]]

    return changed_records(clean.content, change)


@defect("item", PORTAL, "held", (*JUMP, *PART), "Nachbarjahre|Ganze")
def portal_population_of_one_nationality(clean: Clean) -> bytes:
    """A filter was left on: four fifths of all persons, in every age group, and all sums are right."""

    def change(record: Record) -> None:
        for key, value in record.items():
            if key.startswith("bev_"):
                record[key] = value * 8 // 10
        record["bev_unter_65"] = record["bev_unter_15"] + record["bev_15_bis_64"]
        record["hauptwohnsitzbevoelkerung"] = record["bev_unter_65"] + record["bev_65_und_aelter"]

    return portal(clean, change)
