"""Publication: what a release folder holds, that it is stable byte for byte, and that readers are switched whole."""

import datetime as dt
import gzip
import json
import stat
from dataclasses import replace
from pathlib import Path

import duckdb
import exports
import pytest

from release import ledger, manifest, reading, refusal, store
from release.atomic import sha256_of
from release.gate import ReleaseRefused
from release.layout import VarFolder
from release.reading import Release, ReleaseMissing
from release.reason import Reason

LATER = exports.NIGHT + dt.timedelta(days=1)


def test_a_release_holds_marts_checks_manifest_and_database(publish, var: VarFolder) -> None:
    found = publish("first")
    assert found.release_id == f"2026-03-02-{exports.inputs_of('first')[:8]}"
    names = sorted(str(path.relative_to(found.folder)) for path in found.folder.rglob("*") if path.is_file())
    assert names == [
        "checks.parquet",
        "internal/dim_project.parquet",
        "internal/fct_sentiment.parquet",
        "internal/fct_volunteering.parquet",
        "manifest.json",
        "monitoring.dsse.json",
        "monitoring.duckdb",
        "provenance.dsse.json",
        "public/dim_project.parquet",
        "public_key.pem",
        "verify.py",
    ]
    assert not any(path.stat().st_mode & 0o222 for path in found.folder.rglob("*") if path.is_file())
    stored = var.objects / f"{found.manifest.tables['dim_project'].sha256}.parquet"
    assert stored.samefile(found.mart_path("dim_project"))
    assert stored.samefile(found.mart_path("dim_project", is_public=True))
    assert var.current.readlink() == Path(found.release_id)
    assert reading.current(var) == found


def test_a_release_carries_the_certificate_and_its_hash(tmp_path: Path, var: VarFolder) -> None:
    export = exports.write_export(tmp_path / "build", "first", 1)
    found = store.publish(export, replace(exports.meta("first"), certificate=b"{}\n"), var)
    kept = found.folder / store.CERTIFICATE
    assert kept.read_bytes() == b"{}\n"
    assert not kept.stat().st_mode & 0o222
    assert found.manifest.certificate_sha256 == sha256_of(kept)


def test_what_is_the_same_as_in_the_release_before_takes_no_room_again(tmp_path: Path, var: VarFolder) -> None:
    def lay(label: str, figure: int, text: bytes) -> Release:
        export = exports.write_export(tmp_path / label, label, figure)
        meta = replace(exports.meta(label), certificate=b"c" * 5000)
        return store.publish(export, meta, var, lambda _: {"lineage.json": text, "note.txt": b"short"})

    first, second, third = lay("first", 1, b"a" * 5000), lay("second", 2, b"a" * 5000), lay("third", 3, b"b" * 5000)
    for name in ("lineage.json", store.CERTIFICATE):
        assert (first.folder / name).samefile(second.folder / name)
        assert not (second.folder / name).stat().st_mode & 0o222
    assert (third.folder / store.CERTIFICATE).samefile(first.folder / store.CERTIFICATE)
    assert not (third.folder / "lineage.json").samefile(first.folder / "lineage.json")
    assert (first.folder / "lineage.json").read_bytes() == b"a" * 5000
    assert (third.folder / "lineage.json").read_bytes() == b"b" * 5000
    assert not (first.folder / "note.txt").samefile(second.folder / "note.txt"), "a block each way"


def test_the_database_holds_tables_comments_and_says_what_it_is(publish) -> None:
    found = publish("first", figure=7)
    with duckdb.connect(str(found.database), read_only=True) as connection:
        tables = connection.execute("select table_name, comment from duckdb_tables() order by 1").fetchall()
        views = connection.execute("select count(*) from duckdb_views() where not internal").fetchone()
        comment = connection.execute(
            "select comment from duckdb_columns() where table_name = 'dim_project' and column_name = 'project_id'"
        ).fetchone()
        figure = connection.execute("select value from main.fct_volunteering").fetchone()
        release = connection.execute("select release_id, as_of_on, is_synthetic from release").fetchone()
    assert [name for name, _ in tables] == ["checks", "dim_project", "fct_sentiment", "fct_volunteering", "release"]
    assert dict(tables)["dim_project"] == "one row per sub-project"
    assert views == (0,)
    assert comment == ("number of the sub-project",)
    assert figure == (7,)
    assert release == (found.release_id, exports.AS_OF, True)


