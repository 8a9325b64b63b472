"""`nordwaerts forget`: looks unless told to remove, tells places and counts and never the text, and verify says what went."""

import json
from pathlib import Path

import pytest

from ingest.archive import Archive
from ingest.connectors import AvailableFile
from release import ledger
from release.ledger import Entry

NAME = "Hiltrud Ahornblatt"
ASKED = ("forget", NAME, "--because", "Antrag 7/2026", "--by", "Datenschutz")


def delivered(office) -> str:
    """A delivery that names somebody and counts nowhere, and the line that first saw its receipt."""
    file = AvailableFile("a.csv", "a.csv", "text/csv", lambda: f"1;{NAME};{NAME}\n".encode("cp1252"))
    night = ledger.read(office.var)[-1].at
    receipt = Archive(office.var.archive).receive(file, "register", "internal", night, is_synthetic=True)
    ledger.append(office.var, "unchanged", at=night, release_id=office.new)
    return receipt.delivery_id


def lines(office) -> list[Entry]:
    return ledger.read(office.var)


def test_it_looks_and_tells_places_and_counts_and_changes_nothing(office, run) -> None:
    short = delivered(office)[:12]
    before = lines(office)
    done = run(*ASKED)
    assert done.returncode == 0, done.stderr
    assert "Found; --yes removes it:" in done.stdout
    assert f"  delivery in the archive: register/{short} (2 ×)" in done.stdout
    assert "Every backup since 2026-03-04 holds it, an older one perhaps from the inbox." in done.stdout
    assert NAME not in done.stdout + done.stderr
    assert lines(office) == before
    german = run(*ASKED, "--lang", "de")
    assert f"  Lieferung im Archiv: register/{short} (2 ×)" in german.stdout


def test_it_removes_and_verify_says_what(office, run) -> None:
    delivery_id = delivered(office)
    missing = len(json.loads(run("verify", "--all", "--json").stdout))
    done = run(*ASKED, "--yes")
    assert done.returncode == 0, done.stderr
    assert "Removed, as the ledger says:" in done.stdout
    assert not (office.var.archive / "objects" / delivery_id).exists()
    assert [line.outcome for line in lines(office)[-2:]] == ["withdrawn", "forgotten"]
    told = run("verify", "--all")
    assert f"{delivery_id[:12]} (Antrag 7/2026 – Datenschutz)" in told.stdout
    assert len(json.loads(run("verify", "--all", "--json").stdout)) == missing
    again = run(*ASKED, "--yes")
    assert (again.returncode, "Nothing to remove" in again.stdout) == (0, True)
    assert NAME not in office.var.ledger.read_text(encoding="utf-8")


def test_what_stays_is_told_and_ends_with_three(office, run) -> None:
    ledger.append(
        office.var,
        "accepted",
        at=lines(office)[-1].at,
        decision=ledger.Decision("register", "d" * 64, f"für {NAME}", "N."),
    )
    done = run(*ASKED, "--yes")
    assert (done.returncode, "STAYS, a record: ledger.jsonl (1 ×)" in done.stdout) == (3, True)
    assert NAME not in done.stdout


def test_a_refusal_is_a_sentence(office, run) -> None:
    done = run("forget", NAME, "--because", f"für {NAME}", "--by", "N.", "--yes")
    assert (done.returncode, "would stay on the ledger" in done.stderr, NAME in done.stderr) == (1, True, False)


@pytest.mark.attack("a person to be forgotten is named in a file of the inbox · named, left to its owner, exit code 3")
def test_the_inbox_is_searched_and_left_alone(office, run, tmp_path: Path) -> None:
    delivered(office)
    inbox = tmp_path / "inbox" / "nordwaerts" / "register"
    inbox.mkdir(parents=True)
    (inbox / "a.csv").write_bytes(f"1;{NAME}\n".encode("cp1252"))
    (inbox / "b.csv").write_text("1;Umweltamt\n", encoding="utf-8")
    (inbox / "torn.xlsx").write_bytes(b"PK\x03\x04")
    (inbox / "link.csv").symlink_to("a.csv")
    for options in ((), ("--yes",)):
        done = run(*ASKED, *options)
        assert done.returncode == 3, done.stderr
        assert "STAYS, in the inbox: register/a.csv (1 ×)" in done.stdout
        assert "NOT READABLE: inbox/register/torn.xlsx" in done.stdout
        assert "take it out there, or the next refresh receives it again" in done.stdout
        assert "b.csv" not in done.stdout and "link.csv" not in done.stdout and NAME not in done.stdout
    assert sorted(path.name for path in inbox.iterdir()) == ["a.csv", "b.csv", "link.csv", "torn.xlsx"]
    for path in (inbox / "a.csv", inbox / "torn.xlsx"):
        path.unlink()
    done = run(*ASKED, "--yes", "--lang", "de")
    assert (done.returncode, "Datensicherungen und weitergegebene Dateien durchsucht" in done.stdout) == (0, True)
