"""Landed tables of the releases readers saw last, kept for comparing; those of other releases are made anew.

They lie in `build/landings/<inputs_sha256>` as hard links, readable by their owner alone, and can be deleted at any time.
"""

import shutil
import sys
from contextlib import suppress
from pathlib import Path

from refresh.reproduction import NotReproducible, lay_out, made_anew
from release.layout import VarFolder
from release.reading import Release
from release.reason import Reason

_OVERWRITTEN = "empty.parquet"  # every refresh writes it in place, so that a link would change with it


def kept_landing(var: VarFolder, inputs_sha256: str) -> Path | None:
    """The landed tables a release was made from, if they were kept."""
    folder = _folder(var, inputs_sha256)
    return folder if folder.is_dir() else None


def keep_landing(var: VarFolder, inputs_sha256: str) -> None:
    """Keep what is landed now as that of these inputs, and of all others the one kept last.

    A cache: where it cannot be written, nothing is kept.
    """
    folder = _folder(var, inputs_sha256)
    with suppress(OSError):
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        others = [other for other in folder.parent.iterdir() if other.name != folder.name]
        for other in sorted(others, key=lambda path: path.stat().st_mtime)[:-1]:
            shutil.rmtree(other)
        partial = folder.with_name(f"{folder.name}.partial")
        for stale in (partial, folder):
            shutil.rmtree(stale, ignore_errors=True)
        _link(var.landed, partial)
        partial.rename(folder)


def landing_of(var: VarFolder, release: Release, scratch: Path) -> Path:
    """The landed tables of a release in a scratch folder: kept ones, or those of the release made anew, which takes as long
    as a refresh.

    Raises NotReproducible where it cannot be made anew.
    """
    place = scratch / release.release_id
    kept = kept_landing(var, release.inputs_sha256)
    if kept is not None:
        _link(kept, place)  # a night that ends meanwhile may let the kept ones go
        return place
    place.mkdir()
    laid = lay_out(var, release, place)
    made = made_anew(laid, Path(sys.executable), place)
    if (made.get("outcome"), made.get("release_id")) != ("published", release.release_id):
        raise NotReproducible(
            Reason(
                f"Der Stand {release.release_id} konnte nicht neu gemacht werden; seine Tabellen fehlen zum Vergleich.",
                f"Release {release.release_id} could not be made anew; its tables are missing for the comparison.",
                f"„nordwaerts reproduce {release.release_id}“ sagt, woran es liegt.",
                f"'nordwaerts reproduce {release.release_id}' says why.",
                rule="reproducible",
            )
        )
    return laid.var.landed


def _link(landed: Path, folder: Path) -> None:
    """Another folder of the same tables, as hard links where the file system has them."""
    for path in sorted(landed.glob("*/*.parquet")):
        link(path, folder / path.relative_to(landed))


def link(path: Path, target: Path) -> None:
    """The file of a landed table at another place too: as a hard link where that is possible and it is never written in place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.name != _OVERWRITTEN:
        with suppress(OSError):
            target.hardlink_to(path)
    if not target.exists():
        shutil.copyfile(path, target)


def _folder(var: VarFolder, inputs_sha256: str) -> Path:
    return var.build / "landings" / inputs_sha256
