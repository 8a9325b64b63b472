"""The ledger: one line per refresh, whatever came of it, chained by hashes so that edits show.

`ledger.jsonl` holds one JSON object a line. Each carries its number, the SHA-256 of the line before it
(`previous`), a signature and a digest of itself, so that a changed, removed or inserted line breaks the chain;
lines cut off at the end show by `release.ledger_head`. Signatures are asked by `release.verifying_ledger`, not here. The
whole file is written anew and renamed, so a torn line cannot arise. Every reading proves the chain (`release.chain`) and
parses only the lines that are asked for. Appending needs the caller to hold `refresh_lock`.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

from release import chain, ledger_head
from release.archive_record import recorded, unrecorded
from release.atomic import write_whole
from release.layout import VarFolder
from release.reason import Reason, ReleaseError
from release.signing import signer

Outcome = Literal[
    "published", "unchanged", "refused", "broken", "died", "stopped", "rolled_back", "recovered",
    "withdrawn", "reinstated", "accepted", "rejected", "pinned", "unpinned",
    "forgotten", "command_died",
]  # fmt: skip
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
POINTING: tuple[Outcome, ...] = ("published", "rolled_back", "recovered")
FAILED: tuple[Outcome, ...] = ("refused", "broken", "died", "stopped")
SUCCEEDED: tuple[Outcome, ...] = ("published", "unchanged", "recovered")
REFRESHES: tuple[Outcome, ...] = ("published", "unchanged", *FAILED)
DECISIONS: tuple[Outcome, ...] = ("withdrawn", "reinstated", "accepted", "rejected")

_OVER = ("signature", "digest")  # what a line says of the rest of itself; the digest covers the signature as well
_BY_TABLE = ("in_force", "superseded", "refused")
_BY_DELIVERY = ("replaced_by", "held")
ByTable = Mapping[str, Sequence[str]]  # landed table → delivery ids
Held = Mapping[str, Mapping[str, Sequence[str]]]  # landed table → delivery id → ids of the checks that doubt it
Replaced = Mapping[str, Mapping[str, Sequence[str]]]  # landed table → delivery id → ids of those in its place
# landed table → delivery id → its records, and what became of them: header, out of scope, footnotes, accepted, rejected
Counts = Mapping[str, Mapping[str, Mapping[str, int]]]


class LedgerError(ReleaseError):
    """A line of the ledger is unreadable or does not follow from the line before."""


@dataclass(frozen=True)
class Decision:
    """What a person decided about one delivery of a source, and why; `checks` are the doubts that were looked at."""

    source_id: str
    delivery_id: str
    because: str
    by: str | None = None
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pin:
    """That a person keeps a release whatever its age, or keeps it so no longer, and why."""

    release_id: str
    because: str
    by: str | None = None


@dataclass(frozen=True)
class LastSeen:
    """Where a refresh that could not write its line itself was seen last: the phase it had reached, and when."""

    run_id: str
    phase: str
    begun_at: dt.datetime
    seen_at: dt.datetime

    def to_json(self) -> dict[str, str]:
        """As a JSON object: what the ledger and the mark of a refresh keep."""
        return {
            "run_id": self.run_id,
            "phase": self.phase,
            "begun_at": _utc(self.begun_at),
            "seen_at": _utc(self.seen_at),
        }


@dataclass(frozen=True)
class Forgotten:
    """What was removed because it told of a person, why and by whom: ids and hashes, never the text.

    `deliveries` maps those whose bytes are gone to their sources, `releases` those that are gone to the SHA-256 of their
    manifest; `file_count` counts files beside these that refreshes make anew.
    """

    because: str
    by: str
    deliveries: Mapping[str, tuple[str, ...]]
    releases: Mapping[str, str]
    file_count: int


@dataclass(frozen=True)
class Entry:
    """One line: what a refresh came to, at which moment (UTC), from which inputs, with which reasons.

    `release_id` is the release readers see after it, except where the outcome is one of `FAILED`:
    then it is the release that stayed. `in_force` maps landed tables to the deliveries they rest on,
    `superseded` to those that were good and replaced by others that came no later than this refresh, `replaced_by` to
    each of these and to those in force that hold what it held, `refused` to those that did not pass, `held` to those
    that wait for a person and to the checks that doubt them. `counts` says of the deliveries it looked at what became of
    their records. `decision` is there where a person decided about a delivery, `pin` where about keeping a release;
    `let_go` are the releases this refresh no longer keeps (`release.retention`); `forgotten` says what was removed, and why,
    because it told of a person. `archived` names the files of the archive's receipts that no earlier line has named, with
    their SHA-256. `last_seen` is there where a refresh died or was stopped: its line is written in its stead.
    """

    sequence: int
    at: dt.datetime
    outcome: Outcome
    release_id: str | None
    inputs_sha256: str | None
    reasons: tuple[Reason, ...]
    in_force: ByTable
    as_of_on: dt.date | None
    is_synthetic: bool | None
    previous: str | None
    superseded: ByTable = field(default_factory=dict)
    replaced_by: Replaced = field(default_factory=dict)
    refused: ByTable = field(default_factory=dict)
    held: Held = field(default_factory=dict)
    counts: Counts = field(default_factory=dict)
    decision: Decision | None = None
    pin: Pin | None = None
    let_go: tuple[str, ...] = ()
    forgotten: Forgotten | None = None
    archived: Mapping[str, str] = field(default_factory=dict)
    last_seen: LastSeen | None = None


@dataclass(frozen=True)
class SignedLine:
    """One line as it stands in the file: what it says, its text, and who signed it (hex); None in lines from before."""

    entry: Entry
    text: str
    key: str | None
    signature: str | None

    @property
    def message(self) -> bytes:
        """What is signed."""
        return _message({name: value for name, value in json.loads(self.text).items() if name not in _OVER})


def read(var: VarFolder) -> list[Entry]:
    """Every line in order, oldest first; empty where nothing was ever run. Raises LedgerError with the line."""
    return [entry_of(line) for line in lines(var)]


def lines(var: VarFolder) -> Sequence[chain.Line]:
    """Every line in order as written, the chain proven, nothing parsed. Raises LedgerError with the line."""
    return _read(var)[1]


def lines_of(content: bytes) -> Sequence[chain.Line]:
    """Every line of a ledger's bytes in order, the chain proven, nothing parsed. Raises LedgerError with the line."""
    found = chain.proven(content, OUTCOMES)
    if (
        found is None
    ):  # read thoroughly: it raises, or lines of earlier versions are sound though written in another way
        found = tuple(
            chain.Line(_dump(json.loads(line.text)).encode(), line.entry.outcome) for line in parse_lines(content)
        )
    return found


