"""A backup: what is in it, that it stays whole whatever happens meanwhile, and that it comes back as it was."""

import datetime as dt
import hashlib
import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import exports
import pytest
import verified_office
from verified_office import Office

from programmes.stored import PACKED, packed
from release import backup as backing_up
from release import backup_damage, backup_record, ledger, reading, refusal, restore, store
from release.backup import BackupRefused, Written, backup
from release.backup_record import BackupDamaged, load
from release.files import missing
from release.layout import VarFolder
from release.lock import RefreshRunning, refresh_lock
from release.reason import ReleaseError
from release.restore import RestoreRefused
from release.verifying import verified

LEFT_OUT = {"begun.json", "staging", "landed", "rejected", "vintages", "build", "dagster", "refresh.lock", "signing"}


class Died(BaseException):
    """Stands for a process that ends at once."""


def deliver(var: VarFolder, content: bytes) -> str:
    """Put a delivery into the archive as a refresh does: bytes, then receipt."""
    sha256, small = hashlib.sha256(content).hexdigest(), packed(content)
    for path, text in (
        (var.archive / "objects" / f"{sha256}{PACKED if small else ''}", small or content),
        (var.archive / "receipts" / "ehrenamt" / f"{sha256[:12]}.json", b"{}" + content),
    ):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(text)
        path.chmod(0o400)
    return sha256


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox" / "nordwaerts"
    (folder / "ehrenamt").mkdir(parents=True)
    (folder / "leer").mkdir()
    (folder / "ehrenamt" / "ehrenamt_2025_für.csv").write_bytes(b"one")
    os.utime(folder / "ehrenamt" / "ehrenamt_2025_für.csv", (10**9, 10**9))
    return folder


@pytest.fixture
def var(var: VarFolder, publish) -> VarFolder:
    """A folder with a release, a delivery, small files, and what need not be kept."""
    publish("first")
    deliver(var, b"one")
    (var.folder / "notified.json").write_text("{}")
    (var.objects / "half.parquet.partial").write_bytes(b"half")
    (var.archive / "objects" / ".incoming-x").write_bytes(b"half")
    for name in LEFT_OUT - {"refresh.lock", "begun.json"}:
        (var.folder / name).mkdir(exist_ok=True)
        (var.folder / name / "any").write_bytes(b"can be made anew")
    var.lock.touch()
    var.begun.touch()
    return var


@pytest.fixture
def save(var: VarFolder, inbox: Path, tmp_path: Path) -> Callable[..., Written]:
    def run(day: int = 0, target: Path | None = None) -> Written:
        return backup(var, inbox, target or tmp_path / "safe", exports.NIGHT + dt.timedelta(days=day))

    return run


@pytest.fixture
def bring_back(tmp_path: Path) -> Callable[..., "dict[str, Any]"]:
    """Restore at a place of its own; the tree found there."""

    def run(place: str = "elsewhere", source: Path | None = None) -> "dict[str, Any]":
        found = VarFolder("nordwaerts", tmp_path / place / "var")
        restore.restore(source or tmp_path / "safe", found, tmp_path / place / "inbox" / "nordwaerts")
        return tree(found, tmp_path / place / "inbox" / "nordwaerts")

    return run


def tree(var: VarFolder, inbox: Path) -> dict[str, Any]:
    """All that is to come back: bytes, rights and times of files, rights of folders, targets of links."""
    found: dict[str, Any] = {}
    for root in (var.folder, *([inbox] if inbox.exists() else [])):
        for path in [root, *root.rglob("*")]:
            name = path.relative_to(root.parents[1])
            if name.parts[2:3] and (name.parts[2] in LEFT_OUT or ".partial" in name.name or name.name.startswith(".")):
                continue
            if path.is_symlink():
                found[str(name)] = path.readlink()
                continue
            mode = stat.S_IMODE(path.stat().st_mode)
            found[str(name)] = (mode, path.stat().st_mtime_ns, path.read_bytes()) if path.is_file() else mode
    return found


