"""How the nights went, for Prometheus: the text format its node exporter collects from a folder of files.

Names and moments only, no delivered value. Ages are given as moments, so that they grow also while nothing runs.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from release import ledger, reading
from release.archive_damage import require_receipts
from release.atomic import write_whole
from release.freshness import source_ages
from release.layout import VarFolder
from release.rights import FOR_ALL
from release.standing import standing

Samples = list[tuple[dict[str, str], float]]


def write_metrics(var: VarFolder, target: Path) -> None:
    """Replace the metrics file of a programme in one step; raises what damaged folders raise in `release`."""
    write_whole(target, exposition(var).encode())
    target.chmod(FOR_ALL)  # no delivered value is in it, and who collects it is another account


def exposition(var: VarFolder) -> str:
    """All metrics of a programme in Prometheus' text format; before the first refresh those of a missing night.

    Raises what damaged folders raise in `release`.
    """
    require_receipts(var)
    lines: list[str] = []
    for name, text, samples in _families(var):
        lines += [f"# HELP nordwaerts_{name} {text}", f"# TYPE nordwaerts_{name} gauge"]
        for labels, value in samples:
            own = {"programme": var.programme_id, **labels}
            told = ",".join(f'{label}="{_escaped(content)}"' for label, content in own.items())
            lines.append(f"nordwaerts_{name}{{{told}}} {value:.0f}")
    return "\n".join(lines) + "\n"


def _families(var: VarFolder) -> Iterator[tuple[str, str, Samples]]:
    release, outcomes = reading.current(var), Counter(line.outcome for line in ledger.lines(var))
    counted: Samples = [({"outcome": o}, outcomes[o]) for o in ledger.OUTCOMES]
    yield "ledger_lines", "Lines of the ledger by outcome.", counted
    if last := ledger.last(var, *ledger.REFRESHES):
        yield "last_refresh_timestamp_seconds", "End of the last refresh.", [({}, last.at.timestamp())]
        came: Samples = [({"outcome": o}, last.outcome == o) for o in ledger.REFRESHES]
        yield "last_refresh_outcome", "1 for what the last refresh came to, 0 for all else.", came
    if good := ledger.last(var, "published", "unchanged"):
        text = "End of the last refresh that published or found nothing new."
        yield "last_success_timestamp_seconds", text, [({}, good.at.timestamp())]
    stands = standing(var)
    waiting = {each for ids in stands.waiting.values() for each in ids}
    yield "deliveries_held", "Deliveries that wait for a person to accept or reject them.", [({}, len(waiting))]
    if release is None:
        return
    contents = release.manifest
    told = {"release_id": release.release_id, "is_synthetic": str(contents.is_synthetic).lower()}
    yield "release_info", "The release readers see.", [(told, 1)]
    newest: Samples = []
    due: Samples = []
    overdue: Samples = []
    for age in source_ages(contents, var):
        label = {"source": age.source_id}
        newest.append((label, _midnight(age.newest_delivery_on)))
        overdue.append((label, age.is_overdue))
        if age.due_on:
            due.append((label, _midnight(age.due_on)))
    text = "Day the newest delivery in force of a source was received."
    yield "source_newest_delivery_timestamp_seconds", text, newest
    text = "Last day on which the deliveries in force of a source are young enough."
    yield "source_due_timestamp_seconds", text, due
    yield "source_overdue", "1 where a source was overdue when these metrics were written.", overdue


def _midnight(day: dt.date) -> float:
    return dt.datetime.combine(day, dt.time(), dt.UTC).timestamp()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
