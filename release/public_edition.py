"""The public edition of a release in a folder of its own, which another account may read and serve.

Releases are closed, and their files are one with the internal ones; so the edition is copied, compared with what the release
says of it, and shown by a link. What readers no longer see is no longer there.
"""

import json
import shutil
from pathlib import Path

from release import spreadsheet
from release.atomic import copy_partial, partial_name, point, remove_partials, sha256_of, sync_folder, write_whole
from release.database import build_public_database
from release.files import ReleaseDamaged, as_stated, changed, place_of
from release.manifest import RELEASE_ID
from release.reading import Release
from release.reason import Reason, ReleaseError
from release.rights import FOLDER_FOR_ALL, FOR_ALL

ABOUT, RULE, DATABASE = "edition.json", "disclosure.json", "public.duckdb"
CSV = {"csv": "plain", "csv_de": "de"}  # folder → dialect


class EditionRefused(ReleaseError):
    """It is no place to lay a public edition."""


def lay(release: Release, folder: Path) -> Path:
    """Lay the public edition as `<folder>/<release>`, let `<folder>/current` point to it, remove earlier ones; its folder.

    A reader sees the edition before or this one, whole. Raises EditionRefused, and ReleaseDamaged where a
    table is not as it was published; then the edition before stays.
    """
    if folder.resolve().is_relative_to(release.folder.parents[1].resolve()):
        raise _closed(folder)
    for place in (folder.parent, folder):
        if not place.is_dir():
            place.mkdir()
            place.chmod(FOLDER_FOR_ALL)
    [*remove_partials(folder)]
    laid = folder / release.release_id
    if not laid.is_dir():
        write(release, partial_name(laid))
        partial_name(laid).rename(laid)
        sync_folder(folder)
    point(folder / "current", laid.name)
    for earlier in folder.iterdir():
        if RELEASE_ID.fullmatch(earlier.name) and earlier != laid:
            shutil.rmtree(earlier)
    return laid


def write(release: Release, place: Path) -> None:
    """Write the edition as the new folder `place`: Parquet and the rule it follows, the same as CSV in two dialects and as one database.

    Raises ReleaseDamaged where a table is not as it was published.
    """
    place.mkdir()
    public = {mart: table for mart, table in sorted(release.manifest.tables.items()) if table.is_public}
    for mart, table in public.items():
        _taken(release.mart_path(mart, is_public=True), place / f"{mart}.parquet", table.edition(True)[0])
    if rule := as_stated(release.folder, f"public/{RULE}"):
        _taken(rule, place / RULE, sha256_of(rule))
    for folder, dialect in CSV.items():
        (place / folder).mkdir()
        for mart in public:
            spreadsheet.write_csv(
                place / f"{mart}.parquet", place / folder / f"{mart}.csv", spreadsheet.DIALECTS[dialect]
            )
    build_public_database(place / DATABASE, {mart: place / f"{mart}.parquet" for mart in public}, release.manifest)
    files = {path.relative_to(place).as_posix(): path for path in sorted(place.rglob("*")) if path.is_file()}
    about = {
        "release_id": release.release_id,
        "as_of_on": release.manifest.as_of_on.isoformat(),
        "is_synthetic": release.manifest.is_synthetic,
        "tables": {mart: {"rows": table.edition(True)[1]} for mart, table in public.items()},
        "files": {name: {"sha256": sha256_of(path), "bytes": path.stat().st_size} for name, path in files.items()},
    }
    write_whole(place / ABOUT, (json.dumps(about, indent=1) + "\n").encode())
    for path in place.rglob("*"):
        path.chmod(FOLDER_FOR_ALL if path.is_dir() else FOR_ALL)
    place.chmod(FOLDER_FOR_ALL)


def _taken(source: Path, target: Path, sha256: str) -> None:
    partial, found = copy_partial(source, target)
    if found != sha256:
        raise ReleaseDamaged(changed(place_of(source.parents[1], f"public/{source.name}")))
    partial.replace(target)


def _closed(folder: Path) -> EditionRefused:
    return EditionRefused(
        Reason(
            de=f"Der Ordner {folder} gehört zu dem, was anderen verschlossen bleibt.",
            en=f"The folder {folder} belongs to what stays closed to others.",
            remedy_de="Nennen Sie einen Ordner außerhalb von NORDWAERTS_VAR.",
            remedy_en="Name a folder outside of NORDWAERTS_VAR.",
        )
    )
