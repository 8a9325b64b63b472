"""`nordwaerts path` and `nordwaerts verify`: what they print, with which exit code, and that a printed path is of one release."""

import json
import shutil
from pathlib import Path

import duckdb
import exports

from cli.path import views
from release import reading, store
from release.layout import VarFolder


def test_the_folder_of_one_release_is_printed_and_nothing_else(office, run) -> None:
    assert run("path").stdout == f"{office.var.releases / office.new}\n"
    assert run("path", "--release", office.old).stdout == f"{office.var.releases / office.old}\n"
    assert run("path", "--public").stdout == f"{office.var.releases / office.new / 'public'}\n"
    file = office.var.releases / office.new / "internal" / "fct_volunteering.parquet"
    assert run("path", "fct_volunteering").stdout == f"{file}\n"


def test_a_script_that_keeps_the_path_reads_one_release_while_the_next_is_published(
    office, run, tmp_path: Path
) -> None:
    folder = Path(run("path").stdout.strip())
    sql = run("path", "--sql").stdout
    with duckdb.connect() as mine:
        mine.execute(sql)
        export = exports.write_export(tmp_path / "third", "third", 3)
        store.publish(export, exports.meta("third"), office.var)
        assert office.var.current.readlink().name != office.new
        assert mine.sql("select value from fct_volunteering").fetchall() == [(2,)]
        assert mine.sql("select count(*) from dim_project").fetchall() == [(2,)]
        assert len(mine.sql("select * from checks").fetchall()) == 3
    assert duckdb.read_parquet(str(folder / "internal" / "fct_volunteering.parquet")).fetchall()[0][1] == 2


def test_views_of_the_public_edition_are_the_public_tables(office, run) -> None:
    (line,) = run("path", "--sql", "--public").stdout.splitlines()
    file = office.var.releases / office.new / "public" / "dim_project.parquet"
    assert line == f"create or replace view dim_project as select * from read_parquet('{file}');"
    assert run("path", "dim_project", "--sql", "--public").stdout == f"{line}\n"
    assert run("path", "fct_volunteering", "--sql", "--public").returncode == 1


def test_a_folder_with_signs_duckdb_takes_for_a_pattern_is_read(office, tmp_path: Path) -> None:
    odd = tmp_path / "an [odd] *place?, isn't it"
    shutil.copytree(office.var.root, odd, symlinks=True)
    release = reading.current(VarFolder("nordwaerts", odd))
    assert release is not None
    with duckdb.connect() as mine:
        mine.execute("\n".join(views(release, is_public=False)))
        assert mine.sql("select value from fct_volunteering").fetchall() == [(2,)]


def test_what_is_not_there_is_said_in_a_sentence(office, run) -> None:
    for arguments, said in {
        ("fct_nothing",): "There are: dim_project, fct_sentiment, fct_volunteering.",
        ("fct_volunteering", "--public"): "not released to the public",
        ("--release", "2020-01-01-00000000"): "There is no release",
        ("--programme", "elsewhere"): "No release of 'elsewhere' has been published yet.",
    }.items():
        done = run("path", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr and "Traceback" not in done.stderr


def test_verify_names_file_and_remedy_in_both_languages_and_ends_with_1(office, run) -> None:
    """The deliveries of this office are made up, so its archive has findings; two of them are asked for here."""
    done = run("verify", "--lang", "de")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == (
        f"archive/objects/{'d' * 64}: Die Lieferung fehlt, auf der releases/{office.new} beruht. Spielen Sie die Datei aus "
        "der Datensicherung zurück und gehen Sie der Änderung nach."
    )
    assert lines[2] == "2 Befunde."
    assert "  ledger.jsonl     3 Zeilen" in lines
    rows = json.loads(run("verify", "--json").stdout)
    assert [(row["rule"], row["file"]) for row in rows] == [
        ("archive_complete", f"archive/objects/{each * 64}") for each in "de"
    ]
    assert rows[0]["en"].startswith(rows[0]["file"]) and rows[0]["remedy_en"] and rows[0]["remedy_de"]
    before = office.var.ledger.read_bytes()
    (office.var.releases / office.old / "extra").touch()
    assert "extra" not in run("verify").stdout and "extra" not in run("verify", office.new).stdout
    assert f"releases/{office.old}/extra: the file does not belong" in run("verify", "--all").stdout
    assert f"releases/{office.old}/extra: the file does not belong" in run("verify", office.old).stdout
    assert office.var.ledger.read_bytes() == before


def test_verify_with_a_key_held_elsewhere(office, run, tmp_path: Path) -> None:
    pem = tmp_path / "held.pem"
    shutil.copy(office.var.releases / office.new / "public_key.pem", pem)
    told = run("verify", "--key", str(pem)).stdout
    assert "2 findings." in told and "Compare the key" not in told
    assert "Compare the key" in run("verify").stdout
    other = run("verify", "--key", "ab" * 32).stdout
    assert "the line is signed with another key" in other and "--key" in other
    done = run("verify", "--key", "nonsense")
    assert done.returncode == 1 and "is no public Ed25519 key" in done.stderr


def test_verify_where_there_is_nothing(run) -> None:
    done = run("verify")
    assert done.returncode == 1 and "has been published yet" in done.stderr


def test_verify_of_a_release_there_is_not(office, run) -> None:
    done = run("verify", "2020-01-01-00000000")
    assert done.returncode == 1 and "There is no release '2020-01-01-00000000'." in done.stderr
