"""The head of the ledger, `ledger_head.json`: how many lines there are and the hash of the last one, signed.

A chain does not notice lines cut off at its end; the head does. It is written after each line, so it may be one line
behind where a crash came between, and never ahead. Whether its signature is true is asked by `release.verifying_ledger`,
reading compares the hash alone. Where there is no head yet (a ledger from before, or one put back by itself), the next
line writes it.
"""

import hashlib
import json
from dataclasses import dataclass

from release.atomic import write_whole
from release.layout import VarFolder
from release.reason import Reason
from release.signing import Signer

_DOMAIN = b"nordwaerts-ledger-head-1\n"


@dataclass(frozen=True)
class Head:
    """What the head says; `key` and `signature` in hex."""

    line_count: int
    head_sha256: str
    key: str
    signature: str

    @property
    def message(self) -> bytes:
        """What is signed."""
        return _DOMAIN + f"{self.line_count} {self.head_sha256}".encode()

    def dump(self) -> bytes:
        """The head as bytes; a file with other bytes is not one that was written here."""
        return (json.dumps(vars(self), sort_keys=True) + "\n").encode()


def content(var: VarFolder) -> bytes | None:
    """The bytes of the head, None where there is none; read it before the ledger, which may be longer by then."""
    try:
        return var.ledger_head.read_bytes()
    except FileNotFoundError:
        return None


def parse(raw: bytes) -> Head | None:
    """The head in these bytes, None where there is none that was written here."""
    try:
        body = json.loads(raw)
        head = Head(**body)
        is_own = head.dump() == raw and head.line_count > 0 and len(bytes.fromhex(head.signature)) == 64
    except (ValueError, TypeError, AttributeError):
        return None
    return head if is_own else None


def write(var: VarFolder, line_count: int, last_line: str, signer: Signer) -> None:
    """Say that the ledger has so many lines and ends with this one."""
    head = Head(line_count, hashlib.sha256(last_line.encode()).hexdigest(), signer.public, "")
    signed = Head(line_count, head.head_sha256, signer.public, signer.sign(head.message).hex())
    write_whole(var.ledger_head, signed.dump())


def fault(raw: bytes | None, ledger: bytes, count: int) -> Reason | None:
    """Why the bytes of a ledger of so many lines are not those the head speaks of; None where they are, or without a head."""
    if raw is None:
        return None
    head = parse(raw)
    if head is None:
        return _reason("ledger_head.json ist nicht lesbar.", "ledger_head.json is not readable.")
    if head.line_count > count:
        return _reason(
            f"ledger.jsonl: Am Ende fehlen Zeilen; es waren {head.line_count}, es sind {count}.",
            f"ledger.jsonl: lines are cut off at the end; there were {head.line_count}, there are {count}.",
        )
    end = ledger.rindex(b"\n")
    for _ in range(count - head.line_count):  # lines after the one the head names
        end = ledger.rindex(b"\n", 0, end)
    named = ledger[ledger.rfind(b"\n", 0, end) + 1 : end]
    if hashlib.sha256(named).hexdigest() != head.head_sha256:
        return _reason(
            f"ledger.jsonl, Zeile {head.line_count}: Das ist nicht die Zeile, die zuletzt geschrieben wurde.",
            f"ledger.jsonl, line {head.line_count}: this is not the line that was written last.",
        )
    return None


def missing() -> Reason:
    """That there is no head though lines are signed."""
    return Reason(
        de="ledger_head.json: Die Datei fehlt; ob am Ende des Ledgers Zeilen fehlen, sagt niemand.",
        en="ledger_head.json: the file is missing; nobody can say whether lines are cut off at the end of the ledger.",
        remedy_de="Spielen Sie sie mit ledger.jsonl aus der Datensicherung zurück; die nächste Aktualisierung schreibt sie neu.",
        remedy_en="Restore it from the backup together with ledger.jsonl; the next refresh writes it anew.",
        file="ledger_head.json",
        rule="ledger_head",
    )


def _reason(de: str, en: str) -> Reason:
    return Reason(
        de=de,
        en=en,
        remedy_de="Spielen Sie ledger.jsonl und ledger_head.json zusammen aus der Datensicherung zurück.",
        remedy_en="Restore ledger.jsonl and ledger_head.json together from the backup.",
        file="ledger_head.json",
        rule="ledger_head",
    )
