"""`nordwaerts check --against` and gate 1 say the same of the same file and history, and in time."""

import time
from pathlib import Path

import pytest
from made_up_office import Office, places

from cli.check import Unsent
from expectations.rules import CheckResult
from ingest.areas import locality_of
from ingest.findings import DeliveryRefused
from ingest.opened import OpenedDelivery
from programmes.loading import load_programme
from programmes.model import Programme
from programmes.sources import LandedTable
from release.layout import VarFolder

CLUBS = "vereine__plaetze"


def unsent(file: Path, programme: Programme, against: Path | None, var: VarFolder) -> Unsent:
    delivery = OpenedDelivery(file.read_bytes(), file.name)
    return Unsent(file, delivery, programme, locality_of(programme), against and str(against), var)


def verdicts(checks: tuple[CheckResult, ...]) -> dict[str, tuple[bool, int, str]]:
    """What both must agree on; how old a delivery is only the running system knows."""
    return {c.check_id: (c.is_passed, c.failed_count, c.observed) for c in checks if c.column_name != "age_days"}


@pytest.mark.parametrize(
    ("year", "changes"),
    [
        (2022, []),
        (2022, [("01", "11")]),
        (2022, [(area, "500") for area in ("01", "02", "03", "04", "05")]),
        (2022, [("01", "viel"), ("02", "viel")]),
        (2021, [("01", "0"), ("02", "0"), ("03", "0")]),
        (2019, []),
    ],
    ids=["as always", "one more", "fifty times", "unreadable", "zeros", "older"],
)
def test_the_self_check_and_gate_one_agree(
    yearly_office: Office, tmp_path: Path, year: int, changes: list[tuple[str, str]]
) -> None:
    office = yearly_office
    history = tmp_path / "earlier"
    history.mkdir()
    for name in ("2020.csv", "2021.csv"):
        (history / name).write_bytes((office.inbox / "vereine" / name).read_bytes())
    office.accept(office.land(CLUBS))
    new = office.deliver("vereine", "neu.csv", places(year, *changes), "2022-02-25T08:00:00Z")
    outcome = office.land(CLUBS)
    judged = unsent(new, load_programme(office.folder), history, office.var).judged(office.table(CLUBS))
    failed = {check.check_id for check in judged.checks if check.is_blocking_failure}
    doubted = {check.check_id for check in judged.doubts}
    is_refused = any(new.name == receipt.file_name for receipt in outcome.refused)
    is_held = any(new.name == one.receipt.file_name for one in outcome.held)
    assert (is_refused, is_held) == (bool(failed), bool(doubted) and not failed)
    if is_refused:
        assert {reason.rule for reason in outcome.reasons} == failed
    elif is_held:
        assert {check for one in outcome.held for check in one.checks} == doubted
    else:
        assert verdicts(outcome.checks) == verdicts(judged.checks)


def test_a_file_of_ten_thousand_rows_is_judged_in_time(tmp_path: Path) -> None:
    """Two seconds on a quiet machine; the processor's own time is measured, so that a busy one does not count."""
    programme = load_programme("nordwaerts")
    table: LandedTable = next(t for t in programme.landed_tables() if t.name == "buergerbefragung__faelle")
    file = programme.sample_folder / "buergerbefragung" / "befragung_2019.csv"
    asked = unsent(file, programme, None, VarFolder("nordwaerts", tmp_path))
    begun = time.process_time()
    judged = asked.judged(table)
    spent = time.process_time() - begun
    assert asked.landed(table).accepted.num_rows > 10_000
    assert all(check.is_passed for check in judged.checks)
    assert spent < 2, f"{spent:.2f} s"


def test_a_file_is_no_history_of_itself_and_a_folder_without_history_says_nothing(yearly_office: Office) -> None:
    office = yearly_office
    file = office.inbox / "vereine" / "2021.csv"
    programme = load_programme(office.folder)
    alone = unsent(file, programme, None, office.var).judged(office.table(CLUBS))
    empty = office.folder / "leer"
    empty.mkdir()
    assert verdicts(unsent(file, programme, empty, office.var).judged(office.table(CLUBS)).checks) == verdicts(
        alone.checks
    )
    beside = unsent(file, programme, file.parent, office.var).judged(office.table(CLUBS))
    assert beside.checks[1].observed == "10 rows"  # 2020 in force beside it, not 2021 twice
    with pytest.raises(DeliveryRefused):
        broken = office.deliver("vereine", "leer.csv", "", "2022-02-25T08:00:00Z")
        unsent(broken, programme, empty, office.var).judged(office.table(CLUBS))
