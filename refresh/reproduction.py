"""A release made anew: its code, declarations, deliveries and ledger laid out as they were when it was published.

Works on a copy of `var/` alone. Laid out is the state right after the publication, without any release: a refresh with an
empty inbox then has to give it back, as after a loss (`is_restoring`). `made_anew` runs that refresh; what it made is
compared table by table, and versions with the lock file. Nothing of the var folder is changed.
"""

import datetime as dt
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from programmes.stored import delivered, stored_at
from refresh.fingerprint import LOCKS
from refresh.source_archive import PROGRAMME
from release import ledger, reading
from release.files import TOLD_BEFORE, ReleaseDamaged, as_stated
from release.finding import Hashes
from release.layout import VarFolder
from release.manifest import Manifest, TableEntry
from release.reading import Release
from release.reason import Reason, ReleaseError
from release.verifying_archive import receipt_findings

_TOLD = 20  # lines of what a broken child said
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", flags=re.M)


class NotReproducible(ReleaseError):
    """What a release was made from is not there, or not what it was."""


@dataclass(frozen=True)
class Laid:
    """A scratch folder in which a release can be made anew."""

    source: Path
    var: VarFolder
    inbox: Path
    as_of_on: dt.date
    moment: dt.datetime
    is_synthetic: bool
    engine: str


def lay_out(var: VarFolder, release: Release, scratch: Path) -> Laid:
    """Everything a release was made from, in a scratch folder; raises NotReproducible, ManifestError, LedgerError."""
    source, inbox = scratch / "source", scratch / "inbox"
    inbox.mkdir()
    unpack_source(var, release.manifest, source)
    ledger.verify_chain(var)
    number, line, content = _published(var, release.release_id)
    laid = VarFolder(var.programme_id, scratch / "var")
    laid.folder.mkdir(parents=True)
    laid.ledger.write_bytes(content)
    if told := as_stated(release.folder, TOLD_BEFORE):  # what its public edition had to take into account
        shutil.copyfile(told, laid.told)
    _archive(var, laid, release.manifest, number, line.at)
    contents = release.manifest
    return Laid(source, laid, inbox, contents.as_of_on, line.at, contents.is_synthetic, contents.engine)


def differences(original: Release, laid: Laid) -> dict[str, str | None]:
    """Table → None where both are equal byte for byte, else what differs; `checks` and `inputs` are told as tables are."""
    made = reading.current(laid.var)
    if made is None:
        return dict.fromkeys(original.manifest.tables, "missing")
    found: dict[str, str | None] = {}
    before, after = original.manifest.tables, made.manifest.tables
    for mart in sorted(before.keys() | after.keys()):
        if mart not in after or mart not in before:
            found[mart] = "missing" if mart not in after else "additional"
        elif _hashes(before[mart]) != _hashes(after[mart]) or not _is_as_published(original, mart):
            is_public = before[mart].sha256 == after[mart].sha256  # the public edition alone differs
            (one, rows), (other, other_rows) = before[mart].edition(is_public), after[mart].edition(is_public)
            found[mart] = f"{one[:12]} ({rows} → {other_rows}) {other[:12]}"
        else:
            found[mart] = None
    for name in ("code_sha256", "inputs_sha256", "checks_sha256"):
        one, other = getattr(original.manifest, name), getattr(made.manifest, name)
        found[name.removesuffix("_sha256")] = None if one == other else f"{one[:12]} {other[:12]}"
    return found


def _hashes(table: TableEntry) -> tuple[str, str | None]:
    return table.sha256, table.public_sha256


def _is_as_published(release: Release, mart: str) -> bool:
    try:
        return release.mart_path(mart).is_file()
    except ReleaseDamaged:
        return False


def other_versions(laid: Laid, running: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Package, version in the lock file of the release, version that ran, where they are not the same."""
    have = {_name(package): version for package, version in running.items()}
    lock = laid.source / LOCKS[laid.engine]  # an installed package has none beside it
    locked = _PINNED.findall(lock.read_text(encoding="utf-8")) if lock.is_file() else []
    return [
        (package, version, have.get(_name(package), "—"))
        for package, version in locked
        if have.get(_name(package)) not in (None, version)
    ]


def made_anew(laid: Laid, python: Path, scratch: Path) -> dict[str, Any]:
    """What the refresh of the release's own code came to, in a process of its own; what it said where it came to nothing."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NORDWAERTS_", "DAGSTER_", "DBT_")) or name.startswith("NORDWAERTS_SPARK_")
    }
    places = {"PYTHONPATH": str(laid.source), "NORDWAERTS_VAR": str(laid.var.root), "NORDWAERTS_INBOX": str(laid.inbox)}
    sample = "sample" if laid.is_synthetic else "real"
    folders = [str(laid.source / PROGRAMME), str(laid.var.root), str(laid.inbox)]
    moment = [str(laid.as_of_on), laid.moment.isoformat()]
    done = subprocess.run(
        [str(python), "-m", "orchestration.again", *folders, *moment, sample, laid.engine],
        cwd=scratch,
        env={**own, **places},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return {"said": done.stderr.splitlines()[-_TOLD:]}
    return told


def unpack_source(var: VarFolder, contents: Manifest, target: Path) -> None:
    """Code, declarations and lock file of a release as they were; raises NotReproducible where they are not there."""
    sha256 = contents.source_sha256
    if sha256 is None:
        raise _cannot(
            contents,
            "er ist von vor dem 29.11.2026 und hat kein Quellarchiv",
            "it is from before 2026-11-29 and has no source archive",
        )
    try:
        content = gzip.decompress(var.source(sha256).read_bytes())
    except (OSError, EOFError, ValueError):
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        name = var.source(sha256).name
        raise _cannot(contents, f"{name} fehlt oder wurde verändert", f"{name} is missing or was changed")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            place, file = PurePosixPath(member.name), archive.extractfile(member)
            if file is None or place.is_absolute() or ".." in place.parts:
                raise _cannot(contents, "sein Quellarchiv ist keines", "its source archive is none")
            path = target / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.read())


