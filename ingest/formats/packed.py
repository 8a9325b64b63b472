"""ZIP → bytes of its members, unpacked piece by piece and never beyond what `ingest.limits` allows.

What a ZIP says of its sizes is not believed: it stops when the bytes are too many. Only the two methods that every
office packs with are unpacked, because the others cannot be stopped in the middle.
"""

import io
import zipfile
import zlib

from ingest import limits
from ingest.findings import DeliveryRefused

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PIECE = 1 << 20


def open_zip(content: bytes, file_name: str, kind: str = "ZIP") -> zipfile.ZipFile:
    """The ZIP a delivery is; DeliveryRefused for anything else. `kind` is what it should be in the end."""
    if not content.startswith(b"PK"):
        # Web interfaces answer an error page or JSON with status 200 in place of the ZIP; encrypted workbooks are OLE.
        raise DeliveryRefused("unreadable", file_name, kind)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise DeliveryRefused("truncated", file_name, kind) from error
    except (ValueError, NotImplementedError, UnicodeError, OverflowError, MemoryError) as error:
        raise DeliveryRefused("unreadable", file_name, kind) from error
    if len(archive.infolist()) > limits.MOST_MEMBERS:
        raise DeliveryRefused("too_many_members", file_name, f"{limits.MOST_MEMBERS:,}".replace(",", " "))
    return archive


def unzip(archive: zipfile.ZipFile, member: str, file_name: str, kind: str = "ZIP") -> bytes:
    """The bytes of one member; DeliveryRefused where it is cut off, encrypted, packed otherwise or too large."""
    info = archive.getinfo(member)
    if info.compress_type not in _METHODS:
        raise DeliveryRefused("unreadable", file_name, f"{kind} (deflate)")
    most = min(limits.LARGEST_TEXT, max(limits.SMALL, limits.LARGEST_RATIO * info.compress_size))
    unpacked = bytearray()
    try:
        with archive.open(info) as part:
            while piece := part.read(_PIECE):
                unpacked += piece
                if len(unpacked) > most:
                    raise DeliveryRefused("unpacks_too_large", file_name, limits.in_words(most))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise DeliveryRefused("truncated", file_name, kind) from error
    except (RuntimeError, ValueError, UnicodeError) as error:  # encrypted, or a header that contradicts the directory
        raise DeliveryRefused("unreadable", file_name, kind) from error
    return bytes(unpacked)