def test_all_comes_back_elsewhere_with_bytes_rights_times_and_links(var, inbox, save, bring_back, tmp_path) -> None:
    written = save()
    before = tree(var, inbox)
    shutil.rmtree(var.root)
    shutil.rmtree(inbox)
    assert bring_back() == before
    found = VarFolder("nordwaerts", tmp_path / "elsewhere" / "var")
    assert stat.S_IMODE(found.archive.stat().st_mode) == 0o700
    seen = reading.current(found)
    assert seen is not None and seen.release_id == written.record.current
    assert stat.S_IMODE((seen.folder / "manifest.json").stat().st_mode) == 0o400
    for mart, table in seen.manifest.tables.items():
        assert seen.mart_path(mart).stat().st_ino == (found.objects / f"{table.sha256}.parquet").stat().st_ino
    assert seen.mart_path("dim_project", is_public=True).stat().st_nlink == 3
    assert sorted(path.name for path in found.folder.iterdir()) == [
        "archive", "ledger.jsonl", "ledger_head.json", "notified.json", "objects", "releases",
    ]  # fmt: skip
    assert not [*found.root.rglob("*.partial"), *found.root.rglob(".incoming*")]


def test_a_backup_is_closed_to_others(save, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        save()
        save(1)
    finally:
        os.umask(before)
    for path in [tmp_path / "safe", *(tmp_path / "safe").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_whoever_holds_a_backup_can_verify_and_cannot_sign(var, save, bring_back, tmp_path: Path) -> None:
    private = var.signing_key.read_bytes()
    assert stat.S_IMODE(var.signing_key.stat().st_mode) == 0o600
    save()
    kept = [path for path in (tmp_path / "safe").rglob("*") if path.is_file()]
    assert kept and not any(private in path.read_bytes() or b"PRIVATE" in path.read_bytes() for path in kept)
    assert "var/nordwaerts/ledger_head.json" in bring_back()


def test_what_is_there_is_not_written_again(var, publish, save, tmp_path: Path) -> None:
    content = tmp_path / "safe" / "nordwaerts" / "content"
    first = save()
    assert first.added_count == len(list(content.iterdir()))
    assert first.added_bytes == sum(path.stat().st_size for path in content.iterdir())
    before = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in content.iterdir()}
    assert save(1).added_count == 0
    publish("second", figure=2)
    second = save(2)
    after = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in content.iterdir()}
    assert before.items() <= after.items()
    # the changed mart, checks, manifest, database, the signed statements on release and database, ledger and its head
    assert second.added_count == len(after) - len(before) == 8


def test_a_content_cut_off_is_written_again(save, bring_back, tmp_path: Path) -> None:
    entry = max(save().record.files.values(), key=lambda entry: entry.size_bytes)
    (tmp_path / "safe" / "nordwaerts" / "content" / entry.sha256).write_bytes(b"cut")
    save(1)
    bring_back()


