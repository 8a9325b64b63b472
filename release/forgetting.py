"""Forgetting a person: finding a text in all a programme's folder holds, and removing the files it stands in, on record.

Removed are whole files: a delivery's bytes, whose receipt stays and whose hash the ledger names; releases, whose manifest's
hash it names; whatever refreshes make anew. Delivered bytes and signed releases are never edited. The text that was searched
for is kept nowhere, not even as a hash: of a name, that could be guessed.
"""

import datetime as dt
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from programmes.stored import delivery_of, stored_at
from release import decisions, ledger, reading, start_mark, store
from release.archive_damage import damage_of_all
from release.atomic import sha256_of, sync_folder
from release.finding import Hashes
from release.layout import VarFolder
from release.ledger import Decision, Forgotten
from release.reason import Reason, ReleaseError
from release.standing import standing
from release.text_search import NotSearched, occurrences, plain

_DECLARATIONS = "programme"  # archived beside the deliveries
_LEAST = 4  # characters; less would be found everywhere
Sources = Mapping[str, tuple[str, ...]]  # delivery id → sources that delivered it


class ForgettingRefused(ReleaseError):
    """Nothing was removed: something else has to be done, or said, first."""


@dataclass(frozen=True)
class Found:
    """Where a text stands, and how often; paths are below the programme's folder.

    `deliveries` and `releases` go whole, `work` holds files refreshes make anew. `staying` are files that cannot be altered
    without breaking what they prove, `unread` those nobody can search, `damaged` says which files of the archive are missing, so that
    nobody can search them, or changed: they are searched as they lie there. `inbox` are files there, by their path in it: they
    belong to those who deliver and are never removed.
    """

    deliveries: Mapping[str, int]
    releases: Mapping[str, int]
    work: Mapping[str, int]
    staying: Mapping[str, int]
    inbox: Mapping[str, int]
    unread: tuple[str, ...]
    damaged: tuple[Reason, ...] = ()

    @property
    def is_anything_to_go(self) -> bool:
        """Whether there is something that can be removed."""
        return bool(self.deliveries or self.releases or self.work)


def find(var: VarFolder, pattern: str, sources: Sources, inbox: Path | None = None) -> Found:
    """Where a text stands, also in an inbox; raises ForgettingRefused where it is too short to mean somebody.

    Archived declarations stay: what they say is mended where it is declared.
    """
    wanted = _wanted(pattern)
    found: dict[str, dict[str, int]] = {"deliveries": {}, "releases": {}, "work": {}, "staying": {}}
    apart = frozenset((var.signing, var.objects))  # objects go with the last release that holds them
    sites = (var.site.name, var.internal_site.name)
    counts, unread = _counted(wanted, var.folder, apart)
    for name, count in counts.items():
        kind, what = _kind_of(name, sources, sites)
        found[kind][what] = found[kind].get(what, 0) + count
    offered, closed = _counted(wanted, inbox) if inbox else ({}, [])
    return Found(
        **found,
        inbox=offered,
        unread=(*unread, *(f"inbox/{name}" for name in closed)),
        damaged=tuple(damage_of_all(var, Hashes())),
    )


def _counted(wanted: str, folder: Path, apart: frozenset[Path] = frozenset()) -> tuple[dict[str, int], list[str]]:
    """Files below a folder → how often the text stands in them, where it does; and what nobody can search or open."""
    closed: list[OSError] = []
    paths = [Path(place) / name for place, _, names in os.walk(folder, onerror=closed.append) for name in names]
    unread = [Path(error.filename) for error in closed if not isinstance(error, FileNotFoundError)]
    counts: dict[tuple[int, int], int] = {}  # hard links of one file are searched once
    found: dict[str, int] = {}
    for path in sorted(paths):
        if path.is_symlink() or not path.is_file() or apart.intersection(path.parents):
            continue
        seen = path.stat()
        one = (seen.st_dev, seen.st_ino)
        try:
            count = counts[one] = counts[one] if one in counts else occurrences(wanted, path)
        except (NotSearched, PermissionError):
            unread.append(path)
            continue
        if count:
            found[path.relative_to(folder).as_posix()] = count
    return found, [path.relative_to(folder).as_posix() for path in unread]


def held_since(var: VarFolder, found: Found) -> dt.date | None:
    """The day since which the ledger knows one of these deliveries or releases, so that a backup made since holds it."""
    stems = tuple(f"-{each[:12]}.json" for each in found.deliveries)
    for line in ledger.lines(var):
        is_shown = line.outcome in ledger.POINTING and line.says("release_id") in found.releases
        if is_shown or any(name.endswith(stems) for name in ledger.archived_by(line)):
            return dt.datetime.fromisoformat(line.says("at") or "").date()
    return None


