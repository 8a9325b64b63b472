"""Surveys: answers exchanged, weights that weigh nothing, people asked twice, half a wave."""

from collections.abc import Callable

from trials.faults.clean import SURVEY, Clean
from trials.faults.corpus import defect
from trials.faults.editing import Row
from trials.faults.layout import each, swap, table
from trials.faults.reasons import ANSWERS, FEWER, TWICE, WEIGHTS


def _recoded(column: str, codes: dict[str, str]) -> Callable[[list[Row]], None]:
    def change(row: Row) -> None:
        row[column] = codes.get(row[column], row[column])

    return each(change)


@defect("survey", SURVEY, "held", ANSWERS, "Antwort")
def survey_improve_and_worsen_exchanged(clean: Clean) -> bytes:
    return table(clean, _recoded("f01_zukunft_dortmund", {"1": "3", "3": "1"}))


@defect("survey", SURVEY, "held", ANSWERS, "Antwort")
def survey_grades_the_other_way_round(clean: Clean) -> bytes:
    return table(clean, _recoded("f03_note_dortmund", {str(grade): str(7 - grade) for grade in range(1, 7)}))


@defect("survey", SURVEY, "held", ANSWERS, "Antwort")
def survey_two_questions_exchanged(clean: Clean) -> bytes:
    return table(clean, each(lambda row: swap(row, "f01_zukunft_dortmund", "f02_zukunft_wohnviertel")))


@defect("survey", SURVEY, "held", ANSWERS, "Antwort")
def survey_grades_of_city_and_neighbourhood_exchanged(clean: Clean) -> bytes:
    return table(clean, each(lambda row: swap(row, "f03_note_dortmund", "f04_note_wohnviertel")))


@defect("survey", SURVEY, "held", ANSWERS, "Antwort")
def survey_no_answer_counted_as_unchanged(clean: Clean) -> bytes:
    """Whoever said nothing became the middle category."""
    return table(clean, _recoded("f02_zukunft_wohnviertel", {"9": "2", "": "2"}))


@defect("survey", SURVEY, "held", (*ANSWERS, *TWICE), "Antwort")
def survey_grade_filled_down(clean: Clean) -> bytes:
    """A cell was dragged over the last two fifths of the rows."""

    def change(rows: list[Row]) -> None:
        for row in rows[len(rows) * 3 // 5 :]:
            row["f04_note_wohnviertel"] = "3"

    return table(clean, change)


@defect("survey", SURVEY, "stopped", "choice", "vereinbarten Wörtern")
def survey_new_code_for_no_answer(clean: Clean) -> bytes:
    return table(clean, _recoded("f01_zukunft_dortmund", {"9": "99", "": "99"}))


@defect("survey", SURVEY, "held", WEIGHTS, "Gewicht")
def survey_weights_all_one(clean: Clean) -> bytes:
    return table(clean, each(lambda row: row.update(gewicht="1,000")))


@defect("survey", SURVEY, "stopped", WEIGHTS, "Gewicht")
def survey_weights_add_up_to_the_population(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        row["gewicht"] = f"{float(row['gewicht'].replace(',', '.')) * 246:.3f}".replace(".", ",")

    return table(clean, each(change))


@defect("survey", SURVEY, "held", WEIGHTS, "Gewicht")
def survey_weights_doubled(clean: Clean) -> bytes:
    def change(row: Row) -> None:
        row["gewicht"] = f"{float(row['gewicht'].replace(',', '.')) * 2:.3f}".replace(".", ",")

    return table(clean, each(change))


@defect("survey", SURVEY, "held", (*FEWER, *ANSWERS), "Vollständig")
def survey_first_half_of_a_wave(clean: Clean) -> bytes:
    """Sorted by area, the second half of the city is not there."""
    return table(clean, lambda rows: rows[: len(rows) // 2])


@defect("survey", SURVEY, "held", TWICE, "einmal|Wellen")
def survey_everybody_twice(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> list[Row]:
        return [*rows, *(row | {"fall_nr": f"2022-{int(row['fall_nr'][5:]) + 50_000:05d}"} for row in rows)]

    return table(clean, change)


@defect("survey", SURVEY, "stopped", ("duplicate_key", "duplicate_row"), "Zeile")
def survey_numbers_begin_again_at_every_interviewer(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        for number, row in enumerate(rows):
            row["fall_nr"] = f"2022-{number % 400 + 1:05d}"

    return table(clean, change)