def test_a_backup_that_dies_anywhere_leaves_a_whole_one(
    var, inbox, publish, save, bring_back, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save()
    first = tree(var, inbox)
    publish("second", figure=2)
    (inbox / "ehrenamt" / "ehrenamt_2025_für.csv").write_bytes(b"two")
    second = tree(var, inbox)
    seen = []
    for fatal in range(1, 100):
        target, calls = tmp_path / f"safe-{fatal}", 0
        shutil.copytree(tmp_path / "safe", target)

        def counted(real: Callable[..., Any], fatal: int = fatal) -> Callable[..., Any]:
            def call(*arguments: Any, **named: Any) -> Any:
                nonlocal calls
                calls += 1
                if calls == fatal:
                    raise Died
                return real(*arguments, **named)

            return call

        with monkeypatch.context() as patch:
            for owner, name in ((os, "fsync"), (os, "replace"), (os, "unlink"), (backing_up, "verify")):
                patch.setattr(owner, name, counted(getattr(owner, name)))
            try:
                save(1, target)
                died = False
            except Died:
                died = True
        seen.append(bring_back(f"elsewhere-{fatal}", target))
        assert seen[-1] in (first, second)
        if not died:
            break
    assert not died and seen[0] == first and seen[-1] == second
    assert seen == sorted(seen, key=lambda found: found == second), "once the new one stands, it stands"


@pytest.mark.parametrize(("damage", "said"), [("missing", "fehlt"), ("altered", "verändert")])
def test_a_damaged_content_is_named_and_nothing_is_restored(
    damage: str, said: str, var, inbox, save, tmp_path: Path
) -> None:
    record = save().record
    name = next(name for name in record.files if name.startswith("var/archive/objects/"))
    twin = "inbox/ehrenamt/ehrenamt_2025_für.csv"
    content = tmp_path / "safe" / "nordwaerts" / "content" / record.files[name].sha256
    if damage == "missing":
        content.unlink()
    else:
        content.write_bytes(b"two")
    found = VarFolder("nordwaerts", tmp_path / "elsewhere")
    with pytest.raises(BackupDamaged) as damaged:
        restore.restore(tmp_path / "safe", found, tmp_path / "elsewhere-inbox")
    lines = damaged.value.reason.de.splitlines()
    assert lines[1:] == [f"  {said}: {each} (content/{content.name})" for each in (twin, name)]
    assert f"{damage}: {name}" in damaged.value.reason.en
    assert [path.name for path in found.folder.iterdir()] == ["refresh.lock"]
    assert sorted(path.name for path in found.root.iterdir()) == ["nordwaerts"]
    assert not (tmp_path / "elsewhere-inbox").exists()


def test_what_is_read_back_otherwise_makes_no_backup(save, tmp_path: Path) -> None:
    record = save().record
    folder = tmp_path / "safe" / "nordwaerts"
    before = (folder / "backup.json").read_bytes()
    entry = next(entry for entry in record.files.values() if entry.size_bytes > 3)
    (folder / "content" / entry.sha256).write_bytes(b"x" * entry.size_bytes)
    with pytest.raises(BackupDamaged, match="altered: "):
        save(1)
    assert (folder / "backup.json").read_bytes() == before
    assert [path.name for path in folder.glob("backup*.json")] == ["backup.json"]
    (folder / "content" / entry.sha256).unlink()
    assert save(2).added_count == 1


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", None])
def test_a_changed_record_is_told(content: bytes | None, save, tmp_path: Path) -> None:
    save()
    path = tmp_path / "safe" / "nordwaerts" / "backup.json"
    if content is None:
        body = json.loads(path.read_bytes())
        body["files"].popitem()
        content = json.dumps(body).encode()
    path.write_bytes(content)
    with pytest.raises(BackupDamaged, match="not readable or was changed"):
        restore.restore(tmp_path / "safe", VarFolder("nordwaerts", tmp_path / "elsewhere"), None)
    with pytest.raises(BackupDamaged, match="not readable or was changed"):
        save(1)


def test_a_file_that_vanishes_is_looked_for_again(var, save, monkeypatch: pytest.MonkeyPatch) -> None:
    idle, real, looks = var.objects / f"{'0' * 64}.parquet", backing_up._store, []
    idle.write_bytes(b"no release refers to it any more")

    def collected_meanwhile(path: Path, *arguments: Any) -> str:
        looks.extend([path] if path == var.ledger else [])
        if path == idle:
            idle.unlink()
        return real(path, *arguments)

    monkeypatch.setattr(backing_up, "_store", collected_meanwhile)
    files = save().record.files
    assert f"var/objects/{idle.name}" not in files and "var/ledger.jsonl" in files
    assert looks == [var.ledger], "the first look ended where the file was gone"


def test_a_file_that_vanishes_every_time_refuses_and_the_last_backup_stays(
    inbox, save, bring_back, tmp_path: Path
) -> None:
    save()
    before = (tmp_path / "safe" / "nordwaerts" / "backup.json").read_bytes()
    (inbox / "ehrenamt" / "nowhere.csv").symlink_to("gone.csv")
    with pytest.raises(BackupRefused, match=r"keeps changing meanwhile: .*nowhere\.csv"):
        save(1)
    assert (tmp_path / "safe" / "nordwaerts" / "backup.json").read_bytes() == before
    bring_back()


def test_a_publication_in_the_middle_is_in_it_whole(
    var, inbox, publish, save, bring_back, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, published = backing_up._store, []

    def meanwhile(path: Path, *arguments: Any) -> str:
        if not published:
            published.append(publish("second", figure=2))
        return real(path, *arguments)

    monkeypatch.setattr(backing_up, "_store", meanwhile)
    record = save().record
    assert (record.ledger_line_count, record.current) == (2, published[0].release_id)
    assert bring_back() == tree(var, inbox)


def test_a_ledger_that_never_rests_refuses(var, save, monkeypatch: pytest.MonkeyPatch) -> None:
    real = backing_up._store

    def meanwhile(path: Path, *arguments: Any) -> str:
        ledger.append(var, "unchanged", at=exports.NIGHT)
        return real(path, *arguments)

    monkeypatch.setattr(backing_up, "_store", meanwhile)
    with pytest.raises(BackupRefused, match=r"keeps changing meanwhile: ledger\.jsonl"):
        save()


def test_readers_switched_but_not_in_the_ledger_yet(var, publish, save, bring_back, tmp_path: Path) -> None:
    first = reading.current(var)
    assert first is not None
    export = exports.write_export(tmp_path / "build" / "second", "second", 2)
    with refresh_lock(var):  # a refresh is at work, and the backup does not wait for it
        store.publish(export, exports.meta("second"), var)
        assert var.current.readlink().name != first.release_id
        record = save().record
    assert (record.ledger_line_count, record.current) == (1, first.release_id)
    bring_back()
    found = VarFolder("nordwaerts", tmp_path / "elsewhere" / "var")
    assert store.recover(found, exports.NIGHT) == []
    assert [entry.outcome for entry in ledger.read(found)] == ["published"]


def test_nothing_is_in_it_without_what_it_refers_to(var, publish, save, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deliveries and a release that come in at any moment: receipts have their bytes, releases their objects."""
    real, count = backing_up._store, iter(range(10**6))

    def meanwhile(path: Path, *arguments: Any) -> str:
        number = next(count)
        deliver(var, f"{number}".encode())
        if number < 8:
            export = exports.write_export(var.root.parent / "build" / f"{number}", f"more {number}", 10 + number)
            store.publish(export, exports.meta(f"more {number}"), var)
        return real(path, *arguments)

    monkeypatch.setattr(backing_up, "_store", meanwhile)
    files = save().record.files
    marts = {name: entry for name, entry in files.items() if "/internal/" in name}
    assert marts and all(f"var/objects/{entry.sha256}.parquet" in files for entry in marts.values())
    objects = {Path(name).name[:12] for name in files if name.startswith("var/archive/objects/")}
    receipts = {Path(name).stem for name in files if name.startswith("var/archive/receipts/")}
    assert len(receipts) > 1 and receipts <= objects


def test_the_last_ten_stay_with_what_they_refer_to(inbox, save, bring_back, tmp_path: Path) -> None:
    folder = tmp_path / "safe" / "nordwaerts"
    delivered = inbox / "ehrenamt" / "ehrenamt_2025_für.csv"
    for day in range(12):
        delivered.write_bytes(f"day {day}".encode())
        save(day)
    paths = sorted(folder.glob("backup*.json"))
    assert len(paths) == backing_up.KEPT == 10
    records = [load(path) for path in paths]
    assert sorted(record.at for record in records) == [exports.NIGHT + dt.timedelta(days=day) for day in range(2, 12)]
    assert paths[0].name == "backup-20260304T030000Z.json"
    wanted = {entry.sha256 for record in records for entry in record.files.values()}
    assert {path.name for path in (folder / "content").iterdir()} == wanted
    assert hashlib.sha256(b"day 1").hexdigest() not in wanted
    shutil.copy(paths[0], folder / "backup.json")
    assert bring_back()["inbox/nordwaerts/ehrenamt/ehrenamt_2025_für.csv"][2] == b"day 2"


NAMES = (
    "archive/objects", "archive/receipts", "objects", "sources", "manifest.json", "provenance.dsse.json", "checks.parquet",
    "monitoring.duckdb", "internal/dim_project.parquet",
)  # fmt: skip


def find(office: Office, name: str) -> Path:
    """A file of a folder, or of a release: the earlier one, which has no database of its own."""
    if "." in name:
        return office.var.releases / (office.new if name == "monitoring.duckdb" else office.old) / name
    return min(path for path in (office.var.folder / name).rglob("*") if path.is_file())


def damage(path: Path, how: str) -> None:
    content = path.read_bytes()
    path.unlink()
    if how == "changed":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return verified_office.make(tmp_path_factory.mktemp("office"))


@pytest.fixture
def signed(made: Office, tmp_path: Path) -> Office:
    subprocess.run(["cp", "-a", made.var.root, tmp_path / "signed"], check=True)  # hard links stay hard links
    return replace(made, var=VarFolder("nordwaerts", tmp_path / "signed"))


@pytest.mark.attack(
    "a file damaged before a backup · named; all else is backed up, and of it what the last backup held"
)
@pytest.mark.parametrize("how", ["changed", "removed"])
@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_named_and_does_not_take_the_place_of_the_good_one(
    name: str, how: str, signed: Office, tmp_path: Path
) -> None:
    def save(day: int) -> Written:
        return backup(signed.var, tmp_path / "inbox", tmp_path / "safe", exports.NIGHT + dt.timedelta(days=day))

    assert save(0).damaged == ()
    path = find(signed, name)
    named = path.relative_to(signed.var.folder).as_posix()
    damage(path, how)
    ledger.append(signed.var, "unchanged", at=exports.NIGHT)
    written = save(1)
    assert named.removesuffix(PACKED) in [str(each.file).removesuffix(PACKED) for each in written.damaged]
    assert all(each.remedy_de and each.remedy_en for each in written.damaged)
    assert written.record.damaged == () and f"var/{named}" in written.record.files
    found = VarFolder("nordwaerts", tmp_path / "elsewhere")
    assert restore.restore(tmp_path / "safe", found, None).ledger_line_count == verified_office.LINES + 1
    assert verified(found, None).findings == ()


@pytest.mark.attack("a file damaged before the first backup · named by the backup and by whoever restores it")
@pytest.mark.parametrize("how", ["changed", "removed"])
@pytest.mark.parametrize("name", NAMES)
def test_what_no_backup_holds_whole_is_said_to_be_damaged_in_it(
    name: str, how: str, signed: Office, tmp_path: Path
) -> None:
    path = find(signed, name)
    named = path.relative_to(signed.var.folder).as_posix()
    damage(path, how)
    written = [
        backup(signed.var, tmp_path / "inbox", tmp_path / "safe", exports.NIGHT + dt.timedelta(days=day))
        for day in (0, 1)
    ]
    for each in written:
        assert each.damaged == each.record.damaged
        assert named.removesuffix(PACKED) in [str(reason.file).removesuffix(PACKED) for reason in each.record.damaged]
    told = restore.restore(tmp_path / "safe", VarFolder("nordwaerts", tmp_path / "elsewhere"), None)
    assert told.damaged == written[-1].record.damaged


def test_what_was_damaged_before_and_is_so_otherwise_now_does_not_pass_for_whole(
    signed: Office, tmp_path: Path
) -> None:
    path = find(signed, "checks.parquet")
    for content in (b"damaged", b"damaged again"):
        path.unlink()
        path.write_bytes(content)
        written = backup(signed.var, tmp_path / "inbox", tmp_path / "safe", exports.NIGHT)
        assert [each.file for each in written.record.damaged] == [path.relative_to(signed.var.folder).as_posix()]


def test_a_lost_content_of_the_last_backup_does_not_stand_in(signed: Office, tmp_path: Path) -> None:
    """Its remedy is to put the damaged content aside: no later backup may refer to it."""
    first = backup(signed.var, tmp_path / "inbox", tmp_path / "safe", exports.NIGHT)
    path = find(signed, "archive/objects")
    entry = first.record.files[f"var/{path.relative_to(signed.var.folder).as_posix()}"]
    (tmp_path / "safe" / "nordwaerts" / "content" / entry.sha256).unlink()
    damage(path, "changed")
    written = backup(signed.var, tmp_path / "inbox", tmp_path / "safe", exports.NIGHT)
    assert [each.file for each in written.record.damaged] == [path.relative_to(signed.var.folder).as_posix()]


def test_what_a_refresh_removes_during_a_backup_is_not_damaged(
    signed: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = backup_damage.damage, []

    def meanwhile(var: VarFolder, release_id: str, **more: Any) -> Any:
        asked.append(release_id)
        if asked.count(release_id) > 1:
            return real(var, release_id, **more)
        if release_id == signed.old:  # a release that is let go
            shutil.rmtree(var.releases / release_id)
            return real(var, release_id, **more)
        return [missing("releases/x/monitoring.duckdb")]  # the database of an earlier one, removed at that moment

    monkeypatch.setattr(backup_damage, "damage", meanwhile)
    written = backup(signed.var, tmp_path / "inbox", tmp_path / "safe", exports.NIGHT)
    assert (written.damaged, set(asked)) == ((), {signed.old, signed.new})
    assert f"var/releases/{signed.old}" not in written.record.folders


def test_an_object_of_a_release_whose_manifest_is_gone_is_named(signed: Office, tmp_path: Path) -> None:
    current = reading.current(signed.var)
    assert current is not None
    path = signed.var.objects / f"{current.manifest.tables['dim_project'].sha256}.parquet"
    for release_id in (signed.old, signed.new):
        (signed.var.releases / release_id / "manifest.json").unlink()
    damage(path, "changed")
    written = backup(signed.var, tmp_path / "inbox", tmp_path / "safe", exports.NIGHT)
    assert f"objects/{path.name}" in [each.file for each in written.damaged]


def test_a_record_from_before_damage_was_told_is_still_read(signed: Office, tmp_path: Path) -> None:
    record = backup(signed.var, tmp_path / "inbox", tmp_path / "safe", exports.NIGHT).record
    path = tmp_path / "safe" / "nordwaerts" / "backup.json"
    body = json.loads(path.read_bytes())
    del body["damaged"], body["digest"]
    path.write_text(json.dumps({**body, "digest": backup_record._digest(body)}))
    assert load(path) == record


@pytest.mark.attack("the ledger or its head damaged before a backup · refused, the last backup stands")
@pytest.mark.parametrize("how", ["changed", "removed"])
@pytest.mark.parametrize("name", ["ledger.jsonl", "ledger_head.json"])
def test_a_damaged_ledger_makes_no_backup(name: str, how: str, signed: Office, tmp_path: Path) -> None:
    backup(signed.var, tmp_path / "inbox", tmp_path / "safe", exports.NIGHT)
    before = (tmp_path / "safe" / "nordwaerts" / "backup.json").read_bytes()
    damage(signed.var.folder / name, how)
    with pytest.raises(ReleaseError) as refused:
        backup(signed.var, tmp_path / "inbox", tmp_path / "safe", exports.NIGHT + dt.timedelta(days=1))
    assert name.partition(".")[0] in refused.value.reason.en and refused.value.reason.remedy_de
    assert (tmp_path / "safe" / "nordwaerts" / "backup.json").read_bytes() == before


def test_a_ledger_that_lost_lines_does_not_replace_the_whole_one(var, publish, save) -> None:
    publish("second", figure=2)
    save()
    publish("third", figure=3)
    save(1)
    var.ledger.write_bytes(b"".join(var.ledger.read_bytes().splitlines(keepends=True)[:2]))
    with pytest.raises(BackupRefused, match=r"does not go on from what was backed up last \(3 lines\)"):
        save(2)


def test_a_broken_ledger_is_not_backed_up(var, save) -> None:
    var.ledger.write_bytes(var.ledger.read_bytes()[:-5])
    with pytest.raises(ledger.LedgerError):
        save()


def test_a_standing_refusal_comes_back(var, save, bring_back, tmp_path: Path) -> None:
    ledger.append(var, "refused", at=exports.NIGHT, release_id="2026-03-02-00000000")
    refusal.follow(var)
    save()
    assert bring_back()["var/nordwaerts/last_refusal.txt"][2] == var.last_refusal.read_bytes()


@pytest.mark.parametrize("place", ["var", "var/nordwaerts", "var/backups", "inbox/nordwaerts", "link"])
def test_a_place_that_would_be_lost_too_is_refused(place: str, save, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "var")
    with pytest.raises(BackupRefused, match="must not lie in"):
        save(target=tmp_path / place)


def test_nothing_to_back_up(save, var, tmp_path: Path) -> None:
    shutil.rmtree(var.folder)
    with pytest.raises(BackupRefused, match="nothing to back up"):
        save()
    var.folder.mkdir()
    with pytest.raises(BackupRefused, match="nothing to back up"):
        save()
    assert not (tmp_path / "safe").exists()


def test_two_backups_into_one_folder(save, monkeypatch: pytest.MonkeyPatch) -> None:
    real = backing_up.verify

    def second(*arguments: Any) -> None:
        with pytest.raises(BackupRefused, match=rf"running \(process {os.getpid()}\)"):
            save(1)
        real(*arguments)

    monkeypatch.setattr(backing_up, "verify", second)
    save()


def test_without_an_inbox(inbox, save, bring_back) -> None:
    shutil.rmtree(inbox)
    record = save().record
    assert not [name for name in [*record.folders, *record.files] if name.startswith("inbox")]
    assert not [name for name in bring_back() if name.startswith("inbox")]


def test_what_cannot_be_read_in_the_inbox_is_named_and_stops_no_backup(
    inbox, save, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "up").symlink_to(inbox.parent, target_is_directory=True)
    (inbox / "round").symlink_to(inbox / "round")
    (inbox / "theirs.csv").write_text("x")
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path).name != "theirs.csv")
    written = save()
    assert written.left_out == ("round", "theirs.csv", "up")
    assert not [name for name in written.record.files if name.startswith(("inbox/up", "inbox/theirs"))]


def test_nothing_is_overwritten(var, inbox, save, tmp_path: Path) -> None:
    save()
    before = tree(var, inbox)
    empty = VarFolder("nordwaerts", tmp_path / "elsewhere")
    with pytest.raises(RestoreRefused, match=f"{var.folder} is not empty"):
        restore.restore(tmp_path / "safe", var, None)
    with pytest.raises(RestoreRefused, match=f"{inbox} is not empty.*--no-inbox"):
        restore.restore(tmp_path / "safe", empty, inbox)
    assert tree(var, inbox) == before
    assert [path.name for path in empty.folder.iterdir()] == ["refresh.lock"]
    restore.restore(tmp_path / "safe", empty, None)
    assert tree(var, inbox) == before
    assert empty.ledger.read_bytes() == var.ledger.read_bytes()


def test_not_while_a_refresh_runs(save, tmp_path: Path) -> None:
    save()
    found = VarFolder("nordwaerts", tmp_path / "elsewhere")
    with refresh_lock(found), pytest.raises(RefreshRunning):
        restore.restore(tmp_path / "safe", found, None)
    assert not found.ledger.exists()


def test_a_restore_that_dies_leaves_no_part_of_it(save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save()
    found = VarFolder("nordwaerts", tmp_path / "elsewhere")
    with pytest.MonkeyPatch.context() as patch:

        def full(*_: Any) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(restore, "point", full)
        with pytest.raises(OSError, match="No space"):
            restore.restore(tmp_path / "safe", found, tmp_path / "elsewhere-inbox")
    assert [path.name for path in found.root.iterdir()] == ["nordwaerts"]
    assert [path.name for path in found.folder.iterdir()] == ["refresh.lock"]
    assert not (tmp_path / "elsewhere-inbox").exists()
    (found.root / "nordwaerts.partial").mkdir()  # as kill -9 leaves it
    restore.restore(tmp_path / "safe", found, tmp_path / "elsewhere-inbox")
    assert reading.current(found) is not None


def test_no_backup_there(tmp_path: Path) -> None:
    var = VarFolder("nordwaerts", tmp_path / "elsewhere")
    with pytest.raises(RestoreRefused, match=r"no backup of 'nordwaerts' in .* \(nordwaerts/backup\.json\)"):
        restore.restore(tmp_path, var, None)
    assert not var.root.exists()
