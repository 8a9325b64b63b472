"""Receipts on the ledger: which files of the archive's receipts a refresh found new, with their SHA-256.

Deliveries lie under their hash; a receipt does not. The line of the refresh that first saw it names it, so that an edited
or removed receipt shows later (`release.verifying_archive`). What a line has named is never named again: an edit is not
taken over. What else is in a receipt is no business of this module.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress

from release.atomic import sha256_of
from release.layout import VarFolder

Archived = Mapping[str, str]  # path below `archive` → SHA-256 of the file


def offered_again_on(var: VarFolder) -> dict[tuple[str, str], dt.date]:
    """Source and first digits of a delivery → the day (UTC) it was last offered again; without those offered once.

    A note nobody can read says nothing here: verification names it.
    """
    notes = sorted((var.archive / "receipts").glob("*/names/*.json"))
    last = {(path.parts[-3], path.stem[6:18]): path for path in notes}
    found: dict[tuple[str, str], dt.date] = {}
    for key, path in last.items():
        with suppress(OSError, ValueError, KeyError, TypeError):
            found[key] = dt.datetime.fromisoformat(json.loads(path.read_bytes())["offered_at"]).date()
    return found


def recorded(lines: Iterable[Archived]) -> dict[str, str]:
    """Everything lines of a ledger have named, by path."""
    found: dict[str, str] = {}
    for each in lines:
        for path, sha256 in each.items():
            found.setdefault(path, sha256)
    return found


def unrecorded(var: VarFolder, known: Archived) -> dict[str, str]:
    """Receipts and notes of names that no line has named yet, by path."""
    receipts = var.archive / "receipts"
    paths = [path for path in sorted(receipts.rglob("*.json")) if path.is_file() and not path.name.startswith(".")]
    named = {path.relative_to(var.archive).as_posix(): path for path in paths}
    return {name: sha256_of(path) for name, path in named.items() if name not in known}
