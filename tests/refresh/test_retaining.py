"""Nights let releases go by the rule their programme declares, on the line of the night, and what is declared is the default."""

import datetime as dt
from pathlib import Path

import pytest
from made_up_office import places
from nightly_office import NightlyOffice, before_the_first_night

from programmes.loading import load_programme
from refresh.retaining import retention_rule
from release import ledger, reading, retention
from release.ledger import Pin
from release.listing import listed


@pytest.fixture
def office(tmp_path: Path) -> NightlyOffice:
    """An office that keeps ten days and no month ends."""
    made = before_the_first_night(tmp_path)
    declared = made.folder / "programme.yml"
    rule = "\nretention: {all_for_days: 10, month_ends_for_days: 0}\n"
    declared.write_text(declared.read_text(encoding="utf-8") + rule, encoding="utf-8")
    return made


def test_nights_let_go_what_is_old_on_their_own_line_and_a_pin_outlives_them(office: NightlyOffice) -> None:
    published = []
    for figure in range(3):
        office.put("vereine", f"{2020 + figure}.csv", places(2020 + figure))
        record = office.night()
        assert record.outcome == "published", record.reasons
        published.append(record.release_id)
    first, second, third = map(str, published)
    retention.pin(office.var, Pin(second, "shown to the council"), office.clock)
    lines = [office.night() for _ in range(12)]
    assert {record.outcome for record in lines} == {"unchanged"}
    told = {entry.at.date(): entry.let_go for entry in ledger.read(office.var) if entry.let_go}
    assert list(told.values()) == [(first,)], "once, on the line of the night it went"
    assert min(told) - dt.date(2022, 3, 2) > dt.timedelta(days=10)
    assert reading.release_ids(office.var) == sorted([second, third])
    assert {row.release_id: row.grounds for row in listed(office.var)}[second] == ("before", "person")
    assert office.night().outcome == "unchanged"


def test_a_refused_night_lets_nothing_go(office: NightlyOffice) -> None:
    for figure in range(3):
        office.put("vereine", f"{2020 + figure}.csv", places(2020 + figure))
        office.night()
    kept = reading.release_ids(office.var)
    for night in range(14):
        office.put("statistik", "stadt.csv", f"no table at all {night}\n")
        assert office.night().outcome == "refused"
    assert reading.release_ids(office.var) == kept and len(kept) == 3
    assert not any(entry.let_go for entry in ledger.read(office.var))


def test_what_is_declared_for_nordwaerts() -> None:
    """All of 90 days, month ends of two years; every day a sentence was said keeps what readers saw."""
    programme = load_programme("nordwaerts")
    rule = retention_rule(programme)
    assert (rule.all_for_days, rule.month_ends_for_days, str(rule.zone)) == (90, 730, "Europe/Berlin")
    documents = programme.claim_register.documents
    assert rule.said_on and set(rule.said_on) <= {day for each in documents for day in (each.first_on, each.last_on)}
    declared = programme.settings.retention
    assert type(declared)().model_dump() == declared.model_dump(), "what others get who declare none"
