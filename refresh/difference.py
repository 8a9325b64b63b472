"""Two releases compared: both sides gathered, their difference split among its causes and told.

At night only landings that were kept are used and few causes split, so that a publication does not wait for more builds than
the night takes; `nordwaerts diff` makes the missing landings anew and splits all.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from refresh.change_sentences import sentences
from refresh.context import PROJECT_ROOT, RefreshContext
from refresh.fingerprint import code_sha256
from refresh.landings import kept_landing
from refresh.modelling import DBT_PROJECT, DbtWorkspace, project_sha256
from refresh.release_notes import Notes
from refresh.reproduction import NotReproducible, unpack_source
from refresh.splitting import JOINT, UNKNOWN, Progress, Side, builder, keys_of, split_changes
from release import log
from release.files import ReleaseDamaged
from release.layout import VarFolder
from release.reading import Release

MOST_AT_NIGHT = 2  # causes: two builds beside the night's own
Landed = Callable[[Release], Path | None]
_SCRATCH = "difference-"
_READER = ("programmes", "ingest", "expectations", "refresh")
_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "2GB",
}


@contextmanager
def scratch_database(var: VarFolder) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database for one comparison and the folder it works in; both are gone afterwards, those of a killed process too."""
    var.build.mkdir(parents=True, exist_ok=True)
    for stale in var.build.glob(f"{_SCRATCH}*"):
        if not Path("/proc", stale.name.split("-")[1]).exists():
            shutil.rmtree(stale, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory(prefix=f"{_SCRATCH}{os.getpid()}-", dir=var.build) as folder,
        duckdb.connect(str(Path(folder) / "difference.duckdb"), config=_OFFLINE) as connection,
    ):
        yield connection, Path(folder)


def difference(
    connection: duckdb.DuckDBPyConnection,
    scratch: Path,
    var: VarFolder,
    before: Release,
    after: Release,
    landed: Landed,
    at_most: int | None = None,
    progress: Progress = lambda _build, _of: None,
) -> Notes:
    """Fill `cell`, `uncompared` and `part` (see splitting.py) with what two releases differ in, and tell it.

    Raises NotReproducible where the landed tables or the code of one of them are not there any more.
    """
    one = _side(var, before, landed(before), scratch / "code_before")
    other = _side(var, after, landed(after), scratch / "code_after")
    if project_sha256(one.project) == project_sha256(other.project):
        one = replace(one, project=other.project)
    parsed = DbtWorkspace(var, after.manifest.is_synthetic).target
    build = builder(var.programme_id, after.manifest.is_synthetic, scratch, parsed)
    keys = keys_of(after.manifest)
    split = split_changes(connection, one, other, keys, build, scratch, at_most, progress)
    told = sentences(connection, other.marts, keys)
    is_split = split.causes[0] not in (JOINT, UNKNOWN)
    return Notes(before.release_id, after.release_id, split.together or split.causes, is_split, told)


def notes_at_night(context: RefreshContext, before: Release | None, after: Release) -> Notes | None:
    """The notes of a release about to be published, whose tables are those landed now; None of the first release.

    None also where files of the release before are damaged, which is told. They explain and refuse nothing: where the comparison itself fails, the log says so and there are none.
    """
    if before is None:
        return None
    var = context.var

    def landed(release: Release) -> Path | None:
        return var.landed if release is after else kept_landing(var, release.inputs_sha256)

    with scratch_database(var) as (connection, scratch):
        try:
            return difference(connection, scratch, var, before, after, landed, MOST_AT_NIGHT)
        except NotReproducible:  # the code of a release that is lost, or from before there were source archives
            return difference(connection, scratch, var, before, after, lambda _release: None)
        except ReleaseDamaged as damaged:
            context.progress(damaged.reason.text("de"), damaged.reason.text("en"))
            return None
        except duckdb.Error as error:
            log.trace(var, error, context.now())
            return None


def _side(var: VarFolder, release: Release, landed: Path | None, unpacked: Path) -> Side:
    """One release as a side; its code, where it is not the one at hand, as it was, unless nothing can be built anyway."""
    contents = release.manifest
    root = PROJECT_ROOT
    if landed is not None and contents.code_sha256 != code_sha256(contents.engine):
        unpack_source(var, contents, unpacked)
        root = unpacked
    return Side(release.marts(), landed, contents.code_sha256, _reader_sha256(root), root / DBT_PROJECT.name)


def _reader_sha256(root: Path) -> str:
    """SHA-256 over the code deliveries are read with."""
    digest = hashlib.sha256()
    for path in sorted(path for name in _READER for path in (root / name).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
