"""Whether the ledger is the one that was written: chain, signatures, one key, and its end.

Lines before the first signed one were written before there were signatures; an unsigned one after it is a finding, and so is
a line signed with another key than those that are trusted. Which keys are trusted is the caller's to say; without a word it
is the key of the first signed line.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from release import ledger, ledger_head
from release.finding import finding
from release.layout import VarFolder
from release.ledger import SignedLine
from release.reason import Reason
from release.signing import is_signed

FILE = "ledger.jsonl"
_KEYS = (
    "War es ein gewollter Wechsel des Schlüssels, nennen Sie den alten und den neuen mit --key. Sonst spielen Sie "
    "ledger.jsonl und ledger_head.json aus der Datensicherung zurück.",
    "If the key was changed on purpose, name the old and the new one with --key. Otherwise restore ledger.jsonl and "
    "ledger_head.json from the backup.",
)


@dataclass(frozen=True)
class VerifiedLedger:
    """Lines up to where the chain breaks, the keys to trust (hex), what is wrong, and how many lines are from before signing."""

    lines: tuple[SignedLine, ...]
    keys: tuple[str, ...]
    findings: tuple[Reason, ...]
    unsigned_count: int
    is_readable: bool


def verified_ledger(var: VarFolder, keys: Sequence[str] = ()) -> VerifiedLedger:
    """The ledger of a programme as it stands, verified with these keys."""
    head = ledger_head.content(var)  # before the ledger, as readers do
    found: list[Reason] = []
    lines: list[SignedLine] = []
    content = var.ledger.read_bytes() if var.ledger.exists() else b""
    is_readable = True
    try:
        lines = ledger.parse_lines(content)
    except ledger.LedgerError as broken:
        found.append(broken.reason)
        is_readable = False
    first = next((number for number, line in enumerate(lines) if line.key), len(lines))
    trusted = tuple(keys) or tuple(line.key for line in lines[first : first + 1] if line.key)
    found += [reason for line in lines[first:] for reason in _signature(line, trusted)]
    if not found:
        found += _end(head, content, trusted, is_signed_at_all=first < len(lines))
    return VerifiedLedger(tuple(lines), trusted, tuple(found), first, is_readable)


def _signature(line: SignedLine, trusted: Sequence[str]) -> list[Reason]:
    place = f"{FILE}:{line.entry.sequence}"
    if not line.key or not line.signature:
        de, en = "Die Zeile ist nicht unterschrieben, eine davor war es.", "the line is not signed, one before it was."
        return [finding("ledger_signed", place, de, en)]
    if line.key not in trusted:
        de, en = "Die Zeile ist mit einem anderen Schlüssel unterschrieben.", "the line is signed with another key."
        return [finding("ledger_key", place, de, en, _KEYS)]
    if not is_signed_hex(line.key, line.signature, line.message):
        return [finding("ledger_signed", place, "Die Unterschrift gilt nicht.", "the signature is not valid.")]
    return []


def _end(raw: bytes | None, content: bytes, trusted: Sequence[str], is_signed_at_all: bool) -> list[Reason]:
    """Whether the head is there, true, and says how the ledger ends."""
    name = "ledger_head.json"
    if raw is None:
        if not is_signed_at_all:
            return []
        return [ledger_head.missing()]
    if fault := ledger_head.fault(raw, content, content.count(b"\n")):
        return [fault]
    head = ledger_head.parse(raw)
    if head is None or head.key not in trusted or not is_signed_hex(head.key, head.signature, head.message):
        return [finding("ledger_head", name, "Die Unterschrift gilt nicht.", "the signature is not valid.")]
    if content.count(b"\n") > head.line_count + 1:  # one more: a crash came before the head was written
        de, en = "Der Ledger ist länger, als die Datei sagt.", "the ledger is longer than the file says."
        return [finding("ledger_head", name, de, en)]
    return []


def is_signed_hex(key: str, signature: str, message: bytes) -> bool:
    """Whether a signature in hex is valid, in its one spelling."""
    try:
        raw = bytes.fromhex(signature)
    except (ValueError, TypeError):
        return False
    return raw.hex() == signature and is_signed(key, raw, message)