def test_the_same_export_gives_the_same_bytes_in_another_place(tmp_path: Path) -> None:
    contents = []
    for place in ("a", "b"):
        var = VarFolder("nordwaerts", tmp_path / place).create()
        folder = exports.write_export(tmp_path / f"export-{place}", "same", 3)
        found = store.publish(folder, exports.meta("same"), var)
        signed = ("provenance.dsse.json", "monitoring.dsse.json")  # by a key of its own
        files = [path for path in sorted(found.folder.rglob("*")) if path.name not in signed]
        stable = [path for path in files if path.suffix in (".parquet", ".json", ".py")]
        contents.append({str(path.relative_to(found.folder)): path.read_bytes() for path in stable})
    assert contents[0] == contents[1]
    assert len(contents[0]) == 7


def test_the_order_in_which_deliveries_are_named_changes_no_byte(tmp_path: Path) -> None:
    manifests = []
    for place, order in (("a", 1), ("b", -1)):
        var = VarFolder("nordwaerts", tmp_path / place).create()
        meta = exports.meta("same")
        meta = replace(meta, deliveries=meta.deliveries[::order])
        folder = exports.write_export(tmp_path / f"export-{place}", "same", 3)
        manifests.append((store.publish(folder, meta, var).folder / "manifest.json").read_bytes())
    assert manifests[0] == manifests[1]


