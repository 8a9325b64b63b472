"""The chain of the ledger's lines, proven on their bytes: each line is what it was, and follows from the one before.

Every reading proves the whole chain, whatever it then parses: a line as this project writes it needs two hashes and no
JSON. What cannot be proven so is no verdict yet: `release.ledger` reads it line by line and says what is wrong. Bytes
proven once in this process are compared, not proven again; nothing of that is kept on disk, so nothing there can lie.
"""

import hashlib
from collections.abc import Collection
from typing import NamedTuple

_DIGEST, _HEX = b'"digest":"', 64


class Line(NamedTuple):
    """One line of the ledger as written: its text, and what refresh or decision it tells of."""

    text: bytes
    outcome: str

    def says(self, name: str) -> str | None:
        """A text the line holds under a name, without parsing the rest; None where it holds none.

        For names that stand once in a line and whose texts need no escape: moments, ids and hashes.
        """
        return _text_after(self.text, f'"{name}":"'.encode())


_proven: tuple[bytes, tuple[Line, ...]] = (b"", ())


def proven(content: bytes, outcomes: Collection[str]) -> tuple[Line, ...] | None:
    """Every line of a ledger's bytes, oldest first; None where one of them is not proven on its bytes.

    The same bytes give the same tuple as long as no other ledger is read in between.
    """
    global _proven
    known, lines = _proven
    if content == known:
        return lines
    found = list(lines) if known and content.startswith(known) else []
    position = len(known) if found else 0
    previous = hashlib.sha256(found[-1].text).hexdigest().encode() if found else None
    while position < len(content):
        end = content.find(b"\n", position)
        text = content[position:end]
        outcome = _outcome(text, previous, len(found) + 1) if end >= 0 else None
        if outcome not in outcomes or outcome is None:
            return None
        found.append(Line(text, outcome))
        previous = hashlib.sha256(text).hexdigest().encode()
        position = end + 1
    _proven = (content, tuple(found))
    return _proven[1]


def _outcome(text: bytes, previous: bytes | None, number: int) -> str | None:
    """The outcome a line tells of, if its digest is that of its text and it names its number and the line before."""
    start = text.find(_DIGEST)
    end = start + len(_DIGEST) + _HEX
    if start < 0 or text[end : end + 2] != b'",':
        return None
    digest = hashlib.sha256(text[:start])
    digest.update(text[end + 2 :])
    if digest.hexdigest().encode() != text[start + len(_DIGEST) : end]:
        return None
    outcome = text.find(b'"outcome":"', end)
    before = b'"previous":' + (b'"' + previous + b'"' if previous else b"null")
    if outcome < 0 or text.find(before, outcome) < 0 or text.rfind(b'"sequence":%d,' % number) < 0:
        return None
    return _text_after(text, b'"outcome":"', outcome)


def _text_after(text: bytes, name: bytes, since: int = 0) -> str | None:
    start = text.find(name, since)
    if start < 0:
        return None
    start += len(name)
    return text[start : text.find(b'"', start)].decode()
