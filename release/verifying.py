"""Verification of a whole programme folder: releases, objects, ledger, archive and the link readers follow; offline.

Puts together what `verifying_ledger`, `verifying_release` and `verifying_archive` find. Reads and never writes. What is no
finding but worth knowing (from before signing, one line ahead) is told in numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from release import ledger
from release.archive_record import recorded
from release.finding import Hashes, finding, one_per_file
from release.layout import VarFolder
from release.manifest import RELEASE_ID
from release.reading import ReleaseMissing
from release.reason import Reason
from release.verifying_archive import archive_findings
from release.verifying_ledger import verified_ledger
from release.verifying_release import reading_link, release_findings, source_findings


@dataclass(frozen=True)
class Verified:
    """What was looked at, with which keys (hex), and what is wrong; clean where there is no finding.

    `forgotten` are the lines that say what was removed because it told of a person.
    """

    release_ids: tuple[str, ...]
    keys: tuple[str, ...]
    line_count: int
    unsigned_count: int
    file_count: int
    findings: tuple[Reason, ...]
    forgotten: tuple[ledger.Entry, ...] = ()


def verified(var: VarFolder, release_ids: Sequence[str] | None, keys: Sequence[str] = ()) -> Verified:
    """Verify some releases, or all with their objects where `release_ids` is None, and in any case ledger and archive.

    Raises ReleaseMissing for a release that is not there.
    """
    asked = tuple(release_ids) if release_ids is not None else _all(var)
    for release_id in asked:
        if not RELEASE_ID.fullmatch(release_id) or not (var.releases / release_id).is_dir():
            raise ReleaseMissing(_no_release(release_id))
    hashes = Hashes()
    known = verified_ledger(var, keys)
    found = list(known.findings)
    for release_id in asked:
        found += release_findings(var, release_id, known.keys, known.lines if known.is_readable else None, hashes)
    if release_ids is None:
        found += _objects(var, hashes)
        found += _foreign_releases(var)
    if known.is_readable:
        found += _link(var, [line.entry for line in known.lines])
    named = recorded(line.entry.archived for line in known.lines)
    forgotten = tuple(line.entry for line in known.lines if line.entry.forgotten)
    found += archive_findings(var, named, ledger.forgotten_deliveries(forgotten), hashes, is_recorded=bool(named))
    told = [*known.findings, *one_per_file(each for each in found if each not in known.findings)]
    return Verified(asked, known.keys, len(known.lines), known.unsigned_count, len(hashes), tuple(told), forgotten)


def _all(var: VarFolder) -> tuple[str, ...]:
    if not var.releases.is_dir():
        return ()
    return tuple(sorted(path.name for path in var.releases.iterdir() if RELEASE_ID.fullmatch(path.name)))


def _objects(var: VarFolder, hashes: Hashes) -> list[Reason]:
    """Objects and source archives whose name says other bytes; what no release refers to is cleared up by the next refresh."""
    found = []
    for path in sorted(var.objects.iterdir()) if var.objects.is_dir() else ():
        if path.suffix != ".parquet" or hashes.of(path) != path.stem:
            de, en = "Der Name sagt andere Bytes.", "its name says other bytes."
            found.append(finding("object_unaltered", f"objects/{path.name}", de, en))
    for path in sorted(var.sources.iterdir()) if var.sources.is_dir() else ():
        found += source_findings(var, path.name.removesuffix(".tar.gz"))
    return found


def _foreign_releases(var: VarFolder) -> list[Reason]:
    strange = [
        path
        for path in (sorted(var.releases.iterdir()) if var.releases.is_dir() else ())
        if path != var.current and (not RELEASE_ID.fullmatch(path.name) or path.is_symlink() or not path.is_dir())
    ]
    de, en = "Das ist kein Stand.", "this is no release."
    remedy = ("Legen Sie es beiseite.", "Put it aside.")
    return [finding("release_only_published", f"releases/{path.name}", de, en, remedy) for path in strange]


def _link(var: VarFolder, lines: Sequence[ledger.Entry]) -> list[Reason]:
    """Whether readers see the release the ledger last switched to, and every release it tells of is looked for there."""
    pointing = [line.release_id for line in lines if line.outcome in ledger.POINTING]
    seen, said = reading_link(var), pointing[-1] if pointing else None
    if seen == said and (said is None or (var.releases / said).is_dir()):
        return []
    de = f"Leser*innen sehen {seen or 'nichts'}, laut Ledger {said or 'nichts'}."
    en = f"readers see {seen or 'nothing'}, by the ledger {said or 'nothing'}."
    remedy = (
        "Brach gerade eine Veröffentlichung ab, trägt die nächste Aktualisierung es nach. Sonst wechseln Sie mit "
        "„nordwaerts rollback“ auf den Stand des Ledgers.",
        "If a publication just broke off, the next refresh makes up for it. Otherwise go to the release of the ledger with "
        "'nordwaerts rollback'.",
    )
    return [finding("current_as_said", "releases/current", de, en, remedy)]


def _no_release(release_id: str) -> Reason:
    return Reason(
        f"Es gibt keinen Stand „{release_id}“.",
        f"There is no release '{release_id}'.",
        "„nordwaerts releases“ zählt die vorhandenen Stände auf.",
        "'nordwaerts releases' lists the releases there are.",
    )
