"""Landed tables of the releases readers saw last, kept for comparing; those of other releases are made anew.

They lie in `build/landings/<inputs_sha256>` as hard links and can be deleted at any time.
"""

import shutil
import sys
from collections.abc import Iterable
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


def keep_landing(var: VarFolder, inputs_sha256: str, besides: Iterable[str]) -> None:
    """Keep what is landed now as that of these inputs, and of all others only those named."""
    named = {inputs_sha256, *besides}
    root = _folder(var, inputs_sha256).parent
    for other in root.glob("*"):
        if other.name not in named:
            shutil.rmtree(other)
    _keep(var.landed, _folder(var, inputs_sha256))


def landing_of(var: VarFolder, release: Release, scratch: Path) -> Path:
    """The landed tables of a release: kept ones, or those of the release made anew, which takes as long as a refresh.

    Raises NotReproducible where it cannot be made anew.
    """
    kept = kept_landing(var, release.inputs_sha256)
    if kept is not None:
        return kept
    place = scratch / release.release_id
    place.mkdir()
    laid = lay_out(var, release, place)
    made = made_anew(laid, Path(sys.executable), place)
    if made.get("outcome") != "published":
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


def _keep(landed: Path, folder: Path) -> None:
    partial = folder.with_name(f"{folder.name}.partial")
    for stale in (partial, folder):
        shutil.rmtree(stale, ignore_errors=True)
    for path in sorted(landed.glob("*/*.parquet")):
        target = partial / path.relative_to(landed)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.name == _OVERWRITTEN:
            shutil.copyfile(path, target)
        else:
            target.hardlink_to(path)
    partial.rename(folder)


def _folder(var: VarFolder, inputs_sha256: str) -> Path:
    return var.build / "landings" / inputs_sha256
