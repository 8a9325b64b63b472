"""Every word of a command is in the language asked for: help pages, wrong usage, counts, and what `check` says once."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli import main as group
from cli.options import nothing_published
from release.spoken import counted

SAMPLE = Path(__file__).parents[2] / "programmes" / "nordwaerts" / "sample"
WRONG = {
    ("bogus",): "Den Befehl „bogus“ gibt es nicht. „nordwaerts --help“ zeigt, was möglich ist.",
    ("--bogus", "status"): "Die Option „--bogus“ gibt es nicht. „nordwaerts --help“ zeigt, was möglich ist.",
    ("status", "--bogus"): "Die Option „--bogus“ gibt es nicht. „nordwaerts status --help“ zeigt, was möglich ist.",
    ("rollback",): "Die Angabe ID fehlt. „nordwaerts rollback --help“ zeigt, was möglich ist.",
    ("export", "x"): "Die Angabe --out fehlt. „nordwaerts export --help“ zeigt, was möglich ist.",
    ("--lang", "fr", "status"): (
        "Die Angabe zu --lang passt nicht; möglich ist: de, en. „nordwaerts --help“ zeigt, was möglich ist."
    ),
    ("refresh", "--as-of", "gestern"): (
        "Die Angabe zu --as-of passt nicht; verlangt ist die Form YYYY-MM-DD. "
        "„nordwaerts refresh --help“ zeigt, was möglich ist."
    ),
    ("check", "nowhere.csv", "--source", "x"): (
        "Die Angabe zu FILE passt nicht: Eine solche Datei gibt es nicht. "
        "„nordwaerts check --help“ zeigt, was möglich ist."
    ),
    ("rollback", "a", "b"): "Der Aufruf passt nicht. „nordwaerts rollback --help“ zeigt, was möglich ist.",
    ("--lang", "de"): "Es fehlt ein Befehl. „nordwaerts --help“ zeigt, was möglich ist.",
    ("export", "x", "--out", "x.ods"): (
        "x.ods: Die Endung bestimmt das Format. Die Datei .csv, .parquet oder .xlsx nennen."
    ),
}  # fmt: skip


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_is_told_in_german(arguments: tuple[str, ...]) -> None:
    done = CliRunner(env={"LANG": "de_DE.UTF-8"}).invoke(group.main, arguments, prog_name="nordwaerts")
    assert (done.exit_code, done.output) == (1, WRONG[arguments] + "\n")


@pytest.mark.parametrize("name", ["", *group.COMMANDS])
def test_a_help_page_is_in_one_language(name: str) -> None:
    german, english = (
        CliRunner().invoke(group.main, ["--lang", lang, *([name] if name else []), "--help"], prog_name="nordwaerts")
        for lang in ("de", "en")
    )
    assert german.exit_code == english.exit_code == 0, german.output
    for word in ("Usage", "Options", "Show this", "required", "default:", "ARGS", " · ", "Commands"):
        assert word not in german.output, word
    for word in ("Aufruf", "Optionen", "Hilfe", "nötig", "sonst:", " · ", "Befehl", "Programm "):
        assert word not in english.output, word
    assert "Aufruf: nordwaerts" in german.output and "Usage: nordwaerts" in english.output


def test_what_both_languages_say_is_written_so_that_it_can_be_parted() -> None:
    context = click.Context(group.main)
    for name in group.COMMANDS:
        command = group.main.get_command(context, name)  # type: ignore[attr-defined]
        for option in command.params:
            assert not isinstance(option, click.Option) or not option.help or " · " in option.help, (name, option.name)


def test_one_is_not_many(monkeypatch: pytest.MonkeyPatch) -> None:
    nouns = (("Datei", "Dateien"), ("file", "files"))
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert [counted(count, *nouns) for count in (0, 1, 1200)] == ["0 Dateien", "1 Datei", "1.200 Dateien"]
    monkeypatch.setenv("LANG", "C")
    assert [counted(count, *nouns) for count in (0, 1, 1200)] == ["0 files", "1 file", "1,200 files"]


def test_a_torn_workbook_is_told_once_not_for_each_of_its_tables(tmp_path: Path) -> None:
    [whole] = (SAMPLE / "projektregister").glob("*.xlsx")
    torn = tmp_path / whole.name
    torn.write_bytes(whole.read_bytes()[:3000])
    done = CliRunner().invoke(group.main, ["--lang", "de", "check", str(torn), "--source", "projektregister"])
    assert done.exit_code == 2
    assert done.output == (
        f"würde abgelehnt: {whole.name}: Die Datei bricht mitten im Inhalt ab (XLSX). Datei vollständig neu liefern.\n"
    )


def test_a_failed_rule_does_not_read_as_a_fulfilled_one(tmp_path: Path) -> None:
    whole = (SAMPLE / "ehrenamt" / "ehrenamt_2019.csv").read_bytes().splitlines(keepends=True)
    short = tmp_path / "ehrenamt_2019.csv"
    short.write_bytes(b"".join(whole[:101]))
    done = CliRunner().invoke(group.main, ["--lang", "de", "check", str(short), "--source", "ehrenamt"])
    assert done.exit_code == 2
    assert "  Nicht erfüllt: „Die Lieferung hat genügend Zeilen" in done.output


def test_where_nothing_is_published_both_ways_to_publish_are_named() -> None:
    said = nothing_published("nordwaerts")
    assert all("nordwaerts refresh --sample" in said.text(language) for language in ("de", "en"))
