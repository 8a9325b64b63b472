"""Personal data and formulas in columns that are published: names, mail addresses, telephone numbers, private notes."""

from trials.faults.clean import PLATFORM, REGISTER, SURVEY, VOLUNTEERS, Clean
from trials.faults.corpus import defect
from trials.faults.editing import Row, WorkbookRow
from trials.faults.layout import platform, register, table
from trials.faults.reasons import TEXTS


@defect("personal", REGISTER, "held", TEXTS, "Texte")
def register_mail_address_in_a_title(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        rows[12][1].value = f"{rows[12][1].value} – Rückfragen: brunhilda.distelfink@kanari.example"

    return register(clean, "Teilprojekte", change)


@defect("personal", REGISTER, "held", TEXTS, "Texte")
def register_telephone_in_a_reason(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        row = next(row for row in rows if row[8].value)
        row[8].value = f"{row[8].value}; bitte anrufen: 0231 / 555 01 99"

    return register(clean, "Bewertung", change)


@defect("personal", REGISTER, "held", TEXTS, "Texte")
def register_mail_address_as_deciding_body(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        for row in rows[::100]:
            row[3].value = "ekkehart.goldammer@kanari.example"

    return register(clean, "Statusverlauf", change)


@defect("personal", REGISTER, "held", TEXTS, "Texte")
def register_mobile_number_as_office(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        rows[30][10].value = "Grünflächenamt, mobil +49 151 555 0123"

    return register(clean, "Teilprojekte", change)


@defect("personal", REGISTER, "held", TEXTS, "Texte")
def register_formula_as_a_title(clean: Clean) -> bytes:
    def change(rows: list[WorkbookRow]) -> None:
        rows[20][1].value = "@SUM(1+1)*cmd|' /C calc'!A0"

    return register(clean, "Teilprojekte", change)


@defect("personal", VOLUNTEERS, "stopped", ("pattern", *TEXTS), "Form|Wörtern|Texte")
def volunteers_mail_addresses_as_ids(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        for row in rows[::20]:
            row["traeger_id"] = row["kontakt_mail"]

    return table(clean, change)


@defect("personal", PLATFORM, "held", TEXTS, "Texte")
def platform_mail_address_as_format(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        rows[60]["taxonomies/format"] = "Workshop (Anmeldung: gundolf@kanari.example)"

    return platform(clean, "meetings", change)


@defect("personal", SURVEY, "stopped", ("choice", *TEXTS), "Form|Wörtern|Texte")
def survey_free_text_as_answer(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> None:
        for row in rows[::60]:
            row["f03_note_dortmund"] = "kommt darauf an, rufen Sie mich an"

    return table(clean, change)