def _published(var: VarFolder, release_id: str) -> tuple[int, ledger.Entry, bytes]:
    """The line that first published a release, with its number, and the bytes of the ledger up to and with it."""
    content = var.ledger.read_bytes() if var.ledger.exists() else b""
    for number, line in enumerate(ledger.lines_of(content), start=1):
        if line.outcome in ("published", "recovered") and line.says("release_id") == release_id:
            return number, ledger.entry_of(line), b"".join(text + b"\n" for text in content.split(b"\n")[:number])
    raise NotReproducible(
        Reason(
            f"Das Ledger sagt nicht, wann der Stand {release_id} veröffentlicht wurde.",
            f"The ledger does not say when release {release_id} was published.",
            "Das Ledger aus der Datensicherung wiederherstellen.",
            "Restore the ledger from its backup.",
        )
    )


def _archive(var: VarFolder, laid: VarFolder, contents: Manifest, number: int, until: dt.datetime) -> None:
    """The archive as it was at a line of the ledger: receipts of later deliveries and notes of later offers stay out.

    Lines name what is new; only what came before they did is told by its moment, for clocks may be wrong.
    """
    named = _first_named(var)
    lines = {name: line for name, (line, _) in named.items()}
    first = min(lines.values(), default=None)
    of_then = {name: sha256 for name, (line, sha256) in named.items() if line <= number or line == first}
    if damaged := receipt_findings(var.archive, of_then, Hashes()):
        raise _cannot(contents, damaged[0].de.rstrip("."), damaged[0].en.rstrip("."))
    for path in sorted((var.archive / "receipts").rglob("*.json")):
        name = path.relative_to(var.archive).as_posix()
        if named and name not in of_then:
            continue
        body = json.loads(path.read_bytes())
        came = body.get("offered_at") or body.get("archived_at") or body["received_at"]
        if lines.get(name, number + 1) <= number or dt.datetime.fromisoformat(came) <= until:
            target = laid.archive / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            if "delivery_id" in body:
                _delivered(var, laid, contents, body["delivery_id"])


def _first_named(var: VarFolder) -> dict[str, tuple[int, str]]:
    """Path of a receipt or note below the archive → number of the line of the ledger that first named it, and its SHA-256."""
    found: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(ledger.lines_of(var.ledger.read_bytes()), start=1):
        for name, sha256 in ledger.archived_by(line).items():
            found.setdefault(name, (number, sha256))
    return found


def _delivered(var: VarFolder, laid: VarFolder, contents: Manifest, delivery_id: str) -> None:
    """The bytes of a delivery; those that changed or are gone stop it where the release rests on them."""
    path, target = stored_at(var.archive / "objects", delivery_id), laid.archive / "objects" / delivery_id
    target.parent.mkdir(parents=True, exist_ok=True)
    if path and (content := delivered(path)) is not None:
        if not target.exists():  # as it came: code of before 2026-11-29 knows no packed ones
            target.write_bytes(content)
            target.chmod(0o400)
    elif delivery_id in {delivery.delivery_id for delivery in contents.deliveries}:
        short = delivery_id[:12]
        if forgotten := ledger.why_forgotten(var, delivery_id):
            raise NotReproducible(
                replace(
                    forgotten,
                    de=f"Der Stand {contents.release_id} kann nicht neu gemacht werden. {forgotten.de}",
                    en=f"Release {contents.release_id} cannot be made anew. {forgotten.en}",
                    rule="reproducible",
                )
            )
        raise _cannot(
            contents,
            f"Lieferung {short} fehlt im Archiv oder wurde verändert",
            f"delivery {short} is missing in the archive or was changed",
        )


def _cannot(contents: Manifest, de: str, en: str) -> NotReproducible:
    return NotReproducible(
        Reason(
            f"Der Stand {contents.release_id} kann nicht neu gemacht werden: {de}.",
            f"Release {contents.release_id} cannot be made anew: {en}.",
            "Das Fehlende aus der Datensicherung wiederherstellen.",
            "Restore what is missing from the backup.",
            rule="reproducible",
        )
    )


def _name(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()
