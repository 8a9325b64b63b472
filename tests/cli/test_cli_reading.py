"""What the reading commands say, in both languages and as JSON, and with which exit code they end."""

import csv
import datetime as dt
import json
import os
import uuid
from pathlib import Path

import exports
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cli.language import labelled
from release import ledger, reading, refusal, start_mark
from release.lock import refresh_lock


def test_status_in_german(office, run) -> None:
    done = run("status", lang="de_DE.UTF-8")
    assert done.returncode == 2, done.stderr
    assert done.stdout.splitlines() == [
        f"Gültig ist der Stand {office.new}.",
        "SYNTHETISCHE MUSTERDATEN: Kein Wert ist eine amtliche Angabe.",
        "  Zahlen zum          03.03.2026",
        "  zu sehen seit       03.03.2026, 03:00 UTC",
        "  Umfang              3 Tabellen, 3 Zeilen",
        "  Lieferungen         2 in Kraft, die älteste eingegangen am 01.07.2025 (ehrenamt)",
        "    ehrenamt          zuletzt 01.07.2025, ÜBERFÄLLIG seit 02.03.2026: neu anfordern",
        "    projektregister   zuletzt 01.02.2026, neue nötig bis 01.06.2026",
        "  zuletzt             04.03.2026, 03:00 UTC: abgelehnt",
        "",
        "Die letzte Lieferung ist nicht übernommen:",
        "  In Zeile 12 steht „k.A.“ statt einer Zahl. Zahl nachtragen und neu liefern.",
        "  Dazu weitere Gründe: 1.",
        f"  Alles steht in {office.var.last_refusal}",
    ]


def test_status_follows_lang_option_in_either_place(office, run) -> None:
    english = f"Release {office.new} is current."
    assert english in run("status").stdout
    assert english in run("--lang", "en", "status", lang="de_DE.UTF-8").stdout
    assert english in run("status", "--lang", "en", lang="de_DE.UTF-8").stdout
    assert "Gültig ist" in run("--lang", "de", "status").stdout


def test_status_as_json(office, run) -> None:
    (row,) = json.loads(run("status", "--json").stdout)
    assert row["release_id"] == office.new
    assert row["as_of_on"] == "2026-03-03"
    assert row["switched_at"] == "2026-03-03T03:00:00Z"
    assert (row["is_synthetic"], row["table_count"], row["row_count"], row["delivery_count"]) == (True, 3, 3, 2)
    assert (row["oldest_delivery_source_id"], row["oldest_delivery_on"]) == ("ehrenamt", "2025-07-01")
    assert [
        (age["source_id"], age["newest_delivery_on"], age["due_on"], age["days_left"]) for age in row["sources"]
    ] == [
        ("ehrenamt", "2025-07-01", "2026-03-02", -1),
        ("projektregister", "2026-02-01", "2026-06-01", 90),
    ]
    assert [(age["warning"], age["is_overdue"]) for age in row["sources"]] == [("overdue", True), (None, False)]
    assert (row["last_outcome"], row["refused_at"]) == ("refused", "2026-03-04T03:00:00Z")
    assert row["refusal_en"] == "Line 12 says 'k.A.' instead of a number. Enter the number and deliver again."


def test_a_refusal_is_not_told_once_a_refresh_succeeded(office, run) -> None:
    at = ledger.read(office.var)[-1].at
    ledger.append(office.var, "unchanged", at=at, release_id=office.new)
    refusal.follow(office.var)
    told = run("status").stdout
    assert "not taken over" not in told
    assert "nothing new delivered" in told


def test_before_the_first_release(run) -> None:
    for command in (("status",), ("releases",), ("export", "dim_project", "--out", "unused.csv")):
        done = run(*command)
        assert done.returncode == 1
        assert "nordwaerts" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
    (row,) = json.loads(run("status", "--json").stdout)
    assert row["release_id"] is None
    assert json.loads(run("releases", "--json").stdout) == []


