"""The fingerprint of what a refresh rests on: equal inputs, equal fingerprint, equal figures.

Pure functions. A night whose inputs are those of the current release has nothing to do, and a release is named
by its fingerprint.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.archive import MARGIN, Receipt
from ingest.connectors.folder import matches
from programmes.sources import LandedTable
from refresh.context import PROJECT_ROOT

_CODE = {
    "programmes": "*.py",
    "ingest": "**/*.py",
    "expectations": "*.py",
    "refresh": "*.py",
    "orchestration": "*.py",
    "attacker": "*.py",
    "release": "**/*.py",
    "dbt_project/models": "**/*",
    "dbt_project/macros": "**/*",
    "dbt_project/tests": "**/*",
    "dbt_project/seeds": "**/*",
}
_RULES = ("programmes", "ingest", "expectations")  # what decides whether a delivery is taken over, with landing
_LANDING = "landing"
CERTIFICATE = "docs/fault-certificate.json"  # every release carries it
_BESIDE = ("dbt_project/dbt_project.yml", "requirements.lock", CERTIFICATE)
LOCKS = {"duckdb": "requirements.lock", "spark": "requirements-spark.lock"}  # engine → its packages


@dataclass(frozen=True)
class Inputs:
    """What the figures rest on: deliveries that count, replaced or wait per landed table, tables overdue, declarations, code.

    `held`: delivery → its doubts, as the current release was published beside it; `accepted`: delivery → the day it was
    looked at and the doubts; `exceptions`: the keys of those that apply on the day of the refresh.
    """

    deliveries: Mapping[str, Sequence[Receipt]]
    superseded: Mapping[str, Sequence[str]]
    overdue: Sequence[str]
    declarations_sha256: str
    code_sha256: str
    is_synthetic: bool
    held: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    accepted: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    exceptions: Sequence[str] = ()
    engine: str = "duckdb"


def fingerprint(inputs: Inputs) -> str:
    """SHA-256 over the inputs, in hex; the order of tables and deliveries makes no difference."""
    known = {
        "deliveries": {
            name: sorted(
                (receipt.number, receipt.delivery_id, receipt.received_at, receipt.file_name) for receipt in receipts
            )
            for name, receipts in inputs.deliveries.items()
        },
        "superseded": {name: sorted(ids) for name, ids in inputs.superseded.items() if ids},
        "held": {name: ids for name, ids in inputs.held.items() if ids},
        "accepted": {name: ids for name, ids in inputs.accepted.items() if ids},
        "overdue": sorted(inputs.overdue),
        "exceptions": sorted(inputs.exceptions),
        "declarations": inputs.declarations_sha256,
        "code": inputs.code_sha256,
        "is_synthetic": inputs.is_synthetic,
        "engine": inputs.engine,
    }
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def counting(
    table: LandedTable,
    archived: Iterable[Receipt],
    available: Iterable[Receipt],
    in_force: Iterable[str],
    set_aside: Iterable[str] = (),
) -> list[Receipt]:
    """Deliveries that may feed a table, in order of receipt: in force in the release readers see, or available now.

    What was accepted stays in force when its file is taken away, and what waits for a person goes on waiting: `in_force`
    holds both. `set_aside` are deliveries that were replaced or
    withdrawn: they count no more, also where their file is put back.
    """
    wanted = ({receipt.delivery_id for receipt in available} - set(set_aside)) | set(in_force)
    return [
        receipt
        for receipt in archived
        if receipt.delivery_id in wanted and matches(receipt.file_name, table.declared.files)
    ]


def is_overdue(table: LandedTable, counted: Iterable[Receipt], in_force: Iterable[str], as_of_on: dt.date) -> bool:
    """Whether the newest delivery in force is older than its source agreed; before any is in force, the newest available.

    Deliveries in force grow old whether their file still lies in the inbox or not; one of a day to come vouches for nothing.
    """
    receipts = list(counted)
    kept = set(in_force)
    standing = [receipt for receipt in receipts if receipt.delivery_id in kept] or receipts
    is_to_come = any(receipt.seen_at.date() > as_of_on + MARGIN for receipt in standing)
    return bool(standing) and (is_to_come or age_days(standing, as_of_on) > table.source.max_age_days)


def age_days(receipts: Iterable[Receipt], as_of_on: dt.date) -> int:
    """Days from the day one of these was last offered to the day of the refresh, never below 0."""
    return max(0, (as_of_on - max(receipt.seen_at.date() for receipt in receipts)).days)


def code_sha256(engine: str = "duckdb") -> str:
    """SHA-256 over names and bytes of everything that turns deliveries into marts, the lock files and the certificate."""
    return _hashed(*_CODE, beside=_beside(engine)).hexdigest()


def rules_version(declarations_sha256: str) -> str:
    """SHA-256 over the code that reads and judges deliveries, and the declarations it judges them by.

    Of refresh/ it is landing and what that imports; how a release is made and kept judges nothing.
    """
    digest = _hashed(*_RULES, beside=[f"refresh/{name}.py" for name in _imported_by(_LANDING)])
    digest.update(declarations_sha256.encode())
    return digest.hexdigest()


def _imported_by(module: str) -> list[str]:
    """A module of refresh/ and all it imports there, directly or not, in order of name."""
    found, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            text = (PROJECT_ROOT / "refresh" / f"{name}.py").read_text(encoding="utf-8")
            waiting += re.findall(r"^\s*from refresh\.(\w+) import", text, re.MULTILINE)
            waiting += [
                each
                for line in re.findall(r"^from refresh import (.+)", text, re.MULTILINE)
                for each in line.split(", ")
            ]
    return sorted(found)


def code_files(engine: str = "duckdb") -> list[Path]:
    """Every file the hash of the code is over, in its order."""
    return _files(*_CODE, beside=_beside(engine))


def _beside(engine: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*_BESIDE, LOCKS[engine])))


def _files(*folders: str, beside: Iterable[str] = ()) -> list[Path]:
    files = [path for folder in folders for path in sorted((PROJECT_ROOT / folder).glob(_CODE[folder]))]
    named = [*files, *(PROJECT_ROOT / name for name in beside)]
    return [path for path in named if path.is_file() and "__pycache__" not in path.parts]


def _hashed(*folders: str, beside: Iterable[str] = ()) -> "hashlib._Hash":
    digest = hashlib.sha256()
    for path in _files(*folders, beside=beside):
        digest.update(path.relative_to(PROJECT_ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest
