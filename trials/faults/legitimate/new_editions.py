"""What a year brings: new periods and waves, revisions, a real jump, more suppression, new entries of registers."""

from pathlib import Path

from trials.faults.clean import (
    BUILDINGS,
    CITY,
    EMPLOYED,
    LABOUR,
    PLATFORM,
    POPULATION,
    PORTAL,
    RATE,
    REGISTER,
    SURVEY,
    VOLUNTEERS,
    Clean,
)
from trials.faults.corpus import legitimate
from trials.faults.editing import Record, Row, WorkbookRow, changed_records
from trials.faults.layout import (
    LAST,
    YOUNG,
    code_of,
    district_of,
    labour,
    official,
    portal,
    records_of,
    scaled,
)


def _as_it_is(clean: Clean) -> bytes:
    return clean.content


for _name, _file in (
    ("portal_new_year", PORTAL), ("portal_new_year_of_the_city", CITY), ("labour_new_year", LABOUR),
    ("volunteers_new_year", VOLUNTEERS), ("survey_new_wave", SURVEY), ("official_new_year", POPULATION),
    ("official_new_year_of_the_rate", RATE), ("official_new_year_of_employees", EMPLOYED),
    ("official_new_year_of_buildings", BUILDINGS), ("platform_new_month", PLATFORM), ("register_new_months", REGISTER),
):  # fmt: skip
    legitimate("period", _file, name=_name)(_as_it_is)


@legitimate("cells", PORTAL, history="same")
def portal_old_years_revised_by_one_per_cent(clean: Clean) -> bytes:
    rng = clean.rng

    def change(records: list[Record]) -> None:
        for record in rng.sample(records, 300):
            for key in ("wohnflaeche_qm", "gruenflaeche_erreichbar_qm"):
                if key in record:
                    record[key] = round(record[key] * rng.uniform(0.985, 1.015))

    return changed_records(clean.content, change)


@legitimate("cells", LABOUR, history="same")
def labour_last_year_revised_by_two_per_cent(clean: Clean) -> bytes:
    rng = clean.rng

    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            row[YOUNG + 2].value = scaled(row[YOUNG + 2].value, rng.uniform(1.0, 1.04))

    return labour(clean, change)


@legitimate("cells", POPULATION, history="same")
def official_census_takes_two_per_cent(clean: Clean) -> bytes:
    """After a census the update is set on a new base from 2022 on."""

    def change(row: Row) -> None:
        row["value"], row["value_q"] = str(round(int(row["value"]) * 0.98)), "r"

    return official(clean, change, range(2022, 2025))


