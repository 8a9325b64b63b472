"""A sensor for offices that do not want to wait for the night: it starts the nightly job when the inbox has changed.

Off until it is switched on in the UI. It looks at names, sizes and times, and waits until all of them are at rest; what a
file is worth is for the refresh to find out, which answers in seconds where nothing is new.
"""

import hashlib
import json
import stat
import time
from contextlib import suppress
from pathlib import Path

import dagster as dg

from release.layout import VarFolder
from release.lock import is_running

NAME = "inbox_sensor"
_AT_REST_SECONDS = 60


def inbox_sensor(job_name: str, inbox: Path, var: VarFolder) -> dg.SensorDefinition:
    """The sensor of one inbox; its cursor is a digest of the listing it last started the job for."""

    @dg.sensor(
        name=NAME,
        job_name=job_name,
        minimum_interval_seconds=60,
        description="Startet die Aktualisierung, wenn im Eingangsordner etwas neu ist. Starts a refresh when the inbox changed.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        listing = listed(inbox)
        if any(0 <= time.time() - changed < _AT_REST_SECONDS for _, _, changed in listing):  # a clock may run ahead
            return dg.SkipReason("Im Eingangsordner wird noch geschrieben. The inbox is still being written to.")
        digest = hashlib.sha256(json.dumps(listing).encode()).hexdigest()
        if digest == context.cursor:
            return dg.SkipReason("Im Eingangsordner ist nichts neu. Nothing is new in the inbox.")
        if is_running(var):
            return dg.SkipReason("Eine Aktualisierung läuft gerade. A refresh is running.")
        return dg.SensorResult([dg.RunRequest()], cursor=digest)  # without a key: an inbox may come back to what it was

    return sensor


def listed(inbox: Path) -> list[tuple[str, int, float]]:
    """Name, size and moment of change of every file below the inbox, by name.

    What is gone meanwhile or lies in a closed folder is left out: a refresh names it.
    """
    found = []
    for path in sorted(inbox.rglob("*")) if inbox.is_dir() else ():
        with suppress(OSError):
            seen = path.stat()
            if stat.S_ISREG(seen.st_mode):
                found.append((path.relative_to(inbox).as_posix(), seen.st_size, seen.st_mtime))
    return found
