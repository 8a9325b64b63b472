"""The indicator sheets of the published sample have no hole: everything a reader needs to judge an indicator.

`holes` reads rows of dim_indicator and names what is missing; it is shown to find every kind of hole.
"""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from release.layout import VarFolder

NEEDED = [
    "definition_version", "name_de", "name_en", "subject_id", "kind", "scale", "numerator_measure_id", "factor", "unit",
    "polarity", "base_level", "permitted_level", "permitted_inference_id", "permitted_inference_de",
    "permitted_inference_en", "tolerance", "margin_minimum", "margin_baseline_gap_pct", "baseline_id", "is_headline",
    "declared_on", "source_id", "source_name_de", "source_name_en", "publisher", "licence", "reference_date",
    "definition_de", "definition_en", "is_gap_available", "valid_from",
]  # fmt: skip
ALLOWED = {
    "kind": {"ratio", "weighted_mean", "survey", "level"},
    "scale": {"share", "ratio", "count", "grade", "balance"},
    "polarity": {"higher_is_better", "lower_is_better", "neutral"},
}
FIELDS_OF_ACTION = {"environment", "land", "jobs", "education"}
OTHER_SUBJECTS = {"programme", "participation", "volunteering", "sentiment"}


def is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def holes(sheets: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(indicator, column) of everything missing or unknown, and (subject, "indicator") of subjects without one."""
    found = []
    for sheet in sheets:
        missing = [column for column in NEEDED if is_blank(sheet[column])]
        missing += [column for column, words in ALLOWED.items() if sheet[column] not in words]
        if is_blank(sheet["denominator_measure_id"]) != (sheet["kind"] == "level"):
            missing.append("denominator_measure_id")
        if is_blank(sheet["denominator_source_id"]) != (sheet["kind"] == "level"):
            missing.append("denominator_source_id")
        for language, other in (("de", "en"), ("en", "de")):
            if is_blank(sheet[f"caveat_{language}"]) and not is_blank(sheet[f"caveat_{other}"]):
                missing.append(f"caveat_{language}")
            if is_blank(sheet[f"gap_unavailable_reason_{language}"]) != bool(sheet["is_gap_available"]):
                missing.append(f"gap_unavailable_reason_{language}")
        found += [(sheet["indicator_id"], column) for column in missing]
    covered = {sheet["field_of_action_id"] for sheet in sheets} | {sheet["subject_id"] for sheet in sheets}
    return found + [(subject, "indicator") for subject in sorted((FIELDS_OF_ACTION | OTHER_SUBJECTS) - covered)]


@pytest.fixture(scope="module")
def sheets(published: Path) -> list[dict[str, Any]]:
    with duckdb.connect(
        str(VarFolder("nordwaerts", published).current / "monitoring.duckdb"), read_only=True
    ) as connection:
        cursor = connection.execute("select * from dim_indicator order by indicator_id")
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def test_no_sheet_has_a_hole(sheets: list[dict[str, Any]]) -> None:
    assert len({sheet["indicator_id"] for sheet in sheets}) >= 40
    assert holes(sheets) == []


@pytest.mark.parametrize("column", [*NEEDED, "denominator_measure_id", "denominator_source_id"])
def test_a_hole_is_found(sheets: list[dict[str, Any]], column: str) -> None:
    place = next(
        number for number, sheet in enumerate(sheets) if sheet["kind"] == "ratio" and sheet["is_gap_available"]
    )
    for blank in (None, " "):
        blanked = [*sheets[:place], sheets[place] | {column: blank}, *sheets[place + 1 :]]
        assert (sheets[place]["indicator_id"], column) in holes(blanked)


def test_a_caveat_in_one_language_is_found(sheets: list[dict[str, Any]]) -> None:
    place = next(number for number, sheet in enumerate(sheets) if not is_blank(sheet["caveat_de"]))
    for column in ("caveat_de", "caveat_en"):
        blanked = [*sheets[:place], sheets[place] | {column: ""}, *sheets[place + 1 :]]
        assert holes(blanked) == [(sheets[place]["indicator_id"], column)]


def test_a_level_with_a_denominator_and_a_gap_without_its_reason_are_found(sheets: list[dict[str, Any]]) -> None:
    place = next(number for number, sheet in enumerate(sheets) if sheet["kind"] == "level")
    for column, cell in [("denominator_measure_id", "population"), ("gap_unavailable_reason_en", "")]:
        blanked = [*sheets[:place], sheets[place] | {column: cell}, *sheets[place + 1 :]]
        assert holes(blanked) == [(sheets[place]["indicator_id"], column)]


@pytest.mark.parametrize("subject", sorted(FIELDS_OF_ACTION | OTHER_SUBJECTS))
def test_a_subject_without_indicators_is_found(sheets: list[dict[str, Any]], subject: str) -> None:
    kept = [sheet for sheet in sheets if subject not in (sheet["field_of_action_id"], sheet["subject_id"])]
    assert (subject, "indicator") in holes(kept)