def _kind_of(name: str, sources: Sources, sites: tuple[str, ...]) -> tuple[str, str]:
    """What becomes of a file, and what goes with it: a delivery, a release, or the file alone."""
    top, *rest = name.split("/")
    if top == "archive" and rest[0] == "objects" and _DECLARATIONS not in sources.get(delivery_of(rest[1]), ()):
        return "deliveries", delivery_of(rest[1])
    if top == "releases" and len(rest) > 1:
        return "releases", rest[0]
    if top in sites and rest:
        return "work", f"{top}/{rest[0]}"  # whole: of its pictures nobody can say what stands in them
    is_proof = top in ("archive", "sources", "dagster", "ledger.jsonl", "ledger_head.json")
    return ("staying" if is_proof else "work"), name


def forget(
    var: VarFolder,
    pattern: str,
    because: str,
    by: str,
    sources: Sources,
    at: dt.datetime,
    inbox: Path | None = None,
) -> tuple[Found, ledger.Entry | None]:
    """Remove what `find` finds but in the inbox, and say so on the ledger first; the caller holds `refresh_lock`.

    Deliveries that count no more are withdrawn for good. Raises ForgettingRefused where one of them is in force, or readers
    see the text in the current release: then another release has to take its place first.
    """
    wanted = _wanted(pattern)
    _require_reason(wanted, because, by)
    store.recover(var, at)
    with start_mark.at_work(var, "forget", at):
        found = find(var, pattern, sources, inbox)
        _require_nothing_in_force(var, found, sources)
        if not found.is_anything_to_go:
            return found, None
        stands = standing(var)
        for delivery_id in found.deliveries:
            for source_id in sources.get(delivery_id, ()):
                if (source_id, delivery_id) not in stands.withdrawn:
                    decisions.withdraw(var, Decision(source_id, delivery_id, because, by), at)
        seen = reading.current(var)
        line = ledger.append(
            var,
            "forgotten",
            at=at,
            release_id=seen.release_id if seen else None,
            let_go=tuple(found.releases),
            forgotten=Forgotten(
                because,
                by,
                {each: tuple(sources.get(each, ())) for each in found.deliveries},
                {each: sha256_of(var.releases / each / reading.MANIFEST) for each in found.releases},
                len(found.work),
            ),
        )
        stored = (stored_at(var.archive / "objects", each) for each in found.deliveries)
        for path in (*filter(None, stored), *(var.folder / name for name in found.work)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            sync_folder(path.parent)
        store.collect(var)
        return found, line


def _wanted(pattern: str) -> str:
    wanted = plain(pattern)
    if len(wanted) < _LEAST:
        raise ForgettingRefused(
            Reason(
                f"Der gesuchte Text hat weniger als {_LEAST} Zeichen.",
                f"The text to look for has fewer than {_LEAST} characters.",
                "Den vollen Namen oder die Adresse angeben: Was kürzer ist, steht überall.",
                "Give the full name or address: what is shorter stands everywhere.",
            )
        )
    return wanted


def _require_reason(wanted: str, because: str, by: str) -> None:
    if not because.strip() or not by.strip():
        raise ForgettingRefused(
            Reason(
                "Nichts wird ohne Grund und Namen gelöscht.",
                "Nothing is removed without a reason and a name.",
                "Mit --because den Grund nennen, mit --by, wer das entscheidet.",
                "Give the reason with --because, and with --by who decides.",
            )
        )
    if any(wanted in plain(text) for text in (because, by)):
        raise ForgettingRefused(
            Reason(
                "Der Grund oder der Name enthält den Text, der vergessen werden soll; er bliebe im Ledger.",
                "The reason or the name holds the text that is to be forgotten; it would stay on the ledger.",
                "Den Grund ohne ihn nennen, zum Beispiel mit dem Aktenzeichen des Antrags.",
                "Give the reason without it, for example by the file number of the request.",
            )
        )


def _require_nothing_in_force(var: VarFolder, found: Found, sources: Sources) -> None:
    in_force = {each for ids in standing(var).in_force.values() for each in ids}
    if counting := sorted(in_force.intersection(found.deliveries)):
        commands = ", ".join(f"nordwaerts withdraw {each[:12]}" for each in counting)
        named = ", ".join("/".join((*sources.get(each, ()), each[:12])) for each in counting)
        raise ForgettingRefused(
            Reason(
                f"Nichts wurde gelöscht: Diese Lieferungen gelten noch: {named}.",
                f"Nothing was removed: these deliveries are still in force: {named}.",
                f"Erst eine bereinigte Lieferung in den Eingangsordner legen, dann {commands} und nordwaerts refresh.",
                f"First put a cleaned delivery into the inbox, then {commands} and nordwaerts refresh.",
            )
        )
    seen = reading.current(var)
    if seen and seen.release_id in found.releases:
        raise ForgettingRefused(
            Reason(
                f"Nichts wurde gelöscht: Leser*innen sehen den Text im Stand {seen.release_id}.",
                f"Nothing was removed: readers see the text in release {seen.release_id}.",
                "Erst mit nordwaerts refresh einen Stand veröffentlichen, in dem er nicht steht.",
                "First publish a release without it with nordwaerts refresh.",
            )
        )
