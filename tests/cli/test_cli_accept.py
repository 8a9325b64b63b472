"""`accept` and `reject` about a held delivery, and what `status`, `deliveries`, the summary and notices say of it."""

import datetime as dt
import json
from types import SimpleNamespace

import pytest

from cli.refresh import exit_code
from ingest.archive import Archive, Receipt
from ingest.connectors import AvailableFile
from release import ledger, refusal
from release.layout import VarFolder
from release.lock import refresh_lock
from release.reason import Reason
from release.standing import standing
from watch.metrics import exposition
from watch.notices import held_deliveries, kept_deliveries

AT = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
TABLE, DOUBT = "ehrenamt__meldungen", "ehrenamt__meldungen:between:value"


@pytest.fixture
def var(tmp_path) -> VarFolder:
    return VarFolder("nordwaerts", tmp_path / "var").create()


@pytest.fixture
def held(var: VarFolder) -> Receipt:
    """Two deliveries: the first is in force, the second is doubted."""
    first, second = (
        Archive(var.archive).receive(
            AvailableFile(f"{name}.csv", "", "text/csv", name.encode), "ehrenamt", "CC0-1.0", AT, True
        )
        for name in ("erste", "zweite")
    )
    reason = Reason(
        "ehrenamt/zweite.csv wartet.", "ehrenamt/zweite.csv waits.", "Ansehen.", "Look.",
        source="ehrenamt", file="zweite.csv", rule=DOUBT, delivery=second.delivery_id,
    )  # fmt: skip
    ledger.append(
        var, "published", at=AT, in_force={TABLE: [first.delivery_id]}, reasons=[reason],
        release_id="2026-03-02-00000000", held={TABLE: {second.delivery_id: [DOUBT]}},
    )  # fmt: skip
    refusal.follow(var)
    return second


def test_status_lists_what_is_held_why_and_the_commands_to_copy(held: Receipt, var: VarFolder, run) -> None:
    done = run("status", lang="de_DE.UTF-8")
    short = held.delivery_id[:12]
    assert (done.returncode, done.stderr) == (3, "")
    for line in (
        "Angehalten, bis jemand entscheidet; so lange gilt, was bisher galt:",
        "  ehrenamt/zweite.csv wartet.",
        f'    nordwaerts accept {short} --because "…" --by NAME',
        f'    nordwaerts reject {short} --because "…" --by NAME',
    ):
        assert line in done.stdout.splitlines()
    (row,) = json.loads(run("status", "--json").stdout)
    assert [(each["file"], each["checks"], each["en"]) for each in row["held"]] == [
        ("zweite.csv", [DOUBT], ["ehrenamt/zweite.csv waits."])
    ]
    assert "zweite.csv: held, waits for a decision" in run("deliveries").stdout
    assert "Was zu tun ist: Ansehen." in var.last_refusal.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "said", "state"),
    [
        (
            "accept",
            "ist angenommen und zählt ab der nächsten Aktualisierung",
            "accepted, counts from the next refresh on",
        ),
        ("reject", "ist verworfen und zählt nicht", "rejected"),
    ],
)
def test_a_decision_stands_on_the_ledger_with_reason_name_and_doubts(
    held: Receipt, var: VarFolder, run, command: str, said: str, state: str
) -> None:
    words = ("--because", "Neubau bezogen", "--by", "Datenstelle")
    done = run(command, held.delivery_id[:8], *words, lang="de_DE.UTF-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout
    line = ledger.read(var)[-1]
    assert (line.outcome, line.decision) == (
        f"{command}ed", ledger.Decision("ehrenamt", held.delivery_id, "Neubau bezogen", "Datenstelle", (DOUBT,)),
    )  # fmt: skip
    assert f"zweite.csv: {state} (Neubau bezogen – Datenstelle)" in run("deliveries", "--all").stdout
    assert "accept" not in run("status").stdout.replace("a held delivery accepted", "")
    assert not var.last_refusal.exists()
    again = run(command, held.delivery_id, *words)
    assert (again.returncode, "is not held" in again.stderr or "is rejected already" in again.stderr) == (1, True)
    assert len(ledger.read(var)) == 2


@pytest.mark.parametrize("command", ["accept", "reject"])
def test_without_reason_or_name_or_while_a_refresh_runs_nothing_is_decided(
    held: Receipt, var: VarFolder, run, command: str
) -> None:
    for words in (
        (),
        ("--because", "gut"),
        ("--by", "ich"),
        ("--because", " ", "--by", "ich"),
        ("--because", "gut", "--by", " "),
    ):
        done = run(command, held.delivery_id, *words)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    with refresh_lock(var):
        assert run(command, held.delivery_id, "--because", "gut", "--by", "ich").returncode == 4
    assert len(ledger.read(var)) == 1


def test_what_is_not_held_is_not_accepted(held: Receipt, var: VarFolder, run) -> None:
    first = Archive(var.archive).receipts("ehrenamt")[0].delivery_id
    done = run("accept", first, "--because", "gut", "--by", "ich", lang="de_DE.UTF-8")
    assert (done.returncode, done.stdout) == (1, "")
    assert "ist nicht angehalten" in done.stderr


@pytest.mark.parametrize("outcome", ["published", "unchanged"])
def test_a_refresh_ends_with_three_while_something_waits(held: Receipt, var: VarFolder, outcome: str) -> None:
    record = SimpleNamespace(outcome=outcome, standing=standing(var), broken_afterwards=None)
    assert exit_code(record) == 3  # type: ignore[arg-type]


def test_what_waits_is_told_once_and_counted(held: Receipt, var: VarFolder, run) -> None:
    [notice] = held_deliveries(ledger.read(var))
    assert (notice.key, "ehrenamt/zweite.csv wartet." in notice.de) == (f"held:{held.delivery_id[:12]}+{DOUBT}", True)
    assert kept_deliveries(ledger.read(var)) == []
    assert 'nordwaerts_deliveries_held{programme="nordwaerts"} 1' in exposition(var)
    run("reject", held.delivery_id, "--because", "falsch", "--by", "ich")
    assert held_deliveries(ledger.read(var)) == []
    assert 'nordwaerts_deliveries_held{programme="nordwaerts"} 0' in exposition(var)


def test_the_same_bytes_of_two_sources_are_told_apart_by_their_source(held: Receipt, var: VarFolder, run) -> None:
    file = AvailableFile("zweite.csv", "", "text/csv", "zweite".encode)
    for source_id in ("statistikportal", "programme"):
        Archive(var.archive).receive(file, source_id, "CC0-1.0", AT, True)
    asked = ("accept", held.delivery_id[:12], "--because", "angerufen", "--by", "Datenstelle")
    refused = run(*asked, lang="de_DE.UTF-8")
    assert refused.returncode == 1
    assert "mehreren Quellen: ehrenamt, statistikportal." in refused.stderr
    assert run(*asked, "--source", "ehrenamt").returncode == 0
    assert standing(var).state("ehrenamt", held.delivery_id) == "accepted"


def test_a_declaration_is_no_delivery(held: Receipt, var: VarFolder, run) -> None:
    file = AvailableFile("areas.geojson", "", "", lambda: b"declared")
    declared = Archive(var.archive).receive(file, "programme", "CC0-1.0", AT, True)
    assert run("withdraw", declared.delivery_id[:12], "--because", "x").returncode == 1
    assert standing(var).withdrawn == {}
