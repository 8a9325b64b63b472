"""Is this release what was signed? Lies in every release; needs Python 3.11 and the package `cryptography`, nothing else.

    python verify.py [FOLDER] [--key KEY] [--ledger …/ledger.jsonl]

FOLDER is the release, by default where this file lies. KEY is the public key you were given, a PEM file or 64 hex digits;
without it the key in the folder is believed. --ledger also checks the chain and signatures of the ledger and its end. One
sentence per finding; ends with 0 where there is none, else 1. What it does not see: whether the figures in
monitoring.duckdb are those of the Parquet files, and the archive; `nordwaerts verify` does.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

WHOLE, DATABASE, KIND = "provenance.dsse.json", "monitoring.dsse.json", b"application/vnd.in-toto+json"


def is_signed(key: str, signature: bytes | str, message: bytes) -> bool:
    try:
        raw = signature if isinstance(signature, bytes) else bytes.fromhex(signature)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(raw, message)
        return signature in (raw, raw.hex())  # hex has one spelling
    except (InvalidSignature, ValueError):
        return False


def public_key(given: str) -> str:
    if len(given) == 64 and not Path(given).exists():
        return given.lower()
    key = load_pem_public_key(Path(given).read_bytes())
    return key.public_bytes_raw().hex() if isinstance(key, Ed25519PublicKey) else ""


def statement(path: Path, keys: list[str]) -> Any:
    """What a signed file states; None where it is not there, spelt otherwise than it was written, or not signed by a key."""
    try:
        raw = path.read_bytes()
        body = json.loads(raw)
        [signed] = body["signatures"]
        payload, signature = base64.b64decode(body["payload"]), base64.b64decode(signed["sig"])
        same = {"keyid": signed["keyid"], "sig": base64.b64encode(signature).decode()}
        body = {"payload": base64.b64encode(payload).decode(), "payloadType": KIND.decode(), "signatures": [same]}
        is_whole = (json.dumps(body, sort_keys=True) + "\n").encode() == raw
        message = b"DSSEv1 %d %b %d %b" % (len(KIND), KIND, len(payload), payload)
        if is_whole and signed["keyid"] in keys and is_signed(signed["keyid"], signature, message):
            return json.loads(payload)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def files(folder: Path, keys: list[str]) -> Iterator[str]:
    whole, database = statement(folder / WHOLE, keys), statement(folder / DATABASE, keys)
    for name, found in ((WHOLE, whole), (DATABASE, database)):
        if found is None:
            yield f"{name}: Die Unterschrift fehlt oder gilt nicht · no valid signature"
    if whole is None:
        return
    subjects = {each["name"]: each["digest"]["sha256"] for each in whole["subject"]}
    release_id = whole["predicate"]["runDetails"]["metadata"]["invocationId"]
    here = folder.resolve().name
    if here != release_id and len(here) == len(release_id) and here.startswith("20"):
        yield f"{here}: Hier liegt ein anderer Stand · here lies another release, {release_id}"
    if database and database["predicate"]["release_id"] != release_id:
        yield f"{DATABASE}: gehört zu einem anderen Stand · is of another release"
    of_database = {each["name"]: each["digest"]["sha256"] for each in database["subject"]} if database else {}
    for name, expected in {**subjects, **of_database}.items():
        path = folder / name
        if not path.is_file():
            if name in subjects or path.exists():  # the database of an earlier release is not kept
                yield f"{name}: Die Datei fehlt · the file is missing"
        elif sha256(path.read_bytes()) != expected:
            yield f"{name}: Die Datei wurde verändert · the file was changed"
    known = {*subjects, *of_database, WHOLE, DATABASE}
    folders = {folder / parent for name in {*known, "public/*"} for parent in Path(name).parents}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or (name not in known and path not in folders):
            yield f"{name}: gehört nicht zum Stand · does not belong to the release"


def ledger(path: Path, folder: Path, keys: list[str]) -> Iterator[str]:
    lines = (path.read_bytes() if path.is_file() else b"").split(b"\n")
    if lines.pop():
        yield "ledger.jsonl: Die letzte Zeile ist abgeschnitten · the last line is cut off"
    hashes, was_signed, outcomes = [None, *map(sha256, lines)], False, set()
    whole = statement(folder / WHOLE, keys)
    release_id = whole["predicate"]["runDetails"]["metadata"]["invocationId"] if whole else None
    for number, line in enumerate(lines, start=1):
        try:
            body = json.loads(line)
            is_whole = dumped(body) == line and body.pop("digest") == sha256(dumped(body))
            key, signature = body.get("key"), body.pop("signature", None)
            is_whole = is_whole and (body["sequence"], body["previous"]) == (number, hashes[number - 1])
            if is_whole and (key or was_signed):
                was_signed, message = True, f"nordwaerts-ledger-line-1\n{sha256(dumped(body))}".encode()
                is_whole = key in keys and is_signed(key, signature, message)
            outcomes.add((body["release_id"], body["outcome"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            is_whole = False
        if not is_whole:
            yield f"ledger.jsonl, Zeile {number}: verändert · changed"
    ends = [whole["predicate"]["buildDefinition"]["internalParameters"]["ledger"]] if whole else []
    try:
        content = path.with_name("ledger_head.json").read_bytes()
        head = json.loads(content)
        message = f"nordwaerts-ledger-head-1\n{head['line_count']} {head['head_sha256']}".encode()
        is_own = (json.dumps(head, sort_keys=True) + "\n").encode() == content and head["key"] in keys
        if not is_own or not is_signed(head["key"], head["signature"], message):
            raise ValueError
        ends.append(head)
    except (OSError, ValueError, KeyError, TypeError):
        yield "ledger_head.json: fehlt oder gilt nicht · is missing or not valid"
    if any(end["line_count"] and end["head_sha256"] not in hashes[end["line_count"] :][:1] for end in ends):
        yield "ledger.jsonl: Am Ende fehlen Zeilen · lines at the end are missing"
    if release_id and not outcomes.intersection({(release_id, "published"), (release_id, "recovered")}):
        yield "ledger.jsonl: kennt diesen Stand nicht · does not know this release"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def dumped(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", action="append", help="PEM or 64 hex digits; more than once where the key was changed")
    parser.add_argument("--ledger", type=Path)
    given = parser.parse_args()
    try:
        trusted = [public_key(key) for key in given.key or [str(given.folder / "public_key.pem")]]
    except (OSError, ValueError):
        trusted = []  # then nothing is signed by it
    found = [*files(given.folder, trusted), *(ledger(given.ledger, given.folder, trusted) if given.ledger else ())]
    sys.stdout.write("".join(f"{each}\n" for each in found or [f"OK: {', '.join(trusted)}"]))
    sys.exit(1 if found else 0)
