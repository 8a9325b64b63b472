"""What readers see: the current release, earlier ones, a mart's file, a standing refusal.

Standard library only, so that every command that answers does so at once. A release is resolved once
from the link `current` and then read from its own folder: a publication in between changes nothing for
whoever is reading.
"""

import datetime as dt
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release import ledger, manifest
from release.files import DATABASE, ReleaseDamaged, as_published, as_stated, changed, foreign, place_of
from release.layout import VarFolder
from release.manifest import RELEASE_ID, Manifest, ManifestError
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
        return self.folder / DATABASE

    def mart_path(self, mart: str, is_public: bool = False) -> Path:
        """The Parquet file of a mart as it was published, internal or public edition; raises ReleaseMissing, ReleaseDamaged."""
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
        name = f"{'public' if is_public else 'internal'}/{mart}.parquet"
        return as_published(self.folder, name, table.edition(is_public)[0])

    def marts(self) -> dict[str, Path]:
        """The Parquet file of every mart as it was published, internal edition; raises ReleaseDamaged."""
        return {mart: self.mart_path(mart) for mart in self.manifest.tables}

    def checks_path(self) -> Path:
        """The results of all checks as they were published; raises ReleaseDamaged."""
        return as_published(self.folder, CHECKS, self.manifest.checks_sha256)


@dataclass(frozen=True)
class PublishedRelease:
    """A release in the history: when readers were last switched to it (UTC), and whether they see it now."""

    release: Release
    switched_at: dt.datetime | None
    is_current: bool


def current(var: VarFolder) -> Release | None:
    """The release readers see, None before the first; raises ReleaseMissing, ManifestError or ReleaseDamaged."""
    seen = current_id(var)
    return release(var, seen) if seen else None


def current_if_readable(var: VarFolder) -> Release | None:
    """The release readers see; None also where its manifest is damaged, for what is to be written down all the same."""
    try:
        return current(var)
    except ReleaseError:
        return None


def current_id(var: VarFolder) -> str | None:
    """The name of the release the link `current` leads to, whether it is there or not; raises ReleaseDamaged where it is no link."""
    try:
        return var.current.readlink().name
    except FileNotFoundError:
        return None
    except OSError:
        raise ReleaseDamaged(foreign(place_of(var.current, ""))) from None


def release(var: VarFolder, release_id: str) -> Release:
    """A release by its id; raises ReleaseMissing if there is none, ManifestError or ReleaseDamaged if its manifest is damaged."""
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
    found = Release(folder, manifest.load(folder / MANIFEST))
    as_stated(folder, MANIFEST)
    if {found.release_id, manifest.release_id(found.manifest.as_of_on, found.inputs_sha256)} != {release_id}:
        raise ReleaseDamaged(changed(place_of(folder, MANIFEST)))
    return found


def kept_notes(release: Release) -> dict[str, Any] | None:
    """What a release says it changed (refresh/release_notes.py); None of the first, and of releases from before 2026-11-29.

    Raises ReleaseDamaged where that is not what was published.
    """
    path = as_stated(release.folder, NOTES)
    if path is None:
        return None
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError:
        raise ReleaseDamaged(changed(place_of(release.folder, NOTES))) from None
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
    """Every release whose manifest is whole, or of the last so many, the one readers were switched to last first."""
    seen, found = current_id(var), []
    for release_id, at in list(switches(var).items())[:at_most]:
        with suppress(ReleaseDamaged, ManifestError):  # costs that release and no other; `releases` names it
            found.append(PublishedRelease(release(var, release_id), at, seen == release_id))
    return found


def seen_before(var: VarFolder, release: Release, at_most: int) -> list[Release]:
    """The last so many releases readers saw before one, the latest first; those that are kept and whole."""
    found = [each.release for each in history(var)]
    if release not in found:
        return []
    return found[found.index(release) + 1 :][:at_most]


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