def test_releases_newest_first(office, run) -> None:
    lines = run("releases").stdout.splitlines()
    assert lines[0].split()[0] == "release"
    assert lines[1].startswith(office.new) and lines[1].endswith("synthetic  ← current")
    assert lines[2].startswith(office.old) and lines[2].endswith("synthetic")
    rows = json.loads(run("releases", "--json").stdout)
    assert [(row["release_id"], row["is_current"]) for row in rows] == [(office.new, True), (office.old, False)]


def test_rollback_and_what_it_says(office, run) -> None:
    done = run("rollback", office.old, "--lang", "de")
    assert done.returncode == 0, done.stderr
    assert f"Ab jetzt gilt wieder der Stand {office.old}, Zahlen zum 02.03.2026." in done.stdout
    seen = reading.current(office.var)
    assert seen is not None and seen.release_id == office.old
    assert ledger.read(office.var)[-1].outcome == "rolled_back"
    assert "current already" in run("rollback", office.old).stdout
    assert len(ledger.read(office.var)) == 4
    rows = json.loads(run("releases", "--json").stdout)
    assert (rows[0]["release_id"], rows[0]["is_current"]) == (office.old, True)


def test_rollback_waits_for_no_refresh(office, run) -> None:
    with refresh_lock(office.var):
        done = run("rollback", office.old)
    assert done.returncode == 4
    assert done.stderr.startswith("Another refresh of 'nordwaerts' is running (process ")
    seen = reading.current(office.var)
    assert seen is not None and seen.release_id == office.new


