"""Restoring: a backup becomes a programme's folder and inbox again, whole or not at all.

Every content is read before anything is written; what is written has a partial name until it is complete. Nothing that
is there is ever overwritten. How a backup is made stands in `release.backup`.
"""

import os
import shutil
from pathlib import Path, PurePath

from release import rights
from release.atomic import copy_partial, partial_name, point, sync_folder
from release.backup_record import CONTENT, RECORD, Backup, load, verify
from release.layout import VarFolder
from release.lock import refresh_lock
from release.reason import Reason, ReleaseError


class RestoreRefused(ReleaseError):
    """Nothing was restored: there is no backup, or something is in its place."""


def restore(source: Path, var: VarFolder, inbox: Path | None) -> Backup:
    """Put the last backup in `<source>/<programme>` back, the inbox too unless it is None; its record.

    Rights (but what an older backup left open to others is closed), hard links of releases to objects, times of change and the link `current` are as they were. Holds the refresh
    lock. Raises RestoreRefused, RefreshRunning, and BackupDamaged, which names what is missing or altered.
    """
    folder = source / var.programme_id
    if not (folder / RECORD).is_file():
        raise RestoreRefused(
            Reason(
                de=f"In {source} ist keine Datensicherung von „{var.programme_id}“ ({var.programme_id}/{RECORD}).",
                en=f"There is no backup of '{var.programme_id}' in {source} ({var.programme_id}/{RECORD}).",
                remedy_de="Nennen Sie den Ordner, in den „nordwaerts backup“ gesichert hat.",
                remedy_en="Name the folder 'nordwaerts backup' wrote to.",
            )
        )
    record = load(folder / RECORD)
    with refresh_lock(var):
        places = {"var": var.folder.resolve()}
        if inbox and "inbox" in record.folders:
            places["inbox"] = inbox.resolve()
        for name, place in places.items():
            _refuse_occupied(name, place, var)
        verify(record, folder)
        try:
            for name, place in places.items():
                _build(record, name, folder / CONTENT, partial_name(place))
            for name, place in reversed(places.items()):  # the folder itself last: then all is there
                if name == "var":
                    var.lock.unlink()
                partial_name(place).rename(place)
                sync_folder(place.parent)
            if var.releases.is_dir():
                rights.settle(var.folder, var.releases)
        finally:
            for place in places.values():
                shutil.rmtree(partial_name(place), ignore_errors=True)
    return record


def _build(record: Backup, name: str, content: Path, place: Path) -> None:
    """Make the folder `var` or `inbox` of a backup anew at a place that is not its own yet."""

    def path_of(named: str) -> Path:
        return place.joinpath(*PurePath(named).parts[1:])

    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    folders = sorted(named for named in record.folders if PurePath(named).parts[0] == name)
    for named in folders:
        path_of(named).mkdir(mode=0o700)
    for named, entry in sorted(record.files.items()):
        if PurePath(named).parts[0] != name:
            continue
        stored = f"var/objects/{entry.sha256}.parquet"  # sorted before the releases that are links to it
        if named.startswith("var/releases/") and stored in record.files:
            path_of(named).hardlink_to(path_of(stored))
        else:
            partial, _ = copy_partial(content / entry.sha256, path_of(named))
            partial.chmod(int(entry.mode, 8))
            os.utime(partial, ns=(entry.modified_at_ns, entry.modified_at_ns))
            partial.replace(path_of(named))
    if name == "var" and record.current:
        point(place / "releases" / "current", record.current)
    for named in reversed(folders):
        path_of(named).chmod(int(record.folders[named], 8))
        sync_folder(path_of(named))


def _refuse_occupied(name: str, place: Path, var: VarFolder) -> None:
    if not place.is_dir() or all(path.name == var.lock.name for path in place.iterdir()):
        return
    beside_de, beside_en = ("setzen Sie NORDWAERTS_VAR auf einen leeren", "set NORDWAERTS_VAR to an empty one")
    if name == "inbox":
        beside_de, beside_en = ("lassen Sie ihn mit --no-inbox, wie er ist", "leave it as it is with --no-inbox")
    raise RestoreRefused(
        Reason(
            de=f"Der Ordner {place} ist nicht leer; es wird nie etwas überschrieben.",
            en=f"The folder {place} is not empty; nothing is ever overwritten.",
            remedy_de=f"Benennen Sie diesen Ordner um, oder {beside_de}.",
            remedy_en=f"Rename this folder, or {beside_en}.",
            rule="restore_overwrites_nothing",
        )
    )
