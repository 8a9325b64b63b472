"""What there is to tell of every release that is kept, without parsing a thousand manifests.

`build/releases.json` remembers a few figures of each manifest, by its place on disk, size and times of change, and why the retention rule
keeps it. It is written by refreshes and can be deleted at any time: what it lacks is read from the manifests. It is no
evidence: whoever verifies a release reads the release.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release import ledger, reading, retention
from release.atomic import write_whole
from release.files import ReleaseDamaged
from release.layout import VarFolder
from release.manifest import ManifestError
from release.reason import Reason

_FILE = "releases.json"
_FIGURES = ("as_of_on", "is_synthetic", "table_count", "row_count", "code_sha256", "inputs_sha256")


@dataclass(frozen=True)
class Listed:
    """Grain: one release. `grounds` say why the rule kept it at the last refresh, empty before one; `pin` is a person's.

    `damage` says why its manifest cannot be believed; then its figures are None.
    """

    release_id: str
    is_current: bool
    switched_at: dt.datetime | None
    as_of_on: dt.date | None
    is_synthetic: bool | None
    table_count: int | None
    row_count: int | None
    code_sha256: str | None
    inputs_sha256: str | None
    grounds: tuple[str, ...]
    pin: ledger.Pin | None
    damage: Reason | None


def listed(var: VarFolder) -> list[Listed]:
    """Every release, the one readers were switched to last first; raises LedgerError. A damaged manifest costs that release alone."""
    seen, pins, known = reading.current_id(var), retention.pins(var), _known(var)
    return [
        Listed(
            release_id=release_id,
            is_current=seen == release_id,
            switched_at=switched_at,
            grounds=tuple(known.get(release_id, {}).get("grounds", ())),
            pin=pins.get(release_id),
            **_told(var, release_id, known),
        )
        for release_id, switched_at in reading.switches(var).items()
    ]


def remember(var: VarFolder, grounds: Mapping[str, Sequence[str]]) -> None:
    """Write down what is told of these releases, and why each is kept; the caller holds `refresh_lock`."""
    known = _known(var)
    rows = {
        release_id: {
            **{name: _plain(value) for name, value in told.items()},
            "manifest": _stamp(_manifest(var, release_id)),
            "grounds": list(found),
        }
        for release_id, found in grounds.items()
        if (told := _told(var, release_id, known)).pop("damage") is None
    }
    write_whole(var.build / _FILE, (json.dumps(rows, indent=1, sort_keys=True) + "\n").encode())


def _told(var: VarFolder, release_id: str, known: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {**_figures(var, release_id, known), "damage": None}
    except (reading.ReleaseMissing, ReleaseDamaged, ManifestError) as damaged:
        return {**dict.fromkeys(_FIGURES), "damage": damaged.reason}


def _figures(var: VarFolder, release_id: str, known: Mapping[str, Any]) -> dict[str, Any]:
    path, row = _manifest(var, release_id), known.get(release_id, {})
    try:
        if row.get("manifest") == _stamp(path):
            figures = {name: row[name] for name in ("is_synthetic", "table_count", "row_count")}
            hashes = {name: row[name] for name in ("code_sha256", "inputs_sha256")}
            return {"as_of_on": dt.date.fromisoformat(row["as_of_on"]), **figures, **hashes}
    except (OSError, KeyError, ValueError, TypeError):
        pass  # not as this project writes it, or no manifest there: which the manifest's own reading says
    found = reading.release(var, release_id).manifest
    return {
        "as_of_on": found.as_of_on,
        "is_synthetic": found.is_synthetic,
        "table_count": len(found.tables),
        "row_count": found.row_count,
        "code_sha256": found.code_sha256,
        "inputs_sha256": found.inputs_sha256,
    }


def _known(var: VarFolder) -> dict[str, Any]:
    try:
        rows = json.loads((var.build / _FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return {name: row for name, row in rows.items() if isinstance(row, dict)} if isinstance(rows, dict) else {}


def _manifest(var: VarFolder, release_id: str) -> Path:
    return var.releases / release_id / reading.MANIFEST


def _stamp(path: Path) -> list[int]:
    seen = path.stat()
    return [seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
