"""The certificate of the gate, as a release carries it: what became of tried defects and legitimate changes.

`make trial-faults` writes it into docs/, with the version of the rules it was made with. A release adds the version of its
own rules; where the two differ, or there is no certificate, it says so in words and is published all the same.
"""

import json
from pathlib import Path
from typing import Any

from refresh.context import PROJECT_ROOT
from refresh.fingerprint import CERTIFICATE

_SENTENCES = {
    "same": (
        "Das Zertifikat wurde mit den Regeln dieses Standes ausgestellt.",
        "The certificate was made with the rules of this release.",
    ),
    "other": (
        "Das Zertifikat gilt einer anderen Fassung der Regeln als der dieses Standes: make trial-faults stellt es neu aus.",
        "The certificate is of another version of the rules than that of this release: make trial-faults makes it anew.",
    ),
    "none": (
        "Es gibt kein lesbares Zertifikat: make trial-faults stellt eines aus.",
        "There is no readable certificate: make trial-faults makes one.",
    ),
}


def release_certificate(rules_version: str, path: Path = PROJECT_ROOT / CERTIFICATE) -> bytes:
    """The certificate of a release made under this version of the rules; equal inputs give equal bytes."""
    made = _made(path)
    case = "none" if made is None else "same" if made.get("rules_version") == rules_version else "other"
    german, english = _SENTENCES[case]
    of_release = {
        "rules_version": rules_version,
        "is_certified": case == "same",
        "sentence_de": german,
        "sentence_en": english,
    }
    content = made or {"rules_version": None, "faults": [], "legitimate": []}
    return (json.dumps({"release": of_release, **content}, ensure_ascii=False, indent=1) + "\n").encode()


def _made(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
