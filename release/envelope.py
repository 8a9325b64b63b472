"""A signed statement in one file: an in-toto Statement v1 in a DSSE envelope, signed with one key.

Knows the envelope, not what is stated (`release.provenance`). The bytes of an envelope are canonical: any other spelling of
the same content is refused, so that no bit of the file can change unseen. Formats: DSSE protocol v1.0.2, in-toto
Attestation Framework v1.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

from release.signing import Signer

STATEMENT = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"


@dataclass(frozen=True)
class Envelope:
    """A statement as it came: its bytes, the key that is said to have signed it (hex), and the signature."""

    payload: bytes
    key: str
    signature: bytes

    @property
    def message(self) -> bytes:
        """What is signed: the pre-authentication encoding of type and payload."""
        kind = PAYLOAD_TYPE.encode()
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)

    @property
    def statement(self) -> dict[str, Any]:
        """What is stated; ask `is_signed` first."""
        body: dict[str, Any] = json.loads(self.payload)
        return body

    def dump(self) -> bytes:
        """The envelope as the bytes of its file."""
        signature = {"keyid": self.key, "sig": base64.b64encode(self.signature).decode()}
        payload = base64.b64encode(self.payload).decode()
        body = {"payload": payload, "payloadType": PAYLOAD_TYPE, "signatures": [signature]}
        return (json.dumps(body, sort_keys=True) + "\n").encode()


def sealed(predicate_type: str, predicate: dict[str, Any], subjects: dict[str, str], signer: Signer) -> bytes:
    """A signed statement about files (name → SHA-256), as the bytes of an envelope."""
    statement = {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": subjects[name]}} for name in sorted(subjects)],
        "predicateType": predicate_type,
        "predicate": predicate,
    }
    payload = json.dumps(statement, ensure_ascii=False, sort_keys=True).encode()
    unsigned = Envelope(payload, signer.public, b"")
    return Envelope(payload, signer.public, signer.sign(unsigned.message)).dump()


def opened(raw: bytes) -> Envelope | None:
    """The envelope in these bytes, whose signature nobody has verified yet; None where there is none."""
    try:
        body = json.loads(raw)
        [signature] = body["signatures"]
        payload = base64.b64decode(body["payload"], validate=True)
        found = Envelope(payload, signature["keyid"], base64.b64decode(signature["sig"], validate=True))
        return found if found.dump() == raw else None
    except (ValueError, TypeError, KeyError):
        return None


def subjects_of(statement: dict[str, Any]) -> dict[str, str]:
    """File name → SHA-256 a statement is about; raises KeyError or TypeError where it is none."""
    return {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}
