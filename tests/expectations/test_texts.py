"""Texts somebody wrote: what identifies a person is doubted in whatever form it comes, what tells of the city is not."""

import time
from typing import Any

import pytest
from made_up_rows import CANARY, FACTS, landed

from expectations import direct
from expectations.doubts import Doubt, asked_of
from expectations.plausibility import Forms, doubts_of
from expectations.rules import CheckResult, Rule, Seen
from expectations.texts import names_a_person
from programmes.sources import Table

PROJECTS: dict[str, Any] = {
    "canonical": "project", "description_de": "d", "description_en": "d", "format": {"kind": "csv"},
    "mode": "snapshot", "minimum_rows": 1,
    "columns": [
        {"from": "Nr", "to": "project_id", "pattern": "^(N-[0-9-]+)$"},
        {"from": "Titel", "to": "project_name"},
        {"from": "Amt", "to": "lead_office"},
    ],
    "expected": {"words": {"lead_office": ["Umweltamt", "Amt für Wohnen"]}},
}  # fmt: skip
REPORTS = PROJECTS | {
    "canonical": "volunteer_count",
    "columns": [{"from": "Träger", "to": "organisation_id"}],
    "expected": {},
}
ANSWERS = PROJECTS | {
    "canonical": "survey_case",
    "columns": [{"from": "Fall", "to": "case_id", "pattern": "^([0-9]+)$"}],
    "items": [{"from": "F1", "item": "mood"}],
    "expected": {},
}

PERSONS = [
    "Erika Mustermann, erika@example.org",
    "erika (at) example.org",
    "erika＠example.org",
    "Rückruf 0231 5012345",
    "+49 (231) 50-12345",
    "+43 1 5012345",
    "0231.5012345",
    "0231–501 23 45",
    "Tel. 501 23 45",
    "Frau Erika Mustermann",
    "FRAU MUSTERMANN",
    "Frau\N{NO-BREAK SPACE}Mustermann",
    "Ansprechpartner: Herr Mustermann",
    "über Herrn von Muster",
    "Hr. Mustermann",
    "Dr. Erika Mustermann",
    "Umweltamt, Dr. rer. nat. Mustermann",
    "Prof. Dr.-Ing. Mustermann",
    "Dipl.-Ing. Mustermann",
    "Dr. O\N{COMBINING DIAERESIS}zlem Muster",
]
PLACES = [
    "Park 2015 (10.12.2015) - Teil 2",
    "Zeitraum 2015-01-01 - 2016-12-31",
    "Dr.-Hermann-Muster-Straße erneuern",
    "Frau und Beruf",
    "Frauenhaus und Herrenhaus",
    "Sprechstunde Mo.-Fr. Vormittag",
    "Regionalstelle Frau & Beruf",
    "Professor-Muster-Platz",
    "Bürger@Quartier",
    "Telefonzelle 2017 umgestalten",
    "nordwärts mobil 2015-2020",
    "Amt für Wohnen",
    "Rat der Stadt Dortmund",
]


def project(number: int, **more: Any) -> dict[str, Any]:
    return {"project_id": f"N-{number}", "project_name": "Park", "_delivery": "d" * 64, "_row": f"line {number}"} | more


def doubts(
    rows: list[dict[str, Any]], before: list[dict[str, Any]] | None = None, table: dict[str, Any] = PROJECTS
) -> list[Doubt]:
    declared = Table.model_validate(table)
    history = None if before is None else Forms(landed(declared.canonical, before))
    return doubts_of("texts", Forms(landed(declared.canonical, rows)), history, asked_of(declared))


def result(rows: list[dict[str, Any]]) -> CheckResult:
    rule = Rule("plausible", None, "hold", "R.", "R.", name="texts", asked=asked_of(Table.model_validate(PROJECTS)))
    (found,) = direct.run_suite(Seen("t", "gate_1", landed("project", rows)), [rule], FACTS)
    return found


