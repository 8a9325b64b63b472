"""What the trial of chaos saw, which rules that breaks, and the section of docs/trials.md that says so."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from release import ledger
from release.layout import VarFolder
from release.verifying import verified
from trials.chaos_office import Acknowledged
from trials.chaos_readers import Told

HEADING = "## Chaos (`make trial-chaos`)"
KILLS = ("the whole refresh", "the publication", "the switch", "a rollback")
OTHERS = ("full", "closed", "clock", "rollback", "together")
_WORDS = {
    "full": "disk full",
    "closed": "folder that cannot be written to",
    "clock": "clock set back",
    "rollback": "rollback meanwhile",
    "together": "two refreshes at once",
}
SIDES = ("before the switch", "between the switch and its line", "after its line")


@dataclass(frozen=True)
class Numbers:
    """How much of everything; `each` disturbance that is no kill."""

    readers: int
    publications: int
    kills: int
    each: int


@dataclass
class Seen:
    """What happened; what may not happen stands in `broken` as a sentence."""

    acknowledged: set[Acknowledged] = field(default_factory=set)
    published: int = 0
    nights: int = 0
    disturbed: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)  # disturbances that kept a refresh or rollback from its end
    died: Counter[str] = field(default_factory=Counter)  # by side of the switch
    dead: set[str] = field(default_factory=set)  # refreshes that ended without a line
    too_late: int = 0
    recovered: Counter[str] = field(default_factory=Counter)  # disturbances after which the next refresh published
    told: list[Told] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def judge(seen: Seen, wanted: Numbers, var: VarFolder, is_full: bool) -> None:
    """Add to `broken` every rule that is broken once all is over."""
    seen.broken += _of_readers(seen.told)
    seen.broken += _of_the_ledger(seen.acknowledged, var)
    seen.broken += _of_the_dead(seen.dead, var)
    found = verified(var, None)
    seen.broken += [f"verify: {reason.en}" for reason in found.findings]
    seen.broken += [f"left behind: {name}" for name in left_behind(var)]
    gone = [each for entry in ledger.read(var) for each in entry.let_go]
    seen.broken += [f"released from keeping, though it is of today: {each}" for each in gone]
    seen.broken += [f"{_WORDS[kind]}: too seldom" for kind in OTHERS if seen.disturbed[kind] < wanted.each]
    if kills_of(seen) < wanted.kills:
        seen.broken.append(f"only {kills_of(seen)} of {wanted.kills} kills")
    if seen.published < wanted.publications:
        seen.broken.append(f"only {seen.published} of {wanted.publications} publications")
    if is_full:  # what a trial of this length must have come to, or it tries less than it says
        seen.broken += [f"no kill {side}" for side in SIDES if not seen.died[side]]
        seen.broken += [f"{_WORDS[kind]} stopped no refresh" for kind in ("full", "closed") if not seen.struck[kind]]
        if not sum(told.spanning for told in seen.told):
            seen.broken.append("no read went on while readers were switched")


def kills_of(seen: Seen) -> int:
    """How many processes signal 9 ended."""
    return sum(seen.died.values())


def left_behind(var: VarFolder) -> list[str]:
    """Files that only something half-done leaves: partial and incoming ones, logs of a database, staged tables, an
    announcement, the mark of a refresh."""
    names = (
        path.relative_to(var.folder).as_posix()
        for path in var.folder.rglob("*")
        if ".partial" in path.name or path.name.startswith(".incoming-") or path.suffix == ".wal"
    )
    staged = (f"staging/{path.name}" for path in var.staging.iterdir())
    return sorted({*names, *staged, *(path.name for path in (var.announced, var.begun) if path.exists())})


def _of_readers(all_told: Iterable[Told]) -> list[str]:
    found = []
    for number, told in enumerate(all_told):
        found += [f"reader {number}, failed read: {each}" for each in told.failed]
        found += [f"reader {number}, mixed read: {each}" for each in told.mixed]
        if not told.parquet + told.database:
            found.append(f"reader {number} read nothing")
    return found


def _of_the_ledger(acknowledged: Iterable[Acknowledged], var: VarFolder) -> list[str]:
    """Lines a refresh or rollback was told stand, and which do not, or not as they were."""
    there = {number: line.sha256 for number, line in enumerate(lines_of(var), start=1)}
    return [
        f"lost: line {each.sequence} of the ledger" for each in acknowledged if there.get(each.sequence) != each.sha256
    ]


def _of_the_dead(dead: set[str], var: VarFolder) -> list[str]:
    """Refreshes that ended without a line and are not on the ledger as one that died, once."""
    told = Counter(line.last_seen.run_id for line in ledger.newest(var, "died") if line.last_seen)
    return [f"not once on the ledger: the death of refresh {each}" for each in sorted(dead) if told[each] != 1]


def lines_of(var: VarFolder) -> list[Acknowledged]:
    """Every line of the ledger as its writer would acknowledge it; the chain is proven meanwhile."""
    return [Acknowledged.of(number, line.text) for number, line in enumerate(ledger.lines(var), start=1)]


def section(seen: Seen, seed: int, seconds: float, lines: int, remit: str, is_disk: bool) -> str:
    """What was done and what came of it, as Markdown."""
    reads = {way: sum(getattr(told, way) for told in seen.told) for way in ("parquet", "database", "spanning")}
    failed, mixed = (sum(len(getattr(told, kind)) for told in seen.told) for kind in ("failed", "mixed"))
    named = {**{kind: f"killed in {kind}" for kind in KILLS}, **_WORDS}
    disturbed = "\n".join(
        f"| {named[kind]} | {seen.disturbed[kind]} | {seen.struck[kind]} | {seen.recovered[kind]} |" for kind in named
    )
    lost, untold, behind = (
        sum(each.startswith(what) for each in seen.broken)
        for what in ("lost:", "not once on the ledger:", "left behind:")
    )
    disk = (
        "The disk is a small file system of its own (tmpfs) and really full"
        if is_disk
        else "No file system was mounted, so calls that need room fail from a random one on (ENOSPC)"
    )
    verdict = "Every rule holds." if not seen.broken else "**Broken:**"
    text = f"""{HEADING}

{remit}

Seed {seed}; {seconds:,.0f} seconds beside other work. {seen.published} publications in {seen.nights} refreshes, {lines} lines on the ledger.

| disturbance | times | kept a refresh or rollback from its end | next refresh published at once |
|---|---:|---:|---:|
{disturbed}

Those killed died {", ".join(f"{seen.died[side]} {side}" for side in SIDES)}; {seen.too_late} more had ended before the signal came.
{disk}. A folder is closed by its rights; a refresh run by root first
gives up the privilege that would not mind (CAP_DAC_OVERRIDE). The clock goes back by one to a hundred hours, before a
refresh or in it.

| readers | reads of Parquet | of the database | while readers were switched | failed | mixed |
|---:|---:|---:|---:|---:|---:|
| {len(seen.told)} | {reads["parquet"]:,} | {reads["database"]:,} | {reads["spanning"]:,} | {failed} | {mixed} |

Ledger lines acknowledged: {len(seen.acknowledged)}, lost: {lost}. Refreshes that ended without one: {len(seen.dead)}, not on the
ledger as one that died: {untold}. Temporary files left behind: {behind}.

All releases are of a few days, so the rule on what is kept lets none go: readers of a release that is removed while
they read are not part of this trial. Databases of all but the last releases are removed; who has one open reads on.

{verdict}
"""
    return text + "".join(f"\n- {each}" for each in seen.broken[:30]) + ("\n" if seen.broken else "")
