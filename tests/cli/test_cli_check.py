"""`nordwaerts check` on files that are no deliveries: a sentence and code 2, whatever they do to a reading library."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main as group
from ingest import apart, limits

FILE = "ehrenamt_2020.csv"


def check(path: Path) -> Result:
    return CliRunner().invoke(group.main, ["--lang", "de", "check", str(path), "--source", "ehrenamt"])


def test_a_file_larger_than_a_delivery_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    os.truncate(tmp_path / FILE, limits.LARGEST_FILE + 1)
    result = check(tmp_path / FILE)
    assert result.output.startswith(f"würde abgelehnt: {FILE}: Die Datei ist größer, als eine Lieferung sein kann")
    assert (result.exit_code, result.output.count("\n")) == (2, 1)


def test_a_file_that_ends_the_process_that_reads_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILE).write_text("a;b\n1;2\n", encoding="utf-8")

    def ended(process: apart._Process, *_: object) -> None:
        process.process.kill()  # Dagster lets processes ignore SIGTERM where whoever began them ignores SIGINT, as `command &` does
        raise apart._Died

    monkeypatch.setattr(apart._Process, "answer", ended)
    result = check(tmp_path / FILE)
    assert f"würde abgelehnt: {FILE}: Beim Lesen der Datei brach das Leseprogramm ab (SIGKILL)" in result.output
    assert result.exit_code == 2
