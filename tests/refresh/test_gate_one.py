"""Gate 1 fails closed: what was not checked, or excused until yesterday, or has lost its history, is not published."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from doubting import CLUBS, JUMP, RULE, let_doubt
from made_up_office import Office, places

from expectations import direct
from expectations.rules import CheckCrashed, CheckResult, Rule
from expectations.suites import landed_suite
from programmes.loading import load_programme
from programmes.model import DeclarationError
from refresh import landing
from refresh.outcomes import TableOutcome

CITY = "statistik__viertel"
EXCEPTION = (
    "gate:\n"
    '  - {{rule: "between:*", table: vereine__plaetze, reason_de: Neubau, reason_en: new houses,\n'
    "     since: 2021-01-01, expires: {expires}{scope}}}\n"
)


def rules(outcome: TableOutcome) -> list[str | None]:
    return [reason.rule for reason in outcome.reasons]


# -- results


def _missing(results: list[CheckResult]) -> list[CheckResult]:
    return results[:-1]


def _of_another_rule(results: list[CheckResult]) -> list[CheckResult]:
    return [*results[:-1], results[0]]


def _of_other_bytes(results: list[CheckResult]) -> list[CheckResult]:
    return [*results[:-1], replace(results[-1], table_sha256="0" * 64)]


def _crashed(results: list[CheckResult]) -> list[CheckResult]:
    raise CheckCrashed(f"{len(results)} rules: the check could not be carried out.")


def _stumbled(results: list[CheckResult]) -> list[CheckResult]:
    raise ZeroDivisionError(f"a row with figure 4711 and {len(results)} more")


@pytest.mark.parametrize("change", [_missing, _of_another_rule, _of_other_bytes, _crashed, _stumbled])
def test_a_rule_without_its_own_result_about_these_bytes_refuses(
    office: Office, monkeypatch: pytest.MonkeyPatch, change: Callable[[list[CheckResult]], list[CheckResult]]
) -> None:
    monkeypatch.setattr(landing, "run_suite", lambda *asked: change(direct.run_suite(*asked)))
    outcome = office.land()
    assert (outcome.verdict, rules(outcome)) == ("refused", ["every_check_ran"])
    assert "4711" not in outcome.reasons[0].text("en") + outcome.reasons[0].text("de")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (None, "every_check_ran"),
        (Rule("not_null", "gibt_es_nicht", "block", "Regel.", "Rule."), "every_check_ran"),
        (Rule("between", "value", "block", "Regel.", "Rule."), "every_check_ran"),
        (replace(RULE, severity="odd", minimum=1e9), f"{CITY}:between:value"),  # type: ignore[arg-type]
    ],
    ids=["empty suite", "unknown column", "demands nothing", "unknown severity"],
)
def test_a_suite_that_could_pass_by_accident_refuses(
    office: Office, monkeypatch: pytest.MonkeyPatch, rule: Rule | None, expected: str
) -> None:
    suite = (lambda *_: []) if rule is None else (lambda *asked: [*landed_suite(*asked), rule])
    monkeypatch.setattr(landing, "landed_suite", suite)
    outcome = office.land()
    assert (outcome.verdict, rules(outcome)) == ("refused", [expected])


def test_a_source_that_keeps_its_last_good_delivery_refuses_too_where_no_check_runs(
    yearly_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = yearly_office
    office.accept(office.land(CLUBS))
    office.deliver("vereine", "2022.csv", places(2022), "2022-02-25T08:00:00Z")
    monkeypatch.setattr(landing, "run_suite", lambda *_: [])
    assert office.land(CLUBS).verdict == "refused"


# -- history


def test_what_cannot_be_compared_with_the_delivery_in_force_waits(office: Office) -> None:
    """The declaration was changed so that what is in force cannot be read any more."""
    office.accept(office.land())
    path = office.folder / "sources" / "statistik.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("from: Einwohner", "from: Personen"), encoding="utf-8")
    office.redeliver_city(lambda lines: [lines[0].replace("Einwohner", "Personen"), *lines[1:]])
    outcome = office.land()
    assert outcome.verdict == "refused", "and the one in force cannot be kept either"
    (held,) = outcome.held
    assert (held.receipt.file_name, held.checks) == ("neu.csv", (f"{CITY}:fact:history_missing",))
    assert "nothing_in_force" not in rules(outcome)


# -- exceptions


@pytest.fixture
def doubted_office(yearly_office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The clubs of two years in force, and a new year with one figure that jumps."""
    office = yearly_office
    let_doubt(monkeypatch)
    office.accept(office.land(CLUBS))
    office.deliver("vereine", "2022.csv", places(2022, ("01", "99")), "2022-02-25T08:00:00Z")
    return office


