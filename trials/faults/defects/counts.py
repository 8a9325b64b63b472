"""Too many or too few rows: blocks copied, pages left out, events twice, half an upload with a clean end."""

from trials.faults.clean import CITY, PLATFORM, PORTAL, VOLUNTEERS, Clean
from trials.faults.corpus import defect
from trials.faults.editing import Row, changed_text
from trials.faults.layout import platform, table
from trials.faults.reasons import ABSENT, FEWER, MORE


@defect("counts", VOLUNTEERS, "stopped", ("duplicate_row",), "mehrfach")
def volunteers_block_twice(clean: Clean) -> bytes:
    return table(clean, lambda rows: [*rows[:200], *rows[100:]])


@defect("counts", VOLUNTEERS, "held", MORE, "sonst|eines anderen")
def volunteers_block_copied_under_new_ids(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> list[Row]:
        return [*rows, *(row | {"traeger_id": f"T-{7000 + number}"} for number, row in enumerate(rows[50:200]))]

    return table(clean, change)


@defect("counts", VOLUNTEERS, "held", FEWER, "Vollständig")
def volunteers_last_third_missing(clean: Clean) -> bytes:
    return table(clean, lambda rows: rows[: len(rows) * 2 // 3])


@defect("counts", VOLUNTEERS, "held", FEWER, "Vollständig")
def volunteers_of_one_association_only(clean: Clean) -> bytes:
    return table(clean, lambda rows: [row for row in rows if row["quelle"] == "Sammelmeldung Verband"])


@defect("counts", VOLUNTEERS, "held", MORE, "sonst|eines anderen")
def volunteers_two_years_in_one_file(clean: Clean) -> bytes:
    """Last year's reports stand below this year's, with other ids and this year's date."""
    old = changed_text(clean.files["ehrenamt_2023.csv"], lambda text: text.partition("\r\n")[2])
    return clean.content + old.replace(b"31.12.2023", b"31.12.2024").replace(b";T-0", b";T-5")


@defect("counts", PLATFORM, "stopped", FEWER, "Vollständig|verschwindet")
def platform_first_page_of_the_ideas(clean: Clean) -> bytes:
    return platform(clean, "proposals", lambda rows: rows[:1000])


@defect("counts", PLATFORM, "held", MORE, "sonst|eines anderen")
def platform_events_twice(clean: Clean) -> bytes:
    def change(rows: list[Row]) -> list[Row]:
        return [*rows, *(row | {"id": str(int(row["id"]) + 500)} for row in rows)]

    return platform(clean, "meetings", change)


@defect("counts", PORTAL, "stopped", (*FEWER, "complete"), "liefern")
def portal_upload_ends_at_a_line(clean: Clean) -> bytes:
    return b"\n".join(clean.content.split(b"\n")[:1500]) + b"\n"


@defect("counts", CITY, "stopped", (*FEWER, *ABSENT, "period_not_as_named", "complete"), "liefern")
def portal_city_years_left_out(clean: Clean) -> bytes:
    return b"\n".join(line for line in clean.content.split(b"\n") if b'"jahr":2019' not in line)


@defect("counts", PORTAL, "stopped", ("duplicate_row", "duplicate_key"), "Zeile")
def portal_year_delivered_twice(clean: Clean) -> bytes:
    """An older state of the last year was appended instead of replaced."""
    lines = [line for line in clean.content.split(b"\n") if b'"jahr":2024' in line]
    return clean.content + b"\n".join(lines).replace(b'"wohnungen":', b'"wohnungen":1') + b"\n"
