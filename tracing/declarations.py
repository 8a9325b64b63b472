"""Declared rows compared with the marts that take them over: areas, indicators, breaks, corrections, names of terms.

Each cell is the cell of the declared file, read from the archive by its SHA-256, or a name the programme declares for a code.
Labels and reasons are part of the code, whose hash the release carries. Does not belong here: figures.
"""

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from tracing.cells import cells_of, process_of
from tracing.comparing import DELIVERED, Unknown
from tracing.declared import declared_document, declared_rows, settings
from tracing.projects import term
from tracing.rows import Row, Rows

_SEEDS = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"
_NO_CODE = Unknown(
    "Diese Texte stehen im Code, der hier nicht liegt; code_sha256 nennt ihn.",
    "These texts are part of the code, which is not here; code_sha256 names it.",
)


def _text(cell: str | None) -> str | None:
    return cell or None


def _number(cell: str | None) -> Decimal | None:
    return Decimal(cell) if cell else None


def _date(cell: str | None) -> dt.date | None:
    return dt.date.fromisoformat(cell) if cell else None


def _declared(rows: Rows, file_name: str, **equals: str) -> dict[str, str]:
    """The declared row with these cells."""
    key = ("declared by", file_name, tuple(equals))
    if key not in rows.memo:
        rows.memo[key] = {}
        for one in declared_rows(rows, file_name):
            rows.memo[key].setdefault(tuple(one[name] for name in equals), one)
    found: dict[str, str] = rows.memo[key].get(tuple(equals.values()), {})
    return found


