"""Registers: status that goes backwards, dates in the future, numbers used again, entries that vanish."""

import datetime as dt

from openpyxl.workbook import Workbook

from trials.faults.clean import PLATFORM, REGISTER, Clean
from trials.faults.corpus import defect
from trials.faults.editing import Row, WorkbookRow, changed_workbook, data_rows, rewritten, text_of
from trials.faults.layout import each, platform, register
from trials.faults.reasons import ABSENT, ANSWERS, FUTURE, IDENTITY, JUMP, PATH, REFERENCES, VANISHED


def _values(rows: list[WorkbookRow]) -> list[list[object]]:
    return [[cell.value for cell in row] for row in rows]


@defect("register", REGISTER, "stopped", PATH, "Status")
def register_done_becomes_planned_again(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in reversed(rows):
            if row[1].value == "umgesetzt" and text_of(row[2].value) > "2025-06":
                row[1].value = "geplant"

    return register(clean, "Statusverlauf", change)


@defect("register", REGISTER, "stopped", PATH, "Status")
def register_one_project_goes_backwards(clean: Clean) -> bytes:
    """A project done in 2019 is started in 2025."""

    def change(rows: list[WorkbookRow]) -> None:
        done = next(row for row in rows if row[1].value == "umgesetzt" and text_of(row[2].value) < "2020")
        last = next(row for row in reversed(rows) if row[1].value == "umgesetzt" and text_of(row[2].value) > "2025")
        last[0].value, last[1].value = done[0].value, "gestartet"

    return register(clean, "Statusverlauf", change)


@defect("register", REGISTER, "stopped", FUTURE, "Zukunft")
def register_status_in_the_future(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        rows[-1][2].value = dt.date(2031, 11, 3)

    return register(clean, "Statusverlauf", change)


@defect("register", REGISTER, "stopped", (*FUTURE, "date_format", "plausible:path", "below_minimum"), "Datum")
def register_status_a_century_early(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        rows[3][2].value = "10.12.1915"

    return register(clean, "Statusverlauf", change)


@defect("register", REGISTER, "stopped", VANISHED, "NW-", history="same")
def register_project_vanishes(clean: Clean) -> bytes:
    """The last project is in no sheet any more."""

    def change(workbook: Workbook) -> None:
        number = data_rows(workbook["Teilprojekte"], 7)[-1][0].value
        for name, first in (("Teilprojekte", 7), ("Statusverlauf", 6)):
            rows = data_rows(workbook[name], first)
            rewritten(workbook[name], rows, [row for row in _values(rows) if row[0] != number])
        for row in data_rows(workbook["Bewertung"], 7):
            if row[1].value == number:
                row[1].value = None

    return changed_workbook(clean.content, change)


@defect("register", REGISTER, "stopped", (*VANISHED, *REFERENCES), "NW-")
def register_project_without_status(clean: Clean) -> bytes:
    """One project has no row in the status sheet any more; how it stands nobody knows."""

    def change(workbook: Workbook) -> None:
        rows = data_rows(workbook["Statusverlauf"], 6)
        rewritten(workbook["Statusverlauf"], rows, [row for row in _values(rows) if row[0] != "NW-150"])

    return changed_workbook(clean.content, change)


@defect("register", REGISTER, "held", IDENTITY, "Kennung", history="same")
def register_number_given_to_another_project(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        row = rows[200]
        row[1].value, row[2].value, row[3].value = "Trinkwasserbrunnen am Hafenplatz", "Runde 2019", "2019"
        row[14].value = "18.06.2020"

    return register(clean, "Teilprojekte", change)


@defect("register", REGISTER, "stopped", ("duplicate_key", "duplicate_row"), "widersprüchlich")
def register_project_in_two_rounds(clean: Clean) -> bytes:
    def change(workbook: Workbook) -> None:
        rows = data_rows(workbook["Teilprojekte"], 7)
        values = _values(rows)
        twice = [[*row[:2], "Runde 2019", "2019", *row[4:]] for row in values[:4]]
        rewritten(workbook["Teilprojekte"], rows, [*values, *twice])

    return changed_workbook(clean.content, change)


@defect("register", REGISTER, "stopped", "choice", "vereinbarten Wörtern")
def register_unknown_status(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows[::60]:
            row[1].value = "abgebrochen"

    return register(clean, "Statusverlauf", change)


@defect("register", REGISTER, "stopped", ("fact:shrunk_pct", "row_minimum", *VANISHED), "Zeilen", history="same")
def register_history_cut_to_the_last_status(clean: Clean) -> bytes:
    def change(workbook: Workbook) -> None:
        rows = data_rows(workbook["Statusverlauf"], 6)
        last = {row[0]: row for row in _values(rows)}
        rewritten(workbook["Statusverlauf"], rows, list(last.values()))

    return changed_workbook(clean.content, change)


@defect("register", REGISTER, "stopped", "pattern", "Form")
def register_numbers_with_a_blank(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows[::40]:
            row[0].value = str(row[0].value).replace("-", " ")

    return register(clean, "Teilprojekte", change)


@defect("register", REGISTER, "held", IDENTITY, "Kennung", history="same")
def register_generations_moved_by_one_row(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        values = [(row[2].value, row[3].value) for row in rows]
        for row, (generation, round_id) in zip(rows, [*values[60:], *values[:60]], strict=True):
            row[2].value, row[3].value = generation, round_id

    return register(clean, "Teilprojekte", change)


@defect("register", PLATFORM, "held", IDENTITY, "Kennung", history="same")
def platform_ideas_numbered_anew(clean: Clean) -> bytes:
    """A new installation of the platform counts from 1 in another order."""

    def change(rows: list[Row]) -> None:
        numbers = [row["id"] for row in rows]
        for row, number in zip(rows, reversed(numbers), strict=True):
            row["id"] = number

    return platform(clean, "proposals", change)


@defect("register", PLATFORM, "held", VANISHED, "verschwindet", history="same")
def platform_ideas_vanish(clean: Clean) -> bytes:
    """Every sixteenth idea is gone: fewer than would shrink the table by a tenth."""
    return platform(clean, "proposals", lambda rows: [row for number, row in enumerate(rows) if number % 16])


@defect("register", PLATFORM, "stopped", FUTURE, "Zukunft")
def platform_ideas_from_the_future(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        for row in rows[-5:]:
            row["published_at"] = "2029" + row["published_at"][4:]

    return platform(clean, "proposals", change)


@defect("register", PLATFORM, "held", (*PATH, *JUMP, *ANSWERS, *ABSENT), "Status|sonst|Nachbarjahre", history="same")
def platform_states_all_set_back(clean: Clean) -> bytes:
    """After an update every result is 'planned' again."""
    return platform(clean, "results", each(lambda row: row.update({"status/key": "planned"})))
