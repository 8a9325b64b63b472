"""What readers see: the current release, earlier ones, a mart's file, a standing refusal.

Standard library only, so that every command that answers does so at once. A release is resolved once
from the link `current` and then read from its own folder: a publication in between changes nothing for
whoever is reading.
"""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release import ledger, manifest
from release.layout import VarFolder
from release.manifest import RELEASE_ID, Manifest
from release.reason import Reason, ReleaseError

MANIFEST = "manifest.json"
CHECKS = "checks.parquet"
NOTES = "release_notes.json"


class ReleaseMissing(ReleaseError):
    """The release, or the table in it, that was asked for is not there."""


@dataclass(frozen=True)
class Release:
    """One whole release: its folder and what it consists of."""

    folder: Path
    manifest: Manifest

    @property
    def release_id(self) -> str:
        """Name of the release."""
        return self.manifest.release_id

    @property
    def inputs_sha256(self) -> str:
        """Fingerprint of everything the figures rest on, SHA-256 in hex."""
        return self.manifest.inputs_sha256

    @property
    def database(self) -> Path:
        """The DuckDB file of all internal marts; the current release always has it, old ones may not."""
        return self.folder / "monitoring.duckdb"

    def mart_path(self, mart: str, is_public: bool = False) -> Path:
        """The Parquet file of a mart, internal or public edition; raises ReleaseMissing."""
        table = self.manifest.tables.get(mart)
        if table is None:
            raise ReleaseMissing(
                Reason(
                    de=f"Der Stand {self.release_id} hat keine Tabelle „{mart}“.",
                    en=f"Release {self.release_id} has no table '{mart}'.",
                    remedy_de=f"Es gibt: {', '.join(sorted(self.manifest.tables))}.",
                    remedy_en=f"There are: {', '.join(sorted(self.manifest.tables))}.",
                )
            )
        if is_public and not table.is_public:
            public = ", ".join(sorted(n for n, t in self.manifest.tables.items() if t.is_public))
            raise ReleaseMissing(
                Reason(
                    de=f"Die Tabelle „{mart}“ ist nicht zur Veröffentlichung freigegeben.",
                    en=f"Table '{mart}' is not released to the public.",
                    remedy_de=f"Öffentlich sind: {public or 'keine'}.",
                    remedy_en=f"Public are: {public or 'none'}.",
                    rule="disclosure",
                )
            )
        return self.folder / ("public" if is_public else "internal") / f"{mart}.parquet"


@dataclass(frozen=True)
class PublishedRelease:
    """A release in the history: when readers were last switched to it (UTC), and whether they see it now."""

    release: Release
    switched_at: dt.datetime | None
    is_current: bool


def current(var: VarFolder) -> Release | None:
    """The release readers see, None before the first; raises ReleaseMissing or ManifestError if it is damaged."""
    try:
        target = var.current.readlink()
    except FileNotFoundError:
        return None
    return release(var, target.name)


def release(var: VarFolder, release_id: str) -> Release:
    """A release by its id; raises ReleaseMissing if there is none."""
    folder = var.releases / release_id
    if not RELEASE_ID.fullmatch(release_id) or not folder.is_dir():
        raise ReleaseMissing(
            Reason(
                de=f"Es gibt keinen Stand „{release_id}“.",
                en=f"There is no release '{release_id}'.",
                remedy_de="„nordwaerts releases“ zählt die vorhandenen Stände auf.",
                remedy_en="'nordwaerts releases' lists the releases there are.",
            )
        )
    return Release(folder, manifest.load(folder / MANIFEST))


def kept_notes(release: Release) -> dict[str, Any] | None:
    """What a release says it changed (refresh/release_notes.py); None of the first, and of releases from before 2026-11-29."""
    try:
        found: dict[str, Any] = json.loads((release.folder / NOTES).read_bytes())
    except (OSError, ValueError):
        return None
    return found


def release_ids(var: VarFolder) -> list[str]:
    """Every whole release, in order of id, that is of the day its figures stand for; nothing is read."""
    if not var.releases.is_dir():
        return []
    return sorted(path.name for path in var.releases.iterdir() if RELEASE_ID.fullmatch(path.name))


def all_releases(var: VarFolder) -> list[Release]:
    """Every whole release with its manifest, in order of id."""
    return [release(var, release_id) for release_id in release_ids(var)]


def switches(var: VarFolder) -> dict[str, dt.datetime | None]:
    """Every whole release → when readers were last switched to it (UTC), the last one first; no manifest is read."""
    lines = [line for line in ledger.lines(var) if line.outcome in ledger.POINTING]
    switched = {line.says("release_id"): dt.datetime.fromisoformat(line.says("at") or "") for line in lines}
    start = dt.datetime.min.replace(tzinfo=dt.UTC)
    found = {release_id: switched.get(release_id) for release_id in release_ids(var)}
    return dict(sorted(found.items(), key=lambda item: (item[1] or start, item[0]), reverse=True))


def history(var: VarFolder, at_most: int | None = None) -> list[PublishedRelease]:
    """Every whole release, or the last so many, the one readers were switched to last first."""
    seen = current(var)
    return [
        PublishedRelease(release(var, release_id), at, seen is not None and seen.release_id == release_id)
        for release_id, at in list(switches(var).items())[:at_most]
    ]


def switched_entry(var: VarFolder, release_id: str) -> ledger.Entry | None:
    """The ledger line that last switched readers to a release; None if the ledger does not know it."""
    lines = ledger.newest(var, *ledger.POINTING, naming=release_id)
    return next((entry for entry in lines if entry.release_id == release_id), None)


def published_from(var: VarFolder, inputs_sha256: str) -> ledger.Entry | None:
    """The ledger line that last published a release of these inputs which still is there; None if there is none."""
    for entry in ledger.newest(var, "published", naming=inputs_sha256):
        is_of_these = entry.inputs_sha256 == inputs_sha256
        if is_of_these and entry.release_id and (var.releases / entry.release_id / MANIFEST).is_file():
            return entry
    return None
