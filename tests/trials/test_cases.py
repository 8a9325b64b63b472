"""Small deliveries that went wrong in public projects of this field: each behaves as the table of their README says.

The table itself decides which cases there are: one that is not judged here fails. The deliveries are not committed; where
they are missing these tests skip. NORDWAERTS_REFERENCE names another place.
"""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from expectations.direct import run_suite
from expectations.rules import DeliveryFacts, Seen
from expectations.suites import landed_suite
from ingest.areas import locality_of
from ingest.landing import Landed, land
from ingest.opened import OpenedDelivery
from programmes.loading import load_programme
from programmes.sources import Connector, LandedTable, Source, Table
from trials.faults import nights
from trials.faults.clean import clean_files
from trials.faults.corpus import Entry, History
from trials.faults.nights import night_of
from trials.faults.verdicts import Verdict

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(os.environ.get("NORDWAERTS_REFERENCE") or ROOT.parent / "shared" / "reference").parent / "cases"
SEED = 0  # the committed sample set, of which the cases are made
IN_ORDER = ("missed",)  # nothing is said about it
REFUSED, HELD, REJECTED = "stopped", "held", "rejected_rows"

# case → outcomes that are right, the rule that must speak, and a piece of the English sentence
RIGHT: dict[str, tuple[tuple[str, ...], str, str]] = {
    "C01_mixed_delimiter": ((REFUSED,), "field_count", "not as many fields"),
    "C03_utf8_no_bom": (IN_ORDER, "", ""),
    "C04_utf8_accent_only": ((REFUSED, REJECTED), "pattern", "agreed form"),
    "C05_utf16le_no_bom": ((REFUSED,), "encoding", "UTF-16"),
    "C06b_trailing_delimiter_rows_only": (IN_ORDER, "", ""),
    "C06c_total_row_full": ((REJECTED, HELD), "total_row", "total row"),
    "C07_id_became_date": ((REFUSED, REJECTED), "pattern", "agreed form"),
    "C12_fractional_persons": ((REFUSED, HELD, REJECTED), "not_whole", "whole number"),
    "C14_comma_file": ((REFUSED,), "delimiter", "; / ,"),
    "C14b_tab_file": ((REFUSED,), "delimiter", "; / Tab"),
    "S01_weight_minus9": ((REFUSED, REJECTED), "not_positive", "above 0"),
    "S02_weight_point": ((REFUSED, HELD, REJECTED), "above_maximum", "at most 10"),
    "S05_weight_zero": ((REFUSED, REJECTED), "not_positive", "above 0"),
    "S09_tenth_of_one_wave_rejected": ((REFUSED,), "fact:rejected_pct", "permitted share"),
    "J01_thousands_string": ((REFUSED, REJECTED), "not_whole", "whole number"),
    "J03_lone_surrogate": ((REFUSED,), "lone_surrogate", "line 1: An entry holds half a character (U+D83D)"),
    "J05_year_against_date": ((REFUSED, REJECTED), "period_against_date", "different years"),
    "J08_array": ((REFUSED,), "no_json_object", "one JSON object"),
    "J09_deep": ((REFUSED,), "nested_too_deep", "line 1"),
    "J11_negative_fraction": ((REFUSED, REJECTED), "below_minimum", "at least 0"),
    "G01_unit_thousand": ((REFUSED,), "unit", "another unit"),
    "G01b_unit_thousand_last_year": ((REFUSED,), "unit", "another unit"),
    "G02_lost_zero": ((REFUSED,), "code_lost_zero", "leading zero"),
    "G02b_ags8": ((REFUSED,), "code_too_long", "5 / 8"),
    "G03_no_quality": ((REFUSED,), "quality_column_missing", "Switch the quality signs on"),
    "D01_comma": ((REFUSED,), "delimiter", "; / ,"),
    "D02_big_body": (IN_ORDER, "", ""),
    "D07_twice": ((REFUSED,), "member_repeated", "alt/"),
    "D09_attendees": ((REFUSED, REJECTED), "not_whole", "whole number"),
    "X02_far_corner": ((REFUSED,), "sheet_too_large", "far beyond its table"),
    "X04_formula_uncached": ((REFUSED,), "formula_without_value", "formula"),
    "X05_error_column": ((REFUSED,), "spreadsheet_error", "error"),
    "X05b_error_50_cells": ((REFUSED, REJECTED), "spreadsheet_error", "error"),
    "X16_prefilled_next_year": ((REFUSED,), "plausible:gaps", "2025"),
    "night_ehrenamt_half": ((REFUSED, HELD), "", ""),
    "night_ehrenamt_three_rows": ((REFUSED,), "fact:fewest_rows", "enough rows"),
    "night_ehrenamt_total_row": ((REJECTED, HELD), "total_row", "total row"),
    "night_register_one_project_gone": ((REFUSED,), "plausible:references", "NW-044"),
    "door_register_injection": ((HELD,), "plausible:texts", "mail addresses"),
    "door_xlsx_far_cell": ((REFUSED,), "sheet_too_large", "far beyond its table"),
    "defect_D77": ((REFUSED, HELD), "", ""),
    "defect_D81": ((REFUSED,), "plausible:references", "NW-006"),
}
ALONE = {"P10_dates_far", "P14_hamburg_numbers"}  # of no source; see below


