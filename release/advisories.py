"""Known weaknesses of the packages a release was made with, from a local folder of advisories in the OSV format.

Nothing is fetched: whoever has a copy of an advisory database names its folder. An advisory counts for a package version that it
lists, or that lies in one of its ranges.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from release.bill_of_materials import normalised
from release.reason import Reason, ReleaseError


class AdvisoriesUnreadable(ReleaseError):
    """The folder is not there, holds no advisory, or one of them cannot be read."""


@dataclass(frozen=True, order=True)
class Advisory:
    """One weakness of one package of a release; `fixed_in` are the versions that end it, as the advisory names them."""

    package: str
    version: str
    advisory_id: str
    summary: str
    fixed_in: tuple[str, ...]


def scanned(folder: Path, packages: Mapping[str, str]) -> tuple[int, list[Advisory]]:
    """How many advisories the folder holds, and those that hold for these packages (name → version)."""
    files = sorted(folder.rglob("*.json")) if folder.is_dir() else []
    if not files:
        raise AdvisoriesUnreadable(
            Reason(
                f"{folder}: Der Ordner ist nicht da oder enthält keine Meldung im OSV-Format.",
                f"{folder}: the folder is not there or holds no advisory in the OSV format.",
                "Nennen Sie den Ordner einer Kopie.",
                "Name the folder of a copy.",
                rule="advisories_missing",
            )
        )
    return len(files), sorted({found for path in files for found in _holding(path, packages)})


def _holding(path: Path, packages: Mapping[str, str]) -> Iterator[Advisory]:
    try:
        told = json.loads(path.read_bytes())
        for affected in [] if told.get("withdrawn") else told.get("affected", []):
            package = affected.get("package", {})
            name = normalised(package.get("name", ""))
            if package.get("ecosystem") == "PyPI" and name in packages and _is_affected(affected, packages[name]):
                yield Advisory(name, packages[name], told["id"], told.get("summary", ""), tuple(_fixes(affected)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AdvisoriesUnreadable(
            Reason(
                f"{path}: Das ist keine Meldung im OSV-Format.",
                f"{path}: this is no advisory in the OSV format.",
                "Holen Sie die Datei neu oder nehmen Sie sie heraus.",
                "Fetch the file again or take it away.",
                rule="advisory_unreadable",
            )
        ) from error


def _is_affected(affected: dict[str, Any], version: str) -> bool:
    if version in affected.get("versions", ()):
        return True
    return any(_is_in(one["events"], Version(version)) for one in _ranges(affected))


def _is_in(events: list[dict[str, str]], version: Version) -> bool:
    """Whether the last event at or before a version says that the weakness is there."""
    is_in = False
    for event in sorted(events, key=lambda each: _at(next(iter(each.values())))):
        (kind, at), *_ = event.items()
        if kind == "last_affected":
            is_in = is_in and version <= _at(at)
        elif _at(at) <= version:
            is_in = kind == "introduced"
    return is_in


def _at(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion as error:
        raise ValueError(version) from error


def _ranges(affected: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in affected.get("ranges", ()) if one["type"] == "ECOSYSTEM"]


def _fixes(affected: dict[str, Any]) -> list[str]:
    return [event["fixed"] for one in _ranges(affected) for event in one["events"] if "fixed" in event]
