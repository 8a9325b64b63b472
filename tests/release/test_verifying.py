"""Every file of a release and of the archive swapped, edited, added or removed is found; an untouched copy is clean."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import exports
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import verified_office
from verified_office import Office

from programmes.stored import delivery_of
from release import provenance, reading, store
from release.atomic import sha256_of
from release.layout import VarFolder
from release.reading import ReleaseMissing
from release.verifying import verified

RELEASE = (
    "checks.parquet", "fault-certificate.json", "internal/dim_project.parquet", "internal/fct_sentiment.parquet",
    "internal/fct_volunteering.parquet", "manifest.json", "monitoring.dsse.json", "monitoring.duckdb",
    "provenance.dsse.json", "public/dim_project.parquet", "public_key.pem", "refresh.html", "release_notes.json", "verify.py",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return verified_office.make(tmp_path_factory.mktemp("office"))


@pytest.fixture
def office(made: Office, tmp_path: Path) -> Office:
    return made.copy(tmp_path / "elsewhere")


def files(folder: Path) -> dict[str, Path]:
    return {str(p.relative_to(folder)): p for p in sorted(folder.rglob("*")) if p.is_file()}


def edit(path: Path) -> None:
    """One bit in the middle, at the same length and time."""
    seen, content = path.stat(), bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def lengthen(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content + b"\n")


def turn_into_a_link(path: Path) -> None:
    kept = path.with_name("kept")
    path.rename(kept)
    shutil.copy(kept, path.parents[3] / "outside")
    kept.unlink()
    path.symlink_to(path.parents[3] / "outside")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "edited": edit, "lengthened": lengthen, "removed": Path.unlink, "a link": turn_into_a_link,
}  # fmt: skip


def test_untouched_at_another_path_there_is_nothing_to_find(office: Office, made: Office, tmp_path: Path) -> None:
    assert sorted(files(office.var.releases / office.new)) == sorted(RELEASE)
    assert office.full() == [] and office.alone() == [] and office.alone(office.old) == []
    found = verified(office.var, [office.new])
    assert (found.release_ids, found.line_count, found.unsigned_count) == ((office.new,), 50, 0)
    moved = tmp_path / "a release alone"  # without links, times and rights
    shutil.copytree(made.var.releases / made.new, moved, copy_function=shutil.copyfile)
    done = subprocess.run(
        [sys.executable, "-I", str(moved / "verify.py"), "--key", found.keys[0]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"OK: {found.keys[0]}\n", "")
    assert (moved / "verify.py").read_bytes() == verified_office.SHIPPED.read_bytes()


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", RELEASE)
def test_a_damaged_file_of_a_release_is_found_and_named(name: str, how: str, office: Office) -> None:
    DAMAGES[how](office.var.releases / office.new / name)
    full = [reason.file for reason in office.full()]
    assert f"releases/{office.new}/{name}" in full
    alone = office.alone()
    if (name, how) == ("monitoring.duckdb", "removed"):  # those of earlier releases are not kept
        assert alone == []
    elif name == "public_key.pem" and how != "lengthened":  # nobody can say who signed
        assert alone
    else:
        assert [each for each in alone if each.startswith(f"{name}: ")], alone


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("is_all", [True, False])
def test_a_damaged_source_archive_is_found(how: str, is_all: bool, office: Office) -> None:
    (archive,) = office.var.sources.iterdir()
    DAMAGES[how](archive)
    found = verified(office.var, None if is_all else [office.new]).findings
    assert [reason.file for reason in found] == [f"sources/{archive.name}"]


@pytest.mark.attack("a file added to a release · found by verify and verify.py")
@pytest.mark.parametrize(
    "name", ["extra.txt", "internal/dim_extra.parquet", ".hidden", "deep/er/x", "monitoring.duckdb.wal"]
)
def test_a_foreign_file_in_a_release_is_found(name: str, office: Office) -> None:
    path = office.var.releases / office.new / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"foreign")
    assert f"releases/{office.new}/{name}" in [reason.file for reason in office.full()]
    assert any(each.startswith(f"{name}: ") for each in office.alone())


def test_files_swapped_within_a_release_or_with_those_of_another_are_found(office: Office) -> None:
    new, old = (office.var.releases / release_id for release_id in (office.new, office.old))
    pairs = [(new / "internal/dim_project.parquet", new / "internal/fct_volunteering.parquet")]
    unlike = [name for name in RELEASE if (new / name).read_bytes() != (old / name).read_bytes()]
    assert set(unlike) >= {"provenance.dsse.json", "monitoring.dsse.json", "monitoring.duckdb", "manifest.json"}
    for one, other in [*pairs, *((new / name, old / name) for name in unlike)]:
        contents = one.read_bytes(), other.read_bytes()
        for path, content in ((one, contents[1]), (other, contents[0])):
            path.unlink()
            path.write_bytes(content)
        assert office.full(), one.name
        assert office.alone(), one.name
        for path, content in ((one, contents[0]), (other, contents[1])):
            path.unlink()
            path.write_bytes(content)
    assert office.full() == []
    new.rename(old.with_name("kept")), old.rename(new), old.with_name("kept").rename(old)
    assert office.full() and office.alone(), "the folders have changed names"


def test_all_of_a_release_made_by_somebody_else_is_found(office: Office, tmp_path: Path) -> None:
    """Another key, another statement, all in itself right: found by the ledger, or by the key held elsewhere."""
    forged = verified_office.make(tmp_path / "forger")
    release = office.var.releases / office.new
    shutil.rmtree(release)
    shutil.copytree(forged.var.releases / forged.new, release)
    assert "release_signed" in [reason.rule for reason in office.full()]
    assert office.alone(), "with the ledger beside it"
    key = verified(office.var, None).keys[0]
    assert list(verified_office.loaded(release / "verify.py").files(release, [key]))
    assert verified(forged.var, None).findings == ()
    assert verified(forged.var, None, [key]).findings, "the whole folder is forged: only a key held elsewhere tells"


def test_a_database_of_other_figures_is_found_though_it_is_signed(office: Office) -> None:
    release = reading.current(office.var)
    assert release is not None
    release.database.chmod(0o644)
    with duckdb.connect(str(release.database)) as connection:
        connection.execute("update fct_volunteering set value = value + 1")
    key = store.signer(office.var)
    verified_office.loosen(release.folder / provenance.DATABASE_PROVENANCE)
    provenance.state_database(release.database, release.folder, release.manifest, key)
    (reason,) = office.full()
    assert (reason.rule, reason.file) == ("database_content", f"releases/{office.new}/monitoring.duckdb")
    assert "fct_volunteering" in reason.en


def test_a_database_made_anew_is_clean(office: Office) -> None:
    (office.var.releases / office.old / "monitoring.duckdb").unlink()
    assert office.full() == [], "that of an earlier release need not be there"
    store.rollback(office.var, office.old, exports.NIGHT)
    assert (office.var.releases / office.old / "monitoring.duckdb").is_file()
    assert office.full() == [] and office.alone(office.old) == []
    (office.var.releases / office.old / "monitoring.duckdb").unlink()
    assert [reason.rule for reason in office.full()] == ["release_complete"], "readers of the current one need it"


ARCHIVED = ("objects/0", "objects/1", "receipts/0", "receipts/1", "names/0")


def archived(office: Office, which: str) -> Path:
    folder, _, number = which.partition("/")
    place = {"objects": "objects", "receipts": "receipts/ehrenamt", "names": "receipts/ehrenamt/names"}[folder]
    return sorted(path for path in (office.var.archive / place).iterdir() if path.is_file())[int(number)]


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("which", ARCHIVED)
def test_a_damaged_file_of_the_archive_is_found_and_named(which: str, how: str, office: Office) -> None:
    path = archived(office, which)
    name = f"archive/{path.relative_to(office.var.archive)}"
    name = delivery_of(name) if how == "removed" else name  # nobody knows how it was stored
    DAMAGES[how](path)
    assert name in [reason.file for reason in office.full()]


@pytest.mark.attack("a file added to the archive · found by verify")
@pytest.mark.parametrize(
    "name", ["objects/" + "a" * 64, "receipts/ehrenamt/00003-abc.json", "objects/.incoming-x", "x"]
)
def test_a_foreign_file_in_the_archive_is_found(name: str, office: Office) -> None:
    (office.var.archive / name).write_bytes(b'{"delivery_id": "' + b"b" * 64 + b'"}')
    assert f"archive/{name}" in [reason.file for reason in office.full()]


def test_deliveries_and_receipts_swapped_in_the_archive_are_found(office: Office) -> None:
    for kind in ("objects", "receipts"):
        one, other = archived(office, f"{kind}/0"), archived(office, f"{kind}/1")
        kept = one.with_name("kept")
        one.rename(kept), other.rename(one), kept.rename(other)
        assert {f"archive/{each.relative_to(office.var.archive)}" for each in (one, other)} <= {
            reason.file for reason in office.full()
        }
        one.rename(kept), other.rename(one), kept.rename(other)
    assert office.full() == []


def test_a_link_that_leads_to_another_release_than_the_ledger_says_is_found(office: Office) -> None:
    office.var.current.unlink()
    office.var.current.symlink_to(office.old)
    assert [reason.rule for reason in office.full()] == ["current_as_said"]


def test_an_object_with_other_bytes_is_found(office: Office) -> None:
    path = next(office.var.objects.iterdir())
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content + b"x")
    assert f"objects/{path.name}" in [reason.file for reason in office.full()]
    (office.var.objects / f"{'0' * 64}.parquet").write_bytes(b"named otherwise")
    assert f"objects/{'0' * 64}.parquet" in [reason.file for reason in office.full()]


def test_a_release_from_before_signing_is_verified_as_far_as_its_manifest_reaches(tmp_path: Path) -> None:
    office = verified_office.make(tmp_path)
    var = office.var
    for release_id in (office.old, office.new):
        for name in (
            "provenance.dsse.json",
            "monitoring.dsse.json",
            "public_key.pem",
            "release_notes.json",
            "verify.py",
        ):
            (var.releases / release_id / name).unlink()
    assert {reason.rule for reason in office.full()} == {"release_signed"}, "the ledger says that they were signed"
    strip_signatures(var)
    assert office.full() == []
    edit(var.releases / office.new / "internal" / "fct_volunteering.parquet")
    assert [reason.rule for reason in office.full()] == ["release_unaltered"]


def strip_signatures(var: VarFolder) -> None:
    """The ledger as it would be had nothing ever been signed."""
    from release import ledger

    made: list[str] = []
    for line in var.ledger.read_bytes().splitlines():
        body = {name: value for name, value in json.loads(line).items() if name not in ("digest", "key", "signature")}
        body.pop("archived", None)
        body["previous"] = ledger._digest(made[-1]) if made else None
        made.append(ledger._dump({**body, "digest": ledger._digest(ledger._dump(body))}))
    var.ledger.write_text("".join(f"{line}\n" for line in made), encoding="utf-8")
    var.ledger_head.unlink()


def test_without_signatures_a_ledger_does_not_pass_for_one_from_before(office: Office) -> None:
    strip_signatures(office.var)
    assert "release_signed" in [reason.rule for reason in office.full()]
    assert office.alone()


def test_every_finding_has_file_rule_and_remedy_in_both_languages(office: Office) -> None:
    release = office.var.releases / office.new
    for name in ("checks.parquet", "provenance.dsse.json"):
        edit(release / name)
    (release / "extra").touch()
    archived(office, "objects/0").unlink()
    office.var.current.unlink()
    office.var.ledger_head.unlink()
    found = office.full()
    assert len({reason.rule for reason in found}) >= 5
    for reason in found:
        assert reason.file and reason.rule and reason.de != reason.en
        assert reason.remedy_de and reason.remedy_en


def test_the_statement_names_what_the_release_was_made_from_and_no_file_name_of_an_office(office: Office) -> None:
    release = reading.release(office.var, office.new)
    envelope = json.loads((release.folder / "provenance.dsse.json").read_bytes())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert (statement["_type"], statement["predicateType"]) == (
        "https://in-toto.io/Statement/v1", "https://slsa.dev/provenance/v1",
    )  # fmt: skip
    subjects = {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}
    apart = {"monitoring.duckdb", "monitoring.dsse.json", "provenance.dsse.json"}
    assert subjects == {name: sha256_of(release.folder / name) for name in set(RELEASE) - apart}
    definition = statement["predicate"]["buildDefinition"]
    materials = {each["name"]: each["digest"]["sha256"] for each in definition["resolvedDependencies"]}
    (delivery,) = release.manifest.deliveries
    assert materials == {
        f"archive/objects/{delivery.delivery_id}": delivery.delivery_id, "code": "0.1.0", "requirements.lock": "1" * 64,
    }  # fmt: skip
    first = office.var.ledger.read_bytes().splitlines()[0]
    assert definition["internalParameters"]["ledger"] == {"line_count": 1, "head_sha256": exports.sha256(first)}
    assert "delivery_1.csv" not in base64.b64decode(envelope["payload"]).decode()


def test_check_results_about_other_bytes_are_found(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    release = reading.current(office.var)
    assert release is not None
    path = release.folder / "checks.parquet"
    table = pq.read_table(path)
    other = table.set_column(
        table.column_names.index("table_sha256"), "table_sha256", pa.array(["0" * 64] * table.num_rows)
    )
    verified_office.loosen(path)
    pq.write_table(other, path)
    from release.verifying_database import content_findings

    assert "checks_of_these_bytes" in [reason.rule for reason in content_findings(release, "r")]


def test_a_release_there_is_not_is_said_so(office: Office) -> None:
    for name in ("2026-03-02-00000000", "../objects", "current"):
        with pytest.raises(ReleaseMissing):
            verified(office.var, [name])


def test_the_file_in_the_release_is_short_and_needs_nothing_of_this_project() -> None:
    text = verified_office.SHIPPED.read_text(encoding="utf-8")
    assert text.count("\n") <= 150
    imported = {line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