def entry_of(line: chain.Line, with_counts: bool = True) -> Entry:
    """What a proven line says; raises LedgerError where it is no line of a ledger.

    Without counts, which are most of a line, a thousand publications are read in a third of the time.
    """
    text = line.text
    if not with_counts and (start := text.find(b'"counts":{')) >= 0:
        text = text[:start] + text[text.index(b'"decision":', start) :]
    try:
        return _from_json(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError):
        number = line.text.rpartition(b'"sequence":')[2].partition(b",")[0].decode(errors="replace")
        raise _broken(number, "ist nicht lesbar", "is not readable") from None


def newest(var: VarFolder, *outcomes: Outcome, naming: str = "") -> Iterator[Entry]:
    """Lines with one of the given outcomes, or all, newest first, each parsed when it is asked for.

    `naming` leaves out those in which this id or hash does not occur at all.
    """
    for line in reversed(lines(var)):
        if (not outcomes or line.outcome in outcomes) and naming.encode() in line.text:
            yield entry_of(line)


def last(var: VarFolder, *outcomes: Outcome) -> Entry | None:
    """The newest line, or the newest with one of the given outcomes; None if there is none."""
    return next(newest(var, *outcomes), None)


def verify_chain(var: VarFolder) -> int:
    """Number of lines, each of which was found to follow from the one before; raises LedgerError."""
    return len(lines(var))


