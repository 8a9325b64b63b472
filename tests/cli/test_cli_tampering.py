"""Every file of a release, archive and ledger changed, removed or replaced, one at a time: each command that uses it says so.

The table below says which command uses which file; what a command does not use must not keep it from answering.
"""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import exports
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import verified_office
from click.testing import CliRunner, Result
from verified_office import Office

from cli.main import main
from release import files, ledger, reading, store, whole
from release.layout import VarFolder
from watch.notices import notices

READ_BY_ALL = ("manifest.json", "provenance.dsse.json")
EVERYTHING = ("*",)
# Command → the files of the current release it uses, as they are called there.
OF_THE_CURRENT = {
    "status": EVERYTHING,
    "path": EVERYTHING,
    "path --sql": (*READ_BY_ALL, "internal/*", "checks.parquet"),
    "path dim_project --public": (*READ_BY_ALL, "public/dim_project.parquet"),
    "path fct_volunteering": (*READ_BY_ALL, "internal/fct_volunteering.parquet"),
    "export fct_volunteering --out OUT.csv": (*READ_BY_ALL, "internal/fct_volunteering.parquet"),
    "export fct_volunteering --out OUT.xlsx": (*READ_BY_ALL, "internal/fct_volunteering.parquet"),
    "export fct_volunteering --out OUT.parquet": (*READ_BY_ALL, "internal/fct_volunteering.parquet"),
    "export dim_project --public --out OUT.csv": (*READ_BY_ALL, "public/dim_project.parquet"),
    "metrics --out OUT.prom": READ_BY_ALL,
    "releases": READ_BY_ALL,
    "releases NEW": (*READ_BY_ALL, "release_notes.json"),
    "verify": EVERYTHING,
    "history": (),
    "deliveries --all": (),
}
# The same of an earlier release; the database of one is made anew where it is needed.
OF_AN_EARLIER = {
    "status": (),
    "releases": READ_BY_ALL,
    "releases OLD": (*READ_BY_ALL, "release_notes.json"),
    "export dim_project --release OLD --out OUT.csv": (*READ_BY_ALL, "internal/dim_project.parquet"),
    "path --release OLD": EVERYTHING,
    "reproduce OLD": READ_BY_ALL,
    "rollback OLD": EVERYTHING,
    "verify OLD": EVERYTHING,
    "verify": (),
    "path": (),
}
RELEASE = (
    "checks.parquet", "fault-certificate.json", "internal/dim_project.parquet", "internal/fct_sentiment.parquet",
    "internal/fct_volunteering.parquet", "manifest.json", "monitoring.dsse.json", "monitoring.duckdb", "provenance.dsse.json",
    "public/dim_project.parquet", "public_key.pem", "refresh.html", "release_notes.json", "verify.py",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return verified_office.make(tmp_path_factory.mktemp("office"))


@pytest.fixture
def office(made: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    subprocess.run(["cp", "-a", made.var.root, tmp_path / "var"], check=True)  # hard links stay hard links
    copied = replace(made, var=VarFolder(made.var.programme_id, tmp_path / "var"))
    whole.confirm(copied.var, copied.new)  # what is remembered must not hide what is done afterwards
    monkeypatch.setenv("NORDWAERTS_VAR", str(copied.var.root))
    monkeypatch.setenv("NORDWAERTS_INBOX", str(tmp_path / "inbox"))
    return copied


def call(office: Office, command: str, place: Path) -> Result:
    words = command.replace("OUT", str(place / "out")).replace("OLD", office.old).replace("NEW", office.new).split()
    return CliRunner().invoke(main, [*words, "--lang", "en"], prog_name="nordwaerts")


def change(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content + b"\n")


def replace_by_another(path: Path) -> None:
    """By a file of the same kind: the one of that name in the other release, or where they are the same, of another name."""
    others = [
        *path.parents[2 if path.parent.name in ("internal", "public") else 1].rglob(path.name),
        *path.parent.iterdir(),
        *path.parents[1].rglob("*.parquet"),
    ]
    content = path.read_bytes()
    other = next(each for each in others if each.is_file() and each.read_bytes() != content)
    path.unlink()
    shutil.copyfile(other, path)


DAMAGES: dict[str, Callable[[Path], None]] = {"changed": change, "removed": Path.unlink, "replaced": replace_by_another}


def said(office: Office, commands: dict[str, tuple[str, ...]], name: str, place: Path) -> set[str]:
    """The commands that named the file, ended with 1 and left nothing behind."""
    found = set()
    for command in commands:
        done = call(office, command, place)
        assert done.exception is None or isinstance(done.exception, SystemExit), (command, done.exception)
        told = done.output + (done.stderr if done.stderr_bytes else "")
        if done.exit_code == 1 and all(part in told for part in name.split("/", 1)):
            found.add(command)
            assert not list(place.glob("out.*")), command
        for path in place.glob("out.*"):
            path.unlink()
    return found


@pytest.mark.attack("a file of the current release changed, removed or replaced · every command that uses it names it")
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", RELEASE)
def test_a_damaged_file_of_the_current_release_is_named(name: str, how: str, office: Office, tmp_path: Path) -> None:
    DAMAGES[how](office.var.releases / office.new / name)
    expected = {each for each, used in OF_THE_CURRENT.items() if any(fnmatch(name, pattern) for pattern in used)}
    assert said(office, OF_THE_CURRENT, f"{office.new}/{name}", tmp_path) == expected


@pytest.mark.attack("a file of an earlier release damaged · costs that release, which is named, and nothing else")
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", RELEASE)
def test_a_damaged_file_of_an_earlier_release_costs_that_release_alone(
    name: str, how: str, office: Office, tmp_path: Path
) -> None:
    DAMAGES[how](office.var.releases / office.old / name)
    is_made_anew = (name, how) == ("monitoring.duckdb", "removed")
    expected = {each for each, used in OF_AN_EARLIER.items() if any(fnmatch(name, pattern) for pattern in used)}
    assert said(office, OF_AN_EARLIER, f"{office.old}/{name}", tmp_path) == (set() if is_made_anew else expected)
    assert reading.current_id(office.var) == (office.old if is_made_anew else office.new)
    told = call(office, "releases", tmp_path).output
    assert office.new in told and ("DAMAGED" in told) == (name in READ_BY_ALL)


@pytest.mark.attack("an object or a source archive changed, removed or replaced · whoever uses it names it")
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("place", ["objects", "sources"])
def test_a_damaged_object_is_named(place: str, how: str, office: Office, tmp_path: Path) -> None:
    current = reading.current(office.var)
    assert current is not None
    sha256 = current.manifest.tables["dim_project"].sha256
    path = office.var.objects / f"{sha256}.parquet" if place == "objects" else next(office.var.sources.iterdir())
    if how == "replaced" and place == "sources":
        path.with_name("other").write_bytes(b"other")
    DAMAGES[how](path)
    using = ["rollback OLD", "verify"] + (["status", "path"] if place == "objects" else [])
    commands = dict.fromkeys([*using, "path --sql", "releases"], ())
    assert said(office, commands, f"{place}/{path.name}", tmp_path) == set(using)


@pytest.mark.attack("a foreign file in the current release · named by status, path and verify")
@pytest.mark.parametrize("name", ["internal/fct_foreign.parquet", "public/fct_foreign.parquet", "foreign.txt"])
def test_a_foreign_file_is_named_and_never_exported(name: str, office: Office, tmp_path: Path) -> None:
    shutil.copyfile(office.var.current / "checks.parquet", office.var.releases / office.new / name)
    commands = dict.fromkeys(["status", "path", "verify"], EVERYTHING)
    assert said(office, commands, f"{office.new}/{name}", tmp_path) == set(commands)
    assert call(office, f"export {Path(name).stem} --out OUT.csv", tmp_path).exit_code == 1


@pytest.mark.attack("a mart emptied, its rows still announced · refused with a sentence, nothing is written")
def test_an_emptied_mart_is_not_exported(office: Office, tmp_path: Path) -> None:
    path = office.var.releases / office.new / "internal" / "dim_project.parquet"
    rows = pq.read_table(path)
    path.unlink()
    pq.write_table(rows.slice(0, 1), path)
    done = call(office, "export dim_project --out OUT.csv", tmp_path)
    assert (done.exit_code, list(tmp_path.glob("out*"))) == (1, [])
    assert f"releases/{office.new}/internal/dim_project.parquet: the file was changed. Restore the file" in done.output


@pytest.mark.attack(
    "a file edited with its size and time put back · named: its place on disk and time of change differ"
)
def test_forged_times_do_not_help(office: Office, tmp_path: Path) -> None:
    assert call(office, "status", tmp_path).exit_code != 1
    path = office.var.releases / office.new / "internal" / "fct_volunteering.parquet"
    seen, content = path.stat(), bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(0o444)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns, path.stat().st_ino) == (
        seen.st_size,
        seen.st_mtime_ns,
        seen.st_ino,
    )
    commands = dict.fromkeys(["status", "path", "path --sql", "export fct_volunteering --out OUT.csv"], EVERYTHING)
    assert said(office, commands, f"{office.new}/internal/fct_volunteering.parquet", tmp_path) == set(commands)


@pytest.mark.attack("a bit of the signed statement · named by status, path and rollback, whatever it stands for")
def test_a_bit_of_the_statement_is_found(office: Office, tmp_path: Path) -> None:
    path = office.var.releases / office.old / files.PROVENANCE
    body = json.loads(path.read_bytes())
    payload = base64.b64decode(body["payload"]).replace(b'"is_synthetic": true', b'"is_synthetic": null')
    body["payload"] = base64.b64encode(payload).decode()
    path.unlink()
    path.write_text(json.dumps(body, sort_keys=True) + "\n")
    commands = dict.fromkeys(["rollback OLD", "path --release OLD", "verify OLD"], EVERYTHING)
    assert said(office, commands, f"{office.old}/{files.PROVENANCE}", tmp_path) == set(commands)


LEDGER_READERS = (
    "status",
    "releases",
    "metrics --out OUT.prom",
    "history",
    "deliveries --all",
    "rollback OLD",
    "verify",
    "pin OLD --because b",
    "unpin OLD --because b",
    "withdraw abcdef --because b",
    "accept abcdef --because b --by N",
    "reject abcdef --because b --by N",
    "forget Zeisighuber --because b --by N",
    "backup OUTSIDE",
)


@pytest.mark.attack("the ledger changed, removed or replaced · every command that reads it names it")
@pytest.mark.parametrize("how", ["changed", "removed", "replaced"])
def test_a_damaged_ledger_is_named(how: str, office: Office, tmp_path: Path) -> None:
    lines = office.var.ledger.read_bytes().splitlines(keepends=True)
    if how == "removed":
        office.var.ledger.unlink()
    else:
        new = lines[:-1] if how == "replaced" else [*lines[:-1], lines[-1].replace(b"broken", b"brokem")]
        office.var.ledger.write_bytes(b"".join(new))
    assert said(office, dict.fromkeys(LEDGER_READERS, ()), "ledger", tmp_path) == set(LEDGER_READERS)


@pytest.mark.attack("the head of the ledger changed or replaced · every command that reads the ledger names it")
@pytest.mark.parametrize("how", ["changed", "replaced"])
def test_a_damaged_head_of_the_ledger_is_named(how: str, office: Office, tmp_path: Path) -> None:
    content = office.var.ledger_head.read_bytes()
    another = content.replace(b'"line_count": 50', b'"line_count": 49')
    assert another != content
    office.var.ledger_head.write_bytes(another if how == "replaced" else content[:-2])
    assert said(office, dict.fromkeys(LEDGER_READERS, ()), "ledger", tmp_path) == set(LEDGER_READERS)


@pytest.mark.attack("the head of the ledger removed · named by status and verify; the next refresh writes it anew")
def test_a_missing_head_of_the_ledger_is_named(office: Office, tmp_path: Path) -> None:
    office.var.ledger_head.unlink()
    commands = dict.fromkeys(["status", "verify"], ())
    assert said(office, commands, "ledger_head.json: the file is missing", tmp_path) == set(commands)


@pytest.mark.attack("the link to the current release made a folder · every command that follows it names it")
def test_a_link_that_is_none_is_named(office: Office, tmp_path: Path) -> None:
    office.var.current.unlink()
    office.var.current.mkdir()
    commands = dict.fromkeys(
        [each for each in OF_THE_CURRENT if each not in ("history", "deliveries --all", "releases NEW")]
    )
    assert said(office, dict.fromkeys(commands, ()), "releases/current", tmp_path) == set(commands)


@pytest.mark.attack(
    "monitoring.duckdb deleted · status names it, rollback to the same release makes it anew and says so"
)
def test_a_deleted_database_comes_back_by_the_remedy(office: Office, tmp_path: Path) -> None:
    database = office.var.releases / office.new / "monitoring.duckdb"
    database.unlink()
    shutil.rmtree(office.var.build)  # as after a restore
    assert "call 'nordwaerts rollback'" in call(office, "status", tmp_path).output
    done = call(office, f"rollback {office.new}", tmp_path)
    assert (done.exit_code, "was missing and is made anew" in done.output) == (0, True)
    assert database.is_file() and call(office, "status", tmp_path).exit_code != 1
    assert office.full() == []


@pytest.mark.attack("the table of verdicts changed, removed or replaced · claims, trace, diff and notify name it")
@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_table_of_verdicts_is_named(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    var, ids = VarFolder("nordwaerts", tmp_path / "var").create(), []
    for night, label in enumerate(["first", "second"]):
        told = dict.fromkeys(("wording_de", "wording_en", "verdict"), "supported")
        rows = [{"claim_id": "deck_1", "evaluation": "current", **told, "is_synthetic": True}]
        marts = {"fct_claim_verdict": pa.Table.from_pylist(rows), **exports.default_marts(night)}
        export = exports.write_export(tmp_path / label, label, marts=marts)
        found = store.publish(export, exports.meta(label), var)
        ledger.append(
            var, "published", at=exports.NIGHT, release_id=found.release_id, inputs_sha256=found.inputs_sha256
        )
        ids.append(found.release_id)
    monkeypatch.setenv("NORDWAERTS_VAR", str(var.root))
    monkeypatch.delenv("NORDWAERTS_CHANNELS", raising=False)
    name = f"{ids[1]}/internal/fct_claim_verdict.parquet"
    DAMAGES[how](var.releases / name)
    office = Office(var, *ids)
    commands = dict.fromkeys(
        ["claims", "claims deck_1", "trace deck_1", "diff OLD NEW", "diff OLD NEW fct_claim_verdict"], ()
    )
    assert said(office, commands, name, tmp_path) == set(commands)
    (notice,) = [each for each in notices(var) if each.kind == "broken"]
    assert f"A published release is damaged: releases/{name}: the file " in notice.en
