"""The software a release was made with, from the lock file, as a CycloneDX 1.6 bill of materials in the release folder.

Every package of the lock file by name, version and package URL. Hashes of their files are in the lock file, which lies in the
source archive; its own hash stands in the bill. Equal lock files give equal bytes.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterator

FILE = "sbom.cdx.json"
_LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s\\;]+)", re.MULTILINE)
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://cyclonedx.org/bom/nordwaerts-monitor")


def bill_of_materials(lock: bytes) -> bytes:
    """The bill of a lock file with one `name==version` a package."""
    sha256 = hashlib.sha256(lock).hexdigest()
    return _dump(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, sha256)}",
            "version": 1,
            "metadata": {
                "component": {"type": "application", "bom-ref": "nordwaerts-monitor", "name": "nordwaerts-monitor"},
                "properties": [{"name": "nordwaerts-monitor:requirements.lock:sha256", "value": sha256}],
            },
            "components": [
                {
                    "type": "library",
                    "bom-ref": f"pkg:pypi/{name}@{version}",
                    "name": name,
                    "version": version,
                    "purl": f"pkg:pypi/{name}@{version}",
                }
                for name, version in sorted(locked(lock.decode()))
            ],
        }
    )


def locked(lock: str) -> Iterator[tuple[str, str]]:
    """Normalised name and version of every package a lock file names."""
    for name, version in _LOCKED.findall(lock):
        yield normalised(name), version


def normalised(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def components(bill: bytes) -> dict[str, str]:
    """Name → version of every package of a bill."""
    return {one["name"]: one["version"] for one in json.loads(bill)["components"]}


def _dump(content: dict[str, object]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