def except_(office: Office, expires: str = "2022-03-01", scope: str = "") -> None:
    (office.folder / "exceptions.yml").write_text(EXCEPTION.format(expires=expires, scope=scope), encoding="utf-8")


@pytest.mark.parametrize("scope", ["", ", area_id: viertel-01", ', item: places, area_id: viertel-01, period: "2022"'])
def test_an_exception_excuses_a_doubt_on_its_days_and_shows_its_reason(doubted_office: Office, scope: str) -> None:
    except_(doubted_office, scope=scope)
    outcome = doubted_office.land(CLUBS)
    assert (outcome.verdict, [r.file_name for r in outcome.in_force][-1]) == ("accepted", "2022.csv")
    check = next(each for each in outcome.checks if each.check_id == JUMP)
    assert (check.is_passed, check.observed) == (False, "excepted until 2022-03-01")
    assert check.sentence_de.endswith("Ausgenommen: Neubau")


def test_an_exception_shows_in_the_same_words_where_there_is_no_history(doubted_office: Office) -> None:
    except_(doubted_office)
    with_history = doubted_office.land(CLUBS)
    doubted_office.accept(with_history)
    assert doubted_office.land(CLUBS).checks == with_history.checks


@pytest.mark.parametrize(
    "scope", [", area_id: viertel-02", ', period: "2021"', ', area_id: viertel-01, period: "2021"']
)
def test_an_exception_excuses_nothing_outside_its_scope(doubted_office: Office, scope: str) -> None:
    except_(doubted_office, scope=scope)
    assert doubted_office.land(CLUBS).verdict == "held"


def test_an_exception_excuses_nothing_before_it_begins(doubted_office: Office) -> None:
    except_(doubted_office, expires="2030-01-01")
    path = doubted_office.folder / "exceptions.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("2021-01-01", "2022-03-02"), encoding="utf-8")
    assert doubted_office.land(CLUBS).verdict == "held"


def test_an_expired_exception_refuses_what_it_excused(doubted_office: Office) -> None:
    """The source keeps its last good delivery; the sentence names the entry and its last day."""
    except_(doubted_office, expires="2022-02-28")
    outcome = doubted_office.land(CLUBS)
    assert (outcome.verdict, rules(outcome), outcome.held) == ("kept", [JUMP], ())
    assert "galt bis 28.02.2022 (exceptions.yml:2)" in outcome.reasons[0].de
    assert [receipt.file_name for receipt in outcome.refused] == ["2022.csv"]


def test_an_exception_is_an_input_on_its_days(yearly_office: Office) -> None:
    office = yearly_office
    except_(office, expires="2022-03-01")
    keys = []
    for day in (1, 2):
        office.as_of_on = dt.date(2022, 3, day)
        keys.append(list(office.deliveries().inputs().exceptions))
    assert [len(found) for found in keys] == [1, 0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (EXCEPTION.format(expires="2020-01-01", scope=""), "line 2"),
        (EXCEPTION.format(expires="2022-01-01", scope=", area_id: viertel-99"), "line 2.*viertel-99"),
        (EXCEPTION.format(expires="2022-01-01", scope=", item: gibt_es_nicht"), "line 2.*gibt_es_nicht"),
        (EXCEPTION.format(expires="2022-01-01", scope="").replace("vereine__", "verein__"), "line 2.*verein__plaetze"),
        (EXCEPTION.format(expires="2022-01-01", scope=", unbekannt: x"), "line 2, gate.0.unbekannt"),
        (EXCEPTION.format(expires="2022-01-01", scope="").replace("reason_de: Neubau, ", ""), "gate.0.reason_de"),
        (EXCEPTION.format(expires="2022-01-01", scope="") * 2, "readable|declared twice|line"),
    ],
)
def test_a_wrong_exception_is_an_error_with_its_line(yearly_office: Office, content: str, said: str) -> None:
    (yearly_office.folder / "exceptions.yml").write_text(content, encoding="utf-8")
    if content.count("gate:") > 1:
        first, second = content.split("gate:\n")[1:]
        (yearly_office.folder / "exceptions.yml").write_text(f"gate:\n{first}{second}", encoding="utf-8")
        said = "line 4.*declared twice, first in line 2"
    with pytest.raises(DeclarationError, match=said):
        load_programme(yearly_office.folder)


def test_a_source_id_with_two_underscores_is_no_id(office: Office) -> None:
    """Landed tables are named <source>__<table>: the ledger would take it for another source."""
    path: Path = office.folder / "sources" / "statistik.yml"
    text = path.read_text(encoding="utf-8").replace("source_id: statistik", "source_id: stat__istik")
    path.with_name("stat__istik.yml").write_text(text, encoding="utf-8")
    path.unlink()
    with pytest.raises(DeclarationError, match="source_id"):
        load_programme(office.folder)
