"""`deliveries` and `withdraw`: every delivery with its state, and the one decision a person can take about it."""

import datetime as dt
import json

import pytest

from ingest.archive import Archive, Receipt
from ingest.connectors import AvailableFile
from release import ledger
from release.layout import VarFolder
from release.lock import refresh_lock

AT = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
TABLE = "ehrenamt__meldungen"


@pytest.fixture
def var(tmp_path) -> VarFolder:
    return VarFolder("nordwaerts", tmp_path / "var").create()


@pytest.fixture
def receipts(var: VarFolder) -> list[Receipt]:
    """Three deliveries of one year: the second replaced the first, the third was refused."""
    archive = Archive(var.archive)
    found = [
        archive.receive(
            AvailableFile(f"{name}.csv", "", "text/csv", name.encode),
            "ehrenamt", "CC0-1.0", AT + dt.timedelta(days=day), True,
        )
        for day, name in enumerate(("erste", "zweite", "dritte"))
    ]  # fmt: skip
    first, second, third = (receipt.delivery_id for receipt in found)
    ledger.append(var, "published", at=AT, release_id="2026-03-02-00000000", in_force={TABLE: [first]})
    ledger.append(
        var, "published", at=AT, release_id="2026-03-03-00000000", in_force={TABLE: [second]}, refused={TABLE: [third]}
    )
    return found


def test_every_delivery_and_its_state(receipts: list[Receipt], run) -> None:
    first, second, third = (receipt.delivery_id[:12] for receipt in receipts)
    done = run("deliveries", lang="de_DE.UTF-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "ehrenamt",
        f"  {second}  03.03.2026  zweite.csv: in Kraft",
        f"  {third}  04.03.2026  dritte.csv: nicht übernommen",
        "Dazu 1 ersetzte, verworfene oder zurückgezogene: nordwaerts deliveries --all",
    ]
    assert f"  {first}  2026-03-02  erste.csv: superseded by {second}" in run("deliveries", "--all").stdout
    rows = json.loads(run("deliveries", "--all", "--json").stdout)
    assert [(row["number"], row["state"]) for row in rows] == [(1, "superseded"), (2, "in_force"), (3, "refused")]
    assert rows[0]["replaced_by"] == [receipts[1].delivery_id]
    assert rows[1]["tables"] == {TABLE: "in_force"}


def test_withdraw_says_what_counts_instead_and_is_on_the_ledger(var: VarFolder, receipts: list[Receipt], run) -> None:
    second = receipts[1].delivery_id
    done = run("withdraw", second[:8], "--because", "falsches Jahr", "--by", "Datenstelle", lang="de_DE.UTF-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"ehrenamt/zweite.csv ({second[:12]}, 03.03.2026) zählt ab der nächsten Aktualisierung nicht mehr.",
        f"  {TABLE}: an ihre Stelle tritt wieder erste.csv (02.03.2026)",
    ]
    line = ledger.read(var)[-1]
    assert (line.outcome, line.decision) == (
        "withdrawn", ledger.Decision("ehrenamt", second, "falsches Jahr", "Datenstelle"),
    )  # fmt: skip
    assert "zweite.csv: withdrawn (falsches Jahr)" in run("deliveries", "--all").stdout
    again = run("withdraw", second, "--because", "x")
    assert (again.returncode, "is withdrawn already" in again.stderr) == (1, True)
    undone = run("withdraw", second, "--undo", "--because", "doch richtig")
    assert (undone.returncode, "counts again" in undone.stdout) == (0, True)
    assert ledger.read(var)[-1].outcome == "reinstated"


@pytest.mark.parametrize(
    ("asked", "said"), [("ffffffffffff", "No id of a delivery begins"), ("a", "No id of a delivery begins")]
)
def test_a_delivery_nobody_knows_is_a_sentence(receipts: list[Receipt], run, asked: str, said: str) -> None:
    done = run("withdraw", asked, "--because", "x")
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr and "Traceback" not in done.stderr


def test_without_a_reason_nothing_is_withdrawn(var: VarFolder, receipts: list[Receipt], run) -> None:
    for arguments in ((), ("--because", " ")):
        done = run("withdraw", receipts[1].delivery_id, *arguments)
        assert done.returncode == 1
    assert len(ledger.read(var)) == 2


def test_nothing_is_withdrawn_while_a_refresh_runs(var: VarFolder, receipts: list[Receipt], run) -> None:
    with refresh_lock(var):
        done = run("withdraw", receipts[1].delivery_id, "--because", "x")
    assert done.returncode == 4
    assert len(ledger.read(var)) == 2
