"""What a release says about where it comes from, signed: `provenance.dsse.json`, and the same for its database.

The statement names every file of the release by its hash, what it was made from (deliveries, declarations, code, lock file)
and how the ledger ended when it was published (SLSA v1 provenance). It names deliveries by hash and source, never by the
file names an office chose. `monitoring.duckdb` can be made anew and then has other bytes: a small statement of its own
beside it is made with it. Nothing here is in `manifest.json`, which is the same for equal inputs.
"""

import hashlib
from pathlib import Path
from typing import Any

from release.atomic import sha256_of, write_whole
from release.envelope import sealed
from release.files import APART, DATABASE, DATABASE_PROVENANCE, PROVENANCE, PUBLIC_KEY, VERIFIER
from release.layout import VarFolder
from release.manifest import Manifest, ReleaseMeta
from release.signing import Signer

SLSA = "https://slsa.dev/provenance/v1"
DATABASE_PREDICATE = "urn:nordwaerts-monitor:database:v1"
_BUILD_TYPE, _BUILDER = "urn:nordwaerts-monitor:refresh:v1", "urn:nordwaerts-monitor:release:v1"


def lay_verifier(folder: Path, signer: Signer) -> None:
    """Put the public key and the verifier that needs nothing of this project into a release folder."""
    write_whole(folder / PUBLIC_KEY, signer.pem())
    write_whole(folder / VERIFIER, Path(__file__).with_name(VERIFIER).read_bytes())


def state(folder: Path, contents: Manifest, meta: ReleaseMeta, var: VarFolder, signer: Signer) -> None:
    """Write the signed statement about everything that lies in a release folder, the last file of all."""
    hashes: dict[int, str] = {}  # internal and public editions are links to one file
    subjects: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in APART:
            number = path.stat().st_ino
            subjects[name] = hashes[number] = hashes.get(number) or sha256_of(path)
    write_whole(folder / PROVENANCE, sealed(SLSA, _predicate(contents, meta, var), subjects, signer))


def state_database(database: Path, place: Path, contents: Manifest, signer: Signer) -> None:
    """Write the signed statement about a database that was just made, into the folder where it will lie."""
    predicate = {"release_id": contents.release_id, "inputs_sha256": contents.inputs_sha256}
    content = sealed(DATABASE_PREDICATE, predicate, {DATABASE: sha256_of(database)}, signer)
    write_whole(place / DATABASE_PROVENANCE, content)


def _predicate(contents: Manifest, meta: ReleaseMeta, var: VarFolder) -> dict[str, Any]:
    return {
        "buildDefinition": {
            "buildType": _BUILD_TYPE,
            "externalParameters": {
                "programme_id": var.programme_id,
                "as_of_on": contents.as_of_on.isoformat(),
                "is_synthetic": contents.is_synthetic,
            },
            "internalParameters": {"inputs_sha256": contents.inputs_sha256, "ledger": _ledger_end(var)},
            "resolvedDependencies": [*_deliveries(contents), *_made_by(contents, meta)],
        },
        "runDetails": {"builder": {"id": _BUILDER}, "metadata": {"invocationId": contents.release_id}},
    }


def _ledger_end(var: VarFolder) -> dict[str, Any]:
    """How many lines the ledger had before that of this publication, and the hash of the last."""
    lines = var.ledger.read_bytes().splitlines() if var.ledger.exists() else []
    return {"line_count": len(lines), "head_sha256": hashlib.sha256(lines[-1]).hexdigest() if lines else None}


def _deliveries(contents: Manifest) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for delivery in sorted(contents.deliveries):
        told = found.setdefault(
            f"{delivery.source_id}/{delivery.delivery_id}",
            {
                "name": f"archive/objects/{delivery.delivery_id}",
                "digest": {"sha256": delivery.delivery_id},
                "annotations": {
                    "source_id": delivery.source_id,
                    "received_on": delivery.received_on.isoformat(),
                    "tables": [],
                },
            },
        )
        told["annotations"]["tables"].append(delivery.table_name)
    return list(found.values())


def _made_by(contents: Manifest, meta: ReleaseMeta) -> list[dict[str, Any]]:
    code = {
        "name": "code",
        "digest": {"sha256": contents.code_sha256},
        "annotations": {"over": "names and bytes of all code, see refresh/fingerprint.py"},
    }
    files = [{"name": name, "digest": {"sha256": sha256}} for name, sha256 in sorted(meta.made_by.items())]
    return [code, *files]
