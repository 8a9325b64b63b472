"""How often a text stands in a file, whatever its form: plain, JSON, markup, workbook, ZIP, gzip, Parquet or DuckDB.

Case, spelling of accents and kinds of blanks make no difference. What cannot be opened is said, never taken for clean. Members
of a ZIP are read piece by piece, so that one that unpacks to more than fits into memory does no harm.
"""

import gzip
import html
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

_PIECE, _OVERLAP = 1 << 22, 1 << 12  # bytes read at once, and those read again so that nothing is cut
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_DEEPEST, _LARGEST = 3, 1 << 28  # how deep one lies in another, and bytes of one that does
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_TAG = re.compile(r"<[^<>]*>")
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_BETWEEN = "\0"  # between values, which are not searched across


class NotSearched(Exception):
    """The file cannot be opened as what it is, so nobody can say what stands in it."""


def plain(text: str) -> str:
    """A text as it is compared: composed, without case, every run of blanks one blank."""
    return " ".join(_folded(text).split())


def occurrences(wanted: str, path: Path) -> int:
    """How often a text, as `plain` gives it, stands in a file; raises NotSearched."""
    with path.open("rb") as handle:
        begin = handle.read(12)
        handle.seek(0)
        if begin.startswith(b"PAR1"):
            return _among(wanted, _parquet(path))
        if begin[8:12] == b"DUCK":
            return _among(wanted, _duckdb(path))
        return _in_stream(wanted, handle, 0)


def _in_stream(wanted: str, handle: IO[bytes], depth: int) -> int:
    try:
        begin = handle.read(4)
        handle.seek(0)
        is_packed = begin == _ZIP or begin[:2] == _GZIP
        if is_packed and depth >= _DEEPEST:
            raise NotSearched
        if begin == _ZIP:
            with zipfile.ZipFile(handle) as packed:
                return sum(_of_member(wanted, packed, name, depth) for name in packed.namelist())
        if is_packed:
            return _in_stream(wanted, cast(IO[bytes], gzip.GzipFile(fileobj=handle)), depth + 1)
        return _in_pieces(wanted, handle)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, zlib.error) as error:
        raise NotSearched from error  # its text may name a member


def _of_member(wanted: str, packed: zipfile.ZipFile, name: str, depth: int) -> int:
    found = _among(wanted, [name])
    with packed.open(name) as member:
        begin = member.read(4)
    with packed.open(name) as member:
        if begin != _ZIP and begin[:2] != _GZIP:
            return found + _in_pieces(wanted, member)
        content = member.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise NotSearched
        return found + _in_stream(wanted, io.BytesIO(content), depth + 1)


def _in_pieces(wanted: str, handle: IO[bytes]) -> int:
    return sum(_in_text(wanted, piece) for piece in _pieces(handle))


def _pieces(handle: IO[bytes]) -> Iterator[bytes]:
    kept = b""
    while piece := handle.read(_PIECE):
        yield kept + piece
        kept = piece[-_OVERLAP:]


def _in_text(wanted: str, content: bytes) -> int:
    """The most that one way of reading the bytes finds."""
    texts = [content.decode("utf-8", "replace")]
    if _UNREADABLE in texts[0]:
        texts.append(content.decode("cp1252", "replace"))
    if b"\0" in content[:_OVERLAP]:
        texts += [content.decode(encoding, "replace") for encoding in ("utf-16-le", "utf-16-be")]
    found = 0
    for text in texts:
        readings = [text]
        if "\\u" in text:
            readings.append(_ESCAPED.sub(lambda code: chr(int(code[1], 16)), text))
        if "<" in text and ">" in text:
            readings.append(html.unescape(_TAG.sub("", text)))
        found = max(found, *(_count(wanted, each) for each in readings))
    return found


def _count(wanted: str, text: str) -> int:
    """As `plain` would find it; blanks are looked at only where the longest word stands at all."""
    folded = _folded(text)
    return " ".join(folded.split()).count(wanted) if max(wanted.split(), key=len) in folded else 0


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _among(wanted: str, texts: list[str]) -> int:
    return _count(wanted, _BETWEEN.join(texts))


def _parquet(path: Path) -> list[str]:
    """Every text of a table, each once a column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise NotSearched from error
    found: list[str] = []
    for column in table.columns:
        if pa.types.is_nested(column.type):
            found += map(str, column.to_pylist())
        elif "string" in str(column.type):  # also of a dictionary
            found += column.unique().drop_null().to_pylist()
    return found


def _duckdb(path: Path) -> list[str]:
    """Every text of a database, each once a column."""
    import duckdb

    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            columns = connection.execute(
                "select database_name, schema_name, table_name, column_name "
                "from duckdb_columns() where not internal and contains(data_type, 'VARCHAR')"
            ).fetchall()
            found: list[str] = []
            for names in columns:
                database, schema, table, column = ('"' + name.replace('"', '""') + '"' for name in names)
                query = f"select distinct cast({column} as varchar) from {database}.{schema}.{table}"
                found += (str(row[0]) for row in connection.execute(query).fetchall())
    except duckdb.Error as error:
        raise NotSearched from error
    return found
