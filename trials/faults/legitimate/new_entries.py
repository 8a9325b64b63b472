"""What a year brings to reports, surveys and registers: more, fewer, later, corrected."""

from zlib import crc32

from openpyxl.workbook import Workbook

from trials.faults.clean import (
    PLATFORM,
    REGISTER,
    SURVEY,
    VOLUNTEERS,
    Clean,
)
from trials.faults.corpus import legitimate
from trials.faults.editing import Row, WorkbookRow, changed_workbook, data_rows, rewritten
from trials.faults.layout import (
    each,
    platform,
    register,
    table,
)


@legitimate("counts", VOLUNTEERS)
def volunteers_more_organisations(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> list[Row]:
        new = [row | {"traeger_id": f"T-{600 + number:04d}"} for number, row in enumerate(clean.rng.sample(rows, 40))]
        for row in new:
            row["engagierte_aktiv"] = str(int(row["engagierte_aktiv"]) + clean.rng.randint(1, 3))
            row["angebote_offen"] = str(int(row["angebote_offen"]) + 1)
        return [*rows, *new]

    return table(clean, change)


@legitimate("counts", VOLUNTEERS)
def volunteers_some_organisations_fewer(clean: Clean) -> bytes:
    return table(clean, lambda rows: [row for number, row in enumerate(rows) if number % 25])


@legitimate("item", VOLUNTEERS)
def volunteers_a_quiet_year(clean: Clean) -> bytes:
    """Fewer hours and fewer new volunteers, as in the pandemic."""

    def change(row: Row) -> None:
        hours = float(row["stunden_gemeldet"].replace(".", "").replace(",", "."))
        row["stunden_gemeldet"] = f"{round(hours * 0.85 * 2) / 2:.1f}".replace(".", ",")
        row["davon_neu"] = str(int(row["davon_neu"]) * 3 // 4)

    return table(clean, each(change))


@legitimate("cells", VOLUNTEERS, history="same")
def volunteers_late_reports_and_corrections(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> list[Row]:
        for row in rows[50:60]:
            row["engagierte_aktiv"] = str(round(int(row["engagierte_aktiv"]) * 1.2))
        return [
            *rows,
            *(
                row | {"traeger_id": f"T-{700 + number:04d}", "engagierte_aktiv": "17"}
                for number, row in enumerate(rows[:6])
            ),
        ]

    return table(clean, change)


@legitimate("survey", SURVEY)
def survey_smaller_wave(clean: Clean) -> bytes:
    return table(clean, lambda rows: [row for row in rows if crc32(row["fall_nr"].encode()) % 8])


@legitimate("survey", SURVEY)
def survey_mood_changes_by_three_points(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        for row in [row for row in rows if row["f01_zukunft_dortmund"] == "3"][::15]:
            row["f01_zukunft_dortmund"] = "2"

    return table(clean, change)


@legitimate("survey", SURVEY)
def survey_more_questions_left_blank(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        for row in rows[::50]:
            row["f04_note_wohnviertel"] = ""

    return table(clean, change)


@legitimate("register", REGISTER)
def register_new_project(clean: Clean) -> bytes:
    def change(workbook: Workbook) -> None:
        for name, first, new in (
            ("Teilprojekte", 7, ["NW-269", "Lesegarten am Markt öffnen (269)", "Runde 2019", "2019", "Soziales", "x"]),
            ("Statusverlauf", 6, ["NW-269", "initiiert", "04.12.2025", "Rat der Stadt Dortmund"]),
        ):
            rows = data_rows(workbook[name], first)
            values = [[cell.value for cell in row] for row in rows]
            blank = [None] * (len(values[0]) - len(new))
            row = [*new, *blank]
            if name == "Teilprojekte":
                row[10], row[14] = "Kulturbetriebe", "04.12.2025"
            rewritten(workbook[name], rows, [*values, row])

    return changed_workbook(clean.content, change)


@legitimate("register", REGISTER, history="same")
def register_title_corrected(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        rows[40][1].value = str(rows[40][1].value).replace(" (41)", " und pflegen (41)")

    return register(clean, "Teilprojekte", change)


@legitimate("register", PLATFORM)
def platform_states_of_ideas_change(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        for row in rows[::30]:
            row["state"] = "accepted" if row["state"] == "evaluating" else row["state"]

    return platform(clean, "proposals", change)


@legitimate("counts", PLATFORM)
def platform_many_new_ideas(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> list[Row]:
        new = [
            row
            | {
                "id": str(9_000 + number),
                "published_at": f"2025-11-{number % 28 + 1:02d} 10:15:00 UTC",
                "taxonomies/round": "2025",
            }
            for number, row in enumerate(rows[:60])
        ]
        return [*rows, *new]

    return platform(clean, "proposals", change)


@legitimate("counts", PLATFORM)
def platform_online_event_with_few_people(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        rows[-3]["attendees"], rows[-3]["contributions"], rows[-3]["taxonomies/stadtbezirk"] = "4", "0", ""

    return platform(clean, "meetings", change)
