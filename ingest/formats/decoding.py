"""Bytes → text, by a ladder instead of a guess, and the members of a ZIP.

Byte order mark, then strict UTF-8, then strict Windows-1252: detection libraries call German cp1252 text
cp1250. A declared encoding is taken at its word. Text that decoded to tell-tale wrong characters is
refused rather than landed: UTF-8 read as Windows-1252 leaves `Ã¤` behind, a DOS or old Macintosh file read
as Windows-1252 signs inside words.
"""

import fnmatch
import io
import re
import zipfile
import zlib

from ingest.findings import DeliveryRefused

LARGEST_MEMBER = 2 * 1024**3
_MOJIBAKE = re.compile("\ufffd|Ã[¤¶¼Ÿ„–œ]")
# Not asked of UTF-8, where a name like Nataša is just that name.
_FOREIGN_CODE_PAGE = re.compile(r"\w[†§š„”]\w|\w[ŠŸ][a-z]")


def to_text(content: bytes, file_name: str, encoding: str) -> str:
    """The text of a delivery; DeliveryRefused where no agreed character set fits."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            candidates = [name]
            break
    else:
        candidates = {"ladder": ["utf-8", "cp1252"], "utf-8": ["utf-8"], "cp1252": ["cp1252"]}[encoding]
    for candidate in candidates:
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        # The first character set that fits is the one; a wrong reading is never tried again with the next.
        if _MOJIBAKE.search(text) or (candidate == "cp1252" and _FOREIGN_CODE_PAGE.search(text)):
            break
        return text
    raise DeliveryRefused("encoding", file_name)


def members(content: bytes, file_name: str, pattern: str | None) -> list[tuple[str, bytes]]:
    """The (name, bytes) to read: the delivery itself, or the members of a ZIP that match `pattern`."""
    if pattern is None:
        return [(file_name, content)]
    if not content.startswith(b"PK"):
        # Web interfaces answer an error page or JSON with status 200 in place of the ZIP.
        raise DeliveryRefused("unreadable", file_name, "ZIP")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # macOS packs a shadow of each file under __MACOSX/, with the same ending.
            wanted = (n for n in archive.namelist() if not n.startswith("__MACOSX/"))
            names = sorted(name for name in wanted if fnmatch.fnmatch(name, pattern))
            if any(archive.getinfo(name).file_size > LARGEST_MEMBER for name in names):
                raise DeliveryRefused("unreadable", file_name, "ZIP (< 2 GiB)")
            found = [(name, archive.read(name)) for name in names]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise DeliveryRefused("truncated", file_name, "ZIP") from error
    except RuntimeError as error:  # encrypted, or packed by a method zipfile does not know
        raise DeliveryRefused("unreadable", file_name, "ZIP") from error
    if not found:
        raise DeliveryRefused("member_missing", file_name, pattern)
    return found
