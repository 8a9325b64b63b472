"""What a release consists of, as one small file: `manifest.json`.

It names every table by the SHA-256 of its bytes, the deliveries the figures rest on, the declarations'
and deliveries' fingerprint and the code version. It holds no moment of writing and is dumped with sorted
keys, so the same export gives the same bytes; when a release was published stands in the ledger.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from release.reason import Reason, ReleaseError

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
RELEASE_ID = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")


class ManifestError(ReleaseError):
    """A release folder has no readable manifest."""


@dataclass(frozen=True, order=True)
class DeliveryInForce:
    """One delivery a landed table rests on; `delivery_id` is the SHA-256 of its bytes."""

    table_name: str
    delivery_id: str
    source_id: str
    received_on: dt.date


@dataclass(frozen=True)
class MartText:
    """What a mart and its columns mean, for the comments of monitoring.duckdb; `trace` is its declared walk (tracing/)."""

    description: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    trace: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReleaseMeta:
    """What a publication says about itself beside its figures; `inputs_sha256` is a SHA-256 in hex.

    `due_on` names, by source, the last day on which its deliveries in force are not yet older than agreed, `expected_on`
    the day by which the next one is expected. `certificate` is what the gate was tried on, as bytes of a JSON file.
    `made_by` names declarations and lock file with their SHA-256, for the signed statement alone.
    """

    inputs_sha256: str
    as_of_on: dt.date
    is_synthetic: bool
    code_sha256: str
    deliveries: tuple[DeliveryInForce, ...] = ()
    due_on: Mapping[str, dt.date] = field(default_factory=dict)
    expected_on: Mapping[str, dt.date] = field(default_factory=dict)
    texts: Mapping[str, MartText] = field(default_factory=dict)
    certificate: bytes | None = None
    made_by: Mapping[str, str] = field(default_factory=dict)
    engine: str = "duckdb"
    source: bytes | None = None  # code, declarations and lock file, as an uncompressed tar

    def __post_init__(self) -> None:
        if not _FINGERPRINT.fullmatch(self.inputs_sha256):
            raise ValueError("inputs_sha256 must be a SHA-256 in lower-case hex")


@dataclass(frozen=True)
class TableEntry:
    """One mart of a release: hash of its Parquet bytes, rows, audience and meaning, and those of its public edition."""

    sha256: str
    row_count: int
    is_public: bool
    text: MartText
    public_sha256: str | None = None  # the same as inside in releases from before 2026-11-30
    public_row_count: int | None = None

    def edition(self, is_public: bool) -> tuple[str, int]:
        """Hash and rows of the internal or the public edition."""
        inside = (self.sha256, self.row_count)
        if not is_public or self.public_sha256 is None:
            return inside
        return self.public_sha256, self.public_row_count or 0


@dataclass(frozen=True)
class Manifest:
    """The whole of one release; two manifests with equal tables hold equal figures."""

    release_id: str
    inputs_sha256: str
    as_of_on: dt.date
    is_synthetic: bool
    code_sha256: str
    deliveries: tuple[DeliveryInForce, ...]
    tables: Mapping[str, TableEntry]
    checks_sha256: str
    due_on: Mapping[str, dt.date] = field(default_factory=dict)
    expected_on: Mapping[str, dt.date] = field(default_factory=dict)
    certificate_sha256: str | None = None  # unknown in releases from before 2026-11-26
    source_sha256: str | None = None  # unknown in releases from before 2026-11-29
    engine: str = "duckdb"  # what computed the tables; releases from before 2026-11-30 do not name it

    @property
    def row_count(self) -> int:
        """Rows of all marts together."""
        return sum(table.row_count for table in self.tables.values())

    @property
    def in_force(self) -> dict[str, list[str]]:
        """Landed table → the deliveries it rests on, as the ledger keeps it."""
        tables: dict[str, list[str]] = {}
        for delivery in sorted(self.deliveries):
            tables.setdefault(delivery.table_name, []).append(delivery.delivery_id)
        return tables

    def dump(self) -> bytes:
        """The manifest as bytes, the same for the same content."""
        body = asdict(self)
        body["deliveries"] = [asdict(delivery) for delivery in sorted(self.deliveries)]
        return (json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1, default=str) + "\n").encode()


def release_id(as_of_on: dt.date, inputs_sha256: str) -> str:
    """Name of a release: the day its figures stand for, and the first eight digits of its inputs' fingerprint."""
    return f"{as_of_on.isoformat()}-{inputs_sha256[:8]}"


def load(path: Path) -> Manifest:
    """Read a `manifest.json`; raises ManifestError if it is missing or not one."""
    try:
        body: dict[str, Any] = json.loads(path.read_bytes())
        for old, new in (("inputs", "inputs_sha256"), ("code_version", "code_sha256")):  # their names until 2026-11
            if old in body:
                body[new] = body.pop(old)
        body["as_of_on"] = dt.date.fromisoformat(body["as_of_on"])
        body["deliveries"] = tuple(
            DeliveryInForce(**{**delivery, "received_on": dt.date.fromisoformat(delivery["received_on"])})
            for delivery in body["deliveries"]
        )
        for days in ("due_on", "expected_on"):
            body[days] = {source: dt.date.fromisoformat(day) for source, day in body.get(days, {}).items()}
        body["tables"] = {
            name: TableEntry(**{**table, "text": MartText(**table["text"])}) for name, table in body["tables"].items()
        }
        return Manifest(**body)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise ManifestError(
            Reason(
                de=f"Der Stand {path.parent.name} hat kein lesbares Inhaltsverzeichnis (manifest.json).",
                en=f"Release {path.parent.name} has no readable manifest.json.",
                remedy_de="Wechseln Sie mit „nordwaerts rollback“ den Stand und legen Sie diesen Ordner beiseite.",
                remedy_en="Go to another release with 'nordwaerts rollback'; put this folder aside.",
                file=f"releases/{path.parent.name}/manifest.json",
                rule="manifest",
            )
        ) from None
