"""The deliveries there are, naming one by how its id begins, and one decision about it: what commands on deliveries share."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from release.archive_damage import require_receipts
from release.layout import VarFolder
from release.ledger import Decision, Entry
from release.lock import refresh_lock
from release.reason import Reason, ReleaseError
from release.spoken import day
from release.standing import Standing, standing
from release.start_mark import at_work

if TYPE_CHECKING:
    from ingest.archive import Receipt

_LEAST = 6
_DECLARATIONS = "programme"  # archived beside the deliveries

source_option = click.option(
    "--source",
    "source_id",
    metavar="S",
    default=None,
    help="Quelle, wo mehrere dasselbe lieferten · source, where several delivered the same",
)

Decide = Callable[[VarFolder, Decision, dt.datetime], Entry]


def receipts_of(var: VarFolder) -> "list[Receipt]":
    """All receipts of a programme, by source and in the order of receipt; raises ArchiveDamaged where they are not as written."""
    from ingest.archive import Archive

    require_receipts(var)
    return Archive(var.archive).all_receipts()


def named(asked: str, receipts: "Sequence[Receipt]", source_id: str | None = None) -> "Receipt":
    """The one delivery whose id begins so, of any source or of the one named; raises ReleaseError where there is none or
    more than one. A declaration is none.
    """
    wanted = asked.lower()
    found = [
        receipt
        for receipt in receipts
        if len(wanted) >= _LEAST and receipt.delivery_id.startswith(wanted) and receipt.source_id != _DECLARATIONS
    ]
    sources = sorted({receipt.source_id for receipt in found})
    found = [receipt for receipt in found if source_id in (None, receipt.source_id)]
    if len(found) == 1:
        return found[0]
    which_de, which_en = (
        ("Mehrere Kennungen von Lieferungen beginnen", "Several ids of deliveries begin")
        if found
        else ("Keine Kennung einer Lieferung beginnt", "No id of a delivery begins")
    )
    if len({receipt.delivery_id for receipt in found}) == 1:
        raise ReleaseError(
            Reason(
                f"Dieselbe Datei kam von mehreren Quellen: {', '.join(sources)}.",
                f"The same file came from several sources: {', '.join(sources)}.",
                "Mit --source sagen, welche gemeint ist.",
                "Say with --source which one is meant.",
            )
        )
    raise ReleaseError(
        Reason(
            f"{which_de} mit „{asked}“.",
            f"{which_en} with '{asked}'.",
            f"Mindestens die ersten {_LEAST} Zeichen aus „nordwaerts deliveries --all“ angeben.",
            f"Give at least the first {_LEAST} characters as 'nordwaerts deliveries --all' shows them.",
        )
    )


def decide(
    var: VarFolder, found: "Receipt", because: str, by: str | None, decision: Decide
) -> tuple[Standing, Standing]:
    """Take a decision under the refresh lock; how deliveries stood before and stand after it. Raises DecisionMissed."""
    command, now = str(click.get_current_context().command.name), dt.datetime.now(dt.UTC)
    with refresh_lock(var), at_work(var, command, now):
        before = standing(var)
        decision(var, Decision(found.source_id, found.delivery_id, because, by), now)
        return before, standing(var)


def in_words(found: "Receipt") -> str:
    """A delivery as people know it: source and file, the beginning of its id, the day it came."""
    return f"{found.source_id}/{found.file_name} ({found.delivery_id[:12]}, {day(found.received_on)})"


def instead(found: "Receipt", receipts: "Sequence[Receipt]", before: Standing, after: Standing) -> dict[str, str]:
    """Table by table where it was in force, what stands in its place now: names and days, empty where nothing does."""
    files = {(each.source_id, each.delivery_id): each for each in receipts}
    found_in: dict[str, str] = {}
    for table, ids in sorted(before.in_force.items()):
        if found.delivery_id in ids and table.startswith(f"{found.source_id}__"):
            back = [files.get((found.source_id, each)) for each in after.in_force.get(table, ()) if each not in ids]
            found_in[table] = ", ".join(f"{each.file_name} ({day(each.received_on)})" for each in back if each)
    return found_in