def pending(
    at: dt.datetime,
    in_force: ByTable,
    superseded: ByTable,
    replaced_by: Replaced,
    refused: ByTable,
    held: Held,
    reasons: Sequence[Reason] = (),
) -> Entry:
    """The line of a publication that has not been written, to see how deliveries would stand after it."""
    return Entry(
        0,
        at,
        "published",
        "pending",
        None,
        tuple(reasons),
        _sorted(in_force),
        None,
        None,
        None,
        _sorted(superseded),
        _sorted_each(replaced_by),
        _sorted(refused),
        _sorted_each(held),
    )


def announce(var: VarFolder, inputs_sha256: str, line: Entry, counts: Counts) -> None:
    """Keep what a publication will say of its deliveries, in case a crash leaves readers switched and no line."""
    write_whole(var.announced, _dump(to_json(replace(line, inputs_sha256=inputs_sha256, counts=counts))).encode())


def announced(var: VarFolder) -> Entry | None:
    """What a publication that is at work, or broke off, was about to say; None where it said so, or nothing is known."""
    try:
        return _from_json(json.loads(var.announced.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def forgotten_deliveries(entries: Iterable[Entry]) -> frozenset[str]:
    """Ids of the deliveries whose bytes were removed because they told of a person."""
    return frozenset(each for entry in entries if entry.forgotten for each in entry.forgotten.deliveries)


def why_forgotten(var: VarFolder, delivery_id: str) -> Reason | None:
    """When, why and by whom a delivery was removed because it told of a person; None where it was not."""
    for line in newest(var, "forgotten", naming=delivery_id):
        if (said := line.forgotten) and delivery_id in said.deliveries:
            short = delivery_id[:12]
            return Reason(
                f"Die Lieferung {short} wurde am {line.at:%d.%m.%Y} gelöscht, weil sie von einer Person erzählte: "
                f"{said.because} ({said.by}).",
                f"Delivery {short} was removed on {line.at:%Y-%m-%d}, because it told of a person: {said.because} ({said.by}).",
                "Das bleibt so; „nordwaerts verify“ nennt die Zeile des Ledgers.",
                "It stays so; 'nordwaerts verify' names the line of the ledger.",
                rule="archive_forgotten",
            )
    return None


def append(
    var: VarFolder,
    outcome: Outcome,
    *,
    at: dt.datetime,
    release_id: str | None = None,
    inputs_sha256: str | None = None,
    reasons: Sequence[Reason] = (),
    in_force: ByTable | None = None,
    superseded: ByTable | None = None,
    replaced_by: Replaced | None = None,
    refused: ByTable | None = None,
    held: Held | None = None,
    counts: Counts | None = None,
    decision: Decision | None = None,
    pin: Pin | None = None,
    let_go: Sequence[str] = (),
    forgotten: Forgotten | None = None,
    as_of_on: dt.date | None = None,
    is_synthetic: bool | None = None,
    last_seen: LastSeen | None = None,
) -> Entry:
    """Add one line and return it; number and chain are filled in here. Raises LedgerError on a broken ledger."""
    if at.tzinfo is None:
        raise ValueError("the moment of a ledger line needs a time zone")
    before, there = _read(var)
    previous = hashlib.sha256(before[:-1].rpartition(b"\n")[2]).hexdigest() if there else None
    new = unrecorded(var, recorded(archived_by(line) for line in there)) if outcome in REFRESHES else {}
    entry = Entry(
        sequence=len(there) + 1,
        at=at.astimezone(dt.UTC).replace(microsecond=0),
        outcome=outcome,
        release_id=release_id,
        inputs_sha256=inputs_sha256,
        reasons=tuple(reasons),
        in_force=_sorted(in_force),
        superseded=_sorted(superseded),
        replaced_by=_sorted_each(replaced_by),
        refused=_sorted(refused),
        held=_sorted_each(held),
        counts=_sorted_counts(counts),
        decision=decision,
        pin=pin,
        let_go=tuple(sorted(let_go)),
        forgotten=forgotten,
        as_of_on=as_of_on,
        is_synthetic=is_synthetic,
        previous=previous,
        archived=new,
        last_seen=last_seen,
    )
    key = signer(var)
    body = {**to_json(entry), "key": key.public}
    body["signature"] = key.sign(_message(body)).hex()
    text = _dump({**body, "digest": _digest(_dump(body))})
    write_whole(var.ledger, before + text.encode() + b"\n")
    ledger_head.write(var, entry.sequence, text, key)
    return entry


def to_json(entry: Entry) -> dict[str, Any]:
    """The entry as a JSON object: what the ledger keeps, without its digest."""
    return {
        "sequence": entry.sequence,
        "at": _utc(entry.at),
        "outcome": entry.outcome,
        "release_id": entry.release_id,
        "inputs_sha256": entry.inputs_sha256,
        "reasons": [reason.to_json() for reason in entry.reasons],
        **{name: {table: list(ids) for table, ids in getattr(entry, name).items()} for name in _BY_TABLE},
        **{
            name: {table: {each: list(of) for each, of in ids.items()} for table, ids in getattr(entry, name).items()}
            for name in _BY_DELIVERY
        },
        **({"counts": entry.counts} if entry.counts else {}),
        **({"archived": dict(entry.archived)} if entry.archived else {}),
        "decision": asdict(entry.decision) if entry.decision else None,
        **({"pin": asdict(entry.pin)} if entry.pin else {}),
        **({"let_go": list(entry.let_go)} if entry.let_go else {}),
        **({"last_seen": entry.last_seen.to_json()} if entry.last_seen else {}),
        **({"forgotten": asdict(entry.forgotten)} if entry.forgotten else {}),
        "as_of_on": entry.as_of_on.isoformat() if entry.as_of_on else None,
        "is_synthetic": entry.is_synthetic,
        "previous": entry.previous,
    }


def _sorted(found: ByTable | None) -> dict[str, tuple[str, ...]]:
    return {table: tuple(sorted(ids)) for table, ids in sorted((found or {}).items()) if ids}


def _sorted_each(found: Held | Replaced | None) -> dict[str, dict[str, tuple[str, ...]]]:
    by_table = {
        table: {each: tuple(sorted(of)) for each, of in sorted(ids.items()) if of}
        for table, ids in sorted((found or {}).items())
    }
    return {table: ids for table, ids in by_table.items() if ids}


def _sorted_counts(found: Counts | None) -> dict[str, dict[str, dict[str, int]]]:
    by_table = sorted((found or {}).items())
    return {table: {each: dict(counts) for each, counts in sorted(ids.items())} for table, ids in by_table if ids}


def _decided(body: dict[str, Any]) -> Decision:
    return Decision(**{**body, "checks": tuple(body.get("checks", ()))})


def _forgotten(body: dict[str, Any]) -> Forgotten:
    return Forgotten(**{**body, "deliveries": {each: tuple(of) for each, of in body["deliveries"].items()}})


def _from_json(body: dict[str, Any]) -> Entry:
    by: dict[str, Any] = {
        **{name: {table: tuple(ids) for table, ids in body.get(name, {}).items()} for name in _BY_TABLE},
        **{name: _sorted_each(body[name]) if body.get(name) else {} for name in _BY_DELIVERY},
    }
    return Entry(
        sequence=body["sequence"],
        at=dt.datetime.fromisoformat(body["at"]),
        outcome=body["outcome"],
        release_id=body["release_id"],
        inputs_sha256=body["inputs_sha256"] if "inputs_sha256" in body else body["inputs"],  # its name until 2026-11
        reasons=tuple(Reason.from_json(reason) for reason in body["reasons"]),
        **by,
        counts=body.get("counts", {}),
        decision=_decided(body["decision"]) if body.get("decision") else None,
        pin=Pin(**body["pin"]) if body.get("pin") else None,
        let_go=tuple(body.get("let_go", ())),
        forgotten=_forgotten(body["forgotten"]) if body.get("forgotten") else None,
        as_of_on=dt.date.fromisoformat(body["as_of_on"]) if body["as_of_on"] else None,
        is_synthetic=body["is_synthetic"],
        previous=body["previous"],
        archived=dict(body.get("archived", {})),
        last_seen=last_seen_of(body["last_seen"]) if body.get("last_seen") else None,
    )


def last_seen_of(body: dict[str, str]) -> LastSeen:
    """Where a refresh was seen last, out of JSON; raises what a torn one raises."""
    moments = {name: dt.datetime.fromisoformat(body[name]) for name in ("begun_at", "seen_at")}
    return LastSeen(str(body["run_id"]), str(body["phase"]), **moments)


def _utc(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(var: VarFolder) -> tuple[bytes, Sequence[chain.Line]]:
    """The bytes of the ledger and its lines, the chain proven and its end the one the head names."""
    head = ledger_head.content(var)  # before the ledger: a line that is added meanwhile is no fault
    content = var.ledger.read_bytes() if var.ledger.exists() else b""
    found = lines_of(content)
    if fault := ledger_head.fault(head, content, len(found)):
        raise LedgerError(fault)
    return content, found


def archived_by(line: chain.Line) -> Mapping[str, str]:
    """The files of the archive's receipts a line was the first to name, with their SHA-256."""
    return entry_of(line, with_counts=False).archived if b'"archived":{' in line.text else {}


def parse_lines(content: bytes) -> list[SignedLine]:
    """Every line of a ledger's bytes in order with its signature, which nobody has verified yet. Raises LedgerError."""
    lines: list[SignedLine] = []
    previous: str | None = None
    for number, raw in enumerate(content.split(b"\n")[: content.count(b"\n")], start=1):
        try:
            text = raw.decode("utf-8")
            body = json.loads(text)
            whole = dict(body)
            digest = body.pop("digest")
            entry = _from_json(body)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise _broken(number, "ist nicht lesbar", "is not readable") from None
        if digest != _digest(_dump(body)) or entry.outcome not in OUTCOMES:
            raise _broken(number, "wurde verändert", "was changed")
        if entry.previous != previous or entry.sequence != number:
            raise _broken(number, "folgt nicht auf die Zeile davor", "does not follow from the line before")
        lines.append(SignedLine(entry, text, body.get("key"), body.get("signature")))
        previous = _digest(text)
    if content and not content.endswith(b"\n"):
        raise _broken(len(lines) + 1, "ist abgeschnitten", "is cut off")
    if lines and lines[-1].text != _dump(whole):  # of those before, the next one keeps the hash of the text
        raise _broken(len(lines), "wurde verändert", "was changed")
    return lines


def _broken(number: int | str, what_de: str, what_en: str) -> LedgerError:
    return LedgerError(
        Reason(
            de=f"ledger.jsonl, Zeile {number}: Die Zeile {what_de}.",
            en=f"ledger.jsonl, line {number}: the line {what_en}.",
            remedy_de="Spielen Sie die Datei aus der Datensicherung zurück; ändern Sie sie nicht von Hand.",
            remedy_en="Restore the file from the backup; do not mend it by hand.",
            file=f"ledger.jsonl:{number}",
            rule="ledger_chain",
        )
    )


def _message(body: dict[str, Any]) -> bytes:
    return f"nordwaerts-ledger-line-1\n{_digest(_dump(body))}".encode()


def _dump(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
