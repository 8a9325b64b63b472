"""Two releases compared: both sides gathered, their difference split among its causes and told.

At night only landings that were kept are used and few causes split, so that a publication does not wait for more builds than
the night takes; `nordwaerts diff` makes the missing landings anew and splits all.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from refresh.change_sentences import sentences
from refresh.fingerprint import code_sha256
from refresh.landings import kept_landing
from refresh.modelling import DBT_PROJECT, DbtWorkspace, project_sha256
from refresh.release_notes import Notes
from refresh.reproduction import NotReproducible, unpack_source
from refresh.splitting import JOINT, builder, keys_of, side_of, split_changes
from release.layout import VarFolder
from release.reading import Release

MOST_AT_NIGHT = 2  # causes: two builds beside the night's own
Landed = Callable[[Release], Path | None]


@contextmanager
def scratch_database(var: VarFolder) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database for one comparison and the folder it works in; both are gone afterwards."""
    var.build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="difference-", dir=var.build) as folder:
        offline = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "memory_limit": "2GB"}
        with duckdb.connect(str(Path(folder) / "difference.duckdb"), config={**offline}) as connection:
            yield connection, Path(folder)


def difference(
    connection: duckdb.DuckDBPyConnection,
    scratch: Path,
    var: VarFolder,
    before: Release,
    after: Release,
    landed: Landed,
    at_most: int | None = None,
) -> Notes:
    """Fill `cell` and `part` (see splitting.py) with what two releases differ in, and tell it.

    Raises NotReproducible where the code of one of them is not there any more.
    """
    one, other = (
        side_of(
            release.manifest,
            release.folder / "internal",
            landed(release),
            _project(var, release, scratch / f"code_{number}"),
        )
        for number, release in enumerate((before, after))
    )
    if project_sha256(one.project) == project_sha256(other.project):
        one = side_of(before.manifest, before.folder / "internal", one.landed, other.project)
    parsed = DbtWorkspace(var, after.manifest.is_synthetic).target
    build = builder(var.programme_id, after.manifest.is_synthetic, scratch, parsed)
    split = split_changes(connection, one, other, keys_of(after.manifest), build, scratch, at_most)
    causes = split.together or tuple(cause for cause in split.causes if cause != JOINT)
    is_split = JOINT not in split.causes
    return Notes(before.release_id, after.release_id, causes, is_split, sentences(connection, other.marts))


def notes_at_night(var: VarFolder, before: Release | None, after: Release) -> Notes | None:
    """The notes of a release about to be published, whose tables are those landed now; None of the first release."""
    if before is None:
        return None

    def landed(release: Release) -> Path | None:
        return var.landed if release is after else kept_landing(var, release.inputs_sha256)

    with scratch_database(var) as (connection, scratch):
        try:
            return difference(connection, scratch, var, before, after, landed, MOST_AT_NIGHT)
        except NotReproducible:  # of a release from before there were source archives: told, not split
            return difference(connection, scratch, var, before, after, lambda _release: None)


def _project(var: VarFolder, release: Release, target: Path) -> Path:
    """The dbt project a release was made with: the one at hand where it is of this code, else as it was."""
    if release.manifest.code_sha256 == code_sha256():
        return DBT_PROJECT
    unpack_source(var, release.manifest, target)
    return target / DBT_PROJECT.name
