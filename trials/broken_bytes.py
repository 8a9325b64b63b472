"""Deliveries as accidents leave them: seeded changes of clean sample bytes, one format after the other.

Bytes are flipped, cut, doubled and swapped, tokens that mean something to a format are put in, parts of a workbook or ZIP
are changed and packed anew. A seed and a number always give the same bytes.
"""

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Sequence

Change = Callable[[random.Random, bytes], bytes]

_TOKENS: dict[str, Sequence[bytes]] = {
    "csv": (b";", b'"', b"\n", b"\r", b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b",", b"\t", b'""', b"sep=;\n", b"#REF!", b"NaN", b"\xc3", b"1e999", b"9" * 400, b"-", b"31.12.9999", b"0000-00-00", b"\x1a", b"Summe", b"\xed\xa0\xbd"),
    "json": (b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\\ud83d", b"\\u0000", b"NaN", b"-Infinity", b"1e999", b"null", b"true", b"9" * 5000, b"[" * 300, b'{"a":' * 200, b"\n", b"\xff", b"\xef\xbb\xbf", b'"a":1,"a":2,', b"\\udc00\\ud83d", b'"\\ud83d":1,', b"\xed\xa0\xbd"),
    "xml": (b"<c", b"</c>", b"<f>", b"<v>", b"</v>", b' t="e"', b' t="s"', b' r="XFD1048576"', b' r="A0"', b' r="ZZZZ9"', b"&amp;", b"&lol;", b"<!DOCTYPE a [<!ENTITY l 'l'>]>", b"<![CDATA[", b"<row>", b"-1", b"1e400", b"99999999999", b"\0", b"\xff", b"<mergeCell ref='A1:XFD9'/>", b' t="d"', b' s="999999"', b"NaN", b' r="XFE1"', b' r="A1048577"', b' r="$A$1"', b' r="R1C1"', b' r="\xef\xbc\xa11"', b"&#xD83D;", b"&#0;", b"_xD83D_", b"<dimension ref='A1:XFD1048576'/>"),
}  # fmt: skip


def changed(kind: str, chance: random.Random, clean: bytes) -> bytes:
    """A delivery of this kind after one to six accidents."""
    if kind in ("excel", "zip"):
        return _repacked(chance, clean, "xml" if kind == "excel" else "csv")
    return _changed_text(chance, clean, "csv" if kind == "csv" else "json")


def _changed_text(chance: random.Random, clean: bytes, tokens: str) -> bytes:
    content = clean
    for _ in range(chance.randint(1, 6)):
        content = (
            chance.choice(_CHANGES)(chance, content) if chance.random() < 0.6 else _put_in(chance, content, tokens)
        )
    content = content[: 4 * len(clean) + 20_000]
    return _swollen(chance, content, tokens) if chance.random() < 0.01 else content


def _swollen(chance: random.Random, content: bytes, tokens: str) -> bytes:
    """With something of a megabyte in it: columns, one field, brackets or elements without end."""
    endless = {
        "csv": (b";", b'"', b"x"),
        "json": (b"[", b'{"a":', b'"a":1,', b"x"),
        "xml": (b"<c/>", b"<row/>", b"<r>", b"x"),
    }
    token = chance.choice(endless[tokens])
    at = chance.randint(0, len(content))
    return content[:at] + token * (1_000_000 // len(token)) + content[at:]


def _put_in(chance: random.Random, content: bytes, tokens: str) -> bytes:
    at = chance.randint(0, len(content))
    token = chance.choice(_TOKENS[tokens]) * chance.choice((1, 1, 1, 2, 50))
    return content[:at] + token + content[at + chance.choice((0, 0, len(token))) :]


def _flip(chance: random.Random, content: bytes) -> bytes:
    flipped = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 20))):
        if flipped:
            flipped[chance.randrange(len(flipped))] = chance.randrange(256 if chance.random() < 0.2 else 127)
    return bytes(flipped)


def _cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randint(0, len(content))]


def _cut_out(chance: random.Random, content: bytes) -> bytes:
    begin, end = sorted((chance.randint(0, len(content)), chance.randint(0, len(content))))
    return content[:begin] + content[end:]


def _double(chance: random.Random, content: bytes) -> bytes:
    begin = chance.randint(0, len(content))
    piece = content[begin : begin + chance.choice((1, 10, 1_000))]
    return content[:begin] + piece * chance.choice((2, 3, 30)) + content[begin:]


def _swap(chance: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _encode_otherwise(chance: random.Random, content: bytes) -> bytes:
    return content.decode("latin-1").encode(chance.choice(("utf-16", "utf-16-le", "utf-8", "utf-32")))


def _noise(chance: random.Random, content: bytes) -> bytes:
    return content[:4] + chance.randbytes(chance.randint(0, 400))


_CHANGES: tuple[Change, ...] = (_flip, _flip, _cut, _cut_out, _double, _swap, _encode_otherwise, _noise)


def _repacked(chance: random.Random, clean: bytes, tokens: str) -> bytes:
    """The ZIP itself damaged or lying of itself, or one or two of its members changed and packed anew."""
    if chance.random() < 0.3:
        return _changed_text(chance, clean, tokens)
    if chance.random() < 0.15:
        return _lying(chance, clean)
    with zipfile.ZipFile(io.BytesIO(clean)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    for _ in range(chance.choice((1, 1, 2))):
        at = chance.randrange(len(members))
        name, content = members[at]
        fate = chance.random()
        if fate < 0.8:
            members[at] = (name, _changed_text(chance, content, tokens))
        elif fate < 0.85:
            members.append((chance.choice((name.upper(), f"ordner/{name}", name + "x")), content))
        elif fate < 0.9 and len(members) > 1:
            del members[at]
        elif fate < 0.95:
            members[at] = (name, b"0" * chance.choice((1_000, 20_000_000)))
        else:
            members[at] = (chance.choice(("../" + name, name.replace("/", "\\"), "ä\n" + name)), content)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=archive.compression)
    return buffer.getvalue()


def _lying(chance: random.Random, clean: bytes) -> bytes:
    """A ZIP some of whose headers say something else than is so: sizes, places, methods, lengths of names."""
    content = bytearray(clean)
    for _ in range(chance.choice((1, 1, 2, 6))):
        header = chance.choice((b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"))
        places = [match.start() for match in re.finditer(re.escape(header), clean)]
        at = chance.choice(places) + chance.randint(4, 45)
        lie = chance.choice((b"\0", b"\1", b"\xff", b"\0\0", b"\xff\xff", b"\xff\xff\xff\xff", b"\0\0\0\x80"))
        content[at : at + len(lie)] = lie
    return bytes(content)


def as_geojson(lines: bytes, features: int = 40) -> bytes:
    """The first records of a file of JSON lines as a collection of features."""
    records = [json.loads(line) for line in lines.splitlines()[:features]]
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": {"type": "Point", "coordinates": [7.4, 51.5]}, "properties": record}
                for record in records
            ],
        }
    ).encode()