def test_export_csv_is_plain(office, run, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = run("export", "fct_volunteering", "--out", str(out), "--lang", "de")
    assert done.returncode == 0, done.stderr
    assert out.read_bytes() == b"area_id,value,note,is_synthetic\nstadtbezirk-20,2,,true\n"
    assert "1 Zeile aus" in done.stdout and "SYNTHETISCHE" in done.stdout and "nicht zur Weitergabe" in done.stdout
    assert not list(tmp_path.glob("*.partial"))


def test_export_of_an_earlier_release_and_of_no_rows(office, run, tmp_path: Path) -> None:
    out = tmp_path / "old.csv"
    assert run("export", "fct_volunteering", "--out", str(out), "--release", office.old).returncode == 0
    with out.open(encoding="utf-8", newline="") as handle:
        assert [row["value"] for row in csv.DictReader(handle)] == ["1"]
    assert run("export", "fct_sentiment", "--out", str(out)).returncode == 0
    assert out.read_text() == "n,is_synthetic\n"


def test_export_parquet_is_the_released_file(office, run, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    done = run("export", "dim_project", "--out", str(out), "--public")
    assert done.returncode == 0, done.stderr
    seen = reading.current(office.var)
    assert seen is not None
    assert out.read_bytes() == seen.mart_path("dim_project").read_bytes()
    assert pq.read_schema(out).field("is_synthetic").type == pa.bool_()
    assert "Internal" not in done.stdout


def test_export_refuses_in_sentences(office, run, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    refusals = {
        ("fct_volunteering", "--public"): "not released to the public. Public are: dim_project.",
        ("fct_nothing",): "There are: dim_project, fct_sentiment, fct_volunteering.",
        ("../manifest",): "has no table '../manifest'",
        ("dim_project", "--release", "2020-01-01-00000000"): "There is no release '2020-01-01-00000000'.",
    }
    for arguments, sentence in refusals.items():
        done = run("export", *arguments, "--out", str(out))
        assert (done.returncode, done.stdout) == (1, "")
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr
    done = run("export", "dim_project", "--out", str(tmp_path / "nowhere" / "out.csv"))
    assert done.returncode == 1 and "There is no folder" in done.stderr
    assert not out.exists()


def test_a_damaged_folder_is_told_in_a_sentence(office, run) -> None:
    office.var.ledger.write_text("half a line")
    done = run("status", "--lang", "de")
    assert done.returncode == 1
    assert done.stderr == (
        "ledger.jsonl, Zeile 1: Die Zeile ist abgeschnitten. "
        "Spielen Sie die Datei aus der Datensicherung zurück; ändern Sie sie nicht von Hand.\n"
    )
    seen = reading.current(office.var)
    assert seen is not None
    (seen.folder / "manifest.json").unlink()
    done = run("status")
    assert done.returncode == 1 and "has no readable manifest.json" in done.stderr


def test_a_long_label_is_set_apart_from_what_it_labels() -> None:
    assert labelled("beteiligungsplattform", "x") == "  beteiligungsplattform x"
    assert labelled("Umfang", "x") == "  Umfang              x"


def test_a_pinned_release_says_who_keeps_it_and_why(office, run) -> None:
    done = run("pin", office.old, "--because", "handed to the court of audit", "--by", "K. Muster")
    assert done.returncode == 0, done.stderr
    assert "is kept however old it gets" in done.stdout
    lines = run("releases").stdout.splitlines()
    assert lines[1].endswith("← current")
    assert lines[2].endswith("pinned: 'handed to the court of audit', K. Muster")
    _, row = json.loads(run("releases", "--json").stdout)
    assert (row["pinned_because"], row["pinned_by"]) == ("handed to the court of audit", "K. Muster")
    assert row["kept_for"] == ["person"]
    assert "a release pinned" in run("status").stdout
    again = run("pin", office.old, "--because", "x", "--lang", "de")
    assert (again.returncode, again.stderr[:10]) == (1, "Der Stand ")
    assert run("unpin", office.old, "--because", "returned").returncode == 0
    assert "pinned" not in run("releases").stdout
    assert run("unpin", office.old, "--because", "returned").returncode == 1
    assert run("pin", "2020-01-01-00000000", "--because", "x").returncode == 1
    assert run("pin", office.old).returncode == 1, "a reason is asked for"


@pytest.fixture
def dead(office) -> None:
    """A refresh died in the night after the refusal."""
    mark = start_mark.begin(office.var, str(uuid.uuid4()), exports.NIGHT, exports.AS_OF, is_synthetic=True)
    start_mark.reached(office.var, mark, "gate_2", exports.NIGHT + dt.timedelta(minutes=3))


@pytest.mark.usefixtures("dead")
@pytest.mark.parametrize(
    ("lang", "said", "why"),
    [
        (
            "de_DE.UTF-8",
            "eine Aktualisierung endete ohne ein Wort",
            "zuletzt gesehen am 02.03.2026 um 03:03 UTC bei: Tabellen prüfen.",
        ),
        (
            "en_GB.UTF-8",
            "a refresh ended without a word",
            "last seen on 2026-03-02 at 03:03 UTC while checking tables.",
        ),
    ],
)
def test_status_writes_down_a_death_and_tells_it(office, run, lang: str, said: str, why: str) -> None:
    done = run("status", lang=lang)
    assert done.returncode == 2
    assert said in done.stdout and why in done.stdout
    assert ledger.read(office.var)[-1].outcome == "died"
    assert run("status", lang=lang).stdout == done.stdout, "and says the same ever after"


@pytest.mark.usefixtures("dead")
def test_status_tells_of_a_refresh_at_work_and_its_phase(office, run) -> None:
    with refresh_lock(office.var):
        told, (row,) = run("status").stdout, json.loads(run("status", "--json").stdout)
    assert "A refresh is running since 2026-03-02, 03:00 UTC, now checking tables." in told
    assert (row["begun"]["is_running"], row["begun"]["seen"]["phase"]) == (True, "gate_2")
    assert ledger.read(office.var)[-1].outcome == "refused"


@pytest.mark.usefixtures("dead")
def test_status_of_who_may_not_write_tells_of_a_death(office, run) -> None:
    before = office.var.ledger.read_bytes()
    if os.geteuid() == 0:
        os.chown(office.var.folder, 4711, -1)
    else:
        office.var.folder.chmod(0o555)
    try:
        done = run("status")
    finally:
        office.var.folder.chmod(0o755)
    assert done.returncode == 2
    assert "ended without a word, last seen on 2026-03-02 at 03:03 UTC while checking tables." in done.stdout
    assert office.var.ledger.read_bytes() == before