@legitimate("cells", EMPLOYED, history="same")
def official_provisional_becomes_final(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        row["value"], row["value_q"] = str(round(int(row["value"]) * 1.004)), "e"

    return official(clean, change)


@legitimate("item", PORTAL)
def portal_one_district_grows_by_fifteen_per_cent(clean: Clean) -> bytes:
    """A large shelter opens: persons of every age in one district."""

    def change(record: Record) -> None:
        if district_of()[record["unterbezirk_nr"]] == "9":
            for key in (
                "bev_unter_15",
                "bev_15_bis_64",
                "bev_65_und_aelter",
                "bev_unter_3",
                "bev_3_bis_5",
                "bev_15_bis_24",
            ):
                record[key] = round(record[key] * 1.15)
            record["bev_unter_65"] = record["bev_unter_15"] + record["bev_15_bis_64"]
            record["hauptwohnsitzbevoelkerung"] = record["bev_unter_65"] + record["bev_65_und_aelter"]

    return portal(clean, change)


@legitimate("item", LABOUR)
def labour_one_district_jumps_by_fifteen_per_cent(clean: Clean) -> bytes:
    """A works closes."""

    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            if district_of()[code_of(row)] == "5":
                for cell in row[2:5]:
                    cell.value = scaled(cell.value, 1.15)

    return labour(clean, change)


@legitimate("item", LABOUR)
def labour_a_worse_year_everywhere(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            for cell in row[2:5]:
                cell.value = scaled(cell.value, 1.08)

    return labour(clean, change)


@legitimate("missing", LABOUR)
def labour_more_suppression(clean: Clean) -> bytes:
    """Three and four cases are no longer told either, nor what would give them away."""

    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            if isinstance(row[YOUNG].value, int) and row[YOUNG].value < 5:
                row[YOUNG].value = "*"

    return labour(clean, change)


@legitimate("cell_jump", LABOUR)
def labour_small_numbers_waver(clean: Clean) -> bytes:
    rng = clean.rng

    def change(rows: list[WorkbookRow]) -> None:
        for row in rows:
            value = row[YOUNG].value
            if isinstance(value, int) and 3 <= value <= 10:
                row[YOUNG].value = value + rng.randint(-2, 2) if value > 4 else value + 1

    return labour(clean, change)


@legitimate("missing", PORTAL)
def portal_zeros_in_small_areas(clean: Clean) -> bytes:
    def change(records: list[Record]) -> None:
        for record in sorted(records_of(records), key=lambda each: int(each["hauptwohnsitzbevoelkerung"]))[:6]:
            record["wohnungen_fertiggestellt"] = record["wohnungen_leer"] = record[
                "einschulungen_sprachfoerderbedarf"
            ] = 0

    return changed_records(clean.content, change)


@legitimate("cell_jump", PORTAL)
def portal_a_new_quarter_is_built(clean: Clean) -> bytes:
    """180 dwellings are completed in one area, after a dozen a year."""

    def change(records: list[Record]) -> None:
        record = records_of(records)[44]
        record["wohnungen"] += 180
        record["wohnungen_fertiggestellt"] += 180

    return changed_records(clean.content, change)


@legitimate("period", PORTAL)
def portal_noise_measured_again(clean: Clean) -> bytes:
    """A measure that comes every few years comes again, with little change."""

    def change(records: list[Record]) -> None:
        measured = {record["unterbezirk_nr"]: record["bev_laerm_ueber_65_dba"] for record in records_of(records, 2022)}
        for record in records_of(records):
            record["bev_laerm_ueber_65_dba"] = round(measured[record["unterbezirk_nr"]] * 0.98)

    return changed_records(clean.content, change)


_ADD_UP = {  # in this order
    "bev_unter_65": ("bev_unter_15", "bev_15_bis_64"),
    "hauptwohnsitzbevoelkerung": ("bev_unter_65", "bev_65_und_aelter"),
    "brachflaeche_2015_qm": ("brachflaeche_qm", "flaeche_reaktiviert_qm"),
}


def _declare_area(folder: Path) -> None:
    path = folder / "areas.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    pattern = next(line for line in lines if line.startswith("unterbezirk;960;"))
    path.write_text(
        "\n".join([*lines, pattern.replace(";960;Westerfilde;", ";969;Westerfilde-Neu;")]) + "\n", encoding="utf-8"
    )


@legitimate("missing", PORTAL, declares=_declare_area)
def portal_new_area_by_declaration(clean: Clean) -> bytes:
    """One area is divided; the publisher delivers both parts for all years."""

    def change(records: list[Record]) -> list[Record]:
        made = []
        for record in records:
            made.append(record)
            if record["unterbezirk_nr"] == "960":
                part = {key: value // 4 for key, value in record.items() if isinstance(value, int) and key != "jahr"}
                for whole, parts in _ADD_UP.items():
                    if whole in part:
                        part[whole] = sum(part[key] for key in parts)
                made.append(record | part | {"unterbezirk_nr": "969", "unterbezirk": "Westerfilde-Neu"})
                record |= {key: record[key] - value for key, value in part.items()}
        return made

    return changed_records(clean.content, change)


@legitimate("item", CITY)
def portal_cleaner_air(clean: Clean) -> bytes:
    def change(records: list[Record]) -> None:
        records_of(records)[0]["no2_jahresmittel"] = round(
            records_of(records, LAST - 1)[0]["no2_jahresmittel"] * 0.87, 1
        )

    return changed_records(clean.content, change)
