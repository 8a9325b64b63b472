"""Bytes → text, by a ladder instead of a guess.

Byte order mark, then strict UTF-8, then strict Windows-1252: detection libraries call German cp1252 text cp1250. Text that
is UTF-8 to the last byte is nothing else, so it is read as such also where Windows-1252 was agreed. Text that decoded to
tell-tale wrong characters is refused rather than landed: UTF-8 read as Windows-1252 leaves `Ã¤` behind, a DOS or old
Macintosh file read as Windows-1252 signs inside words, UTF-16 a NUL at every other place.
"""

import codecs
import re

from ingest.findings import DeliveryRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_CANDIDATES = {"ladder": ("utf-8", "cp1252"), "utf-8": ("utf-8",), "cp1252": ("utf-8", "cp1252")}
_AGREED = {"ladder": "UTF-8, Windows-1252", "utf-8": "UTF-8", "cp1252": "Windows-1252"}
# A second byte of UTF-8 as Windows-1252 shows it; Ã, Â and â are the first bytes of Latin letters and signs.
_SECOND = "\u00a0-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_TWICE = re.compile(f"Ã[{_SECOND}]|Â[\u00a0-\u00bf]|â[{_SECOND}][{_SECOND}]")
_LOST = "\ufffd"
# Not asked of UTF-8, where a name like Nataša is just that name.
_FOREIGN_CODE_PAGE = re.compile(r"\w[†§š„”]\w|\w[ŠŸ][a-z]")


def to_text(content: bytes, file_name: str, encoding: str) -> str:
    """The text of a delivery; DeliveryRefused, with the character set found, where no agreed one fits."""
    for mark, name, found in _MARKS:
        if content.startswith(mark):
            return _decoded(content, name, file_name, f"{_AGREED[encoding]} / {found}")
    # Text holds no NUL, and UTF-16 of Western text holds one in every character.
    if content.count(b"\0") * 4 > len(content):
        raise _refused(file_name, encoding, "UTF-16")
    for candidate in _CANDIDATES[encoding]:
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        # The first character set that fits is the one; a wrong reading is never tried again with the next.
        if _LOST in text or _TWICE.search(text):
            raise _refused(file_name, encoding, "UTF-8 ↔ Windows-1252")
        if candidate == "cp1252" and _FOREIGN_CODE_PAGE.search(text):
            raise _refused(file_name, encoding, "CP850, Mac Roman")
        return text
    raise _refused(file_name, encoding, "Windows-1252" if _fits(content, "cp1252") else "?")


def _decoded(content: bytes, name: str, file_name: str, detail: str) -> str:
    try:
        text = content.decode(name)
    except UnicodeDecodeError:
        raise DeliveryRefused("encoding", file_name, detail) from None
    if _LOST in text or _TWICE.search(text):
        raise DeliveryRefused("encoding", file_name, f"{detail} ↔ Windows-1252")
    return text


def _fits(content: bytes, name: str) -> bool:
    try:
        content.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _refused(file_name: str, encoding: str, found: str) -> DeliveryRefused:
    return DeliveryRefused("encoding", file_name, f"{_AGREED[encoding]} / {found}")
