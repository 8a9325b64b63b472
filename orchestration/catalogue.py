"""Metadata of assets as Dagster's catalogue shows it: rows, hashes, results of checks, column lineage, and how to trace a cell.

Belongs here: how what steps of refresh/ return is laid out for the UI. Does not belong here: any finding out, and any value
of a row: metadata holds names, counts, hashes and commands.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import dagster as dg

from expectations.rules import CheckResult
from refresh.catalogue import FILE, Catalogue
from release.reading import Release

KeysOf = Callable[[dg.AssetKey], Sequence[dg.AssetKey]]
LINEAGE = "dagster/column_lineage"


def built(name: str, catalogue: Catalogue, keys_of: KeysOf) -> dict[str, Any]:
    """What a built table shows: the rows of a mart, the columns its columns are made of, and those that could not be told.

    `keys_of` gives the assets behind a table that is landed from several deliveries.
    """
    lineage = catalogue.lineage
    columns, unknown = lineage.columns.get(name, {}), lineage.unresolved.get(name, {})
    told: dict[str, Any] = {"dagster/row_count": catalogue.row_counts[name]} if name in catalogue.row_counts else {}
    if columns:
        told[LINEAGE] = dg.TableColumnLineage(
            {column: list(_sources(sources, keys_of)) for column, sources in columns.items()}
        )
    if unknown:
        told["columns_of_unknown_lineage"] = sorted(unknown)
    return told


def _sources(sources: Iterable[str], keys_of: KeysOf) -> Iterable[dg.TableColumnDep]:
    for source in sources:
        table, _, column = source.rpartition(".")
        for key in keys_of(dg.AssetKey(table.rpartition(".")[2])):
            yield dg.TableColumnDep(key, column)


def observed(mart: str, sha256: str, checks: Sequence[CheckResult]) -> dg.AssetObservation:
    """What is known of a mart once its bytes were checked: their hash, and how many checks passed or not."""
    failed = [check for check in checks if not check.is_passed]
    return dg.AssetObservation(
        asset_key=mart,
        description="Exported and checked byte for byte",
        metadata={
            "sha256": sha256,
            "checks_passed": len(checks) - len(failed),
            "checks_failed": len(failed),
            "failed": [check.check_id for check in failed],
        },
    )


def published(release: Release, programme_id: str) -> dict[str, Any]:
    """What the release asset shows: its name, where it lies, and the commands that trace a cell of it or verify it."""
    contents, of = release.manifest, f"--programme {programme_id}"
    has_lineage = (release.folder / FILE).is_file()  # a release from before it was shown may be published again
    return {
        **({"column_lineage": FILE} if has_lineage else {}),
        "release_id": contents.release_id,
        "folder": dg.MetadataValue.path(release.folder),
        "as_of_on": contents.as_of_on.isoformat(),
        "is_synthetic": contents.is_synthetic,
        "inputs_sha256": contents.inputs_sha256,
        "tables": len(contents.tables),
        "dagster/row_count": contents.row_count,
        "trace": f"nordwaerts trace MART KEY… --release {contents.release_id} {of} --html trace.html",
        "verify": f"nordwaerts verify {contents.release_id} {of}",
    }