def table_of_the_readme() -> dict[str, str]:
    """Case → source, as the first table of the README lists them."""
    lines = (CASES / "README.md").read_text(encoding="utf-8").splitlines() if CASES.is_dir() else []
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ")]
    return {row[0]: row[1] for row in rows if len(row) == 5 and row[0] != "case"}


@pytest.fixture(autouse=True, scope="module")
def _cleared() -> Iterator[None]:
    if not CASES.is_dir():
        pytest.skip(f"the cases are not committed, and {CASES} is missing")
    yield
    nights.clear()


def delivered(case: str) -> Path:
    [path] = [path for path in (CASES / case).rglob("*") if path.is_file()]
    return path


def judged(case: str, source: str, history: History) -> Verdict:
    """What becomes of a case: beside the clean files of its source, or in their place."""
    path = delivered(case)
    files = clean_files(source, SEED)
    stem = path.stem[:8]
    like = path.name if path.name in files else max(name for name in files if name.startswith(stem))
    arriving = {path.name: path.read_bytes()}
    if history == "none":
        arriving = {**{name: content for name, content in files.items() if name != like}, **arriving}
    entry = Entry(case, "bytes", source, like, history, lambda _: arriving, "stopped")
    return night_of(entry, SEED - entry.seed(0))


def assert_right(case: str, verdict: Verdict) -> None:
    outcomes, rule, piece = RIGHT[case]
    said = [sentence for each in verdict.said for sentence in each.sentences]
    assert verdict.outcome in outcomes, (verdict.outcome, verdict.rules)
    assert rule in ("", *verdict.rules), verdict.rules
    assert any(piece in sentence for sentence in said) or not piece, said[:6]


def test_every_case_of_the_readme_is_judged_here() -> None:
    assert set(table_of_the_readme()) == RIGHT.keys() | ALONE


@pytest.mark.parametrize("case", sorted(RIGHT))
def test_a_case_on_top_of_the_good_deliveries_behaves_as_the_readme_says(case: str) -> None:
    assert_right(case, judged(case, table_of_the_readme()[case], "same"))


@pytest.mark.parametrize("case", [case for case in sorted(RIGHT) if case.startswith(("night", "X16", "defect"))])
def test_a_case_in_the_very_first_refresh_is_noticed_too(case: str) -> None:
    verdict = judged(case, table_of_the_readme()[case], "none")
    assert verdict.outcome in (REFUSED, HELD, REJECTED)
    assert verdict.outcome != REJECTED or case == "night_ehrenamt_total_row"


def events(**more: object) -> LandedTable:
    """A table of events with a count, as the two cases of no source have them."""
    declared = Table.model_validate(
        {
            "canonical": "event",
            "description_de": "Fälle",
            "description_en": "cases",
            "mode": "snapshot",
            "minimum_rows": 1,
            "columns": [
                {"from": "id", "to": "event_id"},
                {"from": "art", "to": "event_format"},
                {"from": "tag", "to": "event_on", "type": "date"},
                {"from": "n", "to": "participant_count", "type": "integer", "is_required": False},
            ],
            **more,
        }
    )
    source = Source(
        source_id="faelle", name_de="Fälle", name_en="cases", publisher="—", licence="—", cadence="once", max_age_days=1,
        on_failure="block", connector=Connector(protocol="folder", files="*"), tables={"faelle": declared},
    )  # fmt: skip
    return LandedTable("faelle__faelle", source, declared)


def landed(case: str, table: LandedTable) -> Landed:
    path = delivered(case)
    return land(OpenedDelivery(path.read_bytes(), path.name), "x", table, locality_of(load_programme("nordwaerts")))


def test_dates_of_years_to_come_are_held_at_least() -> None:
    table = events(format={"kind": "json_lines", "decimal": "point"})
    found = landed("P10_dates_far", table)
    assert "date_format" in {finding.rule_id for finding in found.findings}
    rules = landed_suite(load_programme("nordwaerts"), table, [])
    facts = DeliveryFacts(0, None, None, 0, fewest_rows=found.accepted.num_rows)
    results = run_suite(Seen(table.name, "gate_1", found.accepted, day=dt.date(2026, 3, 1)), rules, facts)
    assert [check.rule_id for check in results if not check.is_passed and check.severity in ("block", "hold")]


def test_numbers_grouped_by_blanks_are_read_where_declared_and_named_elsewhere() -> None:
    read = landed("P14_hamburg_numbers", events(format={"kind": "csv", "digit_groups": "blank"}))
    assert 1675 in read.accepted["participant_count"].to_pylist()
    refused = landed("P14_hamburg_numbers", events(format={"kind": "csv"}))
    assert any(
        "digit_groups" in finding.sentence("en") or "blank" in finding.sentence("en") for finding in refused.findings
    )
