"""What `backup` and `restore` say, in both languages, and with which exit code they end."""

import json
import shutil
from pathlib import Path

import pytest
from test_cli_main import LIGHT, SPY

from release import reading
from release.layout import VarFolder
from release.lock import refresh_lock


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox" / "nordwaerts" / "ehrenamt"
    folder.mkdir(parents=True)
    (folder / "ehrenamt_2025.csv").write_bytes(b"delivered")
    return folder.parent


def test_what_a_backup_says(office, inbox, run, tmp_path: Path) -> None:
    safe = tmp_path / "safe"
    first = run("backup", str(safe), "--lang", "de")
    assert first.returncode == 0, first.stderr
    contents = list((safe / "nordwaerts" / "content").iterdir())
    kilobytes = f"{-(-sum(path.stat().st_size for path in contents) // 1000):,}".replace(",", ".")
    files = len(json.loads((safe / "nordwaerts" / "backup.json").read_bytes())["files"])
    assert first.stdout.splitlines() == [
        "Gesichert und zurückgelesen.",
        f"  Stand            {office.new}",
        "  ledger.jsonl     3 Zeilen",
        f"  Dateien          {files}, davon neuer Inhalt: {len(contents)} ({kilobytes} kB)",
        f"  Eingangsordner   {inbox}, 1 Datei",
        f"  liegt in         {safe / 'nordwaerts'}",
    ]
    shutil.rmtree(inbox)
    second = run("backup", str(safe))
    assert second.stdout.splitlines()[3:5] == [
        f"  files            {files - 1}, of new content: 0 (0 kB)",
        f"  inbox            {inbox}: there is none",
    ]


@pytest.mark.parametrize("options", [(), ("--no-inbox",)])
def test_restore_elsewhere(options: tuple[str, ...], office, inbox, run, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "safe")).returncode == 0
    elsewhere = {"NORDWAERTS_VAR": str(tmp_path / "new"), "NORDWAERTS_INBOX": str(tmp_path / "new-inbox")}
    done = run("restore", str(tmp_path / "safe"), *options, "--lang", "de", python=("-c", SPY), **elsewhere)
    *said, spied = done.stdout.splitlines()
    assert json.loads(spied)["code"] == 0, done.stderr
    assert not {module.split(".")[0] for module in json.loads(spied)["modules"]} & {*LIGHT, "duckdb"}
    assert said[0].startswith("Wiederhergestellt, wie am ") and said[0].endswith(f" gesichert: Stand {office.new}.")
    delivered = tmp_path / "new-inbox" / "nordwaerts" / "ehrenamt" / "ehrenamt_2025.csv"
    if options:
        assert len(said) == 2 and not delivered.exists()
    else:
        assert said[2] == f"  {delivered.parents[1]}: 1 Datei" and delivered.read_bytes() == b"delivered"
    seen = reading.current(VarFolder("nordwaerts", tmp_path / "new"))
    assert seen is not None and seen.release_id == office.new
    assert run("status", **elsewhere).stdout == run("status").stdout.replace(
        str(tmp_path / "var"), str(tmp_path / "new")
    )


def test_refusals_are_sentences(office, inbox, run, tmp_path: Path) -> None:
    safe = tmp_path / "safe"
    (tmp_path / "file").touch()
    refusals = {
        ("restore", str(safe)): "There is no backup of 'nordwaerts' in",
        ("backup", str(tmp_path / "var" / "safe")): "The backup must not lie in",
        ("backup", str(safe), "--programme", "kleinstadt"): "There is nothing to back up in",
        ("backup", str(tmp_path / "file" / "safe")): "The operating system reports: Not a directory",
        ("backup",): "Missing argument 'DIR'",
    }
    for arguments, sentence in refusals.items():
        done = run(*arguments)
        assert done.returncode == 1
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr
    assert run("backup", str(safe)).returncode == 0
    done = run("restore", str(safe))
    assert done.returncode == 1
    assert done.stderr == (
        f"The folder {office.var.folder} is not empty; nothing is ever overwritten. "
        "Rename this folder, or set NORDWAERTS_VAR to an empty one.\n"
    )


def test_a_damaged_backup_is_told_file_by_file(office, inbox, run, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "safe")).returncode == 0
    body = json.loads((tmp_path / "safe" / "nordwaerts" / "backup.json").read_bytes())
    name = "inbox/ehrenamt/ehrenamt_2025.csv"
    sha256 = body["files"][name]["sha256"]
    (tmp_path / "safe" / "nordwaerts" / "content" / sha256).unlink()
    done = run("restore", str(tmp_path / "safe"), "--no-inbox", NORDWAERTS_VAR=str(tmp_path / "new"))
    assert done.returncode == 1
    assert done.stderr.splitlines()[:2] == [
        f"The backup in {tmp_path / 'safe' / 'nordwaerts'} is damaged:",
        f"  missing: {name} (content/{sha256})",
    ]


def test_a_damaged_file_is_told_by_backup_and_by_restore(office, inbox, run, tmp_path: Path) -> None:
    safe, name = str(tmp_path / "safe"), f"releases/{office.old}/manifest.json"
    whole = (office.var.folder / name).read_bytes()
    elsewhere = {"NORDWAERTS_VAR": str(tmp_path / "new"), "NORDWAERTS_INBOX": str(tmp_path / "new-inbox")}
    assert run("backup", safe).returncode == 0
    (office.var.folder / name).unlink()
    again, first = run("backup", safe), run("backup", f"{safe}-2", "--lang", "de")
    assert (again.returncode, first.returncode) == (3, 3)
    assert f"  DAMAGED  {name}: the file is missing. Restore the file from the backup" in again.stdout
    assert "In the backup it stays as it was." in again.stdout
    assert f"  BESCHÄDIGT  {name}: Die Datei fehlt." in first.stdout
    assert "Auch keine Sicherung davor hat sie heil." in first.stdout
    assert run("restore", safe, **elsewhere).returncode == 0
    assert (tmp_path / "new" / "nordwaerts" / name).read_bytes() == whole
    done = run("restore", f"{safe}-2", "--no-inbox", NORDWAERTS_VAR=str(tmp_path / "newer"))
    assert done.returncode == 3
    assert f"  DAMAGED already when it was backed up: {name}: the file is missing." in done.stdout
    assert "'nordwaerts verify --all' says what is missing now" in done.stdout


def test_a_restore_waits_for_no_refresh_and_a_backup_needs_not(office, run, tmp_path: Path) -> None:
    with refresh_lock(office.var):
        assert run("backup", str(tmp_path / "safe")).returncode == 0
        assert run("restore", str(tmp_path / "safe")).returncode == 4