def test_publishing_an_existing_release_again_only_switches(publish, var: VarFolder) -> None:
    first = publish("first")
    before = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")}
    publish("second", figure=2)
    assert reading.current(var) != first
    assert publish("first") == first
    assert reading.current(var) == first
    assert {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")} == before


def test_the_same_inputs_with_other_figures_are_refused(publish, var: VarFolder, tmp_path: Path) -> None:
    first = publish("first", figure=1)
    other = exports.write_export(tmp_path / "other", "first", figure=2)
    with pytest.raises(ReleaseRefused, match="other figures in: fct_volunteering"):
        store.publish(other, exports.meta("first"), var)
    assert reading.current(var) == first


@pytest.mark.parametrize(("kept", "said"), [({"dim_project"}, "fct_sentiment, fct_volunteering"), (None, "fct_new")])
def test_the_same_inputs_with_other_tables_are_refused(
    kept: set[str] | None, said: str, publish, var: VarFolder, tmp_path: Path
) -> None:
    first = publish("first", figure=1)
    marts = exports.default_marts(1)
    marts = {name: marts[name] for name in kept} if kept else {**marts, "fct_new": marts["dim_project"]}
    other = exports.write_export(tmp_path / "other", "first", marts=marts)
    with pytest.raises(ReleaseRefused, match=f"other figures in: {said}\\."):
        store.publish(other, exports.meta("first"), var)
    assert reading.current(var) == first


def test_a_table_that_did_not_change_is_stored_once(publish, var: VarFolder) -> None:
    first, second = publish("first", figure=1), publish("second", figure=2)
    assert first.mart_path("dim_project").samefile(second.mart_path("dim_project"))
    assert not first.mart_path("fct_volunteering").samefile(second.mart_path("fct_volunteering"))
    assert len(list(var.objects.iterdir())) == 4


def test_a_damaged_object_is_not_published_again(publish, var: VarFolder) -> None:
    first = publish("first")
    stored = var.objects / f"{first.manifest.tables['dim_project'].sha256}.parquet"
    stored.chmod(0o644)
    stored.write_bytes(b"rotten")
    second = publish("second", figure=2)
    assert sha256_of(second.mart_path("dim_project")) == second.manifest.tables["dim_project"].sha256


def test_an_open_reader_keeps_its_figures(publish, var: VarFolder) -> None:
    publish("first", figure=1)
    with duckdb.connect(str(var.current / "monitoring.duckdb"), read_only=True) as old:
        publish("second", figure=2)
        assert old.execute("select value from fct_volunteering").fetchone() == (1,)
        with duckdb.connect(str(var.current / "monitoring.duckdb"), read_only=True) as new:
            assert new.execute("select value from fct_volunteering").fetchone() == (2,)
        assert old.execute("select value from fct_volunteering").fetchone() == (1,)


def test_rollback_switches_and_is_on_the_record(publish, var: VarFolder) -> None:
    first = publish("first", figure=1)
    publish("second", figure=2)
    assert store.rollback(var, first.release_id, LATER) == first
    assert reading.current(var) == first
    entry = ledger.last(var)
    assert entry is not None
    assert (entry.outcome, entry.release_id, entry.inputs_sha256) == (
        "rolled_back",
        first.release_id,
        first.inputs_sha256,
    )
    assert entry.in_force == {"ehrenamt__counts": ("e" * 64,), "projektregister__projects": ("d" * 64,)}
    assert store.recover(var, LATER) == []
    assert len(ledger.read(var)) == 3


@pytest.mark.parametrize("release_id", ["2026-03-02-00000000", "../objects", "current", ""])
def test_rollback_to_nowhere_changes_nothing(publish, var: VarFolder, release_id: str) -> None:
    first = publish("first")
    with pytest.raises(ReleaseMissing):
        store.rollback(var, release_id, LATER)
    assert reading.current(var) == first
    assert len(ledger.read(var)) == 1


def test_clearing_up_keeps_figures_and_drops_old_databases(publish, var: VarFolder) -> None:
    releases = [publish(label, figure) for figure, label in enumerate(["first", "second", "third"])]
    (var.objects / ("0" * 64 + ".parquet")).write_bytes(b"of no release")
    removed = store.collect(var)
    assert sorted(path.name for path in removed) == ["0" * 64 + ".parquet", "monitoring.duckdb"]
    assert [found.database.exists() for found in releases] == [False, True, True]
    assert all(found.mart_path(mart).is_file() for found in releases for mart in found.manifest.tables)
    assert store.collect(var) == []
    store.rollback(var, releases[0].release_id, LATER)
    with duckdb.connect(str(var.current / "monitoring.duckdb"), read_only=True) as connection:
        assert connection.execute("select value from fct_volunteering").fetchone() == (0,)


def test_clearing_up_keeps_the_database_readers_see_though_the_ledger_does_not_know_it(
    publish, var: VarFolder, tmp_path: Path
) -> None:
    old = [publish("first", 1), publish("second", 2)]
    seen = store.publish(exports.write_export(tmp_path / "e", "third", 3), exports.meta("third"), var)
    assert store.collect(var) == []
    assert [found.database.exists() for found in (*old, seen)] == [True, True, True]


def test_history_tells_when_readers_were_switched_and_what_they_see(publish, var: VarFolder, tmp_path: Path) -> None:
    first, second = publish("first", 1), publish("second", 2)
    store.rollback(var, first.release_id, LATER)
    # published, but a crash kept it from the ledger: readers see it, nobody can say since when
    unknown = store.publish(exports.write_export(tmp_path / "e", "third", 3), exports.meta("third"), var)
    told = {each.release.release_id: (each.switched_at, each.is_current) for each in reading.history(var)}
    assert told == {
        first.release_id: (LATER, False),
        second.release_id: (exports.NIGHT, False),
        unknown.release_id: (None, True),
    }
    assert list(told)[:2] == [first.release_id, second.release_id], "the one switched to last comes first"
    ledger.append(var, "refused", at=LATER + dt.timedelta(days=1), release_id=second.release_id)
    entries = [reading.switched_entry(var, each.release_id) for each in (first, second, unknown)]
    assert [entry and (entry.outcome, entry.at) for entry in entries] == [
        ("rolled_back", LATER),
        ("published", exports.NIGHT),
        None,
    ]


def test_recovery_mends_a_pointer_the_ledger_does_not_know(var: VarFolder, tmp_path: Path) -> None:
    found = store.publish(exports.write_export(tmp_path / "e", "first"), exports.meta("first"), var)
    var.last_refusal.write_text("from the night before")
    store.recover(var, exports.NIGHT)
    (entry,) = ledger.read(var)
    assert (entry.outcome, entry.release_id, entry.at) == ("recovered", found.release_id, exports.NIGHT)
    assert not var.last_refusal.exists()
    store.recover(var, exports.NIGHT)
    assert len(ledger.read(var)) == 1


def test_recovery_takes_away_a_refusal_text_that_no_longer_stands(publish, var: VarFolder) -> None:
    publish("first")
    var.last_refusal.write_text("left by a crash after the ledger line")
    store.recover(var, LATER)
    assert not var.last_refusal.exists()
    reason = Reason("abgelehnt", "refused")
    ledger.append(var, "refused", at=LATER, reasons=[reason])
    refusal.follow(var)
    store.recover(var, LATER)
    assert var.last_refusal.exists()


def test_recovery_clears_partial_files_and_a_link_to_nowhere(publish, var: VarFolder) -> None:
    first = publish("first")
    leftovers = [
        var.folder / "ledger.jsonl.partial",
        var.objects / "abc.parquet.partial",
        var.releases / "2026-03-03-abcdef01.partial",
        first.folder / "monitoring.duckdb.partial.wal",
    ]
    for path in leftovers:
        path.mkdir() if path.name.endswith("01.partial") else path.write_bytes(b"half")
    var.current.unlink()
    var.current.symlink_to("2026-03-03-abcdef01")
    assert sorted(store.recover(var, LATER)) == sorted([*leftovers, var.current])
    assert not any(path.exists() for path in leftovers)
    assert reading.current(var) is None
    assert [entry.release_id for entry in ledger.read(var)] == [first.release_id, None]


def test_a_broken_ledger_stops_publication_before_readers_are_switched(publish, var: VarFolder, tmp_path: Path) -> None:
    first = publish("first")
    var.ledger.write_text(var.ledger.read_text().replace("published", "refused"))
    with pytest.raises(ledger.LedgerError):
        store.publish(exports.write_export(tmp_path / "e", "second", 2), exports.meta("second"), var)
    assert reading.current(var) == first


def test_the_manifest_is_readable_by_others_and_holds_no_moment_of_writing(publish) -> None:
    found = publish("first")
    body = json.loads((found.folder / "manifest.json").read_text())
    assert body["tables"]["dim_project"]["row_count"] == 2
    assert body["tables"]["dim_project"]["is_public"] is True
    assert body["tables"]["fct_volunteering"]["is_public"] is False
    assert sorted(body) == [
        "as_of_on", "certificate_sha256", "checks_sha256", "code_sha256", "deliveries", "due_on", "engine", "expected_on",
        "inputs_sha256", "is_synthetic", "release_id", "source_sha256", "tables",
    ]  # fmt: skip


def test_a_release_names_the_engine_that_computed_it(tmp_path: Path, var: VarFolder) -> None:
    export = exports.write_export(tmp_path / "build", "first", 1)
    store.publish(export, replace(exports.meta("first"), engine="spark"), var)
    found = reading.current(var)
    assert found and found.manifest.engine == "spark"


def test_a_manifest_of_before_is_still_read(publish) -> None:
    found = publish("first")
    path = found.folder / "manifest.json"
    body = json.loads(path.read_text())
    assert found.manifest.due_on["ehrenamt"] == dt.date(2026, 3, 2)
    del body["due_on"], body["expected_on"], body["engine"]
    body["inputs"], body["code_version"] = body.pop("inputs_sha256"), body.pop("code_sha256")  # as named before
    path.chmod(0o644)
    path.write_text(json.dumps(body))
    old = manifest.load(path)
    assert old.engine == "duckdb"
    assert (old.due_on, old.expected_on, old.inputs_sha256, old.code_sha256) == (
        {},
        {},
        found.inputs_sha256,
        found.manifest.code_sha256,
    )


def test_the_archive_is_closed_to_others(var: VarFolder) -> None:
    var.archive.chmod(0o755)
    var.create()
    assert stat.S_IMODE(var.archive.stat().st_mode) == 0o700


def test_the_root_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NORDWAERTS_VAR", str(tmp_path))
    assert VarFolder("essen").ledger == tmp_path / "essen" / "ledger.jsonl"
    monkeypatch.delenv("NORDWAERTS_VAR")
    assert VarFolder("essen").root.name == "var"


def test_the_same_inputs_on_another_day_are_the_same_release(tmp_path: Path, var: VarFolder, publish) -> None:
    first = publish("first")
    publish("second")
    later = exports.AS_OF + dt.timedelta(days=9)
    folder = exports.write_export(tmp_path / "again", "first")
    assert store.publish(folder, exports.meta("first", as_of_on=later), var) == first
    assert var.current.readlink().name == first.release_id
    assert len(reading.all_releases(var)) == 2


def test_releases_of_the_same_code_share_its_archive_and_the_last_of_them_takes_it_along(
    tmp_path: Path, var: VarFolder
) -> None:
    found = []
    for figure, (label, source) in enumerate([("a", b"code 1"), ("b", b"code 1"), ("c", b"code 2"), ("d", b"code 2")]):
        export = exports.write_export(tmp_path / label, label, figure)
        found.append(store.publish(export, replace(exports.meta(label), source=source), var))
        at = exports.NIGHT + dt.timedelta(days=figure)
        ledger.append(var, "published", at=at, release_id=found[-1].release_id, inputs_sha256=found[-1].inputs_sha256)
    one, other = (exports.sha256(code) for code in (b"code 1", b"code 2"))
    assert [release.manifest.source_sha256 for release in found] == [one, one, other, other]
    assert gzip.decompress(var.source(one).read_bytes()) == b"code 1"
    assert {path.name for path in var.sources.iterdir()} == {f"{one}.tar.gz", f"{other}.tar.gz"}
    for going, left in ((found[0], {one, other}), (found[1], {other})):
        ledger.append(var, "unchanged", at=LATER, let_go=[going.release_id])
        store.collect(var)
        assert {path.name.partition(".")[0] for path in var.sources.iterdir()} == left