def area(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of dim_area: its declared line, its level, and the city it lies in."""
    level, _, code = row["area_id"].partition("-")
    found = [
        one for one in declared_rows(rows, "areas.csv")
        if (one["area_level"], one["area_code"], _date(one["valid_from"])) == (level, code, row["valid_from"])
    ]  # fmt: skip
    one = found[0] if found else {}
    levels = {str(each["level"]): (place, each) for place, each in enumerate(settings(rows)["levels"])}
    place, named = levels[level]
    texts = ("area_level", "area_code", "area_name", "parent_id", "alternative_parent_id", "publication_unit_id")
    return {
        **{name: _text(one.get(name)) for name in texts},
        "area_ha": _number(one.get("area_ha")), "valid_to": _date(one.get("valid_to")),
        "level_rank": place, "level_name_de": named.get("name_de"), "level_name_en": named.get("name_en"),
        "has_alternative_parent": bool(one.get("alternative_parent_id")), "city_id": city_of(rows, row["area_id"]),
    }  # fmt: skip


def area_outline(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of dim_area_outline: the declared polygon in well-known text."""
    key = ("outlines",)
    if key not in rows.memo:
        collection = declared_document(rows, "outlines.geojson") or {"features": []}
        named = collection.get("crs", {}).get("properties", {}).get("name", "CRS84").rpartition(":")[2]
        crs = "EPSG:4326" if named == "CRS84" else f"EPSG:{named}"
        rows.memo[key] = {each["properties"]["area_id"]: (crs, each["geometry"]) for each in collection["features"]}
    crs, geometry = rows.memo[key].get(row["area_id"], (None, None))
    return {
        "area_level": row["area_id"].partition("-")[0], "crs": crs,
        "outline_wkt": geometry and f"{geometry['type'].upper()} {_words(geometry['coordinates'])}",
    }  # fmt: skip


def _words(coordinates: list[Any]) -> str:
    """A position as its two numbers, a list of positions or rings in brackets."""
    if not isinstance(coordinates[0], list):
        return " ".join(map(str, coordinates[:2]))
    return "(" + ", ".join(map(_words, coordinates)) + ")"


def city_of(rows: Rows, area_id: str) -> str | None:
    """The area of the coarsest level at the top of the main tree."""
    coarsest = str(settings(rows)["levels"][0]["level"])
    if ("parents",) not in rows.memo:
        rows.memo[("parents",)] = {
            f"{one['area_level']}-{one['area_code']}": one["parent_id"] for one in declared_rows(rows, "areas.csv")
        }
    parents: dict[str, str] = rows.memo[("parents",)]
    current: str | None = area_id
    while current and not current.startswith(f"{coarsest}-"):
        current = parents.get(current)
    return current or None


def indicator(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of dim_indicator: its declared line, and what follows from it."""
    one = _declared(
        rows, "indicators.csv", indicator_id=row["indicator_id"], definition_version=str(row["definition_version"])
    )
    texts = (
        "name_de", "name_en", "field_of_action_id", "subject_id", "kind", "scale", "numerator_measure_id",
        "subtracted_measure_id", "denominator_measure_id", "unit", "polarity", "base_level", "permitted_level",
        "permitted_inference_id", "baseline_id", "source_id", "reference_date", "definition_de", "definition_en",
    )  # fmt: skip
    source = declared_document(rows, f"sources/{row['source_id']}.yml") or {}
    inference = term(rows, "permitted_inferences", one.get("permitted_inference_id"))
    margin = one.get("margin_pct_of_baseline_gap")
    return {
        **{name: _text(one.get(name)) for name in texts},
        **{name: _number(one.get(name)) for name in ("factor", "tolerance", "margin_minimum")},
        "margin_baseline_gap_pct": float(margin) if margin else None,
        "is_headline": one.get("is_headline", "").lower() == "true", "declared_on": _date(one.get("declared_on")),
        "valid_from": _date(one.get("valid_from")), "valid_to": _date(one.get("valid_to")),
        "caveat_de": one.get("caveat_de", ""), "caveat_en": one.get("caveat_en", ""),
        "permitted_inference_de": inference.get("name_de"), "permitted_inference_en": inference.get("name_en"),
        "source_name_de": source.get("name_de"), "source_name_en": source.get("name_en"),
        "publisher": source.get("publisher"), "licence": source.get("licence"),
        **_sourced(rows, row, one),
    }  # fmt: skip


def _sourced(rows: Rows, row: Row, one: dict[str, str]) -> dict[str, Any]:
    """Where the denominator comes from, which reading decides, and whether there can be a gap."""
    level = one.get("base_level", "")
    measure = _text(one.get("denominator_measure_id"))
    offered = (
        sorted({each["source_id"] for each in rows.find("fct_measure", measure_id=measure, area_level=level)})
        if measure
        else []
    )
    own = one.get("source_id")
    denominator = own if own in offered else (offered[0] if offered else None)
    process = None
    if one.get("kind") in ("ratio", "weighted_mean"):
        periods = {
            each["period"]
            for each in rows.find("fct_measure", measure_id=one["numerator_measure_id"], area_level=level)
        }
        shared = periods & {each["period"] for each in rows.find("fct_measure", measure_id=measure, area_level=level)}
        latest = max(shared or periods, default=None)
        process = process_of(row, cells_of(rows, row, latest)) if latest else None
    declared = one.get("interval_basis") or "process"
    deciding = "sample" if one.get("kind") == "survey" else declared if process else "counted"
    levels = {each["area_level"] for each in rows.find("bridge_area_set", role="programme")}
    is_gap = one.get("kind") != "level" and level in levels
    found: dict[str, Any] = {
        "denominator_source_id": denominator,
        "deciding_reading": deciding,
        "is_gap_available": is_gap,
    }
    why = None if is_gap else "single_values" if one.get("kind") == "level" else "level_too_coarse"
    named: dict[str, Any] = next((each for each in settings(rows)["levels"] if str(each["level"]) == level), {})
    for language in ("de", "en"):
        unread = (
            _reason(rows, "interval", "nothing_counted", language)
            if (deciding, declared) == ("counted", "process")
            else None
        )
        found |= {
            f"reading_reason_{language}": _text(one.get(f"interval_reason_{language}")) or unread,
            f"dispersion_caveat_{language}": _reason(rows, "dispersion", "names_a_side", language) if one.get("scale") == "share" else None,
            f"gap_unavailable_reason_{language}": why and (_reason(rows, "gap", why, language) or "").replace("{level}", named.get(f"name_{language}", level)),
        }  # fmt: skip
    return found


def _reason(rows: Rows, subject: str, code: str, language: str) -> str | None:
    found = rows.one("dim_label", subject=f"reason_{subject}", code=code)
    return None if found is None else str(found[f"text_{language}"])


def comparability_break(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of dim_comparability_break: its declared line."""
    one = _declared(rows, "breaks.csv", break_id=row["break_id"])
    return {
        **{name: _text(one.get(name)) for name in ("period", "kind", "severity", "note_de", "note_en")},
        "source_text": _text(one.get("source")), "added_tolerance": _number(one.get("added_tolerance")),
    }  # fmt: skip


def correction(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of fct_correction: its declared line, and the delivered figure it is about."""
    one = _declared(rows, "corrections.csv", correction_id=row["correction_id"])
    figures = rows.of("fct_measure", measure_id=row["measure_id"], area_id=row["area_id"], period=row["period"])
    figure = next((each for each in figures if each["table_name"] == row["table_name"]), None)
    texts = ("table_name", "measure_id", "area_id", "period", "reason_de", "reason_en", "office")
    return {
        **{name: _text(one.get(name)) for name in texts},
        "value": _number(one.get("value")), "since_on": _date(one.get("since")),
        "delivered_value": figure and figure["delivered_value"], "is_delivered": figure is not None,
        "delivered_status": Unknown(
            "Wie die Zahl geliefert wurde, sagt ihre gelieferte Zeile; die Tabelle zeigt den Status nach der Berichtigung.",
            "How the figure was delivered its delivered row says; the table shows the status after the correction.",
        ) if figure is not None else None,
        "figure_delivery_id": figure and figure["delivery_id"], "figure_row_address": figure and figure["row_address"],
    }  # fmt: skip


def label(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of dim_label: the line of the seed it is."""
    if ("seeds",) not in rows.memo:
        rows.memo[("seeds",)] = _seeds()
    seeds = rows.memo[("seeds",)]
    if seeds is None:
        return {"text_de": _NO_CODE, "text_en": _NO_CODE}
    german, english = seeds.get((row["subject"], row["code"]), (None, None))
    return {"text_de": german, "text_en": english}


def _seeds() -> dict[tuple[str, str], tuple[str, str]] | None:
    if not (_SEEDS / "label.csv").is_file():
        return None
    found: dict[tuple[str, str], tuple[str, str]] = {}
    with (_SEEDS / "label.csv").open(encoding="utf-8", newline="") as handle:
        found |= {(one["subject"], one["code"]): (one["text_de"], one["text_en"]) for one in csv.DictReader(handle)}
    with (_SEEDS / "reason.csv").open(encoding="utf-8", newline="") as handle:
        for one in csv.DictReader(handle):
            found["reason_" + one["subject"], one["reason_code"]] = one["sentence_de"], one["sentence_en"]
    return found


_VOCABULARIES = {
    "field_of_action": "fields_of_action",
    "support_type": "support_types",
    "register": "registers",
}


def named(rows: Rows, row: Row) -> dict[str, Any]:
    """Names of the codes a row carries, and which kind of link a register entry has."""
    found: dict[str, Any] = {}
    for name, vocabulary in _VOCABULARIES.items():
        if f"{name}_name_de" in row:
            one = term(rows, vocabulary, row[f"{name}_id"])
            found |= {f"{name}_name_de": one.get("name_de"), f"{name}_name_en": one.get("name_en")}
    if "link_kind" in row:
        found["link_kind"] = "area" if row["field_of_action_id"] is None else "field_of_action"
        found |= {"area_id": DELIVERED, "field_of_action_id": DELIVERED}
    return found


def register_entry(rows: Rows, row: Row) -> dict[str, Any]:
    """A row of dim_register_entry: its name of the register and its links, counted."""
    links = rows.of("bridge_register_entry", register_id=row["register_id"], entry_id=row["entry_id"])
    areas = sum(one["area_id"] is not None for one in links)
    return named(rows, row) | {
        "field_of_action_count": sum(one["field_of_action_id"] is not None for one in links),
        "area_count": areas, "is_city_wide": areas == 0,
    }  # fmt: skip