@pytest.mark.attack("a name, mail address or telephone number in a declared text · held, named by column and line")
@pytest.mark.parametrize("text", PERSONS)
def test_a_person_in_a_text_is_doubted_at_its_column_and_line(text: str) -> None:
    assert doubts([project(1), project(2, project_name=text)]) == [
        Doubt("person", "project_name", "", "dddddddddddd line 2")
    ]


@pytest.mark.parametrize("text", PLACES)
def test_a_text_about_the_city_is_not(text: str) -> None:
    assert doubts([project(1, project_name=text)]) == []


@pytest.mark.attack("a person's name where an office is declared by words · held")
def test_a_text_outside_the_declared_words_is_doubted() -> None:
    rows = [project(1, lead_office="Umweltamt"), project(2, lead_office="Hiltrud Ahornblatt (privat)"), project(3)]
    assert doubts(rows) == [Doubt("unlisted", "lead_office", "", "dddddddddddd line 2")]


def test_a_formula_is_doubted() -> None:
    assert {each.reason for each in doubts([project(1, project_name='=HYPERLINK("x")')])} == {"formula"}


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (REPORTS, {"organisation_id": "Frau Mustermann"}),
        (ANSWERS, {"case_id": "1", "answer": "Frau Mustermann war nett"}),
    ],
)
def test_every_kind_of_table_with_a_free_text_is_asked(table: dict[str, Any], row: dict[str, Any]) -> None:
    assert "texts" in Table.model_validate(table).rules
    assert [each.reason for each in doubts([row | {"_delivery": "d"}], table=table)] == ["person"]


def test_what_a_pattern_or_a_vocabulary_describes_is_no_free_text() -> None:
    """So a long number is no telephone number."""
    declared = PROJECTS | {"columns": PROJECTS["columns"][:1], "expected": {}}
    assert "texts" not in Table.model_validate(declared).rules
    assert doubts([project(1, project_id="N-0231-5012345", project_name="Frau Muster")], table=declared) == []
    answers = ANSWERS | {"items": [{"from": "F1", "item": "mood", "values": {"1": "good"}}]}
    assert Table.model_validate(answers).free_texts == ()


def test_what_was_let_pass_is_not_raised_again_and_another_text_in_its_place_is() -> None:
    accepted = [project(1, project_name="Frau Mustermann")]
    moved = project(7, project_name="Frau Mustermann", _delivery="e" * 64)
    other = project(1, project_name="Frau Musterfrau", _delivery="e" * 64)
    assert doubts([moved], accepted) == []
    assert doubts([other], accepted) == [Doubt("person", "project_name", "", "eeeeeeeeeeee line 1")]


def test_the_finding_names_delivery_column_and_line_and_no_text_and_no_key() -> None:
    found = result([project(1, project_id=f"Frau {CANARY}", project_name=f"Frau {CANARY}", lead_office=CANARY)])
    assert not found.is_passed
    assert CANARY not in repr(found)
    assert "lead_office dddddddddddd line 1" in found.observed
    assert "lead_office dddddddddddd Zeile 1" in found.figures("de")


@pytest.mark.attack("a text of a million characters made to keep a pattern busy · looked through in a second")
@pytest.mark.parametrize("piece", ["a", "0", "0-", "dr.", "Dr.b.", "frau ", "frau" + " " * 999, "a@", "tel. 1 "])
def test_a_text_that_never_ends_is_looked_through_at_once(piece: str) -> None:
    begun = time.process_time()
    names_a_person(piece * (1_000_000 // len(piece)))
    assert time.process_time() - begun < 2


def test_words_are_declared_for_a_free_text() -> None:
    with pytest.raises(
        ValueError, match="'words' are declared for 'project_id', which is no free text here; those are: proj"
    ):
        Table.model_validate(PROJECTS | {"expected": {"words": {"project_id": ["N-1"]}}})
