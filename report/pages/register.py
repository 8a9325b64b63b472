"""The register of sub-projects line by line: what is in stock on a day, and where in which delivered file it stands."""

import datetime as dt

from release.spoken import current_language, words
from report.figure import Cell, Figure, Table, about, cell
from report.notation import shown
from report.page import Material

MART = "fct_project_status"
MARTS = (MART, "dim_project", "bridge_project_area", "bridge_project_field_of_action", "dim_area")
_QUERY = f"""
    with latest as (select coalesce(cast(? as date), max(valid_from)) as on_day from {MART}),
    fields as (
        select project_id, string_agg(field_of_action_name_de, ', ' order by field_of_action_name_de) as fields_of_action_de,
            string_agg(field_of_action_name_en, ', ' order by field_of_action_name_de) as fields_of_action_en
        from bridge_project_field_of_action group by project_id
    ),
    areas as (
        select project_id, string_agg(area_name, ', ' order by area_name) as area_names
        from bridge_project_area join dim_area using (area_id)
        where dim_area.valid_to is null
        group by project_id
    )
    select latest.on_day, status.project_id, project_name, generation_id, fields_of_action_de, fields_of_action_en,
        area_names, is_city_wide, adopted_on, status.status, status.valid_from, status.valid_to, status.is_in_stock,
        status.is_started_or_done,
        dim_project.row_address as adopted_row_address, dim_project.delivery_id as adopted_delivery_id,
        status.row_address, status.delivery_id, status.is_synthetic
    from {MART} as status
    cross join latest
    join dim_project using (project_id)
    left join fields using (project_id)
    left join areas using (project_id)
    where is_in_stock and status.valid_from <= on_day and (status.valid_to is null or status.valid_to >= on_day)
    order by project_id"""
DIGITS = 12
_OF_LINES = 7  # columns that say what is where


def generation(code: str) -> str:
    """What a generation is called; codes of a city's own stand as they are."""
    if code == "all":
        return words("alle Generationen", "all generations")
    if code.startswith("round_"):
        return words(f"Runde {code.removeprefix('round_')}", f"round {code.removeprefix('round_')}")
    return words(f"{code}. Generation", f"generation {code}") if code.isdigit() else code


def register(material: Material, on_day: dt.date | None = None) -> list[Figure]:
    """The register as one figure, of the latest day, or of another with what shows its lines alone; none where it is not public."""
    edition = material.edition
    if not edition.has(*MARTS):
        return []
    data = edition.table(_QUERY, on_day)
    rows = data.to_pylist()
    if not rows:
        return []
    lines = []
    for n, row in enumerate(rows):
        areas = words("gesamte Stadt", "whole city") if row["is_city_wide"] else ""
        lines.append(
            [
                Cell(row["project_id"], "whole", f"{n}.project_id", is_head=True),
                cell(rows, n, "project_name"),
                Cell(edition.label("project_status", row["status"]), source=f"{n}.status"),
                cell(rows, n, "valid_from"),
                _line(row, n, "row_address"),
                _line(row, n, "adopted_row_address"),
                Cell(f"{row['delivery_id'][:DIGITS]}…", source=f"{n}.delivery_id"),
                Cell(generation(row["generation_id"])),
                cell(rows, n, f"fields_of_action_{current_language()}"),
                Cell(areas) if areas else cell(rows, n, "area_names"),
            ]
        )
    if on_day:
        lines = [line[:_OF_LINES] for line in lines]
    day = shown(rows[0]["on_day"])
    heads = [
        words("Nr.", "No."),
        words("Teilprojekt", "Sub-project"),
        words("Status", "Status"),
        words("seit", "since"),
        words("Zeile des Status", "Line of the status"),
        words("Zeile des Beschlusses", "Line of the adoption"),
        words("Datei (SHA-256)", "File (SHA-256)"),
        words("Generation", "Generation"),
        words("Handlungsfelder", "Fields of action"),
        words("Stadtbezirke", "Areas"),
    ]
    return [
        Figure(
            f"register-{on_day}" if on_day else "register",
            MART,
            words("Das Register, Zeile für Zeile", "The register, line by line"),
            words(
                f"Jedes Teilprojekt, das am {day} zum Bestand zählt, mit der Zeile des Registers, aus der das folgt.",
                f"Every sub-project in stock on {day}, with the line of the register it follows from.",
            ),
            data,
            Table(words(f"Bestand am {day}", f"Stock on {day}"), heads[: len(lines[0])], lines),
            notes=[
                words(
                    "Eine Zeile hier ist ein Teilprojekt im Bestand. Zusammen sind sie der Bestand dieses Tages.",
                    "One line here is one sub-project in stock. Together they are the stock of that day.",
                ),
                words(
                    f"Von der Prüfsumme der gelieferten Datei stehen {DIGITS} Stellen; alle 64 stehen in den Dateien zum Herunterladen.",
                    f"Of the checksum of the delivered file {DIGITS} digits are shown; all 64 are in the files to download.",
                ),
            ],
            about=about(
                edition.label("unit", "projects"), material.sources("project", "project_event"), edition.as_of_on
            ),
        )
    ]


def _line(row: dict[str, object], index: int, column: str) -> Cell:
    """Where a row stands in the delivered file, in the words of the reader."""
    address = str(row[column])
    return Cell(words(address.replace(" line ", " Zeile "), address), source=f"{index}.{column}")
