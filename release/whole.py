"""Whether the release readers see is whole, for commands that only look: every byte, or the stamps of bytes that were read.

`build/whole.json` keeps place on disk, size and times of every file of the release that was last published or found whole.
It spares `status` and `path` from reading all bytes again, and can be deleted at any time. It is no evidence: who sets the
clock back or writes there can forge it. Nights without news, rollbacks and `verify` read every byte.
"""

import json
from typing import Any

from release.atomic import write_whole
from release.files import ReleaseDamaged
from release.layout import VarFolder
from release.reason import Reason

_FILE = "whole.json"


def damage_at_a_glance(var: VarFolder, release_id: str) -> list[Reason]:
    """What is wrong with the release readers see; its bytes are read where a stamp is not the one that is remembered."""
    try:
        known = json.loads((var.build / _FILE).read_bytes())
    except (OSError, ValueError):
        known = None
    if known == _stamps(var, release_id):
        return []
    from release.verifying_release import damage

    return damage(var, release_id)


def confirm(var: VarFolder, release_id: str) -> None:
    """Read all of the release readers see and remember its stamps; the caller holds `refresh_lock`. Raises ReleaseDamaged."""
    from release.verifying_release import damage

    stamps = _stamps(var, release_id)  # before its bytes: what changes meanwhile is read again
    if found := damage(var, release_id):
        raise ReleaseDamaged(*found)
    var.build.mkdir(exist_ok=True)  # no backup holds it
    write_whole(var.build / _FILE, (json.dumps(stamps, sort_keys=True) + "\n").encode())


def _stamps(var: VarFolder, release_id: str) -> dict[str, Any]:
    folder = var.releases / release_id
    found = {path.relative_to(folder).as_posix(): path.lstat() for path in folder.rglob("*")}
    files = {
        name: [seen.st_mode, seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns]
        for name, seen in found.items()
    }
    return {"release_id": release_id, "files": files}
