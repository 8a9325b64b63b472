"""What steps of a refresh hand to each other: one record per landed table, per dbt node, and the refusal."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from expectations.rules import CheckResult
from ingest.archive import Receipt
from ingest.delivered import RecordCount
from ingest.findings import Finding, PassedOver
from programmes.sources import LandedTable
from refresh.changes import DeliveryChange
from release.files import ReleaseDamaged
from release.manifest import ManifestError
from release.reason import Language, Reason


class RefreshRefused(Exception):
    """A gate refused; carries every reason."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(" ".join(reason.text("en") for reason in reasons))
        self.reasons = reasons


@contextmanager
def refusing_damage() -> Iterator[None]:
    """A with block in which a damaged release refuses the refresh, with the sentence of every damaged file."""
    try:
        yield
    except (ReleaseDamaged, ManifestError) as damaged:
        raise RefreshRefused(*damaged.reasons) from damaged


@dataclass(frozen=True)
class Arrival:
    """One file on offer: under which name it lies there now, its receipt, and whether it came with this refresh."""

    file_name: str
    receipt: Receipt
    is_new: bool


@dataclass(frozen=True)
class Inbox:
    """Everything that lies in the inbox: what sources take, and what is passed over; `known` are all receipts of sources."""

    arrivals: tuple[Arrival, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    known: tuple[Receipt, ...] = ()


@dataclass(frozen=True)
class HeldDelivery:
    """A delivery that waits for a person: the checks that doubt it, and in words why; one reason per check."""

    receipt: Receipt
    checks: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class TableOutcome:
    """What became of one landed table: the deliveries in force, the checks, and why any was refused or waits."""

    table: LandedTable
    verdict: str  # accepted | held | kept | refused
    in_force: tuple[Receipt, ...] = ()
    refused: tuple[Receipt, ...] = ()
    superseded: tuple[Receipt, ...] = ()  # good, and replaced by others of the same refresh
    replaced_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # each of these → those in its place
    row_count: int = 0
    sha256: str | None = None
    accepted_by_delivery: dict[str, int] = field(default_factory=dict)
    counts: dict[str, RecordCount] = field(default_factory=dict)  # by delivery id, refused and held ones too
    findings: tuple[tuple[Receipt, Finding], ...] = ()
    checks: tuple[CheckResult, ...] = ()
    changes: tuple[DeliveryChange, ...] = ()
    reasons: tuple[Reason, ...] = ()  # why deliveries are refused
    held: tuple[HeldDelivery, ...] = ()

    @property
    def open_reasons(self) -> tuple[Reason, ...]:
        """Why deliveries are not taken over: refused or waiting."""
        return (*self.reasons, *(reason for each in self.held for reason in each.reasons))

    @property
    def rejected_count(self) -> int:
        """Rejected rows: a row that breaks several rules is one."""
        return len({(receipt.delivery_id, finding.row_address) for receipt, finding in self.findings})

    def finding_sentences(self, language: Language) -> list[str]:
        """What was rejected, in words: file, place, rule and remedy."""
        return [f"{receipt.file_name}, {finding.sentence(language)}" for receipt, finding in self.findings]


@dataclass(frozen=True)
class NodeResult:
    """What became of one model or test of a dbt build; `failed_count` counts rows a test returned."""

    unique_id: str
    is_test: bool
    status: str
    failed_count: int
    seconds: float


def by_table(outcomes: Mapping[str, TableOutcome]) -> dict[str, Any]:
    """Landed table → ids of the deliveries in force, superseded (by which), refused and held, as a ledger line keeps them."""
    stand: dict[str, Any] = {
        what: {
            name: tuple(receipt.delivery_id for receipt in getattr(outcome, what)) for name, outcome in outcomes.items()
        }
        for what in ("in_force", "superseded", "refused")
    }
    stand["replaced_by"] = {name: outcome.replaced_by for name, outcome in outcomes.items()}
    stand["held"] = {
        name: {each.receipt.delivery_id: each.checks for each in outcome.held} for name, outcome in outcomes.items()
    }
    return stand


def counts_by_table(outcomes: Mapping[str, TableOutcome]) -> dict[str, dict[str, dict[str, int]]]:
    """Landed table → delivery → what became of its records, as a ledger line keeps it."""
    return {name: {each: asdict(count) for each, count in outcome.counts.items()} for name, outcome in outcomes.items()}
