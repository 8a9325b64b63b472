"""The ledger: one line per refresh, whatever came of it, chained by hashes so that edits show.

`ledger.jsonl` holds one JSON object a line. Each carries its number, the SHA-256 of the line before it
(`previous`) and a digest of itself, so that a changed, removed or inserted line breaks the chain; lines
cut off at the end do not, and show as a release the ledger does not know. The whole file is written
anew and renamed, so a torn line cannot arise. Appending needs the caller to hold `refresh_lock`.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from release.atomic import write_whole
from release.layout import VarFolder
from release.reason import Reason, ReleaseError

Outcome = Literal["published", "unchanged", "refused", "broken", "rolled_back", "recovered"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
POINTING: tuple[Outcome, ...] = ("published", "rolled_back", "recovered")
FAILED: tuple[Outcome, ...] = ("refused", "broken")
SUCCEEDED: tuple[Outcome, ...] = ("published", "unchanged", "recovered")


class LedgerError(ReleaseError):
    """A line of the ledger is unreadable or does not follow from the line before."""


@dataclass(frozen=True)
class Entry:
    """One line: what a refresh came to, at which moment (UTC), from which inputs, with which reasons.

    `release_id` is the release readers see after it, except where the outcome is `refused` or `broken`:
    then it is the release that stayed. `in_force` maps landed tables to the deliveries they rest on.
    """

    sequence: int
    at: dt.datetime
    outcome: Outcome
    release_id: str | None
    inputs_sha256: str | None
    reasons: tuple[Reason, ...]
    in_force: Mapping[str, Sequence[str]]
    as_of_on: dt.date | None
    is_synthetic: bool | None
    previous: str | None


def read(var: VarFolder) -> list[Entry]:
    """Every line in order, oldest first; empty where nothing was ever run. Raises LedgerError with the line."""
    return [entry for entry, _ in _read(var)]


def parse(content: bytes) -> list[Entry]:
    """Every line of a ledger's bytes in order, oldest first. Raises LedgerError with the line."""
    return [entry for entry, _ in _lines(content)]


def last(var: VarFolder, *outcomes: Outcome) -> Entry | None:
    """The newest line, or the newest with one of the given outcomes; None if there is none."""
    for entry in reversed(read(var)):
        if not outcomes or entry.outcome in outcomes:
            return entry
    return None


def last_in_force(var: VarFolder) -> Mapping[str, Sequence[str]]:
    """Landed table → deliveries that the last release known to the ledger rested on; empty before the first."""
    return next((entry.in_force for entry in reversed(read(var)) if entry.in_force), {})


def verify_chain(var: VarFolder) -> int:
    """Number of lines, each of which was found to follow from the one before; raises LedgerError."""
    return len(read(var))


def append(
    var: VarFolder,
    outcome: Outcome,
    *,
    at: dt.datetime,
    release_id: str | None = None,
    inputs_sha256: str | None = None,
    reasons: Sequence[Reason] = (),
    in_force: Mapping[str, Sequence[str]] | None = None,
    as_of_on: dt.date | None = None,
    is_synthetic: bool | None = None,
) -> Entry:
    """Add one line and return it; number and chain are filled in here. Raises LedgerError on a broken ledger."""
    if at.tzinfo is None:
        raise ValueError("the moment of a ledger line needs a time zone")
    lines = _read(var)
    previous = _digest(lines[-1][1]) if lines else None
    entry = Entry(
        sequence=len(lines) + 1,
        at=at.astimezone(dt.UTC).replace(microsecond=0),
        outcome=outcome,
        release_id=release_id,
        inputs_sha256=inputs_sha256,
        reasons=tuple(reasons),
        in_force={table: tuple(sorted(shas)) for table, shas in sorted((in_force or {}).items())},
        as_of_on=as_of_on,
        is_synthetic=is_synthetic,
        previous=previous,
    )
    body = to_json(entry)
    line = _dump({**body, "digest": _digest(_dump(body))})
    write_whole(var.ledger, "".join(text + "\n" for text in [*(text for _, text in lines), line]).encode())
    return entry


def to_json(entry: Entry) -> dict[str, Any]:
    """The entry as a JSON object: what the ledger keeps, without its digest."""
    return {
        "sequence": entry.sequence,
        "at": entry.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "outcome": entry.outcome,
        "release_id": entry.release_id,
        "inputs_sha256": entry.inputs_sha256,
        "reasons": [reason.to_json() for reason in entry.reasons],
        "in_force": {table: list(shas) for table, shas in entry.in_force.items()},
        "as_of_on": entry.as_of_on.isoformat() if entry.as_of_on else None,
        "is_synthetic": entry.is_synthetic,
        "previous": entry.previous,
    }


def _from_json(body: dict[str, Any]) -> Entry:
    return Entry(
        sequence=body["sequence"],
        at=dt.datetime.fromisoformat(body["at"]),
        outcome=body["outcome"],
        release_id=body["release_id"],
        inputs_sha256=body["inputs_sha256"] if "inputs_sha256" in body else body["inputs"],  # its name until 2026-11
        reasons=tuple(Reason.from_json(reason) for reason in body["reasons"]),
        in_force={table: tuple(shas) for table, shas in body["in_force"].items()},
        as_of_on=dt.date.fromisoformat(body["as_of_on"]) if body["as_of_on"] else None,
        is_synthetic=body["is_synthetic"],
        previous=body["previous"],
    )


def _read(var: VarFolder) -> list[tuple[Entry, str]]:
    return _lines(var.ledger.read_bytes()) if var.ledger.exists() else []


def _lines(content: bytes) -> list[tuple[Entry, str]]:
    lines: list[tuple[Entry, str]] = []
    previous: str | None = None
    for number, raw in enumerate(content.split(b"\n")[: content.count(b"\n")], start=1):
        try:
            text = raw.decode("utf-8")
            body = json.loads(text)
            digest = body.pop("digest")
            entry = _from_json(body)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise _broken(number, "ist nicht lesbar", "is not readable") from None
        if digest != _digest(_dump(body)) or entry.outcome not in OUTCOMES:
            raise _broken(number, "wurde verändert", "was changed")
        if entry.previous != previous or entry.sequence != number:
            raise _broken(number, "folgt nicht auf die Zeile davor", "does not follow from the line before")
        lines.append((entry, text))
        previous = _digest(text)
    if content and not content.endswith(b"\n"):
        raise _broken(len(lines) + 1, "ist abgeschnitten", "is cut off")
    return lines


def _broken(number: int, what_de: str, what_en: str) -> LedgerError:
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


def _dump(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
