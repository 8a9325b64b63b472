"""What `check --against` compares with: the rows a release rests on, or those of a folder of earlier deliveries.

A release is that of the programme's working folder; its deliveries come from the archive, or as they landed for a refresh. A
folder is for deliverers, who have last year's files and no working folder: files count in the order of their names.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from release.reason import Reason, ReleaseError

if TYPE_CHECKING:
    import pyarrow as pa

    from ingest.areas import Locality
    from ingest.landing import Landed
    from programmes.sources import LandedTable
    from release.layout import VarFolder


class NothingToCompare(ReleaseError):
    """What was named after --against is neither a release nor a folder."""


def rows_before(
    against: str | None, var: "VarFolder", table: "LandedTable", locality: "Locality", unsent: Path
) -> "pa.Table | None":
    """Rows of a landed table as `against` has them; None where nothing is named, or it has none of this table.

    Raises NothingToCompare, ReleaseMissing, ArchiveDamaged and ArchiveError. The file that is checked is no history of itself.
    """
    if against is None or against == "none":
        return None
    from ingest.findings import DeliveryRefused
    from ingest.periods import among_others

    folder = Path(against)
    if folder.is_dir():
        deliveries = _of_folder(folder, table, locality, unsent)
    else:
        deliveries = _of_release(against, var, table, locality)
    rows = None
    for landed in deliveries:
        try:
            rows = among_others(table, landed().accepted, rows)
        except DeliveryRefused:
            continue
    return rows


def _of_folder(
    folder: Path, table: "LandedTable", locality: "Locality", unsent: Path
) -> "Iterator[Callable[[], Landed]]":
    from ingest.connectors.folder import matches

    for path in sorted(folder.iterdir()):
        fits = matches(path.name, table.source.connector.files) and matches(path.name, table.declared.files)
        if path.is_file() and fits and not path.samefile(unsent):
            yield partial(_landed, path, table, locality)


def _landed(path: Path, table: "LandedTable", locality: "Locality") -> "Landed":
    from ingest.apart import Question, land_apart
    from ingest.opened import OpenedDelivery

    return land_apart(OpenedDelivery.at(path), Question(path.name, table, locality))[0]


def _of_release(
    against: str, var: "VarFolder", table: "LandedTable", locality: "Locality"
) -> "Iterator[Callable[[], Landed]]":
    from ingest.archive import Archive
    from ingest.vintages import Vintages
    from release import reading
    from release.archive_damage import require_receipts

    found = reading.current(var) if against == "current" else reading.release(var, against)
    if found is None:
        raise NothingToCompare(
            Reason(
                "Es ist noch kein Stand veröffentlicht, mit dem verglichen werden könnte.",
                "No release has been published yet that could be compared with.",
                "--against weglassen, oder einen Ordner mit früheren Lieferungen nennen.",
                "Leave out --against, or name a folder of earlier deliveries.",
            )
        )
    require_receipts(var)
    in_force: Mapping[str, list[str]] = found.manifest.in_force
    archive, vintages = Archive(var.archive), Vintages(var.vintages)
    for receipt in archive.receipts(table.source.source_id):
        if receipt.delivery_id in in_force.get(table.name, ()):
            opened = partial(archive.open, receipt)
            yield partial(vintages.landed, table, receipt.delivery_id, receipt.file_name, locality, opened)
